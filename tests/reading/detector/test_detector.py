import numpy as np
import pytest

from tenfold.reading.detector import Detection, Detector, Found, detector
from tenfold.reading.detector.finder import Finder, _scales, _turned
from tenfold.reading.detector.merging import apart, distinct, marks_instead
from tenfold.reading.turning import turned_edges


def found(label: int, score: float, box: tuple[float, float, float, float]) -> Found:
    shares = np.full(15, 0.01, np.float32)
    shares[label] = score
    return Found(shares, box)


def test_what_is_found_at_two_sizes_is_one_digit_the_likelier() -> None:
    twice = [found(1, 0.5, (10, 10, 20, 30)), found(7, 0.8, (11, 9, 21, 31))]
    assert [one.label for one in distinct(twice)] == [7]


def test_what_is_not_the_same_waits_until_it_is_judged() -> None:
    parts = [found(8, 0.5, (10, 10, 40, 70)), found(0, 0.7, (14, 12, 36, 38))]
    assert sorted(one.label for one in distinct(parts)) == [0, 8]


def test_neighbours_that_touch_are_two() -> None:
    assert len(apart([found(0, 0.6, (10, 10, 26, 30)), found(0, 0.8, (24, 10, 40, 30))])) == 2


def test_a_part_of_a_digit_goes_with_it_and_two_as_one_with_either() -> None:
    parts = [found(0, 0.5, (14, 12, 36, 38)), found(8, 0.7, (10, 10, 40, 70))]
    assert [one.label for one in apart(parts)] == [8]
    two = [found(1, 0.8, (10, 10, 20, 40)), found(4, 0.4, (10, 10, 42, 40)), found(1, 0.7, (30, 10, 40, 40))]
    assert [one.label for one in apart(two)] == [1, 1]


def test_a_stroke_of_a_digit_is_no_separator_but_a_dot_beside_it_is() -> None:
    kept = apart([found(7, 0.9, (10, 10, 30, 40)), found(13, 0.5, (15, 20, 22, 38)), found(10, 0.5, (32, 37, 35, 40))])
    assert [one.label for one in kept] == [7, 10]


def test_a_slash_that_may_be_a_one_is_a_likelier_separator_in_its_place() -> None:
    slash = found(13, 0.7, (50, 10, 70, 60))
    digits = [found(1, 0.4, (52, 12, 72, 62)), found(1, 0.8, (52, 12, 72, 62)), found(1, 0.4, (80, 10, 100, 60))]
    assert marks_instead(digits, [slash]).tolist() == pytest.approx([0.7, 0.0, 0.0])
    assert marks_instead(digits, []).tolist() == [0.0, 0.0, 0.0]
    assert marks_instead([], [slash]).shape == (0,)


def test_of_very_many_digits_those_are_judged_of_which_the_page_network_is_least_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(detector, "_MOST_JUDGED", 2)
    reader = Detector(threads=1)
    asked = []
    monkeypatch.setattr(
        reader.judge, "chances", lambda crops: asked.append(len(crops)) or np.full((len(crops), 10), 0.01, np.float32)
    )
    places = [found(3, score, (30.0 * i, 10, 30.0 * i + 20, 40)) for i, score in enumerate((0.9, 0.4, 0.99, 0.7))]
    _boxes, chances, judged = reader.opinions(np.full((60, 150), 200, np.uint8), Detection(tuple(places)))
    assert asked == [2]
    assert [bool((judged[row] == chances[row]).all()) for row in range(4)] == [True, False, True, False]


