"""Training on so many images, or reading so many pictures, in a process of its own.

    python -m benchmarks.peers.tenfold_scaling train DATA.npz IMAGES
    python -m benchmarks.peers.tenfold_scaling read DATA.npz PICTURES MODEL.onnx

prints {"seconds", "peak_bytes", "data_bytes"}: of the work, of the whole process, and of what was given. DATA.npz
holds x, y, repeated to the number wanted.
"""

import io
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

_PICTURES = 100
"""Different pictures, read again and again: files are decoded each time, but not all kept at once."""


def train(data: str, images: str) -> dict[str, Any]:
    """One epoch of `fast` through the training loop, without validation."""
    from tenfold.training import patience  # noqa: F401  before torch is loaded

    # isort: split
    import torch

    from tenfold import models
    from tenfold.recipes import load_recipe
    from tenfold.training.device import choose_precision
    from tenfold.training.inputs import Split
    from tenfold.training.loop import Loop
    from tenfold.training.memory import keep_freed_memory

    keep_freed_memory()
    n = int(images)
    recipe = load_recipe("fast", {"epochs": 1})[1]
    with np.load(Path(data)) as arrays:
        x = torch.from_numpy(np.resize(arrays["x"], (n, 1, 28, 28)))
        y = torch.from_numpy(np.resize(arrays["y"], n))
    torch.manual_seed(0)
    model = models.build(recipe.model, 10, recipe.model_options)
    precision = choose_precision(recipe.compute.precision, torch.device("cpu"), model)
    start = time.perf_counter()
    Loop(recipe, model, precision, Split(x, y), Split(x[:0], y[:0])).run(None, None, None)
    return {"seconds": time.perf_counter() - start, "data_bytes": x.nbytes + y.nbytes}


def read(data: str, pictures: str, model: str) -> dict[str, Any]:
    """PNG files in memory through one Reader; no reading is kept."""
    from PIL import Image

    from tenfold import Reader

    files = []
    with np.load(Path(data)) as arrays:
        for image in arrays["x"][:_PICTURES]:
            file = io.BytesIO()
            Image.fromarray(255 - image).save(file, "png")
            files.append(file.getvalue())
    reader = Reader(model)
    reader.read(files[0])
    start = time.perf_counter()
    for i in range(int(pictures)):
        reader.read(files[i % len(files)])
    return {"seconds": time.perf_counter() - start, "data_bytes": sum(map(len, files))}


def peak_bytes() -> int:
    """The most memory this process ever held.

    Linux's getrusage counts what the parent held before it started us; /proc counts only ourselves.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    work: dict[str, Callable[..., dict[str, Any]]] = {"train": train, "read": read}
    found = work[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(found | {"peak_bytes": peak_bytes()}))
