"""Print: each symbol a view of its own, framed as the reader frames."""

import numpy as np

from tenfold.data.dataset import DIGITS
from tenfold.data.synthetic.printed import LETTERS, printed


def test_every_symbol_is_a_framed_view_and_a_seed_fixes_it():
    symbols = "".join(DIGITS) + LETTERS
    views = printed(symbols, np.random.default_rng(0))
    assert (views.shape, views.dtype) == ((len(symbols), 28, 28), np.uint8)
    for view in views:
        rows, columns = np.flatnonzero(view.any(axis=1)), np.flatnonzero(view.any(axis=0))
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 23
    assert np.array_equal(views, printed(symbols, np.random.default_rng(0)))


def test_weights_and_fonts_differ():
    ink = printed("7" * 40, np.random.default_rng(1)).mean(axis=(1, 2))
    assert ink.max() > 1.5 * ink.min()


def test_no_letter_is_a_digit():
    assert not set(LETTERS) & {*DIGITS, *"OoIlSsZzBbgq"}
    assert printed("", np.random.default_rng(0)).shape == (0, 28, 28)
