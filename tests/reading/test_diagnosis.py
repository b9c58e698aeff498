"""A picture made to have a fault is said to have it, with the figure; a clean one is not."""

import io
from dataclasses import FrozenInstanceError, replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.reading.drawings import on_paper, scaled, written

from tenfold.reading import (
    Finding,
    Page,
    Reader,
    Rejected,
    diagnose,
    diagnose_reading,
    diagnosis,
    diagnosis_symbol,
    symptoms,
)


@pytest.fixture(scope="module")
def reader():
    return Reader(threads=1)


def _clean():
    return on_paper(written("7"))


def _jpeg(pixels, quality):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()


def _ruled():
    page = on_paper(written("7", margin=80))
    page[20::50] = np.minimum(page[20::50], 150)
    return page


def _turned(degrees):
    page = Image.fromarray(on_paper(written("27384")))
    return np.asarray(page.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=235))


def _rough(paper, noise):
    return np.clip(paper + np.random.default_rng(0).normal(0, noise, paper.shape), 0, 255).astype(np.uint8)


def _shaded(page):
    return (page * np.linspace(1, 0.4, page.shape[1])).astype(np.uint8)


def _block():
    """Ink that is no digit, as high as one."""
    return np.pad(np.full((60, 40), 255, np.uint8), 48)


FAULTS = {
    "blank": lambda: np.full((100, 100), 235, np.uint8),
    "extreme size": lambda: on_paper(scaled(written("7"), 0.1))[:, :12],
    "uneven light": lambda: _shaded(on_paper(written("2 5 7", margin=80))),
    "noise": lambda: _rough(on_paper(written("7"), pen=165), 10),
    "JPEG blocks": lambda: _jpeg(_rough(_clean(), 4), 8),
    "no digit": lambda: on_paper(_block()),
    "two digits": lambda: on_paper(written("2 5")),
    "several digits": lambda: on_paper(written("257")),
    "too small": lambda: on_paper(scaled(written("7 7 7", margin=400), 0.13)),
    "blurred": lambda: cv2.GaussianBlur(_clean(), (0, 0), 7),
    "little contrast": lambda: on_paper(written("7"), pen=205),
    "cut off": lambda: _clean()[60:],
    "rotated": lambda: _turned(14),
    "light on dark": lambda: 255 - _clean(),
}


def _by_name(findings):
    return {finding.name: finding for finding in findings}


def _as_symbol(pixels, reader, **told):
    page = Page(pixels, 1.0)
    return _by_name(diagnose_reading(page, replace(reader.read(pixels, single=True), **told)))


def test_nothing_is_wrong_with_a_clean_picture(reader):
    assert reader.read(_clean()).text == "7"
    assert diagnose(_clean(), reader) == ()


@pytest.mark.parametrize("noise", [0, 3])
def test_a_photograph_that_is_only_not_perfect_is_not_complained_of(noise, reader):
    light = np.linspace(240, 200, _clean().shape[1])
    page = cv2.GaussianBlur(on_paper(written("7"), light, light / 4), (0, 0), 1.2)
    assert diagnose(_jpeg(_rough(page, noise), 85), reader) == ()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_where_it_was_put(name, reader):
    found = _by_name(diagnose(FAULTS[name](), reader))
    assert name in found
    finding = found[name]
    assert finding.remedy
    assert "\n" not in finding.text
    assert not finding.problem or any(character.isdigit() for character in finding.text)


def test_noise_alone_is_not_called_even(reader):
    noise = np.random.default_rng(0).integers(0, 256, (200, 300), dtype=np.uint8)
    found = _as_symbol(noise, reader)
    assert "but as noise" in found["blank"].text
    assert "noise" in found
    assert "lies within 0 grey levels" in _by_name(diagnose(FAULTS["blank"](), reader))["blank"].text


