"""Characters of no alphabet: strokes of letters and signs put together anew, for a reader to refuse.

The world's scripts have more characters than anybody could list; what they share is the pen.
"""

import numpy as np

from tenfold.data.dataset import Images
from tenfold.data.synthetic.strokes import draw
from tenfold.data.synthetic.strokes_forms import Form, coordinates, written_forms
from tenfold.data.synthetic.strokes_hand import Hand
from tenfold.data.synthetic.strokes_pen import Pen

_STROKES = {3: 0.5, 4: 0.35, 5: 0.15}
"""How many strokes a character has, and how often: of fewer, many would be digits."""

_FINE = 0.7
"""The pen's width as a share of that for digits, which have fewer strokes."""

_SIZES = 0.45, 1.1
"""Size of a stroke, as a share of the one that it was taken from."""


def invented(n: int, rng: np.random.Generator) -> Images:
    """Views [n, 28, 28] of characters, each of its own."""
    strokes = [
        stroke
        for forms in written_forms("letters", "signs").values()
        for form in forms
        for stroke in form.poses[0].split("|")
    ]
    names = [str(number) for number in range(n)]
    forms = {name: (Form(name, 1.0, (_character(strokes, rng),)),) for name in names}
    return draw(names, forms, [int(rng.integers(2**31))], Hand(), Pen().scaled(_FINE))


def _character(strokes: list[str], rng: np.random.Generator) -> str:
    """A pose: some of the strokes, moved and scaled, in the box of 100 by 100."""
    count = rng.choice(list(_STROKES), p=list(_STROKES.values()))
    pose = []
    for stroke in rng.choice(strokes, count):
        points = stroke.split()
        at = np.array([coordinates(point) for point in points])
        middle = (at.max(axis=0) + at.min(axis=0)) / 2
        at = rng.uniform(10, 90, 2) + (at - middle) * rng.uniform(*_SIZES, 2) * rng.choice([-1, 1], 2)
        pose.append(
            " ".join(f"{x:.0f},{y:.0f}{'!' * point.endswith('!')}" for (x, y), point in zip(at, points, strict=True))
        )
    return " | ".join(pose)
