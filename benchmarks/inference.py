"""How fast is one image, and a batch of 1,000 on one core, against ONNX Runtime, torch and Keras?

Weights are untrained, for speed does not depend on them. The model is stated in each row: `fast` is what tenfold
ships, `cnn-dropout` what tutorials train; only rows of the same model compare libraries. tenfold is given uint8 views
through the Python API's array path (`tenfold.reading.Classifier`), the others floats that are ready to use.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.machine import write_result
from benchmarks.peers import run_peer
from benchmarks.untrained import untrained_onnx

OURS = ("tenfold", "onnxruntime", "torch-eager", "torch-compiled")
KERAS = ("keras-predict", "keras-call")
KERAS_MODEL = "cnn-dropout"
CONTENDERS = (*((name, model) for model in ("fast", KERAS_MODEL) for name in OURS), *((k, KERAS_MODEL) for k in KERAS))
MEASURES = ("single", "batch")
FIGURES = {"p50_us": "p50_us", "p99_us": "p99_us", "images_per_second": "images_per_second_per_core"}


def measure(
    contenders: tuple[tuple[str, str], ...] = CONTENDERS, rounds: int = 3, seconds: float = 2.0
) -> dict[str, Any]:
    """Each contender's median over rounds, taken in turn, every measurement in a fresh process.

    contenders: (contender, model). One image runs with the library's own choice of threads; a batch with one.
    """
    answers: dict[tuple[str, str], list[dict[str, Any]]] = {contender: [] for contender in contenders}
    with tempfile.TemporaryDirectory() as folder:
        paths = {model: untrained_onnx(model, Path(folder)) for _, model in contenders}
        for _ in range(rounds):
            for name, model in contenders:
                for kind in MEASURES:
                    answers[name, model].append(_ask(name, model, paths[model], kind, seconds))
    rows = [_row(name, model, found) for (name, model), found in answers.items()]
    predict = next((row["p50_us"] for row in rows if row["contender"] == "keras-predict"), None)
    for row in rows:
        row["times_keras_predict"] = predict / row["p50_us"] if predict and row["p50_us"] else None
        print(_line(row), flush=True)
    return {"batch": 1000, "rounds": rounds, "weights": "untrained", "rows": rows}


def _ask(name: str, model: str, path: Path, kind: str, seconds: float) -> Any:
    threads = 0 if kind == "single" else 1
    if name in KERAS:
        return run_peer("tensorflow", "keras_inference", [name, kind, str(seconds)], threads)
    return run_peer(None, "tenfold_inference", [name, model, str(path), kind, str(seconds)], threads)


def _row(name: str, model: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over rounds; null where the contender could not run here."""
    row: dict[str, Any] = {"contender": name, "model": model}
    for figure, key in FIGURES.items():
        values = [measured[figure] for measured in found if figure in measured]
        row[key] = statistics.median(values) if values else None
    reasons = [measured["unavailable"] for measured in found if "unavailable" in measured]
    return row | {"unavailable": reasons[0] if reasons else None, "versions": found[0].get("versions")}


def _line(row: dict[str, Any]) -> str:
    start = f"{row['contender']:<15} {row['model']:<12}"
    if row["unavailable"]:
        return f"{start} not available: {row['unavailable']}"
    ratio = f"   {row['times_keras_predict']:>7,.0f} × Keras predict" if row["times_keras_predict"] else ""
    single = f"{row['p50_us']:>10,.1f} µs (p99 {row['p99_us']:>10,.1f})"
    return f"{start} {single} {row['images_per_second_per_core']:>9,.0f} images/s and core{ratio}"


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure((("tenfold", "fast"), ("onnxruntime", "fast")), rounds=1, seconds=0.05)
        return
    print(f"kept in {write_result('inference', measure())}")
