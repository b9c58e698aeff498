"""What of a digit speaks for the answer, as numbers and as a picture: occlusion, by ONNX Runtime alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.explanation.contrast import contrast
from tenfold.explanation.maps import coloured
from tenfold.explanation.occlusion import occlude
from tenfold.explanation.piece import choose_piece
from tenfold.reading import Reader
from tenfold.serving.pictures import png

_ENLARGED = 8


def explain(
    reader: Reader, content: bytes, *, digit: int | None = None, single: bool = False, against: str | None = None
) -> dict[str, Any]:
    """One digit of a picture's first page explained; as `tenfold explain`, without what searches or needs data.

    maps: logits [28, 28] by which the answer's lead falls where ink is covered (erased) or paper inked (inked); above 0
    speaks for the answer. heatmap: both on the view, as PNG. Raises TenfoldError as `choose_piece` and `contrast`.
    """
    piece = choose_piece(reader, content, digit, single=single, source="the picture")
    question = contrast(reader.classifier, piece.view, against)
    found = occlude(question)
    answer, rival = question.names
    return {
        "answer": answer,
        "against": rival,
        "margin": round(question.margin, 4),
        "box": list(piece.box),
        "digit": piece.number,
        "view": png(piece.view),
        "maps": {"erased": _rounded(found.erased), "inked": _rounded(found.inked)},
        "strongest": round(found.strongest, 4),
        # In colours on the view in grey, on transparent ground.
        "heatmap": png(coloured(found.erased + found.inked, piece.view), _ENLARGED),
    }


def _rounded(values: NDArray[np.float64]) -> list[list[float]]:
    return [[round(float(value), 3) for value in row] for row in values]
