"""Pictures that hold no digit: of other things, of noise, and of nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data import load_dataset
from tenfold.errors import TenfoldError

Pictures = list[NDArray[np.uint8]]

_FILES = {"Omniglot": "omniglot_small.npz", "notMNIST": "notmnist_test.npz"}
"""Other writing systems' characters and letters of typefaces, in the folder negatives of the data."""


def distractors(n: int) -> dict[str, Pictures]:
    """At most n pictures of each kind, always the same; what cannot be had is left out with a printed line."""
    found = {"noise": _noise(n)}
    try:
        found["clothing"] = _chosen(load_dataset("fashion-mnist", "test").images, n)
    except TenfoldError as error:
        print(f"clothing is left out: {error}")
    folder = Path(os.environ.get("TENFOLD_DATA", "")) / "negatives"
    for name, file in _FILES.items():
        if (folder / file).is_file():
            with np.load(folder / file) as arrays:
                found[name] = _chosen(arrays["images"], n)
        else:
            print(f"{name} is left out: there is no negatives/{file} in TENFOLD_DATA")
    return found


def _chosen(images: NDArray[np.uint8], n: int) -> Pictures:
    return list(images[np.sort(np.random.default_rng(0).permutation(len(images))[:n])])


def _noise(n: int) -> Pictures:
    """Uniform noise, 28 to 200 pixels a side."""
    random = np.random.default_rng(0)
    return [random.integers(0, 256, random.integers(28, 201, 2), np.uint8) for _ in range(n)]


def blanks() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Named pictures without ink: white, black and greys, at three sizes, even or a little noisy."""
    random = np.random.default_rng(0)
    for level in (0, 64, 128, 200, 255):
        for side in (28, 160, 800):
            for noise in (0, 2, 4):
                pixels = level + noise * random.standard_normal((side, side))
                name = f"grey {level} of 255, {side}×{side}, noise {noise}"
                yield name, np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
