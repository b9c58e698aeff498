"""What `tenfold explore` and `tenfold mistakes` print of a dataset, and of what a model gets wrong in it."""

from typing import TYPE_CHECKING, Any

from tenfold.cli.terminal import console
from tenfold.cli.terminal.tables import new_table, print_table
from tenfold.errors import NO_PAGE
from tenfold.formatting import interval, percent

if TYPE_CHECKING:
    from tenfold.evaluation import Mistakes
    from tenfold.exploration import Exploration

_CONFUSIONS = 20
"""Confusions of a model that the terminal shows, the commonest."""


def print_exploration(found: "Exploration") -> None:
    """What is in a dataset: its classes, its pixels, what is there twice, and where the page is."""
    data, twice = found.dataset, found.duplicates
    console.out.print(f"{data.name} {data.split}: {len(data):,} images of {len(data.classes)} classes")
    table = new_table("class", "images", "share", "mean ink", right=(1, 2, 3))
    for row in found.classes:
        table.add_row(row.name, f"{row.count:,}", percent(row.share, 1), f"{row.ink:.3f}")
    print_table(table, console.out)
    pixels = f"mean {found.mean:.4f}, standard deviation {found.deviation:.4f}; blank images: {found.blank}"
    console.out.print(f"pixels: {pixels}")
    shared = f", {len(twice.shared)} shared with {twice.compared_with}" if twice.compared_with else ""
    console.out.print(f"duplicates: {twice.surplus} within {data.split} ({twice.conflicts} with two labels){shared}")
    near = f", {len(twice.near_shared)} shared with {twice.compared_with}" if twice.compared_with else ""
    console.out.print(f"near copies: {len(twice.near)} within {data.split}{near}")
    numbers = found.to_json()["handwriting"]
    width, slant = (numbers[name]["median"] for name in ("stroke_width", "slant"))
    if width is not None and slant is not None:
        console.out.print(f"handwriting, medians: strokes {width:.1f} pixels wide, slant {slant:+.0f} degrees")
    if found.label_errors is not None:
        console.out.print(_doubts_line(found.label_errors.to_json(data)), soft_wrap=True)
    if found.page is not None:
        console.out.print(f"page: {found.page}", soft_wrap=True)


def _doubts_line(doubts: dict[str, Any]) -> str:
    """How many labels are in doubt, and the first of them."""
    first = (f"#{row['row']} {row['label']}, perhaps {row['suggested']}" for row in doubts["found"][:3])
    judge = f"a judge that agrees with {percent(doubts['judge_accuracy'], 1)} of the labels doubts"
    return f"{judge} {len(doubts['found']):,} of them" + (f": {'; '.join(first)}" if doubts["found"] else "")


def print_mistakes(found: "Mistakes") -> None:
    """A model's mistakes: the score on the labels as they are, what the judge says, and each confusion."""
    numbers = found.to_json()
    data, judge, corrected = numbers["dataset"], numbers["judge"], numbers["corrected"]
    console.out.print(
        f"{numbers['errors']:,} of {data['n']:,} {data['name']} {data['split']} images are read wrong: "
        f"{percent(numbers['accuracy'])} are right (95 % interval {interval(numbers['accuracy_ci95'])})"
    )
    if judge:
        console.out.print(
            f"labels in doubt: {judge['mistakes_doubtful']} of these {numbers['errors']:,}; a second model, which "
            f"learned from none of these images, reads {judge['mistakes_seconded']} of them likewise"
        )
        doubted = f"corrected, were all {corrected['labels']} labels in doubt wrong"
        console.out.print(f"{doubted}: {percent(corrected['accuracy'])} are right")
    table = new_table("true → read as", "images", "in doubt", "the largest losses", right=(1, 2))
    for one in found.confusions[:_CONFUSIONS]:
        worst = ", ".join(f"#{mistake.row} {mistake.loss:.1f}" for mistake in one.mistakes[:3])
        table.add_row(f"{one.label} → {one.predicted}", str(len(one.mistakes)), str(one.doubtful or "·"), worst)
    if found.mistakes:
        console.out.print()
        print_table(table, console.out)
    if len(found.confusions) > _CONFUSIONS:
        console.out.print(f"and {len(found.confusions) - _CONFUSIONS} rarer confusions: on the page, and in --json")
    console.out.print(f"page: {found.page or NO_PAGE}", soft_wrap=True)
