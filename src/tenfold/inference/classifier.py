"""One model.onnx as a function from 28×28 views to probabilities. ONNX Runtime only; never torch."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError, UsageError, first_line, no_model, no_such_model
from tenfold.inference.frame import FRAMING, SIDE
from tenfold.inference.weights import WEIGHTS
from tenfold.model_files import KERAS_FILES

if TYPE_CHECKING:
    from tenfold.inference.model_import import LabelledImages

Views = NDArray[np.uint8]

SHIPPED = WEIGHTS / "digits.onnx"
"""The model that comes with tenfold."""

NOT_A_DIGIT = "not a digit"
"""The class of a model that knows more than digits: ink that is none."""

_BATCH = 256
"""Views a call: enough to fill the cores, little enough for what lies between two layers to stay in their caches."""

_SHARE = np.float32(1 / 255)
_SHARES = np.arange(256, dtype=np.float32) * _SHARE
"""Each level of ink as the model takes it, in [0, 1]."""

_FEW = 4
"""Up to so many views are looked up in _SHARES, for numpy's multiplication of two types takes 3 µs to begin."""


def model_file(model: str | Path | None) -> Path:
    """The file of a model: a run's model.onnx, the shipped one for None. Raises TenfoldError where there is none."""
    given = SHIPPED if model is None else Path(model)
    path = given / "model.onnx" if given.is_dir() else given
    if not path.is_file():
        raise no_such_model(given)
    return path


@dataclass(frozen=True)
class Member:
    """One model of an ensemble: its name, the SHA-256 of its model.onnx, and that of the data it was trained on."""

    name: str
    sha256: str
    data_sha256: str


