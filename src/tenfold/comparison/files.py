"""A comparison as files: the table as CSV and JSON, and the page that a person opens."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.comparison import figures
from tenfold.comparison.contenders import CLASSICS
from tenfold.comparison.standings import ComparisonTable, Row
from tenfold.errors import can_report, cannot_write
from tenfold.files import write_atomically, write_json
from tenfold.reports import canvas
from tenfold.reports.page import data_uri, picture, render

_SHOWN = 12
"""Images of each side of a pair that the page shows."""


def comparison_folder(standings: ComparisonTable) -> Path:
    """Where the files lie unless told otherwise: compare/mlp-dropout-cnn-dropout, compare/classics, cut where long."""
    names = tuple(Path(row.name).name for row in standings.rows)
    name = "classics" if names == CLASSICS else "-".join(names)
    return Path("compare", name if len(name) <= 60 else f"{name[:50].rstrip('-')}-and-more")


def write_comparison(standings: ComparisonTable, folder: Path) -> Path | None:
    """Write comparison.json, comparison.csv, figures as PNG and index.html into a folder, made where it is missing.

    Returns the page's path; None without the 'report' extra. Raises TenfoldError where the folder cannot be written.
    """
    page = folder / "index.html" if can_report() else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "comparison.json", standings.to_json())
        write_atomically(folder / "comparison.csv", as_csv(standings))
        if page is not None:
            _write_page(standings, page)
    except OSError as error:
        raise cannot_write(folder, error, "the comparison cannot be written there") from None
    return page


def as_csv(standings: ComparisonTable) -> str:
    """A line a contender, its test against the first at its end; numbers as in the JSON, empty where there is none."""
    text = io.StringIO()
    tests = {test.a: test for test in standings.against_first}
    rows = [_flat(row) | _against(tests.get(row.name)) for row in standings.rows]
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(row: Row) -> dict[str, Any]:
    figures = {"accuracy": row.accuracy, "loss": row.loss, "recall": row.recall}
    seconds = row.train_seconds or {}
    return {
        "name": row.name,
        "seeds": " ".join(map(str, row.contender.seeds)),
        **{f"{key}_{part}": values[part] for key, values in figures.items() for part in ("mean", "spread")},
        "accuracy_ci95_low": row.accuracy_ci95[0],
        "accuracy_ci95_high": row.accuracy_ci95[1],
        "train_seconds_mean": seconds.get("mean"),
        "train_seconds_spread": seconds.get("spread"),
        "parameters": row.parameters,
        "operations": row.operations,
        "size_bytes": row.size_bytes,
        "latency_ms": row.latency_ms["mean"],
    }


def _against(test: Any) -> dict[str, Any]:
    keys = ("difference", "only_a", "only_b", "p", "noise")
    found = test.to_json() if test is not None else {}
    return {key.replace("only_a", "only_it").replace("only_b", "only_first"): found.get(key) for key in keys}


def _write_page(standings: ComparisonTable, page: Path) -> None:
    from markupsafe import Markup

    drawings = {"trade-offs": figures.draw_trade_offs(standings.rows)}
    if figures.has_curves(standings.rows):
        drawings["curves"] = figures.draw_curves(standings.rows)
    for name, figure in drawings.items():
        write_atomically(page.with_name(f"{name}.png"), canvas.png(figure))
    descriptions = {
        "trade-offs": "Test accuracy against training time, size and latency",
        "curves": "Validation error over epochs and over seconds",
    }
    inline = {
        name.replace("-", "_"): Markup(canvas.svg(drawings[name], text)) if name in drawings else ""
        for name, text in descriptions.items()
    }
    tests = {(test.a, test.b): test for test in standings.tests}
    contents = inline | {
        "approaches": figures.has_approaches(standings.rows),
        "found": standings.to_json(),
        "title": " against ".join(row.name for row in standings.rows) if len(standings.rows) == 2 else "",
        "against": {test.a: test for test in standings.against_first},
        "matrix": [[_cell(tests, a.name, b.name) for b in standings.rows] for a in standings.rows],
        "pairs": [_disagreement(standings, other) for other in standings.rows[1:]],
    }
    write_atomically(page, render("comparison.html.jinja", contents, Path(__file__).parent))


def _cell(tests: dict[tuple[str, str], Any], a: str, b: str) -> dict[str, Any] | None:
    """a less b in points of accuracy, and whether that is noise; None for a contender and itself."""
    if a == b:
        return None
    test, sign = (tests[a, b], 1) if (a, b) in tests else (tests[b, a], -1)
    return {"points": 100 * sign * test.difference, "p": test.p, "noise": test.noise}


def _disagreement(standings: ComparisonTable, other: Row) -> dict[str, Any]:
    """The images that most runs of one side get right and most of the other get wrong, the surest mistakes first."""
    first = standings.rows[0]
    right = {row.name: _mostly_right(row) for row in (first, other)}
    return {
        "first": first.name,
        "other": other.name,
        "sides": [_side(standings, winner, loser, right) for winner, loser in ((first, other), (other, first))],
    }


def _side(standings: ComparisonTable, winner: Row, loser: Row, right: dict[str, NDArray[np.bool_]]) -> dict[str, Any]:
    data = standings.dataset
    rows = np.flatnonzero(right[winner.name] & ~right[loser.name])
    wrong = loser.predictions[0]  # what it read instead is said for its first run
    rows = rows[np.argsort(-wrong.confidence[rows] * ~wrong.right[rows], kind="stable")]
    classes = wrong.card.classes
    return {
        "right": winner.name,
        "wrong": loser.name,
        "n": len(rows),
        "images": [
            {
                "image": data_uri(picture(data.images[row])),
                "index": int(row),
                "label": classes[wrong.labels[row]],
                "read_as": classes[wrong.predicted[row]],
            }
            for row in rows[:_SHOWN]
        ],
    }


def _mostly_right(row: Row) -> NDArray[np.bool_]:
    share = np.mean([predictions.right for predictions in row.predictions], axis=0)
    return np.asarray(share > 0.5)
