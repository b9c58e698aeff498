"""What a result was measured on, and where it is kept."""

import datetime
import json
import platform
import subprocess
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).parents[1]
"""Of the repository."""

RESULTS = ROOT / "benchmarks" / "results"


def describe_machine() -> dict[str, Any]:
    """Processor, cores, threads, system, commit and date."""
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


def write_result(question: str, values: dict[str, Any]) -> Path:
    """Keep a question's answer as results/<question>.json."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{question}.json"
    content = json.dumps({"question": question, "machine": describe_machine(), **values}, indent=2)
    path.write_text(content + "\n", encoding="utf-8")
    return path
