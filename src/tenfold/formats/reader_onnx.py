"""reader-onnx: from the pixels of one digit to the digit, in one graph: no preprocessing to port."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tenfold.exporting.picture_onnx import add_framing, grey_of
from tenfold.formats.source import Answers, Floats, Source, Views, Written
from tenfold.inference.frame import frame
from tenfold.reading import Classifier
from tenfold.reading.plain import plain_strength


def write(source: Source, path: Path) -> Written:
    """pixels uint8 [h, w, 1 or 3] → digit, probabilities, view, reject_score; the answers are to `pictures_of`."""
    add_framing(source.onnx, path)
    return Written(answers_of(path))


def answers_of(path: Path) -> Answers:
    """What a reader.onnx answers to `pictures_of` views, in ONNX Runtime."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def answers(views: Views) -> Floats:
        found = [session.run(["probabilities"], {"pixels": picture})[0] for picture in pictures_of(views)]
        return np.concatenate(found)

    return answers


def expected(source: Source) -> Answers:
    """What Python answers to the same pictures."""
    return framed_answers(source.classifier)


def framed_answers(classifier: Classifier) -> Answers:
    """What a model answers to `inks_of` views, framed."""
    return lambda views: classifier.probabilities(np.stack([frame(ink) for ink in inks_of(views)]))


def inks_of(views: Views) -> list[NDArray[np.uint8]]:
    """The ink uint8 [h, w] of `pictures_of` views."""
    return [plain_strength(grey_of(picture)) for picture in pictures_of(views)]


def pictures_of(views: Views) -> list[NDArray[np.uint8]]:
    """Pictures uint8 [h, w, 1 or 3] of views: in turn as they are, enlarged, as dark on light, in colour."""
    return [_picture(view, number) for number, view in enumerate(views)]


def _picture(view: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    scale = 1 + number % 5
    if scale > 1:
        size = (28 * scale + number % 7, 28 * scale)
        view = np.asarray(cv2.resize(view, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    if number % 2:
        view = 255 - view
    if number % 3:
        return view[..., None]
    # A blue pen on white paper, or a yellow one on black: no channel is the others'.
    weaker = 255 - (255 - view) // 3 if number % 2 else view // 3
    return np.stack([view, view, weaker], axis=-1)
