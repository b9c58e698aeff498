"""Pictures to answers, in a worker's thread: limits, reading, and the lines that `tenfold read --json` prints."""

import base64
import io
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Reader, Reading
from tenfold.reading.formats import open_images
from tenfold.reading.sources import Failure
from tenfold.serving.bodies import Upload
from tenfold.serving.problems import Problem, of_error


@dataclass(frozen=True)
class AnswerOptions:
    """How pictures are to be read, as the reader's options, and what an answer holds more than the command's.

    views: what the model saw of each piece, as PNG; probabilities: of every class for each piece.
    """

    single: bool = False
    separators: bool = False
    prediction_sets: float | None = None
    views: bool = False
    probabilities: bool = False


@dataclass(frozen=True)
class Answers:
    """The lines of an answer, and its readings for whoever counts."""

    lines: tuple[str, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Limits:
    """Of pictures: megapixels of one, seconds for all of a request."""

    megapixels: float
    seconds: float


def read_uploads(reader: Reader, uploads: Sequence[Upload], wanted: AnswerOptions, limits: Limits) -> Answers:
    """Every page of every picture. Raises Problem where no page of any could be read, or the call is wrong."""
    until = time.monotonic() + limits.seconds
    results = [result for upload in uploads for result in _results(reader, upload, wanted, limits, until)]
    readings = tuple(result for result in results if isinstance(result, Reading))
    if not readings:
        raise _unread([result for result in results if isinstance(result, Failure)])
    lines = (json.dumps(_object(reader, result, wanted), allow_nan=False) + "\n" for result in results)
    return Answers(tuple(lines), readings)


def _results(
    reader: Reader, upload: Upload, wanted: AnswerOptions, limits: Limits, until: float
) -> Iterator[Reading | Failure]:
    try:
        check_size(upload.content, limits.megapixels)
        pages = reader.read_pages(
            upload.content,
            single=wanted.single,
            separators=wanted.separators,
            prediction_sets=wanted.prediction_sets,
            source=upload.name,
        )
        for reading in pages:
            yield reading
            if time.monotonic() > until:
                yield Failure(upload.name, f"not read to its end within {limits.seconds:g} s: send fewer pages")
                return
    except UsageError as error:
        raise of_error(error) from None
    except TenfoldError as error:
        yield Failure.because(upload.name, error)
    except MemoryError:
        yield Failure(upload.name, "not enough memory")


def check_size(content: bytes, megapixels: float) -> None:
    """Raises TenfoldError where a page has more pixels; what is broken is for the reader to say. A PDF's pages have
    the size that they are drawn at."""
    if b"%PDF-" in content[:1024]:
        return
    sizes: list[tuple[int, int]] = []
    with suppress(Exception):
        sizes.extend(image.size for image in open_images(content))
    for width, height in sizes:
        if width * height > megapixels * 10**6:
            raise TenfoldError(f"{width}×{height} is more than {megapixels:g} megapixels")


def _unread(failures: Sequence[Failure]) -> Problem:
    if len(failures) == 1:
        return Problem(422, failures[0].error, source=failures[0].source)
    return Problem(422, "none of the pictures can be read", errors=[failure.to_json() for failure in failures])


def _object(reader: Reader, result: Reading | Failure, wanted: AnswerOptions) -> dict[str, Any]:
    found: dict[str, Any] = dict(result.to_json())
    if isinstance(result, Reading) and wanted.views:
        found["views"] = [png(view) for view in result.views]
    if isinstance(result, Reading) and wanted.probabilities:
        found["probabilities"] = rounded(reader.classifier.probabilities(result.views))
    return found


def rounded(probabilities: NDArray[np.float32]) -> list[list[float]]:
    """To six places, as everywhere."""
    return [[round(float(share), 6) for share in row] for row in probabilities]


def png(pixels: NDArray[np.uint8], enlarged: int = 1) -> str:
    """Pixels [height, width], or with channels, as the address of their own picture, so many times as large."""
    file = io.BytesIO()
    picture = Image.fromarray(pixels)
    picture.resize((enlarged * picture.width, enlarged * picture.height), Image.Resampling.NEAREST).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
