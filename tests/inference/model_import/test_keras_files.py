"""Keras's files are read without Keras, Keras 2's and Keras 3's; nothing in them is executed or fetched."""

import json
import pickle
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from tenfold.errors import TenfoldError
from tenfold.inference.model_import import CONVENTIONS, adopt, keras_file
from tenfold.inference.model_import.keras_file import read_keras
from tenfold.inference.model_import.keras_graph import keras_to_onnx
from tenfold.inference.model_import.trial import sample
from tenfold.metrics import softmax

h5py = pytest.importorskip("h5py")

FILES = Path(__file__).with_name("files")
SAVED = sorted(path for path in FILES.iterdir() if path.suffix != ".json")


def _images(path):
    images = np.random.default_rng(0).random((3, 28, 28, 1)).astype(np.float32)
    return 255 * images if "every_layer" in path.name else images[..., 0]


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.name)
def test_what_keras_saved_answers_as_it_did_in_keras(path):
    proto, temperature = keras_to_onnx(read_keras(path))
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    (logits,) = session.run(["logits"], {"x": _images(path)})
    expected = json.loads(path.with_suffix(".json").read_text())
    np.testing.assert_allclose(softmax(logits / temperature), expected, atol=1e-6)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.key)
@pytest.mark.parametrize("name", ["keras2-functional.h5", "keras3-functional.h5", "keras3-every_layer.h5"])
def test_a_file_that_says_how_it_is_fed_is_believed(tmp_path, name, convention):
    path = shutil.copy(FILES / name, tmp_path / name)
    with h5py.File(path, "r+") as file:
        config = file.attrs["model_config"]
        named = next(layer for layer in json.loads(config)["config"]["layers"] if layer["class_name"] == "InputLayer")
        file.attrs["model_config"] = config.replace(f'"{named["config"]["name"]}"', f'"{convention.key}"')
    note = adopt(Path(path), replace(sample(), guessed=False)).note
    assert f", {convention.name}, gives " in note
    assert note.endswith("(as the file itself says)")


def test_files_of_both_versions_and_both_kinds_are_tried():
    assert {(path.name[:6], path.suffix) for path in SAVED} == {
        ("keras2", ".h5"), ("keras2", ".keras"), ("keras3", ".h5"), ("keras3", ".keras"),
    }  # fmt: skip


