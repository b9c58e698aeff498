"""The pages from the results: `python -m benchmarks.render`. Figures come from the files, never typed."""

import json
from typing import Any

from benchmarks import accuracy_page, committee_page, graph, robustness_page, ship, speed_page
from benchmarks.field import page as field_page
from benchmarks.machine import RESULTS, ROOT
from benchmarks.serve.section import HEAD as SERVE_HEAD
from benchmarks.serve.section import section as serve_section
from benchmarks.trust import page as trust_page
from tenfold.inference.classifier import SHIPPED

DOCS = ROOT / "docs"

WHY = {
    "cnn-baseline": "No figure is given. One convolution without pooling overfits: training accuracy leaves the test's "
    "behind after two or three epochs.",
    "cnn-deep": 'No figure is given. Slower it is, by far; but "no better" we do not see: it beats the baseline '
    "by more than seeds or images explain, and only the pooled models beat it.",
    "cnn-regularized": "The tutorial gives the order of the layers but no widths and no dropout rate; ours are the "
    "usual 32, 64 and 128 and a rate of 0.25. Theirs is one run.",
    "mlp-dropout": "The same model, split and training. The reported accuracy is one run's, and a tenth of a point is "
    "what seeds do.",
    "mlp-sgd": "The source reports validation, not test: compare the column of validation accuracy.",
    "cnn-sgd": "The source rounds to about 0.99; ours stays half a point below. How the source draws its first "
    "weights is not known here, and at this rate ten epochs may not forget them. Not looked into further.",
    "cnn-dropout": "The same model and training; the source stops early too, without saying with which patience.",
}

HEAD = """# The classics

Seven models that the tutorials train, each a recipe (`tenfold train {example}`). Reported is what the source states;
measured is the mean over seeds (the table says how many) with its standard deviation, scored on MNIST's 10,000 test
images once a run. No choice was made on the test set. On 10,000 images the 95 % interval of one run's 99.0 % reaches
from 98.8 to 99.2 %.

Made by `python -m benchmarks classics` and `python -m benchmarks.render`, on {processor}, {threads} threads,
trained at {commits}. How fast they train beside Keras is in
[benchmarks.md](benchmarks.md).
"""

COLUMNS = (
    "recipe",
    "parameters",
    "seeds",
    "test accuracy reported",
    "measured",
    "95 % interval, all seeds",
    "lowest",
    "test loss (reported)",
    "recall (reported)",
    "training accuracy (reported)",
    "validation",
    "epochs",
)


def main() -> None:
    """Write the pages of docs/ that hold figures, their drawings, and the shipped model's card."""
    from benchmarks import plots  # here: who only asks for a page's text needs no matplotlib

    found = results()
    (DOCS / "classics.md").write_text(page(found["classics"]), encoding="utf-8")
    (DOCS / "benchmarks.md").write_text(speed_page.page(found), encoding="utf-8")
    (DOCS / "accuracy.md").write_text(accuracy_page.page(found), encoding="utf-8")
    if "transfer" in found:
        plots.transfer(found["transfer"], DOCS / "figures" / "transfer.png")
    if "committee" in found:
        (DOCS / "ensembles.md").write_text(committee_page.page(found["committee"]), encoding="utf-8")
    if "field" in found:
        (DOCS / "field.md").write_text(field_page.page(found["field"]), encoding="utf-8")
        if "shipped" in found:
            SHIPPED.with_name("README.md").write_text(ship.card(found["shipped"], found["field"]), encoding="utf-8")
    if "robustness" in found:
        (DOCS / "robustness.md").write_text(robustness_page.page(found["robustness"]), encoding="utf-8")
        plots.robustness(found["robustness"], DOCS / "figures" / "robustness.png")
    if "reader-graph" in found:
        export = DOCS / "export.md"
        export.write_text(graph.renewed(export.read_text(encoding="utf-8"), found["reader-graph"]), encoding="utf-8")
    if "serve" in found:
        by_hand = (DOCS / "serve.md").read_text(encoding="utf-8").partition(SERVE_HEAD)[0]
        (DOCS / "serve.md").write_text(by_hand + serve_section(found["serve"]), encoding="utf-8")
    if found.keys() >= trust_page.QUESTIONS:
        (DOCS / "trust.md").write_text(trust_page.page(found), encoding="utf-8")
    if "time-to-accuracy" in found:
        plots.time_to_accuracy(found["time-to-accuracy"], DOCS / "figures" / "time-to-accuracy.png")


def results() -> dict[str, dict[str, Any]]:
    """Every kept result, by question."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}


def page(classics: dict[str, Any]) -> str:
    """The text of docs/classics.md."""
    machine = classics["machine"]
    rows = classics["rows"]
    # A commit with changes on top says so at its end.
    commits = sorted({commit[:12] + commit[40:] for row in rows for commit in row["commits"]})
    text = HEAD.format(example=rows[-1]["recipe"], commits=" and ".join(commits), **machine)
    text += "\n| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|\n"
    text += "".join(_row(row) for row in rows)
    text += "\n## Why they differ\n\n"
    text += "".join(f"- `{row['recipe']}`{_source_note(row)}. {WHY[row['recipe']]}\n" for row in rows)
    return text


def _row(row: dict[str, Any]) -> str:
    reported = row["reference"]
    low, high = row["test_accuracy_ci95"]
    cells = [
        f"`{row['recipe']}`",
        f"{row['parameters']:,}",
        str(len(row["seeds"])),
        _reported(reported, "test_accuracy") or "–",
        _percent(row["test_accuracy"]),
        f"{100 * low:.2f} to {100 * high:.2f} %",
        f"{100 * row['test_accuracy']['min']:.2f} %",
        _beside(f"{row['test_loss']['mean']:.4f}", f"{reported['test_loss']:.4f}" if "test_loss" in reported else ""),
        _beside(_percent(row["test_recall"]), _reported(reported, "test_recall")),
        _beside(_percent(row["train_accuracy"]), _reported(reported, "train_accuracy")),
        _percent(row["val_accuracy"]),
        f"{row['epochs']['mean']:.0f}",
    ]
    return "| " + " | ".join(cells) + " |\n"


def _percent(spread: dict[str, float]) -> str:
    mean, deviation = 100 * spread["mean"], 100 * spread["spread"]
    return f"{mean:.2f} ± {deviation:.2f} %" if spread["min"] < spread["max"] else f"{mean:.2f} %"


def _reported(reference: dict[str, Any], key: str) -> str:
    return f"{100 * reference[key]:.2f} %" if key in reference else ""


def _beside(measured: str, reported: str) -> str:
    return f"{measured} ({reported})" if reported else measured


def _source_note(row: dict[str, Any]) -> str:
    note = row["reference"].get("note")
    return f" (reported: {note})" if note else ""


if __name__ == "__main__":
    main()
