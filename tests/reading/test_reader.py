"""A picture of one symbol becomes a reading: by the model's thresholds, or kept where it is told to be one digit."""

import json
from dataclasses import FrozenInstanceError, replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from tests.reading.drawings import digits, on_paper, scaled, written

from tenfold.errors import TenfoldError, UsageError
from tenfold.inference.classifier import NOT_A_DIGIT
from tenfold.reading import ModelCard, Reader, reader, symbol_reader

PAGE = np.pad(np.zeros((40, 20), np.uint8), 30, constant_values=255)
CARD = ModelCard(("3", "7"), "mnist-1", 1.0, 0.5, "stub", "00", "1")


@pytest.fixture
def stub(monkeypatch):
    """A reader with a model of these classes that gives these probabilities, whatever it sees."""

    def stub(classes, *probabilities, **card):
        told = replace(CARD, classes=classes, **card)
        shares = np.array([probabilities], np.float32)
        classifier = SimpleNamespace(card=told, probabilities=lambda views: shares.repeat(len(views), 0))
        monkeypatch.setattr(reader, "Classifier", lambda *_, **__: classifier)
        return Reader("stub")

    return stub


@pytest.fixture(scope="module")
def known(matcher):
    """A reader that knows the drawn digits."""
    return Reader(matcher)


def _marked(page, *boxes):
    """Drawn digits with rectangles x, y, width, height of ink added."""
    page = page.copy()
    for x, y, width, height in boxes:
        page[y : y + height, x : x + width] = 255
    return page


def test_a_digit_is_the_number_that_was_read_whatever_its_place_among_the_classes(stub):
    reading = stub(("3", "7"), 0.1, 0.9).read(PAGE)
    assert reading.digits[0].to_json() == {
        "digit": 7, "confidence": 0.9, "box": [30, 30, 20, 40], "line": 0, "alternatives": [[7, 0.9], [3, 0.1]],
    }  # fmt: skip
    assert reading.text == "7"
    assert reading.model == "stub 1"


def test_a_class_that_is_no_digit_is_named(stub):
    reading = stub(("7", "Bag"), 0.1, 0.9).read(PAGE)
    shown = json.loads(json.dumps(reading.to_json()))
    assert shown["text"] == "Bag"
    [bag] = shown["digits"]
    assert (bag["digit"], bag["name"], bag["alternatives"]) == (1, "Bag", [["Bag", 0.9], [7, 0.1]])


@pytest.mark.parametrize("name", ["10", "07", "²", "٣", ""])
def test_what_only_looks_like_a_digit_is_a_name(stub, name):
    [digit] = stub(("a", name), 0.1, 0.9).read(PAGE).digits
    assert (digit.digit, digit.to_json()["name"]) == (1, name)


@pytest.mark.parametrize("sign", ["digits", "blot"])
def test_a_single_digit_is_kept_however_unlike_one_it_is(known, sign):
    ink = digits()[5] if sign == "digits" else np.pad(np.full((40, 40), 255, np.uint8), 30)
    reading = known.read(on_paper(ink), single=True)
    assert len(reading.digits) == len(reading.lines) == 1
    assert reading.rejected == ()
    [digit] = reading.digits
    assert sum(share for _name, share in digit.alternatives) <= 1 + 1e-6
    if sign == "digits":
        assert (digit.name, digit.score > 0.99) == ("5", True)
    else:
        assert digit.score < 0.5
        # That it is one digit is settled: its confidence is which, not whether.
        assert digit.confidence > digit.score / 2


def test_a_single_digits_confidence_is_among_the_digits_alone(stub):
    classes = ("3", "7", NOT_A_DIGIT)
    [digit] = stub(classes, 0.1, 0.3, 0.6, threshold=0.9, score_threshold=0.9).read(PAGE, single=True).digits
    assert (digit.name, round(digit.confidence, 6), round(digit.score, 6)) == ("7", 0.75, 0.4)


def test_dirt_beside_a_single_digit_is_left_out_and_its_loose_stroke_is_not(known):
    ink = np.pad(digits()[7], ((0, 0), (0, 60)))
    dirty = _marked(ink, (120, 40, 8, 8))
    assert known.read(on_paper(dirty), single=True).text == "7"
    broken = digits()[3].copy()
    broken[42:45] = 0
    [digit] = known.read(on_paper(broken), single=True).digits
    assert digit.name == "3"
    assert digit.box[3] == pytest.approx(60, abs=2)