def _config_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def _zip_with(path, config, out):
    """The same .keras with another configuration."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps(config) if name == "config.json" else old.read(name))
    return out


def _lambda_layer(code):
    function = {"class_name": "__lambda__", "config": {"code": code, "defaults": None, "closure": None}}
    return {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "evil", "function": function}}


def _assert_one_line(path, message):
    with pytest.raises(TenfoldError, match=message) as caught:
        keras_to_onnx(read_keras(path))
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_lambda_layer_is_refused_by_its_name_and_never_run(tmp_path):
    for saved in (FILES / "keras3-every_layer.keras", FILES / "keras2-every_layer.keras"):
        config = _config_of(saved)
        config["config"]["layers"].insert(2, _lambda_layer("4wEAAAAAAAAAAAAAAAAAAAA="))
        path = _zip_with(saved, config, tmp_path / "evil.keras")
        _assert_one_line(path, r"layer 'evil' \(Lambda\) cannot be read: it holds code, which is never run")


def test_a_lambda_layer_in_an_h5_is_refused(tmp_path):
    path = shutil.copy(FILES / "keras2-every_layer.h5", tmp_path / "evil.h5")
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"].append(_lambda_layer("4wEAAAAAAAAAAAAAAAAAAAA="))
        file.attrs["model_config"] = json.dumps(config)
    _assert_one_line(path, "evil.*never run")


def test_a_class_from_another_module_is_only_a_name(tmp_path):
    saved = FILES / "keras3-every_layer.keras"
    config = _config_of(saved)
    config["config"]["layers"][1] |= {"module": "os", "class_name": "system", "config": {"name": "x", "command": "id"}}
    _assert_one_line(
        _zip_with(saved, config, tmp_path / "evil.keras"), r"layer 'x' \(system\) cannot be read: known are"
    )


def test_an_activation_that_is_an_object_is_refused(tmp_path):
    saved = FILES / "keras3-every_layer.keras"
    config = _config_of(saved)
    dense = next(layer for layer in config["config"]["layers"] if layer["class_name"] == "Dense")
    dense["config"]["activation"] = {"class_name": "function", "module": "builtins", "config": "exec"}
    _assert_one_line(_zip_with(saved, config, tmp_path / "evil.keras"), "has the activation 'function'")


class _Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('executed')",))


@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
def test_a_pickle_under_the_name_of_a_model_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(pickle.dumps(_Bomb()))
    _assert_one_line(path, "not a Keras model")


def test_weights_in_another_file_are_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(4096))
    path = shutil.copy(FILES / "keras2-every_layer.h5", tmp_path / "evil.h5")
    with h5py.File(path, "r+") as file:
        group = next(g for name, g in file["model_weights"].items() if name.startswith("dense"))
        (name, *_) = group.attrs["weight_names"]
        shape = group[name].shape
        del group[name]
        group.create_dataset(name, shape, "f4", external=[(str(secret), 0, h5py.h5f.UNLIMITED)])
    _assert_one_line(path, "lie in another file: not read")


@pytest.mark.parametrize("link", ["external", "soft"])
def test_links_out_of_the_weights_are_not_followed(tmp_path, link):
    path = shutil.copy(FILES / "keras2-every_layer.h5", tmp_path / "evil.h5")
    shutil.copy(path, tmp_path / "other.h5")
    with h5py.File(path, "r+") as file:
        del file["model_weights"]
        file["model_weights"] = (
            h5py.ExternalLink("other.h5", "/model_weights")
            if link == "external"
            else h5py.SoftLink("/optimizer_weights")
        )
    _assert_one_line(path, "is a link to elsewhere: not followed")


def test_weights_that_claim_more_than_a_model_can_hold_are_not_read(tmp_path):
    path = shutil.copy(FILES / "keras2-every_layer.h5", tmp_path / "evil.h5")
    with h5py.File(path, "r+") as file:
        group = next(g for name, g in file["model_weights"].items() if name.startswith("dense"))
        (name, *_) = group.attrs["weight_names"]
        del group[name]
        group.create_dataset(name, (10**6, 10**6), "f4", chunks=(1000, 1000))  # takes no room in the file
    _assert_one_line(path, r"claim 1,000,000,\d+,\d+ numbers")


def test_weights_that_are_many_times_the_same_large_array_are_not_read(tmp_path, monkeypatch):
    path = FILES / "keras2-every_layer.h5"
    numbers = sum(weights.size for layer in read_keras(path).layers for weights in layer.weights)
    monkeypatch.setattr("tenfold.inference.model_import.keras_file.MOST_BYTES", 4 * numbers)
    read_keras(path)
    monkeypatch.setattr("tenfold.inference.model_import.keras_file.MOST_BYTES", 4 * numbers - 1)
    _assert_one_line(path, f"claim {numbers:,} numbers")


def test_a_zip_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("tenfold.inference.model_import.keras_file.MOST_BYTES", 20_000)
    path = shutil.copy(FILES / "keras3-every_layer.keras", tmp_path / "bomb.keras")
    _assert_one_line(path, "unpacks to more than")


def test_a_deeply_nested_configuration_is_one_line(tmp_path):
    path = tmp_path / "deep.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "[" * 100_000)
        archive.writestr("model.weights.h5", b"")
    _assert_one_line(path, "not a Keras model that can be read")


@pytest.mark.parametrize("keep", [0, 10, 1000, 20_000])
@pytest.mark.parametrize("name", ["keras2-every_layer.h5", "keras3-every_layer.keras"])
def test_half_a_file_is_one_line(tmp_path, name, keep):
    path = tmp_path / name
    path.write_bytes((FILES / name).read_bytes()[:keep])
    _assert_one_line(path, "not a Keras model")


def test_weights_without_a_model_are_named(tmp_path):
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]
    _assert_one_line(path, r"holds no model but weights alone: save it whole, with model.save\(...\)")


def test_branches_are_refused_by_the_layer_that_joins_them(tmp_path):
    saved = FILES / "keras3-functional.keras"
    config = _config_of(saved)
    joining = config["config"]["layers"][3]
    joining["inbound_nodes"][0]["args"] *= 2
    joining["inbound_nodes"].append(joining["inbound_nodes"][0])
    _assert_one_line(_zip_with(saved, config, tmp_path / "joined.keras"), "joins or shares branches")


def test_a_second_input_is_refused(tmp_path):
    saved = FILES / "keras3-functional.keras"
    config = _config_of(saved)
    second = {"class_name": "InputLayer", "config": {"name": "other", "batch_shape": [None, 5]}, "inbound_nodes": []}
    config["config"]["layers"].append(second)
    _assert_one_line(_zip_with(saved, config, tmp_path / "two.keras"), "a model of 2 inputs, where one image was")


def _logits(path):
    proto, temperature = keras_to_onnx(read_keras(path))
    return (
        onnxruntime.InferenceSession(proto.SerializeToString()).run(["logits"], {"x": _images(path)})[0] / temperature
    )


def test_a_model_without_an_input_layer_is_as_large_as_it_was_built(tmp_path):
    saved = FILES / "keras3-every_layer.keras"
    config = _config_of(saved)
    del config["config"]["layers"][0]
    built = _zip_with(saved, config, tmp_path / "every_layer.keras")
    np.testing.assert_array_equal(_logits(built), _logits(saved))
    del config["config"]["build_input_shape"]
    _assert_one_line(_zip_with(saved, config, built), "does not say how large its images are: give the first layer an")


def test_a_model_that_ends_in_logits_gives_these(tmp_path):
    saved = FILES / "keras3-every_layer.keras"
    config = _config_of(saved)
    assert config["config"]["layers"].pop()["class_name"] == "Softmax"
    np.testing.assert_array_equal(_logits(_zip_with(saved, config, tmp_path / "every_layer.keras")), _logits(saved))


def test_a_mean_over_the_image_may_keep_its_place(tmp_path):
    saved = FILES / "keras3-functional.keras"
    config = _config_of(saved)
    *_, mean, last = config["config"]["layers"]
    assert mean["class_name"] == "GlobalAveragePooling2D"
    mean["config"]["keepdims"] = True
    flatten = {"class_name": "Flatten", "config": {"name": "flat"}, "inbound_nodes": last["inbound_nodes"]}
    history = {"class_name": "__keras_tensor__", "config": {"keras_history": ["flat", 0, 0]}}
    config["config"]["layers"][-1:] = [flatten, last | {"inbound_nodes": [{"args": [history], "kwargs": {}}]}]
    np.testing.assert_array_equal(_logits(_zip_with(saved, config, tmp_path / "kept.keras")), _logits(saved))


@pytest.mark.parametrize(
    ("put", "message"),
    [
        (lambda group: group.create_dataset("vars", data=np.zeros(3)), "vars is no group"),
        (lambda group: group.create_dataset("vars/0", data=np.zeros((64, 10), np.int64)), "0 is no array of numbers"),
    ],
    ids=["an array for a group", "whole numbers"],
)
def test_weights_of_another_kind_are_one_line(tmp_path, put, message):
    saved, path = FILES / "keras3-every_layer.keras", tmp_path / "other.keras"
    with zipfile.ZipFile(saved) as archive:
        archive.extractall(tmp_path)
    with h5py.File(tmp_path / "model.weights.h5", "r+") as file:
        del file["layers/dense/vars"]
        put(file["layers/dense"])
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("config.json", "model.weights.h5"):
            archive.write(tmp_path / name, name)
    _assert_one_line(path, message)


def test_weights_of_another_shape_than_the_layers_are_one_line(tmp_path):
    saved = FILES / "keras3-every_layer.keras"
    config = _config_of(saved)
    next(layer for layer in config["config"]["layers"] if layer["class_name"] == "Dense")["config"]["units"] = 9
    _assert_one_line(_zip_with(saved, config, tmp_path / "other.keras"), r"\(Dense\) cannot be read \(weights of \[")


def test_a_rescaling_before_the_softmax_is_the_temperature(tmp_path):
    saved = FILES / "keras3-every_layer.keras"
    config = _config_of(saved)
    rescaling = {"class_name": "Rescaling", "config": {"name": "cool", "scale": 0.5, "offset": 0.0}}
    config["config"]["layers"].insert(-1, rescaling)
    # A second Rescaling is numbered after the first, and has no weights either.
    path = _zip_with(saved, config, tmp_path / "cool.keras")
    proto, temperature = keras_to_onnx(read_keras(path))
    assert temperature == 2
    (logits,) = onnxruntime.InferenceSession(proto.SerializeToString()).run(["logits"], {"x": _images(saved)})
    np.testing.assert_allclose(softmax(logits), json.loads(saved.with_suffix(".json").read_text()), atol=1e-6)


def _set(kind, **values):
    """Changes the configuration of the first layer of a class."""

    def change(config):
        layers = config["config"]["layers"]
        next(layer for layer in layers if layer["class_name"] == kind)["config"].update(values)

    return change


def _without(kind):
    def change(config):
        layers = config["config"]["layers"]
        layers.remove(next(layer for layer in layers if layer["class_name"] == kind))

    return change


def _moved_up(kind):
    """Makes the first layer of a class the model's first."""

    def change(config):
        layers = config["config"]["layers"]
        moved = next(layer for layer in layers if layer["class_name"] == kind)
        layers.remove(moved)
        layers.insert(1, moved)

    return change


