"""`make audit`: every pinned package has a licence that is known, a line in the bill, and is asked about."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def audit(tmp_path, monkeypatch):
    """The script as a module, writing into a folder of the test's."""
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "OUT", tmp_path / "audit")
    return module


def _pip_audit(tmp_path, answer):
    path = tmp_path / "pip-audit"
    path.write_text(f"#!{sys.executable}\nprint({answer!r})\n")
    path.chmod(0o755)
    return str(path)


def test_all_licences_are_known_and_the_bill_has_every_package(audit, tmp_path, monkeypatch, capsys):
    answer = json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]})
    monkeypatch.setattr(sys, "argv", ["audit.py", _pip_audit(tmp_path, answer)])
    assert audit.main() == 0, capsys.readouterr().err
    bill = json.loads((tmp_path / "audit" / "sbom.cdx.json").read_text())
    pinned = audit.pinned((ROOT / "constraints.txt").read_text())
    assert [(one["name"], one["version"]) for one in bill["components"]] == pinned
    assert len(pinned) > 100


def test_a_known_hole_is_named_and_fails(audit, tmp_path, capsys):
    answer = json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]})
    assert audit.holes(_pip_audit(tmp_path, answer))
    assert "known hole: a 1: CVE-1" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["", "no JSON"])
def test_where_nobody_answers_it_says_so(audit, tmp_path, answer, capsys):
    assert not audit.holes(_pip_audit(tmp_path, answer))
    assert not audit.holes(str(tmp_path / "not-there"))
    assert capsys.readouterr().err.count("known holes were not looked up") == 2


def test_packages_that_nobody_knows_are_not_called_sound(audit, tmp_path, capsys):
    answer = json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}]})
    assert not audit.holes(_pip_audit(tmp_path, answer))
    assert "0 in 0 packages; of 1 nothing could be learned" in capsys.readouterr().out
