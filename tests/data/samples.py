"""Small datasets in the forms that real ones are published in."""

import gzip
import hashlib
from dataclasses import replace

import numpy as np
import pytest

from tenfold.data.catalog import CATALOG, CatalogEntry, RemoteFile


def idx_bytes(array: np.ndarray) -> bytes:
    """An array in the idx format, as it is published: uint8 or big-endian int32."""
    code = 0x08 if array.dtype == np.uint8 else 0x0C
    header = bytes([0, 0, code, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def digits(n: int = 30, side: int = 28, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n, side, side] of noise and labels uint8 [n] in turn."""
    images = np.random.default_rng(seed).integers(0, 256, (n, side, side), np.uint8)
    return images, (np.arange(n) % 10).astype(np.uint8)


def remote(name: str, content: bytes, split: str = "both") -> RemoteFile:
    return RemoteFile(name, split, len(content), hashlib.sha256(content).hexdigest())


def mnist_bytes() -> dict[str, bytes]:
    """The four files of a dataset laid out as MNIST is: 30 training images, 20 test images."""
    files = {}
    for prefix, n, seed in (("train", 30, 0), ("t10k", 20, 1)):
        images, labels = digits(n, seed=seed)
        files[f"{prefix}-images-idx3-ubyte.gz"] = gzip.compress(idx_bytes(images), mtime=0)
        files[f"{prefix}-labels-idx1-ubyte.gz"] = gzip.compress(idx_bytes(labels), mtime=0)
    return files


def publish(monkeypatch: pytest.MonkeyPatch, name: str, files: dict[str, bytes], *mirrors: str) -> CatalogEntry:
    """Let the catalogue's dataset of that name have these files and mirrors for one test."""
    entry = replace(CATALOG[name], mirrors=mirrors)
    splits = {file.name: file.split for file in entry.files}
    # A cached property keeps its value in the instance's dictionary, frozen or not.
    entry.__dict__["files"] = tuple(remote(file, content, splits[file]) for file, content in files.items())
    monkeypatch.setitem(CATALOG, name, entry)
    return entry
