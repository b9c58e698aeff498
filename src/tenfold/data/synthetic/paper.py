"""Pictures of handwriting as canvases, phones and scanners give them: ink in, the picture out, from one random stream.

`scene` puts a digit's ink on an empty field, `photograph` makes the picture of any ink. The kinds of picture differ
only in their `Conditions`; the pen, the sheet and the camera are in files of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from tenfold.data.synthetic import paper_camera as camera
from tenfold.data.synthetic import paper_sheet as sheets
from tenfold.data.synthetic.paper_camera import Picture, Pixels
from tenfold.data.synthetic.paper_pen import Ink, pencil, pressure, thicken, upscale
from tenfold.inference.frame import BOX, SIDE

Kind = Literal["canvas", "inverted", "photo", "scan", "cheque"]
Span = tuple[float, float]
"""The lowest and the highest value; what lies between is equally likely."""


@dataclass(frozen=True)
class Conditions:
    """How one kind of picture comes about. Chances are shares of pictures; brightness runs from 0 to 1."""

    paper: Span  # brightness of the bare sheet
    contrast: Span  # brightness between paper and full ink
    glyph: tuple[Span, ...]  # height of a digit in pixels, one of these spans
    stroke: Span  # width of the stroke as a share of MNIST's own
    margin: Span  # paper on each side of the digit, as a share of its size
    tilt: float = 0.0  # standard deviation of the turn, degrees; perspective goes with it
    aliased: float = 0.0  # chance that pixels are ink or paper and nothing between
    colour: float = 0.0  # chance that the picture has three channels
    tint: float = 0.0  # how far the paper's colour is from grey
    texture: float = 0.0  # chance of a pencil's grain or a pen's uneven pressure
    printed: Mapping[str, float] = field(default_factory=dict)  # chance of each: ruled, squared, box, security
    show_through: float = 0.0  # chance
    fibres: float = 0.0  # unevenness of the paper
    light: float = 0.0  # strength of uneven light, at most
    shadow: float = 0.0  # chance of a shadow's edge
    blur: Span = (0.0, 0.0)  # sigma, pixels
    shake: float = 0.0  # chance of a moved camera
    noise: Span = (0.0, 0.0)  # grey levels of 255
    gamma: Span = (1.0, 1.0)
    jpeg: float = 0.0  # chance
    inverted: float = 0.0  # chance of light ink on a dark ground


_CANVAS = Conditions(
    paper=(0.9, 1.0),
    contrast=(0.6, 1.0),
    glyph=((14, 24), (40, 120)),
    stroke=(0.15, 1.8),
    margin=(0.0, 0.6),
    aliased=0.35,
    colour=0.1,
    jpeg=0.25,
)

KINDS: Mapping[Kind, Conditions] = {
    "canvas": _CANVAS,
    "inverted": replace(_CANVAS, paper=(0.7, 1.0), inverted=1.0),
    "photo": Conditions(
        paper=(0.55, 1.0),
        contrast=(0.22, 0.75),
        glyph=((14, 32), (40, 100)),
        stroke=(0.25, 1.3),
        margin=(0.05, 0.9),
        tilt=4,
        colour=0.6,
        tint=0.04,
        texture=0.6,
        printed={"ruled": 0.1, "squared": 0.06, "box": 0.04},
        show_through=0.05,
        fibres=0.012,
        light=0.35,
        shadow=0.12,
        blur=(0.3, 1.1),
        shake=0.06,
        noise=(0.3, 4),
        gamma=(0.8, 1.3),
        jpeg=0.85,
        inverted=0.02,
    ),
    "scan": Conditions(
        paper=(0.85, 1.0),
        contrast=(0.2, 0.95),
        glyph=((18, 40), (40, 110)),
        stroke=(0.25, 1.4),
        margin=(0.0, 0.7),
        tilt=2,
        aliased=0.1,
        colour=0.3,
        tint=0.02,
        texture=0.7,
        printed={"ruled": 0.08, "squared": 0.08, "box": 0.12},
        show_through=0.1,
        fibres=0.006,
        light=0.04,
        blur=(0.2, 0.8),
        noise=(0, 2),
        gamma=(0.8, 1.2),
        jpeg=0.7,
    ),
    "cheque": Conditions(
        paper=(0.55, 0.92),
        contrast=(0.25, 0.65),
        glyph=((20, 40),),
        stroke=(0.4, 1.2),
        margin=(0.1, 0.6),
        tilt=1,
        texture=0.7,
        printed={"security": 0.95, "box": 0.5},
        fibres=0.01,
        light=0.08,
        blur=(0.4, 0.8),
        noise=(0.5, 4),
        gamma=(0.85, 1.2),
        jpeg=0.8,
    ),
}


def scene(view: Pixels, rng: np.random.Generator, kind: Kind | Conditions = "photo") -> Ink:
    """One digit's ink on an empty field [h, w], in a size, pen, turn and place that the kind of picture has.

    view: the digit's 28×28 view, uint8.
    """
    conditions = _conditions(kind)
    height = rng.uniform(*conditions.glyph[rng.integers(len(conditions.glyph))])
    size = round(height * SIDE / BOX)
    # Twice MNIST's pixels keep what is narrow, but a canvas without soft edges draws on the pixels it has.
    drawn = size if rng.random() < conditions.aliased else max(size, 2 * SIDE)
    low, high = conditions.stroke
    ink: MatLike = thicken(upscale(view, drawn), rng, low * (high / low) ** rng.random(), drawn / size)
    if conditions.tilt:
        ink = cv2.warpPerspective(ink, turn(drawn, drawn, rng, conditions.tilt), (drawn, drawn))
    if drawn != size:
        ink = cv2.resize(ink, (size, size), interpolation=cv2.INTER_AREA)
    # Interpolation may end a rounding above 1.
    return _crop(np.asarray(np.minimum(ink, 1), np.float32), rng, conditions.margin)


def turn(height: int, width: int, rng: np.random.Generator, degrees: float) -> NDArray[np.float64]:
    """A random turn about the middle of a field with a little perspective, as a map [3, 3] of pixels (x, y, 1).

    degrees: standard deviation of the turn; a camera held that carelessly is off square by as much.
    """
    angle = np.radians(rng.normal(0, degrees))
    to_middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    turned = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    turned[2, :2] = rng.normal(0, 0.02 * degrees / max(height, width), 2)
    return np.asarray(np.linalg.inv(to_middle) @ turned @ to_middle, np.float64)


def _crop(ink: Ink, rng: np.random.Generator, margin: Span) -> Ink:
    """The ink's own box with paper around it, other amounts on each side."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.2), np.flatnonzero(ink.max(axis=0) > 0.2)
    if len(rows) == 0:
        return ink
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    wide = rng.uniform(*margin) * max(box.shape)
    top, bottom, left, right = (int(side) for side in wide * rng.uniform(0.5, 1.5, 4))
    return np.asarray(cv2.copyMakeBorder(box, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0), np.float32)


