"""Maps as pictures: blue for the answer, orange for its rival, on ink in grey; they show on light and on dark pages."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold.explanation.contrast import Views

Colours = NDArray[np.uint8]
"""[height, width, 4], red, green, blue and how opaque."""

FOR, RIVAL, INK = (0x3B, 0x82, 0xD6), (0xE0, 0x7B, 0x26), (0x8A, 0x91, 0x99)
"""Readable on white and on near-black; blue and orange stay apart for every kind of colour blindness."""

DARK = (0x1B, 0x1F, 0x24)

FAINT = 0.4
"""How opaque ink is that a map lies on."""

GAMMA = 0.7
"""Below 1, so that weak effects show beside strong ones."""

GHOST = 0.55
"""How opaque ink is that was rubbed out."""

SHOWN = 16
"""Filters, or a layer's maps, on a sheet."""

_ACROSS = 8


def coloured(values: NDArray[np.floating], view: Views | None = None, scale: float | None = None) -> Colours:
    """A map [h, w] in colours, of full strength where it reaches scale (its own strongest value, for None)."""
    full = max(scale if scale is not None else float(np.abs(values).max()), 1e-12)
    strength = np.minimum(1, np.abs(values) / full) ** GAMMA
    over = _layer(np.where((values > 0)[..., None], FOR, RIVAL), strength)
    return over if view is None else _over(over, _layer(np.array(INK), FAINT * view / 255))


def difference(before: Views, after: Views) -> Colours:
    """The view after a change, what was added orange, what was rubbed out a faint orange."""
    step = (after.astype(np.float64) - before) / 255
    added, gone = _layer(np.array(RIVAL), np.maximum(step, 0)), _layer(np.array(RIVAL), GHOST * np.maximum(-step, 0))
    return _over(added, _over(_layer(np.array(INK), after / 255), gone))


def inked(view: Views) -> Colours:
    """A view as it is, in dark ink: for drawings on white."""
    return _layer(np.array(DARK), view / 255)


def strongest(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which of values [n, h, w] to show where there are more than SHOWN: those of the largest mean size, in order."""
    size = np.abs(values).mean(axis=(1, 2))
    return np.sort(np.argsort(-size, kind="stable")[:SHOWN])


def sheet(values: NDArray[np.float32]) -> Colours:
    """Up to SHOWN pictures [n, h, w] side by side, all on one scale."""
    shown = values[strongest(values)]
    count, height, width = shown.shape
    across = min(_ACROSS, count)
    rows = -(-count // across)
    gap = max(1, width // 12)
    result = np.zeros((rows * (height + gap) - gap, across * (width + gap) - gap, 4), np.uint8)
    scale = float(np.abs(shown).max())
    for place, picture in enumerate(shown):
        y, x = place // across * (height + gap), place % across * (width + gap)
        cell = coloured(picture, scale=scale)
        frame = _layer(np.array(INK), np.full((height, width), 0.12))
        result[y : y + height, x : x + width] = _over(cell, frame)
    return result


def _layer(colour: NDArray[np.integer], opacity: NDArray[np.floating]) -> Colours:
    rgb = np.broadcast_to(colour, (*opacity.shape, 3))
    return np.asarray(np.concatenate([rgb, np.rint(255 * opacity)[..., None]], axis=-1), np.uint8)


def _over(upper: Colours, lower: Colours) -> Colours:
    """One picture on another (Porter and Duff 1984)."""
    a, b = upper[..., 3:] / 255, lower[..., 3:] / 255
    opacity = a + b * (1 - a)
    rgb = (upper[..., :3] * a + lower[..., :3] * b * (1 - a)) / np.maximum(opacity, 1e-9)
    return np.asarray(np.rint(np.concatenate([rgb, 255 * opacity], axis=-1)), np.uint8)


def on(ground: Sequence[int], picture: Colours) -> NDArray[np.uint8]:
    """A picture on a ground of one colour: [h, w, 3]."""
    below = np.broadcast_to(np.array([*ground, 255], np.uint8), picture.shape)
    return np.asarray(_over(picture, below)[..., :3], np.uint8)
