"""People who write on a canvas: one hand and one pen for all that a person writes."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages.canvas import CLASSES, UNKNOWN, Canvas
from tenfold.data.pages.fields import FIELD_SIDE
from tenfold.data.pages.glyphs import SCRIBBLE, Glyphs
from tenfold.data.pages.styles import random_style

_THINNEST, _WIDEST = 0.01, 0.1
"""Half the width of a pen's strokes, as a share of its digits' height: a hairline, a felt pen."""

_FAINTEST = 0.2
"""Pixels: half the width of the thinnest stroke."""

_FOREIGN = 0.4
"""Share of people who write in the project's written forms: MNIST's writers went to one country's schools."""

_AMBIGUOUS = frozenset("OILZSBGQ")
"""Letters that alone may be a digit, in one of their cases."""

_FLATTEST = 0.75
"""Height over width of the flattest glyph that is written as high as a line's digits; flatter ones are smaller."""

_SIGNS = {"'": ((0.03, 1.0, 0, 0.8),), "·": ((0, 0.45, 0.02, 0.44),), ".": ((0, 0.03, 0.02, 0.02),)}
"""Marks drawn as segments (x0, y0, x1, y1) in heights of a digit: y 0 on the line, 1 at the top of a digit."""

_DRAWN = "/="
"""Signs that the bank holds in one width only."""

_COMMA, _DASH, _COLON, _SLASH = ",", "-", ":", "/"


