"""A picture becomes a reading: digits and what is refused, in order, with what a model says of each."""

import json
from dataclasses import FrozenInstanceError, replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.reading.drawings import digits, on_paper, scaled, written

from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import ModelCard, Reader, frame, reader
from tenfold.reading.classifier import NOT_A_DIGIT
from tenfold.reading.segmentation import Candidate

PAGE = np.pad(np.zeros((40, 20), np.uint8), 30, constant_values=255)
TWO = np.concatenate([PAGE, PAGE], axis=1)
CARD = ModelCard(("3", "7"), "mnist-1", 1.0, 0.5, "stub", "00", "1")


@pytest.fixture
def stub(monkeypatch):
    """A reader with a model of these classes that gives these probabilities, whatever it sees."""

    def stub(classes, *probabilities, **card):
        told = replace(CARD, classes=classes, **card)
        shares = np.array([probabilities], np.float32)
        classifier = SimpleNamespace(card=told, probabilities=lambda views: shares.repeat(len(views), 0))
        monkeypatch.setattr(reader, "Classifier", lambda *_, **__: classifier)
        return Reader("stub", detector=False)

    return stub


@pytest.fixture(scope="module")
def known(matcher):
    """A reader that knows the drawn digits."""
    return Reader(matcher, detector=False)


def _crossed(page, x, y):
    """Drawn digits with a cross of 40 pixels added, its upper left corner at x, y."""
    page = page.copy()
    cv2.line(page, (x, y), (x + 40, y + 40), 255, 8)
    cv2.line(page, (x, y + 40), (x + 40, y), 255, 8)
    return page


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


@pytest.mark.parametrize(("classes", "text"), [(("3", "7"), "77"), (("a", "b"), "bb"), (("7", "Bag"), "Bag Bag")])
def test_names_are_set_apart_where_they_would_run_together(stub, classes, text):
    assert stub(classes, 0.1, 0.9).read(TWO).text == text


@pytest.mark.parametrize("lines", [["7"], ["0123456789"], ["047", "235"], ["4711", "90210", "8 6"], ["1", "1", "1"]])
@pytest.mark.parametrize(("paper", "pen"), [(235, 40), (20, 220), ((245, 240, 235), (30, 40, 160))])
def test_pages_of_digits_are_read_line_by_line(known, lines, paper, pen):
    reading = known.read(on_paper(written(*lines), paper, pen))
    told = tuple(line.replace(" ", "") for line in lines)
    assert reading.lines == told
    assert "".join(digit.name for digit in reading.digits) == "".join(told)
    assert [digit.line for digit in reading.digits] == [i for i, line in enumerate(told) for _ in line]
    assert reading.rejected == ()
    assert not reading.blank
    assert reading.confidence > 0.9


def test_views_are_what_the_model_saw_of_each_digit_and_then_of_what_was_refused(known):
    page = _crossed(written("4   7"), 150, 60)
    reading = known.read(on_paper(page))
    assert (reading.text, [one.reason for one in reading.rejected]) == ("47", ["not a digit"])
    assert reading.views.shape == (3, 28, 28)
    assert reading.views.dtype == np.uint8
    cross = _crossed(np.zeros((60, 60), np.uint8), 10, 10)
    for view, ink in zip(reading.views, (digits()[4], digits()[7], cross), strict=True):
        assert np.abs(view.astype(int) - frame(ink)).mean() < 4
    [refused] = reading.rejected
    assert np.abs(np.array(refused.box) - (146, 56, 49, 49)).max() <= 2
    assert refused.score < 0.5


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


def _bars(*widths):
    """Bars 40 pixels high, as wide as told, 30 apart."""
    space = np.zeros((40, 30), np.uint8)
    parts = [part for width in widths for part in (np.full((40, width), 255, np.uint8), space)]
    return np.pad(np.concatenate([space, *parts], axis=1), ((30, 30), (0, 0)))


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (_bars(30), ""),
        (_bars(10, 30), "7"),
        (_bars(10, 30, 10), "737"),
        (_bars(10, 10, 30), "773"),
        (_bars(30, 30, 30), ""),
    ],
)
def test_what_is_doubtful_alone_is_a_digit_among_digits(stub, monkeypatch, page, text):
    """A model that is sure of narrow bars, and takes wide ones for a 3 with a chance of one in four."""
    known = stub(("3", "7", NOT_A_DIGIT), 0, 0, 1, score_threshold=0.5, threshold=0.0)
    wide, narrow = (0.25, 0.0, 0.75), (0.0, 0.99, 0.01)
    monkeypatch.setattr(
        known.classifier,
        "probabilities",
        lambda views: np.array([wide if view.any(axis=0).sum() > 12 else narrow for view in views], np.float32),
    )
    reading = known.read(page)
    assert reading.text == text
    for digit in reading.digits:
        assert digit.confidence == pytest.approx(0.99 if digit.name == "7" else 0.625, abs=0.01)