def _reshaped(*shape):
    """Puts a Reshape before all other layers."""
    return lambda config: config["config"]["layers"].insert(
        1, {"class_name": "Reshape", "config": {"name": "reshape", "target_shape": shape}}
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("Conv2D", data_format="channels_first"), "channels_first: save the model as .onnx"),
        (_set("Conv2D", padding="causal"), "padding 'causal'"),
        (_without("Flatten"), r"Dense.*\[.*\]"),
        (_moved_up("Flatten"), r"Conv2D.*it is given \[784\], where height, width and channels were expected"),
        (_reshaped(5, -1), r"\[28, 28, 1\] cannot become \[5, -1\]"),
        (_reshaped(7, 7), r"\[28, 28, 1\] cannot become \[7, 7\]"),
        (_set("BatchNormalization", axis=1), "axis 1 of"),
        (_set("ReLU", max_value=6.0), r"\(ReLU\) cannot be read: it has a highest value"),
        (_set("ReLU", threshold=0.5), r"\(ReLU\) cannot be read: it has a highest value"),
        (lambda config: config.update(class_name="Custom"), "a model of the class 'Custom'"),
    ],
    ids=[
        "channels first",
        "padding",
        "no Flatten",
        "Flatten first",
        "shape",
        "size",
        "axis",
        "highest value",
        "threshold",
        "class",
    ],
)
def test_a_layer_that_would_be_read_wrong_is_refused_in_one_line(tmp_path, change, message):
    saved = FILES / "keras3-every_layer.keras"
    config = _config_of(saved)
    change(config)
    _assert_one_line(_zip_with(saved, config, tmp_path / "other.keras"), message)


def test_a_configuration_longer_than_any_models_is_not_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(keras_file, "_MOST_CONFIG", 100)
    for name in ("keras3-every_layer.keras", "keras3-every_layer.h5"):
        path = shutil.copy(FILES / name, tmp_path / name)
        _assert_one_line(path, "its configuration is too long")