def test_light_digits_on_dark_plates_are_not_called_noise(reader):
    page, digit = np.full((700, 900), 128, np.uint8), scaled(written("7"), 0.35)
    plate = np.pad(20 + (0.85 * digit).astype(np.uint8), 40, constant_values=20)
    height, width = plate.shape
    for top in (50, 260, 470):
        for left in (50, 260, 470, 680):
            page[top : top + height, left : left + width] = plate
    blank = _as_symbol(page, reader)["blank"]
    assert "12 patches with a sharp edge, wider than strokes" in blank.text
    assert blank.remedy == "crop to the writing on one of them"
    assert reader.read(page[50 : 50 + height, 50 : 50 + width], single=True).text == "7"  # and so it is read
    assert symptoms.patches(cv2.GaussianBlur(page, (0, 0), 1.5)) == 12


def test_a_smooth_change_is_no_patch(reader):
    y, x = np.mgrid[:400, :600]
    spot = (20 + 220 * np.exp(-((x - 300) ** 2 + (y - 200) ** 2) / 3e4)).astype(np.uint8)
    assert "as noise or a smooth change" in _as_symbol(spot, reader)["blank"].text


def test_what_one_should_only_know_is_no_problem(reader):
    for name in ("two digits", "several digits", "light on dark"):
        assert not any(finding.problem for finding in diagnose(FAULTS[name](), reader) if finding.name == name)
    assert _by_name(diagnose(FAULTS["cut off"](), reader))["cut off"].problem


def test_figures_are_those_that_were_put_in(reader):
    found = {name: _by_name(diagnose(FAULTS[name](), reader))[name].figure for name in FAULTS}
    assert found["two digits"] == 2
    assert found["several digits"] == 3
    assert found["little contrast"] == pytest.approx(30, abs=2)
    assert found["noise"] == pytest.approx(10, abs=1)
    assert found["too small"] == pytest.approx(8, abs=1)
    assert found["rotated"] == pytest.approx(14, abs=2)
    assert found["uneven light"] == pytest.approx(0.55, abs=0.06)


def test_a_falling_line_falls(reader):
    finding = _by_name(diagnose(_turned(-14), reader))["rotated"]
    assert finding.figure == pytest.approx(-14, abs=2)
    assert "falls" in finding.text


def test_a_column_of_digits_is_not_rotated(reader):
    assert "rotated" not in _by_name(diagnose(on_paper(written("2", "7", "3", "8")), reader))


@pytest.mark.parametrize(("quarters", "cut"), list(enumerate(("top", "left", "bottom", "right"))))
def test_a_side_that_is_cut_is_named(quarters, cut, reader):
    text = _as_symbol(np.rot90(FAULTS["cut off"](), quarters), reader)["cut off"].text
    assert [side for side in ("left", "top", "right", "bottom") if f"{side} (" in text] == [cut]


def test_nothing_is_wrong_with_a_clean_symbol(reader):
    assert _as_symbol(_clean(), reader) == {}


def test_lines_of_the_paper_are_told_of_a_symbol(reader):
    assert "ruled lines" in _as_symbol(_ruled(), reader)


def test_the_runner_up_of_an_unsure_symbol_is_named(reader):
    digit = reader.read(_clean(), single=True).digits[0]
    doubtful = replace(digit, confidence=0.6, alternatives=(("7", 0.6), ("1", 0.4)))
    found = _as_symbol(_clean(), reader, digits=(doubtful,))
    assert {name: finding.text for name, finding in found.items()} == {
        "unsure": "the symbol may be 7 (0.60) or 1 (0.40)"
    }


def test_why_a_symbol_was_refused_is_said(reader):
    [digit] = reader.read(_clean(), single=True).digits
    found = _as_symbol(_clean(), reader, digits=(), lines=(), rejected=(Rejected(digit.box, "unsure", 0.4, 0.6),))
    assert found["no digit"].text == "all ink was taken for one symbol, and refused (unsure)"


def test_a_finding_says_itself_in_json(reader):
    [finding] = diagnose(255 - _clean(), reader)
    assert list(finding.to_json()) == ["finding", "problem", "text", "figure", "remedy"]


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (2, 2, 3), (20, 500), (500, 20)])
def test_any_shape_can_be_asked_about(shape, reader):
    rng = np.random.default_rng(0)
    for pixels in (np.zeros(shape, np.uint8), rng.integers(0, 256, shape).astype(np.uint8)):
        assert diagnose(pixels, reader)


