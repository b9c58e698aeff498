"""Light and camera: how a sheet is lit, and what lens, sensor and JPEG make of it.

A picture is float32 [h, w] or [h, w, 3] RGB, 0 black and 1 white, until `develop` makes bytes of it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Pixels = NDArray[np.uint8]


def gradient(shape: tuple[int, ...], rng: np.random.Generator, strength: float) -> Picture:
    """Light [h, w] that falls off by a share `strength` from one side of the sheet to the other."""
    along = _direction(shape, rng)
    return np.asarray(1 - np.float32(strength) * along, np.float32)


def vignette(shape: tuple[int, ...], rng: np.random.Generator, strength: float) -> Picture:
    """Light [h, w] darker by up to `strength` towards the corners, about a middle that is not quite the middle."""
    height, width = shape
    x = (np.arange(width, dtype=np.float32) / width - np.float32(rng.uniform(0.3, 0.7))) ** 2
    y = (np.arange(height, dtype=np.float32) / height - np.float32(rng.uniform(0.3, 0.7))) ** 2
    return np.asarray(1 - np.float32(strength) * np.minimum((x + y[:, None]) * 2, 1), np.float32)


def shadow(shape: tuple[int, ...], rng: np.random.Generator, strength: float) -> Picture:
    """Light [h, w] with a part in the shadow of a hand or phone: a share `strength` darker beyond a soft edge."""
    along = _direction(shape, rng)
    softness, edge = rng.uniform(0.02, 0.25), rng.uniform(0.15, 0.85)
    inside = np.clip((along - np.float32(edge)) / np.float32(softness) + np.float32(0.5), 0, 1)
    return np.asarray(1 - np.float32(strength) * inside * inside * (3 - 2 * inside), np.float32)


def _direction(shape: tuple[int, ...], rng: np.random.Generator) -> Picture:
    """0 at one corner or side of the picture, 1 at the opposite one, [h, w]."""
    height, width = shape
    angle = rng.uniform(0, 2 * np.pi)
    dx, dy = np.cos(angle), np.sin(angle)
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.float32(dx)
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None] * np.float32(dy)
    return np.asarray((x + y) / np.float32(abs(dx) + abs(dy)) + np.float32(0.5), np.float32)


def blur(picture: Picture, sigma: float) -> Picture:
    """Out of focus by a Gaussian of `sigma` pixels; below a fifth of a pixel nothing is seen."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32) if sigma > 0.2 else picture


def shake(picture: Picture, rng: np.random.Generator, length: float) -> Picture:
    """Smeared over `length` pixels in one direction, as by a hand that moved."""
    reach = int(np.ceil(length / 2))
    angle = rng.uniform(0, np.pi)
    step = np.arange(-reach, reach + 1, dtype=np.float32)
    x, y = step, step[:, None]
    along = np.abs(x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)))
    aside = np.abs(y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle)))
    kernel = np.clip(np.float32(length / 2 + 0.5) - along, 0, 1) * np.clip(1 - aside, 0, 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.float32)


def noise(picture: Picture, rng: np.random.Generator, levels: float, blotches: float = 0.5) -> Picture:
    """With sensor noise of `levels` grey levels (standard deviation, of 255), a share `blotches` of it in clumps."""
    grain = rng.standard_normal(picture.shape[:2], np.float32)
    if blotches:
        grain += np.float32(2.5 * blotches) * cv2.GaussianBlur(grain, (0, 0), 1.2)
    grain *= np.float32(levels / 255 / np.hypot(1, blotches))
    return np.asarray(picture + (grain if picture.ndim == 2 else grain[..., None]), np.float32)


def develop(picture: Picture, gamma: float = 1.0) -> Pixels:
    """Bytes: 255 at white; gamma above 1 darkens the middle tones, below 1 lightens them."""
    pixels: Pixels = np.clip(picture * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
    if gamma == 1:
        return pixels
    curve = np.round(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, curve), np.uint8)


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    """The pixels after JPEG at a quality of 1 to 100: blocks of 8, rings around strokes."""
    stored = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if pixels.ndim == 3 else pixels
    encoded = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    seen = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    assert seen is not None
    return np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2RGB) if pixels.ndim == 3 else seen, np.uint8)
