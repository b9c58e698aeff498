"""What the fuzzer may give to tenfold: one function a kind of input, each with a few sound inputs to start from.

A target returns, whatever it is given; anything but a clean error is let through, and is a find.
"""

import functools
import io
import json
import os
import tempfile
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tenfold.errors import TenfoldError

MOST_IMAGES = 64
"""Images that a target frames of what it was given: each takes a tenth of a millisecond, and thousands fit a gzip."""


@dataclass(frozen=True)
class Target:
    """try_one: given bytes; seeds: sound ones; runs: of a whole campaign; longest: bytes of one input."""

    try_one: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    runs: int
    longest: int


def idx(content: bytes) -> None:
    """An idx file, gzipped or not, to views."""
    from tenfold.data.idx import read_idx
    from tenfold.data.views import as_views

    try:
        as_views(read_idx(content, "x")[:MOST_IMAGES], "x")
    except TenfoldError as error:
        _check_line(error)


def csv(content: bytes) -> None:
    """A table of pixels, with labels and without."""
    from tenfold.data.tables import load_csv, load_unlabelled_csv

    path = _file(content, ".csv")
    for load in (lambda: load_csv(path, "train"), lambda: load_unlabelled_csv(path)):
        try:
            load()
        except TenfoldError as error:
            _check_line(error)


def npz(content: bytes) -> None:
    """An archive of arrays."""
    from tenfold.data.tables import load_npz

    try:
        load_npz(_file(content, ".npz"), "train")
    except TenfoldError as error:
        _check_line(error)


def recipe(content: bytes) -> None:
    """A recipe's file, its model checked."""
    from tenfold import models
    from tenfold.recipes import dump_recipe, load_recipe

    try:
        dump_recipe(load_recipe(_file(content, ".toml"), check_model=models.check)[1])
    except TenfoldError as error:
        _check_line(error)


def metadata(content: bytes) -> None:
    """A model's metadata: each of its entries a line of the input."""
    from tenfold.inference.classifier import ModelCard

    lines = content.decode("utf-8", "replace").split("\n")
    try:
        card = ModelCard.from_metadata(dict(zip(_card(), lines, strict=False)))
    except ValueError:
        return
    json.dumps(card.to_metadata(), allow_nan=False)
    json.dumps([card.temperature, card.threshold, card.score_threshold, card.conformal], allow_nan=False)


def graph(content: bytes) -> None:
    """A model's file, as tenfold's own few lines of protobuf read it."""
    from tenfold.inference.graph import OnnxGraph

    try:
        _ = OnnxGraph(_file(content, ".onnx")).nodes
    except TenfoldError as error:
        _check_line(error)


def picture(content: bytes) -> None:
    """A picture's bytes to pages."""
    from tenfold.reading.page import open_pages

    try:
        for page in open_pages(content):
            assert page.pixels.dtype == np.uint8
    except TenfoldError as error:
        _check_line(error)


def results(content: bytes) -> None:
    """A file of readings that is to be gone on with."""
    from tenfold.reading.results import ResultsFile

    for suffix in (".csv", ".jsonl"):
        try:
            with ResultsFile(_file(content, suffix), question={}, resume=True):
                pass
        except TenfoldError as error:
            _check_line(error)


def array(content: bytes) -> None:
    """An array of any type and shape to a reading that obeys the contract of its JSON."""
    if len(content) < 4:
        return
    kind, height, width, channels = content[:4]
    dtype = np.dtype(_DTYPES[kind % len(_DTYPES)])
    shape = (height % 40, width % 40, *((), (1,), (3,), (4,), (2,))[channels % 5])
    size = int(np.prod(shape)) * dtype.itemsize
    pixels = np.frombuffer(content[4:].ljust(size, b"\0")[:size], dtype).reshape(shape)
    try:
        reading = _reader().read(pixels, single=bool(channels & 64), separators=bool(channels & 128))
    except TenfoldError as error:
        return _check_line(error)
    check_contract(json.loads(json.dumps(reading.to_json(), allow_nan=False)), shape[1], shape[0])


