"""Charts of a comparison: the front is the front, and every contender can be told from the others."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox

from tenfold.comparison.figures import draw_curves, draw_trade_offs, has_approaches, has_curves, pareto

RNG = np.random.default_rng(0)


def _row(name: str, accuracy: float, cost: float, epochs: int = 5, points: int = 0):
    history = [{"seconds": cost, "val_accuracy": accuracy - 0.1 / epoch} for epoch in range(1, epochs + 1)]
    steps = [{"epoch": i / points, "step": i, "train_accuracy": 1 - 1 / i} for i in range(1, epochs * points + 1)]
    contender = SimpleNamespace(runs=[SimpleNamespace(history=history, steps=steps)])
    return SimpleNamespace(
        name=name,
        contender=contender,
        accuracy={"mean": accuracy},
        accuracy_ci95=(accuracy - 0.002, accuracy + 0.002),
        train_seconds={"mean": cost * epochs} if epochs else None,
        size_bytes=int(1e4 * cost),
        latency_ms={"mean": cost / 100},
    )


ROWS = {
    "two": [_row("mlp", 0.978, 20.0), _row("cnn", 0.991, 45.0)],
    "seven": [_row(f"cnn-number-{i}", 0.985 + RNG.uniform(0, 0.01), 10 * RNG.uniform(1, 3)) for i in range(7)],
    "all alike": [_row("the same model under a very long name", 0.99, 10.0)] * 4,
    "one of one epoch": [_row("mlp", 0.978, 20.0), _row("fast", 0.98, 6.0, epochs=1, points=50)],
    "an ensemble without history": [_row("ensemble", 0.99, 10.0, epochs=0), _row("fast", 0.98, 1.0, epochs=1)],
}


def test_the_front_is_who_nobody_beats():
    assert pareto([(1, 0.9), (2, 0.8), (3, 0.95), (3, 0.97), (0.5, 0.1)]) == [4, 0, 3]
    assert pareto([(1, 0.9), (1, 0.9)]) == [0]


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("draw", [draw_curves, draw_trade_offs])
def test_no_text_is_cut_off_or_covered_by_other_text(draw, name):
    figure = draw(ROWS[name])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [
        (text.get_text(), text.get_window_extent(canvas.get_renderer()))
        for axes in figure.axes
        for text in (*axes.texts, axes.title, axes._left_title, axes.xaxis.label, *_legend(axes))
        if text.get_text()
    ]
    assert texts
    for text, box in texts:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, text
    for (text, box), (other, its_box) in combinations(texts, 2):
        both = Bbox.intersection(box, its_box)
        assert both is None or min(both.width, both.height) < 3, (text, other)


def _legend(axes):
    legend = axes.get_legend()
    return legend.get_texts() if legend else []


def test_every_contender_has_its_own_colour_and_mark():
    lines = draw_curves(ROWS["seven"]).axes[0].lines
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == 7
    assert len({line.get_color() for line in lines}) == 7


def test_who_kept_no_history_has_no_curve():
    assert has_curves(ROWS["an ensemble without history"])
    assert len(draw_curves(ROWS["an ensemble without history"]).axes[0].lines) == 1
    assert not has_curves(ROWS["an ensemble without history"][:1])


def test_who_trained_few_epochs_is_led_to_by_a_line_over_their_steps():
    rows = ROWS["one of one epoch"]
    for axes, whole in zip(draw_curves(rows).axes, (1.0, 6.0), strict=True):
        _mlp, dot, line = axes.lines
        assert line.get_xdata() == pytest.approx(whole * np.arange(1, 51) / 50)
        assert list(line.get_ydata()[[0, 3]]) == [1, 0.25]
        assert (line.get_color(), list(dot.get_xdata())) == (dot.get_color(), [whole])
    assert has_approaches(rows)
    assert not has_approaches(ROWS["two"])
