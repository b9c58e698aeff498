"""docs/ensembles.md: what an ensemble is, and what the committees came to."""

from typing import Any

from benchmarks.speed_page import table

HEAD = """# Ensembles

    tenfold ensemble runs/good-1 runs/good-2 runs/good-3

makes one model of several: `runs/ensemble-1/model.onnx` answers with the mean of its members' calibrated
probabilities. Its folder is a run's: `tenfold evaluate`, `tenfold read --model` and everything else that takes a run
or a .onnx takes it. Members are runs, or .onnx files that tenfold made (then `--data` names what to score on). They
must have the same classes in the same order and the same framing, and none may be there twice.

- **One file.** The members' graphs stand side by side behind one input. `logits` is the logarithm of the mean, so that
  its softmax is the mean; `probabilities` is the softmax of `logits` over the ensemble's own temperature. The file is
  compared with the mean of what its members answer one by one to up to 1,000 of the images that score it; a
  probability that differs by more than 0.00001 is an error, and nothing is left.
- **Its confidence.** Members trained on the same data with the same seed and split held out the same images:
  temperature, rejection threshold and prediction sets are fitted on these. Members of different seeds held out
  different images, and nothing is left to fit on: the temperature is then 1, the thresholds are the mean of the
  members', and no prediction set is promised. A mean is never surer than its members are on average, so it refuses
  rather too much than too little. The command and the report say which of the two it was.
- **Its scores.** scores.json, report.html and the model card are as a run's. members.json and a table in the report
  have the members beside it, each with accuracy, interval, mistakes, size and the time for one image. Nobody is
  chosen by them.
- **Is it better?** It is compared with the member that makes the fewest mistakes on these very images, which flatters
  that member, by McNemar's exact test: of the images that only one of the two gets right, how uneven is the split?
  Where p is 0.05 or more, the report says that the difference is no more than chance would give.

## Measured

Recipe and seeds were fixed before the first run, and every seed counts. On the 10,000 test images of MNIST, or of the
dataset that is named:

"""

COLUMNS = (
    "members",
    "seeds",
    "members alone",
    "as one",
    "95 % interval",
    "wrong",
    "confidence off by",
    "size",
    "one image",
)


def page(result: dict[str, Any]) -> str:
    """The page's text. result: benchmarks/results/committee.json."""
    machine, rows = result["machine"], result["rows"]
    commits = sorted({commit[:12] + commit[40:] for row in rows for commit in row["commits"]})
    text = HEAD + table(COLUMNS, (_cells(row) for row in rows)) + "\n"
    text += "".join(f"- {_verdict(row)}\n" for row in rows)
    return text + (
        f"\n`python -m benchmarks committee`, {machine['date']}, {machine['processor']}, {machine['threads']} "
        f"thread{'s' if machine['threads'] != 1 else ''}, members trained at {' and '.join(commits)}.\n"
    )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    whole, alone = row["ensemble"], row["members_accuracy"]
    low, high = whole["accuracy_ci95"]
    return (
        spoken(row),
        f"{row['seeds'][0]} to {row['seeds'][-1]}",
        f"{100 * alone['mean']:.3f} ± {100 * alone['spread']:.3f} %",
        f"{100 * whole['accuracy']:.2f} %",
        f"{100 * low:.2f} to {100 * high:.2f} %",
        str(whole["errors"]),
        f"{100 * row['ece']:.2f} %",
        f"{whole['size_bytes'] / 1e3:,.0f} kB",
        f"{whole['latency_ms']:.2f} ms (a member {row['members'][0]['latency_ms']:.2f})",
    )


def spoken(row: dict[str, Any]) -> str:
    """5 `good`; with its dataset where that is not MNIST."""
    name = row["dataset"]["name"]
    return f"{len(row['seeds'])} `{row['recipe']}`" + (f" on {name}" if name != "mnist" else "")


def _verdict(row: dict[str, Any]) -> str:
    accuracy, goal = row["ensemble"]["accuracy"], row["goal"]
    found = f"{spoken(row)} as one at {100 * accuracy:.2f} %"
    if goal:
        found = f"{'reached' if accuracy >= goal else '**not reached**'}: {found} (goal {100 * goal:.2f})"
    return f"{found}. {row['against_best']['sentence']}"
