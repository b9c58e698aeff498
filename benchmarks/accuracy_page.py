"""docs/accuracy.md: every figure of accuracy, each row with the command behind it, the goals first."""

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks import committee_page
from benchmarks.robustness_page import GOAL as ROBUST
from benchmarks.speed_page import Results, measured, table
from benchmarks.transfer import SEEDS as TRANSFER_SEEDS
from tenfold.formatting import percent

HEAD = """# Accuracy

How often tenfold's models are right, and how sure that is. Drawn from `benchmarks/results/` by `python -m
benchmarks.render`: no figure is typed. The command under a table makes its rows anew.

- A figure is the mean over seeds, fixed beforehand and every one counted, ± the standard deviation between them.
- The 95 % interval (Wilson) is of all the answers of all seeds together. It says how exact the figure is on these test
  images, not what other images would give.
- On 10,000 images two runs may differ by 0.1 points at 99.5 % without meaning anything: `tenfold compare` and
  `tenfold.evaluation.compare` say of two models whether their difference is more than chance would give (McNemar).
- The commits are those that the runs were trained at, `-dirty` with changes that were not committed.
- Nothing was chosen on a test set: recipes were settled on held-out training images ([log](log.md)).
"""

FOOT = """
## Elsewhere

The tutorials' models are in [classics.md](classics.md), real pictures in [field.md](field.md).
"""

SMALL = """
## Small networks

Each taught by one run of `good`, `micro` by one without label smoothing; [recipes.md](recipes.md) says how. Parameters
are counted with batch normalisation folded into the layer before it.

"""

CROSS = """
## Trained on one, tested on the others

`{recipe}`, {seeds} seeds, as many steps on each; no adaptation of any kind. Images of other sizes are framed as the
reader frames a digit. In the last row the shipped model, trained on made-up pictures of MNIST's training digits.

"""

OTHERS = (
    ("shake-shake, 64 channels", "99.76 %", "median of 3 runs, last epoch", "hysts/pytorch_image_classification"),
    ("residual network, elastic distortion", "99.738 %", "mean of 10 runs", "ttdoucet/mnist"),
    ("ten of these as one", "99.82 %", "one committee, fixed beforehand", "ttdoucet/mnist"),
    ("fifteen CNNs as one", "99.745 ± 0.02 %", "mean of 100 committees", "Deotte, Kaggle"),
    ("many CNNs of 3×3, 5×5, 7×7 filters as one", "99.87 to 99.91 %", "chosen on the test set", "An et al. 2020"),
    ("the ONNX zoo's `mnist`, 26 kB", "98.9 %", "one model", "onnx/models"),
)

GOALS = {"best": 0.997, "tiny": 0.994, "pocket": 0.995, "micro": 0.99}
"""Of recipes on MNIST, as means over seeds."""

UNMEASURED = (
    "`record` on MNIST, the mean over ten seeds (goal 99.77 %), and `fast` below a second: both on a GPU, and none was "
    "at hand",
    "`fashion` within ten minutes on two cores: it was trained beside other work",
)
"""Goals without a result, and why."""

DATA_GOALS = {("fashion", "fashion-mnist"): 0.935}


def page(results: Results) -> str:
    """The page's text. results: what benchmarks/results/<question>.json holds, by question."""
    sections: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
        ("efforts", _efforts),
        ("small", _small),
        ("committee", _committee),
        ("datasets", _datasets),
        ("cross", _cross),
        ("transfer", _transfer),
        ("robustness", _robustness),
    )
    text = HEAD + "\n## Goals\n\n" + "".join(f"- {line}\n" for line in _goals(results))
    for question, section in sections:
        if question in results:
            text += section(results[question]) + f"\n{measured(question, results[question])}\n"
    return text + FOOT


def _goals(results: Results) -> Iterable[str]:
    """A line for each goal: the figure that has been measured, or that none has."""
    rows = [row for question in ("efforts", "small") if question in results for row in results[question]["rows"]]
    for row in rows:
        if row["recipe"] in GOALS:
            yield _goal(f"`{row['recipe']}` on MNIST", row["test_accuracy"]["mean"], GOALS[row["recipe"]], 3)
    for row in results.get("committee", {"rows": ()})["rows"]:
        if row["goal"]:
            yield _goal(f"{committee_page.spoken(row)} as one", row["ensemble"]["accuracy"], row["goal"], 2)
    for row in results.get("datasets", {"rows": ()})["rows"]:
        goal = DATA_GOALS.get((row["recipe"], row["data"]))
        if goal:
            yield _goal(f"`{row['recipe']}` on {row['data']}", row["test_accuracy"]["mean"], goal, 2)
    if "robustness" in results:
        peer, shipped = (row["mean_error"] for row in results["robustness"]["rows"])
        reached = "reached" if shipped <= ROBUST * peer else "**not reached**"
        yield f"{reached}: mean corrupted error {shipped / peer:.2f} of `cnn-dropout`'s (goal {ROBUST:g})"
    yield from (f"**not measured**: {what}" for what in UNMEASURED)


def _goal(what: str, accuracy: float, goal: float, decimals: int) -> str:
    reached = "reached" if accuracy >= goal else "**not reached**"
    return f"{reached}: {what} {100 * accuracy:.{decimals}f} % (goal {100 * goal:g} %)"


