"""Styles of handwriting, drawn at random."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Style:
    """How one person writes. Lengths are shares of a digit's height."""

    slant: float  # tangent, to the right
    turn: float  # of every glyph, radians
    width: float  # of a glyph, as a share of its own
    gap: float  # between neighbours
    crowding: float  # chance that two neighbours touch or overlap
    joined: float  # chance that a stroke leads from a digit to the next
    wander: float  # of the baseline, standard deviation
    unevenness: float  # of sizes, standard deviation
    small_zeros: float  # size of the zeros that end a number
    own_forms: int  # how many forms of each digit the person has
    sameness: float  # chance that a glyph is one of the person's own forms, not anybody's


def random_style(rng: np.random.Generator) -> Style:
    """A person's style."""
    return Style(
        slant=rng.normal(0.05, 0.15) if rng.random() < 0.75 else float(np.clip(rng.normal(0.4, 0.2), -0.3, 0.8)),
        turn=rng.normal(0, 0.05),
        width=rng.uniform(0.75, 1.25),
        gap=float(np.exp(rng.uniform(np.log(0.05), np.log(0.4)))),
        crowding=0.5 * rng.random() ** 3,
        joined=rng.uniform(0, 0.8) if rng.random() < 0.25 else 0.0,
        wander=rng.uniform(0, 0.08),
        unevenness=rng.uniform(0.02, 0.12),
        small_zeros=rng.uniform(0.5, 0.85) if rng.random() < 0.2 else 1.0,
        own_forms=int(rng.integers(1, 5)),
        sameness=rng.uniform(0.5, 1.0),
    )
