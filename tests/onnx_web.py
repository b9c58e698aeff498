"""onnxruntime-web under Node, for the tests that run a graph there; they are skipped where it is not installed."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tenfold.errors import TenfoldError

FOLDER = Path(__file__).with_name("node")


def run_in_node(model, name, inputs, tmp_path):
    """What a model's outputs are, as flat lists by name, for each of inputs: arrays of uint8 or float32."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "onnxruntime-web").is_dir():
        pytest.skip("onnxruntime-web is not here: npm ci --prefix tests/node")
    path = tmp_path / "inputs.json"
    path.write_text(
        json.dumps(
            [
                {
                    "name": name,
                    "type": str(value.dtype),
                    "shape": list(value.shape),
                    "data": base64.b64encode(value.tobytes()).decode(),
                }
                for value in inputs
            ]
        )
    )
    done = subprocess.run([node, FOLDER / "run.mjs", model, path], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def needs_runtime():
    """Skips the test where the onnxruntime-web that `tenfold export --to web` takes cannot be had."""
    runtime = pytest.importorskip("tenfold.formats.web.runtime")
    try:
        runtime.runtime()
    except TenfoldError as error:
        pytest.skip(str(error))