def _efforts(result: dict[str, Any]) -> str:
    text = "\n## MNIST, one network\n\n" + _recipes(result["rows"])
    text += "\nWhat others report, and how it came about:\n\n"
    return text + table(("model", "accuracy", "how", "source"), OTHERS)


def _small(result: dict[str, Any]) -> str:
    return SMALL + _recipes(result["rows"], timed=False)


def _recipes(rows: Iterable[dict[str, Any]], timed: bool = True) -> str:
    """A row for each recipe; timed: with its seconds, which are worth something on a quiet machine only."""
    head = ("recipe", "seeds", "test accuracy", "95 % interval", "lowest", "parameters", "ONNX", "training")
    columns = len(head) if timed else len(head) - 1
    return table(head[:columns], (_recipe(row)[:columns] for row in rows))


def _recipe(row: dict[str, Any]) -> tuple[str, ...]:
    seconds = row["train_seconds"]["mean"]
    return (
        f"`{row['recipe']}`",
        str(len(row["seeds"])),
        _spread(row["test_accuracy"], 3),
        _interval(row["test_accuracy_ci95"]),
        f"{100 * row['test_accuracy']['min']:.2f} %",
        f"{row.get('folded_parameters', row['parameters']):,}",
        f"{row['onnx_bytes'] / 1e3:,.0f} kB" if "onnx_bytes" in row else "–",
        f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min",
    )


def _committee(result: dict[str, Any]) -> str:
    head = ("committee", "seeds", "members alone", "as one", "95 % interval")
    rows = (
        (
            committee_page.spoken(row),
            f"{row['seeds'][0]} to {row['seeds'][-1]}",
            _spread(row["members_accuracy"], 3),
            f"{100 * row['ensemble']['accuracy']:.2f} %",
            _interval(row["ensemble"]["accuracy_ci95"]),
        )
        for row in result["rows"]
    )
    return "\n## Several as one\n\nMore in [ensembles.md](ensembles.md).\n\n" + table(head, rows)


def _datasets(result: dict[str, Any]) -> str:
    text = "\n## Other datasets\n\n`tenfold train RECIPE --data NAME`; what else was set stands beside the dataset.\n\n"
    head = ("dataset", "recipe", "seeds", "test accuracy", "95 % interval")
    rows = (
        (
            row["data"] + "".join(f", {key} {value}" for key, value in row["set"].items()),
            *(_recipe(row)[column] for column in (0, 1, 2, 3)),
        )
        for row in result["rows"]
    )
    text += table(head, rows)
    if result["missing"]:
        text += (
            f"\nNot measured, because their training images could not be had here: {', '.join(result['missing'])}.\n"
        )
    return text


def _cross(result: dict[str, Any]) -> str:
    tested = list(result["rows"][0]["scores"])
    text = CROSS.format(recipe=result["recipe"], seeds=len(result["seeds"]))
    rows = (
        (row["trained_on"], *(_spread(row["scores"][name]["accuracy"], 2) for name in tested)) for row in result["rows"]
    )
    return text + table(("trained on", *tested), rows)


def _transfer(result: dict[str, Any]) -> str:
    text = "\n## Few labels\n\n![Test accuracy against the number of labelled images](figures/transfer.png)\n\n"
    text += (
        f"`compact`, every layer trained, {len(TRANSFER_SEEDS)} seeds: from scratch, and from the weights of a run on\n"
    )
    text += "another dataset ([recipes.md](recipes.md) has the keys).\n"
    for task in result["tasks"]:
        starts = list(dict.fromkeys(row["from"] for row in task["rows"]))
        note = f" ({task['note']})" if task["note"] else ""
        text += f"\n{task['task']}{note}, {task['test']:,} images to score on:\n\n"
        accuracy = {(row["labelled"], row["from"]): row["test_accuracy"] for row in task["rows"]}
        head = ("labelled images", *(f"from {start or 'scratch'}" for start in starts))
        labelled = dict.fromkeys(row["labelled"] for row in task["rows"])
        text += table(head, ((f"{n:,}", *(_spread(accuracy[n, start], 1) for start in starts)) for n in labelled))
    return text


def _robustness(result: dict[str, Any]) -> str:
    rows = [
        (f"`{row['name']}`" if row is result["rows"][0] else "shipped model", *map(percent, _errors(row)))
        for row in result["rows"]
    ]
    rows.append(("whole reader", *map(percent, _errors(result["reader"]))))
    head = ("", "wrong, clean", "mean over fifteen corruptions")
    return "\n## Spoiled images\n\nEach corruption is in [robustness.md](robustness.md).\n\n" + table(head, rows)


def _errors(row: dict[str, Any]) -> tuple[float, float]:
    return row["clean_error"], row["mean_error"]


def _spread(spread: dict[str, float], decimals: int) -> str:
    """Mean ± standard deviation; the mean alone where there was one seed."""
    mean, deviation = 100 * spread["mean"], 100 * spread["spread"]
    return f"{mean:.{decimals}f} ± {deviation:.{decimals}f} %" if deviation else f"{mean:.{decimals}f} %"


def _interval(bounds: Iterable[float]) -> str:
    low, high = (100 * bound for bound in bounds)
    return f"{low:.2f} to {high:.2f} %"
