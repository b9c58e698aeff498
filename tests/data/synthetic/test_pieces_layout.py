"""Lines of writing are found and read in order; loose strokes stay with their digit, dirt does not count."""

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, scaled, written

from tenfold.data.synthetic.pieces_layout import find_layout
from tenfold.reading.ink import Ink


def _layout(strength):
    return find_layout(Ink(strength, "dark-on-light", 8.0))


def _parts(layout):
    return [len(line.parts) for line in layout.lines]


def _turned(page, degrees):
    height, width = page.shape
    return cv2.warpAffine(page, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), (width, height))


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["7"], [1]),
        (["0123456789"], [10]),
        (["047", "235"], [3, 3]),
        (["1", "2", "3", "4"], [1, 1, 1, 1]),
        (["12  34", "567890", "  1"], [4, 6, 1]),
        (["9    8    7"], [3]),
    ],
)
@pytest.mark.parametrize("by", [0.25, 1, 3])
def test_lines_are_found_from_top_to_bottom_and_parts_from_left_to_right(lines, parts, by):
    layout = _layout(scaled(written(*lines), by))
    assert _parts(layout) == parts
    middles = [np.mean([part.box[1] + part.box[3] / 2 for part in line.parts]) for line in layout.lines]
    assert middles == sorted(middles)
    for line in layout.lines:
        assert [part.box[0] for part in line.parts] == sorted(part.box[0] for part in line.parts)
        assert line.height == pytest.approx(60 * by, rel=0.1)


def test_boxes_labels_and_areas_are_those_of_the_ink():
    page = written("04 7", "235")
    layout = _layout(page)
    labels = [part.label for line in layout.lines for part in line.parts]
    assert len(set(labels)) == 6
    solid = page > 64
    for line in layout.lines:
        for part in line.parts:
            rows, columns = np.nonzero((layout.labels == part.label) & solid)
            x, y = columns.min(), rows.min()
            assert part.box == (x, y, columns.max() - x + 1, rows.max() - y + 1)
            assert part.area == len(rows)
    assert (layout.labels[solid] > 0).all()
    assert (layout.labels[page == 0] == 0).all()


@pytest.mark.parametrize("degrees", [-15, -10, -5, 5, 10, 15])
def test_slanted_lines_are_read_along_their_slant(degrees):
    first, second = "0123456789", "9876543210"
    page = _turned(written(first, second, margin=160), degrees)
    layout = _layout(page)
    assert _parts(layout) == [10, 10]
    for line in layout.lines:
        y = [part.box[1] + part.box[3] / 2 for part in line.parts]
        assert (y[0] - y[-1]) * degrees > 0
    assert layout.lines[0].parts[0].box[1] < layout.lines[1].parts[0].box[1]


def test_two_digits_of_unequal_size_stand_in_one_line():
    small = scaled(digits()[2], 0.6)
    page = np.zeros((120, 200), np.uint8)
    page[10:94, 10:94] = digits()[4]
    page[30 : 30 + small.shape[0], 110 : 110 + small.shape[1]] = small
    assert _parts(_layout(page)) == [2]


@pytest.mark.parametrize("by", [0.5, 1, 3])
@pytest.mark.parametrize(("gap", "length"), [(3, 18), (8, 18), (3, 30)])
def test_the_loose_bar_of_a_5_is_in_its_line(gap, length, by):
    page = np.zeros((140, 220), np.uint8)
    body = [(60, 40), (56, 65), (80, 66), (86, 84), (72, 100), (50, 96)]
    cv2.polylines(page, [np.array(body)], False, 255, 6)
    cv2.line(page, (66 + gap, 36), (66 + gap + length, 33), 255, 6)
    page[30:114, 120:204] |= digits()[3]
    layout = _layout(scaled(page, by))
    assert _parts(layout) == [3]
    [line] = layout.lines
    assert line.parts[1].box[3] < 0.3 * line.height


@pytest.mark.parametrize("gap", [10, 25])
def test_a_point_beside_a_digit_is_in_its_line(gap):
    page = np.pad(written("4"), ((0, 0), (0, 40)))
    [four] = _layout(page).lines[0].parts
    x, y = four.box[0] + four.box[2] + gap, four.box[1] + four.box[3] - 10
    page[y : y + 10, x : x + 10] = 255
    [line] = _layout(page).lines
    assert [part.box for part in line.parts] == [four.box, (x, y, 10, 10)]


@pytest.mark.parametrize("place", [(10, 10), (200, 60), (30, 130)])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_specks_are_ignored(place, size):
    page = written("047")
    plain = _layout(page)
    dirty = page.copy()
    y, x = np.minimum(place, np.array(page.shape) - size)
    assert not dirty[y : y + size, x : x + size].any()
    dirty[y : y + size, x : x + size] = 255
    boxes = [[part.box for part in line.parts] for line in _layout(dirty).lines]
    assert boxes == [[part.box for part in line.parts] for line in plain.lines]


