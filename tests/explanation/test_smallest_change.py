import numpy as np
import pytest
from tests.explanation.corner import CORNER, inked_corner, write_corner_model

from tenfold.explanation.contrast import contrast
from tenfold.explanation.pen_strokes import LONGEST, changed, cover, grid_strokes, moved, sizes
from tenfold.explanation.smallest_change import find_smallest_change
from tenfold.inference.classifier import Classifier
from tenfold.inference.frame import frame


def test_a_changed_view_gets_the_other_answer(run, digits):
    fresh = Classifier(run.onnx)
    for view in digits.images[:10]:
        question = contrast(Classifier(run.onnx), view)
        found = find_smallest_change(question)
        assert found.answer != question.answer
        assert fresh.logits(found.view[None]).argmax() == found.answer
        assert found.size == pytest.approx(np.abs(found.view.astype(int) - view).sum() / 255)
        assert found.holds == (fresh.logits(frame(found.view)[None]).argmax() == found.answer)


def test_a_change_towards_a_class_ends_there(run, digits):
    view = digits.images[0]
    classifier = Classifier(run.onnx)
    answer = contrast(classifier, view).answer
    against = classifier.card.classes[(answer + 4) % 10]
    found = find_smallest_change(contrast(classifier, view, against), to_rival=True)
    assert classifier.card.classes[found.answer] == against


def test_no_stroke_of_the_same_search_is_smaller(run, digits):
    """The coarse strokes alone, all of them, hold none that changes the answer with less."""
    question = contrast(Classifier(run.onnx), digits.images[3])
    strokes = grid_strokes()
    views = np.concatenate([changed(question.view, strokes, np.full(len(strokes), ink)) for ink in (True, False)])
    answers = question.classifier.logits(views).argmax(axis=1)
    framed = question.classifier.logits(np.array([frame(view) for view in views])).argmax(axis=1)
    other = (answers != question.answer) & (answers == framed)
    assert find_smallest_change(question).size <= sizes(question.view, views)[other].min() + 1e-9


def test_only_the_corner_is_changed_where_only_the_corner_counts(corner):
    found = find_smallest_change(contrast(corner, inked_corner()))
    touched = found.view != inked_corner()
    assert touched[CORNER].any()
    assert found.answer == 0
    assert set(found.strokes) == {"erased"}


def test_where_nothing_counts_there_is_no_change(tmp_path):
    blind = Classifier(write_corner_model(tmp_path / "blind.onnx", np.zeros((784, 10), np.float32)))
    assert find_smallest_change(contrast(blind, inked_corner())) is None


def test_strokes_are_no_longer_than_allowed_and_cover_what_they_run_over():
    strokes = grid_strokes()
    around, owner = moved(strokes[:5], 2.0)
    for some in (strokes, around):
        assert np.hypot(some[:, 0] - some[:, 2], some[:, 1] - some[:, 3]).max() <= LONGEST
    assert np.abs(around - strokes[owner]).max() == 2
    line = cover(np.array([[6, 10, 14, 10]], np.float32), 2.4)[0]
    assert line[10, 6:15].min() == 1
    assert line[13].max() == line[:, 17].max() == 0
