"""docs/classics.md from the results: `python -m benchmarks.render`. Figures come from the files, never typed."""

import json
from pathlib import Path
from typing import Any

from benchmarks.epoch import PEERS, ratio_text
from benchmarks.machine import RESULTS

DOCS = Path(__file__).parents[1] / "docs"

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

Made by `python -m benchmarks classics epoch` and `python -m benchmarks.render`, on {processor}, {threads} threads,
{when}.
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

SPEED = """
## Speed against Keras

Images a second in training, validation included: the median epoch of {repeats} runs of {epochs} epochs over so
many images, every run's first epoch left out, tenfold and Keras ({versions}) in turn on the same machine. A ratio
holds for this machine; `python -m benchmarks epoch` measures yours.

| recipe | images | tenfold | Keras on TensorFlow | ratio |
|---|---|---|---|---|
"""


def main() -> None:
    """Write the page."""
    classics = json.loads((RESULTS / "classics.json").read_text(encoding="utf-8"))
    epoch = json.loads((RESULTS / "epoch.json").read_text(encoding="utf-8"))
    (DOCS / "classics.md").write_text(page(classics, epoch), encoding="utf-8")


def page(classics: dict[str, Any], epoch: dict[str, Any]) -> str:
    """The page's text."""
    machine = classics["machine"]
    rows = classics["rows"]
    measured = sorted({f"{row['date']}, commit {row['commit'][:12]}" for row in rows})
    text = HEAD.format(example=rows[-1]["recipe"], when="; ".join(measured), **machine)
    text += "\n| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|\n"
    text += "".join(_row(row) for row in rows)
    text += "\n## Why they differ\n\n"
    text += "".join(f"- `{row['recipe']}`{_source_note(row)}. {WHY[row['recipe']]}\n" for row in rows)
    versions = epoch["rows"][0]["versions"]["keras-tensorflow"]
    text += SPEED.format(**epoch | {"versions": f"{versions['keras']} on {versions['backend']}"})
    for row in epoch["rows"]:
        ours, keras = (f"{row['images_per_second'][peer]:,.0f}" for peer in PEERS[:2])
        text += f"| `{row['recipe']}` | {row['images']:,} | {ours} | {keras} | {ratio_text(row)} |\n"
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