def test_boxes_of_a_shrunk_picture_lie_on_its_page(reader):
    small = on_paper(np.pad(written("7"), 500))
    large = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    assert diagnose(large, reader) == diagnose(small, reader) == ()


def _trace(**told):
    """A trace of which only this is known, of a page with one sure digit fifty pixels high."""
    digit = SimpleNamespace(confidence=1.0, alternatives=(("7", 0.5), ("1", 0.4)), name="7")
    reading = SimpleNamespace(
        digits=(digit,), rejected=(), blank=False, polarity="dark-on-light", lines=("7",), turned=0
    )
    page = Page(np.zeros((100, 100), np.uint8), 1.0)
    usual = {
        "page": page,
        "reading": reading,
        "boxes": ((0, 0, 30, 50),),
        "used": SimpleNamespace(stroke=5.0),
        "bare": None,
    }
    return SimpleNamespace(**usual | told)


def _check(name):
    return getattr(diagnosis, name, None) or getattr(diagnosis_symbol, name)


def _high(height):
    return {"boxes": ((0, 0, 9, height), (0, 0, 9, 99))}


def _sized(height, width, scale=1.0):
    return {"page": Page(np.zeros((height, width), np.uint8), scale)}


def _sure(confidence):
    one = SimpleNamespace(confidence=confidence, alternatives=(("7", 0.5), ("1", 0.4), ("2", 0.1)), name="7")
    return {
        "reading": SimpleNamespace(
            digits=(one,), rejected=(), blank=False, polarity="dark-on-light", lines=("7",), turned=0
        )
    }


@pytest.mark.parametrize(
    ("check", "measured", "trace", "name"),
    [
        ("_faint", {"contrast": 40}, {}, None),
        ("_faint", {"contrast": 39.9}, {}, "little contrast"),
        ("_uneven_light", {"unevenness": (50, 100)}, {}, None),  # fifty levels
        ("_uneven_light", {"unevenness": (49, 100)}, {}, "uneven light"),
        ("_uneven_light", {"unevenness": (120, 200)}, {}, None),  # two fifths of the light
        ("_uneven_light", {"unevenness": (119, 200)}, {}, "uneven light"),
        ("_noise", {"grain": 6, "contrast": 40}, {}, None),
        ("_noise", {"grain": 6.1, "contrast": 40}, {}, "noise"),
        ("_noise", {"grain": 12, "contrast": 100}, {}, None),  # 12 % of the contrast
        ("_noise", {"grain": 12.1, "contrast": 100}, {}, "noise"),
        ("_blocks", {"blockiness": 2.5}, {}, None),
        ("_blocks", {"blockiness": 2.6}, {}, "JPEG blocks"),
        ("_polarity", {"coverage": 0.5}, {}, None),
        ("_polarity", {"coverage": 0.51}, {}, "much ink"),
        ("_slope", {"slope": 10}, {}, None),
        ("_slope", {"slope": 10.1}, {}, "rotated"),
        ("_slope", {"slope": -10}, {}, None),
        ("_slope", {"slope": -10.1}, {}, "rotated"),
        ("_ruled", {"ruled": 0.0}, {}, None),
        ("_ruled", {"ruled": 0.01}, {}, "ruled lines"),
        ("_cut_off", {"at_border": []}, {}, None),
        ("_cut_off", {"at_border": [("top", 1)]}, {}, "cut off"),
        ("_blurred", {"edge_width": 2.5}, _high(10), None),
        ("_blurred", {"edge_width": 2.6}, _high(10), "blurred"),
        ("_blurred", {"edge_width": 6.0}, _high(50), None),  # 12 % of the height
        ("_blurred", {"edge_width": 6.1}, _high(50), "blurred"),
        ("_small", {}, _high(13), None),
        ("_small", {}, _high(12), "too small"),
        ("_small", {}, {"boxes": ((0, 0, 39, 5),)}, None),  # a lying stroke's length counts a third
        ("_small", {}, {"boxes": ((0, 0, 38, 5),)}, "too small"),
        ("_small", {}, {"boxes": ()}, None),
        ("_unsure", {}, _sure(0.9), None),
        ("_unsure", {}, _sure(0.89), "unsure"),
        ("_shape", {}, _sized(14, 14), None),
        ("_shape", {}, _sized(13, 14), "extreme size"),
        ("_shape", {}, _sized(14, 13), "extreme size"),
        ("_shape", {}, _sized(7, 7, 2.0), None),
        ("_shape", {}, _sized(20, 400), None),
        ("_shape", {}, _sized(20, 401), "extreme size"),
        ("_shape", {}, _sized(401, 20), "extreme size"),
        ("_shape", {}, _sized(100, 100, 3.0), None),
        ("_shape", {}, _sized(100, 100, 4.0), "extreme size"),
    ],
)
def test_a_picture_is_complained_of_from_the_documented_figure_on(check, measured, trace, name, monkeypatch):
    for symptom, figure in measured.items():
        monkeypatch.setattr(diagnosis.symptoms, symptom, lambda _trace, figure=figure: figure)
    found = list(_check(check)(_trace(**trace)))
    assert [one.name for one in found] == ([name] if name else [])


