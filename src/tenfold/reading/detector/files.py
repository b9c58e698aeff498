"""Find and check a detector's files: those of its page network, its glyph network and its line network."""

import hashlib
from pathlib import Path
from typing import Any

from tenfold.errors import TenfoldError, did_you_mean_beside, first_line
from tenfold.inference.weights import WEIGHTS
from tenfold.reading.detector.peaks import BOX, DIGITS, HEATS
from tenfold.reading.opinion import Weights

PAGE_FILE, GLYPH_FILE, LINE_FILE = "page.onnx", "glyph.onnx", "line.onnx"
"""Names of a detector's files, in one folder."""

SHIPPED = WEIGHTS / PAGE_FILE
"""The network that comes with tenfold."""

CHANNELS = HEATS + BOX
"""Of a page network's answers."""

GLYPHS = DIGITS + 1
"""Of a glyph network's and a line network's probabilities: the digits, and what is none."""

DetectorName = str | Path | None
"""A page.onnx, or the folder of a run that holds one; None for the shipped network."""


def detector_file(name: DetectorName) -> Path:
    """The file of a page network. Raises TenfoldError where there is none."""
    given = SHIPPED if name is None else Path(name)
    path = given / PAGE_FILE if given.is_dir() else given
    if not path.is_file():
        meant = did_you_mean_beside(path)
        raise TenfoldError(
            f"{given}: no such page network{meant}: give a page.onnx, or the run of tenfold train page that holds one"
        )
    return path


def detector_files(name: DetectorName) -> tuple[Path, Path, Path]:
    """The files of a detector's page network, glyph network and line network, in one folder.

    Raises TenfoldError where one is missing.
    """
    page = detector_file(name)
    glyph, line = page.with_name(GLYPH_FILE), page.with_name(LINE_FILE)
    for path in (glyph, line):
        if not path.is_file():
            raise TenfoldError(
                f"{path}: no such file: a detector is {PAGE_FILE}, {GLYPH_FILE} and {LINE_FILE} in one folder: "
                "tenfold train page makes all three"
            )
    return page, glyph, line


def detector_sha256(name: DetectorName) -> str:
    """The SHA-256 of a detector's files. Raises as `detector_files`."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in detector_files(name))).hexdigest()


def open_page_network(path: Path, threads: int | None) -> Any:
    """The session of ONNX Runtime for a page network. Raises TenfoldError where the file holds something else."""
    session, ports = _opened(path, threads, "page detector", "page network")
    if ports.keys() != {"pages", "answers"} or not (_fits(ports["pages"], 1) and _fits(ports["answers"], CHANNELS)):
        raise _not_one(
            path,
            "page network",
            f"{_said(ports)}; a reader needs pages [n, 1, h, w], answers [n, {CHANNELS}, h/4, w/4]",
        )
    return session


def open_glyph_network(path: Path, threads: int | None) -> Any:
    """The session for a glyph network. Raises TenfoldError where the file holds something else."""
    return _open_judge(path, threads, "glyph network", "crops", f"probabilities [n, {GLYPHS}]")


def open_line_network(path: Path, threads: int | None) -> Any:
    """The session for a line network. Raises TenfoldError where the file holds something else."""
    return _open_judge(path, threads, "line network", "strips", f"probabilities [n, {GLYPHS}, w/4]")


def _open_judge(path: Path, threads: int | None, kind: str, given: str, answers: str) -> Any:
    """given: its input's name; answers: its output, as it is said to the user."""
    session, ports = _opened(path, threads, kind, kind)
    if ports.keys() != {given, "probabilities"} or not _fits(ports[given], 1):
        raise _not_one(path, kind, f"{_said(ports)}; a reader needs {given} [n, 1, h, w], {answers}")
    return session


def _opened(path: Path, threads: int | None, wanted: str, what: str) -> tuple[Any, dict[str, Any]]:
    """A session, and its inputs and outputs by name. wanted: tenfold.kind in its metadata."""
    import onnxruntime  # here: who only names a detector runs none

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # warnings are for whoever builds networks
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own exceptions share no class
        raise _not_one(path, what, first_line(error)) from None
    kind = session.get_modelmeta().custom_metadata_map.get("tenfold.kind")
    if kind != wanted:
        raise _not_one(path, what, f"tenfold.kind is {kind or 'missing'} in its metadata, not {wanted}")
    return session, {port.name: port for port in (*session.get_inputs(), *session.get_outputs())}


def opinion_weights(path: Path, session: Any) -> Weights:
    """How much a network's opinion counts beside the next. Raises TenfoldError where its metadata say nonsense."""
    metadata = session.get_modelmeta().custom_metadata_map
    try:
        return Weights.from_json(metadata["tenfold.opinions"]) if "tenfold.opinions" in metadata else Weights()
    except ValueError as error:
        raise TenfoldError(f"{path}: {error}") from None


def _fits(port: Any, channels: int) -> bool:
    """Whether an input or output is float32 of so many channels; a number that is not fixed fits."""
    shape = port.shape
    return port.type == "tensor(float)" and len(shape) == 4 and (not isinstance(shape[1], int) or shape[1] == channels)


def _said(ports: dict[str, Any]) -> str:
    return ", ".join(f"{name} [{', '.join(map(str, port.shape))}]" for name, port in ports.items())


def _not_one(path: Path, what: str, why: str) -> TenfoldError:
    return TenfoldError(f"{path}: not a {what} ({why}): tenfold train page makes one")
