import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from safetensors.numpy import load_file

from tenfold.data import Dataset, load_dataset
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Classifier
from tenfold.recipes import Recipe, dump_recipe
from tenfold.run import Run
from tenfold.run.folder import RunFolder
from tenfold.stopwatch import Stopwatch
from tenfold.training import DivergedError, fit
from tenfold.training.images import split_indices


def _recipe(bars, **values):
    values = {"model": "mlp_sgd", "epochs": 2, "batch_size": 50, "data": {"name": str(bars)}} | values
    return Recipe.model_validate(values)


def _fit(recipe, out, resume=False):
    folder = RunFolder.claim(out, "bars", dump_recipe(recipe), resume)
    return fit("bars", recipe, folder), folder


def test_a_run_folder_holds_all_that_the_house_promises(bars, tmp_path):
    result, folder = _fit(_recipe(bars), tmp_path)
    run = folder.finish()
    names = {path.name for path in run.path.iterdir()}
    assert names == {"recipe.toml", "environment.json", "history.csv", "steps.csv", "model.safetensors", "model.onnx"}
    assert run.name == "bars-1"
    assert list(run.history[0]) == [
        "epoch", "seconds", "lr", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "val_recall",
    ]  # fmt: skip
    assert run.environment["training"]["parameters"] == result.parameters == 79_510
    assert run.environment["data"]["train"]["sha256"] == load_dataset(bars, "train").sha256
    assert run.environment["data"]["train"]["n"] == 540


def test_flips_are_for_things_not_for_digits(bars, tmp_path):
    with pytest.raises(UsageError, match="has the class '0', and a mirrored sign is another one"):
        _fit(_recipe(bars, augmentation={"flip": 0.5}), tmp_path)


def test_the_validation_split_is_held_out_stratified_and_fixed_by_the_seed(bars):
    data = load_dataset(bars, "train")
    kept, held = split_indices(data, _recipe(bars, data={"name": str(bars), "validation": 0.2}))
    assert len(np.intersect1d(kept, held)) == 0
    assert len(kept) + len(held) == len(data)
    assert (np.bincount(data.labels[held]) == 12).all()
    assert not np.array_equal(
        held, split_indices(data, _recipe(bars, data={"name": str(bars), "validation": 0.2}, seed=1))[1]
    )


def test_a_limit_trains_on_so_many_images_of_all_classes(bars):
    data = load_dataset(bars, "train")
    kept, held = split_indices(data, _recipe(bars, data={"name": str(bars), "limit": 100}))
    assert len(kept) + len(held) == 100
    assert set(data.labels[kept]) == set(range(10))


def test_onnx_and_safetensors_hold_the_same_model(bars, tmp_path):
    _, folder = _fit(_recipe(bars), tmp_path)
    run = folder.finish()
    views = load_dataset(bars, "test").images
    weights = load_file(run.path / "model.safetensors")
    hidden = np.maximum(views.reshape(len(views), -1) / 255 @ weights["1.weight"].T + weights["1.bias"], 0)
    expected = hidden @ weights["3.weight"].T + weights["3.bias"]
    np.testing.assert_allclose(Classifier(run.path).logits(views), expected, atol=1e-4)


def test_the_temperature_is_fitted_on_validation_and_kept_in_the_model(bars, tmp_path):
    with_validation = _fit(_recipe(bars), tmp_path)[1].finish()
    without = _fit(_recipe(bars, data={"name": str(bars), "validation": 0.0}), tmp_path)[1].finish()
    assert Classifier(with_validation.path).card.temperature != 1
    assert Classifier(without.path).card.temperature == 1
    assert without.environment["training"]["val_accuracy"] is None


_CHILD = """
import sys
from pathlib import Path
from tenfold.recipes import Recipe, dump_recipe
from tenfold.training import fit
from tenfold.run.folder import RunFolder
recipe = Recipe.model_validate_json(sys.argv[1])
folder = RunFolder.claim(Path(sys.argv[2]), "bars", dump_recipe(recipe), True)
fit("bars", recipe, folder, on_epoch=lambda row: print(row.epoch, flush=True))
folder.finish()
"""


def test_a_run_of_few_epochs_keeps_how_they_went_and_a_longer_one_does_not(bars, tmp_path):
    def stop(_row):
        raise KeyboardInterrupt

    recipe = _recipe(bars, batch_size=25)  # 540 images: 22 steps an epoch, the last of 15
    run = _fit(recipe, tmp_path / "unbroken")[1].finish()
    assert [row["step"] for row in run.steps] == list(range(1, 45))
    assert [row["epoch"] for row in run.steps if row["epoch"] % 1 == 0] == [1, 2]
    sizes = np.array([*[25] * 21, 15])
    for epoch, kept in enumerate(run.history):
        rows = run.steps[22 * epoch : 22 * epoch + 22]
        for name in ("train_loss", "train_accuracy"):
            assert np.average([row[name] for row in rows], weights=sizes) == pytest.approx(kept[name], rel=1e-4)
    folder = RunFolder.claim(tmp_path / "stopped", "bars", dump_recipe(recipe), False)
    with pytest.raises(KeyboardInterrupt):
        fit("bars", recipe, folder, on_epoch=stop)
    folder.release()
    assert _fit(recipe, tmp_path / "stopped", resume=True)[1].finish().steps == run.steps
    assert not (_fit(_recipe(bars, epochs=3), tmp_path / "long")[1].finish().path / "steps.csv").exists()


