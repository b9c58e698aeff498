import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def _cells():
    return json.loads((NOTEBOOKS / "tour.ipynb").read_text(encoding="utf-8"))["cells"]


@pytest.mark.long
def test_the_tour_runs_from_a_clean_kernel():
    done = subprocess.run(
        [sys.executable, NOTEBOOKS / "run.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.match(r"\d+ cells in \d+ s", done.stdout)


def test_the_tour_is_kept_with_its_outputs_and_nothing_of_this_machine():
    code = [cell for cell in _cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert sum("image/png" in output.get("data", {}) for cell in code for output in cell["outputs"]) >= 5
    texts = ["".join(output.get("text", [])) for cell in code for output in cell["outputs"]]
    assert not re.search(r"/tmp/|/home/|/Users/|Traceback", "".join(texts))


def test_cells_are_short():
    assert max(len(cell["source"]) for cell in _cells()) <= 16
