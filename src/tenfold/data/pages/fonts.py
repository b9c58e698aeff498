"""Printed lines: the fonts of this machine that draw digits and letters, and where each digit's ink comes to lie."""

import functools
import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tenfold.data.pages.canvas import CLASSES, UNKNOWN, Canvas
from tenfold.errors import TenfoldError
from tenfold.reading.detector.peaks import SEPARATORS

Kind = Literal["any", "text", "digits", "hand", "segments"]
"""Which fonts may be picked. any: with letters and digits; text: those of print; hand: those that look handwritten;
segments: seven segments, good for digits alone; digits: text or segments."""

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SIGNS = SEPARATORS + "$%#+()*="
"""What printed text is made of, besides digits and letters."""

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")

_HAND = ("dancing", "kristi", "breip", "humor", "femkeklaver", "kaushan", "lobster", "script", "hand", "comic")
"""In the names of fonts that look handwritten."""

_SEGMENTS = ("dseg7classic", "dseg7modern")
"""In the names of fonts that draw digits with seven segments: their letters are none that print has."""

_NO_TEXT = ("dseg", "biolinum_k", "lastresort", "stixsiz", "cmex", "cmmi", "cmsy", "symbol", "outline")
"""In the names of fonts whose letters are symbols, ornaments or segments."""

_TRIAL = 32
"""Font size that a font's characters are compared at."""

_FAINT = 0.55
"""A font is too thin for print if no pixel of an 8 twelve pixels high gets this much ink."""

_LEAST_HEIGHT, _LEAST_CONTRAST = 4.5, 0.12
"""A digit lower than this many pixels, or with no pixel this far from the ground's brightness, is not to be read."""

_EDGE = 64
"""Ink, of 255, from which on a pixel belongs to a character's box."""

_NAMELESS = re.compile(
    r"(?<![A-Za-z0-9])(?:[OoIl|ZzSsBbgq]|[OoIl|]{2,})(?![A-Za-z0-9])|(?<=[0-9])[OoIl|]|[OoIl|](?=[0-9])"
)
"""Letters that look like digits and have no word around them that tells."""

_ALONE = re.compile(r"(?<![0-9])[01](?![0-9])")
"""Digits that old-style figures draw as small capitals, with no digit beside them that tells."""

_LOW = 0.78
"""Old-style figures of less than this share of an 8's height are as low as small letters."""


@dataclass(frozen=True)
class Glyph:
    """A character's ink, uint8 [h, w], from column `left` and row `top` of its pen's place on the baseline; `advance`:
    how far the pen goes; box: left, top, right, bottom of what is seen of it."""

    ink: NDArray[np.uint8]
    left: int
    top: int
    advance: float
    box: tuple[int, int, int, int]


class Face:
    """One font at one size, with the characters drawn so far."""

    def __init__(self, file: str, size: float) -> None:
        self._font = ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
        self._glyphs: dict[str, Glyph] = {}

    def glyph(self, char: str) -> Glyph:
        """A character's ink."""
        if char not in self._glyphs:
            self._glyphs[char] = self._drawn(char)
        return self._glyphs[char]

    def _drawn(self, char: str) -> Glyph:
        left, top, right, bottom = (int(edge) for edge in self._font.getbbox(char, anchor="ls"))
        image = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
        ImageDraw.Draw(image).text((-left, -top), char, 255, self._font, anchor="ls")
        ink = np.asarray(image)
        return Glyph(ink, left, top, self._font.getlength(char), _box(ink, left, top))


