"""What shows and explains a reading whose digits a detector found tells what it and the classifier said."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import ImageColor
from tests.reading.detectors import Told, edges_of, found
from tests.reading.drawings import digits, on_paper, scaled, written

from tenfold.reading import Classifier, Page, Reader, diagnose_reading
from tenfold.reading.detector import Detector
from tenfold.reading.detector.finder import Finder
from tenfold.reading.drawing import LEFT, TABLE, TAKEN, draw_reading
from tenfold.reading.gallery import StagesGallery
from tenfold.reading.opinion import Weights
from tenfold.reading.stages import draw_stages, explain_stages
from tenfold.reading.stages_detector import DETECTOR_STAGES, LINES, MARK
from tenfold.reading.stages_symbol import SYMBOL_STAGES
from tenfold.reading.trace import retrace

DOT = 10
"""The class of a point."""


@pytest.fixture(scope="module", autouse=True)
def _who_decides():
    """Whether something is a digit the detector decides alone here; which, not."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("OPINIONS", "OPINIONS_ON_DIGITS"):
            patched.setattr(f"tenfold.reading.page_reader.{name}", Weights((0.5, 0.5), (1.0, 0.0, 0.0)))
        yield


@pytest.fixture(scope="module")
def classifier(matcher):
    return Classifier(matcher, 1)


@pytest.fixture(scope="module")
def read(classifier):
    """Reads a page as a detector is told to see it: reader, page, reading."""

    def see(pixels, *things, **told):
        reader = Reader(classifier, detector=Told(*things, **told))
        return reader, Page(pixels, 1.0), reader.read(pixels, source="x.png")

    return see


@pytest.fixture
def line(read):
    """257, the last of it left out, with a point; and a weak 3 where nothing is."""
    ink = written("257")
    two, five, seven = edges_of(ink)
    things = (found(2, two), found(5, five), found(7, seven, 0.1), found(3, (2, 2, 20, 30), 0.05))
    return read(on_paper(ink), *things, found(DOT, (100, 100, 110, 110)))


