"""`python -m benchmarks mutants` and `coverage`: changes are real, met by the tests that run them, and taken back."""

import random
import shutil
from pathlib import Path

import pytest
from benchmarks.trust import covered, mutation
from benchmarks.trust.mutation import ROOT, Place, Runners

METRICS = Path("src", "tenfold", "metrics.py")


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of a repository of its own; what may be changed there."""
    pytest.importorskip("cosmic_ray")
    monkeypatch.setattr(mutation, "ROOT", tmp_path)

    def write(code):
        (tmp_path / "module.py").write_text(code)
        return mutation.places(Path("module.py"))

    return write


def _code(found):
    lines = (mutation.ROOT / "module.py").read_text().split("\n")
    return {lines[place.span[0][0] - 1][place.span[0][1] : place.span[1][1]] for place in found}


def test_types_are_no_places_but_what_is_reckoned_is(module):
    found = module("def double(x: int | None, y: 'list[int] | None' = None) -> int | None:\n    return 2 * x\n")
    assert {place.span[0][0] for place in found} == {2}
    assert {"2", "*"} <= _code(found)


def test_every_change_is_another_program_and_says_where_it_is(module):
    found = module("LEAST = 3\n\n\ndef enough(n):\n    return n >= LEAST and not n == 7\n")
    before = (mutation.ROOT / "module.py").read_text()
    assert len(found) >= 4
    for place in found:
        for change in place.changes:
            after = mutation.changed(place, change)
            assert after != before
            compile(after, "module.py", "exec")
            told = mutation.described(place, change)
            assert told["was"] != told["is"]
            assert told["where"] in ("module.py:1", "module.py:5")


def test_what_would_be_no_python_is_not_tried(module):
    found = module("def add(*, x):\n    return x + 1\n")
    assert "*" in _code(found)
    drawn = list(mutation._in_random_order(found, random.Random(0)))
    assert {place.span[0][0] for place, _change in drawn} == {2}
    assert len(drawn) == 2


def test_a_change_meets_the_tests_that_run_it_the_narrowest_first():
    ran = {"a.py": {1: set(), 2: {"wide", "narrow"}, 3: {"wide"}, 4: {"other"}}, "b.py": {1: set()}}
    tests = Runners(ran, ["tests/all"])

    def that_run(path, line):
        return tests.that_run(Place(Path(path), ((line, 0), (line, 5)), ()))

    assert that_run("a.py", 2) == ["narrow", "wide"]
    assert that_run("a.py", 3) == ["wide"]
    assert that_run("a.py", 1) == ["narrow", "other", "wide"], "nobody knows who uses it"
    assert that_run("b.py", 1) == ["tests/all"]


def test_what_runs_as_a_module_is_loaded_meets_the_tests_that_use_it_wherever_that_is():
    codes = {
        "a.py": "LEAST = 3\nMOST = (\n    4,\n)\n\n\ndef enough(n=LEAST):\n    return n >= LEAST\n",
        "b.py": "import a\n\n\ndef few(n):\n    return n < a.LEAST and Few(n)\n\n\n@frozen\nclass Few:\n    size = 1\n",
    }
    first = {"the first to load it"}
    ran = {"a.py": {1: first, 3: first, 7: first, 8: {"high"}}, "b.py": {4: first, 5: {"low"}, 8: first}}
    found = mutation._by_use(ran, codes)
    users = {"high", "low", *first}
    assert found["a.py"] == {1: users, 2: set(), 3: set(), 4: set(), 7: {"high"}, 8: {"high"}}
    assert found["b.py"] == {4: {"low"}, 5: {"low"}, 8: {"low"}, 9: {"low"}, 10: {"low"}}


@pytest.mark.long
def test_a_change_that_breaks_a_promise_is_noticed_and_one_that_breaks_none_is_not(tmp_path):
    pytest.importorskip("cosmic_ray")
    copy = Path(shutil.copytree(ROOT / "src", tmp_path / "src"))
    number = (ROOT / METRICS).read_text().split("\n").index("    if n == 0:") + 1
    place = next(place for place in mutation.places(METRICS) if place.span[0] == (number, 9))
    turned = next(change for change in place.changes if change[0].endswith("_Eq_NotEq"))
    at_least = next(change for change in place.changes if change[0].endswith("_Eq_LtE"))
    tests = ["tests/test_metrics.py::test_wilson_interval_matches_known_values"]
    assert mutation.met_by(copy, place, turned, tests) == pytest.ExitCode.TESTS_FAILED
    assert mutation.met_by(copy, place, at_least, tests) == 0, "n is never below 0"
    assert (copy / "tenfold" / "metrics.py").read_text() == (ROOT / METRICS).read_text()


def test_rooms_add_up_their_files():
    def file(*counts):
        keys = ("num_statements", "covered_lines", "num_branches", "covered_branches")
        return {"summary": dict(zip(keys, counts, strict=True))}

    files = {
        "src/tenfold/data/idx.py": file(10, 9, 4, 3),
        "src/tenfold/data/load.py": file(20, 20, 2, 2),
        "src/tenfold/formats/web/write.py": file(1, 0, 0, 0),
        "src/tenfold/run.py": file(5, 5, 0, 0),
    }
    assert covered.rooms(files) == [
        {"room": "data", "lines": 30, "ran": 29, "branches": 6, "taken": 5},
        {"room": "formats", "lines": 1, "ran": 0, "branches": 0, "taken": 0},
        {"room": covered.TOP, "lines": 5, "ran": 5, "branches": 0, "taken": 0},
    ]