class Writer:
    """One person with one pen. height: of a digit in pixels; reach: half the pen's width as a share of the height."""

    def __init__(self, glyphs: Glyphs, rng: np.random.Generator, height: float) -> None:
        self.height = height
        self._glyphs = glyphs
        self._rng = rng
        self.style = random_style(rng)
        self.reach = _THINNEST * (_WIDEST / _THINNEST) ** rng.random()
        self._natural = rng.random() < 0.55 and self.reach > 0.03
        self._foreign = rng.random() < _FOREIGN
        self._hand = int(rng.integers(11))
        self._forms: dict[str, NDArray[np.intp]] = {}

    def number(
        self,
        canvas: Canvas,
        text: str,
        left: float,
        baseline: float,
        value: float,
        *,
        height: float | None = None,
        depth: float = 1.0,
        slope: float = 0.0,
    ) -> float:
        """Write digits, separators, signs and spaces from `left` on a line, and mark digits and separators.

        value: brightness of the ink; slope: of the line, downwards. Returns the right edge in pixels.
        """
        tall = height or self.height
        ending = len(text) - len(text.rstrip("0.,-= "))
        x = left
        before: tuple[float, float] | None = None
        for index, sign in enumerate(text):
            y = baseline + slope * (x - left) + self._rng.normal(0, self.style.wander) * tall
            if sign.isdigit() and before and self._rng.random() < self.style.joined:
                self._join(canvas, before, (x, y), tall, value, depth)
            if sign == " ":
                x += tall * self._rng.uniform(0.4, 0.9)
                before = None
                continue
            if sign.isdigit() or (sign in self._glyphs.rows and sign not in _DRAWN) or sign.isalpha():
                own = self.style.small_zeros if sign == "0" and index >= len(text) - ending > 0 else 1.0
                size = tall * own * float(np.exp(self._rng.normal(0, self.style.unevenness)))
                lift = (tall - size) * self._rng.uniform(0, 1) if own < 1 else 0.0
                right = self._glyph(canvas, sign, x, y - lift, size, value, depth, tall)
            else:
                right = self._sign(canvas, sign, x, y, tall, value, depth, text, index)
            before = (right, y) if sign.isdigit() else None
            x = right + self._gap(tall, text, index)
        return x - self._gap_mean(tall)

    def word(
        self,
        canvas: Canvas,
        text: str,
        left: float,
        baseline: float,
        value: float,
        *,
        height: float | None = None,
        depth: float = 1.0,
        slope: float = 0.0,
    ) -> float:
        """Write letters; height: of a capital, in pixels. A letter that alone may be a digit is of class UNKNOWN."""
        tall = height or self.height
        x = left
        for sign in text:
            y = baseline + slope * (x - left) + self._rng.normal(0, 0.02) * tall
            if sign == " ":
                x += tall * self._rng.uniform(0.4, 0.8)
                continue
            small = sign.islower() and sign not in "bdfhklt"
            size = tall * (self._rng.uniform(0.5, 0.7) if small else 1.0)
            hangs = 0.35 * tall if sign in "gjpqy" else 0.0
            alone = len(text.strip()) == 1 and sign.upper() in _AMBIGUOUS
            x = self._glyph(canvas, sign, x, y + hangs, size + hangs, value, depth, tall, unknown=alone)
            x += tall * self._rng.uniform(-0.02, 0.12)
        return x

    def measure(self, text: str, height: float | None = None) -> float:
        """About how many pixels wide `number` writes a text."""
        tall = height or self.height
        wide = {" ": 0.65, ".": 0.08, ",": 0.1, ":": 0.1, "-": 0.4, "'": 0.1}
        glyphs = sum(wide.get(sign, 0.7 * self.style.width) for sign in text)
        return tall * glyphs + self._gap_mean(tall) * max(len(text) - 1, 0)

    def scribble(
        self, canvas: Canvas, left: float, top: float, right: float, bottom: float, value: float, depth: float = 1.0
    ) -> None:
        """Fill a box with a scribble, or with a signature of letters that run into each other."""
        if self._rng.random() < 0.6:
            row = int(self._rng.choice(self._glyphs.rows[SCRIBBLE]))
            x0, y0, x1, y1 = self._glyphs.boxes[row]
            scale = min((right - left) / max(x1 - x0, 1), (bottom - top) / max(y1 - y0, 1))
            matrix = np.array([[scale, 0, left - scale * x0], [0, scale, top - scale * y0]])
            canvas.stamp(self._glyphs.fields[row], matrix, 0.0, value, depth)
            return
        steps = int(self._rng.integers(5, 14))
        x = np.linspace(left, right, 6 * steps) + self._rng.normal(0, 0.04 * (right - left), 6 * steps)
        y = (top + bottom) / 2 + np.repeat(self._rng.uniform(-0.5, 0.5, steps), 6) * (bottom - top)
        kernel = np.hanning(9) / np.hanning(9).sum()
        path = np.stack([np.convolve(x, kernel, "valid"), np.convolve(y, kernel, "valid")], axis=1)
        canvas.line(path, max(1.0, 2 * self.reach * self.height), value, depth)

    def character(
        self, canvas: Canvas, left: float, baseline: float, value: float, *, height: float, depth: float = 1.0
    ) -> float:
        """Write a sign of some script, or a shape, that is neither digit nor letter. Returns the right edge."""
        sign = "foreign" if self._rng.random() < 0.5 and "foreign" in self._glyphs.rows else SCRIBBLE
        return self._glyph(canvas, sign, left, baseline, height, value, depth, height)

    def _join(
        self,
        canvas: Canvas,
        start: tuple[float, float],
        end: tuple[float, float],
        tall: float,
        value: float,
        depth: float,
    ) -> None:
        """The stroke that leads from a digit's right side to the next one's left: from top to top mostly, sagging."""
        rng = self._rng
        leave = rng.choice([0.95, 0.05, 0.5], p=[0.55, 0.3, 0.15]) + rng.normal(0, 0.08)
        arrive = leave if rng.random() < 0.6 else rng.uniform(0, 1)
        lean = self.style.slant * tall
        x0, x1 = start[0] - 0.2 * tall * rng.random(), end[0] + 0.2 * tall * rng.random()
        y0, y1 = start[1] - leave * tall, end[1] - arrive * tall
        x0, x1 = x0 + lean * (leave - 0.5), x1 + lean * (arrive - 0.5)
        middle = (x0 + x1) / 2, (y0 + y1) / 2 + rng.uniform(-0.1, 0.25) * tall
        t = np.linspace(0, 1, 9)[:, None]
        path = (1 - t) ** 2 * np.array([x0, y0]) + 2 * t * (1 - t) * np.array(middle) + t**2 * np.array([x1, y1])
        canvas.line(path, max(2 * self.reach * tall * rng.uniform(0.6, 1.0), 0.5), value, depth)

    def _gap_mean(self, tall: float) -> float:
        return tall * self.style.gap * 0.6

    def _gap(self, tall: float, text: str, index: int) -> float:
        if index + 1 < len(text) and self._rng.random() < self.style.crowding:
            return -tall * self._rng.uniform(0, 0.14)
        return tall * self.style.gap * self._rng.uniform(0.2, 1.0)

    def _row(self, sign: str) -> int:
        """A glyph of the sign: mostly one of the person's own."""
        rng, style = self._rng, self.style
        if sign not in self._forms:
            self._forms[sign] = np.array([self._anybodys(sign) for _ in range(style.own_forms)])
        return int(rng.choice(self._forms[sign])) if rng.random() < style.sameness else self._anybodys(sign)

    def _anybodys(self, sign: str) -> int:
        """A glyph as this person's pen would draw it: an outline of that thickness, or a middle line."""
        rng, bank = self._rng, self._glyphs
        if sign.isalpha():
            names = [name for name in (f"pen {sign.upper()}", sign, "foreign", SCRIBBLE) if name in bank.rows]
            rows = bank.rows[names[1] if names[1] == sign and rng.random() < 0.3 else names[0]]
            own = rows[bank.writers[rows] == self._hand]
            return int(rng.choice(own if len(own) else rows))
        if self._foreign and len(bank.invented[sign]):
            return int(rng.choice(bank.invented[sign]))
        thick, radii = bank.thickness[sign]
        if self._natural and len(thick) > 20:
            wanted = self.reach * 40
            place = int(np.searchsorted(radii, wanted * float(np.exp(rng.normal(0, 0.1)))))
            near = int(np.clip(place + rng.integers(-200, 201), 0, len(thick) - 1))
            return int(thick[near])
        middles = bank.middles[sign]
        return int(rng.choice(middles if len(middles) else bank.rows[sign]))

    def _glyph(
        self,
        canvas: Canvas,
        sign: str,
        left: float,
        baseline: float,
        height: float,
        value: float,
        depth: float,
        tall: float,
        *,
        unknown: bool = False,
    ) -> float:
        """Write one glyph that stands on the baseline and mark it; returns its right edge."""
        bank, rng, style = self._glyphs, self._rng, self.style
        row = self._row(sign)
        x0, y0, x1, y1 = (float(edge) for edge in bank.boxes[row])
        radius = float(bank.radii[row])
        scale = height / max(y1 - y0, _FLATTEST * (x1 - x0), 4.0)
        reach = self._reach_in_field(radius, scale, tall)
        edge = reach if radius == 0 else 0.0
        scale = height / max(y1 - y0 + 2 * edge, _FLATTEST * (x1 - x0), 4.0)
        across = scale * style.width * float(np.exp(rng.normal(0, 0.05)))
        angle = style.turn + rng.normal(0, 0.04)
        lean = style.slant if sign.isdigit() and rng.random() < 0.9 else 0.6 * style.slant
        cos, sin = np.cos(angle), np.sin(angle)
        linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[across, -lean * scale], [0, scale]])
        box = np.array([[x0, x1, x1, x0], [y0, y0, y1, y1]]) + np.array(
            [[-edge, edge, edge, -edge], [-edge, -edge, edge, edge]]
        )
        placed = linear @ box
        # The sheared box's middle stands where an upright glyph's would.
        shift = np.array(
            [
                left - placed[0].min() - 0.25 * (np.ptp(placed[0]) - (x1 - x0 + 2 * edge) * across),
                baseline - placed[1].max(),
            ]
        )
        matrix = np.column_stack([linear, shift])
        canvas.stamp(bank.fields[row], matrix, reach, value, depth)
        right = float(placed[0].max() + shift[0])
        if sign.isdigit():
            tight = _tight(bank.fields[row], matrix, reach)
            canvas.mark_box(CLASSES.index(sign), *tight)
            right = tight[2]
        elif unknown:
            canvas.mark(UNKNOWN, placed.T + shift)
        return right

    def _reach_in_field(self, radius: float, scale: float, tall: float) -> float:
        """How far from the field's zero this pen's ink goes, in the field's pixels."""
        wanted = self.reach * tall / scale
        if radius == 0:
            return float(max(wanted, _FAINTEST / scale))
        # A stroke thinned by more than half comes apart, one grown by more than half closes the eyes.
        return float(np.clip(wanted - radius, -0.5 * radius, 0.5 * radius + 0.5))

    def _sign(
        self,
        canvas: Canvas,
        sign: str,
        left: float,
        y: float,
        tall: float,
        value: float,
        depth: float,
        text: str,
        at: int,
    ) -> float:
        """Write a dot, comma, dash or colon, and mark it where it stands by a digit."""
        rng = self._rng
        pen = max(2 * self.reach * tall, 0.8)
        wide = pen * (rng.uniform(1.0, 1.7) if sign in ".:,'·" else rng.uniform(0.8, 1.1))
        size = rng.uniform(0.8, 1.2) * tall
        lean = self.style.slant
        strokes: list[tuple[float, float, float, float]]
        if sign == _COMMA:
            strokes = [(0.05, 0.06, -0.04, rng.uniform(-0.25, -0.12))]
        elif sign == _DASH:
            long = rng.uniform(0.25, 0.6)
            strokes = [(0, 0.45, long, 0.45 + rng.normal(0, 0.04))]
        elif sign == _COLON:
            strokes = [(0, 0.12, 0.02, 0.11), (0.02, 0.6, 0.04, 0.59)]
        elif sign == _SLASH:
            strokes = [(0, rng.uniform(-0.2, 0.05), rng.uniform(0.15, 0.6), rng.uniform(0.95, 1.2))]
        elif sign == "=":
            strokes = [(0, 0.6, 0.45, 0.62), (0, 0.35, 0.45, 0.36)]
        else:
            strokes = list(_SIGNS.get(sign, ((0, 0.45, 0.3, 0.46),)))
        points = []
        for x0, y0, x1, y1 in strokes:
            jitter = rng.normal(0, 0.015, 4)
            ends = np.array([[x0 + lean * y0, -y0], [x1 + lean * y1, -y1]]) + jitter.reshape(2, 2)
            path = ends * size + (left + 0.06 * tall, y)
            canvas.line(path, wide, value, depth)
            points.append(path)
        every = np.concatenate(points)
        low, high = every.min(axis=0) - wide / 2, every.max(axis=0) + wide / 2
        label = "." if sign == "·" else sign
        beside = any(text[i : i + 1].isdigit() for i in (at - 1, at + 1) if i >= 0)
        if label in CLASSES and beside:
            canvas.mark_box(CLASSES.index(label), low[0], low[1], high[0], high[1])
        return float(high[0])


def _tight(field: NDArray[np.uint8], matrix: NDArray[np.float64], reach: float) -> tuple[float, float, float, float]:
    """The box of a glyph's ink on the page: of its field's inked pixels under the map."""
    ys, xs = np.nonzero(field[::2, ::2] <= 64 + 4 * reach + 2)
    if len(xs) == 0:
        ys, xs = np.array([0, FIELD_SIDE // 2]), np.array([0, FIELD_SIDE // 2])
    placed = matrix[:, :2] @ np.stack([2 * xs + 1, 2 * ys + 1]) + matrix[:, 2:]
    (left, top), (right, bottom) = placed.min(axis=1), placed.max(axis=1)
    half = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    return float(left - half), float(top - half), float(right + half), float(bottom + half)
