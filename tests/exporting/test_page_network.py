from pathlib import Path

import numpy as np
import pytest
import torch

from tenfold.exporting.page import add_metadata, export_glyph, export_line, export_page
from tenfold.models.glyph import GlyphNetwork
from tenfold.models.line import LineNetwork
from tenfold.models.page import PageNetwork
from tenfold.reading.detector.finder import Finder
from tenfold.reading.detector.judges import GlyphJudge, LineJudge

METADATA = {"tenfold.opinions": '{"which": [1.0, 2.0], "whether": [3.0, 0.5, -1.0]}'}


def _random(n: int, side: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((n, 1, side, side), np.float32)


@pytest.fixture(scope="module")
def network() -> PageNetwork:
    torch.manual_seed(0)
    network = PageNetwork((8, 8, 16, 16, 16), (1, 0, 1, 0), 8)
    with torch.no_grad():  # normalisations that do something
        network(torch.rand(4, 1, 64, 64))
    return network.eval()


@pytest.fixture(scope="module")
def exported(network: PageNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.onnx"
    export_page(network, path, METADATA, [_random(4, 64)])
    return path


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 160), (224, 96)])
def test_the_file_answers_as_the_network_does_whatever_the_page(
    network: PageNetwork, exported: Path, height: int, width: int
) -> None:
    pages = np.random.default_rng(0).random((2, 1, height, width), np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(pages)).numpy()
    found = Finder(exported).answers(pages)
    assert found.shape == (2, 23, height // 4, width // 4)
    assert np.abs(found - expected).mean() < 0.02 * np.abs(expected).mean()  # 8 bits


def test_a_weight_is_a_byte_of_the_file(network: PageNetwork, exported: Path, tmp_path: Path) -> None:
    wide = PageNetwork((16, 16, 32, 32, 32), (1, 0, 1, 0), 8).eval()
    export_page(wide, tmp_path / "page.onnx", METADATA, [_random(4, 64)])
    more = sum(value.numel() for value in wide.parameters()) - sum(value.numel() for value in network.parameters())
    assert ((tmp_path / "page.onnx").stat().st_size - exported.stat().st_size) / more < 1.3


def test_a_glyph_network_answers_as_it_does_in_training_whatever_the_batch(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = GlyphNetwork((8, 8, 16), (0, 1))
    with torch.no_grad():
        network(torch.rand(8, 1, 48, 48))
    export_glyph(network.eval(), tmp_path / "glyph.onnx", METADATA, [_random(64, 48)])
    judge = GlyphJudge(tmp_path / "glyph.onnx", 1)
    crops = np.random.default_rng(0).integers(0, 256, (70, 48, 48), dtype=np.uint8)
    with torch.inference_mode():
        expected = torch.softmax(network(torch.from_numpy(crops[:, None] / np.float32(255))), dim=1)[:, :10].numpy()
    found = judge.chances(crops)
    assert np.abs(found - expected).max() < 0.02  # 8 bits
    assert all(np.array_equal(judge.chances(crops[i : i + 1]), found[i : i + 1]) for i in range(0, 70, 9))
    assert judge.chances(crops[:0]).shape == (0, 10)
    assert judge.weights.which == (1.0, 2.0)
    add_metadata(tmp_path / "glyph.onnx", {"tenfold.opinions": METADATA["tenfold.opinions"].replace("2.0", "5.0")})
    again = GlyphJudge(tmp_path / "glyph.onnx", 1)
    assert again.weights.which == (1.0, 5.0)
    assert np.array_equal(again.chances(crops), found)


def test_a_line_network_answers_as_it_does_in_training_however_long_the_strip(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = LineNetwork((8, 8, 16, 16), 1, (1, 2))
    with torch.no_grad():
        network(torch.rand(8, 1, 40, 160))
    rng = np.random.default_rng(0)
    export_line(network.eval(), tmp_path / "line.onnx", METADATA, [rng.random((16, 1, 40, 160), np.float32)])
    judge = LineJudge(tmp_path / "line.onnx", 1)
    for width in (4, 52, 160, 1000):
        strip = rng.integers(0, 256, (40, width), dtype=np.uint8)
        with torch.inference_mode():
            logits = network(torch.from_numpy(strip[None, None] / np.float32(255)))
        expected = torch.softmax(logits, dim=1)[0, :10].T.numpy()
        found = judge.chances(strip)
        assert found.shape == (width // 4, 10)
        assert np.abs(found - expected).max() < 0.03  # 8 bits


def test_a_crop_is_judged_alike_in_any_contrast_and_brightness() -> None:
    torch.manual_seed(0)
    network = GlyphNetwork((8, 8, 16), (0, 1)).eval()
    crops = torch.rand(4, 1, 48, 48)
    with torch.inference_mode():
        strong, weak = network(crops), network(0.3 + 0.5 * crops)
    assert torch.allclose(strong, weak, atol=0.15 * float(strong.std()))
