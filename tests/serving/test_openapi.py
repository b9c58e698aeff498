"""The OpenAPI document holds: whatever can be made of it, every answer is one that it declares, and none is a 5xx."""

import hypothesis
import pytest

schemathesis = pytest.importorskip("schemathesis")

from schemathesis.checks import CHECKS, load_all_checks  # noqa: E402

from tenfold.serving import Settings, create_app  # noqa: E402

pytestmark = pytest.mark.long

load_all_checks()
schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(Settings()))

NOT_PROMISED = CHECKS.get_by_names(["positive_data_acceptance"])
"""Any bytes fit the schema of a picture, and few of them are one."""


@schema.parametrize()
@hypothesis.settings(max_examples=12, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck))
def test_every_answer_is_a_declared_one(case):
    case.call_and_validate(excluded_checks=NOT_PROMISED)
