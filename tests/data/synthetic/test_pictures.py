"""What the reader is trained on: views out of pictures, from every source, labelled with what they truly are."""

from types import SimpleNamespace
from typing import ClassVar

import cv2
import numpy as np
import pytest

from tenfold.data.dataset import DIGITS_AND_NONE, Dataset
from tenfold.data.synthetic import pictures as room
from tenfold.data.synthetic.paper_pen import upscale
from tenfold.data.synthetic.pictures import NONE, pictures
from tenfold.data.synthetic.pieces import pieces
from tenfold.data.synthetic.pieces_layout import find_layout
from tenfold.data.synthetic.pieces_numbers import _Shares, pieces_of_number
from tenfold.data.synthetic.strings import Hand, compose
from tenfold.data.synthetic.strokes import strokes
from tenfold.reading.ink import Ink

ORIGINALS = strokes(200, seed=3)
STEADY = Hand(30, 0, 1, 0.1, 0, 0, 0, 0, 1, 0)


def clothes() -> Dataset:
    """Pale shapes that are none."""
    rng = np.random.default_rng(0)
    images = np.zeros((20, 28, 28), np.uint8)
    for image in images:
        top, left = rng.integers(2, 10, 2)
        image[top:24, left:24] = rng.integers(80, 255)
    return Dataset("shapes", "train", images, np.zeros(20, np.int64), ("shape",))


class Here:
    """In place of processes: what they would do, done here; keeps each source's examples."""

    found: ClassVar[dict[str, list]] = {}

    def __init__(self, _count, _context, prepare, given):
        prepare(*given)
        Here.found = {}

    def __enter__(self):
        return self

    def __exit__(self, *_why):
        return None

    def map(self, make, blocks):
        for block in blocks:
            examples = make(block)
            Here.found.setdefault(block[0], []).extend(examples)
            yield examples


