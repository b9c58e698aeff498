"""An ensemble is a run like any other: merged, calibrated on what its members held out, scored beside each of them."""

import json
import shutil
from dataclasses import replace

import numpy as np
import onnx
import pytest

import tenfold
from tenfold.cli import main
from tenfold.data import load_dataset
from tenfold.ensembles import assembly, ensemble
from tenfold.ensembles.members import open_members
from tenfold.errors import TenfoldError, UsageError
from tenfold.evaluation import evaluate, predict
from tenfold.metrics import fit_temperature, mcnemar, softmax
from tenfold.reading import Classifier
from tenfold.run import Run
from tenfold.training.images import split_indices


@pytest.fixture(scope="module")
def trained(bars, tmp_path_factory):
    """Runs of a moment's training: a and b with one split; c with another seed, so another split, and far too slow."""
    folder = tmp_path_factory.mktemp("trained")
    recipe = folder / "quick.toml"
    recipe.write_text(
        f"model = 'mlp_sgd'\nreport = false\nepochs = 2\nbatch_size = 20\n[data]\nname = '{bars}'\nvalidation = 0.2\n",
        encoding="utf-8",
    )
    changes = {"a": {"seed": 1}, "b": {"seed": 1, "optimizer.lr": 0.003}, "c": {"seed": 2, "optimizer.lr": 1e-4}}
    return {name: tenfold.train(recipe, overrides=change, out=folder / name) for name, change in changes.items()}


