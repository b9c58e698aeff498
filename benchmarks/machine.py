"""What a result was measured on, and where it is kept."""

import datetime
import json
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
"""Of the repository."""

RESULTS = ROOT / "benchmarks" / "results"


def result_file(question: str) -> Path:
    """Where a question's answer is kept."""
    return RESULTS / f"{question}.json"


def describe_machine() -> dict[str, Any]:
    """Processor, cores, threads, system, commit and date."""
    import torch  # here: a peer's environment, which imports this module too, has none

    features = torch.cpu.get_capabilities()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT)
    return {
        "processor": features.get("cpu_name"),
        "cores": features.get("num_physical_cores"),
        "threads": torch.get_num_threads(),
        "bfloat16": bool(features.get("avx512_bf16") or features.get("amx_bf16")),
        "python": platform.python_version(),
        "commit": commit.stdout.strip() if commit.returncode == 0 else None,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def keep_row(question: str, row: dict[str, Any], key: Sequence[str], **values: Any) -> Path:
    """Keep one row of a question's answer in the place of the row with the same values under key, or as the last.

    The other rows stay what they were, each with the commit it was measured at.
    """
    path = result_file(question)
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"rows": []}
    rows = [{"commit": known["machine"]["commit"]} | one for one in known["rows"]]
    by_key = {tuple(one[name] for name in key): one for one in [*rows, row | {"commit": describe_machine()["commit"]}]}
    return write_result(question, {**values, "rows": list(by_key.values())})


def write_result(question: str, values: dict[str, Any]) -> Path:
    """Keep a question's answer as results/<question>.json."""
    RESULTS.mkdir(exist_ok=True)
    path = result_file(question)
    content = json.dumps({"question": question, "machine": describe_machine(), **values}, indent=2)
    path.write_text(content + "\n", encoding="utf-8")
    return path
