"""Each chart shows its numbers, whole and apart from each other, also for unusual runs."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from tenfold.data import Dataset
from tenfold.evaluation import Predictions
from tenfold.evaluation.rejection import rejection
from tenfold.exploration.projection import Projection
from tenfold.metrics import reliability
from tenfold.reading import ModelCard
from tenfold.reports.canvas import svg
from tenfold.reports.cost_figures import PARTS, draw_anatomy, draw_rejection
from tenfold.reports.explore_figures import (
    draw_classes,
    draw_images,
    draw_map,
    draw_measure,
    draw_pixels,
)
from tenfold.reports.figures import draw_confidence, draw_confusion, draw_curves, draw_mistakes, draw_reliability
from tenfold.reports.mistakes_figures import draw_confusions, draw_neighbours

DIGITS = tuple("0123456789")
LONG_NAMES = ("T-shirt/top", "an uncommonly long class name", *DIGITS[2:])
RNG = np.random.default_rng(0)


def _history(epochs: int, val: float | None = None) -> list[dict[str, float]]:
    rows = []
    for epoch in range(1, epochs + 1):
        row = {"epoch": float(epoch)}
        for split in ("train", "val"):
            missing = split == "val" and val is not None
            row |= {f"{split}_loss": np.nan if missing else 1 / epoch, f"{split}_accuracy": np.nan if missing else 0.9}
        rows.append(row)
    return rows


def _steps(epochs: int) -> list[dict[str, float]]:
    return [
        {"epoch": step / 50, "step": 8 * step, "train_loss": 1 / step, "train_accuracy": 1 - 1 / (step + 1)}
        for step in range(1, 50 * epochs + 1)
    ]


def _confusion(classes: int) -> np.ndarray:
    return np.diag(RNG.integers(900, 2000, classes)) + RNG.integers(0, 9, (classes, classes))


def _reliability(n: int) -> Figure:
    probabilities = RNG.dirichlet(np.full(10, 0.3), n)
    labels = RNG.integers(0, 10, n)
    return draw_reliability(reliability(probabilities, labels), reliability(probabilities**0.5, labels))


def _rejection(n: int, threshold: float) -> Figure:
    card = ModelCard(tuple("01"), "mnist-1", 1.0, threshold, "stub", "00", "1")
    data = Dataset("stub", "test", np.zeros((n, 28, 28), np.uint8), np.zeros(n, np.int64), ("0", "1"))
    logits = np.stack([np.linspace(-1, 30, n), np.zeros(n)], axis=1).astype(np.float32)
    return draw_rejection(rejection(Predictions(card, data, data.labels, logits)))


def _measure(n: int, classes: Sequence[str]) -> Figure:
    return draw_measure(RNG.normal(0, 10, n), np.arange(n) % len(classes), classes, "Slant", "degrees")


def _map(n: int, classes: Sequence[str]) -> Figure:
    places = Projection(RNG.normal(size=(n, 2)).astype(np.float32), (0.2, 0.1))
    return draw_map(places, np.arange(n) % len(classes), classes)


FIGURES = {
    "curves": lambda: draw_curves(_history(10), 7),
    "curves of one epoch": lambda: draw_curves(_history(1), 1),
    "curves of one epoch's steps": lambda: draw_curves(_history(1), 1, _steps(1)),
    "curves of two epochs' steps": lambda: draw_curves(_history(2), 2, _steps(2)),
    "curves of many epochs": lambda: draw_curves(_history(200), 200),
    "curves without validation": lambda: draw_curves(_history(5, np.nan), 5),
    "confusion in counts": lambda: draw_confusion(_confusion(10), DIGITS, shares=False),
    "confusion in shares": lambda: draw_confusion(_confusion(10), DIGITS, shares=True),
    "confusion without mistakes": lambda: draw_confusion(np.diag([980] * 10), DIGITS, shares=True),
    "confusion with long names": lambda: draw_confusion(_confusion(10), LONG_NAMES, shares=True),
    "confusion of two classes": lambda: draw_confusion(_confusion(2), ("yes", "no"), shares=True),
    "confusion of 47 classes": lambda: draw_confusion(_confusion(47), [str(c) for c in range(47)], shares=False),
    "confidence": lambda: draw_confidence(RNG.integers(0, 90, 20), RNG.integers(0, 9, 20)),
    "confidence without mistakes": lambda: draw_confidence(np.array([0] * 19 + [3]), np.zeros(20, np.int64)),
    "reliability": lambda: _reliability(2000),
    "reliability of one answer": lambda: _reliability(1),
    "rejection": lambda: _rejection(1000, 0.9),
    "rejection of nothing": lambda: _rejection(1000, 0.0),
    "rejection of everything": lambda: _rejection(1000, 1.1),
    "rejection of one answer": lambda: _rejection(1, 0.5),
    "anatomy": lambda: draw_anatomy(dict.fromkeys(PARTS, 1.23) | {"steps": 12_345.6, "checkpoints": 0.0}),
    "anatomy of one part": lambda: draw_anatomy({"steps": 0.0}),
    "mistakes": lambda: draw_mistakes(np.zeros((13, 28, 28), np.uint8), ["8 read as 3"] * 13),
    "one mistake": lambda: draw_mistakes(np.zeros((1, 28, 28), np.uint8), ["8 read as 3"]),
    "classes": lambda: draw_classes(np.array([10, 60_000, 0]), ("few", "many", "none")),
    "pixels": lambda: draw_pixels(np.bincount([0] * 900 + [255] * 100, minlength=256)),
    "pixels of blank images": lambda: draw_pixels(np.bincount([0] * 900, minlength=256)),
    "a measure": lambda: _measure(500, DIGITS),
    "a measure with long names": lambda: _measure(500, LONG_NAMES),
    "a measure of 47 classes": lambda: _measure(500, [str(c) for c in range(47)]),
    "a measure of one image": lambda: _measure(1, DIGITS),
    "a measure of blank images": lambda: draw_measure(np.full(3, np.nan), np.zeros(3, np.int64), DIGITS, "Ink", "%"),
    "a map": lambda: _map(400, DIGITS),
    "a map of long names": lambda: _map(400, LONG_NAMES),
    "a map of two classes": lambda: _map(3, ("yes", "no")),
    "confusions": lambda: draw_confusions(["9 → 4", "an uncommonly long class → another one"], [70, 1], [3, 0]),
    "neighbours": lambda: draw_neighbours(np.zeros((2, 6, 28, 28), np.uint8), [["8 read as 3", *"33333"]] * 2),
    "images of long names": lambda: draw_images([np.zeros((2, 28, 28), np.uint8)] * 10, LONG_NAMES, columns=8),
    "images": lambda: draw_images([np.zeros((k, 28, 28), np.uint8) for k in (3, 0, 5)], ("a", "b", "c")),
}


def _drawn_texts(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Bbox, bool]]:
    """Every text that is really drawn (ticks out of view keep theirs), its box in pixels, whether it is slanted."""
    drawn = []
    draw = Text.draw

    def note(self: Text, renderer: RendererBase) -> None:
        draw(self, renderer)
        if self.get_visible() and self.get_text().strip():
            drawn.append((self.get_text(), self.get_window_extent(renderer), self.get_rotation() == 45))

    monkeypatch.setattr(Text, "draw", note)
    FigureCanvasAgg(figure).draw()
    return drawn


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off_or_covered_by_other_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = FIGURES[name]()
    texts = _drawn_texts(figure, monkeypatch)
    assert texts
    for text, box, _ in texts:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, text
    for (text, box, slanted), (other, its_box, also) in combinations(texts, 2):
        both = Bbox.intersection(box, its_box)
        apart = slanted and also  # their boxes overlap where their letters do not
        assert apart or both is None or min(both.width, both.height) < 2, (text, other)


def test_the_kept_epoch_is_marked() -> None:
    figure = draw_curves(_history(10), 7)
    assert "kept: epoch 7" in svg(figure, "")
    assert all(any(list(line.get_xdata()) == [7, 7] for line in axes.lines) for axes in figure.axes)


def test_few_epochs_are_drawn_over_their_steps() -> None:
    for axes in draw_curves(_history(2), 1, _steps(2)).axes:
        training, validation, kept = axes.lines
        assert list(training.get_xdata()) == [8 * step for step in range(1, 101)]
        assert list(validation.get_xdata()) == [400, 800]
        assert list(kept.get_xdata()) == [400, 400]
    assert axes.get_xlabel() == "step"


def test_a_confusion_matrix_shows_rare_mistakes_beside_common_ones() -> None:
    confusion = np.diag([1000, 1000, 1000])
    confusion[0, 1], confusion[1, 2] = 1, 100
    alphas = {
        tuple(np.rint(patch.get_center()).astype(int)): patch.get_alpha()
        for patch in draw_confusion(confusion, ("a", "b", "c"), shares=False).axes[0].patches
    }
    assert set(alphas) == {(0, 0), (1, 1), (2, 2), (1, 0), (2, 1)}  # (predicted, true)
    assert 0.1 < alphas[1, 0] < alphas[2, 1]


def test_a_class_that_is_nearly_always_right_is_not_shown_as_perfect() -> None:
    confusion = np.array([[99_999, 1], [0, 10]])
    texts = [text.get_text() for text in draw_confusion(confusion, ("a", "b"), shares=True).axes[0].texts]
    assert texts == ["99.9", "<0.1", "100"]