@pytest.mark.parametrize(
    ("probabilities", "reason"),
    [((0.05, 0.9, 0.05), None), ((0.1, 0.3, 0.6), "not a digit"), ((0.45, 0.5, 0.05), "unsure")],
)
def test_what_is_refused_and_why_is_decided_by_the_models_thresholds(stub, probabilities, reason):
    reading = stub(("3", "7", NOT_A_DIGIT), *probabilities, threshold=0.6, score_threshold=0.8).read(PAGE)
    assert [one.reason for one in reading.rejected] == [reason] * (reason is not None)
    assert len(reading.digits) == (reason is None)
    assert reading.lines == (() if reason else ("7",))
    assert not reading.blank
    for one in (*reading.rejected, *reading.digits):
        assert one.box == (30, 30, 20, 40)
        assert one.score == pytest.approx(probabilities[0] + probabilities[1])
        assert one.confidence == pytest.approx(probabilities[1])


def test_not_a_digit_is_no_alternative(stub):
    [digit] = stub(("3", NOT_A_DIGIT, "7"), 0.02, 0.08, 0.9).read(PAGE).digits
    assert [name for name, _share in digit.alternatives] == ["7", "3"]
    assert digit.digit == 7


def test_prediction_sets_hold_the_classes_above_the_models_least_share(stub):
    classes = ("3", "7", "1", NOT_A_DIGIT)
    conformal = ((0.001, 0.01), (0.01, 0.05), (0.1, 0.5))
    one = stub(classes, 0.2, 0.7, 0.03, 0.07, conformal=conformal)
    assert one.read(PAGE).digits[0].prediction_set is None
    sets = {misses: one.read(PAGE, prediction_sets=misses).digits[0].prediction_set for misses in (0.001, 0.01, 0.1)}
    assert sets == {0.001: ("7", "3", "1"), 0.01: ("7", "3"), 0.1: ("7",)}
    # A share between two that were measured is answered with the safer one.
    assert one.read(PAGE, prediction_sets=0.05).digits[0].prediction_set == ("7", "3")
    # A set is never empty.
    assert stub(classes, 0.2, 0.7, 0.03, 0.07, conformal=((0.5, 0.9),)).read(PAGE, prediction_sets=0.5).digits[
        0
    ].prediction_set == ("7",)


@pytest.mark.parametrize("misses", [0, 1, -0.1, 2, float("nan")])
def test_a_prediction_set_misses_a_share(known, misses):
    with pytest.raises(UsageError, match="miss a share"):
        known.read(PAGE, prediction_sets=misses)


def test_what_a_model_cannot_promise_is_refused(known, seven):
    with pytest.raises(UsageError, match=r"can promise at least 0\.01"):
        known.read(PAGE, prediction_sets=0.005)
    with pytest.raises(UsageError, match="had no validation data"):
        Reader(seven).read(PAGE, prediction_sets=0.01)


def test_every_page_is_read_under_its_number_and_name(known, tmp_path):
    pages = [Image.fromarray(on_paper(written(text))) for text in "23"] + [Image.new("L", (50, 50), 200)]
    path = tmp_path / "pages.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    readings = list(known.read_pages(path, single=True))
    assert [(one.page, one.text, one.blank, one.source) for one in readings] == [
        (0, "2", False, str(path)), (1, "3", False, str(path)), (2, "", True, str(path)),
    ]  # fmt: skip
    assert known.read(path, single=True).text == "2"
    assert known.read(path, source="scan").source == "scan"
    assert known.read(path.read_bytes()).source == "<bytes>"


