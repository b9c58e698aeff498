"""docs/benchmarks.md: a section for every question that has a result, the goals first."""

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks import first_hour_page
from tenfold.formatting import plural

Results = dict[str, dict[str, Any]]

HEAD = """# Benchmarks

How fast tenfold is, side by side with what people use. `make bench` measures all of it in turn on one machine and keeps
the results in `benchmarks/results/`; this page is drawn from them by `python -m benchmarks.render`, no figure is
typed. A speed is worth something only as a ratio to its neighbours in the same table: run it on your machine for yours.
"""

KERAS = "Keras on TensorFlow, cnn-dropout"


def page(results: Results) -> str:
    """The page's text. results: what benchmarks/results/<question>.json holds, by question."""
    sections = (
        ("time-to-accuracy", _time_to_accuracy),
        ("efforts", _efforts),
        ("wall-clock", _wall_clock),
        ("epoch", _epoch),
        ("inference", _inference),
        ("cold-start", _cold_start),
        ("roofline", _roofline),
        ("scaling", _scaling),
        ("first-hour", first_hour_page.section),
    )
    text = HEAD + _goals(results)
    for question, section in sections:
        if question in results:
            text += section(results[question]) + f"\n{measured(question, results[question])}\n"
    return text


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; the columns after the first hold figures."""
    columns = list(head)
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def measured(question: str, result: dict[str, Any]) -> str:
    """The line under a table: the command behind it, when and where it ran, and every commit that its rows are of."""
    machine = result["machine"]
    rows = result.get("rows") or [machine]
    of_rows = [one for row in rows for one in row.get("commits") or [row.get("commit", machine["commit"])]]
    commits = dict.fromkeys(map(_short, of_rows))
    return (
        f"`python -m benchmarks {question}`, {machine['date']}, {machine['processor']}, "
        f"{plural(machine['threads'], 'thread')}, "
        f"{'commit' if len(commits) == 1 else 'commits'} {', '.join(commits)}."
    )


def _short(commit: str | None) -> str:
    """Of a commit; `-dirty` where something was not committed."""
    name, dirty, _rest = (commit or "unknown").partition("-dirty")
    return name[:12] + dirty


def _goals(results: Results) -> str:
    """Each goal with the figure measured for it; goals without a result are not listed."""
    lines = []
    for questions, goal in GOALS:
        if all(question in results for question in questions):
            what, reached = goal(*(results[question] for question in questions))
            lines.append(f"- {'reached' if reached else '**not reached**'}: {what}\n")
    return "\n## Goals\n\n" + "".join(lines) if lines else ""


def _row(result: dict[str, Any], **wanted: str) -> dict[str, Any]:
    """The one row that has these values."""
    return next(row for row in result["rows"] if all(row[key] == value for key, value in wanted.items()))


def _goal_fast(times: dict[str, Any], efforts: dict[str, Any]) -> tuple[str, bool]:
    ours, keras = (_row(times, name=name)["seconds_to"]["0.99"] for name in ("tenfold fast", KERAS))
    accuracy = _row(efforts, recipe="fast")["test_accuracy"]["mean"]
    ratio = keras / ours if ours and keras else 0
    text = f"`fast` is at 99.0 % {ratio:.0f} times as soon as Keras (goal 40), {100 * accuracy:.3f} % on average (99.0)"
    return text, ratio >= 40 and accuracy >= 0.99


def _goal_good(times: dict[str, Any], efforts: dict[str, Any]) -> tuple[str, bool]:
    row = _row(efforts, recipe="good")
    keras = _row(times, name=KERAS)["seconds_to"]["0.99"]
    accuracy, seconds = row["test_accuracy"]["mean"], row["train_seconds"]["mean"]
    text = f"`good` has {100 * accuracy:.3f} % on average (goal 99.5) after {seconds:.1f} s; Keras is at 99.0 % after "
    return text + (f"{keras:.1f} s" if keras else "more than it was given"), accuracy >= 0.995 and (
        keras is None or seconds < keras
    )


def _goal_best(efforts: dict[str, Any]) -> tuple[str, bool]:
    row = _row(efforts, recipe="best")
    accuracy, seconds = row["test_accuracy"]["mean"], row["train_seconds"]["max"]
    text = (
        f"`best` has {100 * accuracy:.3f} % on average (goal 99.70) after at most {seconds / 60:.1f} minutes (goal 30)"
    )
    return text, accuracy >= 0.997 and seconds <= 1800


def _goal_one_image(result: dict[str, Any]) -> tuple[str, bool]:
    row = _row(result, contender="tenfold", model="fast")
    p50, ratio = row["p50_us"], row["times_keras_predict"] or 0
    text = (
        f"`fast` reads one image in {p50:.0f} µs (goal 40), {ratio:,.0f} times as fast as Keras `predict` (goal 1,000)"
    )
    return text, p50 <= 40 and ratio >= 1000


def _goal_batches(result: dict[str, Any]) -> tuple[str, bool]:
    speed = _row(result, contender="tenfold", model="fast")["images_per_second_per_core"]
    return f"`fast` reads {speed:,.0f} images a second and core in batches (goal 50,000)", speed >= 50_000


def _goal_cold_start(result: dict[str, Any]) -> tuple[str, bool]:
    seconds, keras = _row(result, contender="tenfold")["seconds"], result["times_keras"] or 0
    bare = result.get("times_bare")  # older results have none
    beside = "a bare script was not measured beside it" if bare is None else f"{bare:.2f} times a bare script's"
    text = (
        f"a fresh process reads a picture in {seconds:.2f} s, {beside} (goal 1.25), "
        f"{keras:.1f} times as soon as Keras (goal 8)"
    )
    return text, bare is not None and bare <= 1.25 and keras >= 8


def _goal_wall_clock(result: dict[str, Any]) -> tuple[str, bool]:
    rows = [row for row in result["rows"] if row["name"].startswith("tenfold")]
    besides = ", ".join(f"`{row['name'].removeprefix('tenfold ')}` {row['besides_seconds']:.1f} s" for row in rows)
    text = f"from the command to the scored run with its report, besides training and the import of torch: {besides}"
    return f"{text} (goal 3)", all(row["besides_seconds"] <= 3 for row in rows)


def _goal_wall_clock_fast(result: dict[str, Any]) -> tuple[str, bool]:
    row = _row(result, name="tenfold fast")
    ratio, accuracy = row["times_keras"] or 0, row["test_accuracy"]
    text = (
        f"`tenfold train fast` ends, report and all, {ratio:.1f} times as soon as a Keras script that trains "
        f"cnn-dropout to 99 % (goal 8), with {100 * accuracy:.2f} % in the median"
    )
    return text, ratio >= 8 and accuracy >= 0.99


def _goal_roofline(result: dict[str, Any]) -> tuple[str, bool]:
    rows = [row for row in result["rows"] if row["recipe"] in ("good", "best")]
    needed = {"float32": 0.45, "bfloat16": 0.30}
    shares = ", ".join(f"`{row['recipe']}` {100 * row['share_of_matrix_rate']:.0f} %" for row in rows)
    text = f"training reaches {shares} of the matrix rate (goal 45 % in float32, 30 % in bfloat16)"
    return text, all(row["share_of_matrix_rate"] >= needed[row["precision"]] for row in rows)


GOALS: tuple[tuple[tuple[str, ...], Callable[..., tuple[str, bool]]], ...] = (
    (("time-to-accuracy", "efforts"), _goal_fast),
    (("time-to-accuracy", "efforts"), _goal_good),
    (("efforts",), _goal_best),
    (("inference",), _goal_one_image),
    (("inference",), _goal_batches),
    (("cold-start",), _goal_cold_start),
    (("wall-clock",), _goal_wall_clock),
    (("wall-clock",), _goal_wall_clock_fast),
    (("roofline",), _goal_roofline),
    (("first-hour",), first_hour_page.goal_reading),
    (("first-hour",), first_hour_page.goal_model),
    (("first-hour",), first_hour_page.goal_size),
)


def _time_to_accuracy(result: dict[str, Any]) -> str:
    keras = _row(result, name=KERAS)["seconds_to"]["0.99"]
    rows = []
    for row in result["rows"]:
        to_99 = row["seconds_to"]["0.99"]
        ratio = f"{keras / to_99:.1f}×" if keras and to_99 else "–"
        cells = (f"{seconds:.2f} s" if seconds else "–" for seconds in row["seconds_to"].values())
        rows.append([row["name"], *cells, ratio, str(row["repeats"])])
    targets = [f"{100 * target:g} %" for target in result["targets"]]
    return (
        "\n## Time to accuracy\n\n"
        "Seconds of training from the model's construction to the end of the first epoch at which the test set is\n"
        "read so well: the median repeat, or – where most repeats did not get there before their end. Scoring is off\n"
        "the clock. Everybody trains on the same 60,000 images, in turn; peers end after 90 s.\n\n"
        + table(["", *targets, "99 %, against Keras", "repeats"], rows)
        + "\n![Test error against seconds of training](figures/time-to-accuracy.png)\n"
    )


def _efforts(result: dict[str, Any]) -> str:
    rows = []
    for row in result["rows"]:
        accuracy, seconds = row["test_accuracy"], row["train_seconds"]
        low, high = row["test_accuracy_ci95"]
        rows.append(
            [
                f"`{row['recipe']}`",
                str(len(row["seeds"])),
                f"{100 * accuracy['mean']:.3f} ± {100 * accuracy['spread']:.3f} %",
                f"{100 * accuracy['min']:.2f} %",
                f"{100 * low:.2f} to {100 * high:.2f} %",
                f"{seconds['mean']:.1f} s",
                f"{row['parameters']:,}",
            ]
        )
    head = ["recipe", "seeds", "test accuracy", "lowest", "95 % interval, all seeds", "training", "parameters"]
    return (
        "\n## fast, good, best\n\nEvery seed counts, none is left out: mean and standard deviation over seeds.\n\n"
        + table(head, rows)
    )


def _epoch(result: dict[str, Any]) -> str:
    peers = list(result["rows"][0]["images_per_second"])
    rows = []
    for row in result["rows"]:
        speed = row["images_per_second"]
        ratios = [f"{speed['tenfold'] / speed[peer]:.2f}×" for peer in peers[1:]]
        rows.append([f"`{row['recipe']}`", f"{row['images']:,}", *(f"{speed[peer]:,.0f}" for peer in peers), *ratios])
    head = ["recipe", "images", *peers, *(f"against {peer}" for peer in peers[1:])]
    return (
        f"\n## Epochs of the classics\n\nTraining images a second, validation included: the median epoch of "
        f"{result['repeats']} runs of {result['epochs']} epochs,\nevery run's first left out.\n\n" + table(head, rows)
    )


def _inference(result: dict[str, Any]) -> str:
    rows = []
    for row in result["rows"]:
        name = [row["contender"], f"`{row['model']}`"]
        if row["unavailable"]:
            rows.append([*name, "not available", "", "", ""])
            continue
        ratio = f"{row['times_keras_predict']:,.0f}×" if row["times_keras_predict"] else "–"
        figures = (row["p50_us"], row["p99_us"], row["images_per_second_per_core"])
        rows.append([*name, *(f"{figure:,.0f}" for figure in figures), ratio])
    head = ["", "model", "one image, p50 µs", "p99 µs", "batches, images/s and core", "against Keras predict"]
    return (
        "\n## Reading one image, and batches of 1,000\n\n"
        "tenfold is given uint8 views through its Python API, the others floats ready for use. Weights are untrained.\n"
        "\n" + table(head, rows)
    )


def _cold_start(result: dict[str, Any]) -> str:
    ours = _row(result, contender="tenfold")["seconds"]
    rows = [[row["contender"], f"{row['seconds']:.3f} s", f"{row['seconds'] / ours:.2f}×"] for row in result["rows"]]
    bare = (
        "`bare` imports numpy, Pillow and ONNX Runtime, opens the model that tenfold opens and runs it once on the\n"
        "picture shrunk to 28×28; `bare-opencv` imports OpenCV too, which finds the ink for tenfold.\n"
    )
    return (
        "\n## Cold start\n\nA fresh process that reads one picture, from its start to its end: "
        f"the median of {result['repeats']}.\n"
        + bare * ("times_bare" in result)
        + "\n"
        + table(["", "wall time", "against tenfold"], rows)
    )


def _wall_clock(result: dict[str, Any]) -> str:
    rows = []
    for row in result["rows"]:
        training, accuracy, ratio = row["train_seconds"], row["test_accuracy"], row.get("times_keras")
        rows.append(
            [
                row["name"],
                f"{row['seconds']:.1f} s",
                f"{training:.1f} s" if training else "",
                f"{row['besides_seconds']:.1f} s" if training else "",
                f"{100 * accuracy:.2f} %" if accuracy else "",
                f"{ratio:.1f}×" if ratio else "",
            ]
        )
    head = ["", "wall clock", "of it training", "besides both", "test accuracy", "as soon as Keras"]
    return (
        "\n## From the command to the result\n\n"
        "A fresh process from its start to its end, its files in the page cache: the median of "
        f"{result['repeats']}, taken in turn.\ntenfold leaves the scored run with its report; Keras's scripts print an "
        "accuracy. Besides both: neither training nor the import of torch.\n\n" + table(head, rows)
    )


def _roofline(result: dict[str, Any]) -> str:
    rows = [
        [
            f"`{row['recipe']}`",
            row["precision"],
            f"{row['mflops_per_image']:.1f}",
            f"{row['images_per_second']:,.0f}",
            f"{row['gflops_per_second']:.0f}",
            f"{100 * row['share_of_matrix_rate']:.0f} %",
        ]
        for row in result["rows"]
    ]
    rates = ", ".join(f"{rate:,.0f} GFLOP/s in {name}" for name, rate in result["matrix_gflops_per_second"].items())
    head = ["recipe", "precision", "MFLOP an image", "images/s", "GFLOP/s", "share of the matrix rate"]
    return (
        f"\n## Share of the machine\n\nA large matrix product runs at {rates}. Work is what torch counts, forward and\n"
        "backward, of one epoch.\n\n" + table(head, rows)
    )


def _scaling(result: dict[str, Any]) -> str:
    text = "\n## Growth\n\nEvery size in a process of its own; peak memory is the process's.\n\n"
    rows = [
        [work, f"{row['n']:,}", f"{row['seconds']:.2f} s", f"{row['peak_bytes'] / 2**20:,.0f} MiB"]
        for work in ("training", "reading")
        for row in result[work]["rows"]
    ]
    text += table(["", "images", "time", "peak memory"], rows)
    for work in ("training", "reading"):
        fit = result[work]
        text += (
            f"\n{work.capitalize()}: {1e6 * fit['seconds_each']:.0f} µs an image, on a line "
            f"(R² {fit['seconds_r2']:.4f}), {fit['peak_bytes_each']:,.0f} bytes an image, of which "
            f"{abs(fit['data_bytes_each']):,.0f} are the data.\n"
        )
    return text
