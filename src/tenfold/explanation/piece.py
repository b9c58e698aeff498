"""Which digit of a picture is explained."""

from dataclasses import dataclass, field

import numpy as np

from tenfold.errors import TenfoldError, UsageError
from tenfold.explanation.contrast import Views
from tenfold.reading import Picture, Reader
from tenfold.reading.measures import Box


@dataclass(frozen=True)
class Piece:
    """One piece of ink: the view uint8 [28, 28] that the model is given, and where in the picture it lies.

    number: its place among the digits that were read, from 1; None where it was left out. of: how many were read.
    reason: why it is this one of several, or why it was left out; empty for the only digit.
    """

    source: str
    view: Views = field(repr=False)
    box: Box
    number: int | None
    of: int
    reason: str = ""


def choose_piece(
    reader: Reader, picture: Picture, digit: int | None = None, *, single: bool = False, source: str | None = None
) -> Piece:
    """A digit of a picture's first page, found and framed as the reader does it.

    digit: which in reading order, from 1; None for the one that the model is least sure of, or, where no digit was
    read, the largest piece of ink that was left out. single: the picture is exactly one digit. source: what the
    picture is called. Where nothing is found, all ink is taken for one digit. Raises TenfoldError where the picture
    cannot be read or holds no ink, UsageError where it has no such digit.
    """
    reading = reader.read(picture, single=single, source=source)
    if digit is None and not reading.digits and not reading.rejected:
        # What the detector passes over may still be asked about: then the page's ink is taken for one digit.
        reading = reader.read(picture, single=True, source=source)
    count = len(reading.digits)
    if digit is not None and not 1 <= digit <= count:
        held = f"digits 1 to {count}" if count > 1 else "one digit" if count else "no digit"
        raise UsageError(f"{reading.source} holds {held}: there is no digit {digit} in it")
    if digit is not None or count:
        least = int(np.argmin([one.confidence for one in reading.digits]))
        index = least if digit is None else digit - 1
        reason = "" if count == 1 else "the one asked for" if digit is not None else "the least sure"
        return Piece(reading.source, reading.views[index], reading.digits[index].box, index + 1, count, reason)
    if not reading.rejected:
        raise TenfoldError(f"{reading.source}: no ink is found in it, so there is nothing to explain")
    sizes = [one.box[2] * one.box[3] for one in reading.rejected]
    index = int(np.argmax(sizes))
    left = reading.rejected[index]
    return Piece(reading.source, reading.views[index], left.box, None, 0, f"left out: {left.reason}")
