"""The peers: what the tutorials do to a picture before the same network sees it, and Tesseract."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from benchmarks.field.answers import reader

TESSERACT = "tesseract"
TUTORIAL = ("tutorial", "tutorial, inverted")

_PAGE_MODE = {"digit": "10", "line": "7", "block": "6"}
"""What Tesseract is told of a picture: one character, one line of text, one block of it."""


def tutorial(model: Path | None, picture: Path) -> tuple[str, str]:
    """The class for the picture made grey, resized to 28×28 and divided by 255, and the one for its inversion.

    A picture that Pillow cannot read is "" to both.
    """
    try:
        with Image.open(picture) as image:
            view = np.asarray(image.convert("L").resize((28, 28)))
    except OSError:
        return "", ""
    classifier = reader(model).classifier
    # Its answer is always a digit, also where the model knows other things.
    digits = [place for place, name in enumerate(classifier.card.classes) if name.isdigit()]
    best = classifier.probabilities(np.stack([view, 255 - view]))[:, digits].argmax(axis=1)
    return classifier.card.classes[digits[best[0]]], classifier.card.classes[digits[best[1]]]


def tesseract_version() -> str | None:
    """Tesseract's version, None where it is not installed."""
    if shutil.which(TESSERACT) is None:
        return None
    return subprocess.run([TESSERACT, "--version"], capture_output=True, text=True).stdout.split()[1]


def tesseract(picture: Path, shows: str) -> tuple[str, ...]:
    """The digits of each line that Tesseract reads in a picture of one "digit", one "line" or a "block" of lines.

    None in a picture that Pillow cannot read.
    """
    try:
        upright = upright_on_white(picture)
    except OSError:
        return ()
    # As a PNG: what it makes of digits is asked, not what it makes of files.
    content = io.BytesIO()
    upright.save(content, "PNG")
    mode = ["--psm", _PAGE_MODE[shows], "-c", "tessedit_char_whitelist=0123456789"]
    found = subprocess.run(
        [TESSERACT, "stdin", "stdout", *mode],
        input=content.getvalue(),
        capture_output=True,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
    )
    lines = (line.replace(" ", "") for line in found.stdout.decode(errors="replace").split("\n"))
    return tuple(line.strip() for line in lines if line.strip())


def upright_on_white(picture: Path) -> Image.Image:
    """The picture in RGB as a person sees it. Raises OSError where Pillow cannot read it."""
    with Image.open(picture) as image:
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("RGB")
