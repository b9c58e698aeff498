"""What may be wrong with a picture, as it is told: a name, a sentence with a figure, a remedy."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """Something about a picture that may make it hard to read.

    name: what, in two or three words; text: a sentence with the figure that was measured; remedy: what to do.
    problem: whether it is one, or only what one should know, as that a number has several digits.
    """

    name: str
    text: str
    figure: float
    remedy: str
    problem: bool = True

    def to_json(self) -> dict[str, Any]:
        """As in the output of `tenfold doctor --json`."""
        return {
            "finding": self.name,
            "problem": self.problem,
            "text": self.text,
            "figure": round(self.figure, 4),
            "remedy": self.remedy,
        }


def one_of_several(text: str, count: int) -> Finding:
    """What one should know where one digit may have been wanted and so many were found. text: the digits."""
    number = "two digits" if count == 2 else "several digits"
    told = f"{number} were found where you may have wanted one: {text}"
    remedy = "fine for a number; for one digit crop to it, or use tenfold read --single"
    return Finding(number, told, count, remedy, problem=False)


def too_small(text: str, height: float, least: int, scale: float) -> Finding:
    """Digits of this height in pixels, where at least so many are needed. scale: by which the picture was shrunk."""
    if scale > 1:
        text = f"{text} once the picture was shrunk to 1/{scale:g}"
    needed = f"scan at 300 dpi, go closer, or crop to the writing: {least} pixels are needed, 30 are good"
    return Finding("too small", text, height, needed)


def light_on_dark(figure: float) -> Finding:
    """What one should know where the writing is lighter than its ground."""
    text = "the writing is lighter than its ground, and was read so"
    return Finding("light on dark", text, figure, "fine, if it is", problem=False)


def no_digit(text: str, count: int) -> Finding:
    """Nothing was read, though so much was looked at."""
    remedy = "if one is there, crop to it; tenfold read --single takes a picture for exactly one digit"
    return Finding("no digit", text, count, remedy)
