import re
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tenfold import models
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Classifier
from tenfold.recipes import Recipe, load_recipe
from tenfold.recipes.schema import Init, Optimizer
from tenfold.run.folder import RunFolder
from tenfold.training import fit
from tenfold.training.initial import freeze, take_weights
from tenfold.training.inputs import Split
from tenfold.training.loop import Loop
from tenfold.training.optimizers import parameter_groups
from tenfold.training.steps import Optimization

DIGITS = tuple("0123456789")


@pytest.fixture(scope="module")
def data(bars):
    data = load_dataset(bars, "train")
    return Split(torch.from_numpy(data.images[:, None]), torch.from_numpy(data.labels))


@pytest.fixture(scope="module")
def start(trained):
    """A run with batch normalisation to start from."""
    return trained(model="compact")


@pytest.fixture(scope="module")
def letters(bars, tmp_path_factory):
    """The bars of the first five classes, in folders of other names."""
    from PIL import Image

    root = tmp_path_factory.mktemp("letters")
    data = load_dataset(bars, "train")
    for row in np.flatnonzero(data.labels < 5):
        folder = root / "abcde"[data.labels[row]]
        folder.mkdir(exist_ok=True)
        Image.fromarray(data.images[row]).save(folder / f"{row}.png")
    return root


def _loop(start, data, classes=DIGITS, **values):
    given = {"model": "compact", "epochs": 2, "batch_size": 50} | values
    given["init"] = {"run": str(start.path)} | given.get("init", {})
    recipe = Recipe.model_validate(given)
    torch.manual_seed(recipe.seed)
    model = models.build(recipe.model, options=recipe.model_options)
    take_weights(model, recipe.init, classes)
    return Loop(recipe, model, torch.float32, data, data)


def test_weights_of_a_run_are_taken_whole_where_they_fit(start):
    model = models.build("compact")
    assert take_weights(model, Init(run=str(start.path)), DIGITS) == []
    expected = load_file(start.path / "model.safetensors")
    assert all(torch.equal(tensor, expected[name]) for name, tensor in model.state_dict().items())


def test_a_layer_of_another_shape_starts_fresh_whole(start):
    torch.manual_seed(0)
    model = models.build("compact", 26)
    drawn = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    assert take_weights(model, Init(run=str(start.path)), tuple("abcdefghijklmnopqrstuvwxyz")) == ["11"]
    assert torch.equal(model.state_dict()["11.bias"], drawn["11.bias"])
    assert not torch.equal(model.state_dict()["0.weight"], drawn["0.weight"])


def test_the_classifier_starts_fresh_for_ten_other_classes(start):
    assert take_weights(models.build("compact"), Init(run=str(start.path)), tuple("abcdefghij")) == ["11"]


def test_what_starts_fresh_is_said_in_a_line_and_the_rest_is_trained_on(start, letters, tmp_path):
    recipe = Recipe.model_validate({
        "model": "compact", "epochs": 1, "batch_size": 50, "data": {"name": str(letters)},
        "init": {"run": str(start.path), "freeze": ["features"]},
    })  # fmt: skip
    said = []
    folder = RunFolder.claim(tmp_path, "abc", "", False)
    result = fit("abc", recipe, folder, say=said.append)
    assert said == [f"weights from {start.path}; layers that start fresh: 11"]
    assert (result.parameters, result.folded_parameters) == (1600 * 5 + 5, 39_674 - 112 - 1600 * 5 - 5)
    weights, before = (load_file(path / "model.safetensors") for path in (folder.path, start.path))
    assert all(torch.equal(weights[name], before[name]) for name in weights if not name.startswith("11."))
    folder.release()


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_frozen_layers_stay_bit_for_bit_with_their_statistics(start, data, precision):
    loop = _loop(
        start, data, init={"freeze": ["0", "1", "3", "4"]}, ema={"decay": 0.9}, selection={"after": 0.2, "of": 2},
        optimizer={"name": "sgd", "lr": 0.05, "weight_decay": 0.1},
    )  # fmt: skip
    loop.precision = precision
    loop.run(None, None, None)
    before = load_file(start.path / "model.safetensors")
    for name, tensor in loop.kept.state_dict().items():
        frozen = name.partition(".")[0] in ("0", "1", "3", "4")
        assert torch.equal(tensor, before[name]) == frozen, name


