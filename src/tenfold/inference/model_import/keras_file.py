"""What a .keras or .h5 file says: its layers and their weights, read as data. Nothing in the file is executed.

Keras 2 and Keras 3 write both; both are read without Keras. A .keras is a zip of JSON and HDF5, an .h5 is HDF5 with the
JSON in an attribute. Of the JSON only numbers and the names of known layers are used; of the HDF5 only arrays that lie
in the file itself, of the size that the layers ask for.
"""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError, first_line

MOST_BYTES = 2**30
"""A file that unpacks to more than this is not read: no model of 28×28 images is as large."""

_MOST_CONFIG = 2**24
"""The same for the JSON of layers."""


@dataclass(frozen=True)
class KerasLayer:
    """One layer: its class in Keras, its name, its configuration and its weights in Keras's order."""

    kind: str
    name: str
    config: Mapping[str, Any]
    weights: tuple[NDArray[np.float32], ...]

    def __str__(self) -> str:
        return f"layer '{self.name}' ({self.kind})"


@dataclass(frozen=True)
class KerasModel:
    """A chain of layers, from the images to the classes.

    input_shape: of one image; input_name: of the layer that takes it, empty where there is none.
    """

    path: Path
    input_shape: tuple[int, ...]
    input_name: str
    layers: tuple[KerasLayer, ...]


def read_keras(path: Path) -> KerasModel:
    """The model in a file. Raises TenfoldError where it is none, or is more than a chain of layers."""
    try:
        return _read_zip(path) if zipfile.is_zipfile(path) else _read_hdf5(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, RuntimeError,
            zipfile.BadZipFile, zlib.error, NotImplementedError) as error:  # fmt: skip
        raise TenfoldError(f"{path}: not a Keras model that can be read ({first_line(error)})") from None


def _read_zip(path: Path) -> KerasModel:
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise TenfoldError(f"{path}: unpacks to more than {MOST_BYTES >> 20} MiB: not a model of 28×28 images")
        missing = {"config.json", "model.weights.h5"} - set(archive.namelist())
        if missing:
            raise TenfoldError(f"{path}: not a Keras model ({', '.join(sorted(missing))} missing)")
        if archive.getinfo("config.json").file_size > _MOST_CONFIG:
            raise ValueError("its configuration is too long")
        config = _parsed(archive.read("config.json"))
        content = io.BytesIO(archive.read("model.weights.h5"))
    shape, name, layers = _chain(path, config)
    with h5py.File(content, "r") as file:
        used: dict[str, int] = {}
        stored = []
        for kind, inner in layers:
            # Layers are numbered by class in the order of the model, whatever they are called.
            stem = _snake_case(kind)
            number = used.get(stem, 0)
            used[stem] = number + 1
            stored.append((kind, inner, _stored(path, file, f"{stem}_{number}" if number else stem)))
        return KerasModel(path, shape, name, _with_weights(path, stored))


def _read_hdf5(path: Path) -> KerasModel:
    with h5py.File(path, "r") as file:
        if "model_config" not in file.attrs:
            raise TenfoldError(
                f"{path}: holds no model{' but weights alone' * ('layer_names' in file.attrs)}: save it whole, with "
                "model.save(...)"
            )
        text = file.attrs["model_config"]
        shape, input_name, layers = _chain(path, _parsed(text if isinstance(text, bytes) else str(text).encode()))
        groups = _group(path, file, "model_weights")
        stored = []
        for kind, config in layers:
            names = []
            if config["name"] in groups:
                group = _group(path, groups, config["name"])
                names = [_text(name) for name in group.attrs.get("weight_names", ())]
            stored.append((kind, config, tuple(_array(path, group, name) for name in names)))
        return KerasModel(path, shape, input_name, _with_weights(path, stored))


def _with_weights(
    path: Path, stored: Sequence[tuple[str, dict[str, Any], tuple[h5py.Dataset, ...]]]
) -> tuple[KerasLayer, ...]:
    """Layers of a class, a configuration and weights, these read once it is known that all of them fit into memory."""
    numbers = sum(array.size for _, _, weights in stored for array in weights)
    if 4 * numbers > MOST_BYTES:
        raise TenfoldError(f"{path}: its weights claim {numbers:,} numbers: not a model of 28×28 images")
    return tuple(
        KerasLayer(kind, config["name"], config, tuple(np.asarray(array[()], np.float32) for array in weights))
        for kind, config, weights in stored
    )


def _parsed(text: bytes) -> dict[str, Any]:
    if len(text) > _MOST_CONFIG:
        raise ValueError("its configuration is too long")
    config: dict[str, Any] = json.loads(text)
    return config


