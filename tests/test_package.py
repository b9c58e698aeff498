import subprocess
import sys
from pathlib import Path

import pytest

import tenfold
from tenfold.errors import needs_extra

HEAVY = ("torch", "sklearn", "matplotlib", "pydantic", "onnx", "h5py", "keras")


def _imports(statement):
    """What a fresh interpreter has loaded after a statement."""
    script = f"{statement}\nimport sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import tenfold",
        "import tenfold; tenfold.Reader, tenfold.read",
        "import tenfold; tenfold.load_dataset",
        "import tenfold; tenfold.evaluate",
        "import tenfold; tenfold.explain",
        "import tenfold.cli",
        "import tenfold.run, tenfold.metrics, tenfold.pipeline",
    ],
)
def test_what_reads_and_scores_loads_nothing_that_trains_or_draws(statement):
    assert _imports(statement).isdisjoint(HEAVY)


def test_importing_tenfold_alone_loads_no_runtime_either():
    assert _imports("import tenfold").isdisjoint({"onnxruntime", "numpy", "PIL", "rich"})


@pytest.mark.parametrize("name", tenfold.__all__)
def test_every_public_name_is_there(name):
    assert getattr(tenfold, name) is not None
    assert name in dir(tenfold)


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = tenfold.nope


def test_the_citation_names_this_version():
    citation = (Path(__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {tenfold.__version__}\n" in citation


def test_a_module_of_ours_that_is_missing_is_no_missing_extra():
    with pytest.raises(ModuleNotFoundError), needs_extra("train", "training"):
        raise ModuleNotFoundError("No module named 'tenfold.gone'", name="tenfold.gone")
