"""The graph in onnxruntime-web and the graph in Python read 100 real pictures of a digit alike."""

import os
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tests.onnx_web import run_in_node

from tenfold.inference.classifier import SHIPPED
from tenfold.reading.page import open_page


@pytest.mark.skipif("TENFOLD_FIELD" not in os.environ, reason="TENFOLD_FIELD names no folder of real pictures")
@pytest.mark.long
def test_the_graph_reads_real_pictures_alike_in_onnxruntime_web(tmp_path):
    exporting = pytest.importorskip("tenfold.exporting")
    lists = pytest.importorskip("benchmarks.field.lists")
    singles = [picture for picture in lists.read_lists(Path(os.environ["TENFOLD_FIELD"])).singles if picture.looked_at]
    chosen = singles[:: max(1, len(singles) // 100)][:100]
    pictures = [np.atleast_3d(open_page(picture.path).pixels) for picture in chosen]
    exporting.add_framing(SHIPPED, tmp_path / "reader.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "reader.onnx"), providers=["CPUExecutionProvider"])
    found = run_in_node(tmp_path / "reader.onnx", "pixels", pictures, tmp_path)
    assert len(found) == len(pictures)
    for picture, there in zip(pictures, found, strict=True):
        digit, probabilities = session.run(["digit", "probabilities"], {"pixels": picture})
        assert there["digit"] == digit.tolist()
        np.testing.assert_allclose(there["probabilities"], probabilities[0], atol=1e-3)
