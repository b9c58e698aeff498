"""Every glyph that made-up hands write with: real digits and letters, and the project's written forms, as fields."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.inventory import data_folder
from tenfold.data.load import load_dataset
from tenfold.data.pages.canvas import Field
from tenfold.data.pages.fields import (
    FIELD_BOX,
    FIELD_SIDE,
    Box,
    bent,
    centred,
    drawn,
    enlarged,
    ink_box,
    middle_field,
    middle_of,
    outline_field,
    stroke_radius,
)
from tenfold.data.synthetic.scribbles import scribbles
from tenfold.data.synthetic.strokes import write_symbols
from tenfold.data.synthetic.strokes_forms import written_forms
from tenfold.data.synthetic.strokes_hand import CATMULL_ROM, Hand, cubic, samples_for

DRAWN = 3
"""Part of the names of cached files: whoever changes how glyphs or pages are drawn raises it, and all is drawn anew."""

SCRIBBLE = "scribble"
"""Name of marks and shapes that are neither digits nor letters."""

INVENTED = -2
"""Writer of the glyphs that follow the project's written forms: nobody."""

_WRITTEN = 6000
"""Glyphs drawn of each digit in the project's written forms."""

_LETTERS = 120
"""Glyphs drawn of each letter and sign."""

_SCRIBBLES = 4000

_BENT = 0.6
"""Share of the real digits that are kept a second time, bent."""

_LIFTED = "45"
"""Digits whose pen movements were joined across a lift in the pendigits: they are left out."""


@dataclass(frozen=True)
class Glyphs:
    """A bank of glyphs. fields uint8 [n, side, side]; names str [n]; boxes int16 [n, 4]: left, top, right, bottom;
    radii float32 [n]: half the width of an outline's strokes in the field's pixels, 0 for a middle line; writers
    int16 [n]: who wrote it, -1 where that is not known, INVENTED where nobody did; sources int32 [n]: a number for each
    original, which a bent copy shares."""

    fields: NDArray[np.uint8]
    names: NDArray[np.str_]
    boxes: NDArray[np.int16]
    radii: NDArray[np.float32]
    writers: NDArray[np.int16]
    sources: NDArray[np.int32]

    @cached_property
    def rows(self) -> dict[str, NDArray[np.intp]]:
        """The rows of each name."""
        return {str(name): np.flatnonzero(self.names == name) for name in np.unique(self.names)}

    @cached_property
    def thickness(self) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Of each name: the rows that keep an outline, by rising radius, and their radii."""
        found = {}
        for name, rows in self.rows.items():
            own = rows[self.radii[rows] > 0]
            order = own[np.argsort(self.radii[own], kind="stable")]
            found[name] = (order, self.radii[order])
        return found

    @cached_property
    def middles(self) -> dict[str, NDArray[np.intp]]:
        """The rows of each name that keep a middle line."""
        return {name: rows[self.radii[rows] == 0] for name, rows in self.rows.items()}

    @cached_property
    def invented(self) -> dict[str, NDArray[np.intp]]:
        """The rows of each name that follow the project's written forms."""
        return {name: rows[self.writers[rows] == INVENTED] for name, rows in self.rows.items()}

    def only(self, held_out: bool, share: int = 20) -> "Glyphs":
        """One in `share` originals with its copies where held_out, else the others."""
        rows = np.flatnonzero((self.sources % share == 0) == held_out)
        return Glyphs(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})

    def save(self, path: Path) -> None:
        """Write the bank to one file, in one rename."""
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
            np.savez(file, **{name: getattr(self, name) for name in self.__dataclass_fields__})
        Path(file.name).replace(path)

    @classmethod
    def load(cls, path: Path) -> "Glyphs":
        """The bank in a file that `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{name: arrays[name] for name in cls.__dataclass_fields__})


_Glyph = tuple[Field, str, float, int, bool]
"""Field, name, radius of an outline or 0, writer, -1 or INVENTED, and whether it is a copy of the glyph before it."""


def make_glyphs(seed: int = 0, data_dir: str | Path | None = None) -> Glyphs:
    """The bank of all that may be trained on: MNIST, USPS and, where the data folder has them, pen movements, letters
    and foreign characters; the rest the project draws itself. A minute of one core."""
    rng = np.random.default_rng([seed, 0x676C])
    found = list(_all(rng, data_dir))
    fields = np.array([glyph[0] for glyph in found], np.uint8)
    boxes: list[Box] = [ink_box(field) for field in fields]
    whole = np.array([right - left > 1 and bottom - top > 1 for left, top, right, bottom in boxes])
    return Glyphs(
        fields[whole],
        np.array([glyph[1] for glyph in found])[whole],
        np.array(boxes, np.int16)[whole],
        np.array([glyph[2] for glyph in found], np.float32)[whole],
        np.array([glyph[3] for glyph in found], np.int16)[whole],
        np.cumsum([not glyph[4] for glyph in found], dtype=np.int32)[whole],
    )


def _all(rng: np.random.Generator, data_dir: str | Path | None) -> Iterator[_Glyph]:
    for name in ("mnist", "usps"):
        dataset = load_dataset(name, "train", data_dir=data_dir)
        for view, label in zip(dataset.images, dataset.labels, strict=True):
            solid = enlarged(view)
            yield _of_ink(solid, str(label), rng)
            if rng.random() < _BENT:
                yield _of_ink(bent(solid, rng), str(label), rng, copy=True)
    digits = written_forms("digits", "world", "cursive")
    yield from _written([digit for digit in "0123456789" for _ in range(_WRITTEN)], digits, rng)
    signs = {**written_forms("letters"), **written_forms("signs")}
    yield from _written([sign for sign in sorted(signs) for _ in range(_LETTERS)], signs, rng)
    for image in scribbles(_SCRIBBLES, int(rng.integers(2**31)), FIELD_SIDE, FIELD_BOX):
        solid = centred((image > 110).astype(np.uint8))
        yield outline_field(solid), SCRIBBLE, max(stroke_radius(solid, middle_of(solid)), 0.5), -1, False
    folder = data_folder(data_dir)
    if folder is not None:
        yield from _movements(folder / "uci" / "pendigits_train.npz")
        yield from _letters(folder / "uji" / "penchars.npz")
        yield from _characters(folder / "negatives" / "omniglot_small.npz")


def _of_ink(solid: NDArray[np.uint8], name: str, rng: np.random.Generator, *, copy: bool = False) -> _Glyph:
    """Half of the glyphs keep their outline, half the middle line alone: then any pen can redraw them."""
    middle = middle_of(solid)
    if rng.random() < 0.5:
        return outline_field(solid), name, max(stroke_radius(solid, middle), 0.5), -1, copy
    return middle_field(middle), name, 0.0, -1, copy


def _written(symbols: list[str], forms: dict, rng: np.random.Generator) -> Iterator[_Glyph]:  # type: ignore[type-arg]
    for start in range(0, len(symbols), 500):
        block = symbols[start : start + 500]
        paths, pens = write_symbols(block, forms, Hand(), rng, samples_for(FIELD_BOX))
        for symbol, path, pen in zip(block, paths, pens, strict=True):
            yield middle_field(drawn(path, pen)), symbol, 0.0, INVENTED, False


def _movements(path: Path) -> Iterator[_Glyph]:
    """The pendigits (Alimoglu and Alpaydin 1996): eight points of each digit's path, joined by a spline."""
    if not path.is_file():
        return
    with np.load(path, allow_pickle=False) as arrays:
        points, labels = arrays["points"].astype(np.float32), arrays["labels"]
    spline = cubic(np.linspace(0, points.shape[1] - 1, 96), points.shape[1], CATMULL_ROM).astype(np.float32)
    for eight, label in zip(points, labels, strict=True):
        if str(label) not in _LIFTED:
            # Their y runs up.
            along = spline @ (eight * np.array([1, -1], np.float32))
            yield middle_field(drawn(along, np.ones(len(along) - 1, np.float32))), str(label), 0.0, -1, False


