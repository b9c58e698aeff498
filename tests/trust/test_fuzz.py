"""The fuzzer's targets bear whatever chance makes of sound inputs: the same ones every time."""

import importlib.util
import os
import subprocess
import sys

import pytest
from benchmarks.trust import fuzz
from benchmarks.trust.mutants import mutants
from benchmarks.trust.targets import TARGETS, try_one

FEW = {"array": 60, "csv": 200, "picture": 400}
"""Inputs that take long; of the others there are more."""


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
def test_a_target_bears_sound_inputs_and_what_chance_makes_of_them(name):
    target = TARGETS[name]
    seeds = target.seeds()
    for content in (*seeds, b"", b"\0", *mutants(seeds, FEW.get(name, 1000), 7, target.longest)):
        try:
            try_one(name, content)
        except Exception as error:
            pytest.fail(f"{error!r} at {content.hex()}")


def test_mutants_are_the_same_for_the_same_seed_and_differ():
    first, again, other = (list(mutants([b"a" * 50], 100, seed, 60)) for seed in (1, 1, 2))
    assert first == again != other
    assert len(set(first)) > 50
    assert max(map(len, first)) <= 60


@pytest.mark.long
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_what_a_target_does_not_bear_is_found_and_kept(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    row = fuzz.fuzz("metadata", 300, 60, seed=1)
    assert (row["code"], row["find"]) == (0, None)
    assert row["inputs"] > 0


def test_without_atheris_one_line_says_so(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("fuzzes"))
    fuzz.main([])
    assert "atheris, which is not installed" in capsys.readouterr().err