@pytest.fixture
def table(read):
    ink = written("27  35", "49  68")
    things = zip("27354968", sorted(edges_of(ink), key=lambda box: (box[1] // 80, box[0])), strict=True)
    return read(on_paper(ink), *(found(int(digit), box) for digit, box in things))


def _on_its_side(read, ink, quarters, labels="257"):
    """Digits on a page that must be turned clockwise so often by a quarter to stand upright."""
    pixels = np.ascontiguousarray(np.rot90(on_paper(ink), quarters))
    boxes = edges_of(np.rot90(ink, quarters))
    boxes = boxes if quarters != 2 else boxes[::-1]
    boxes = boxes if quarters % 2 == 0 else sorted(boxes, key=lambda box: box[1], reverse=quarters == 1)
    things = (found(int(label), box) for label, box in zip(labels, boxes, strict=True))
    return read(pixels, *things, turned=90 * quarters)


def _has(drawing, colour):
    return bool((np.asarray(drawing) == ImageColor.getrgb(colour)).all(axis=2).any())


def _findings(seen):
    _reader, page, reading = seen
    return {finding.name: finding for finding in diagnose_reading(page, reading)}


@pytest.mark.parametrize("quarters", range(4))
def test_a_page_is_explained_as_it_lay_when_it_was_read(quarters, read):
    ink = written("257")
    _reader, page, reading = _on_its_side(read, ink, quarters)
    assert reading.text == "257"
    trace = retrace(page, reading)
    assert (trace.page.pixels == on_paper(ink)).all()
    assert [(x, y, x + width, y + height) for x, y, width, height in trace.boxes] == edges_of(ink)


def test_a_turned_pages_boxes_are_drawn_where_its_digits_stand_upright(read):
    ink = np.pad(written("257"), 220)
    _, upright_page, upright = _on_its_side(read, ink, 0)
    _, page, turned = _on_its_side(read, ink, 1)
    one, other = (np.asarray(draw_reading(*pair)) for pair in ((upright, upright_page), (turned, page)))
    blue = [(image == ImageColor.getrgb(TAKEN)).all(axis=2)[66:-130] for image in (one, other)]
    assert blue[0].any()
    assert (blue[0] == blue[1]).all()


def test_every_stage_of_what_was_seen_is_drawn(line):
    reader, page, reading = line
    trace = retrace(page, reading)
    drawings = draw_stages(trace, reader.detector)
    assert set(drawings) == set(DETECTOR_STAGES)
    assert (np.asarray(drawings["1-page.png"].convert("L")) == page.pixels).all()
    assert all(_has(drawings["3-found.png"], colour) for colour in (TAKEN, LEFT, MARK))
    assert all(_has(drawings["4-views.png"], colour) for colour in (TAKEN, LEFT))
    assert _has(drawings["5-lines.png"], LINES[0])
    assert not _has(drawings["5-lines.png"], LINES[1])
    assert drawings["6-reading.png"] == draw_reading(reading, page)
    text = explain_stages(trace)
    assert all(name in text for name in DETECTOR_STAGES)
    assert "blue: 2 read; orange, dashed: 1 left out; grey: 1 too weak; green: 1 separator" in text


def test_heat_is_laid_over_the_page(line):
    reader, page, reading = line
    heat = np.asarray(draw_stages(retrace(page, reading), reader.detector)["2-heat.png"]).astype(int)
    orange = heat[..., 0] > heat[..., 2] + 100
    left, right = np.array_split(orange, 2, axis=1)
    assert left.mean() > 0.3
    assert not right[:, 10:].any()


def test_lines_have_colours_and_tables_have_frames(table, line):
    _reader, page, reading = table
    assert reading.table == (("27", "35"), ("49", "68"))
    lines = draw_stages(retrace(page, reading))["5-lines.png"]
    assert all(_has(lines, colour) for colour in (*LINES[:2], TABLE))
    assert _has(draw_reading(reading, page), TABLE)
    assert not _has(draw_reading(line[2], line[1]), TABLE)


def test_stages_of_another_way_of_reading_go(line, classifier, tmp_path):
    reader, page, reading = line
    old = StagesGallery(tmp_path)(reader, page, reader.read(page.pixels, single=True, source="x.png"))
    assert "2-ink.png" in {path.name for path in old.iterdir()}
    new = StagesGallery(tmp_path)(reader, page, reading)
    assert new == old
    assert {path.name for path in new.iterdir()} == {*DETECTOR_STAGES, "stages.txt"}
    assert "2-ink.png" in SYMBOL_STAGES


def test_a_page_without_anything_has_stages_and_one_finding(read):
    seen = reader, page, reading = read(np.full((60, 50), 255, np.uint8))
    assert set(draw_stages(retrace(page, reading), reader.detector)) == set(DETECTOR_STAGES)
    assert list(_findings(seen)) == ["blank"]
    assert list(_findings(read(on_paper(written("7"))))) == ["no digit"]


def test_nothing_is_wrong_with_what_was_clear(read):
    ink = np.pad(written("7"), 20)
    assert _findings(read(on_paper(ink), found(7, edges_of(ink)[0], 0.99))) == {}


def test_a_dark_plate_under_light_digits_is_no_shadow(read):
    ink = np.pad(written("257"), 20)
    boxes = edges_of(ink)
    plate = np.full((3 * ink.shape[0], ink.shape[1]), 150, np.uint8)
    plate[ink.shape[0] : 2 * ink.shape[0]] = 25 + (ink * (225 / 255)).astype(np.uint8)
    down = (0, ink.shape[0], 0, ink.shape[0])
    things = [found(int(d), np.add(box, down), 0.99) for d, box in zip("257", boxes, strict=True)]
    assert "light on dark" in _findings(read(plate, *things))
    assert "uneven light" not in _findings(read(plate, *things))
    # The same page without digits on the plate: its dark part is worth a word.
    shaded = np.where(plate == 25, 25, 150).astype(np.uint8)
    assert "uneven light" in _findings(read(shaded, *things[:0]))


def test_what_only_ink_would_know_is_not_claimed(read):
    ink = written("77277")
    pixels = on_paper(
        np.maximum(ink, np.pad(np.full((4, ink.shape[1]), 255, np.uint8), ((70, ink.shape[0] - 74), (0, 0))))
    )
    names = _findings(read(pixels, *(found(int(d), box) for d, box in zip("77277", edges_of(ink), strict=True))))
    assert not {"ruled lines", "touching digits", "printed type"} & set(names)


@pytest.mark.parametrize(("quarters", "words"), [(1, "clockwise by 90°"), (2, "upside down"), (3, "clockwise by 270°")])
def test_a_page_that_was_turned_is_said_to_be(quarters, words, read):
    finding = _findings(_on_its_side(read, written("257"), quarters))["turned"]
    assert words in finding.text
    assert finding.figure == 90 * quarters
    assert not finding.problem


def test_both_opinions_are_named_where_they_differ(read):
    ink = written("257")
    two, five, seven = edges_of(ink)
    names = _findings(read(on_paper(ink), found(2, two), found(3, five, 0.8), found(7, seven)))
    text = names["two opinions"].text
    assert text.startswith("digit 2 of 3 may be 5 (")
    assert "says 3 (0.80)" in text
    assert "own ink, 5 (" in text
    blot = read(on_paper(np.pad(np.full((60, 60), 255, np.uint8), 40)), found(8, (40, 40, 100, 100)))
    assert "own ink, no digit (" in _findings(blot)["two opinions"].text


def test_of_many_unsure_digits_a_few_are_named(read):
    ink = written("2222222")
    seen = read(on_paper(ink), *(found(3, box, 0.5 + 0.01 * place) for place, box in enumerate(edges_of(ink))))
    found_by = [one.text for one in diagnose_reading(*seen[1:]) if one.name in ("two opinions", "unsure")]
    assert len(found_by) == 6
    assert found_by[0].startswith("digit 1 of 7 ")
    assert found_by[-1].startswith("2 more digits")


def test_what_was_left_out_is_said_with_its_place_and_why(line, read):
    seven = edges_of(written("257"))[2]
    text = _findings(line)["ink left out"].text
    assert f"x {seven[0]}, y {seven[1]}" in text
    assert "says 7 (0.10)" in text
    alone = read(on_paper(written("7")), found(7, edges_of(written("7"))[0], 0.2))
    assert "says 7 (0.20)" in _findings(alone)["no digit"].text


def test_a_slash_that_the_classifier_takes_for_a_one_is_none(read):
    ink = written("217")
    two, slash, seven = edges_of(ink)
    _reader, _page, reading = read(
        on_paper(ink), found(2, two), found(1, slash, 0.6), found(7, seven), found(13, slash, 0.7)
    )
    assert reading.text == "27"
    assert reading.confidence < 0.8


def test_digits_that_are_too_small_are_said_to_be(read):
    small = on_paper(scaled(written("7", margin=120), 0.12))
    box = edges_of(255 - cv2.convertScaleAbs(small, alpha=1.08))[0]
    assert _findings(read(small, found(7, box)))["too small"].figure == pytest.approx(7, abs=1)
    ink = np.pad(written("7"), 20)
    finding = _findings(read(on_paper(ink), found(7, edges_of(ink)[0]), unresolved=(0, 20, 10, 40)))["too small"]
    assert finding.text.startswith("from x 0, y 20 to x 10, y 40 ")


@pytest.mark.parametrize(("quarters", "side"), list(enumerate(("top", "left", "bottom", "right"))))
def test_the_side_of_the_picture_that_cuts_a_digit_is_named(quarters, side, read):
    ink = np.ascontiguousarray(written("7")[60:])
    text = _findings(_on_its_side(read, ink, quarters, "7"))["cut off"].text
    assert [name for name in ("left", "top", "right", "bottom") if f"{name} (" in text] == [side]


def test_boxes_of_a_shrunk_picture_lie_on_its_page(classifier):
    ink = np.pad(written("7"), 60)
    box = edges_of(ink)[0]
    reader = Reader(classifier, detector=Told(found(7, box)))
    page = Page(on_paper(ink), 3.0)
    x, y, right, bottom = (3 * edge for edge in box)
    reading = reader.read(page.pixels)
    scaled_up = replace(reading, digits=(replace(reading.digits[0], box=(x, y, right - x, bottom - y)),))
    assert retrace(page, scaled_up).boxes == ((box[0], box[1], box[2] - box[0], box[3] - box[1]),)


def test_heat_lies_where_the_network_sees_a_digit():
    detector = Detector(threads=1)
    ink = np.pad(digits()[3], ((20, 120), (130, 30)))
    heat = detector.heat(on_paper(ink))
    assert heat.shape == ink.shape
    assert 0 <= heat.min() <= heat.max() <= 1
    y, x = np.unravel_index(int(heat.argmax()), heat.shape)
    [[left, top, right, bottom]] = edges_of(ink)
    assert left < x < right
    assert top < y < bottom


class _Small(Finder):
    """Sees nothing but digits that are too small, in the cell at row 5, column 6, however close it looks."""

    def __init__(self):
        pass

    def answers(self, pages):
        heats = np.full((1, 23, pages.shape[2] // 4, pages.shape[3] // 4), -20, np.float32)
        heats[0, 15, 5, 6] = 20
        return heats


def test_where_digits_stay_too_small_is_told():
    left, top, right, bottom = _Small().find(np.full((40, 40), 255, np.uint8)).unresolved
    # At twice the page's size, with twelve pixels before its edge.
    assert ((left + right) / 2, (top + bottom) / 2) == ((26 - 12) / 2, (22 - 12) / 2)