def test_starting_from_a_run_is_bit_for_bit_again_and_resumed(start, data, tmp_path):
    values = {"init": {"freeze": ["0"]}, "optimizer": {"groups": {"classifier": 3.0}}}

    def stop(row):
        raise KeyboardInterrupt

    unbroken, stopped, resumed = (_loop(start, data, **values) for _ in range(3))
    unbroken.run(None, None, None)
    path = tmp_path / "checkpoint" / "last.safetensors"
    with pytest.raises(KeyboardInterrupt):
        stopped.run(path, None, stop)
    resumed.run(path, None, None)
    for one, other in zip(unbroken.kept.state_dict().values(), resumed.kept.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_a_frozen_stem_comes_with_its_filters(trained, data):
    run = trained(model="whitened")
    other = Split(data.images.flip(2), data.labels)
    loop = _loop(run, other, model="whitened")
    filters = load_file(run.path / "model.safetensors")["stem.weight"]
    assert torch.equal(loop.model.state_dict()["stem.weight"], filters)
    fresh = Loop(Recipe(model="whitened"), models.build("whitened"), torch.float32, other, other)
    assert not torch.equal(fresh.model.state_dict()["stem.weight"], filters)


def test_each_group_has_its_rate_at_every_step(start, data, monkeypatch):
    groups = {"features": 0.1, "7": 0.5, "classifier": 2.0}
    schedule = {"name": "one-cycle", "warmup": 0.5}
    loop = _loop(start, data, optimizer={"lr": 0.01, "groups": groups}, schedule=schedule)
    rates = []
    step = type(loop.optimizer).step
    monkeypatch.setattr(
        type(loop.optimizer),
        "step",
        lambda self: rates.append([group["lr"] for group in self.param_groups]) or step(self),
    )
    loop.run(None, None, None)
    sizes = [sum(p.numel() for p in group["params"]) for group in loop.optimizer.param_groups]
    assert sizes == [16 * 25 + 32 + 32 * 16 * 9 + 64 + 128, 64 * 32 * 9, 16_010]  # its batch norm (8) is a feature
    assert len(rates) == 24
    for features, seventh, classifier in rates:
        assert features == pytest.approx(seventh / 5)
        assert features == pytest.approx(classifier / 20)
    assert max(rates)[2] > 0.9 * 0.02


def test_without_groups_all_parameters_share_the_rate():
    model = models.build("compact")
    (group,) = parameter_groups(model, {})
    assert group["factor"] == 1
    assert [id(p) for p in group["params"]] == [id(p) for p in model.parameters()]
    assert Optimization([group], Optimizer()).param_groups[0]["factor"] == 1


@pytest.mark.parametrize("names", [["head"], ["1", "feature"], ["0."], [""]])
def test_an_unknown_part_is_named_with_those_there_are(names):
    there = re.escape("there are features, classifier, 0, 1, 3, 4, 7, 8, 11")
    with pytest.raises(UsageError, match=f"init.freeze: the model has no part '{names[-1]}': {there}"):
        freeze(models.build("compact"), names)
    with pytest.raises(UsageError, match=f"optimizer.groups: the model has no part '{names[-1]}': {there}"):
        parameter_groups(models.build("compact"), dict.fromkeys(names, 1.0))


@pytest.mark.parametrize("names", [["features", "classifier"], ["0", "1", "3", "4", "7", "8", "11"]])
def test_freezing_everything_is_refused(names):
    with pytest.raises(UsageError, match="nothing is left to train"):
        freeze(models.build("compact"), names)


def test_a_layer_that_starts_fresh_cannot_be_frozen(start):
    with pytest.raises(UsageError, match="init.freeze = 'classifier': layer 11 starts fresh"):
        take_weights(models.build("compact", 5), Init(run=str(start.path), freeze=["classifier"]), tuple("abcde"))


def test_a_run_that_cannot_be_started_from_is_one_line(start, teacher_run, tmp_path):
    def taken(**values):
        take_weights(models.build("compact"), Init(**{"run": str(start.path)} | values), DIGITS)

    with pytest.raises(TenfoldError, match="nowhere: no such run"):
        taken(run=str(tmp_path / "nowhere"))
    with pytest.raises(TenfoldError, match="not a run folder"):
        taken(run=str(tmp_path))
    with pytest.raises(TenfoldError, match="a model's file has no layers to start from: give a run's folder"):
        taken(run=str(start.onnx))
    with pytest.raises(TenfoldError, match="is not the file that the recipe means"):
        taken(sha256="f" * 64)
    with pytest.raises(TenfoldError, match="no layer of its mlp_sgd fits this model"):
        taken(run=str(teacher_run.path))


def test_an_ensemble_names_its_members_instead(start, tmp_path):
    shutil.copytree(start.path, tmp_path / "ensemble-1")
    with (tmp_path / "ensemble-1" / "recipe.toml").open("a") as recipe:
        recipe.write('[members]\nfast-1 = "a"\nfast-2 = "b"\n')
    with pytest.raises(TenfoldError, match="has no weights of its own: name a member, fast-1 or fast-2"):
        take_weights(models.build("compact"), Init(run=str(tmp_path / "ensemble-1")), DIGITS)


def test_weights_that_are_damaged_are_one_line(trained):
    run = trained(epochs=1)
    (run.path / "model.safetensors").write_bytes(b"\0" * 20)
    with pytest.raises(TenfoldError, match="model.safetensors: no weights to start from"):
        take_weights(models.build("mlp_sgd"), Init(run=str(run.path)), DIGITS)


def test_everything_can_be_set_from_the_command_line(start):
    _, recipe = load_recipe(
        "compact", {"init.run": str(start.path), "init.freeze": "['features']", "optimizer.groups.classifier": "2.5"}
    )
    assert (recipe.init.run, recipe.init.freeze) == (str(start.path), ["features"])
    assert recipe.optimizer.groups == {"classifier": 2.5}
    assert len(recipe.init.sha256) == 64


def test_a_model_has_seen_what_it_started_from_or_was_taught_with(start, letters, trained):
    known = Classifier(start.onnx).card.data_sha256
    for table in ("init", "teacher"):
        run = trained(model="compact", **{table: {"run": str(start.path)}})
        assert known in Classifier(run.onnx).card.trained_on
    other = trained(model="compact", data={"name": str(letters)}, init={"run": str(start.path)})
    assert {known, Classifier(other.onnx).card.data_sha256} <= Classifier(other.onnx).card.trained_on
    assert known != Classifier(other.onnx).card.data_sha256