def photograph(coverage: Ink, rng: np.random.Generator, kind: Kind | Conditions = "photo") -> Pixels:
    """The picture of some ink: uint8 [h, w], or [h, w, 3] RGB where it has colour.

    coverage [h, w] of any size; every stroke stays where it is, so that what is known about the ink's place holds
    for the picture.
    """
    conditions = _conditions(kind)
    ink = (coverage > 0.4).astype(np.float32) if rng.random() < conditions.aliased else coverage
    if rng.random() < conditions.texture:
        ink = (
            pencil(ink, rng, rng.uniform(0.2, 0.6)) if rng.random() < 0.4 else pressure(ink, rng, rng.uniform(0.1, 0.5))
        )
    tone = _sheet(coverage, rng, conditions) * _light(coverage.shape, rng, conditions)
    picture = _exposed(ink, tone, rng, conditions)
    picture = camera.blur(picture, rng.uniform(*conditions.blur))
    if rng.random() < conditions.shake:
        picture = camera.shake(picture, rng, rng.uniform(1.5, 4))
    if conditions.noise[1]:
        picture = camera.noise(picture, rng, rng.uniform(*conditions.noise))
    pixels = camera.develop(picture, rng.uniform(*conditions.gamma))
    if rng.random() < conditions.inverted:
        pixels = 255 - pixels
    return camera.jpeg(pixels, int(rng.integers(30, 96))) if rng.random() < conditions.jpeg else pixels


def _conditions(kind: Kind | Conditions) -> Conditions:
    return kind if isinstance(kind, Conditions) else KINDS[kind]


def _sheet(coverage: Ink, rng: np.random.Generator, conditions: Conditions) -> Picture:
    """The sheet's tone with what is printed on it: lines faint or as dark as ink."""
    tone = sheets.bare((coverage.shape[0], coverage.shape[1]))
    chance = conditions.printed
    if rng.random() < chance.get("security", 0):
        tone = sheets.security(tone, rng, rng.uniform(0.05, 0.3))
    if rng.random() < chance.get("ruled", 0):
        tone = sheets.ruled(tone, rng, rng.uniform(0.05, 0.5), rng.uniform(12, 60))
    elif rng.random() < chance.get("squared", 0):
        tone = sheets.squared(tone, rng, rng.uniform(0.05, 0.4), rng.uniform(8, 30))
    if rng.random() < chance.get("box", 0):
        tone = sheets.form_box(tone, rng, rng.uniform(0.2, 0.7))
    if rng.random() < conditions.show_through:
        tone = sheets.show_through(tone, rng, rng.uniform(0.03, 0.15), coverage)
    return sheets.fibres(tone, rng, conditions.fibres) if conditions.fibres else tone


def _light(shape: tuple[int, ...], rng: np.random.Generator, conditions: Conditions) -> Picture:
    """The light on the sheet [h, w]: even, falling off to a side or to the corners, with or without a shadow."""
    light = np.ones(shape, np.float32)
    if conditions.light:
        # Most light is nearly even: the square makes weak gradients common.
        falling = camera.gradient if rng.random() < 0.6 else camera.vignette
        light = falling(shape, rng, conditions.light * rng.random() ** 2)
    if rng.random() < conditions.shadow:
        light = light * camera.shadow(shape, rng, rng.uniform(0.1, 0.5))
    return light


_INKS = np.array([[0, 0, 0], [0.1, 0.15, 0.65], [0, 0.2, 0.9], [0.75, 0.05, 0.1], [0.05, 0.4, 0.2]], np.float32)
"""Black or pencil, blue, bright blue, red, green; RGB."""


def _exposed(ink: Ink, tone: Picture, rng: np.random.Generator, conditions: Conditions) -> Picture:
    """Paper and ink in their brightness and colour: ink takes a share of the light that the sheet gives back."""
    paper = rng.uniform(*conditions.paper)
    depth = min(rng.uniform(*conditions.contrast) / paper, 0.97)
    if rng.random() >= conditions.colour:
        return tone * np.float32(paper) * (1 - np.float32(depth) * ink)
    light = paper * (1 - conditions.tint * np.abs(rng.standard_normal(3)))
    pen = _INKS[rng.choice(len(_INKS), p=(0.4, 0.3, 0.15, 0.1, 0.05))]
    takes = np.float32(depth) * (1 - pen) / (1 - pen.min())
    return np.asarray((tone[..., None] * light.astype(np.float32)) * (1 - ink[..., None] * takes), np.float32)
