"""Images as vectors that a fast model can tell apart: in which direction ink begins and ends, place by place.

These are histograms of oriented gradients (Dalal and Triggs 2005) with soft places: each of eight directions is blurred
and looked at on a grid of 8×8. They need no training, so nothing in them has seen a label.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

DIRECTIONS = 8
_SIDE, _STEP = 32, 4
"""The view with two pixels of paper on each side, and from one place of the grid to the next."""

_AT = np.arange(_SIDE)
_PLACES = np.exp(-(((_AT[_STEP // 2 :: _STEP, None] - _AT) / (_STEP / 2)) ** 2) / 2).astype(np.float32)
"""How much each pixel of a line counts at each place [8, _SIDE]: a Gaussian, half a step wide."""

SIZE = DIRECTIONS * (_SIDE // _STEP) ** 2

_BATCH = 500
"""Images at a time: their pixels and one direction of them fit the caches."""


def describe(images: NDArray[np.uint8]) -> Floats:
    """Descriptors float32 [n, SIZE] of length 1 of images uint8 [n, 28, 28]; zeros for an image without an edge."""
    starts = range(0, len(images), _BATCH)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = list(threads.map(lambda start: _describe(images[start : start + _BATCH]), starts))
    return np.concatenate(parts) if parts else np.zeros((0, SIZE), np.float32)


def _describe(images: NDArray[np.uint8]) -> Floats:
    margin = (_SIDE - images.shape[1]) // 2
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)))
    # One tall picture: OpenCV then looks for edges once, and the paper keeps the images apart.
    tall = padded.reshape(-1, _SIDE).astype(np.float32)
    across = cv2.Sobel(tall, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(tall, cv2.CV_32F, 0, 1, ksize=3)
    parts = []
    for direction in range(DIRECTIONS):
        angle = 2 * np.pi * direction / DIRECTIONS
        edges = cv2.addWeighted(across, np.cos(angle), down, np.sin(angle), 0)
        own = np.maximum(edges, 0).reshape(-1, _SIDE, _SIDE)
        parts.append((_PLACES @ (own @ _PLACES.T)).reshape(len(images), -1))
    # The root keeps a few strong edges from deciding alone (Arandjelović and Zisserman 2012).
    found = np.sqrt(np.maximum(np.concatenate(parts, axis=1), 0))
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1), np.float32)