@pytest.fixture(scope="module")
def of_one_split(trained, tmp_path_factory):
    return ensemble([trained["a"], trained["b"].path], out=tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def of_two_splits(trained, tmp_path_factory):
    return ensemble([str(trained["a"].path), trained["c"]], out=tmp_path_factory.mktemp("two"))


def _probabilities(runs, images):
    return np.mean([Classifier(run.onnx).probabilities(images).astype(float) for run in runs], axis=0)


def test_it_answers_with_the_mean_of_its_members(trained, of_two_splits, bars):
    images = load_dataset(bars, "test").images
    mean = _probabilities([trained["a"], trained["c"]], images)
    np.testing.assert_allclose(Classifier(of_two_splits.onnx).probabilities(images), mean, atol=1e-6)
    np.testing.assert_allclose(predict(of_two_splits).probabilities, mean, atol=1e-6)


def test_its_folder_is_a_runs_and_says_what_it_is_made_of(trained, of_two_splits, bars):
    assert of_two_splits.name == "ensemble-1"
    assert {path.name for path in of_two_splits.path.iterdir()} == {
        "recipe.toml", "environment.json", "members.json", "scores.json", "model.onnx", "figures", "report.html",
        "README.md",
    }  # fmt: skip
    card = Classifier(of_two_splits.path).card
    assert [member.name for member in card.members] == ["quick-1", "quick-1 (2)"]
    assert card.classes == tuple("0123456789")
    assert card.recipe == "ensemble"
    assert of_two_splits.recipe["members"] == {member.name: member.sha256 for member in card.members}
    assert of_two_splits.recipe["data"]["name"] == str(bars)
    training = of_two_splits.environment["training"]
    assert training["parameters"] == 2 * 79_510
    parts = (trained[name].environment["training"]["train_seconds"] for name in "ac")
    assert training["train_seconds"] == pytest.approx(sum(parts))


def test_what_a_member_was_trained_on_the_ensemble_has_seen(of_two_splits, bars):
    assert evaluate(of_two_splits, bars, split="train").verdict.grade is None
    card = Classifier(of_two_splits.onnx).card
    assert predict(of_two_splits).seen is False
    apart = replace(card, data_sha256="")
    assert replace(predict(of_two_splits, bars, split="train"), card=apart).seen is True


def test_members_of_one_split_are_calibrated_on_what_all_of_them_held_out(trained, of_one_split, bars):
    from tenfold.recipes import load_recipe

    train = load_dataset(bars, "train")
    held = train.take(split_indices(train, load_recipe(trained["a"].path / "recipe.toml")[1])[1])
    logits = np.log(_probabilities([trained["a"], trained["b"]], held.images))
    card = Classifier(of_one_split.onnx).card
    assert card.temperature == pytest.approx(fit_temperature(logits, held.labels), rel=1e-3)
    assert card.temperature != 1
    assert card.conformal
    members = of_one_split.members
    assert members is not None
    assert members["calibration"] == {
        "images": 120,
        "sentence": "Temperature and thresholds come from the 120 images that every member held out.",
    }
    images = load_dataset(bars, "test").images
    expected = softmax(np.log(_probabilities([trained["a"], trained["b"]], images)) / card.temperature)
    np.testing.assert_allclose(Classifier(of_one_split.onnx).probabilities(images), expected, atol=1e-6)


def test_members_of_different_splits_keep_their_mean_and_say_so(trained, of_two_splits):
    card = Classifier(of_two_splits.onnx).card
    thresholds = [Classifier(trained[name].onnx).card.threshold for name in "ac"]
    assert (card.temperature, card.conformal) == (1.0, ())
    assert card.threshold == pytest.approx(sum(thresholds) / 2)
    members = of_two_splits.members
    assert members is not None
    assert members["calibration"]["images"] == 0
    assert members["calibration"]["sentence"].startswith("The members held out different images, so nothing was left")


def test_data_that_have_changed_since_calibrate_nothing(trained, tmp_path):
    moved = tmp_path / "bars.npz"
    for name in "ab":
        run = Run.open(shutil.copytree(trained[name].path, tmp_path / name))
        text = (run.path / "recipe.toml").read_text()
        (run.path / "recipe.toml").write_text(text.replace(run.recipe["data"]["name"], str(moved)))
    with np.load(trained["a"].recipe["data"]["name"]) as arrays:
        np.savez(moved, **{**arrays, "x_train": arrays["x_train"] // 2})
    made = ensemble([tmp_path / "a", tmp_path / "b"], out=tmp_path / "runs")
    members = made.members
    assert members is not None
    assert members["calibration"]["sentence"].startswith("bars is not any more what the members were trained on")


def test_members_json_holds_each_member_beside_the_ensemble(trained, of_two_splits):
    found = of_two_splits.members
    assert found is not None
    assert list(found) == [
        "ensemble", "members", "members_accuracy", "against_best", "dataset", "calibration", "onnx_difference",
    ]  # fmt: skip
    scores = [evaluate(trained[name]) for name in "ac"]
    for row, alone in zip(found["members"], scores, strict=True):
        assert (row["accuracy"], row["errors"]) == (alone.accuracy, alone.errors)
        assert tuple(row["accuracy_ci95"]) == alone.accuracy_ci95
        assert row["latency_ms"] > 0
    whole = evaluate(of_two_splits)
    assert found["ensemble"]["accuracy"] == whole.accuracy
    assert found["ensemble"]["size_bytes"] == of_two_splits.onnx.stat().st_size
    assert found["members_accuracy"]["mean"] == pytest.approx((scores[0].accuracy + scores[1].accuracy) / 2)
    assert scores[0].errors < scores[1].errors
    best = scores[0]
    against = found["against_best"]
    assert (against["a"], against["b"]) == ("ensemble-1", "quick-1")
    assert against["p"] == mcnemar(whole.predictions.right, best.predictions.right)
    assert found["onnx_difference"] <= 1e-6
    assert of_two_splits.scores == whole.to_json()


def test_the_report_and_the_card_show_the_members_and_whether_it_is_noise(of_two_splits):
    found = of_two_splits.members
    assert found is not None
    page = (of_two_splits.path / "report.html").read_text(encoding="utf-8")
    card = (of_two_splits.path / "README.md").read_text(encoding="utf-8")
    for text in (page, card):
        assert "quick-1 (2)" in text
        assert found["against_best"]["sentence"] in text
        assert found["calibration"]["sentence"] in text
    assert "model.safetensors" not in card
    assert "<h2>Training</h2>" not in page
    assert "chosen on held-out training images" not in page


def test_model_files_need_data_to_be_scored_on_and_keep_it(trained, bars, tmp_path, monkeypatch):
    files = [shutil.copy(trained[name].onnx, tmp_path / f"{name}.onnx") for name in "ac"]
    (tmp_path / "notes.txt").write_text("a run")
    with pytest.raises(UsageError, match="do not name one dataset to score them on: name it, as --data mnist"):
        ensemble(files, out=tmp_path)
    with pytest.raises(UsageError, match=r"no dataset 'minst' \(did you mean mnist"):
        ensemble(files, data="minst", out=tmp_path)
    with pytest.raises(
        TenfoldError, match="notes.txt: a file, where a run's folder, a .onnx, .keras or .h5 was expected"
    ):
        ensemble([*files, tmp_path / "notes.txt"], data="mnist", out=tmp_path)
    monkeypatch.chdir(bars.parent)
    made = ensemble(files, data=bars.name, out=tmp_path)
    monkeypatch.chdir(tmp_path)
    assert [member.name for member in Classifier(made.onnx).card.members] == ["a", "c"]
    assert evaluate(made).to_json() == made.scores
    assert "training" in made.environment
    members = made.members
    assert members is not None
    assert members["calibration"]["sentence"].startswith("a is a file of its own, which does not say what it held out")


def _other_classes(proto):
    entry = next(entry for entry in proto.metadata_props if entry.key == "tenfold.classes")
    entry.value = json.dumps(list("9876543210"))


def _other_framing(proto):
    next(entry for entry in proto.metadata_props if entry.key == "tenfold.framing").value = "other-9"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_other_classes, r"changed.onnx: answers with other classes, or in another order, than .* \(0, 1, 2, .*9\)"),
        (_other_framing, "changed.onnx: framed by 'other-9', but .* by 'mnist-1'"),
    ],
)
def test_members_that_do_not_go_together_are_one_line(trained, tmp_path, change, message):
    proto = onnx.load(trained["c"].onnx)
    change(proto)
    onnx.save(proto, tmp_path / "changed.onnx")
    with pytest.raises(UsageError, match=message) as caught:
        ensemble([trained["a"], tmp_path / "changed.onnx"], out=tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_member_whose_training_was_stopped_is_gone_on_with(trained, tmp_path):
    def stop(_row):
        raise KeyboardInterrupt

    recipe, seen = trained["a"].path.parents[1] / "quick.toml", []
    with pytest.raises(KeyboardInterrupt):
        tenfold.train(recipe, overrides={"seed": 0}, out=tmp_path, on_epoch=stop)
    ensemble([recipe], seeds=2, out=tmp_path, on_epoch=lambda row: seen.append(row.epoch))
    assert seen == [2, 1, 2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ensemble-1", "quick-1", "quick-2"]


def test_one_model_an_ensemble_or_one_twice_is_refused(trained, of_two_splits, tmp_path):
    a = trained["a"]
    with pytest.raises(UsageError, match="two members or more"):
        ensemble([a], out=tmp_path)
    with pytest.raises(UsageError, match=r"is the same model as .*: name each member once"):
        open_members([a, trained["c"], shutil.copy(a.onnx, tmp_path / "copy.onnx")])
    with pytest.raises(UsageError, match="is an ensemble itself: name its members instead"):
        open_members([a, of_two_splits])
    with pytest.raises(TenfoldError, match="no such model"):
        open_members([a, tmp_path / "none.onnx"])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("scores.json", "{", "Expecting property name"),
        ("scores.json", "[]", "no table"),
        ("scores.json", "{}", "'accuracy' is missing"),
        ("history.csv", "epoch\nfirst\n", "could not convert"),
    ],
)
def test_a_member_with_a_broken_file_is_named_with_what_is_broken(trained, tmp_path, capsys, name, content, why):
    broken = shutil.copytree(trained["c"].path, tmp_path / "broken")
    (broken / name).write_text(content, encoding="utf-8")
    for verb in ("ensemble", "compare"):
        assert main([verb, str(trained["a"].path), str(broken), "--out", str(tmp_path / "out")]) == 1
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith(f"tenfold: {broken / name}: damaged ({why}")
    assert not (tmp_path / "out").exists()


