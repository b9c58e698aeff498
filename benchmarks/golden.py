"""`python -m benchmarks.golden` writes tests/golden/golden.json: what the shipped model answers to a few pictures.

The pictures are synthetic, of every kind that a reader meets: grey and colour, dark on light and light on dark, small
and large. Python, the graph of `tenfold export --to reader-onnx` and onnxruntime-web are checked against the file. Run
it whenever the shipped model is replaced.
"""

import base64
import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import ROOT
from tenfold.data.synthetic.strokes import strokes
from tenfold.exporting.picture_onnx import grey_of
from tenfold.formats.reader_onnx import pictures_of
from tenfold.inference.frame import frame
from tenfold.reading import Classifier
from tenfold.reading.plain import plain_strength

PATH = ROOT / "tests" / "golden" / "golden.json"

COUNT = 8


def golden() -> list[dict[str, Any]]:
    """A case a picture: its pixels, the view that it is framed to, and the probabilities of the classes.

    pixels, view: base64 of zlib's of uint8 [h, w, c] and [28, 28], row by row.
    """
    classifier = Classifier()
    data = strokes(COUNT, seed=2024)
    cases = []
    for picture, label in zip(pictures_of(data.images), data.labels, strict=True):
        view = frame(plain_strength(grey_of(picture)))
        probabilities = classifier.probabilities(view[None])[0]
        cases.append(
            {
                "label": int(label),
                "shape": list(picture.shape),
                "pixels": _encoded(picture),
                "view": _encoded(view),
                "probabilities": [round(float(share), 7) for share in probabilities],
            }
        )
    return cases


def _encoded(pixels: NDArray[np.uint8]) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(pixels).tobytes(), 9)).decode()


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
    print(PATH)