@pytest.mark.parametrize(("height", "width"), [(28, 28), (60, 300), (1000, 800), (2000, 3000)])
def test_a_digit_that_fills_the_page_is_small_enough_somewhere(height: int, width: int) -> None:
    assert max(height, width) * min(_scales(height, width)) <= 58


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_boxes_of_a_turned_page_lie_on_the_page_as_it_was_given(quarters: int) -> None:
    page = np.zeros((50, 90), np.uint8)
    page[12:20, 30:35] = 1
    turned = np.rot90(page, -quarters)
    ys, xs = np.nonzero(turned)
    box = (float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    back = _turned(box, turned.shape, 360 - 90 * quarters)
    assert back == (30, 12, 35, 20)
    assert turned_edges(np.array([back]), (50, 90), 90 * quarters).tolist() == [list(box)]


class Spy(Finder):
    """Answers that nothing stands anywhere, and notes at what sizes it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def answers(self, pages: np.ndarray) -> np.ndarray:
        self.asked.append((pages.shape[2], pages.shape[3]))
        empty = np.zeros((1, 23, pages.shape[2] // 4, pages.shape[3] // 4), np.float32)
        empty[:, :19] = -9
        return empty


def test_a_large_page_without_small_digits_is_not_looked_at_in_full() -> None:
    spy = Spy()
    assert spy.find(np.zeros((2000, 1500), np.uint8)).found == ()
    assert max(height * width for height, width in spy.asked) < 600_000


def test_every_size_is_a_multiple_of_32() -> None:
    spy = Spy()
    spy.find(np.zeros((37, 211), np.uint8))
    assert all(height % 32 == width % 32 == 0 for height, width in spy.asked)


def line_of(score: float, top: float = 10, left: float = 10) -> Detection:
    """Four digits side by side."""
    return Detection(tuple(found(3, score, (left + 24.0 * i, top, left + 24.0 * i + 18, top + 30.0)) for i in range(4)))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Detector, list[np.ndarray]]:
    """The shipped detector, whose line network notes its strips and takes all cells of one half for a 5."""
    reader, strips = Detector(threads=1), []

    def chances(strip: np.ndarray) -> np.ndarray:
        strips.append(strip)
        seen = np.zeros((strip.shape[1] // 4, 10), np.float32)
        seen[: len(seen) // 2, 5] = 0.9
        return seen

    monkeypatch.setattr(reader.line_judge, "chances", chances)
    return reader, strips


def in_lines(reader: Detector, page: np.ndarray, detection: Detection) -> tuple[np.ndarray, np.ndarray]:
    boxes = np.array([one.box for one in detection.digits])
    shares = np.array([one.shares[:10] for one in detection.digits])
    return reader.in_lines(page, boxes, shares, detection.turned)


def test_the_line_network_says_of_each_digit_what_it_sees_at_its_middle(
    asked: tuple[Detector, list[np.ndarray]],
) -> None:
    reader, strips = asked
    judged, lined = in_lines(reader, np.full((60, 150), 200, np.uint8), line_of(0.6))
    assert len(strips) == 1
    assert judged.all()
    assert lined.argmax(axis=1)[:2].tolist() == [5, 5]
    assert lined.sum(axis=1).tolist() == pytest.approx([0.9, 0.9, 0, 0])


def test_what_may_be_no_digit_makes_no_line_but_is_judged_on_one(asked: tuple[Detector, list[np.ndarray]]) -> None:
    reader, strips = asked
    page = np.full((60, 150), 200, np.uint8)
    judged, _lined = in_lines(reader, page, line_of(0.1))
    assert not judged.any()
    assert not strips
    doubtful = Detection((*line_of(0.6).found, found(1, 0.1, (34.0, 12, 40, 40))))
    judged, _lined = in_lines(reader, page, doubtful)
    assert judged.all()


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_strips_of_a_turned_page_stand_upright(quarters: int, asked: tuple[Detector, list[np.ndarray]]) -> None:
    reader, strips = asked
    upright = np.random.default_rng(0).integers(0, 256, (60, 150), dtype=np.uint8)
    detection = line_of(0.6)
    in_lines(reader, upright, detection)
    page = np.ascontiguousarray(np.rot90(upright, quarters))
    boxes = turned_edges(np.array([one.box for one in detection.digits]), upright.shape, 360 - 90 * quarters)
    there = tuple(found(3, 0.6, tuple(box)) for box in boxes)
    in_lines(reader, page, Detection(there, 90 * quarters))
    assert np.array_equal(*strips)


def test_of_very_many_lines_those_are_judged_that_hold_what_is_least_sure(
    monkeypatch: pytest.MonkeyPatch, asked: tuple[Detector, list[np.ndarray]]
) -> None:
    monkeypatch.setattr(detector, "_LONGEST", 200)
    reader, strips = asked
    lines = [line_of(score, 10 + 60 * i).found for i, score in enumerate((0.95, 0.6, 0.9))]
    judged, _lined = in_lines(reader, np.full((200, 150), 200, np.uint8), Detection(sum(lines, ())))
    assert len(strips) == 1
    assert np.flatnonzero(judged).tolist() == [4, 5, 6, 7]
