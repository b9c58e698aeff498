"""How many of tenfold's lines and branches the tests run, room by room, from what `make coverage` left."""

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT, write_result
from benchmarks.trust.mutation import COVERAGE, SOURCES

TOP = "modules of their own"
"""The row of what lies in no room."""


def main() -> None:
    """Count, and keep the counts."""
    if not COVERAGE.exists():
        print("skipped: this needs what make coverage leaves", file=sys.stderr)
        return
    rows = rooms(_report()["files"])
    for row in rows:
        print(row)
    print(f"kept in {write_result('coverage', {'rows': rows})}")


def _report() -> dict[str, Any]:
    from coverage import Coverage

    with tempfile.TemporaryDirectory() as folder:
        found = Coverage(data_file=str(COVERAGE), config_file=str(ROOT / "pyproject.toml"))
        found.load()
        path = Path(folder, "coverage.json")
        found.json_report(outfile=str(path))
        return dict(json.loads(path.read_text(encoding="utf-8")))


def rooms(files: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each room: lines and branches, and how many of them were run. files: as `coverage json` has them."""
    rows: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("lines", "ran", "branches", "taken"), 0))
    for path, file in files.items():
        parts = Path(path).parts
        inside = parts[parts.index(SOURCES.name) + 1 :]
        row, counted = rows[inside[0] if len(inside) > 1 else TOP], file["summary"]
        row["lines"] += counted["num_statements"]
        row["ran"] += counted["covered_lines"]
        row["branches"] += counted["num_branches"]
        row["taken"] += counted["covered_branches"]
    return [{"room": name} | rows[name] for name in sorted(rows)]