@dataclass(frozen=True)
class ModelCard:
    """What a model.onnx says of itself in its metadata: all that a reader must know.

    threshold: the confidence below which an answer is "unsure"; score_threshold: the chance of being one digit below
    which ink is "not a digit". conformal: pairs of a share of misses and the least probability of the classes in a
    prediction set that misses the true one so rarely, by rising share. members: of an ensemble; empty for a model.
    data_sha256: of all images trained on; data_parts: of each dataset where they come from several, of
    those that they are drawn from, and of what the models learned from that gave this one its weights or answers.
    """

    classes: tuple[str, ...]
    framing: str
    temperature: float
    threshold: float
    recipe: str
    data_sha256: str
    version: str
    score_threshold: float = 0.0
    conformal: tuple[tuple[float, float], ...] = ()
    members: tuple[Member, ...] = ()
    data_parts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What answers name the model by: recipe and version; a file that another tool made has no version."""
        return f"{self.recipe} {self.version}".rstrip()

    @property
    def reads_pages(self) -> bool:
        """Whether it knows the ten digits and no other signs: then a detector may find what it judges."""
        return sorted(name for name in self.classes if name != NOT_A_DIGIT) == list("0123456789")

    @property
    def trained_on(self) -> frozenset[str]:
        """The SHA-256 of every dataset that the model, or a member of the ensemble, was trained on."""
        return frozenset({self.data_sha256, *self.data_parts, *(member.data_sha256 for member in self.members)})

    def least_share(self, misses: float) -> float:
        """The least probability of a class in a prediction set that misses the true one in at most a share of cases.

        Raises UsageError where misses is no share, or smaller than the model can promise.
        """
        if not 0 < misses < 1:
            raise UsageError(f"prediction sets miss a share of digits, as 0.01, not {misses:g}")
        within = [least for share, least in self.conformal if share <= misses + 1e-9]
        if not within:
            can = f"at least {self.conformal[0][0]:g}" if self.conformal else "none: it had no validation data"
            raise UsageError(f"this model has no prediction sets that miss {misses:g}: it can promise {can}")
        return within[-1]

    def to_metadata(self) -> dict[str, str]:
        """The card as ONNX metadata: strings, the classes as a JSON list."""
        return {
            "tenfold.classes": json.dumps(self.classes, ensure_ascii=False),
            "tenfold.framing": self.framing,
            "tenfold.temperature": repr(self.temperature),
            "tenfold.threshold": repr(self.threshold),
            "tenfold.recipe": self.recipe,
            "tenfold.data_sha256": self.data_sha256,
            "tenfold.version": self.version,
            "tenfold.score_threshold": repr(self.score_threshold),
            "tenfold.conformal": json.dumps(self.conformal),
            "tenfold.members": json.dumps([asdict(member) for member in self.members], ensure_ascii=False),
            "tenfold.data_parts": json.dumps(self.data_parts),
        }

    @classmethod
    def from_metadata(cls, metadata: dict[str, str]) -> "ModelCard":
        """Raises ValueError where an entry is missing or not of its kind."""
        try:
            return cls._read(metadata)
        except KeyError as error:
            raise ValueError(f"{error} is missing") from None
        except (TypeError, ArithmeticError, RecursionError) as error:
            raise ValueError(" ".join(str(error).split())) from None

    @classmethod
    def _read(cls, metadata: dict[str, str]) -> "ModelCard":
        classes = json.loads(metadata["tenfold.classes"])
        if not isinstance(classes, list) or not all(isinstance(name, str) and name.isprintable() for name in classes):
            raise ValueError("tenfold.classes is not a list of names")
        temperature = _number(metadata["tenfold.temperature"])
        if temperature == 0:
            raise ValueError("a temperature of 0")
        return cls(
            classes=tuple(classes),
            framing=metadata["tenfold.framing"],
            temperature=temperature,
            threshold=_number(metadata["tenfold.threshold"]),
            recipe=metadata["tenfold.recipe"],
            data_sha256=metadata["tenfold.data_sha256"],
            version=metadata["tenfold.version"],
            score_threshold=_number(metadata.get("tenfold.score_threshold", 0)),
            conformal=tuple((_number(s), _number(p)) for s, p in json.loads(metadata.get("tenfold.conformal", "[]"))),
            members=tuple(
                Member(str(entry["name"]), str(entry["sha256"]), str(entry["data_sha256"]))
                for entry in json.loads(metadata.get("tenfold.members", "[]"))
            ),
            data_parts=tuple(map(str, json.loads(metadata.get("tenfold.data_parts", "[]")))),
        )


class Classifier:
    """A model.onnx, loaded: uint8 views in, logits or calibrated probabilities out.

    path: the file, or a run folder that holds it; None for the model that is shipped. A .onnx, .keras or .h5 that
    another tool made is adopted (`model_import`), its input found by trying on what labelled, called only then,
    gives; None for synthetic digits. threads: for ONNX Runtime; None takes all cores. spinning: threads that wait for
    the next call keep a core busy, which answers sooner where call follows call. Raises TenfoldError where the file is
    missing, or is no model of 28×28 images.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        threads: int | None = None,
        labelled: "Callable[[], LabelledImages | None] | None" = None,
        spinning: bool = True,
    ) -> None:
        self.path = model_file(path)
        self.adopted = None
        if self.path.suffix.lower() not in KERAS_FILES:
            self._session, self._options = _session(self.path, threads or 0, spinning)
            if any(key.startswith("tenfold.") for key in self._metadata()):
                return
        from tenfold.inference.model_import import (
            adopt,  # here: few models are another tool's, and reading starts sooner
        )

        self.adopted = adopt(self.path, labelled() if labelled else None)
        self._session, self._options = _session(self.path, threads or 0, spinning, self.adopted.onnx)

    def _metadata(self) -> dict[str, str]:
        found: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return found

    @property
    def note(self) -> str | None:
        """How a model that another tool made is fed, and how that was found; None for one of tenfold's own."""
        return self.adopted.note if self.adopted else None

    @cached_property
    def card(self) -> ModelCard:
        """The model's metadata. Raises TenfoldError where it is missing, or not what the model itself is like."""
        if self.adopted is not None:
            # Nothing is known of what it was trained on, nor how far its confidence can be trusted.
            classes = self.adopted.classes + (NOT_A_DIGIT,) * self.adopted.knows_none
            return ModelCard(classes, FRAMING, self.adopted.temperature, 0.0, self.path.stem, "", "")
        try:
            card = ModelCard.from_metadata(self._metadata())
        except ValueError as error:
            raise TenfoldError(f"{self.path}: not a model that tenfold made ({error} in its metadata)") from None
        self._check_ports(len(card.classes))
        return card

    def _check_ports(self, classes: int) -> None:
        """Raises TenfoldError where the model does not take any number of views and answer with classes each."""
        wanted = {"images": ["n", 1, SIDE, SIDE], "logits": ["n", classes], "probabilities": ["n", classes]}
        ports = {port.name: port for port in (*self._session.get_inputs(), *self._session.get_outputs())}
        if ports.keys() != wanted.keys() or not all(_fits(ports[name], shape) for name, shape in wanted.items()):
            found = _spelled({name: port.shape for name, port in ports.items()})
            raise TenfoldError(
                f"{self.path}: not a model that tenfold made ({found}; a reader needs {_spelled(wanted)})"
            )

    @property
    def content(self) -> bytes:
        """The model as ONNX, as it is run: images in, logits and probabilities out, whichever tool made it."""
        return self.path.read_bytes() if self.adopted is None else self.adopted.onnx

    def save(self, path: Path) -> None:
        """Write the model with its card as a model.onnx of tenfold's own, whichever tool made it."""
        from tenfold.files import write_atomically  # here: who reads writes no model, nor looks into a run

        content = self.content if self.adopted is None else self.adopted.with_metadata(self.card.to_metadata())
        write_atomically(path, content)

    def logits(self, views: Views) -> NDArray[np.float32]:
        """Uncalibrated logits [n, classes] of views uint8 [n, 28, 28], light ink on black, framed as card.framing."""
        return self._run("logits", views)

    def probabilities(self, views: Views) -> NDArray[np.float32]:
        """Calibrated probabilities [n, classes] of views uint8 [n, 28, 28]: softmax(logits / temperature)."""
        return self._run("probabilities", views)

    def _run(self, output: str, views: Views) -> NDArray[np.float32]:
        if views.shape[1:] != (SIDE, SIDE) or views.dtype != np.uint8:
            raise ValueError(f"views must be uint8 [n, {SIDE}, {SIDE}], not {views.dtype} {list(views.shape)}")
        if self.card.framing != FRAMING:
            raise TenfoldError(f"{self.path}: framed by '{self.card.framing}', but this tenfold frames by '{FRAMING}'")
        if 0 < len(views) <= _BATCH:
            return self._run_batch(output, views)
        parts = [self._run_batch(output, views[i : i + _BATCH]) for i in range(0, len(views), _BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.card.classes)), np.float32)

    def _run_batch(self, output: str, views: Views) -> NDArray[np.float32]:
        shares = _SHARES.take(views) if len(views) <= _FEW else views * _SHARE
        try:
            found: NDArray[np.float32] = self._session.run([output], {"images": shares[:, None]}, self._options)[0]
        except Exception as error:  # ONNX Runtime's own exceptions share no class
            raise TenfoldError(f"{self.path}: cannot be calculated ({first_line(error)})") from None
        # What a model declares of its outputs may leave their sizes open, and it may divide by zero.
        if found.shape != (len(views), len(self.card.classes)) or not math.isfinite(found.sum()):
            raise TenfoldError(f"{self.path}: gives {list(found.shape)} numbers, not all of them finite, where "
                               f"{[len(views), len(self.card.classes)]} were expected")  # fmt: skip
        return found