def test_a_small_mark_far_from_any_digit_is_ignored():
    page = written("4", margin=150)
    page[10:20, 10:20] = 255
    assert _parts(_layout(page)) == [1]


@pytest.mark.parametrize("faint", [0, 60])
def test_a_page_without_solid_ink_has_no_lines(faint):
    layout = _layout(np.full((50, 80), faint, np.uint8))
    assert layout.lines == ()
    assert layout.labels.shape == (50, 80)


def test_a_lying_stroke_alone_is_a_line():
    page = np.zeros((60, 200), np.uint8)
    page[28:32, 20:180] = 255
    assert _parts(_layout(page)) == [1]


def test_a_page_of_confetti_ends_soon():
    noise = np.random.default_rng(0).random((1000, 1000)) < 0.3
    layout = _layout(cv2.resize(noise.astype(np.uint8) * 255, (2000, 2000), interpolation=cv2.INTER_NEAREST))
    assert sum(_parts(layout)) <= 1500


def _found(*boxes, shape=(400, 400)):
    """The boxes of each line that is found of filled boxes."""
    page = np.zeros(shape, np.uint8)
    for x, y, wide, tall in boxes:
        page[y : y + tall, x : x + wide] = 255
    return [[part.box for part in line.parts] for line in _layout(page).lines]


BAR = (100, 100, 20, 100)
"""Writing a hundred pixels high."""


@pytest.mark.parametrize(
    ("other", "lines"),
    [
        ((130, 100, 12, 12), [[0, 1]]),  # dirt is smaller than 12 % of the height
        ((130, 100, 11, 11), [[0]]),
        ((130, 100, 3, 12), [[0, 1]]),
        ((190, 100, 20, 20), [[0, 1]]),  # small pieces are taken in within 70 %
        ((191, 100, 20, 20), [[0]]),
        ((100, 270, 20, 20), [[0, 1]]),
        ((100, 271, 20, 20), [[0]]),
        ((10, 100, 20, 20), [[1, 0]]),
        ((9, 100, 20, 20), [[0]]),
        ((100, 10, 20, 20), [[0, 1]]),
        ((100, 9, 20, 20), [[0]]),
        ((162, 256, 20, 20), [[0, 1]]),  # 42 aside and 56 below are 70
        ((163, 256, 20, 20), [[0]]),
        ((300, 300, 20, 45), [[0], [1]]),  # 45 % is writing in its own right
        ((300, 300, 20, 44), [[0]]),
        ((300, 160, 20, 100), [[0, 1]]),  # 40 % side by side is one line
        ((300, 161, 20, 100), [[0], [1]]),
        ((300, 182, 20, 45), [[0, 1]]),  # of the lower of the two
        ((300, 183, 20, 45), [[0], [1]]),
    ],
)
def test_what_stands_near_or_beside_is_of_the_line(other, lines):
    assert _found(BAR, other) == [[(BAR, other)[index] for index in line] for line in lines]


@pytest.mark.parametrize(("level", "found"), [(64, []), (65, [[BAR]])])
def test_the_soft_edge_of_a_stroke_is_no_part_by_itself(level, found):
    page = np.zeros((400, 400), np.uint8)
    page[100:200, 100:120] = level
    assert [[part.box for part in line.parts] for line in _layout(page).lines] == found


def test_what_has_fewer_than_three_pixels_is_dirt_however_small_the_writing():
    bar = (10, 10, 3, 10)
    assert _found(bar, (15, 10, 2, 1), shape=(30, 30)) == [[bar]]
    assert _found(bar, (15, 10, 3, 1), shape=(30, 30)) == [[bar, (15, 10, 3, 1)]]


def test_the_height_of_writing_is_that_of_most_ink():
    for boxes, height in (
        ([(10, 10, 10, 60), (40, 10, 20, 90)], 90),
        ([(10, 10, 31, 60), (60, 10, 20, 90)], 60),
        ([(10, 10, 90, 6)], 30),  # a lying stroke's length counts a third
    ):
        page = np.zeros((200, 200), np.uint8)
        for x, y, wide, tall in boxes:
            page[y : y + tall, x : x + wide] = 255
        [line] = _layout(page).lines
        assert line.height == height
        assert line.slant == 0


def test_of_a_page_of_confetti_the_largest_fifteen_hundred_are_looked_at():
    page = np.zeros((400, 400), np.uint8)
    for place in range(1600):
        y, x = divmod(place, 40)
        page[10 * y : 10 * y + 5, 10 * x : 10 * x + (4 if place < 1490 else 3)] = 255
    parts = [part for line in _layout(page).lines for part in line.parts]
    assert len(parts) == 1500
    assert sum(part.area == 15 for part in parts) == 10


def test_a_layout_cannot_be_changed():
    layout = _layout(written("7"))
    for one, name in ((layout, "lines"), (layout.lines[0], "height"), (layout.lines[0].parts[0], "box")):
        with pytest.raises(AttributeError, match="can.t set"):
            setattr(one, name, None)
