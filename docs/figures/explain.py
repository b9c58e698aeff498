"""The picture in docs/explain.md: a digit of synthetic handwriting, explained by the shipped reader.

python docs/figures/explain.py
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

import tenfold
from tenfold.data.synthetic.strokes import strokes
from tenfold.explanation.drawing import draw_explanation

digits = strokes(200, seed=0)
fours = digits.images[digits.labels == 4]
view = next(view for view in fours if (found := tenfold.explain(view)).answer == "4" and found.rival == "9")
found = tenfold.explain(np.pad(255 - view, 10, constant_values=255))
# Without its neighbours: they are MNIST's, and no image of a data set is kept in the repository.
drawn = replace(found, neighbours=None, piece=replace(found.piece, source="a 4 of synthetic handwriting"))
draw_explanation(drawn).save(Path(__file__).with_name("explain.png"), optimize=True)
