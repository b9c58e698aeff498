"""Where digits that touch may come apart: slanted cuts through the thinnest places of a wide part."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthetic.pieces_layout import Layout, Line, Part

Floats = NDArray[np.float32]

_WIDE = 0.75
"""A part this wide, as a share of the writing's height, may be several digits."""

_NARROWEST = 0.12
"""Two cuts lie at least this far apart, as a share of the writing's height."""

_EACH = 6
"""Cuts offered for each height of a digit: more than there are, for the recogniser chooses."""

_SLANTS = np.linspace(-0.6, 0.9, 16, dtype=np.float32)
"""Slants tried, as the shift to the right of a stroke's top by its height: most people lean to the right."""

_SAMPLE = 4000
"""Pixels of ink that a slant is judged by."""


def cut_wide_parts(layout: Layout, strength: NDArray[np.uint8]) -> Layout:
    """The same layout with every wide part cut into slices, each a part of its own, from left to right."""
    if not any(_is_wide(part, line) for line in layout.lines for part in line.parts):
        return layout
    labels = layout.labels.copy()
    free = int(labels.max()) + 1
    lines = []
    for line in layout.lines:
        slant = _slant(labels, line)
        parts: list[Part] = []
        for part in line.parts:
            slices = _slices(labels, strength, part, line.height, slant, free) if _is_wide(part, line) else [part]
            free += len(slices)
            parts.extend(slices)
        middles = [part.box[0] + part.box[2] / 2 + slant * (part.box[1] + part.box[3] / 2) for part in parts]
        parts = [parts[i] for i in np.argsort(middles, kind="stable")]
        lines.append(line._replace(parts=tuple(parts), slant=slant))
    return Layout(labels, tuple(lines))


def _is_wide(part: Part, line: Line) -> bool:
    return part.box[2] > _WIDE * line.height and part.box[3] > 0.3 * line.height


def _slant(labels: NDArray[np.int32], line: Line) -> float:
    """The slant along which the line's ink falls into the fewest, fullest columns."""
    xs, ys = [], []
    for part in line.parts:
        x, y, width, height = part.box
        rows, columns = np.nonzero(labels[y : y + height, x : x + width] == part.label)
        xs.append(columns + x)
        ys.append(rows + y)
    x_all, y_all = np.concatenate(xs).astype(np.float32), np.concatenate(ys).astype(np.float32)
    step = max(1, len(x_all) // _SAMPLE)
    x_all, y_all = x_all[::step], y_all[::step]
    bins = max(8.0, line.height / 2)  # columns a writing's height
    columns = ((x_all + _SLANTS[:, None] * y_all) * (bins / line.height)).astype(np.int64)
    columns -= columns.min(axis=1, keepdims=True)
    breadth = int(columns.max()) + 1
    # All slants are counted at once, each in columns of its own.
    places = columns + breadth * np.arange(len(_SLANTS))[:, None]
    counts = np.bincount(places.ravel(), minlength=breadth * len(_SLANTS)).reshape(len(_SLANTS), breadth)
    fullness = np.square(counts).sum(axis=1)
    # Writing is about as slanted as its neighbours say: the best three, smoothed against a chance maximum.
    smooth = np.convolve(fullness, [0.25, 0.5, 0.25], mode="same")
    return float(_SLANTS[int(np.argmax(smooth[1:-1])) + 1])


def _slices(
    labels: NDArray[np.int32], strength: NDArray[np.uint8], part: Part, height: float, slant: float, free: int
) -> list[Part]:
    """A part's slices between the thinnest places of its slanted profile; labels gets theirs, from free on."""
    x, y, width, tall = part.box
    window = labels[y : y + tall, x : x + width]
    rows, columns = np.nonzero(window == part.label)
    along = columns + slant * rows
    first = float(along.min())
    column = (along - first).astype(np.int64)
    ink = strength[y : y + tall, x : x + width][rows, columns] / 255
    profile = np.bincount(column, ink).astype(np.float32)
    places = _places(profile, _extent(column, rows), height)
    if len(places) == 0:
        return [part]
    piece = np.searchsorted(places, column, side="right")
    found = []
    for number in range(len(places) + 1):
        inside = piece == number
        if not inside.any():
            continue
        r, c = rows[inside], columns[inside]
        window[r, c] = free + number
        left, top = int(c.min()), int(r.min())
        box = (x + left, y + top, int(c.max()) - left + 1, int(r.max()) - top + 1)
        found.append(Part(free + number, box, int(inside.sum())))
    return found


def _extent(column: NDArray[np.int64], rows: NDArray[np.intp]) -> Floats:
    """From the highest to the lowest ink of each column, in pixels."""
    top = np.full(int(column.max()) + 1, np.iinfo(np.int64).max)
    bottom = np.full(len(top), -1)
    np.minimum.at(top, column, rows)
    np.maximum.at(bottom, column, rows)
    return np.asarray(np.maximum(bottom - top + 1, 0), np.float32)


def _places(profile: Floats, extent: Floats, height: float) -> NDArray[np.intp]:
    """Columns where digits may touch, at least _NARROWEST apart, at most _EACH a digit's height.

    First where the outline is waisted: two rounds that touch have the most ink there, not the least. Then where there
    is least ink: a thin stroke joins its neighbours there, if it does not go through the middle of a 0.
    """
    reach = max(1, round(_NARROWEST * height))
    most = max(1, round(_EACH * len(profile) / height))
    chosen: list[int] = []
    for measure in (extent, profile):
        for place in _minima(measure, reach):
            if len(chosen) < most and all(abs(place - other) >= reach for other in chosen):
                chosen.append(int(place))
    return np.array(sorted(chosen), np.intp)


def _minima(measure: Floats, reach: int) -> NDArray[np.intp]:
    """The lowest columns among their neighbours within reach, the lowest of all first."""
    smooth = np.convolve(measure, np.ones(3, np.float32), mode="same")
    inner = np.arange(reach, len(measure) - reach)
    if len(inner) == 0:
        return inner
    lowest = np.lib.stride_tricks.sliding_window_view(smooth, 2 * reach + 1).min(axis=1)
    minima = inner[smooth[inner] <= lowest]
    return np.asarray(minima[np.argsort(smooth[minima], kind="stable")], np.intp)
