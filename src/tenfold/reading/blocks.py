"""Blocks of writing: columns of text and tables side by side are kept apart, so that no line runs through two of them.

The page is cut where nothing stands, across and down by turns (the recursive XY-cut of Nagy and Seth 1984). An empty
band alone proves little: columns of one table may lie far apart, and so may two numbers on a line. So what stands side
by side is of two blocks only where its lines do not go on across the band.
"""

import numpy as np

from tenfold.reading.lines import Boxes, find_lines, line_slope, typical_height
from tenfold.reading.measures import quantile

_BAND = 2.0
"""An empty band is wider than so many heights of a digit."""

_LINES, _DIGITS = 2, 3
"""A block that stands beside another has so many lines, or is a column of so many digits."""

_NEAREST = 2
"""So many digits of a line, those nearest to the band, tell where it would go on."""

_SAME_LINE = 0.4
"""Lines on both sides of a band are one if their middles differ by at most so many heights,"""

_LEANING = 0.65
"""after what all differ by is taken off, up to so many heights: the page's slope is known but roughly."""

_NEXT_LINE = 1.5
"""Lines that differ by so many heights may be two rows of one table. Lines that differ by less, and are not one, are in
each other's way: they are of two blocks."""

_FEW = 3
"""Fewer lines in each other's way may be written carelessly."""

_GOES_ON = 0.6
"""Share of the lines near another, across the band, that go on there if both sides are one block."""


def find_blocks(boxes: Boxes) -> list[list[int]]:
    """Indices of the boxes of each block, blocks in reading order; mostly it is one block with all of them.

    boxes [n, 4]: left, top, right, bottom.
    """
    if not len(boxes):
        return []
    return [sorted(block) for block in _parted(_upright(boxes), list(range(len(boxes))))]


def _upright(boxes: Boxes) -> Boxes:
    """The boxes as they would lie if lines were level and columns upright."""
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    aside, down = line_slope(boxes[:, [1, 0, 3, 2]]) * middle_y, line_slope(boxes) * middle_x
    return np.asarray(boxes - np.stack([aside, down, aside, down], axis=1), np.float64)


def _parted(boxes: Boxes, block: list[int]) -> list[list[int]]:
    """The blocks that a block consists of, in reading order."""
    strips = _side_by_side(boxes, block)
    if len(strips) > 1:
        return [part for strip in strips for part in _parted(boxes, strip)]
    sections = _split(boxes, block, axis=1)
    if len(sections) == 1:
        return [block]
    parts: list[list[int]] = []
    goes_on = False
    for section in sections:
        inner = _parted(boxes, section)
        if goes_on and len(inner) == 1:  # only what stands side by side needs to be kept apart
            parts[-1] = parts[-1] + section
        else:
            parts += inner
        goes_on = len(inner) == 1
    return parts


def _side_by_side(boxes: Boxes, block: list[int]) -> list[list[int]]:
    """The strips of a block, from left to right. Two neighbours are one strip where lines go on across."""
    first, *others = _split(boxes, block, axis=0)
    strips = [first]
    for strip in others:
        if _are_two(boxes, strips[-1], strip):
            strips.append(strip)
        else:
            strips[-1] = strips[-1] + strip
    return strips


def _split(boxes: Boxes, block: list[int], axis: int) -> list[list[int]]:
    """A block cut at each empty band that runs all through it: upright bands for axis 0, level ones for axis 1."""
    room = _BAND * typical_height(boxes[block])
    first, *others = sorted(block, key=lambda index: float(boxes[index, axis]))
    parts, end = [[first]], boxes[first, axis + 2]
    for index in others:
        if boxes[index, axis] - end > room:
            parts.append([])
        parts[-1].append(index)
        end = max(end, boxes[index, axis + 2])
    return parts


def _are_two(boxes: Boxes, left: list[int], right: list[int]) -> bool:
    """Whether two strips are clearly two blocks: most lines of both end at the empty band between them."""
    lines = [[[side[index] for index in line] for line in find_lines(boxes[side])] for side in (left, right)]
    if not all(_is_orderly(boxes, side) for side in lines):
        return False
    ends = _levels(boxes, [line[-_NEAREST:] for line in lines[0]])
    starts = _levels(boxes, [line[:_NEAREST] for line in lines[1]])
    apart = (starts[None] - ends[:, None]) / typical_height(boxes[left + right])
    beside = apart[np.abs(apart) < _LEANING]
    if beside.size:
        apart = apart - quantile(beside.astype(np.float32), 0.5)
    nearest = np.concatenate([np.abs(apart).min(axis=1), np.abs(apart).min(axis=0)])
    going_on = int((nearest <= _SAME_LINE).sum())
    in_the_way = int(((nearest > _SAME_LINE) & (nearest < _NEXT_LINE)).sum())
    return in_the_way >= _FEW and going_on < _GOES_ON * (going_on + in_the_way)


def _is_orderly(boxes: Boxes, lines: list[list[int]]) -> bool:
    """Whether a strip has lines that could go on in another. Digits that are strewn over a page have none."""
    if 2 * sum(len(line) > 1 for line in lines) > len(lines):
        return len(lines) >= _LINES
    digits = boxes[[index for line in lines for index in line]]
    below_each_other = bool(digits[:, 0].max() < digits[:, 2].min())
    return below_each_other and len(digits) >= _DIGITS


def _levels(boxes: Boxes, lines: list[list[int]]) -> Boxes:
    """How far down the middle of each of so many lines lies."""
    return np.array([boxes[line][:, [1, 3]].mean() for line in lines])
