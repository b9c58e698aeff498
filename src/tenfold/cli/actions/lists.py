"""Lists on the terminal: recipes, datasets and what was fetched or verified of them, what a demo did."""

from typing import TYPE_CHECKING

from tenfold.cli.terminal import console
from tenfold.cli.terminal.scores import print_run
from tenfold.cli.terminal.tables import new_table, print_table

if TYPE_CHECKING:
    from tenfold.cli.actions.demo import Demo
    from tenfold.data import FileStatus, Presence


def print_recipes(rows: list[dict[str, str]]) -> None:
    """One row a shipped recipe."""
    table = new_table("recipe", "model", "what it is")
    for row in rows:
        table.add_row(row["name"], row["model"], row["summary"])
    print_table(table, console.out)


def print_demo(shown: "Demo") -> None:
    """What the demo did, and where to look next."""
    if shown.reused:
        console.out.print(f"{shown.run.path} was trained with this very recipe before; remove it to train again")
    print_run(shown.run)
    console.out.print()
    console.out.print("read with the model just trained:")
    table = new_table("picture", "read", "confidence", "truth")
    for reading, label in zip(shown.readings, shown.labels, strict=True):
        mark = "" if reading.text == label else "  wrong"
        table.add_row(reading.source, reading.text or "blank", f"{reading.confidence:.4f}", f"{label}{mark}")
    print_table(table, console.out)
    console.out.print()
    console.out.print(f"Open {shown.run.path / 'report.html'} to see the curves, the confusions and every mistake.")
    own = f"tenfold read PICTURE, by the shipped model or by --model {shown.run.path}"
    console.out.print(f"Read your own picture: {own}")


def print_datasets(found: "list[Presence]") -> None:
    """The catalogue: what each dataset is, how large, whose, and whether it is here."""
    table = new_table("dataset", "train", "test", "here", "what it is, and its licence", right=(1, 2))
    for presence in found:
        entry = presence.entry
        counts = (f"{n:,}" if n else "-" for n in (entry.train, entry.test))
        table.add_row(entry.name, *counts, presence.state, f"{entry.summary}; {entry.licence}")
    print_table(table, console.out)
    folders = dict.fromkeys(str(presence.folder.parent) for presence in found if presence.folder)
    if folders:
        console.out.print()
        console.out.print(f"found in {', '.join(folders)}", soft_wrap=True)
    console.out.print("a dataset of your own: the path of a folder (digits/7/*.png), a .csv or a .npz")


def print_fetched(fetched: dict[str, list[str]]) -> None:
    """What was downloaded for each dataset."""
    for name, paths in fetched.items():
        for line in paths or [f"{name}: everything is here already"]:
            console.out.print(line, soft_wrap=True)


def print_statuses(statuses: "dict[str, list[FileStatus]]") -> None:
    """What verification found, a line a file."""
    for name, files in statuses.items():
        for file in files:
            console.out.print(f"{name}: {file.name}: {file.state} {file.problem}".rstrip(), soft_wrap=True)
        if not files:
            console.out.print(f"{name}: built in, nothing to verify")