def _number(value: Any) -> float:
    """A finite number, at least 0. Raises ValueError or TypeError where it is none."""
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(f"{number:g}, which is out of range,")
    return number


def _fits(port: Any, shape: list[Any]) -> bool:
    """Whether an input or output is float32 of a shape; a size that is not fixed fits every other."""
    sizes = zip(port.shape, shape, strict=False)
    same = len(port.shape) == len(shape) and all(size == wanted or not isinstance(size, int) for size, wanted in sizes)
    return same and port.type == "tensor(float)"


def _spelled(shapes: dict[str, list[Any]]) -> str:
    return ", ".join(f"{name} [{', '.join(map(str, shape))}]" for name, shape in shapes.items())


def _session(path: Path, threads: int, spinning: bool, content: bytes | None = None) -> tuple[Any, Any]:
    """The session of a file, or of content, and the options of its runs: made once, they save a microsecond a run."""
    # Loaded here, not with the module: the data room frames pictures without ever running a model.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spinning else "0")
    options.log_severity_level = 3  # warnings are for whoever builds models, not for whoever reads digits
    try:
        session = onnxruntime.InferenceSession(content or str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        if content is None and path.suffix.lower() != ".onnx":
            raise no_model(path) from None
        raise TenfoldError(f"{path}: not an ONNX model that can be loaded ({first_line(error)})") from None
    return session, onnxruntime.RunOptions()