_WIDTH = {"i": 0.3, "l": 0.3, "j": 0.45, "t": 0.6, "f": 0.6, "r": 0.7, "I": 0.4, "m": 1.3, "w": 1.2, "M": 1.1, "W": 1.3}
"""Width over height of letters, where it is not about 0.8: the stored ones are stretched to a square."""


def _letters(path: Path) -> Iterator[_Glyph]:
    """The UJI pen characters (Llorens et al. 2008): letters of eleven writers, as thin lines."""
    if not path.is_file():
        return
    with np.load(path, allow_pickle=False) as arrays:
        images, labels, writers = arrays["images"], arrays["labels"], arrays["writers"]
    for image, label, writer in zip(images, labels, writers, strict=True):
        if str(label).isalpha():
            x, y, width, height = cv2.boundingRect((image > 60).astype(np.uint8))
            wide = max(4, round(FIELD_BOX * _WIDTH.get(str(label), 0.8)))
            cut = cv2.resize(image[y : y + height, x : x + width], (wide, FIELD_BOX), interpolation=cv2.INTER_AREA)
            solid = centred(np.asarray(cv2.threshold(cut, 40, 1, cv2.THRESH_BINARY)[1], np.uint8))
            yield middle_field(middle_of(solid)), f"pen {label}", 0.0, int(writer), False


def _characters(path: Path) -> Iterator[_Glyph]:
    """Half of Omniglot's alphabets (Lake et al. 2015), every other one by name: signs that are no digits."""
    if not path.is_file():
        return
    with np.load(path, allow_pickle=False) as arrays:
        images, names = arrays["images"], arrays["names"]
    alphabets = sorted({str(name).split("/")[0] for name in names})
    learned = set(alphabets[::2])
    for image, name in zip(images, names, strict=True):
        if str(name).split("/")[0] in learned:
            dark = image < 128 if np.mean(image) > 127 else image > 127
            solid = centred(np.asarray(cv2.dilate(dark.astype(np.uint8), np.ones((3, 3), np.uint8)), np.uint8))
            yield middle_field(middle_of(solid)), "foreign", 0.0, -1, False


def glyphs_file(cache: Path, data_dir: str | Path | None = None) -> Path:
    """The file of the bank in a folder, made where it is not there yet."""
    path = cache / f"glyphs-{DRAWN}.npz"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        make_glyphs(data_dir=data_dir).save(path)
    return path
