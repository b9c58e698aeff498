import inspect
import math

import onnx
import pytest
import torch

from tenfold import models
from tenfold.errors import UsageError
from tenfold.exporting import export_onnx
from tenfold.inference.classifier import ModelCard
from tenfold.inference.frame import FRAMING


@pytest.mark.parametrize("name", models.names())
@pytest.mark.parametrize("classes", [10, 26])
def test_every_model_gives_a_logit_a_class(name, classes):
    model = models.build(name, classes).eval()
    assert model(torch.zeros(3, 1, 28, 28)).shape == (3, classes)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("cnn_baseline", 216_650),
        ("cnn_deep", 4_060_074),
        ("cnn_regularized", 225_034),
        ("mlp_dropout", 109_386),
        ("mlp_sgd", 79_510),
        ("cnn_sgd", 542_230),
        ("cnn_dropout", 225_034),
    ],
)
def test_the_classics_have_exactly_the_published_parameters(name, parameters):
    assert models.parameter_count(models.build(name)) == parameters


@pytest.mark.parametrize("name", ["lenet5", "resnet_mini", "mobilenet_mini", "compact", "vgg_mini", "pocket"])
def test_the_modern_models_use_batch_normalisation(name):
    assert any(isinstance(module, torch.nn.BatchNorm2d) for module in models.build(name).modules())


@pytest.mark.parametrize("name", models.names())
def test_the_docstring_states_the_true_number_of_parameters(name):
    family = getattr(models, models.build.__globals__["_models"][name].__module__.rpartition(".")[2])
    docstring = getattr(family, name).__doc__
    assert f"{models.parameter_count(models.build(name)):,}" in docstring


@pytest.mark.parametrize("name", ["cnn_sgd", "compact", "lenet5", "mobilenet_mini", "pocket", "resnet_mini"])
def test_the_folded_count_is_what_the_model_file_holds(name, tmp_path):
    model = models.build(name)
    for module in model.modules():  # statistics that are not the neutral ones, so that there is something to fold
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean)
            torch.nn.init.uniform_(module.weight, -1, 1)
    card = ModelCard(tuple("0123456789"), FRAMING, 1.0, 0.0, name, "", "0")
    export_onnx(model, card, tmp_path / "model.onnx")
    weights = onnx.load(tmp_path / "model.onnx").graph.initializer
    sizes = [math.prod(tensor.dims) for tensor in weights if tensor.data_type == onnx.TensorProto.FLOAT]
    assert models.folded_parameter_count(model) == sum(size for size in sizes if size > 1)


def test_a_normalisation_that_nothing_takes_up_counts_a_factor_and_a_summand():
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.MaxPool2d(2), torch.nn.BatchNorm2d(4))
    assert models.folded_parameter_count(model) == 4 * 9 + 4 + 2 * 4


def test_layers_have_the_names_of_their_weights_and_parts_their_layers():
    layers = list(models.named_layers(models.build("resnet_mini")))
    assert layers == list(dict.fromkeys(key.rpartition(".")[0] for key in models.build("resnet_mini").state_dict()))
    model = models.build("resnet_mini")
    assert models.part(model, "3", "x") == ["3.conv1", "3.norm1", "3.conv2", "3.norm2"]
    assert models.part(model, "4.shortcut", "x") == ["4.shortcut.0", "4.shortcut.1"]
    assert models.part(model, "features", "x") + models.part(model, "classifier", "x") == layers


@pytest.mark.parametrize("name", models.names())
def test_no_layer_of_a_model_takes_the_name_of_a_general_part(name):
    assert not {key.partition(".")[0] for key in models.named_layers(models.build(name))} & {"features", "classifier"}


def test_the_same_seed_draws_the_same_weights():
    def weights(seed):
        torch.manual_seed(seed)
        return torch.cat([p.flatten() for p in models.build("compact").parameters()])

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


def test_options_reach_the_model():
    assert models.parameter_count(models.build("mlp_dropout", options={"hidden": [16]})) == 784 * 16 + 16 + 170


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cnn_dropuot", {}, r"\(did you mean cnn_dropout\?\): there are cnn_baseline"),
        ("zebra", {}, "there are cnn_baseline"),
        ("mlp_sgd", {"width": 3}, "it takes hidden"),
        ("mlp_sgd", {"hidden": "many"}, "takes hidden as a whole number from 1, not 'many'"),
        ("mlp_sgd", {"hidden": -1}, "takes hidden as a whole number from 1, not -1"),
        ("mlp_sgd", {"hidden": 0}, "takes hidden as a whole number from 1, not 0"),
        ("mlp_sgd", {"hidden": 2.5}, "takes hidden as a whole number"),
        ("mlp_sgd", {"hidden": True}, "takes hidden as a whole number"),
        ("mlp_dropout", {"hidden": 3}, "takes hidden as a list of whole numbers from 1, not 3"),
        ("mlp_dropout", {"hidden": [0]}, r"takes hidden as a list of whole numbers from 1, not \[0\]"),
        ("mlp_dropout", {"dropout": 1}, "takes dropout as a share, at least 0 and below 1, not 1"),
        ("mlp_dropout", {"dropout": "half"}, "takes dropout as a share"),
        ("mlp_dropout", {"dropout": float("nan")}, "takes dropout as a share"),
        ("whitened", {"filters": 37}, "filters must be at most 36"),
        ("pocket", {"widths": [8, 8]}, "widths must be four, one a stage, not 2"),
    ],
)
def test_a_model_that_cannot_be_names_what_can(name, options, message):
    with pytest.raises(UsageError, match=message):
        models.build(name, options=options)


@pytest.mark.parametrize("name", models.names())
def test_every_option_has_a_default_that_its_own_check_lets_through(name):
    function = models.build.__globals__["_models"][name]
    parameters = inspect.signature(function).parameters
    models.check(name, {key: parameter.default for key, parameter in parameters.items() if key != "classes"})


def test_options_at_their_limits_make_models():
    for name, options in (
        ("mlp_dropout", {"hidden": [], "dropout": 0}),
        ("mlp_sgd", {"hidden": 1}),
        ("whitened", {"filters": 36, "width": 1}),
    ):
        assert models.build(name, options=options).eval()(torch.zeros(2, 1, 28, 28)).shape == (2, 10)


def test_a_taken_name_is_refused():
    def mlp_sgd(classes):
        raise AssertionError

    with pytest.raises(ValueError, match="already registered"):
        models.register(mlp_sgd)


def test_a_model_that_no_memory_holds_is_refused_before_it_is_made():
    with pytest.raises(UsageError, match=r"cannot be built with .*parameters, more than"):
        models.build("mlp_sgd", options={"hidden": 10**7})
