"""A picture made to have a fault is said to have it, with the figure; a clean one is not."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.reading.drawings import on_paper, scaled, written

from tenfold.reading import Page, Reader, diagnose, diagnose_reading


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
    page = on_paper(written("2 5 7", margin=80))
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
    "ink left out": lambda: on_paper(np.hstack([written("7"), _block()])),
    "two digits": lambda: on_paper(written("2 5")),
    "several digits": lambda: on_paper(written("257")),
    "too small": lambda: on_paper(scaled(written("7", margin=120), 0.15)),
    "blurred": lambda: cv2.GaussianBlur(_clean(), (0, 0), 7),
    "little contrast": lambda: on_paper(written("7"), pen=205),
    "cut off": lambda: _clean()[60:],
    "ruled lines": _ruled,
    "rotated": lambda: _turned(14),
    "printed type": lambda: on_paper(written("27722")),
    "light on dark": lambda: 255 - _clean(),
}


def _by_name(findings):
    return {finding.name: finding for finding in findings}


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
    found = _by_name(diagnose(noise, reader))
    assert "but as noise" in found["blank"].text
    assert "noise" in found
    assert "lies within 0 grey levels" in _by_name(diagnose(FAULTS["blank"](), reader))["blank"].text


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
    assert found["too small"] == pytest.approx(9, abs=1)
    assert found["rotated"] == pytest.approx(14, abs=2)
    assert found["uneven light"] == pytest.approx(0.55, abs=0.06)
    assert found["printed type"] > 0.99


def test_a_falling_line_falls(reader):
    finding = _by_name(diagnose(_turned(-14), reader))["rotated"]
    assert finding.figure == pytest.approx(-14, abs=2)
    assert "falls" in finding.text


def test_a_column_of_digits_is_not_rotated(reader):
    assert "rotated" not in _by_name(diagnose(on_paper(written("2", "7", "3", "8")), reader))


@pytest.mark.parametrize(("quarters", "cut"), list(enumerate(("top", "left", "bottom", "right"))))
def test_a_side_that_is_cut_is_named(quarters, cut, reader):
    text = _by_name(diagnose(np.rot90(FAULTS["cut off"](), quarters), reader))["cut off"].text
    assert [side for side in ("left", "top", "right", "bottom") if f"{side} (" in text] == [cut]


def test_digits_that_touch_are_counted(reader):
    ink = written("7 7", gap=0)
    ink[60:68, 60:160] = 255  # a pen that was not lifted
    reading = reader.read(on_paper(written("7 7", gap=0)))
    assert len(reading.digits) == 2
    page = Page(on_paper(ink), 1.0)
    assert _by_name(diagnose_reading(page, reading))["touching digits"].figure == 2
    assert "touching digits" not in _by_name(diagnose_reading(Page(on_paper(written("7 7", gap=0)), 1.0), reading))


def test_the_runner_up_of_an_unsure_digit_is_named(reader):
    reading = reader.read(_clean())
    doubtful = replace(reading.digits[0], confidence=0.6, alternatives=(("7", 0.6), ("1", 0.4)))
    [finding] = diagnose_reading(Page(_clean(), 1.0), replace(reading, digits=(doubtful,)))
    assert finding.text == "the digit may be 7 (0.60) or 1 (0.40)"


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
