"""How a page comes to be a picture: paper, light, geometry, lens, sensor, JPEG. Fast, for pages of 256 pixels."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages.canvas import Mark, Tone

Pixels = NDArray[np.uint8]

_NOISE_SIDE = 512

_LEAST_INK = 0.05
"""Share of a digit's box that its strokes fill at least."""


@dataclass(frozen=True)
class Camera:
    """What is drawn once and used for every picture: noise, tall enough to be rolled."""

    noise: NDArray[np.float32]

    @classmethod
    def make(cls, seed: int = 0) -> "Camera":
        """Sensor noise [_NOISE_SIDE, _NOISE_SIDE] of standard deviation 1."""
        return cls(np.random.default_rng(seed).standard_normal((_NOISE_SIDE, _NOISE_SIDE), np.float32))

    def grain(self, shape: tuple[int, int], rng: np.random.Generator) -> Tone:
        """A piece of the noise, from a random place, turned over at random."""
        height, width = shape
        y, x = rng.integers(0, _NOISE_SIDE - height), rng.integers(0, _NOISE_SIDE - width)
        piece = self.noise[y : y + height, x : x + width]
        return piece[:: rng.choice([-1, 1]), :: rng.choice([-1, 1])]


def field(shape: tuple[int, int], rng: np.random.Generator, cells: int) -> Tone:
    """A smooth random field [h, w] in [0, 1] of about `cells` hills each way."""
    coarse = rng.random((cells + 1, cells + 1), np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def light(tone: Tone, rng: np.random.Generator) -> None:
    """Light the page unevenly, in place: from a side, with a shadow's edge, or as a lamp does."""
    height, width = tone.shape
    strength = 0.7 * rng.random() ** 2
    kind = rng.random()
    if kind < 0.45:
        angle = rng.uniform(0, 2 * np.pi)
        x = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.float32(np.cos(angle))
        y = np.linspace(-0.5, 0.5, height, dtype=np.float32) * np.float32(np.sin(angle))
        tone *= 1 - np.float32(strength) * (0.5 + x[None, :] + y[:, None])
    elif kind < 0.75:
        tone *= 1 - np.float32(strength) * field((height, width), rng, int(rng.integers(1, 4)))
    else:
        angle = rng.uniform(0, 2 * np.pi)
        x = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.float32(np.cos(angle))
        y = np.linspace(-0.5, 0.5, height, dtype=np.float32) * np.float32(np.sin(angle))
        soft = rng.uniform(0.01, 0.2)
        edge = np.clip((x[None, :] + y[:, None] - rng.uniform(-0.4, 0.4)) / soft + 0.5, 0, 1)
        tone *= 1 - np.float32(rng.uniform(0.1, 0.55)) * edge.astype(np.float32)


def view(tone: Tone, marks: list[Mark], rng: np.random.Generator, side: tuple[int, int]) -> tuple[Tone, list[Mark]]:
    """The page seen aslant: turned a little, in perspective, now and then curled. Returns it and its marks."""
    height, width = side
    turn = rng.normal(0, 0.05) if rng.random() < 0.8 else rng.uniform(-0.3, 0.3)
    scale = float(np.exp(rng.normal(0, 0.05)))
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    middle = np.array([[1, 0, -tone.shape[1] / 2], [0, 1, -tone.shape[0] / 2], [0, 0, 1]])
    back = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    matrix = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    if rng.random() < 0.5:
        matrix[2, :2] = rng.normal(0, 0.12, 2) / max(width, height)
        matrix[0, 1] += rng.normal(0, 0.06)
    matrix = back @ matrix @ middle
    seen = cv2.warpPerspective(tone, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if marks:
        points = cv2.perspectiveTransform(np.concatenate([mark.corners for mark in marks])[None], matrix)[0]
        marks = [Mark(mark.label, points[4 * i : 4 * i + 4]) for i, mark in enumerate(marks)]
    if rng.random() < 0.12:
        seen, marks = _curled(np.asarray(seen, np.float32), marks, rng)
    return np.asarray(seen, np.float32), marks


def _curled(tone: Tone, marks: list[Mark], rng: np.random.Generator) -> tuple[Tone, list[Mark]]:
    height, width = tone.shape
    depth, period, phase = rng.uniform(1, 0.03 * height + 1), rng.uniform(0.7, 2.5) * width, rng.uniform(0, 6.28)

    def shift(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(depth * np.sin(2 * np.pi * x / period + phase))

    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    map_y = (y[:, None] + shift(x)[None, :]).astype(np.float32)
    map_x = np.broadcast_to(x, (height, width)).astype(np.float32)
    seen = cv2.remap(tone, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = [
        Mark(mark.label, np.column_stack([mark.corners[:, 0], mark.corners[:, 1] - shift(mark.corners[:, 0])]))
        for mark in marks
    ]
    return np.asarray(seen, np.float32), moved


def developed(tone: Tone, smallest: float, rng: np.random.Generator, camera: Camera) -> Pixels:
    """The picture uint8 [h, w] of what the lens shows. smallest: height of the smallest digit in pixels: a picture in
    which it could not be read any more is none to learn from."""
    blur = rng.uniform(0, min(1.6, max(0.3, smallest / 16)))
    kind = rng.random()
    if kind < 0.55 and blur > 0.25:
        tone = np.asarray(cv2.GaussianBlur(tone, (0, 0), blur), np.float32)
    elif kind < 0.63:
        tone = _shaken(tone, rng, min(4.0, max(1.0, smallest / 7)))
    elif kind < 0.75 and smallest > 14:
        scale = rng.uniform(max(0.45, 11 / smallest), 1.0)
        small = cv2.resize(tone, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        way = cv2.INTER_NEAREST if rng.random() < 0.2 else cv2.INTER_LINEAR
        tone = np.asarray(cv2.resize(small, tone.shape[::-1], interpolation=way), np.float32)
    levels = rng.uniform(0, 4) if rng.random() < 0.7 else rng.uniform(0, 14)
    if levels > 0.4:
        grain = camera.grain((tone.shape[0], tone.shape[1]), rng)
        if rng.random() < 0.3:
            grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * np.float32(2)
        tone = tone + grain * np.float32(levels / 255)
    black, white = (rng.uniform(0, 0.25), rng.uniform(0.7, 1.0)) if rng.random() < 0.4 else (0.0, 1.0)
    tone = np.float32(black) + tone * np.float32(white - black)
    if rng.random() < 0.07:
        # As a scanner makes black and white of it: darker than what is around.
        around = cv2.blur(tone, (41, 41))
        tone = (tone > around * np.float32(rng.uniform(0.75, 0.93))).astype(np.float32)
    pixels: Pixels = np.clip(tone * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        curve = np.round(255 * (np.arange(256) / 255) ** np.exp(rng.normal(0, 0.25))).astype(np.uint8)
        pixels = np.asarray(cv2.LUT(pixels, curve), np.uint8)
    if rng.random() < 0.55:
        quality = int(rng.integers(35 if smallest > 14 else 60, 97))
        pixels = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), np.uint8
        )
    return pixels


def visible(pixels: Pixels, mark: Mark, noise: float) -> bool:
    """Whether a person could see that there is something at a mark: more contrast than the picture's noise."""
    left, top, right, bottom = (max(0, round(edge)) for edge in mark.box)
    part = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    if part.size == 0:
        return False
    soft = cv2.blur(part, (2, 2))
    low, high = int(soft.min()), int(soft.max())
    # A scanner's black and white may leave specks of a stroke.
    share = float(np.mean(soft > (low + high) / 2))
    return high - low > max(16.0, 4.0 * noise) and _LEAST_INK < share < 1 - _LEAST_INK


def _shaken(tone: Tone, rng: np.random.Generator, length: float) -> Tone:
    size = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((size, size), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = rng.uniform(0.3, 0.5) * length
    step = np.array([np.cos(angle), np.sin(angle)]) * reach
    ends = np.round((size // 2 + np.array([-step, step])) * 16).astype(np.int32)
    cv2.line(kernel, tuple(map(int, ends[0])), tuple(map(int, ends[1])), 1.0, 1, cv2.LINE_8, 4)
    return np.asarray(cv2.filter2D(tone, -1, kernel / max(float(kernel.sum()), 1)), np.float32)
