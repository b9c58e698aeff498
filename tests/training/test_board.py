"""TensorBoard is told what history.csv holds."""

import pytest

import tenfold
from tenfold.errors import TenfoldError

pytest.importorskip("tensorboard")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def _told(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    return {tag: {e.step: e.value for e in events.Scalars(tag)} for tag in events.Tags()["scalars"]}


def test_every_epoch_of_the_history_is_there(bars, tmp_path):
    recipe = tmp_path / "quick.toml"
    recipe.write_text(f"model = 'mlp_sgd'\nepochs = 3\n[data]\nname = '{bars}'\n")
    run = tenfold.train(recipe, out=tmp_path / "runs", tensorboard=tmp_path / "board")
    told = _told(tmp_path / "board" / run.name)
    for tag, key in (("loss/train", "train_loss"), ("accuracy/validation", "val_accuracy"), ("learning rate", "lr")):
        assert told[tag] == pytest.approx({int(row["epoch"]): row[key] for row in run.history}, rel=1e-5)


def test_a_run_without_validation_tells_no_figures_of_it(bars, tmp_path):
    recipe = tmp_path / "quick.toml"
    recipe.write_text(f"model = 'mlp_sgd'\nepochs = 1\n[data]\nname = '{bars}'\nvalidation = 0\n")
    run = tenfold.train(recipe, out=tmp_path / "runs", tensorboard=tmp_path / "board")
    assert not any("validation" in tag for tag in _told(tmp_path / "board" / run.name))


def test_a_folder_that_cannot_be_is_one_line(bars, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match="--tensorboard .*cannot be written"):
        tenfold.train("mlp-sgd", overrides={"data.name": str(bars)}, out=tmp_path, tensorboard=tmp_path / "file")
    assert not list(tmp_path.glob("*.unfinished"))
