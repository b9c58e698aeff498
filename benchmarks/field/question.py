"""How well does tenfold read real pictures, beside what the tutorials do to a picture, Tesseract and RapidOCR?

`python -m benchmarks field --help` says what it may be told. The folder is TENFOLD_FIELD where none is
given. Asked about another folder or model, the figures are kept with the sheets of mistakes, not among the results.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.field import beside, page, summary
from benchmarks.field.answers import reader
from benchmarks.field.asking import Answered, Plan, ask
from benchmarks.field.lists import NAMES, by_half, read_lists
from benchmarks.field.peers import TESSERACT, tesseract_version
from benchmarks.field.sheets import draw_sheets
from benchmarks.machine import describe_machine, write_result
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError
from tenfold.evaluation import evaluate
from tenfold.inference.classifier import SHIPPED
from tenfold.reading.detector import detector_files, detector_sha256

SHEETS = Path("runs/field")
PACKAGES = ("numpy", "onnxruntime", "pillow", "opencv-python-headless")


def main(options: Sequence[str] = ()) -> None:
    """Measure, print, draw the mistakes and keep the result."""
    asked = _parser().parse_args(options)
    if asked.folder is None and "TENFOLD_FIELD" not in os.environ:
        print("no pictures: name their folder with --folder or TENFOLD_FIELD")
        return
    plan = Plan(asked.model, asked.processes, rapidocr=not asked.without_rapidocr)
    if asked.full:
        plan = replace(plan, tesseract=None)
    try:
        answered = ask(read_lists(asked.folder or Path(os.environ["TENFOLD_FIELD"])), plan)
    except TenfoldError as error:
        sys.exit(str(error))
    found = figures(answered, plan)
    print(page.printed(found))
    draw(answered, asked.sheets)
    if asked.folder is None and asked.model is None:
        print(f"kept in {write_result('field', found)}")
    else:
        path = asked.sheets / "field.json"
        path.write_text(json.dumps({"machine": describe_machine(), **found}, indent=2) + "\n", encoding="utf-8")
        print(f"kept in {path}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks field", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, help="pictures and their lists; TENFOLD_FIELD by default")
    parser.add_argument("--model", type=Path, help="a run or a model.onnx; the shipped model by default")
    parser.add_argument("--sheets", type=Path, default=SHEETS, help=f"where mistakes are drawn; {SHEETS} by default")
    parser.add_argument("--processes", type=int, default=2, help="of one thread each; 2 by default")
    parser.add_argument("--full", action="store_true", help="ask Tesseract about every picture, not a few hundred")
    parser.add_argument(
        "--without-rapidocr", action="store_true", help="ask it nothing: the first time takes half an hour"
    )
    return parser


def figures(answered: Answered, plan: Plan) -> dict[str, Any]:
    """Every figure of the answers, and the model's own on MNIST."""
    singles, model = answered.singles, _model(plan.model)
    lists = {name: getattr(answered, name) for name in NAMES}
    peer = answered.rapidocr
    return {
        "model": model,
        "versions": {package: version(package) for package in PACKAGES} | {TESSERACT: tesseract_version()},
        "processes": plan.processes,
        "timed": plan.timed,
        "singles": by_half(summary.singles, singles),
        "strings": by_half(summary.strings, answered.strings),
        "surely_wrong": by_half(summary.surely_wrong, answered.strings),
        "letters": by_half(summary.rejection, singles, answered.letters),
        "pages": by_half(summary.pages, answered.pages),
        "cases": by_half(summary.cases, answered.cases),
        "distractors": {name: summary.rejection(singles, others) for name, others in answered.distractors.items()},
        "blanks": {
            "n": len(answered.blanks),
            "blank": sum(both.free.blank and both.forced.blank for both in answered.blanks.values()),
            "read": summary.share(sum(bool(b.free.text) for b in answered.blanks.values()), len(answered.blanks)),
            "not_blank": [n for n, both in answered.blanks.items() if not (both.free.blank and both.forced.blank)],
        },
        "times": {name: summary.times(cases) for name, cases in lists.items()},
        "rapidocr": beside.figures(lists, peer, model["size_bytes"]) if peer else None,
        "mnist": _mnist(plan.model),
    }


def draw(answered: Answered, folder: Path) -> None:
    """A sheet for every way to be wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {
        "singles": draw_sheets(folder, "singles", answered.singles, lambda case: not case.right, forced=True),
        "not-one": draw_sheets(folder, "not-one", answered.singles, lambda case: not case.one_found, forced=False),
        "strings": draw_sheets(folder, "strings", answered.strings, lambda case: not case.read_exactly, forced=False),
        "letters": draw_sheets(folder, "letters", answered.letters, lambda case: bool(case.free.text), forced=False),
        "cases": draw_sheets(folder, "cases", answered.cases, lambda case: not case.digits_exact, forced=False),
    }
    drawn = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"mistakes of the half that may be looked at are drawn in {folder}: {drawn}")


def _model(model: Path | None) -> dict[str, Any]:
    own = reader(model)
    found = own.detector.path if own.detector else None
    files = [own.classifier.path, *(detector_files(found) if found else [])]
    card = own.classifier.card
    return {
        "recipe": card.recipe,
        "tenfold": card.version,
        "threshold": card.threshold,
        "score_threshold": card.score_threshold,
        "size_bytes": sum(file.stat().st_size for file in files),
        "sha256": hashlib.sha256(own.classifier.path.read_bytes()).hexdigest(),
        "detector_sha256": detector_sha256(found) if found else None,
    }


def _mnist(model: Path | None) -> dict[str, Any] | None:
    """Accuracy and calibration on MNIST's test set in its own framing; None where it cannot be had."""
    try:
        dataset = load_dataset("mnist", "test")
    except TenfoldError as error:
        print(f"MNIST is left out: {error}")
        return None
    # Whoever scores digits knows that they are: the class that is none is left out, as with --single.
    scores = evaluate(model or SHIPPED, dataset)
    return {"right": summary.share(scores.n - scores.errors, scores.n), "ece": scores.ece}