def test_a_merger_that_is_not_the_mean_leaves_nothing(trained, tmp_path, monkeypatch):
    import tenfold.exporting

    def one_only(members, card, path):
        true_merge([members[0], members[0]], card, path)

    true_merge = tenfold.exporting.merge_onnx
    monkeypatch.setattr(tenfold.exporting, "merge_onnx", one_only)
    with pytest.raises(TenfoldError, match="differs from the mean of its members"):
        ensemble([trained["a"], trained["c"]], out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_another_tool_is_to_be_exported_first(trained, tmp_path):
    (tmp_path / "theirs.h5").write_bytes(b"")
    with pytest.raises(
        UsageError, match=r"theirs.h5: is no .onnx of tenfold's own: tenfold export .*theirs.h5 --to onnx"
    ):
        open_members([trained["a"], tmp_path / "theirs.h5"])


def test_members_of_different_data_are_not_calibrated(trained, bars, tmp_path):
    arrays = dict(np.load(bars))
    np.savez(
        tmp_path / "others.npz", **arrays | {"x_train": arrays["x_train"][::-1], "y_train": arrays["y_train"][::-1]}
    )
    recipe = {"seed": 1, "data.name": str(tmp_path / "others.npz"), "data.test": str(bars)}
    other = tenfold.train(trained["a"].path / "recipe.toml", overrides=recipe, out=tmp_path)
    made = ensemble([trained["a"], other], out=tmp_path, data=str(bars))
    assert made.members["calibration"]["sentence"].startswith("The members were trained on different data")


def test_without_the_report_extra_an_ensemble_has_its_scores(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(assembly, "can_report", lambda: False)
    made = ensemble([trained["a"], trained["b"]], out=tmp_path)
    assert made.scores == evaluate(made).to_json()
    assert not (made.path / "report.html").exists()


def test_a_full_disk_leaves_no_ensemble(trained, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assembly, "write_json", full)
    with pytest.raises(TenfoldError, match=r"cannot be written \(No space left on device\)"):
        ensemble([trained["a"], trained["b"]], out=tmp_path)
    assert list(tmp_path.iterdir()) == []