def test_boxes_are_in_the_pictures_own_pixels(known):
    page = np.full((2400, 2000), 235, np.uint8)  # more than is read at full size
    large = on_paper(scaled(digits()[2], 10))
    page[1000 : 1000 + large.shape[0], 500 : 500 + large.shape[1]] = large
    [digit] = known.read(page, single=True).digits
    rows, columns = np.nonzero(page < 140)
    drawn = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert digit.name == "2"
    assert np.abs(np.array(digit.box) - drawn).max() <= 6


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (200, 300), (50, 40, 3)])
def test_a_blank_picture_is_blank_and_never_a_digit(known, shape, single):
    reading = known.read(np.full(shape, 230, np.uint8), single=single, separators=True)
    assert reading.blank
    assert (reading.text, reading.lines, reading.digits, reading.rejected) == ("", (), (), ())
    assert reading.views.shape == (0, 28, 28)
    assert reading.confidence == 0


@pytest.mark.parametrize("rows", [[36, 104], [75]])
@pytest.mark.parametrize("thick", [1, 3])
def test_lines_of_the_paper_do_not_hide_a_digit(known, rows, thick):
    page = np.pad(digits()[2], 30)
    for y in rows:
        page[y : y + thick] = 255
    reading = known.read(on_paper(page), single=True)
    assert reading.text == "2"
    assert reading.digits[0].box[2] < 80


def test_models_made_before_there_were_score_thresholds_and_sets_still_load(make_model):
    shares = np.full(10, 0.02)
    shares[4] = 0.82
    old = make_model(np.zeros((784, 10)), np.log(shares), forget=("tenfold.score_threshold", "tenfold.conformal"))
    one = Reader(old)
    assert one.read(PAGE, single=True).text == "4"
    card = one.classifier.card
    assert (card.score_threshold, card.conformal) == (0.0, ())


def test_a_model_that_is_none_is_one_line(tmp_path):
    with pytest.raises(TenfoldError, match="no such model"):
        Reader(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(TenfoldError, match="not an ONNX model"):
        Reader(tmp_path / "text.onnx").read(PAGE)
    Image.fromarray(PAGE).save(tmp_path / "photo.png")
    with pytest.raises(TenfoldError, match="photo.png: a file, where a run's folder"):
        Reader(tmp_path / "photo.png")


@pytest.mark.parametrize(
    ("scale", "box"), [(1.0, (3, 5, 7, 9)), (2.0, (6, 10, 14, 18)), (1.5, (4, 7, 11, 14)), (0.1, (0, 0, 1, 1))]
)
def test_a_box_is_brought_to_the_pictures_own_pixels(scale, box):
    assert symbol_reader._scaled((3, 5, 7, 9), scale) == box


def test_three_alternatives_are_told(stub):
    [digit] = stub(("1", "2", "3", "4"), 0.1, 0.2, 0.3, 0.4, threshold=0.0).read(PAGE).digits
    assert [name for name, _share in digit.alternatives] == ["4", "3", "2"]


@pytest.mark.parametrize(("score", "tried"), [(0.91, False), (0.89, True)])
def test_a_reading_that_is_not_sure_is_tried_without_the_rules(stub, monkeypatch, score, tried):
    asked = []
    monkeypatch.setattr(symbol_reader, "without_rules", lambda ink: asked.append(ink))
    stub(("3", "7"), 1 - score, score).read(PAGE)
    assert bool(asked) == tried


def test_what_a_reading_is_made_of_cannot_be_changed(stub):
    for reading in (stub(("3", "7"), 0.1, 0.9).read(PAGE), stub(("3", "7"), 0.4, 0.4).read(PAGE)):
        for one, name in ((reading, "text"), *((one, "box") for one in (*reading.digits, *reading.rejected))):
            with pytest.raises((FrozenInstanceError, AttributeError)):
                setattr(one, name, None)


@pytest.mark.parametrize(("side", "is_dirt"), [(9, True), (10, False)])
def test_dirt_is_what_is_shorter_than_three_twentieths_of_the_longest_piece(known, side, is_dirt):
    bar = np.zeros((100, 140), np.uint8)
    page = on_paper(_marked(bar, (30, 20, 12, 64), (100, 40, side, side)))
    [digit] = known.read(page, single=True).digits
    assert (digit.box[2] < 20) == is_dirt


def test_a_model_of_other_classes_reads_a_page_as_one_symbol(stub):
    letters = stub(("a", "b"), 0.1, 0.9)
    assert letters.detector is None
    assert letters.read(np.concatenate([PAGE, PAGE], axis=1)).text == "b"
    assert stub(tuple("0123456789"), *[0.1] * 10).detector is not None