def test_a_run_killed_in_the_middle_resumes_to_the_unbroken_result(bars, tmp_path):
    recipe = _recipe(bars, model="mlp_dropout", epochs=30, optimizer={"lr": 1e-3})
    unbroken = _fit(recipe, tmp_path / "unbroken")[1].finish()
    command = [sys.executable, "-c", _CHILD, recipe.model_dump_json(), str(tmp_path / "killed")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert "3" in (line.strip() for line in child.stdout), "the child ended before its third epoch"
    time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    unfinished = tmp_path / "killed" / "bars-1.unfinished"
    assert unfinished.is_dir()
    with pytest.raises(TenfoldError, match="never finished"):
        Run.open(unfinished)
    resumed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    assert 4 <= int(resumed.stdout.split()[0]) <= 30
    killed = Run.open(tmp_path / "killed" / "bars-1")
    for name in ("model.safetensors", "model.onnx"):
        assert (killed.path / name).read_bytes() == (unbroken.path / name).read_bytes()
    assert [row["val_loss"] for row in killed.history] == [row["val_loss"] for row in unbroken.history]


def test_a_broken_checkpoint_is_one_line(bars, tmp_path):
    recipe = _recipe(bars)
    folder = RunFolder.claim(tmp_path, "bars", dump_recipe(recipe), False)
    folder.checkpoint.parent.mkdir()
    folder.checkpoint.write_bytes(b"half a file")
    folder.release()
    with pytest.raises(TenfoldError, match="not a usable checkpoint"):
        _fit(recipe, tmp_path, resume=True)


def test_a_run_that_diverges_says_so(bars, tmp_path):
    with pytest.raises(DivergedError):
        _fit(_recipe(bars, optimizer={"name": "sgd", "lr": 1e30}), tmp_path)


def test_the_environment_names_what_a_rerun_needs(bars, tmp_path):
    run = _fit(_recipe(bars), tmp_path)[1].finish()
    environment = json.loads((run.path / "environment.json").read_text())
    assert {
        "tenfold",
        "python",
        "torch",
        "numpy",
        "onnxruntime",
        "platform",
        "threads",
        "device",
        "precision",
    } <= set(environment)


def test_the_environment_says_where_the_seconds_went_and_none_twice(bars, tmp_path):
    start = time.perf_counter()
    run = _fit(_recipe(bars, model="mlp_dropout", epochs=20, optimizer={"lr": 1e-3}), tmp_path)[1].finish()
    seconds, training = run.environment["seconds"], run.environment["training"]
    assert set(seconds) == {"data", "model", "steps", "validation", "checkpoints", "export"}
    assert sum(seconds.values()) <= time.perf_counter() - start
    own = seconds["model"] + seconds["steps"] + seconds["validation"]
    assert own <= training["train_seconds"] <= 1.2 * (own + seconds["checkpoints"])


def test_a_resumed_runs_seconds_are_those_before_and_after(bars, tmp_path):
    recipe = _recipe(bars)
    first = RunFolder.claim(tmp_path, "bars", dump_recipe(recipe), False)

    def stop(row):
        if row.epoch == 1:
            raise KeyboardInterrupt

    before = Stopwatch()
    before.add({"steps": 1000.0})  # as if the first epoch had taken so long
    with pytest.raises(KeyboardInterrupt):
        fit("bars", recipe, first, on_epoch=stop, clock=before)
    first.release()
    run = _fit(recipe, tmp_path, resume=True)[1].finish()
    assert 1000 < run.environment["seconds"]["steps"] < 1100


def test_weights_stored_in_16_bits_make_half_the_file_and_nearly_the_same_answers(bars, tmp_path):
    runs = []
    for stored in ("float32", "float16"):
        _result, folder = _fit(_recipe(bars, onnx_weights=stored), tmp_path)
        runs.append(folder.finish())
    whole, half = (Classifier(run.onnx) for run in runs)
    assert runs[1].onnx.stat().st_size < 0.6 * runs[0].onnx.stat().st_size
    views = load_dataset(bars, "test").images
    difference = np.abs(whole.logits(views) - half.logits(views)).max()
    assert 0 < difference < 0.01 * np.abs(whole.logits(views)).max()


def test_what_is_made_of_one_original_is_trained_on_or_held_out_as_a_whole():
    originals = np.arange(300) // 3
    data = Dataset("made", "train", np.zeros((300, 28, 28), np.uint8), originals % 10, originals=originals)
    kept, held = split_indices(data, Recipe.model_validate({"model": "mlp_sgd", "data": {"validation": 0.2}}))
    assert not set(originals[kept]) & set(originals[held])
    assert len(kept) + len(held) == 300
    assert len(held) == pytest.approx(60, abs=9)
