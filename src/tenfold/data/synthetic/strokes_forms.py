"""How people write each symbol: the pen's path for every common form, read from strokes_*.toml beside this file."""

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Form:
    """One way to write a symbol.

    frequency: relative to the symbol's other forms; poses: the same path in different proportions, each a text of
    points "x,y" in percent of a box, y down, with "|" where the pen is lifted and "!" after a corner.
    """

    name: str
    frequency: float
    poses: tuple[str, ...]

    @cached_property
    def points(self) -> NDArray[np.float32]:
        """The control points [poses, points, 2]: x and y, 0 to 1 within the box."""
        poses = [[coordinates(point) for point in pose.replace("|", " ").split()] for pose in self.poses]
        return (np.array(poses) / 100).astype(np.float32)

    @cached_property
    def strokes(self) -> tuple[int, ...]:
        """How many control points each stroke has, in writing order."""
        return tuple(len(stroke.split()) for stroke in self.poses[0].split("|"))

    @cached_property
    def corners(self) -> tuple[bool, ...]:
        """Whether the pen turns sharply at each control point."""
        return tuple(point.endswith("!") for point in self.poses[0].replace("|", " ").split())


def coordinates(point: str) -> tuple[float, float]:
    """A point of a pose, "x,y" or "x,y!", in percent of its box."""
    x, y = point.rstrip("!").split(",")
    return float(x), float(y)


@cache
def written_forms(*alphabets: str) -> dict[str, tuple[Form, ...]]:
    """Every symbol of one or more alphabets with its forms: strokes_<alphabet>.toml, digits where none is named.

    digits: as MNIST's writers do; world: what other countries' writers add to them; cursive: what
    quick hands do; letters, signs: no digits.
    """
    forms: dict[str, tuple[Form, ...]] = {}
    for alphabet in alphabets or ("digits",):
        text = Path(__file__).with_name(f"strokes_{alphabet}.toml").read_text(encoding="utf-8")
        for symbol, written in tomllib.loads(text).items():
            more = tuple(Form(form["name"], float(form["frequency"]), tuple(form["poses"])) for form in written)
            forms[symbol] = forms.get(symbol, ()) + more
    return forms
