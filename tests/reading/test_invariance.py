"""A clear digit stays what it is: inverted, scaled, moved, given room, turned by EXIF; and any array can be read."""

import io
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from tests.reading.drawings import digits, on_paper, scaled, written

from tenfold.errors import TenfoldError
from tenfold.inference.classifier import SHIPPED
from tenfold.reading import Reader, Reading

steady = settings(derandomize=True, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

CLOSE = 9.0
"""Mean difference of grey levels below which two views show the same digit alike; different digits lie 17 or more."""

ROOM = 40
TURNED = {3: 2, 6: 1, 8: 3}
"""EXIF orientations, and by how many quarters counterclockwise a picture is stored turned where it says so."""


@pytest.fixture(scope="module")
def known(matcher):
    """A reader that knows the drawn digits."""
    return Reader(matcher)


@pytest.fixture(scope="module")
def shipped():
    """The reader that everyone gets."""
    if not SHIPPED.exists():
        pytest.skip(f"there is no shipped model yet: {SHIPPED.name} is missing")
    return Reader()


@pytest.fixture(scope="module")
def upright(known):
    """The single reading of a drawn digit as it is."""
    return cache(lambda digit: known.read(_page(digit), single=True))


def _page(digit, paper=235, pen=40):
    return on_paper(np.pad(digits()[digit], ROOM), paper, pen)


def _exif(page, orientation):
    """A PNG that is stored turned and says so."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    stored = np.ascontiguousarray(np.rot90(page, TURNED[orientation]))
    Image.fromarray(stored).save(buffer, "PNG", exif=exif)
    return buffer.getvalue()


def _moved(page, right, down):
    return np.roll(page, (down, right), (0, 1))


def _padded(page, left, top, right, bottom):
    return np.pad(page, ((top, bottom), (left, right)), constant_values=int(page[0, 0]))


def _assert_same(reading, plain, scale=1.0, shift=(0, 0), close=CLOSE):
    """Asserts that a digit reads as before, looks as before, and that its box has gone where the picture went."""
    [digit], [before] = reading.digits, plain.digits
    assert digit.name == before.name
    assert np.abs(reading.views[0].astype(int) - plain.views[0]).mean() < close
    x, y, width, height = before.box
    wanted = np.array([x + shift[0], y + shift[1], width, height]) * scale
    assert np.abs(np.array(digit.box) - wanted).max() <= 2 + 1.5 * scale


def test_views_of_different_digits_are_not_close(upright):
    views = np.array([upright(digit).views[0].astype(int) for digit in range(10)])
    apart = [np.abs(views[i] - views[j]).mean() for i in range(10) for j in range(i)]
    assert min(apart) > CLOSE + 5


DIGIT = st.integers(0, 9)


@steady
@given(DIGIT, st.integers(140, 255), st.integers(0, 100))
def test_inversion_and_other_inks_change_nothing(known, upright, digit, paper, pen):
    page = _page(digit, paper, pen)
    light, dark = known.read(page, single=True), known.read(255 - page, single=True)
    _assert_same(light, upright(digit))
    _assert_same(dark, upright(digit))
    assert (light.polarity, dark.polarity) == ("dark-on-light", "light-on-dark")


@steady
@given(DIGIT, st.floats(0.25, 8))
@example(8, 0.25)
@example(8, 8.0)
def test_scaling_moves_the_box_and_nothing_else(known, upright, digit, by):
    reading = known.read(scaled(_page(digit), by), single=True)
    _assert_same(reading, upright(digit), scale=by)


@steady
@given(DIGIT, st.integers(-45, 45), st.integers(-45, 45))
def test_translation_moves_the_box_and_nothing_else(known, upright, digit, right, down):
    reading = known.read(_moved(_page(digit), right, down), single=True)
    _assert_same(reading, upright(digit), shift=(right, down), close=1)


@steady
@given(DIGIT, st.tuples(*[st.integers(0, 300)] * 4))
def test_room_around_moves_the_box_and_nothing_else(known, upright, digit, room):
    reading = known.read(_padded(_page(digit), *room), single=True)
    _assert_same(reading, upright(digit), shift=room[:2], close=2)


@pytest.mark.parametrize("orientation", TURNED)
def test_a_picture_turned_by_exif_is_read_upright(known, upright, orientation):
    for digit in range(10):
        reading = known.read(_exif(_page(digit), orientation), single=True)
        _assert_same(reading, upright(digit), close=0.01)


@steady
@given(
    DIGIT, st.booleans(), st.floats(0.25, 8), st.tuples(*[st.integers(0, 120)] * 4), st.sampled_from([None, *TURNED])
)
def test_a_clear_digit_is_found_alone_under_every_change_at_once(known, digit, inverted, by, room, orientation):
    page = scaled(_padded(_page(digit), *room), by)
    page = 255 - page if inverted else page
    reading = known.read(page if orientation is None else _exif(page, orientation))
    assert (reading.lines, reading.rejected) == ((str(digit),), ())


ANY_NUMBER = st.one_of(
    arrays.boolean_dtypes(), arrays.integer_dtypes(endianness="="), arrays.unsigned_integer_dtypes(endianness="="),
    arrays.floating_dtypes(endianness="="),
)  # fmt: skip
ANY_KIND = st.one_of(
    ANY_NUMBER, arrays.complex_number_dtypes(), arrays.datetime64_dtypes(), arrays.byte_string_dtypes()
)


def _survives(reader, array):
    for options in ({"single": True}, {"separators": True}):
        try:
            reading = reader.read(array, **options)
        except TenfoldError as error:
            told = str(error)
            assert len(told.splitlines()) == 1
            continue
        assert isinstance(reading, Reading)
        assert len(reading.views) == len(reading.digits) + len(reading.rejected)
        assert 0 <= reading.confidence <= 1
        for one in (*reading.digits, *reading.rejected):
            x, y, width, height = one.box
            assert min(x, y) >= 0
            assert min(width, height) >= 1
            assert x + width <= array.shape[1]
            assert y + height <= array.shape[0]


@settings(steady, max_examples=100)
@given(arrays.arrays(ANY_KIND, arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6)))
def test_any_array_is_read_or_refused_in_one_line(known, array):
    _survives(known, array)


@settings(steady, max_examples=100)
@given(
    st.integers(1, 90), st.integers(1, 90), st.sampled_from([(), (3,), (4,)]),
    st.sampled_from(["uint8", "uint16", "bool", "float32"]), st.integers(1, 12), st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_blots_noise_and_scribbles_of_any_shape_are_read(known, height, width, channels, kind, grain, cover, seed):
    random = np.random.default_rng(seed)
    coarse = random.random((height // grain + 1, width // grain + 1, *channels))
    page = coarse.repeat(grain, 0).repeat(grain, 1)[:height, :width]
    page = np.where(random.random((height, width) + (1,) * len(channels)) < cover, page, 0.9)
    array = {
        "uint8": (page * 255).astype(np.uint8), "uint16": (page * 65535).astype(np.uint16), "bool": page > 0.5,
        "float32": page.astype(np.float32),
    }[kind]  # fmt: skip
    _survives(known, array)


CHANGES = {
    "as it is": lambda page: page,
    "inverted": lambda page: 255 - page,
    "a quarter as large": lambda page: scaled(page, 0.25),
    "half as large": lambda page: scaled(page, 0.5),
    "three times as large": lambda page: scaled(page, 3),
    "eight times as large": lambda page: scaled(page, 8),
    "moved": lambda page: _moved(page, 30, -25),
    "in a corner of a large sheet": lambda page: _padded(page, 0, 200, 400, 0),
    "turned by EXIF, 3": lambda page: _exif(page, 3),
    "turned by EXIF, 6": lambda page: _exif(page, 6),
    "turned by EXIF, 8": lambda page: _exif(page, 8),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("single", [False, True])
def test_the_shipped_model_reads_clear_digits_whatever_is_done_to_the_picture(shipped, change, single):
    read = {digit: shipped.read(CHANGES[change](_page(digit)), single=single) for digit in range(10)}
    assert {digit: reading.text for digit, reading in read.items()} == {digit: str(digit) for digit in range(10)}


@pytest.mark.parametrize("change", CHANGES)
def test_the_shipped_model_reads_a_clear_number_whatever_is_done_to_the_picture(shipped, change):
    assert shipped.read(CHANGES[change](on_paper(written("90210", "4375", "186")))).lines == ("90210", "4375", "186")