def _chain(path: Path, model: dict[str, Any]) -> tuple[tuple[int, ...], str, list[tuple[str, dict[str, Any]]]]:
    """The shape of one image, what takes it is called, and the layers behind it in order: class and configuration."""
    kind = model["class_name"]
    if kind not in ("Sequential", "Functional", "Model"):
        raise TenfoldError(f"{path}: a model of the class '{kind}', where Sequential or Functional was expected")
    # Before Keras 2.2.3 a Sequential's configuration was the list of its layers.
    config = model["config"]
    entries = config if isinstance(config, list) else config["layers"]
    if kind != "Sequential":
        entries = _in_order(path, entries)
    shape: tuple[int, ...] | None = None
    input_name, layers = "", []
    for entry in entries:
        inner = entry["config"]
        given = inner.get("batch_shape") or inner.get("batch_input_shape")
        if shape is None and given is not None:
            shape = tuple(given[1:])
        if entry["class_name"] == "InputLayer":
            input_name = str(inner.get("name", ""))
        else:
            layers.append((entry["class_name"], inner))
    if shape is None and not isinstance(config, list) and config.get("build_input_shape"):
        shape = tuple(config["build_input_shape"][1:])
    if shape is None or not all(isinstance(size, int) for size in shape):
        raise TenfoldError(f"{path}: does not say how large its images are: give the first layer an input_shape")
    return shape, input_name, layers


def _in_order(path: Path, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A functional model's layers from its input on. Raises TenfoldError where it is no chain."""
    after: dict[str, dict[str, Any]] = {}
    first = []
    for entry in entries:
        nodes = entry.get("inbound_nodes") or []
        sources = _sources(nodes)
        name = entry["config"]["name"]
        if not sources:
            first.append(entry)
        elif len(nodes) != 1 or len(sources) != 1 or sources[0] in after:
            raise TenfoldError(f"{path}: layer '{name}' ({entry['class_name']}) joins or shares branches; only a chain "
                               "of layers can be read: save the model as .onnx")  # fmt: skip
        else:
            after[sources[0]] = entry
    if len(first) != 1:
        raise TenfoldError(f"{path}: a model of {len(first)} inputs, where one image was expected")
    chain = first
    while (name := chain[-1]["config"]["name"]) in after:
        chain.append(after.pop(name))
    return chain


def _sources(nodes: Any) -> list[str]:
    """The layers whose outputs go into a layer, as Keras 2 (lists) or Keras 3 (keras_history) notes them."""
    if isinstance(nodes, dict):
        if "keras_history" in nodes:
            return [nodes["keras_history"][0]]
        return [name for value in nodes.values() for name in _sources(value)]
    if isinstance(nodes, list):
        if len(nodes) >= 3 and isinstance(nodes[0], str) and all(isinstance(x, int) for x in nodes[1:3]):
            return [nodes[0]]
        return [name for value in nodes for name in _sources(value)]
    return []


def _stored(path: Path, file: h5py.File, name: str) -> tuple[h5py.Dataset, ...]:
    """A layer's weights in a .keras: layers/NAME/vars/0, 1, ..."""
    group = file
    for part in ("layers", name, "vars"):
        if part not in group:
            return ()
        group = _group(path, group, part)
    return tuple(_array(path, group, str(place)) for place in range(len(group)))


def _group(path: Path, parent: h5py.Group, name: str) -> h5py.Group:
    """A group that lies in the file itself."""
    _refuse_links(path, parent, name)
    found = parent[name]
    if not isinstance(found, h5py.Group):
        raise ValueError(f"{name} is no group")
    return found


def _array(path: Path, parent: h5py.Group, name: str) -> h5py.Dataset:
    """An array of numbers that lies in the file itself, not read yet."""
    *folders, last = name.split("/")
    for folder in folders:
        parent = _group(path, parent, folder)
    _refuse_links(path, parent, last)
    found = parent[last]
    if not isinstance(found, h5py.Dataset) or found.dtype.kind != "f":
        raise ValueError(f"{name} is no array of numbers")
    if found.external or found.is_virtual:
        raise TenfoldError(f"{path}: the weights '{name}' lie in another file: not read")
    return found


def _refuse_links(path: Path, parent: h5py.Group, name: str) -> None:
    if not isinstance(parent.get(name, getlink=True), h5py.HardLink):
        raise TenfoldError(f"{path}: '{name}' is a link to elsewhere: not followed")


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _snake_case(name: str) -> str:
    """MaxPooling2D → max_pooling2d, as Keras names the groups of a .keras."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
