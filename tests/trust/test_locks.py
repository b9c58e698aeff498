"""locks/: the versions of constraints.txt, each with the hashes of its files, so that pip takes no other bytes."""

import re
from pathlib import Path

import pytest
from benchmarks.trust.compatibility import direct

ROOT = Path(__file__).parents[2]


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked(extra):
    """Each package's version and hashes."""
    text = (ROOT / "locks" / f"{extra}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[\w])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    found = {}
    for entry in filter(None, entries):
        name, version = re.match(r"([\w.-]+)==([^\s;]+)", entry).groups()
        found[_plain(name)] = (version, re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
    return found


@pytest.mark.parametrize("extra", ["serve", "all"])
def test_every_package_has_hashes_and_the_version_that_is_tested(extra):
    pinned = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    versions = {_plain(name): version for name, version in pinned}
    locked = _locked(extra)
    assert len(locked) > 20
    for name, (version, hashes) in locked.items():
        assert hashes, name
        assert version == versions.get(name, version), name


def test_what_is_asked_for_is_locked():
    assert {"numpy", "onnxruntime", "fastapi"} <= _locked("serve").keys()
    assert "torch" not in _locked("serve")
    assert {_plain(name) for name in direct()} - {"ray", "pyarrow", "tensorboard"} <= _locked("all").keys()
