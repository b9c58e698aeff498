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
        "coverage": {
            "machine": MACHINE,
            "rows": [
                {"room": "data", "lines": 100, "ran": 99, "branches": 10, "taken": 9},
                {"room": "drawing_page", "lines": 100, "ran": 100, "branches": 0, "taken": 0},
            ],
        },
        "mutants": {
            "machine": MACHINE,
            "most_tests": 40,
            "rows": [
                {"part": "reading", "places": 3000, "seed": 7, "tried": 100, "late": 1, "killed": 90, "survived": []}
            ],
        },
    }


def test_the_page_counts_what_was_tried(found):
    text = page.page(found)
    assert f"{100 * (len(WORK) + 1)} kills: nothing lost or doubled." in text
    assert f"{1000 * len(TARGETS):,} inputs: nothing but clean errors." in text
    for name in (*WORK, "server", *TARGETS):
        assert page.WHAT[name] in text


def test_a_python_that_was_tried_and_one_that_was_not_have_a_row(found):
    tried = {"python": "3.12", "versions": "pinned", "torch": True, "passed": 2000, "skipped": 4, "failed": ["a::b"]}
    missing = {"python": "3.13", "versions": "pinned", "torch": False, "problem": "no 3.13 on this machine"}
    text = page.page(found | {"compatibility": {"machine": MACHINE, "rows": [tried, missing]}})
    assert "| 3.12 | pinned | yes | 2,000 | `a::b` | 4 |" in text
    assert "| 3.13 | pinned | no | – | not tried: no 3.13 on this machine | – |" in text


def test_rows_that_were_kept_one_by_one_name_each_commit(found):
    found["faults"]["rows"][0]["commit"] = "1" * 40
    assert f"commits {'1' * 12}, {'0' * 12}." in page.page(found)
    assert f"commit {'0' * 12}." in page.page(found)


def test_what_was_lost_is_said_first(found):
    found["faults"]["rows"][0]["different"] = 2
    found["fuzz"]["rows"][0]["find"] = "00"
    first = page.page(found).split("##")[0]
    assert "**2 things** lost or doubled" in first
    assert "**1 not borne**" in first


def test_what_the_tests_run_and_hold_is_counted_by_room_and_part(found):
    text = page.page(found)
    assert "| data | 100 | 99.0 % | 10 | 90.0 % |" in text
    assert "| drawing_page | 100 | 100.0 % | 0 | – |" in text
    assert "| all | 200 | 99.5 % | 10 | 90.0 % |" in text
    assert "| reading | 3,000 | 7 | 100 | 90 | 1 | 90 % | 83 to 94 % |" in text
