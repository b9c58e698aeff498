"""TensorBoard is told what history.csv holds."""

from pathlib import Path

import pytest

import tenfold
from tenfold.cli import main
from tenfold.errors import TenfoldError
from tenfold.run import Run

pytest.importorskip("tensorboard")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def _told(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    return {tag: {e.step: e.value for e in events.Scalars(tag)} for tag in events.Tags()["scalars"]}


def test_every_epoch_of_the_history_is_there(bars, tmp_path):
    recipe = tmp_path / "quick.toml"
    recipe.write_text(f"model = 'mlp_sgd'\nreport = false\nepochs = 3\n[data]\nname = '{bars}'\n")
    run = tenfold.train(recipe, out=tmp_path / "runs", tensorboard=tmp_path / "board")
    told = _told(tmp_path / "board" / run.name)
    for tag, key in (("loss/train", "train_loss"), ("accuracy/validation", "val_accuracy"), ("learning rate", "lr")):
        assert told[tag] == pytest.approx({int(row["epoch"]): row[key] for row in run.history}, rel=1e-5)


def test_what_compare_trains_and_the_trials_of_a_search_are_there_too(bars, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = f"model = 'mlp_sgd'\nreport = false\nepochs = 2\n[data]\nname = '{bars}'\n"
    for name in ("one", "other"):
        (tmp_path / f"{name}.toml").write_text(text + f"limit = {len(name) * 100}\n")
    assert main(["compare", "one.toml", "other.toml", "--seeds", "1", "--tensorboard", "board"]) == 0
    assert {path.name for path in Path("board").iterdir()} == {"one-1", "other-1"}
    tuning = ["--search", "batch_size=32,64", "--sampler", "grid", "--trials", "2", "--pruner", "none"]
    assert main(["tune", "one.toml", *tuning, "--seeds", "0", "--tensorboard", "trials"]) == 0
    for number in (0, 1):
        run = Run.open(f"tune/one/trials/trial-{number}-1")
        told = _told(Path("trials", f"trial-{number}"))
        assert told["loss/train"] == pytest.approx({i + 1: r["train_loss"] for i, r in enumerate(run.history)})


def test_a_search_whose_board_cannot_be_begins_no_trial(bars, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match="--tensorboard .*cannot be written"):
        tenfold.tune("mlp-sgd", overrides={"data.name": str(bars)}, folder=tmp_path, tensorboard=tmp_path / "file")
    assert not (tmp_path / "study.db").exists()


def test_a_run_without_validation_tells_no_figures_of_it(bars, tmp_path):
    recipe = tmp_path / "quick.toml"
    recipe.write_text(f"model = 'mlp_sgd'\nreport = false\nepochs = 1\n[data]\nname = '{bars}'\nvalidation = 0\n")
    run = tenfold.train(recipe, out=tmp_path / "runs", tensorboard=tmp_path / "board")
    assert not any("validation" in tag for tag in _told(tmp_path / "board" / run.name))


def test_a_folder_that_cannot_be_is_one_line(bars, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match="--tensorboard .*cannot be written"):
        tenfold.train("mlp-sgd", overrides={"data.name": str(bars)}, out=tmp_path, tensorboard=tmp_path / "file")
    assert not list(tmp_path.glob("*.unfinished"))
