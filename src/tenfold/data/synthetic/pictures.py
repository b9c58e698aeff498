"""Digits and what is none, as the reader sees them in pictures: what the shipped model is trained on.

MNIST's digits and synthetic handwriting, print, letters, signs and scribbles are drawn on paper or a canvas,
photographed, and taken from the picture by the reader's own ink and framing. Numbers are composed, too, and every piece
that may be taken for a digit becomes an example: whole digits, and the halves and pairs that are none.
"""

import multiprocessing
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import DIGITS, DIGITS_AND_NONE, Dataset, Images
from tenfold.data.synthetic.invented import invented
from tenfold.data.synthetic.paper import Kind, photograph, scene
from tenfold.data.synthetic.pieces import around, view_of
from tenfold.data.synthetic.pieces_layout import find_layout
from tenfold.data.synthetic.pieces_numbers import pieces_of_number
from tenfold.data.synthetic.printed import LETTERS, printed
from tenfold.data.synthetic.scribbles import scribbles
from tenfold.data.synthetic.strokes import draw
from tenfold.data.synthetic.strokes_forms import written_forms
from tenfold.data.synthetic.strokes_hand import Hand
from tenfold.data.synthetic.strokes_pen import Pen
from tenfold.inference.frame import SIDE, frame
from tenfold.reading.ink import find_ink

NONE = len(DIGITS)

REVISION = 3
"""Raised whenever the same arguments give other examples: what is kept in the cache is of one revision."""

BLOCK = 500
"""Examples made together from one random stream: part of what a seed means, so never dependent on the machine."""

Example = tuple[NDArray[np.uint8], int, int]
"""A view, its label, and the number of the original image that it comes from, or -1."""

_KINDS: dict[Kind, float] = {"canvas": 0.38, "inverted": 0.1, "photo": 0.34, "scan": 0.18}
"""How often each kind of picture."""

_PRINTED_LETTERS = 0.6
"""Share of letters in print."""

_SYNTHETIC_NUMBERS = 0.45
"""Share of numbers in synthetic digits: MNIST's American writers bar few sevens and flag few ones."""

_LIKE_DIGITS = frozenset("/\\|()Iδβθσ&$")
"""Signs that some hand writes as it does a digit: neither one nor none."""


