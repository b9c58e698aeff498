"""What a run was made with: versions, machine, threads, precision, commit."""

import platform
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from tenfold import __version__


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
    """The commit of tenfold's own checkout; None where it was installed from a wheel."""
    here = Path(__file__).resolve().parent
    try:
        top = subprocess.run(
            ["git", "rev-parse", "--show-toplevel", "HEAD"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    # A site-packages inside somebody else's repository would answer with that repository's commit.
    return top[1] if (Path(top[0]) / "src" / "tenfold").is_dir() else None
