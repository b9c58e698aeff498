from pathlib import Path

import numpy as np
import pytest
import torch

from tenfold.exporting.page import export_page
from tenfold.models.page import PageNetwork
from tenfold.reading.detector import Detector

METADATA = {"tenfold.kind": "page detector", "tenfold.opinions": '{"which": [1.0, 2.0], "whether": [3.0, 0.5, -1.0]}'}


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
    export_page(network, path, METADATA)
    return path


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 160), (224, 96)])
def test_the_file_answers_as_the_network_does_whatever_the_page(
    network: PageNetwork, exported: Path, height: int, width: int
) -> None:
    pages = np.random.default_rng(0).random((2, 1, height, width), np.float32)
    with torch.inference_mode():
        expected = network(torch.from_numpy(pages)).numpy()
    found = Detector(exported).answers(pages)
    assert found.shape == (2, 23, height // 4, width // 4)
    assert np.abs(found - expected).max() < 0.02  # the weights are kept in half precision


def test_the_file_is_half_as_large_as_its_weights_and_says_how_its_opinion_counts(
    network: PageNetwork, exported: Path
) -> None:
    weights = sum(value.numel() for value in network.parameters())
    assert exported.stat().st_size < 2.6 * weights + 15_000
    assert Detector(exported).weights.whether == (3.0, 0.5, -1.0)
