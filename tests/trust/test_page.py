"""docs/trust.md says what the results hold, and says it loudly where something was lost."""

import pytest
from benchmarks.trust import page
from benchmarks.trust.faults import WORK
from benchmarks.trust.targets import TARGETS

MACHINE = {"date": "2026-01-01", "processor": "a processor", "threads": 2, "commit": "0" * 40}


@pytest.fixture
def found():
    killed = {"kills": 100, "corrupt": 0, "different": 0, "seconds_undisturbed": 2.0}
    fuzzed = {"inputs": 1000, "find": None, "worst_seconds": 0.5, "grown_mebibytes": 1.0}
    return {
        "faults": {"machine": MACHINE, "rows": [{"work": name} | killed for name in (*WORK, "server")]},
        "fuzz": {
            "machine": MACHINE,
            "seed": 1,
            "limit_seconds": 20,
            "rows": [{"target": name} | fuzzed for name in TARGETS],
        },
    }


def test_the_page_counts_what_was_tried(found):
    text = page.page(found)
    assert f"{100 * (len(WORK) + 1)} kills: nothing lost or doubled." in text
    assert f"{1000 * len(TARGETS):,} inputs: nothing but clean errors." in text
    for name in (*WORK, "server", *TARGETS):
        assert page.WHAT[name] in text


def test_what_was_lost_is_said_first(found):
    found["faults"]["rows"][0]["different"] = 2
    found["fuzz"]["rows"][0]["find"] = "00"
    first = page.page(found).split("##")[0]
    assert "**2 things** lost or doubled" in first
    assert "**1 not borne**" in first
