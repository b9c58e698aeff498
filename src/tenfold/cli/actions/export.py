"""What `tenfold export` does: writes the formats that are asked for, and shows what each check came to."""

from collections.abc import Sequence
from pathlib import Path

from tenfold.cli.terminal import console
from tenfold.cli.terminal.output import print_json
from tenfold.formats import Exported, export
from tenfold.formatting import percent, size_text

_HEAD = ("format", "file", "size", "largest difference", "same answers", "one image", "source")


def export_model(
    model: str | None,
    to: Sequence[str],
    *,
    out: Path | None,
    data: str | None,
    data_dir: Path | None,
    json: bool = False,
) -> None:
    """Export and print a row a file. Raises TenfoldError as `export` does."""
    rows = export(model, to, out, data=data, data_dir=data_dir)
    print_json([row.to_json() for row in rows]) if json else _print(rows)


def _print(rows: Sequence[Exported]) -> None:
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for name, file, *figures in cells:
        right = [text.rjust(width) for text, width in zip(figures, widths[2:], strict=True)]
        console.out.print("  ".join([name.ljust(widths[0]), file.ljust(widths[1]), *right]), soft_wrap=True)
    console.out.print()
    console.out.print(f"checked on {rows[0].n:,} test images against the source; times on this machine", soft_wrap=True)
    for row in rows:
        if row.note:
            console.out.print(f"{row.format}: {row.note}", soft_wrap=True)
        if row.format == "int8" and row.latency_ms > row.source_latency_ms:
            slower = row.latency_ms / row.source_latency_ms
            console.out.print(
                f"int8: slower than its source here, {slower:.1f} times: it is for machines with 8-bit units",
                soft_wrap=True,
            )
    for row in rows:
        console.out.print(str(row.path), soft_wrap=True)


def _cells(row: Exported) -> tuple[str, ...]:
    times = f"{row.latency_ms:.2f} ms", f"{row.source_latency_ms:.2f} ms"
    same = percent(row.agreement, 1)
    return row.format, row.path.name, size_text(row.size_bytes), f"{row.difference:.1e}", same, *times
