"""Any array is a reading that obeys the contract of its JSON, or one line."""

import json

import pytest
from benchmarks.trust.targets import check_contract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tenfold.errors import TenfoldError
from tenfold.reading import Reader

KINDS = st.one_of(
    arrays.boolean_dtypes(), arrays.integer_dtypes(), arrays.unsigned_integer_dtypes(), arrays.floating_dtypes(),
)  # fmt: skip


@pytest.fixture(scope="module")
def reader():
    return Reader(None, 1)


@settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    arrays.arrays(KINDS, arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=40)),
    st.booleans(),
    st.booleans(),
)
def test_any_array_is_a_reading_or_one_line(reader, array, single, separators):
    try:
        reading = reader.read(array, single=single, separators=separators)
    except TenfoldError as error:
        said = str(error)
    else:
        said = "one line"
        check_contract(json.loads(json.dumps(reading.to_json(), allow_nan=False)), array.shape[1], array.shape[0])
    assert len(said.splitlines()) == 1
