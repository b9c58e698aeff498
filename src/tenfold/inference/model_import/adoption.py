"""A model that another tool made, as ONNX that takes and gives what tenfold's own models do."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.errors import TenfoldError, first_line, needs_extra
from tenfold.inference.model_import.ports import Output, check_ports, fitting_shapes, kinds_of_outputs, ports_in_words
from tenfold.inference.model_import.trial import (
    CONVENTIONS,
    MOST,
    Convention,
    Fed,
    LabelledImages,
    Model,
    best_of,
    sample,
    try_all,
)
from tenfold.model_files import KERAS_FILES

if TYPE_CHECKING:
    import onnx

LEAST_RIGHT = 0.3
"""A model that is only guessed to be of the images that it is tried on reads this share of them: chance is a tenth, and
of images that were moved a poor model of digits reads less than half."""

log = logging.getLogger("tenfold.inference.model_import")
"""Is told how each model is fed that is brought in; the command line says it on stderr."""


@dataclass(frozen=True)
class Adopted:
    """A foreign model. onnx: images [n, 1, 28, 28] in [0, 1] → logits and probabilities [n, classes], serialised.

    classes: those of the images that it was tried on; knows_none: whether one more comes after them, taken for what is
    none of them; temperature: what the file itself divides its logits by; note: how it is fed, and how that was found,
    in a sentence.
    """

    onnx: bytes
    classes: tuple[str, ...]
    knows_none: bool
    temperature: float
    note: str

    def with_metadata(self, entries: dict[str, str]) -> bytes:
        """The model, serialised, with entries in its metadata."""
        import onnx

        proto = onnx.load_from_string(self.onnx)
        onnx.helper.set_model_props(proto, entries)
        content: bytes = proto.SerializeToString()
        return content


def adopt(path: Path, labelled: LabelledImages | None = None) -> Adopted:
    """The model in a .onnx, .keras or .h5 file.

    labelled: images of the classes that the model tells apart, on which every way of feeding it is tried, unless the
    file itself says how, as a Keras file from `tenfold export` does; None for synthetic digits. What is adopted is
    logged with that, as one line. Raises TenfoldError for a file that is no such model: one line, which names its
    inputs and outputs, or the Keras layer that cannot be read.
    """
    with needs_extra("convert", f"{path}: a model that another tool made"):
        from tenfold.inference.model_import.wrap import load, wrap

        temperature, said = 1.0, None
        if path.suffix.lower() in KERAS_FILES:
            from tenfold.inference.model_import.keras_file import read_keras
            from tenfold.inference.model_import.keras_graph import keras_to_onnx

            stored = read_keras(path)
            proto, temperature = keras_to_onnx(stored)
            said = next((one for one in CONVENTIONS if one.key == stored.input_name), None)
        else:
            proto = load(path)
    known = labelled or sample()
    model = _opened(path, proto)
    fed, output = _best(path, model, known, said)
    if known.guessed and fed.accuracy < LEAST_RIGHT:
        raise TenfoldError(
            f"{path}: reads {100 * fed.accuracy:.0f} % of {known.where} at best, however it is fed: not a model of "
            "digits"
        )
    whole = wrap(proto, model.input, output, fed, temperature, batch=model.batch)
    knows_none = output.classes > len(known.classes)
    note = _note(path, fed, output, known, said)
    log.info(note)
    return Adopted(whole.SerializeToString(), known.classes, knows_none, temperature, note)


def _opened(path: Path, proto: "onnx.ModelProto") -> Model:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own exceptions share no class
        raise TenfoldError(f"{path}: ONNX Runtime cannot load it ({first_line(error)})") from None
    check_ports(path, session)
    return Model(session)


def _best(path: Path, model: Model, known: LabelledImages, said: Convention | None) -> tuple[Fed, Output]:
    """The way of feeding the model that answers best, or is said to be its own, and the output with its answers."""
    shapes = fitting_shapes(model.input.shape)
    tried = try_all(model, shapes, known, CONVENTIONS if said is None else (said,))
    if not tried:
        raise TenfoldError(
            f"{path}: {ports_in_words(model.session)}: no output of it has a row of {len(known.classes)} classes for "
            f"each image of {known.where}"
        )
    fed = best_of(tried)
    return fed, kinds_of_outputs(model.run(known.images[:32], fed), known.widths)[0]


def _note(path: Path, fed: Fed, output: Output, known: LabelledImages, said: Convention | None) -> str:
    shape = ", ".join(map(str, ("n", *fed.shape)))
    kind = "probabilities" if output.probabilities else "logits"
    if output.classes > len(known.classes):
        kind += f", the last of {output.classes} taken for no digit"
    why = f"tried: {fed.others}" if said is None else "as the file itself says"
    return (
        f"{path.name}: fed as [{shape}], {fed.convention.name}, gives {kind}: so it reads {100 * fed.accuracy:.1f} % "
        f"of {min(MOST, len(known.images))} {known.where} ({why})"
    )
