import json

import numpy as np
import pytest

from tenfold.data import load_dataset
from tenfold.errors import TenfoldError
from tenfold.evaluation import evaluate
from tenfold.reading import Classifier
from tenfold.recipes import Recipe, dump_recipe
from tenfold.run.folder import RunFolder
from tenfold.training import fit
from tenfold.training.images import RunImages


@pytest.fixture
def more(bars, tmp_path):
    """Another 100 images of bars to train on, each moved down by a row."""
    arrays = np.load(bars)
    path = tmp_path / "more.npz"
    images, labels = np.roll(arrays["x_train"][:100], 1, axis=1), arrays["y_train"][:100]
    np.savez(path, x_train=images, y_train=labels, x_test=images[:20], y_test=labels[:20])
    return path


def recipe_of(bars, more, times=3, **values):
    data = {"name": str(bars), "also": {str(more): times}, "validation": 0.2}
    return Recipe.model_validate({"model": "mlp_sgd", "epochs": 2, "batch_size": 50, "data": data} | values)


def trained(recipe, out):
    folder = RunFolder.claim(out, "bars", dump_recipe(recipe), False)
    fit("bars", recipe, folder)
    return folder.finish()


def test_validation_is_held_out_of_each_dataset_by_class_and_what_counts_more_is_shown_more(bars, more):
    images = RunImages.of(recipe_of(bars, more), None)
    kept, held = images.kept, images.held
    assert not set(kept) & set(held)
    assert len(kept) + len(held) == 700
    for source, each in ((0, 12), (1, 2)):
        rows = held[images.train.sources[held] == source]
        assert np.bincount(images.train.labels[rows]).tolist() == [each] * 10
    shown, times = np.unique(images.shown, return_counts=True)
    assert np.array_equal(shown, kept)
    assert np.array_equal(times, np.where(images.train.sources[kept] == 1, 3, 1))


def test_a_run_says_which_data_it_was_trained_on(bars, more, tmp_path):
    run = trained(recipe_of(bars, more), tmp_path)
    parts = [load_dataset(path, "train") for path in (bars, more)]
    data = run.environment["data"]
    assert run.trained_on == (str(bars), str(more))
    assert data["name"] == f"{bars} + {more}"
    assert data["train"]["n"] == 560
    assert data["validation"]["n"] == 140
    assert data["train"]["parts"] == {
        str(bars): {"n": 480, "times": 1, "validation": 120, "sha256": parts[0].sha256},
        str(more): {"n": 80, "times": 3, "validation": 20, "sha256": parts[1].sha256},
    }
    assert data["test"]["n"] == 100
    card = Classifier(run.path).card
    assert card.data_sha256 == data["train"]["sha256"]
    assert card.trained_on == {card.data_sha256, *(part.sha256 for part in parts)}
    for path in (bars, more):
        assert "trained on" in evaluate(run, path, split="train").verdict.sentence
        assert "trained on" not in evaluate(run, path).verdict.sentence


def test_how_often_images_are_shown_changes_the_training(bars, more, tmp_path):
    once, often = (trained(recipe_of(bars, more, times), tmp_path) for times in (1, 5))
    assert once.environment["data"]["train"]["sha256"] == often.environment["data"]["train"]["sha256"]
    assert once.history[-1]["train_loss"] != often.history[-1]["train_loss"]


def test_a_resumed_run_of_several_datasets_is_the_unbroken_one(bars, more, tmp_path):
    recipe = recipe_of(bars, more)
    whole = trained(recipe, tmp_path / "whole")
    folder = RunFolder.claim(tmp_path / "broken", "bars", dump_recipe(recipe), False)

    def stop(_row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit("bars", recipe, folder, on_epoch=stop)
    folder.release()
    folder = RunFolder.claim(tmp_path / "broken", "bars", dump_recipe(recipe), True)
    assert folder.resumable
    fit("bars", recipe, folder)
    resumed = folder.finish()
    assert (resumed.path / "model.safetensors").read_bytes() == (whole.path / "model.safetensors").read_bytes()


def test_a_resumed_run_notices_that_one_of_its_datasets_changed(bars, more, tmp_path):
    recipe = recipe_of(bars, more)
    folder = RunFolder.claim(tmp_path / "runs", "bars", dump_recipe(recipe), False)
    with pytest.raises(ZeroDivisionError):
        fit("bars", recipe, folder, on_epoch=lambda _row: 1 / 0)
    folder.release()
    arrays = dict(np.load(more))
    np.savez(more, **arrays | {"x_train": arrays["x_train"] // 2})
    folder = RunFolder.claim(tmp_path / "runs", "bars", dump_recipe(recipe), True)
    with pytest.raises(TenfoldError, match="made from other data"):
        fit("bars", recipe, folder)
    folder.release()


def test_a_run_of_one_dataset_has_no_parts(bars, tmp_path):
    recipe = Recipe.model_validate({"model": "mlp_sgd", "epochs": 1, "data": {"name": str(bars)}})
    run = trained(recipe, tmp_path)
    assert run.trained_on == (str(bars),)
    assert "parts" not in run.environment["data"]["train"]
    assert json.loads(Classifier(run.path).card.to_metadata()["tenfold.data_parts"]) == []