def test_not_a_digit_is_no_alternative(stub):
    [digit] = stub(("3", NOT_A_DIGIT, "7"), 0.02, 0.08, 0.9).read(PAGE).digits
    assert [name for name, _share in digit.alternatives] == ["7", "3"]
    assert digit.digit == 7


@pytest.mark.parametrize(
    ("boxes", "text"),
    [
        ([(98, 92, 10, 10)], "4.7"),
        ([(98, 94, 7, 16)], "4,7"),
        ([(94, 74, 20, 6)], "4-7"),
        ([], "47"),
        ([(98, 50, 10, 10)], "47"),
    ],
)
def test_separators_are_kept_where_they_are_asked_for(known, boxes, text):
    page = on_paper(_marked(written("47", gap=40), *boxes))
    reading = known.read(page, separators=True)
    assert reading.lines == (text,)
    assert [digit.name for digit in reading.digits] == ["4", "7"]
    assert reading.rejected == ()
    assert known.read(page).lines == ("47",)


def test_touching_digits_are_read_apart(known):
    four, seven = digits()[4], digits()[7]
    touching = np.zeros((84, 160), np.uint8)
    touching[:, :84] = four
    touching[:, 40:124] |= seven
    assert known.read(on_paper(np.pad(touching, 30))).text == "47"


@pytest.mark.xfail(strict=True, reason="the upper and the lower half of a broken digit become two lines")
def test_a_digit_broken_across_is_read_as_one(known):
    broken = np.pad(digits()[3], 20)
    broken[62:65] = 0
    assert known.read(on_paper(broken)).text == "3"


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
    pages = [Image.fromarray(on_paper(written(text))) for text in ("12", "3")] + [Image.new("L", (50, 50), 200)]
    path = tmp_path / "pages.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    readings = list(known.read_pages(path))
    assert [(one.page, one.text, one.blank, one.source) for one in readings] == [
        (0, "12", False, str(path)), (1, "3", False, str(path)), (2, "", True, str(path)),
    ]  # fmt: skip
    assert known.read(path).text == "12"
    assert known.read(path, source="scan").source == "scan"
    assert known.read(path.read_bytes()).source == "<bytes>"


def test_boxes_are_in_the_pictures_own_pixels(known):
    page = np.full((2400, 2000), 235, np.uint8)  # more than is read at full size
    large = on_paper(scaled(digits()[2], 10))
    page[1000 : 1000 + large.shape[0], 500 : 500 + large.shape[1]] = large
    [digit] = known.read(page).digits
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
    reading = known.read(on_paper(page))
    assert reading.text == "2"
    assert reading.digits[0].box[2] < 80


def test_models_made_before_there_were_score_thresholds_and_sets_still_load(make_model):
    shares = np.full(10, 0.02)
    shares[4] = 0.82
    old = make_model(np.zeros((784, 10)), np.log(shares), forget=("tenfold.score_threshold", "tenfold.conformal"))
    one = Reader(old, detector=False)
    assert one.read(PAGE).text == "4"
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


def test_what_is_left_of_a_refused_sign_is_no_digit():
    page = np.full((80, 200), 255, np.uint8)
    page[20:60:8, 20:60] = page[20:60, 20:60:8] = 0  # a lattice: its outer bars by themselves are ones
    page[20:60, 140:145] = 0
    reading = Reader(detector=False).read(page)
    assert reading.text == "1"
    assert reading.digits[0].box[0] > 100
    assert reading.rejected


def _pieces(*told):
    """Pieces of a line: height, score, and whether each was accepted."""
    return [
        reader._Judged(
            Candidate(place, place, (0, 0, 20, height), np.zeros((28, 28), np.uint8), False),
            0,
            np.float32([score, 0]),
            accepted,
        )
        for place, (height, score, accepted) in enumerate(told)
    ]


SURE_ONE, SURE = (100, 0.81, True), 0.81


