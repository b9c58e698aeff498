"""The wheel brings everything that reading, training and serving take from files, and stays small."""

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MOST_BYTES = 4_500_000
"""3.4 MB of it are the networks that find and judge digits."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    builder = pytest.importorskip("hatchling.builders.wheel", reason="the builder is not installed: make setup")
    (path,) = builder.WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")))
    return Path(path)


def test_the_wheel_holds_each_file_of_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        brought = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "tenfold").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert brought == there
    assert {"tenfold/py.typed", "tenfold/inference/weights/digits.onnx", "tenfold/recipes/fast.toml"} <= brought
    assert {"tenfold/drawing_page/index.html", "tenfold/formats/web/reading/page.js"} <= brought


def test_the_wheel_is_small(wheel):
    assert wheel.stat().st_size <= MOST_BYTES
