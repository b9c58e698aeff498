"""What an explanation holds, for Python, for JSON and for a page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.explanation.contrast import Contrast
from tenfold.explanation.layers import Layers
from tenfold.explanation.neighbours import Neighbours
from tenfold.explanation.occlusion import Occlusion
from tenfold.explanation.piece import Piece
from tenfold.explanation.smallest_change import Change

if TYPE_CHECKING:
    from tenfold.explanation.gradients import Gradients

_PLACES = (("upper left", "top", "upper right"), ("left", "middle", "right"), ("lower left", "bottom", "lower right"))

_LEAST = 0.05
"""Logits: what changes the margin by less is not spoken of."""


@dataclass(frozen=True)
class Evidence:
    """The strongest effect of a kind: in which part of the view, and by how many logits covering it moves the margin.

    kind: "ink" or "paper". Above 0 it speaks for the answer, below 0 for the rival.
    """

    kind: str
    place: str
    logits: float


@dataclass(frozen=True)
class Explanation:
    """Why a model answers as it does to one digit.

    change: None where no stroke that was tried changes the answer. neighbours, gradients, layers: None where they were
    not asked for, or cannot be had; notes say in a line each what is missing and why. files: what was written.
    """

    piece: Piece
    model: str
    contrast: Contrast = field(repr=False)
    occlusion: Occlusion = field(repr=False)
    change: Change | None = field(repr=False)
    neighbours: Neighbours | None = None
    gradients: "Gradients | None" = field(default=None, repr=False)
    layers: Layers | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def answer(self) -> str:
        """The class that the model answers with, by name."""
        return self.contrast.names[0]

    @property
    def rival(self) -> str:
        """The class that the answer is held against: the runner-up, unless another was asked for."""
        return self.contrast.names[1]

    @property
    def confidence(self) -> float:
        """The calibrated probability of the answer, the view taken by itself."""
        return float(self.contrast.probabilities[self.contrast.answer])

    @property
    def rival_confidence(self) -> float:
        """The calibrated probability of the rival."""
        return float(self.contrast.probabilities[self.contrast.rival])

    @property
    def new_answer(self) -> str | None:
        """The answer after the smallest change."""
        return None if self.change is None else self.contrast.classifier.card.classes[self.change.answer]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What of ink and of paper speaks most for the answer and most for the rival, the strongest first."""
        found: list[Evidence] = []
        for kind, values in (("ink", self.occlusion.erased), ("paper", self.occlusion.inked)):
            for at in (int(values.argmax()), int(values.argmin())):
                row, column = divmod(at, values.shape[1])
                one = Evidence(kind, _PLACES[_third(row)][_third(column)], float(values[row, column]))
                # Of one place only the stronger is spoken of: both at once would say nothing.
                rivals = [other for other in found if (other.kind, other.place) == (kind, one.place)]
                if abs(one.logits) >= _LEAST and all(abs(one.logits) > abs(other.logits) for other in rivals):
                    found = [*(other for other in found if other not in rivals), one]
        return tuple(sorted(found, key=lambda one: -abs(one.logits)))

    def to_json(self) -> dict[str, Any]:
        """The object that `tenfold explain --json` prints: maps as 28 rows of 28 numbers."""
        card, probabilities = self.contrast.classifier.card, self.contrast.probabilities
        piece = self.piece
        return {
            "source": piece.source,
            "digit": {"number": piece.number, "of": piece.of, "box": list(piece.box), "reason": piece.reason},
            "model": self.model,
            "answer": self.answer,
            "confidence": _rounded(self.confidence),
            "against": self.rival,
            "against_confidence": _rounded(self.rival_confidence),
            "margin_logits": _rounded(self.contrast.margin),
            "probabilities": {name: _rounded(p) for name, p in zip(card.classes, probabilities, strict=True)},
            "evidence": [{"kind": e.kind, "place": e.place, "logits": _rounded(e.logits)} for e in self.evidence],
            "occlusion": {
                "erased": _numbers(self.occlusion.erased),
                "inked": _numbers(self.occlusion.inked),
                "tried": self.occlusion.tried,
            },
            "change": self._change_json(),
            "neighbours": self._neighbours_json(),
            "gradients": self._gradients_json(),
            "layers": self._layers_json(),
            "view": piece.view.tolist(),
            "notes": list(self.notes),
            "files": [str(path) for path in self.files],
        }

    def _change_json(self) -> dict[str, Any] | None:
        change = self.change
        if change is None:
            return None
        return {
            "answer": self.new_answer,
            "confidence": _rounded(change.probabilities[change.answer]),
            "size_pixels": _rounded(change.size),
            "strokes": list(change.strokes),
            "holds_when_framed_anew": change.holds,
            "tried": change.tried,
            "view": change.view.tolist(),
        }

    def _neighbours_json(self) -> dict[str, Any] | None:
        found = self.neighbours
        if found is None:
            return None
        nearest = [
            {"row": one.row, "label": one.label, "similarity": _rounded(one.similarity)} for one in found.nearest
        ]
        return {"data": found.data, "looked_at": found.looked_at, "space": found.space, "nearest": nearest}

    def _gradients_json(self) -> dict[str, Any] | None:
        found = self.gradients
        if found is None:
            return None
        grad_cam = None if found.grad_cam is None else _numbers(found.grad_cam)
        return {"integrated": _numbers(found.integrated), "grad_cam": grad_cam}

    def _layers_json(self) -> dict[str, Any] | None:
        found = self.layers
        if found is None:
            return None
        rows = [
            {
                "layer": layer.name,
                "shape": list(layer.shape),
                "probe_accuracy": layer.accuracy,
                "probe": None
                if layer.probabilities is None
                else {n: _rounded(p) for n, p in zip(found.classes, layer.probabilities, strict=True)},
            }
            for layer in found.layers
        ]
        return {"fitted": found.fitted, "held_out": found.held_out, "layers": rows}


def _third(index: int) -> int:
    """Which third of the box that a digit fills: 0, 1 or 2."""
    return min(max((index - 4) // 7, 0), 2)


def _rounded(value: float) -> float:
    return round(float(value), 6)


def _numbers(values: NDArray[np.float64]) -> list[list[float]]:
    rows: list[list[float]] = np.round(values, 4).tolist()
    return rows
