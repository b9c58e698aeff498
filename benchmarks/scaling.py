"""Do time and memory grow linearly with the images that are trained on, and the pictures that are read?

Training is one epoch of `fast` on MNIST's training images, repeated to the number wanted; reading is `Reader.read` of
PNG files with the untrained `fast`. Every size runs in a process of its own, whose peak memory is measured.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import write_result
from benchmarks.peers import run_peer
from benchmarks.untrained import untrained_onnx
from tenfold.data import load_dataset

IMAGES = (6_000, 15_000, 30_000, 60_000, 120_000, 240_000)
PICTURES = (100, 300, 1_000, 3_000, 10_000)


def measure(images: tuple[int, ...], pictures: tuple[int, ...], repeats: int) -> dict[str, Any]:
    """Median seconds and peak memory of each size, the sizes in turn, and the lines fitted to them."""
    with tempfile.TemporaryDirectory() as folder:
        train = load_dataset("mnist", "train")
        data = Path(folder) / "data.npz"
        np.savez(data, x=train.images, y=train.labels)
        model = untrained_onnx("fast", Path(folder))
        return {
            "repeats": repeats,
            "training": _grow("train", images, repeats, data),
            "reading": _grow("read", pictures, repeats, data, str(model)),
        }


def _grow(work: str, sizes: tuple[int, ...], repeats: int, data: Path, *arguments: str) -> dict[str, Any]:
    found: dict[int, list[dict[str, Any]]] = {size: [] for size in sizes}
    for _ in range(repeats):
        for size in sizes:
            found[size].append(run_peer(None, "tenfold_scaling", [work, str(data), str(size), *arguments]))
    keys = ("seconds", "peak_bytes", "data_bytes")
    rows = [{"n": size} | {key: statistics.median(one[key] for one in found[size]) for key in keys} for size in sizes]
    for row in rows:
        print(f"{work:<6} {row['n']:>8,} {row['seconds']:>9.3f} s {row['peak_bytes'] / 2**20:>9,.1f} MiB", flush=True)
    fit = {key: _line([(row["n"], row[key]) for row in rows]) for key in keys}
    print(
        f"{work:<6} each   {1e6 * fit['seconds']['slope']:>9.1f} µs (R² {fit['seconds']['r2']:.4f}), "
        f"{fit['peak_bytes']['slope']:,.0f} bytes, of them {fit['data_bytes']['slope']:,.0f} of data",
        flush=True,
    )
    return {
        "rows": rows,
        "seconds_each": fit["seconds"]["slope"],
        "seconds_fixed": fit["seconds"]["intercept"],
        "seconds_r2": fit["seconds"]["r2"],
        "peak_bytes_each": fit["peak_bytes"]["slope"],
        "peak_bytes_fixed": fit["peak_bytes"]["intercept"],
        "data_bytes_each": fit["data_bytes"]["slope"],
    }


def _line(points: list[tuple[float, float]]) -> dict[str, float]:
    """The line of least squares, and the share of the variance that it explains: 1 for points on a line."""
    x, y = np.array(points, dtype=np.float64).T
    slope, intercept = np.polyfit(x, y, 1)
    left, all_ = np.square(y - slope * x - intercept).sum(), np.square(y - y.mean()).sum()
    return {"slope": float(slope), "intercept": float(intercept), "r2": float(1 - left / all_) if all_ else 1.0}


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure((200, 400), (5, 10), repeats=1)
        return
    print(f"kept in {write_result('scaling', measure(IMAGES, PICTURES, repeats=2))}")
