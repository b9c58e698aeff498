"""docs/field.md and the terminal's summary: the same tables, drawn from one result."""

from collections.abc import Iterator
from typing import Any

from benchmarks.field.goals import goals
from benchmarks.field.lists import HALVES
from benchmarks.field.rapidocr import WAYS
from benchmarks.field.summary import KEEP
from benchmarks.speed_page import table

Found = dict[str, Any]
Rows = list[list[str]]

HEAD = """# Real pictures

How tenfold reads digits that people drew, scanned and photographed, beside what the tutorials do to a picture (grey,
28×28, divided by 255, with the same network), Tesseract and RapidOCR. `python -m benchmarks field` measures it on a
folder of labelled pictures and `python -m benchmarks.render` draws this page from the result: no figure is typed.

None of these pictures was trained on. They are divided by a fixed rule, by writer: the mistakes of one half were
looked at while the reader was made, those of the other were only ever counted. Where the two halves differ by more than
chance, believe the second. Pages and cases are few: they are divided picture by picture, so that both halves have some
of each kind.
"""

CLOSE = """
Singles are pictures of exactly one digit. They are read twice: told so (`--single`), which is what "right" counts, and
unasked. A number is exact if every digit is right, in order; "in their lines" if each is in its line too. Pages are
judged by their digits in reading order, of which those in the longest common subsequence with the label are found, and
by the cells of the table that was read, each in its row. A case is a small picture of one difficulty. "Accepted at 98 %
of digits" is the share of other pictures above the score that 98 % of the digits reach; "accepted" alone is at the
reader's own threshold: some digit is read.

Mistakes of a peer stand beside ours on the same pictures: Tesseract was asked about {asked} of them, drawn by a fixed
seed. RapidOCR, with the models that it comes with, is asked about every picture twice: to find text in it, and to take
it for one line. In each row the better of the two is counted; of its text only the digits are. The two are timed in
turn on the same pictures, {timed} of each list at most, with one thread. All other times are of processes with one
thread each, {processes} at once, opening the picture included.
"""


def page(found: Found) -> str:
    """The text of docs/field.md. found: what benchmarks/results/field.json holds."""
    text = HEAD
    for title, rows in _tables(found):
        text += f"\n## {title}\n\n" + table(rows[0], rows[1:])
    asked = _tesseract_asked(found)
    close = CLOSE.format(asked=asked, processes=found["processes"], timed=found["timed"])
    return text + close + f"\n{_measured(found)}\n"


def printed(found: Found) -> str:
    """The tables for a terminal."""
    return "\n".join(f"\n{title}\n{_aligned(rows)}" for title, rows in _tables(found))


def goals_table(found: Found) -> str:
    """What was aimed at and what was measured, as a Markdown table."""
    rows = _goals(found)
    return table(rows[0], rows[1:])


def _tables(found: Found) -> Iterator[tuple[str, Rows]]:
    """Titles and rows, the first of which names the columns."""
    yield "Goals", _goals(found)
    if found["rapidocr"]:
        yield "Beside RapidOCR", _beside(found["rapidocr"])
        yield "Size and speed beside RapidOCR", _resources(found["rapidocr"], found["model"])
    yield "One digit", _kinds(found["singles"])
    yield "Peers", _peers(found)
    yield "Numbers", _numbers(found["strings"])
    if found["pages"]["all"]:
        yield "Pages", _pages(found["pages"])
    if found["cases"]["all"]["by_kind"]:
        yield "Cases", _cases(found["cases"])
    yield "What is no digit", _rejection(found)
    yield "Confidence", _confidence(found["singles"]["all"]["calibration"])
    yield "Milliseconds a picture", _times(found["times"])


def _goals(found: Found) -> Rows:
    rows = [["", "goal", "all", "looked at", "only scored", ""]]
    for goal in goals(found):
        limit = f"{'≤' if goal.at_most else '≥'} {goal.spelled(goal.limit)}"
        halves = [goal.spelled(goal.value(found, half)) for half in HALVES]
        rows.append([goal.what, limit, *halves, goal.verdict(found)])
    return rows


def _beside(found: Found) -> Rows:
    rows = [["", "pictures", "tenfold", "RapidOCR", "its better way", "tenfold's mistakes", "RapidOCR's"]]
    for row in found["rows"]:
        percent = "F1" not in row["what"]
        figures = [f"{100 * row[key]:.2f} %" if percent else f"{row[key]:.3f}" for key in ("tenfold", "rapidocr")]
        mistakes = [str(row[key]) if row["counted"] else "" for key in ("mistakes", "mistakes_of_rapidocr")]
        rows.append([row["what"], str(row["n"]), *figures, WAYS[row["way"]], *mistakes])
    counted = sum(row["n"] for row in found["rows"] if row["counted"])
    return [
        *rows,
        [
            "all pictures but pages",
            str(counted),
            "",
            "",
            "",
            str(found["mistakes"]),
            str(found["mistakes_of_rapidocr"]),
        ],
    ]


def _resources(found: Found, model: Found) -> Rows:
    rows = [["", "pictures", "tenfold", *(f"RapidOCR, {way}" for way in WAYS.values()), "its better way"]]
    rows.append(["bytes of models", "", f"{model['size_bytes']:,}", *[f"{found['size_bytes']:,}"] * len(WAYS), ""])
    for name, part in found["times"].items():
        figures = [f"{part[key]:.1f}" for key in ("tenfold", *WAYS)]
        rows.append([f"milliseconds a picture, {name}: median", str(part["n"]), *figures, WAYS[part["way"]]])
    return rows


