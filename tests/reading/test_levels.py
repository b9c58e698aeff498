import io

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import TenfoldError
from tenfold.reading import open_page
from tenfold.reading.levels import as_levels


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        (np.array([0.0, 0.5, 1.0]), [0, 128, 255]),
        (np.array([0, 0.5, 1], np.float16), [0, 128, 255]),
        (np.array([False, True]), [0, 255]),
        (np.array([0, 32768, 65535], np.uint16), [0, 128, 255]),
        (np.array([0, 32768, 65535], ">u2"), [0, 128, 255]),
        (np.array([0, 2048, 4095], np.uint16), [0, 128, 255]),  # 12 bits
        (np.array([0, 2048, 4095], np.int32), [0, 128, 255]),
        (np.array([0, 7, 200], np.uint16), [0, 7, 200]),  # 8 bits, held in 16
        (np.array([0.0, 7.0, 200.0]), [0, 7, 200]),
        (np.array([0, 1, 0]), [0, 255, 0]),  # truth values as whole numbers
        (np.array([0, 1], np.uint8), [0, 255]),
        (np.array([0, 1], np.uint16), [0, 255]),
        (np.array([0, 0], np.uint8), [0, 0]),
        (np.array([0, 1, 2], np.uint8), [0, 1, 2]),  # other bytes are levels
        (np.array([0.0, 8.0, 16.0]), [0, 128, 255]),  # counts of ink
        (np.array([0, 17], np.int64), [0, 17]),
        (np.array([-1.0, 0.0, 1.0]), [0, 128, 255]),  # normalised
        (np.array([-2.0, -2.0]), [0, 0]),
        (np.array([-1.7e308, 1.7e308]), [0, 255]),
    ],
)
def test_numbers_of_every_kind_are_levels(values, levels):
    assert as_levels(values).tolist() == levels
    assert as_levels(values).dtype == np.uint8


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_level(value):
    with pytest.raises(TenfoldError, match="NaN or infinite"):
        as_levels(np.array([0.0, value]))


@pytest.mark.parametrize("values", [np.zeros(2, complex), np.array(["x"]), np.array([None])])
def test_what_is_no_number_is_no_level(values):
    with pytest.raises(TenfoldError, match="no kind of pixel"):
        as_levels(values)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_12_bit_scan_in_a_16_bit_file_keeps_its_contrast(form):
    scan = np.full((20, 20), 3600, np.uint16)
    scan[5:15, 8:12] = 400
    file = io.BytesIO()
    Image.fromarray(scan).save(file, form)
    page = open_page(file.getvalue()).pixels
    assert int(page[0, 0]) - int(page[10, 10]) == 200


def test_a_12_bit_scan_in_colour_keeps_its_contrast():
    cv2 = pytest.importorskip("cv2")
    scan = np.full((20, 20, 3), 3600, np.uint16)
    scan[5:15, 8:12] = (2000, 400, 400)
    page = open_page(cv2.imencode(".png", scan)[1].tobytes()).grey
    assert int(page[0, 0]) - int(page[10, 10]) > 150
