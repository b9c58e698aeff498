"""The picture in the README: what the shipped reader sees on a made-up photo of synthetic handwriting.

python docs/figures/read.py
"""

from pathlib import Path

import numpy as np

import tenfold
from tenfold.data.synthetic.paper import photograph
from tenfold.data.synthetic.strokes import draw
from tenfold.data.synthetic.strokes_forms import written_forms
from tenfold.data.synthetic.strokes_hand import Hand
from tenfold.data.synthetic.strokes_pen import Pen

SIDE, BOX, STEP = 84, 60, 58

rng = np.random.default_rng(5)
ink = np.zeros((2 * SIDE + 60, 9 * STEP), np.uint8)
for line, text in enumerate(("31415926", "2026")):
    drawn = draw(tuple(text), written_forms(), (11, line), Hand(), Pen().scaled(BOX / 20), SIDE, BOX)
    for place, digit in enumerate(drawn):
        top, left = 20 + line * (SIDE + 10), 10 + place * STEP
        patch = ink[top : top + SIDE, left : left + SIDE]
        np.maximum(patch, digit[:, : patch.shape[1]], out=patch)
photo = photograph(np.pad(ink, 30), rng)
reading = next(tenfold.Reader().read_pages(photo, source="a made-up photo of synthetic handwriting"))
drawing = tenfold.draw_reading(reading, photo).convert("P", palette=1, colors=128)
drawing.save(Path(__file__).with_name("read.png"), optimize=True)