def make(n=300, seed=0, originals=ORIGINALS):
    """Made in this process, in blocks of twenty examples: the minutes that the shipped model's take are for nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "ProcessPoolExecutor", Here)
        patch.setattr(room, "BLOCK", 20)
        return pictures(n, originals, clothes(), seed), dict(Here.found)


@pytest.fixture(scope="module")
def made():
    return make()


def test_there_are_so_many_views_of_ten_digits_and_of_what_is_none(made):
    dataset, _found = made
    assert (dataset.name, dataset.split, len(dataset)) == ("pictures", "train", 300)
    assert dataset.classes == DIGITS_AND_NONE
    assert (np.bincount(dataset.labels, minlength=11) > 0).all()
    assert 0.2 < (dataset.labels == NONE).mean() < 0.6
    assert dataset.images.any(axis=(1, 2)).all()


def test_a_seed_fixes_every_picture_and_another_draws_others(made):
    dataset, _found = made
    again, other = make()[0], make(seed=1)[0]
    assert again.sha256 == dataset.sha256 != other.sha256
    assert np.array_equal(again.originals, dataset.originals)


def test_the_splits_are_drawn_apart(made):
    test = Dataset("strokes", "test", ORIGINALS.images, ORIGINALS.labels)
    assert make(originals=test)[0].sha256 != made[0].sha256


def test_every_source_gives_its_share_and_says_what_is_a_digit(made):
    _dataset, found = made
    assert found.keys() == {
        "plain",
        "drawn",
        "written",
        "printed",
        "signs",
        "invented",
        "scribbled",
        "numbers",
        "strange",
    }
    labels = {source: {label for _view, label, _original in examples} for source, examples in found.items()}
    for source in ("plain", "drawn", "written"):
        assert NONE not in labels[source]
    for source in ("signs", "invented", "scribbled", "strange"):
        assert labels[source] == {NONE}
    for source in ("numbers", "printed"):
        assert len(labels[source]) > 5
    assert NONE in labels["numbers"]
    # Hardly any picture of writing shows nothing; clouds of noise often do.
    assert all(len(examples) >= (3 if source == "strange" else 17) for source, examples in found.items())


def test_an_example_knows_the_original_that_it_was_made_of(made):
    _dataset, found = made
    for source, examples in found.items():
        for view, label, original in examples:
            assert -1 <= original < len(ORIGINALS)
            if source == "plain":
                assert np.array_equal(view, ORIGINALS.images[original])
            if source in ("plain", "drawn") or (source == "numbers" and label != NONE and original >= 0):
                assert label == ORIGINALS.labels[original]
            if source in ("written", "printed", "signs", "invented", "scribbled", "strange"):
                assert original == -1
    # Some numbers are of MNIST's digits, some of synthetic ones.
    assert {original >= 0 for _view, label, original in found["numbers"] if label != NONE} == {True, False}


def test_the_rows_of_the_dataset_are_its_examples(made):
    dataset, found = made
    known = {(view.tobytes(), label, original) for examples in found.values() for view, label, original in examples}
    rows = zip(dataset.images, dataset.labels.tolist(), dataset.originals.tolist(), strict=True)
    assert all((view.tobytes(), label, original) in known for view, label, original in rows)


def test_of_a_number_whole_digits_are_digits_and_pairs_are_none():
    views, labels = _in_one_piece()
    writing = compose(views, labels, np.random.default_rng(0), STEADY, marks=0)
    strength = (255 * writing.coverage).astype(np.uint8)
    layout = find_layout(Ink(strength, "dark-on-light", 3.0))
    [line] = layout.lines
    assert len(line.parts) == len(labels)
    shares = _Shares(layout, writing)
    pairs = 0
    for offer in pieces(layout, line, strength):
        own = [part.label for part in line.parts[offer.first : offer.last + 1]]
        if offer.first == offer.last:
            assert shares.of(own) == (offer.first, labels[offer.first])
        else:
            pairs += 1
            assert shares.of(own)[1] is None
    assert pairs


def _in_one_piece():
    """The inks of five digits that are one part each, and their labels."""
    inks = [(upscale(view, 44), int(label)) for view, label in zip(ORIGINALS.images, ORIGINALS.labels, strict=True)]
    whole = [(ink, label) for ink, label in inks if cv2.connectedComponents((ink > 0.2).astype(np.uint8))[0] == 2]
    views, labels = zip(*whole[:5], strict=True)
    return list(views), list(labels)


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ([1, 2, 3], (0, 4)),  # the whole 4
        ([1], (0, None)),  # more than half of it
        ([4], (1, 7)),
        ([1, 2, 3, 4], (1, None)),  # both
        ([1, 2, 3, 5], (0, 4)),  # with a speck beside it
        ([6], (2, None)),  # a point: a glyph, but no digit
        ([3, 4], (-1, None)),  # the 7 and a fifth of its ink again: nobody could say
        ([1, 2], (-1, None)),  # four fifths of the 4
    ],
)
def test_a_piece_is_what_most_of_its_ink_is(pieces, told):
    owner = np.full((40, 80), -1, np.int16)
    owner[5:35, 5:25], owner[5:35, 40:64], owner[30:35, 70:75] = 0, 1, 2
    labels = np.zeros((40, 80), np.int32)
    labels[5:35, 5:17], labels[5:35, 17:21], labels[5:35, 21:25] = 1, 2, 3
    labels[5:35, 40:64], labels[2:4, 32:36], labels[30:35, 70:75] = 4, 5, 6
    glyphs = [SimpleNamespace(label=label, is_digit=label.isdigit()) for label in ("4", "7", ".")]
    writing = SimpleNamespace(coverage=(owner >= 0).astype(np.float32), owner=owner, glyphs=glyphs)
    shares = _Shares(SimpleNamespace(labels=labels), writing)
    assert shares.of(pieces) == told


def test_pieces_of_numbers_are_as_often_none_as_digits():
    rng = np.random.default_rng(0)
    pieces = [piece for _ in range(20) for piece in pieces_of_number(ORIGINALS, rng, NONE)]
    labels = np.array([label for _view, label, _original in pieces])
    assert 0.3 < (labels == NONE).mean() < 0.6
    assert all(view.shape == (28, 28) and view.dtype == np.uint8 for view, _label, _original in pieces)


def test_the_shares_are_those_of_this_revision():
    """Whoever changes one raises REVISION: what is kept in caches is of other examples then."""
    assert room.REVISION == 3
    assert {source: share for source, (_make, share) in room._SOURCES.items()} == {
        "plain": 0.14, "drawn": 0.15, "written": 0.17, "printed": 0.04, "signs": 0.09, "invented": 0.04,
        "scribbled": 0.05, "numbers": 0.3, "strange": 0.02,
    }  # fmt: skip
    assert room._KINDS == {"canvas": 0.38, "inverted": 0.1, "photo": 0.34, "scan": 0.18}
    assert (room._PRINTED_LETTERS, room._SYNTHETIC_NUMBERS, room.BLOCK) == (0.6, 0.45, 500)


def test_a_twentieth_more_examples_are_made_than_are_kept(made):
    dataset, found = made
    blocks = {source: -(-int(300 * 1.05 * share) // 20) for source, (_make, share) in room._SOURCES.items()}
    assert len(found["plain"]) == 20 * blocks["plain"] == 60
    assert len(found["signs"]) <= 20 * blocks["signs"] == 40
    assert sum(map(len, found.values())) > len(dataset) == 300


@pytest.mark.parametrize(
    ("held", "pure", "told"),
    [
        (0.89, 1.0, (0, 4)),  # a digit has 88 % of its ink
        (0.87, 1.0, (-1, None)),
        (0.73, 1.0, (-1, None)),
        (0.71, 1.0, (0, None)),  # with less than 72 % it is none
        (1.0, 0.89, (0, 4)),
        (1.0, 0.87, (-1, None)),
        (1.0, 0.71, (0, None)),
    ],
)
def test_a_piece_is_a_digit_by_the_documented_shares(held, pure, told):
    owner = np.full((100, 300), -1, np.int16)
    owner[:, :100], owner[:, 200:] = 0, 1
    labels = np.zeros((100, 300), np.int32)
    labels[:, : round(100 * held)] = 1
    labels[:, 200 : 200 + round(100 * held * (1 - pure) / pure)] = 1
    glyphs = [SimpleNamespace(label=label, is_digit=True) for label in "47"]
    writing = SimpleNamespace(coverage=(owner >= 0).astype(np.float32), owner=owner, glyphs=glyphs)
    assert _Shares(SimpleNamespace(labels=labels), writing).of([1]) == told
