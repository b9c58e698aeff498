"""The fifteen corruptions of MNIST-C, in five severities where they have them.

Mu and Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision", arXiv 1906.02337 (2019). What each one does, and
how strongly, is theirs (github.com/google-research/mnist-c, after ImageNet-C: Hendrycks and Dietterich, arXiv
1903.12261); the code and its random draws are our own, so images are alike in kind, not to the pixel.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tenfold.data.corruptions.blur import glass_blur, motion_blur
from tenfold.data.corruptions.cover import brightness, fog, spatter, stripe
from tenfold.data.corruptions.edges import canny_edges
from tenfold.data.corruptions.lines import dotted_line, zigzag
from tenfold.data.corruptions.noise import impulse_noise, shot_noise
from tenfold.data.corruptions.place import rotate, scale, shear, translate
from tenfold.data.corruptions.sampling import Shares
from tenfold.data.dataset import Images
from tenfold.errors import UsageError

SEVERITIES = (1, 2, 3, 4, 5)

_BLOCK = 1000
"""Images at once: what lies between two steps then stays in the processor's caches."""


@dataclass(frozen=True)
class Corruption:
    """One way to spoil an image, with its published strengths.

    apply: takes images [n, 28, 28] float32 in [0, 1], a generator and the parameters of a severity; may give values
    beyond [0, 1]. parameters: of severities 1 to 5, in apply's order; a single one where strength is not varied.
    benchmark: the severity that MNIST-C is made of.
    """

    apply: Callable[..., Shares]
    parameters: tuple[tuple[float, ...], ...] = ((),)
    benchmark: int = 1

    @property
    def severities(self) -> tuple[int, ...]:
        """The severities there are: 1 to 5, or 1 alone."""
        return SEVERITIES[: len(self.parameters)]


CORRUPTIONS = {
    "shot_noise": Corruption(shot_noise, ((60,), (25,), (12,), (5,), (3,)), benchmark=5),
    "impulse_noise": Corruption(impulse_noise, ((0.03,), (0.06,), (0.09,), (0.17,), (0.27,)), benchmark=4),
    "glass_blur": Corruption(glass_blur, ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)), benchmark=1),
    "motion_blur": Corruption(motion_blur, ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15)), benchmark=1),
    "shear": Corruption(shear, ((0.2,), (0.4,), (0.6,), (0.8,), (1.0,)), benchmark=2),
    "scale": Corruption(scale, ((0.9,), (0.8,), (0.7,), (0.6,), (0.5,)), benchmark=3),
    "rotate": Corruption(rotate, ((0.2,), (0.4,), (0.6,), (0.8,), (1.0,)), benchmark=2),
    "brightness": Corruption(brightness, ((0.1,), (0.2,), (0.3,), (0.4,), (0.5,)), benchmark=5),
    "translate": Corruption(translate, ((1,), (2,), (3,), (4,), (5,)), benchmark=3),
    "stripe": Corruption(stripe),
    "fog": Corruption(fog, ((1.5, 2.0), (2.0, 2.0), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4)), benchmark=5),
    "spatter": Corruption(
        spatter,
        (
            (0.65, 0.3, 4, 0.69, 0.6),
            (0.65, 0.3, 3, 0.68, 0.6),
            (0.65, 0.3, 2, 0.68, 0.5),
            (0.65, 0.3, 1, 0.65, 1.5),
            (0.67, 0.4, 1, 0.65, 1.5),
        ),
        benchmark=4,
    ),
    "dotted_line": Corruption(dotted_line),
    "zigzag": Corruption(zigzag),
    "canny_edges": Corruption(canny_edges),
}
"""By their published names, in their published order. What the numbers mean stands at each function."""


def corrupt(images: Images, name: str, severity: int | None = None, *, seed: int = 0) -> Images:
    """The images uint8 [n, 28, 28], light ink on black, spoiled by one corruption; they themselves stay as they are.

    severity: 1 to 5, or 1 for what has no severities; None takes MNIST-C's. The same images and seed give the same
    result, and at each severity the same draws. Raises UsageError for a name or a severity that there is not, or a
    negative seed.
    """
    if name not in CORRUPTIONS:
        raise UsageError(f"unknown corruption '{name}': there are {', '.join(CORRUPTIONS)}")
    corruption = CORRUPTIONS[name]
    severity = corruption.benchmark if severity is None else severity
    if severity not in corruption.severities:
        raise UsageError(f"{name} has no severity {severity}: it has {', '.join(map(str, corruption.severities))}")
    if seed < 0:
        raise UsageError(f"{name}: the seed must not be negative, not {seed}")
    corrupted = np.empty_like(images)
    for start in range(0, len(images), _BLOCK):
        rng = np.random.default_rng([seed, start, *name.encode()])
        block = images[start : start + _BLOCK].astype(np.float32) / 255
        shares = corruption.apply(block, rng, *corruption.parameters[severity - 1])
        corrupted[start : start + _BLOCK] = np.rint(255 * shares.clip(0, 1))
    return corrupted