def check_contract(found: dict[str, Any], width: int, height: int) -> None:
    """Assert what `tenfold read --json` promises of a picture of so many pixels."""
    assert found["text"] == "\n".join(found["lines"])
    assert not (found["blank"] and found["digits"])
    for one in (*found["digits"], *found["rejected"]):
        x, y, w, h = one["box"]
        assert 0 <= x < x + w <= width, one
        assert 0 <= y < y + h <= height, one
        assert 0 <= one["confidence"] <= 1
    for digit in found["digits"]:
        assert digit["alternatives"][0] == [digit["digit"], digit["confidence"]]
        assert 0 <= digit["line"] < len(found["lines"])


_DTYPES = ("u1", "u1", "u1", "?", "i1", "<u2", ">u2", "<i4", ">i8", "<f2", "<f4", ">f8", "<c8", "S3", "<M8[s]")


def _check_line(error: TenfoldError) -> None:
    assert str(error), "an error without words"


@functools.cache
def _reader() -> Any:
    from tenfold.reading import Reader

    return Reader(None, 1)


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """In memory where there is such a place: a million files are written."""
    return tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)


def _file(content: bytes, suffix: str) -> Path:
    path = Path(_folder().name, f"input-{os.getpid()}{suffix}")
    path.write_bytes(content)
    return path


def _card() -> dict[str, str]:
    from tenfold.inference.classifier import ModelCard

    return ModelCard(tuple("0123456789"), "mnist-1", 1.5, 0.9, "fast", "ab", "0", 0.1, ((0.01, 0.2),)).to_metadata()


def _pictures() -> list[bytes]:
    image = Image.new("RGB", (24, 28), "white")
    ImageDraw.Draw(image).line([(5, 5), (18, 5), (10, 22)], fill="black", width=3)
    return [_saved(image, form) for form in ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")]


def _saved(image: Image.Image, form: str) -> bytes:
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


def _idx() -> list[bytes]:
    images = b"\0\0\x08\x03\0\0\0\2\0\0\0\x1c\0\0\0\x1c" + bytes(range(196)) * 8
    packer = zlib.compressobj(wbits=31)
    return [images, b"\0\0\x0c\2\0\0\0\1\0\0\0\2" + bytes(8), packer.compress(images) + packer.flush()]


def _csv() -> list[bytes]:
    row = ",".join(["0"] * 700 + ["255"] * 84)
    return [f"7,{row}\n".encode(), f"{row}\n{row}\n".encode()]


def _npz() -> list[bytes]:
    file = io.BytesIO()
    np.savez(file, images=np.zeros((2, 3, 3), np.uint8), labels=np.array([1, 2]))
    return [file.getvalue()]


def _recipes() -> list[bytes]:
    from tenfold.recipes import dump_recipe, load_recipe

    return [dump_recipe(load_recipe(name)[1]).encode() for name in ("fast", "mlp-sgd", "cnn-dropout")]


def _graph() -> list[bytes]:
    from tenfold.inference.classifier import SHIPPED

    return [SHIPPED.read_bytes()[:4000], b"\x3a\x0c\x0a\x0a\x0a\x01x\x12\x01y\x22\x02Op"]


def _results() -> list[bytes]:
    from tenfold.reading.results import COLUMNS

    return [(",".join(COLUMNS) + "\na.png,0,7,1.0,false,1,0,,\n").encode(), b'{"source": "a.png", "text": "7"}\n']


TARGETS: dict[str, Target] = {
    "idx": Target(idx, _idx, 300_000, 4096),
    "csv": Target(csv, _csv, 50_000, 8192),
    "npz": Target(npz, _npz, 50_000, 4096),
    "recipe": Target(recipe, _recipes, 100_000, 4096),
    "metadata": Target(metadata, lambda: ["\n".join(_card().values()).encode()], 300_000, 2048),
    "graph": Target(graph, _graph, 150_000, 4096),
    "results": Target(results, _results, 50_000, 1024),
    "picture": Target(picture, _pictures, 100_000, 4096),
    "array": Target(array, lambda: [bytes([0, 30, 25, 0]) + bytes(range(250)) * 3], 5_000, 4096),
}


def try_one(name: str, content: bytes) -> None:
    """Give an input to a target, whatever libraries warn of on the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        TARGETS[name].try_one(content)
