"""What a run was made with: versions, machine, threads, precision, commit."""

import platform
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from tenfold.version import __version__


def describe_environment(device: torch.device, precision: torch.dtype) -> dict[str, Any]:
    """The parts of environment.json that do not depend on the recipe."""
    return {
        "tenfold": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "onnxruntime": onnxruntime.__version__,
        "platform": platform.platform(),
        "processor": _processor(device),
        "cores": torch.cpu.get_capabilities().get("num_physical_cores"),
        "threads": torch.get_num_threads(),
        "device": device.type,
        "precision": str(precision).removeprefix("torch."),
        "git_commit": _git_commit(),
    }


def _processor(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return str(torch.cpu.get_capabilities().get("cpu_name") or platform.processor() or platform.machine())


def _git_commit() -> str | None:
    """The commit of tenfold's own checkout, with -dirty where its code differs; None where it is no checkout."""
    package = Path(__file__).resolve().parents[1]
    try:
        top, commit = _git(package, "rev-parse", "--show-toplevel", "HEAD")
        # A site-packages inside somebody else's repository would answer with that repository's commit.
        if package != Path(top).resolve() / "src" / "tenfold":
            return None
        changes = _git(package, "--no-optional-locks", "status", "--porcelain", "--", ".")
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return f"{commit}-dirty" if changes else commit


def _git(folder: Path, *arguments: str) -> list[str]:
    """The lines that git prints. Raises OSError, ValueError or SubprocessError where it cannot, or takes 5 s."""
    return subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=5, check=True
    ).stdout.splitlines()
