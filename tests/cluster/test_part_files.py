"""A part's file: Parquet says what JSON lines say."""

import io

import numpy as np
import pytest

from tenfold.cluster.part_files import check_format, count, to_bytes
from tenfold.errors import UsageError
from tenfold.reading import Failure, Reading, Rejected
from tenfold.reading.outcome import Digit


@pytest.fixture
def rows():
    """A reading with everything, one of nothing, and a failure whose name is no UTF-8."""
    seven = Digit(7, "7", 0.9, (1, 2, 3, 4), 0, (("7", 0.9), ("1", 0.1)), prediction_set=("7", "1"), cell=(0, 1))
    shoe = Digit(3, "shoe", 0.5, (5, 6, 7, 8), 1, (("shoe", 0.5),))
    rejected = (Rejected((9, 9, 1, 1), "not a digit", 0.25, 0.25),)
    views = np.zeros((0, 28, 28), np.uint8)
    full = Reading(
        "a.png", 1, ("7", "shoe"), (seven, shoe), rejected, False, "dark-on-light", "m 1", views,
        table=(("", "7"), ("shoe", "")), turned=90,
    )  # fmt: skip
    blank = Reading("七.png", 0, (), (), (), True, "light-on-dark", "m 1", views)
    return [one.to_json() for one in (full, blank, Failure("\udcff.png", "not a picture"))]


def test_parquet_has_every_key_of_the_json_in_its_type(rows):
    parquet = pytest.importorskip("pyarrow.parquet")
    content = to_bytes(rows, "parquet")
    full, blank, failure = parquet.read_table(io.BytesIO(content)).to_pylist()
    keys = {"source", "page", "text", "lines", "confidence", "blank", "rejected", "polarity", "model"}
    assert set(rows[0]) == keys | {"digits", "table", "turned"}
    for row, typed in ((rows[0], full), (rows[1], blank)):
        assert {key: typed[key] for key in keys} == {key: row[key] for key in keys}
        assert typed["error"] is None
    assert [full[key] for key in ("table", "turned")] == [[["", "7"], ["shoe", ""]], 90]
    assert [blank[key] for key in ("table", "turned")] == [None, None]
    assert full["digits"] == [
        {
            "digit": 7, "name": "7", "confidence": 0.9, "box": [1, 2, 3, 4], "line": 0,
            "alternatives": [{"name": "7", "confidence": 0.9}, {"name": "1", "confidence": 0.1}],
            "prediction_set": ["7", "1"], "cell": [0, 1],
        },
        {
            "digit": 3, "name": "shoe", "confidence": 0.5, "box": [5, 6, 7, 8], "line": 1,
            "alternatives": [{"name": "shoe", "confidence": 0.5}], "prediction_set": None, "cell": None,
        },
    ]  # fmt: skip
    assert {key: value for key, value in failure.items() if value is not None} == {
        "source": "\\udcff.png", "error": "not a picture",
    }  # fmt: skip


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_the_same_rows_are_the_same_bytes_and_are_counted(rows, format):
    if format == "parquet":
        pytest.importorskip("pyarrow")
    content = to_bytes(rows, format)
    assert to_bytes(rows, format) == content
    assert count(content, format) == (3, 1)
    assert count(to_bytes([], format), format) == (0, 0)


def test_another_format_is_wrong_usage():
    with pytest.raises(UsageError, match="there are jsonl, parquet"):
        check_format("xlsx")