def _kinds(halves: Found) -> Rows:
    rows = [["", "pictures", "right", "95 % interval", "looked at", "only scored"]]
    groups = [("right", None), *((by, name) for by in ("by_kind", "by_polarity") for name in halves["all"][by])]
    for by, name in groups:
        whole, *parts = (half[by].get(name) if name else half[by] for half in halves.values())
        rows.append([name or "all", str(whole["n"]), _share(whole), _interval(whole), *map(_share, parts)])
    return rows + _unasked(halves)


def _unasked(halves: Found) -> Rows:
    """What is found where nobody says that there is one digit."""
    whole, *parts = halves.values()
    named = {
        "some_found": "unasked: some found",
        "one_found": "unasked: one found",
        "one_and_right": "unasked: one found, right",
    }
    rows = [
        [what, str(whole[key]["n"]), _share(whole[key]), _interval(whole[key]), *(_share(part[key]) for part in parts)]
        for key, what in named.items()
    ]
    counted = {"none_found": "unasked: none found", "several_found": "unasked: several", "called_blank": "called blank"}
    for key, what in counted.items():
        rows.append([what, str(whole["right"]["n"]), str(whole[key]), "", *(str(part[key]) for part in parts)])
    return rows


def _peers(found: Found) -> Rows:
    rows = [["", "pictures", "peer right", "its mistakes", "tenfold's", "times as many"]]
    strings = found["strings"]["all"]
    groups = {"singles": found["singles"]["all"], **{f"numbers, {name}": part for name, part in strings.items()}}
    for group, values in groups.items():
        for name, peer in values["peers"].items():
            counts = [str(peer["mistakes"]), str(peer["mistakes_of_tenfold"]), f"{peer['times_as_many']:.1f}"]
            rows.append([f"{name}, {group}", str(peer["right"]["n"]), _share(peer["right"]), *counts])
    return rows


def _numbers(halves: Found) -> Rows:
    rows = [
        ["", "pictures", "exact", "95 % interval", "in their lines", "characters wrong", "looked at", "only scored"]
    ]
    key = "exact_without_lines"
    for name, whole in halves["all"].items():
        parts = [halves[half][name][key] if name in halves[half] else None for half in ("looked_at", "only_scored")]
        exact, error = whole[key], f"{100 * whole['character_error_rate']:.2f} %"
        figures = [_share(exact), _interval(exact), _share(whole["exact"]), error]
        rows.append([name, str(exact["n"]), *figures, *map(_share, parts)])
    return rows


def _pages(halves: Found) -> Rows:
    rows = [["", "pages", "F1", "recall", "precision", "cells exact", "F1, looked at", "F1, only scored"]]
    for name, whole in halves["all"].items():
        figures = [f"{whole[key]:.3f}" for key in ("f1", "recall", "precision")]
        parts = [halves[half].get(name) for half in ("looked_at", "only_scored")]
        parted = [f"{part['f1']:.3f}" if part else "–" for part in parts]
        rows.append([name, str(whole["n"]), *figures, _share(whole["cells"]), *parted])
    return rows


def _cases(halves: Found) -> Rows:
    rows = [["", "pictures", "exact", "of them"]]
    whole = halves["all"]
    for name, part in {"all": whole["exact"], **whole["by_kind"]}.items():
        rows.append([name, str(part["n"]), str(part["count"]), _share(part)])
    return rows


def _rejection(found: Found) -> Rows:
    rows = [["", "pictures", "AUROC", "accepted at 99 % of digits", "at 98 %", "at 95 %", "accepted"]]
    others = {"letters": found["letters"]["all"], **found["distractors"]}
    for name, part in others.items():
        if part is not None:
            shares = [f"{100 * part[key]:.1f} %" for key in KEEP]
            rows.append([name, str(part["n"]), f"{part['auroc']:.4f}", *shares, _share(part["accepted"])])
    return rows


def _confidence(calibration: Found | None) -> Rows:
    rows = [["mean confidence", "pictures", "right"]]
    for part in calibration["bins"] if calibration else ():
        rows.append([f"{100 * part['confidence']:.1f} %", str(part["n"]), f"{100 * part['accuracy']:.1f} %"])
    return rows


def _times(times: Found) -> Rows:
    rows = [["", "pictures", "median", "95th percentile"]]
    for name, kinds in times.items():
        for kind, part in kinds.items():
            figures = [f"{part[key]:.1f}" for key in ("median_ms", "p95_ms")]
            rows.append([f"{name}, {kind}", str(part["n"]), *figures])
    return rows


def _share(part: Found | None) -> str:
    return f"{100 * part['share']:.2f} %" if part and part["share"] is not None else "–"


def _interval(part: Found) -> str:
    low, high = part["ci95"]
    return f"{100 * low:.2f} to {100 * high:.2f} %"


def _tesseract_asked(found: Found) -> int:
    """How many pictures, over all lists."""
    parts = [found["singles"]["all"], *found["strings"]["all"].values()]
    return sum(part["peers"]["tesseract"]["right"]["n"] for part in parts if "tesseract" in part["peers"])


def _measured(found: Found) -> str:
    machine, model = found["machine"], found["model"]
    peer = {"rapidocr": found["rapidocr"]["versions"]["rapidocr"]} if found["rapidocr"] else {}
    versions = ", ".join(f"{name} {number}" for name, number in (found["versions"] | peer).items() if number)
    return (
        f"`python -m benchmarks field`, {machine['date']}, {machine['processor']}, commit "
        f"{(machine['commit'] or 'unknown')[:12]}; model {model['recipe']}, {model['size_bytes']:,} bytes, "
        f"sha-256 {model['sha256'][:12]}; {versions}."
    )


def _aligned(rows: Rows) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        [row[0].ljust(widths[0])] + [cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)] for row in rows
    )
    return "\n".join("  ".join(line).rstrip() for line in lines)
