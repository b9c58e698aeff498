"""What is measured of handwriting is what was drawn."""

import cv2
import numpy as np
import pytest

from tenfold.exploration.handwriting import measure_handwriting


def _stroke(width: float, degrees: float, zoom: int = 16) -> np.ndarray:
    """A stroke of 18 pixels, leaning to the right by so many degrees."""
    sheet = np.zeros((28 * zoom, 28 * zoom), np.uint8)
    lean, middle = np.radians(degrees), 14 * zoom + 5
    away = np.array([np.sin(lean), -np.cos(lean)]) * 9 * zoom
    ends = [tuple(np.rint(middle + sign * away).astype(int).tolist()) for sign in (-1, 1)]
    cv2.line(sheet, *ends, 255, round(width * zoom))
    return cv2.resize(sheet, (28, 28), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("width", [1.5, 2, 3, 4])
@pytest.mark.parametrize("degrees", [0, 15, -35])
def test_the_width_and_slant_of_a_stroke_are_found(width: float, degrees: float) -> None:
    found = measure_handwriting(_stroke(width, degrees)[None])
    # Ends and slanting edges add outline: narrower by up to three tenths.
    assert 0.7 * width <= found.stroke_width[0] <= 1.1 * width
    assert found.slant[0] == pytest.approx(degrees, abs=2)


def test_ink_is_the_mean_pixel() -> None:
    images = np.array([0, 51, 255], np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    assert measure_handwriting(images).ink == pytest.approx([0, 0.2, 1])


def test_a_blank_image_has_neither_width_nor_slant() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, 14, 4:20] = 255  # one row: it leans nowhere
    found = measure_handwriting(images)
    assert np.isnan(found.stroke_width).tolist() == [True, False]
    assert np.isnan(found.slant).all()
