"""The exported page reads pages in JavaScript as tenfold reads them in Python."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.onnx_web import needs_runtime
from tests.reading.drawings import on_paper, scaled, written

from tenfold.formats import export
from tenfold.reading import Reader

pytestmark = pytest.mark.long

RUN = Path(__file__).with_name("read_pages.mjs")

LINES = ("1592 3708", "26 4815", "973 60 41")


def _photo(ink):
    """Ink on paper that is lit from one side, not quite in focus, with a sensor's noise, in colour."""
    light = np.linspace(150, 240, ink.shape[1])[None].repeat(ink.shape[0], axis=0)
    grey = cv2.GaussianBlur(on_paper(ink, light, 50), (0, 0), 1).astype(float)
    noisy = grey + np.random.default_rng(0).normal(0, 4, grey.shape)
    return np.stack([noisy, noisy * 0.95, noisy * 0.8], axis=-1).clip(0, 255).astype(np.uint8)


def _date():
    """Two numbers and a slash between them, which alone would be a 1."""
    page = on_paper(written("26 48"))
    middle = page.shape[1] // 2
    return cv2.line(page, (middle - 20, page.shape[0] - 30), (middle + 16, 30), 40, 7, cv2.LINE_AA)


PAGES = {
    "lines": on_paper(written(*LINES)),
    "small digits of a large page": np.pad(
        on_paper(scaled(written(*LINES), 0.4)), ((500, 90), (300, 411)), constant_values=235
    ),
    "light on dark": on_paper(scaled(written("40 17"), 0.5), 30, 220),
    "a photo": _photo(scaled(written(*LINES), 0.61)),
    "on its side": np.rot90(on_paper(scaled(written(*LINES), 0.7))),
    "on its head": np.rot90(on_paper(scaled(written(*LINES), 0.7)), 2),
    "one small digit": on_paper(scaled(written("5", margin=9), 0.33)),
    "one digit that fills it": on_paper(scaled(written("8", margin=9), 9)),
    "a date": _date(),
    "blank": np.full((120, 170), 200, np.uint8),
}


@pytest.fixture(scope="module")
def folder(bars, tmp_path_factory):
    needs_runtime()
    (row,) = export(None, "web", tmp_path_factory.mktemp("exported"), data=bars)
    return row.path


@pytest.fixture(scope="module")
def in_node(folder):
    """What the folder's files read on each page."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    pictures = [page if page.ndim == 3 else page[..., None].repeat(3, axis=2) for page in PAGES.values()]
    sent = b"".join(struct.pack("<2I", *picture.shape[:2]) + picture.tobytes() for picture in pictures)
    done = subprocess.run([node, RUN, folder], input=sent, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return dict(zip(PAGES, map(json.loads, done.stdout.decode().splitlines()), strict=True))


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_in_python(in_node, reader, name):
    expected, there = reader.read(np.ascontiguousarray(PAGES[name])), in_node[name]
    wanted, found = expected.to_json(), there["reading"]
    for key in ("text", "lines", "blank"):
        assert found[key] == wanted[key]
    assert found["turned"] == expected.turned
    for key in ("digits", "rejected"):
        assert len(found[key]) == len(wanted[key])
        for one, other in zip(found[key], wanted[key], strict=True):
            assert one.get("line") == other.get("line")
            np.testing.assert_allclose(one["box"], other["box"], atol=2)
            assert one["confidence"] == pytest.approx(other["confidence"], abs=0.05)
    for one, other in zip(found["digits"], wanted["digits"], strict=True):
        assert one["alternatives"][0] == [one["digit"], one["confidence"]]
        np.testing.assert_allclose([share for _, share in one["alternatives"]],
                                   [share for _, share in other["alternatives"]], atol=0.05)  # fmt: skip
    shares = reader.classifier.probabilities(expected.views)
    np.testing.assert_allclose(np.reshape(there["probabilities"], shares.shape), shares, atol=0.05)


def test_the_pages_ask_for_all_that_it_must_do(in_node):
    readings = {name: answer["reading"] for name, answer in in_node.items()}
    for name in ("lines", "small digits of a large page", "a photo"):
        assert len(readings[name]["lines"]) == len(LINES)
    assert readings["on its side"]["turned"] in (90, 270)
    assert readings["blank"]["blank"]