def pictures(n: int, originals: Dataset, clothes: Dataset, seed: int = 0) -> Dataset:
    """n examples in random order; the classes are the ten digits and "not a digit".

    originals: MNIST's digits; clothes: Fashion-MNIST's images, which are none. The same arguments give the same
    examples, however many processes make them.
    """
    blocks = [
        (source, number)
        for source, (_make, share) in _SOURCES.items()
        for number in range(-(-int(n * share * _SPARE) // BLOCK))
    ]
    entropy = [seed, zlib.crc32(originals.split.encode())]
    # Spawned: a process that has run torch's or OpenCV's threads cannot be forked safely.
    with ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("spawn"), _Maker.prepare, (originals, clothes, entropy)
    ) as pool:
        examples = [example for block in pool.map(_Maker.make, blocks) for example in block]
    order = np.random.default_rng(seed).permutation(len(examples))[:n]
    chosen = [examples[i] for i in order]
    return Dataset(
        "pictures",
        originals.split,
        np.array([view for view, _, _ in chosen], np.uint8).reshape(-1, SIDE, SIDE),
        np.array([label for _, label, _ in chosen], np.int64),
        DIGITS_AND_NONE,
        np.array([original for _, _, original in chosen], np.int64),
    )


class _Maker:
    """What a process that makes examples is given once, not with every block."""

    originals: Dataset
    clothes: Dataset
    entropy: Sequence[int]

    @classmethod
    def prepare(cls, originals: Dataset, clothes: Dataset, entropy: Sequence[int]) -> None:
        cls.originals, cls.clothes, cls.entropy = originals, clothes, entropy
        cv2.setNumThreads(1)  # the processes share the cores already

    @classmethod
    def make(cls, block: tuple[str, int]) -> list[Example]:
        source, number = block
        entropy = [*cls.entropy, zlib.crc32(source.encode()), number]
        return _SOURCES[source][0](cls.originals, cls.clothes, entropy, number)


def _plain(originals: Dataset, _clothes: Dataset, _entropy: Sequence[int], number: int) -> list[Example]:
    """MNIST's own views, each as often as the next."""
    rows = np.arange(number * BLOCK, (number + 1) * BLOCK) % len(originals)
    return [(originals.images[row], int(originals.labels[row]), int(row)) for row in rows]


def _drawn(originals: Dataset, _clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """MNIST's digits in pictures."""
    rng = np.random.default_rng(entropy)
    rows = rng.integers(0, len(originals), BLOCK)
    return list(_seen(originals.images[rows], originals.labels[rows].tolist(), rows.tolist(), rng))


def _written(_originals: Dataset, _clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """Synthetic digits in pictures, in all forms that the world writes."""
    rng = np.random.default_rng(entropy)
    labels = rng.integers(0, len(DIGITS), BLOCK).tolist()
    views = draw([DIGITS[label] for label in labels], written_forms("digits", "world"), entropy, Hand(), Pen())
    return list(_seen(views, labels, [-1] * BLOCK, rng))


def _signs(_originals: Dataset, _clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """Letters, and half as often other signs, in pictures."""
    rng = np.random.default_rng(entropy)
    symbols = [*written_forms("letters"), *written_forms("letters"), *written_forms("signs")]
    symbols = [symbol for symbol in symbols if symbol not in _LIKE_DIGITS]
    chosen = [symbols[i] for i in rng.integers(0, len(symbols), BLOCK)]
    views = draw(chosen, written_forms("letters", "signs"), entropy, Hand(), Pen())
    return list(_seen(views, [NONE] * BLOCK, [-1] * BLOCK, rng))


def _invented(_originals: Dataset, _clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """Characters of no alphabet in pictures."""
    rng = np.random.default_rng(entropy)
    return list(_seen(invented(BLOCK, rng), [NONE] * BLOCK, [-1] * BLOCK, rng))


def _scribbled(_originals: Dataset, _clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """Scribbles in pictures."""
    rng = np.random.default_rng(entropy)
    views = scribbles(BLOCK, int(rng.integers(2**31)))
    return list(_seen(views, [NONE] * BLOCK, [-1] * BLOCK, rng))


def _printed(_originals: Dataset, _clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """Print in pictures, letters more often than digits."""
    rng = np.random.default_rng(entropy)
    symbols = "".join(rng.choice(list(LETTERS if rng.random() < _PRINTED_LETTERS else DIGITS)) for _ in range(BLOCK))
    labels = [int(symbol) if symbol in DIGITS else NONE for symbol in symbols]
    return list(_seen(printed(symbols, rng), labels, [-1] * BLOCK, rng))


def _numbers(originals: Dataset, _clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """Pieces of numbers: of MNIST's digits, or of synthetic ones in all the world's forms."""
    rng = np.random.default_rng(entropy)
    names = rng.integers(0, len(DIGITS), BLOCK)
    views = draw([DIGITS[name] for name in names], written_forms("digits", "world"), entropy, Hand(), Pen())
    drawn = Dataset("strokes", originals.split, views, names)
    examples: list[Example] = []
    while len(examples) < BLOCK:
        if rng.random() < _SYNTHETIC_NUMBERS:
            examples += [(view, label, -1) for view, label, _row in pieces_of_number(drawn, rng, NONE)]
        else:
            examples += pieces_of_number(originals, rng, NONE)
    return examples


def _strange(_originals: Dataset, clothes: Dataset, entropy: Sequence[int], _number: int) -> list[Example]:
    """Clothes, and clouds of noise."""
    rng = np.random.default_rng(entropy)
    sources = [clothes.images[row] for row in rng.integers(0, len(clothes), BLOCK // 2)]
    for _ in range(BLOCK - len(sources)):
        cloud = rng.random(tuple(rng.integers(10, 80, 2)), np.float32)
        softness = rng.uniform(0, 4)
        cloud = np.asarray(cv2.GaussianBlur(cloud, (0, 0), softness), np.float32) if softness > 0.3 else cloud
        low, high = float(cloud.min()), float(cloud.max())
        sources.append(((cloud - low) * (255 / (high - low))).astype(np.uint8))
    inks = [find_ink(source) for source in sources]
    return [(frame(ink.strength), NONE, -1) for ink in inks if not ink.blank]


_SOURCES: dict[str, tuple[Callable[[Dataset, Dataset, Sequence[int], int], list[Example]], float]] = {
    "plain": (_plain, 0.14),
    "drawn": (_drawn, 0.15),
    "written": (_written, 0.17),
    "printed": (_printed, 0.04),
    "signs": (_signs, 0.09),
    "invented": (_invented, 0.04),
    "scribbled": (_scribbled, 0.05),
    "numbers": (_numbers, 0.3),
    "strange": (_strange, 0.02),
}
"""Where examples come from, and the share of each."""

_SPARE = 1.05
"""Some pictures show nothing, and give no example."""


def _seen(views: Images, labels: list[int], originals: list[int], rng: np.random.Generator) -> Iterator[Example]:
    """Each view [28, 28] as the reader sees it in a picture; those that it does not find are left out."""
    for view, label, original in zip(views, labels, originals, strict=True):
        kind = rng.choice(list(_KINDS), p=list(_KINDS.values()))
        coverage = scene(view, rng, kind)
        found = _view_in(photograph(coverage, rng, kind), coverage)
        if found is not None:
            yield found, label, original


def _view_in(picture: NDArray[np.uint8], coverage: NDArray[np.float32]) -> NDArray[np.uint8] | None:
    """The view of those parts of a picture's ink that were drawn there: specks and rules of the paper are not."""
    ink = find_ink(picture)
    layout = find_layout(ink)
    drawn = cv2.dilate((coverage > 0.3).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    parts = []
    for part in (part for line in layout.lines for part in line.parts):
        x, y, width, height = part.box
        own = layout.labels[y : y + height, x : x + width] == part.label
        if 2 * np.count_nonzero(own & drawn[y : y + height, x : x + width]) >= np.count_nonzero(own):
            parts.append(part)
    if not parts:
        return None
    return view_of(layout, ink.strength, around([part.box for part in parts]), [part.label for part in parts])
