"""What a model can be exported to: a line a format."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tenfold.errors import UsageError, did_you_mean, needs_extra
from tenfold.formats.source import Answers, Source, Written


@dataclass(frozen=True)
class Format:
    """A way to carry a model.

    files: the names of what is written, files or a folder; tolerance: the largest difference of a probability from the
    source's that is arithmetic; agreement: the least share of the same answers; module: of this room, whose
    write(source, path) writes one of them and returns what it answers, and whose expected(source) is what it should;
    extra: what it needs.
    """

    name: str
    summary: str
    files: tuple[str, ...]
    tolerance: float
    agreement: float
    module: str
    extra: str = "train"

    def write(self, source: Source, path: Path) -> tuple[Written, Answers]:
        """Write one of the files. Returns what it answers, and what that is compared with."""
        with needs_extra(self.extra, f"--to {self.name}"):
            module = import_module(f"tenfold.formats.{self.module}")
            written: Written = module.write(source, path)
        expected: Callable[[Source], Answers] = getattr(module, "expected", _source_answers)
        return written, expected(source)


def _source_answers(source: Source) -> Answers:
    return source.classifier.probabilities


_ALL = (
    Format("onnx", "views → probabilities, for any runtime", ("model.onnx",), 1e-5, 1, "onnx_file", "convert"),
    Format("reader-onnx", "the pixels of one digit → the digit", ("reader.onnx",), 1e-3, 0.999, "reader_onnx"),
    Format("int8", "weights and activations in 8 bits", ("model.int8.onnx",), 1, 0.99, "int8"),
    Format("keras", "for Keras 3 on any backend", ("model.keras", "model.h5"), 1e-5, 1, "keras_files", "keras"),
    Format("torch", "an ExportedProgram", ("model.pt2",), 1e-5, 1, "torch_program"),
    Format("web", "a static page that reads drawings in the browser", ("web",), 1e-3, 0.999, "web"),
)

FORMATS = {entry.name: entry for entry in _ALL}
"""Every format by its name. int8 has a tolerance of its own, in points of accuracy."""


def find_format(name: str) -> Format:
    """Raises UsageError for a name that is no format's."""
    if name not in FORMATS:
        raise UsageError(f"unknown format '{name}'{did_you_mean(name, FORMATS)}: there are {', '.join(FORMATS)}")
    return FORMATS[name]
