import numpy as np
import pytest

from tenfold.data.pages.canvas import UNKNOWN
from tenfold.data.pages.make import turned
from tenfold.reading.detector.peaks import SMALL, STRIDE, TURNS
from tenfold.training.page.matching import NOBODY_KNOWS, NONE, matched
from tenfold.training.page.targets import Targets, varied


def mark(label: int, left: float, top: float, width: float, height: float) -> np.ndarray:
    return np.array([[label, left, top, left + width, top + height]], np.float32)


def made(marks: np.ndarray, turn: int = 0) -> Targets:
    target = Targets(128)
    target.add(marks, turn)
    return target


def test_a_digit_is_hot_in_its_class_at_its_middle_and_tells_its_box() -> None:
    target = made(mark(7, 40, 60, 12, 20))
    channel, y, x = np.unravel_index(target.heats.argmax(), target.heats.shape)
    assert (channel, y, x) == (7, 70 // STRIDE, 46 // STRIDE)
    assert target.heats[7, y, x] == 1
    dx, dy, width, height = target.boxes[:, y, x]
    assert ((x + 0.5 + dx) * STRIDE, (y + 0.5 + dy) * STRIDE) == pytest.approx((46, 70))
    assert np.exp([width, height]) == pytest.approx([12, 20])
    assert target.heats[:7].max() == target.heats[8:].max() == 0


def test_small_digits_only_ask_for_a_closer_look_and_large_ones_for_nothing() -> None:
    small = made(mark(7, 40, 60, 3, 5))
    assert small.heats[SMALL].max() == 1
    assert small.heats[:10].max() == 0
    large = made(mark(7, 20, 20, 60, 80))
    assert large.heats.max() == 0
    assert large.weights.min() == 1


def test_digits_of_a_turned_page_speak_for_its_turn() -> None:
    target = made(mark(7, 40, 60, 20, 12), turn=3)
    assert target.heats[TURNS + 3].max() == 1
    assert target.heats[:10].max() == 0


def test_what_nobody_can_name_is_not_asked() -> None:
    target = made(mark(UNKNOWN, 40, 60, 12, 20))
    assert target.heats.max() == 0
    assert target.weights[:, 70 // STRIDE, 46 // STRIDE].max() == 0


def test_a_dot_is_asked_for_where_the_digits_beside_it_are() -> None:
    near = made(np.concatenate([mark(7, 40, 60, 12, 20), mark(10, 55, 77, 3, 3)]))
    assert near.heats[10].max() == 1
    far = made(np.concatenate([mark(7, 20, 20, 60, 80), mark(10, 85, 97, 3, 3)]))
    assert far.heats[10].max() == 0


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.0, 1.6])
def test_marks_move_with_the_page(scale: float) -> None:
    page = np.zeros((128, 128), np.uint8)
    page[50:70, 60:72] = 255
    seen, marks = varied(page, mark(1, 60, 50, 12, 20), np.random.default_rng(3), scale)
    ys, xs = np.nonzero(seen > 127)
    assert len(ys)
    assert marks[0, 1:] == pytest.approx([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], abs=1.0)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_marks_turn_with_the_page(quarters: int) -> None:
    page = np.zeros((128, 128), np.uint8)
    page[50:70, 60:72] = 255
    seen, marks = turned(page, mark(1, 60, 50, 12, 20), quarters)
    ys, xs = np.nonzero(seen)
    assert marks[0, 1:].tolist() == [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]


def test_a_mark_belongs_to_the_box_that_fits_it_best() -> None:
    marks = np.concatenate([mark(7, 40, 60, 12, 20), mark(UNKNOWN, 80, 60, 12, 20)])
    boxes = np.array([[40, 60, 53, 80], [41, 61, 52, 70], [0, 0, 12, 20], [80, 60, 92, 80]], float)
    assert matched(boxes, marks).tolist() == [7, NOBODY_KNOWS, NONE, NOBODY_KNOWS]
