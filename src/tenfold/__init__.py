"""tenfold reads handwritten digits: train a model in seconds, read pictures, know how sure it is.

    import tenfold

    run = tenfold.train("fast")                        # a run folder with model.onnx and report.html
    scores = tenfold.evaluate(run.path)                # accuracy with its interval, confusion, calibration
    reading = tenfold.read("photo.png", model=run.path)
    reading.text, reading.confidence

Names are loaded when they are first used: `import tenfold` alone imports neither torch nor ONNX Runtime.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tenfold.version import __version__

if TYPE_CHECKING:
    from tenfold.comparison import ComparisonTable, compare
    from tenfold.data import Dataset, load_dataset
    from tenfold.ensembles import ensemble
    from tenfold.errors import TenfoldError, UsageError
    from tenfold.evaluation import Mistakes, Scores, evaluate
    from tenfold.explanation import Explanation, draw_explanation, explain
    from tenfold.formats import export
    from tenfold.pipeline import explore, mistakes, train
    from tenfold.reading import Failure, Reader, Reading, draw_reading, write_table
    from tenfold.reading.api import read, read_many
    from tenfold.run import Run
    from tenfold.run.find import runs
    from tenfold.serving import serve
    from tenfold.tuning import Tuned, tune

_HOME = {
    "Dataset": "tenfold.data",
    "Explanation": "tenfold.explanation",
    "Failure": "tenfold.reading",
    "Mistakes": "tenfold.evaluation",
    "Reader": "tenfold.reading",
    "Reading": "tenfold.reading",
    "Run": "tenfold.run",
    "Scores": "tenfold.evaluation",
    "ComparisonTable": "tenfold.comparison",
    "TenfoldError": "tenfold.errors",
    "Tuned": "tenfold.tuning",
    "UsageError": "tenfold.errors",
    "compare": "tenfold.comparison",
    "draw_explanation": "tenfold.explanation",
    "draw_reading": "tenfold.reading",
    "ensemble": "tenfold.ensembles",
    "evaluate": "tenfold.evaluation",
    "explain": "tenfold.explanation",
    "explore": "tenfold.pipeline",
    "export": "tenfold.formats",
    "load_dataset": "tenfold.data",
    "mistakes": "tenfold.pipeline",
    "read": "tenfold.reading.api",
    "read_many": "tenfold.reading.api",
    "runs": "tenfold.run.find",
    "serve": "tenfold.serving",
    "train": "tenfold.pipeline",
    "tune": "tenfold.tuning",
    "write_table": "tenfold.reading",
}

__all__ = [
    "ComparisonTable",
    "Dataset",
    "Explanation",
    "Failure",
    "Mistakes",
    "Reader",
    "Reading",
    "Run",
    "Scores",
    "TenfoldError",
    "Tuned",
    "UsageError",
    "__version__",
    "compare",
    "draw_explanation",
    "draw_reading",
    "ensemble",
    "evaluate",
    "explain",
    "explore",
    "export",
    "load_dataset",
    "mistakes",
    "read",
    "read_many",
    "runs",
    "serve",
    "train",
    "tune",
    "write_table",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'tenfold' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