@pytest.mark.parametrize(
    ("company", "piece", "score"),
    [
        ([SURE_ONE, SURE_ONE], (100, 0.5, True), 5 / 6),  # five times as likely: 0.5 × 5 to 0.5
        ([SURE_ONE, SURE_ONE], (100, 0.2, True), 5 / 9),
        ([SURE_ONE], (100, 0.5, True), 0.5),
        ([SURE_ONE, (100, 0.79, True)], (100, 0.5, True), 0.5),  # not more than 0.8
        ([SURE_ONE, (100, 0.9, False)], (100, 0.5, True), 0.5),
        ([SURE_ONE, SURE_ONE], (100, 0.5, False), 0.5),
        ([SURE_ONE, SURE_ONE], (219, 0.5, True), 5 / 6),  # less than 2.2 times as high
        ([SURE_ONE, SURE_ONE], (221, 0.5, True), 0.5),
        ([SURE_ONE, SURE_ONE], (46, 0.5, True), 5 / 6),
        ([SURE_ONE, SURE_ONE], (45, 0.5, True), 0.5),
    ],
)
def test_among_two_sure_digits_of_its_size_a_piece_is_five_times_as_likely_one(company, piece, score):
    *_others, found = reader._in_company(_pieces(*company, piece))
    assert found.score == pytest.approx(score)
    assert found.shares[0] == pytest.approx(score)


def test_a_sure_digit_is_not_its_own_company():
    assert [one.score for one in reader._in_company(_pieces(SURE_ONE, SURE_ONE))] == pytest.approx([SURE, SURE])
    found = reader._in_company(_pieces(SURE_ONE, SURE_ONE, SURE_ONE))
    assert [one.score for one in found] == pytest.approx([5 * SURE / (1 + 4 * SURE)] * 3)


def test_a_reading_is_as_good_as_its_pieces_each_by_its_size():
    assert reader._quality(_pieces((30, 0.9, True), (10, 0.6, True))) == pytest.approx((30 * 0.9 + 20 * 0.6) / 50)
    assert reader._quality(_pieces((30, 0.9, True), (60, 0.9, False))) == pytest.approx(0.3)
    small = [replace(one, candidate=one.candidate._replace(small=True)) for one in _pieces((99, 0.1, True))]
    assert reader._quality([*_pieces((30, 0.9, True)), *small]) == pytest.approx(0.9)
    assert reader._quality(small) == reader._quality([]) == 0


@pytest.mark.parametrize(
    ("scale", "box"), [(1.0, (3, 5, 7, 9)), (2.0, (6, 10, 14, 18)), (1.5, (4, 7, 11, 14)), (0.1, (0, 0, 1, 1))]
)
def test_a_box_is_brought_to_the_pictures_own_pixels(scale, box):
    assert reader._scaled((3, 5, 7, 9), scale) == box


def test_three_alternatives_are_told(stub):
    [digit] = stub(("1", "2", "3", "4"), 0.1, 0.2, 0.3, 0.4, threshold=0.0).read(PAGE).digits
    assert [name for name, _share in digit.alternatives] == ["4", "3", "2"]


@pytest.mark.parametrize(("by", "text"), [(1.01, "7"), (0.99, "")])
def test_for_a_model_of_digits_alone_one_piece_in_twenty_is_none_and_none_is_e_to_the_fourth_rarer(stub, by, text):
    assert stub(("3", "7"), 0.0, by * 0.05 * np.exp(-4), threshold=0.0).read(PAGE).text == text


@pytest.mark.parametrize(("score", "tried"), [(0.91, False), (0.89, True)])
def test_a_reading_that_is_not_sure_is_tried_without_the_rules(stub, monkeypatch, score, tried):
    asked = []
    monkeypatch.setattr(reader, "without_rules", lambda ink: asked.append(ink))
    stub(("3", "7"), 1 - score, score).read(PAGE)
    assert bool(asked) == tried


@pytest.mark.parametrize("single", [False, True])
def test_what_a_reading_is_made_of_cannot_be_changed(known, single):
    reading = known.read(on_paper(_crossed(written("4   7"), 150, 60)), single=single)
    for one, name in ((reading, "text"), *((one, "box") for one in (*reading.digits, *reading.rejected))):
        with pytest.raises((FrozenInstanceError, AttributeError)):
            setattr(one, name, None)
    for judged in _pieces(SURE_ONE):
        with pytest.raises(FrozenInstanceError):
            judged.accepted = False