def _says(check, monkeypatch, measured=(), **trace):
    for symptom, figure in dict(measured).items():
        monkeypatch.setattr(diagnosis.symptoms, symptom, lambda _trace, figure=figure: figure)
    [finding] = _check(check)(_trace(**trace))
    return finding.text, finding.figure, finding.problem


def test_findings_tell_what_was_measured(monkeypatch):
    assert _says("_uneven_light", monkeypatch, {"unevenness": (50, 200)}) == (
        "the paper is 75 % darker in one part of the page than in another (50 against 200 of 255 grey levels): a "
        "shadow, or a dark edge", 0.75, True,
    )  # fmt: skip
    assert _says("_polarity", monkeypatch, {"coverage": 0.75})[0].startswith("ink covers 75 % of the picture")
    assert _says("_cut_off", monkeypatch, {"at_border": [("left", 3), ("top", 9)]})[:2] == (
        "ink runs into the picture's edge: left (3 pixels), top (9 pixels); a digit may be cut off", 9,
    )  # fmt: skip
    assert _says("_ruled", monkeypatch, {"ruled": 0.25})[0] == (
        "lines run across the page: 25 % of the ink; they were left where they are"
    )
    assert "were taken away" in _says("_ruled", monkeypatch, {"ruled": 0.25}, used=None)[0]
    assert _says("_slope", monkeypatch, {"slope": 12})[0] == "the writing rises to the right by 12°"
    assert _says("_slope", monkeypatch, {"slope": -12})[0] == "the writing falls to the right by 12°"
    assert _says("_shape", monkeypatch, **_sized(13, 90)) == ("the picture is only 90×13 pixels", 13, True)
    assert _says("_shape", monkeypatch, **_sized(20, 500)) == (
        "the picture is 500×20 pixels, 25 times as long as broad", 500, True,
    )  # fmt: skip
    assert _says("_shape", monkeypatch, **_sized(1000, 500, 4.0)) == (
        "the picture has 8 megapixels and was read at 1/4 of its size", 8_000_000, False,
    )  # fmt: skip
    assert _says("_small", monkeypatch, **_high(9))[0] == "the symbol is 9 pixels high"
    shrunk = _says("_small", monkeypatch, **_high(9), **_sized(100, 100, 2.0))
    assert shrunk[0] == "the symbol is 9 pixels high once the picture was shrunk to 1/2"


@pytest.mark.parametrize(("spread", "why"), [(39, "lies within 39 grey levels"), (40, "spans 40 grey levels")])
def test_why_a_page_is_blank_depends_on_its_levels(spread, why, monkeypatch):
    page = Page(np.repeat(np.uint8([100, 100 + spread]), 500).reshape(20, 50), 1.0)
    text, figure, _problem = _says("_blank", monkeypatch, page=page, reading=SimpleNamespace(blank=True))
    assert why in text
    assert figure == spread


def test_a_figure_is_told_to_four_decimals_and_a_finding_stays():
    finding = Finding("noise", "much", 1.23456, "less")
    assert finding.to_json() == {
        "finding": "noise",
        "problem": True,
        "text": "much",
        "figure": 1.2346,
        "remedy": "less",
    }
    with pytest.raises(FrozenInstanceError):
        finding.figure = 0.0