def _box(ink: NDArray[np.uint8], left: int, top: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is seen of a character, all 0 for a space."""
    seen = ink >= min(_EDGE, max(int(ink.max()), 1))
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return 0, 0, 0, 0
    return left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1


# A face holds up to some 100 kB: this many stay small, and files stay few.
@functools.lru_cache(maxsize=256)
def face(file: str, size: float) -> Face:
    """A font at a size in points (72 to an inch, a pixel each). Raises OSError for a file that is no font."""
    return Face(file, size)


@functools.cache
def _size_of_height(file: str) -> float:
    """Font size at which an 8 is one pixel high: of old-style figures too, it is as high as a capital."""
    _left, top, _right, bottom = face(file, 200).glyph("8").box
    return 200 / (bottom - top)


def face_of_height(file: str, height: float) -> Face:
    """A font at the size whose 8 is `height` pixels high, to the nearest half of a point."""
    return face(file, max(round(2 * height * _size_of_height(file)) / 2, 3.0))


def line_width(font_file: str, text: str, height: float, tracking: float = 0.0) -> float:
    """Pixels that `print_line` takes for a text."""
    drawn = face_of_height(font_file, height)
    return _places(drawn, text, tracking)[1]


def print_line(
    canvas: Canvas,
    font_file: str,
    text: str,
    left: float,
    baseline: float,
    height: float,
    value: float,
    depth: float = 1.0,
    tracking: float = 0.0,
) -> float:
    """Print a line whose 8 is `height` pixels high, and mark its digits and the separators among them.

    A separator is marked after a digit, and between a space and a digit. Letters are not marked, but those that nobody
    could tell from a digit get an UNKNOWN mark, and so does a digit too small or faint to be read. value: the ink's
    brightness; depth: its share of full ink, 0 to 1; tracking: pixels between characters besides the font's.
    Returns the x at which the line ends.
    """
    drawn = face_of_height(font_file, height)
    places, width = _places(drawn, text, tracking)
    glyphs = [drawn.glyph(char) for char in text]
    starts = [round(left + place) for place in places]
    placed = list(zip(starts, glyphs, strict=True))
    shown = [(x, glyph) for x, glyph in placed if x < canvas.width and x + glyph.left + glyph.ink.shape[1] > 0]
    if shown:
        ground = _paint(canvas, shown, round(baseline), value, depth)
        _mark(canvas, text, placed, round(baseline), height, abs(value - ground) * depth)
    return left + width


def _places(drawn: Face, text: str, tracking: float) -> tuple[list[float], float]:
    """Where the pen stands for each character, from 0, and where the line ends."""
    x, places = 0.0, []
    for char in text:
        places.append(x)
        x += drawn.glyph(char).advance + tracking
    return places, x


def _paint(canvas: Canvas, shown: Sequence[tuple[int, Glyph]], baseline: int, value: float, depth: float) -> float:
    """Put characters together first: where two touch, the ink is not darker. Returns the ground's brightness."""
    left = min(start + glyph.left for start, glyph in shown)
    right = max(start + glyph.left + glyph.ink.shape[1] for start, glyph in shown)
    top = min(glyph.top for _start, glyph in shown)
    bottom = max(glyph.top + glyph.ink.shape[0] for _start, glyph in shown)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for start, glyph in shown:
        y, x = glyph.top - top, start + glyph.left - left
        part = ink[y : y + glyph.ink.shape[0], x : x + glyph.ink.shape[1]]
        np.maximum(part, glyph.ink, out=part)
    under = canvas.tone[max(baseline + top, 0) : max(baseline + bottom, 0), max(left, 0) : right]
    ground = float(under.mean()) if under.size else value
    canvas.cover(ink * np.float32(depth / 255), left, baseline + top, value)
    return ground


def _mark(
    canvas: Canvas, text: str, placed: Sequence[tuple[int, Glyph]], baseline: int, height: float, contrast: float
) -> None:
    """Mark digits, the separators among them, and letters that nobody could tell from digits. contrast: of full ink."""
    nameless = {at for match in _NAMELESS.finditer(text) for at in range(*match.span())}
    alone = {match.start() for match in _ALONE.finditer(text)}
    for at, char in enumerate(text):
        label = _label(text, at)
        if label is None and at not in nameless:
            continue
        start, glyph = placed[at]
        left, top, right, bottom = glyph.box
        tall = bottom - top if char in DIGITS else height
        if at in alone and tall < _LOW * height:
            label = UNKNOWN
        if label is None or tall < _LEAST_HEIGHT or glyph.ink.max() * contrast < _LEAST_CONTRAST * 255:
            label = UNKNOWN
        canvas.mark_box(label, start + left, baseline + top, start + right, baseline + bottom)


def _label(text: str, at: int) -> int | None:
    """Class of a character: of a digit, of a separator after a digit or between a space and a digit."""
    char = text[at]
    if char in DIGITS:
        return CLASSES.index(char)
    if char not in SEPARATORS:
        return None
    before, after = text[at - 1 : at] if at else " ", text[at + 1 : at + 2]
    is_number = before in DIGITS or (before == " " and after != "" and after in DIGITS)
    return CLASSES.index(char) if is_number else None


class Fonts:
    """The fonts of this machine that draw digits as everybody does, sorted by the names of their files."""

    def __init__(self) -> None:
        """Looks in the system's folders and in matplotlib's, where that is installed. Raises TenfoldError where
        there is none."""
        self.files = _usable()
        """Of each kind, the files of fonts, sorted by name."""
        if not self.files["text"]:
            raise TenfoldError("no fonts: install matplotlib, which brings some, or fonts for the system")
        self._families = {kind: _by_family(files) for kind, files in self.files.items()}

    def pick(self, rng: np.random.Generator, kind: Kind = "any") -> str:
        """A font's file: each family is as likely as any other, however many weights it has. Where the machine has
        none of a kind, one for text."""
        families = self._families[kind] or self._families["text"]
        family = families[rng.integers(len(families))]
        return family[rng.integers(len(family))]


@functools.cache
def _usable() -> dict[Kind, tuple[str, ...]]:
    """Files of each kind of font, sorted by name."""
    files = sorted(_font_files(), key=lambda file: (file.name, str(file)))
    text = [str(file) for file in files if not _named(file, _NO_TEXT) and _draws(str(file), DIGITS + LETTERS + SIGNS)]
    hand = tuple(file for file in text if _named(Path(file), _HAND))
    plain = tuple(file for file in text if file not in hand)
    segments = [str(file) for file in files if _named(file, _SEGMENTS) and _draws(str(file), DIGITS + ".:-")]
    return {"any": tuple(text), "text": plain, "digits": (*plain, *segments), "hand": hand, "segments": tuple(segments)}


def _font_files() -> Iterator[Path]:
    """Every font of matplotlib and of the system."""
    folders = [Path(folder) for folder in _FOLDERS]
    # The package is only looked for: importing it would take half a second.
    package = importlib.util.find_spec("matplotlib")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "mpl-data" / "fonts" / "ttf")
    for folder in folders:
        yield from (file for file in folder.rglob("*") if file.suffix.lower() in (".ttf", ".otf"))


def _named(file: Path, parts: Sequence[str]) -> bool:
    """Whether the name of a font's file has one of these in it."""
    return any(part in file.name.lower() for part in parts)


def _draws(file: str, characters: str) -> bool:
    """Whether a font has all characters, draws each in its own way, and with strokes that small print can show."""
    try:
        trial = Face(file, _TRIAL)
        none = trial.glyph("\U0010ffff").ink.tobytes()
        inks = {char: trial.glyph(char).ink for char in characters}
        if any(not ink.any() or ink.tobytes() == none for ink in inks.values()):
            return False
        # Small letters may look like capitals.
        alphabet = [inks[char].tobytes() for char in characters if char in DIGITS or char.isupper()]
        if len(set(alphabet)) < len(alphabet):
            return False
        return bool(face_of_height(file, 12).glyph("8").ink.max() >= _FAINT * 255)
    except OSError:
        return False


def _by_family(files: Sequence[str]) -> list[list[str]]:
    """Files together whose fonts are one family's."""
    families: dict[str, list[str]] = {}
    for file in files:
        family = ImageFont.truetype(file, _TRIAL).getname()[0]
        families.setdefault(family or file, []).append(file)
    return list(families.values())
