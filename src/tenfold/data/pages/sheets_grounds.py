"""What lies under handwriting: notebook paper, the patterns of cheques, and textures. No digit is on them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages.canvas import Canvas, Tone
from tenfold.data.pages.sheets_lines import Rule, horizontal, random_rule, vertical


def notebook(canvas: Canvas, spacing: float, baseline: float) -> None:
    """Print ruled, squared or dotted paper, or none: a line at `baseline` and at each `spacing` pixels from it."""
    rng = canvas.rng
    kind = rng.choice(["plain", "ruled", "squared", "dotted"], p=[0.35, 0.35, 0.2, 0.1])
    rule = replace(random_rule(canvas, broken=0.06, thickest=1.8), depth=float(rng.uniform(0.15, 0.75)))
    start = baseline % spacing
    if kind == "dotted":
        _dots(canvas, spacing, start, rule)
    elif kind == "squared":
        spacing /= rng.integers(1, 3)
        for x in np.arange(rng.uniform(0, spacing), canvas.width, spacing):
            vertical(canvas, 0, canvas.height, x, rule)
    if kind in ("ruled", "squared"):
        for y in np.arange(start, canvas.height, max(spacing, 4)):
            horizontal(canvas, 0, canvas.width, y, rule)
        if rng.random() < 0.25:
            margin = rng.choice([rng.uniform(5, 60), canvas.width - rng.uniform(5, 60)])
            vertical(canvas, 0, canvas.height, margin, replace(rule, depth=min(1.0, rule.depth * 1.4)))


def _dots(canvas: Canvas, spacing: float, start: float, rule: Rule) -> None:
    y, x = _coordinates(canvas)
    down = np.abs((y - start + spacing / 2) % spacing - spacing / 2)
    across = np.abs((x + spacing / 2) % spacing - spacing / 2)
    canvas.cover(np.clip(rule.width - np.hypot(down, across), 0, 1) * np.float32(rule.depth), 0, 0, rule.value)


def security(canvas: Canvas, strength: float) -> None:
    """Print one to three patterns of a cheque, of at most `strength` of the ink."""
    for _ in range(canvas.rng.integers(1, 4)):
        pattern = _SECURITY[int(canvas.rng.integers(len(_SECURITY)))](canvas)
        value = canvas.ink(0.2, 0.9)
        canvas.cover(pattern * np.float32(strength * canvas.rng.uniform(0.4, 1)), 0, 0, value)


def texture(canvas: Canvas, strength: float) -> None:
    """Cover the page with a texture or a fine pattern of at most `strength` of the ink."""
    grounds = (*_SECURITY, *_TEXTURES)
    pattern = grounds[int(canvas.rng.integers(len(grounds)))](canvas)
    canvas.cover(pattern * np.float32(strength), 0, 0, canvas.ink(0.3, 1))


def clouds(rng: np.random.Generator, height: int, width: int, cells: int) -> Tone:
    """Smooth noise [height, width] with about `cells` hills across, mean 0, standard deviation about 1."""
    rough = rng.standard_normal((cells + 1, cells + 1), np.float32)
    return np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _coordinates(canvas: Canvas) -> tuple[Tone, Tone]:
    """Columns y [h, 1] and rows x [1, w] of the middles of pixels."""
    y = np.arange(canvas.height, dtype=np.float32)[:, None] + np.float32(0.5)
    return y, np.arange(canvas.width, dtype=np.float32)[None] + np.float32(0.5)


def _turned(canvas: Canvas) -> tuple[Tone, Tone]:
    """Coordinates [h, w] along and across a random direction."""
    y, x = _coordinates(canvas)
    angle = canvas.rng.uniform(0, np.pi)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cos + y * sin, y * cos - x * sin


def _ink(coverage: NDArray[Any]) -> Tone:
    """Coverage float32, cut off at 0 and 1."""
    return np.asarray(np.clip(coverage, 0, 1), np.float32)


def _family(distance: Tone, period: float, width: float) -> Tone:
    """Lines `width` pixels wide wherever a distance in pixels is a multiple of a period."""
    away = np.abs(distance / np.float32(period) % 1 - np.float32(0.5)) * np.float32(period)
    return _ink(np.clip(np.float32(width / 2 + 0.5) - away, 0, np.float32(min(1.0, width))))


def _hatching(canvas: Canvas) -> Tone:
    rng = canvas.rng
    period = rng.uniform(2.5, 14)
    ink = _family(_turned(canvas)[1], period, rng.uniform(0.3, 0.5 * period))
    if rng.random() < 0.3:
        ink = np.maximum(ink, _family(_turned(canvas)[1], period, rng.uniform(0.3, 2)))
    return ink


def _waves(canvas: Canvas) -> Tone:
    rng = canvas.rng
    along, across = _turned(canvas)
    period = rng.uniform(3, 14)
    ink = np.zeros_like(across)
    for _ in range(rng.integers(1, 3)):
        swing = np.sin(along * np.float32(1 / rng.uniform(4, 25)) + np.float32(rng.uniform(0, 7)))
        ink = np.maximum(ink, _family(across + swing * np.float32(rng.uniform(1, 12)), period, rng.uniform(0.3, 1.6)))
    return ink


def _guilloche(canvas: Canvas) -> Tone:
    """Rosettes: rings whose radius swings with the angle."""
    rng = canvas.rng
    y, x = _coordinates(canvas)
    y, x = y - np.float32(rng.uniform(-0.2, 1.2) * canvas.height), x - np.float32(rng.uniform(-0.2, 1.2) * canvas.width)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    swing = np.sin(angle * rng.integers(3, 30) + np.float32(rng.uniform(0, 7))) * np.float32(rng.uniform(2, 14))
    ink = _family(radius + swing, rng.uniform(3, 12), rng.uniform(0.3, 1.4))
    if rng.random() < 0.5:
        ink = np.maximum(ink, _family(radius - swing, rng.uniform(3, 12), rng.uniform(0.3, 1.4)))
    return ink


def _contours(canvas: Canvas) -> Tone:
    """Lines like a map's or a fingerprint's."""
    rng = canvas.rng
    hills = clouds(rng, canvas.height, canvas.width, int(rng.integers(2, 7)))
    period = rng.uniform(4, 12)
    return _family(_turned(canvas)[1] + hills * np.float32(rng.uniform(5, 40)), period, rng.uniform(0.4, 0.4 * period))


def _halftone(canvas: Canvas) -> Tone:
    rng = canvas.rng
    along, across = _turned(canvas)
    turn = np.float32(2 * np.pi / rng.uniform(3, 12))
    hills = clouds(rng, canvas.height, canvas.width, 3) * np.float32(rng.uniform(0, 0.5))
    return _ink((np.cos(along * turn) + np.cos(across * turn)) * 2 - np.float32(rng.uniform(0, 3)) + hills)


def _micro_text(canvas: Canvas) -> Tone:
    """Lines of specks, as print too small to be read looks."""
    rng = canvas.rng
    pitch = int(rng.integers(4, 8))
    lines = canvas.height // pitch + 1
    specks = np.zeros((lines * pitch, canvas.width), np.float32)
    tall = pitch - rng.integers(1, 3)
    specks.reshape(lines, pitch, -1)[:, :tall] = rng.random((lines, tall, canvas.width), np.float32) < 0.5
    specks *= (rng.random(specks.shape[1]) > 0.15).astype(np.float32)
    return _ink(cv2.GaussianBlur(specks, (0, 0), rng.uniform(0.5, 0.9))[: canvas.height])


def _photo(canvas: Canvas) -> Tone:
    """Soft light and dark, as a picture that was printed pale."""
    rng = canvas.rng
    hills = [clouds(rng, canvas.height, canvas.width, cells) / cells for cells in (2, 5, 14)]
    return _ink(np.float32(0.4) + hills[0] + hills[1] + hills[2])


def _bricks(canvas: Canvas) -> Tone:
    rng = canvas.rng
    y, x = _coordinates(canvas)
    tall, joint = rng.uniform(10, 50), rng.uniform(1, 5)
    wide = tall * rng.uniform(1.2, 3)
    shift = np.floor(y / np.float32(tall)) * np.float32(wide / 2)
    ink = np.maximum(_family(y, tall, joint), _family(x + shift, wide, joint))
    return 1 - ink if rng.random() < 0.4 else ink


def _wood(canvas: Canvas) -> Tone:
    rng = canvas.rng
    along, across = _turned(canvas)
    hills = clouds(rng, canvas.height, canvas.width, 3) * np.float32(rng.uniform(3, 14))
    grain = np.sin((across + hills) * np.float32(rng.uniform(0.2, 0.8)) + np.sin(along * np.float32(0.02)))
    return _ink(np.float32(0.5) + grain * np.float32(0.5))


def _cloth(canvas: Canvas) -> Tone:
    rng = canvas.rng
    along, across = _turned(canvas)
    one, two = rng.uniform(0.4, 2.2, 2).astype(np.float32)
    weave = np.sin(along * one) * np.sin(across * two)
    noise = rng.standard_normal(weave.shape, np.float32) * np.float32(0.2)
    return _ink(np.float32(0.5) + weave * np.float32(0.5) + noise)


def _noise(canvas: Canvas) -> Tone:
    rng = canvas.rng
    grain = rng.uniform(1, 6)
    size = (int(canvas.height / grain), int(canvas.width / grain))
    rough = rng.standard_normal(size, np.float32)
    even = cv2.resize(rough, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR)
    return _ink(np.float32(rng.uniform(0.1, 0.6)) + even * np.float32(0.4))


def _checks(canvas: Canvas) -> Tone:
    along, across = _turned(canvas)
    size = np.float32(canvas.rng.uniform(4, 40))
    return _ink((np.floor(along / size) + np.floor(across / size)) % 2)


def _barcode(canvas: Canvas) -> Tone:
    """Bars side by side in a band, or over the page."""
    rng = canvas.rng
    module = rng.uniform(1.2, 5)
    bars = rng.random(int(canvas.width / module) + 2) < 0.5
    columns = bars[(np.arange(canvas.width) / module).astype(int)].astype(np.float32)
    ink = np.broadcast_to(columns, (canvas.height, canvas.width)).copy()
    if rng.random() < 0.7:
        top, bottom = np.sort(rng.integers(0, canvas.height, 2))
        ink[:top] = 0
        ink[bottom:] = 0
    return ink.T if rng.random() < 0.3 and canvas.height == canvas.width else ink


_SECURITY: Sequence[Callable[[Canvas], Tone]] = (
    _hatching, _waves, _waves, _guilloche, _contours, _halftone, _micro_text, _photo
)  # fmt: skip

_TEXTURES: Sequence[Callable[[Canvas], Tone]] = (_bricks, _wood, _cloth, _noise, _checks, _barcode, _hatching)
