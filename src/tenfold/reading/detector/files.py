"""Which file the name of a detector stands for, and whether it holds a page network."""

import hashlib
from pathlib import Path
from typing import Any, Literal

from tenfold.errors import TenfoldError, did_you_mean_beside
from tenfold.reading.detector.peaks import BOX, HEATS

SHIPPED = Path(__file__).parent.parent / "weights" / "page.onnx"
"""The network that comes with tenfold."""

CHANNELS = HEATS + BOX
"""Of a page network's answers."""

_KIND = "page detector"
"""What a page network says of itself, as tenfold.kind in its metadata."""

DetectorName = str | Path | Literal[False] | None
"""A page.onnx, or the folder of a run that holds one; None for the shipped network; False where digits are found by
their ink."""


def detector_named(option: str | None) -> DetectorName:
    """What an option of the command line names: 'off' for False, a file, a folder, or nothing."""
    return False if option == "off" else option


def detector_file(name: str | Path | None) -> Path:
    """The file of a page network. Raises TenfoldError where there is none."""
    given = SHIPPED if name is None else Path(name)
    path = given / "page.onnx" if given.is_dir() else given
    if not path.is_file():
        meant = did_you_mean_beside(path)
        raise TenfoldError(
            f"{given}: no such page network{meant}: give a page.onnx, or the run of tenfold train page that holds one"
        )
    return path


def detector_sha256(name: DetectorName) -> str | None:
    """The SHA-256 of a page network's file; None where digits are found by their ink. Raises as `detector_file`."""
    return None if name is False else hashlib.sha256(detector_file(name).read_bytes()).hexdigest()


def open_network(path: Path, threads: int | None) -> Any:
    """The session of ONNX Runtime for a page network. Raises TenfoldError where the file holds something else."""
    import onnxruntime  # here: who only names a detector runs none

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # warnings are for whoever builds networks
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own exceptions share no class
        raise _no_network(path, first_line(error)) from None
    kind = session.get_modelmeta().custom_metadata_map.get("tenfold.kind")
    if kind != _KIND:
        raise _no_network(path, f"tenfold.kind is {kind or 'missing'} in its metadata, not {_KIND}")
    ports = {port.name: port for port in (*session.get_inputs(), *session.get_outputs())}
    if ports.keys() != {"pages", "answers"} or not (_fits(ports["pages"], 1) and _fits(ports["answers"], CHANNELS)):
        found = ", ".join(f"{name} [{', '.join(map(str, port.shape))}]" for name, port in ports.items())
        raise _no_network(path, f"{found}; a reader needs pages [n, 1, h, w], answers [n, {CHANNELS}, h/4, w/4]")
    return session


def first_line(error: Exception) -> str:
    """Of what an error says, for an error that is one line."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _fits(port: Any, channels: int) -> bool:
    """Whether an input or output is float32 of so many channels; a number that is not fixed fits."""
    shape = port.shape
    return port.type == "tensor(float)" and len(shape) == 4 and (not isinstance(shape[1], int) or shape[1] == channels)


def _no_network(path: Path, why: str) -> TenfoldError:
    return TenfoldError(f"{path}: not a page network ({why}): tenfold train page makes one")
