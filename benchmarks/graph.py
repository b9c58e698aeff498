"""How often does the graph of `tenfold export --to reader-onnx` answer as the Python reader, on real pictures?

The reader follows shadows, looks at several groupings of the ink and takes paper's rules away; the graph takes the
whole picture for one digit on even paper. Each picture is opened once, and both are given the same pixels.
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onnxruntime
from reference.marks import filled

import tenfold
from benchmarks.field.lists import Labelled, read_lists
from benchmarks.machine import write_result
from benchmarks.speed_page import table
from tenfold.exporting import add_framing
from tenfold.formatting import percent
from tenfold.inference.classifier import SHIPPED
from tenfold.reading.page import open_page

BEGIN, END = "<!-- reader-graph: filled in by python -m benchmarks.render -->\n", "<!-- reader-graph ends -->\n"
"""Around the table in docs/export.md."""

_SPOKEN = {
    "all": "all",
    "canvas": "canvas",
    "photo": "photos",
    "scan": "scans",
    "rendered": "rendered",
    "looked at": "of the half looked at",
    "only scored": "of the half only scored",
}


def main() -> None:
    """Ask both about every picture of one digit, and keep how often they agree and are right, by kind."""
    if not (folder := os.environ.get("TENFOLD_FIELD")):
        raise SystemExit("set TENFOLD_FIELD to a folder of real pictures")
    found = measure(read_lists(Path(folder)).singles)
    write_result("reader-graph", found)
    for kind, row in found["kinds"].items():
        print(f"{kind}: {row}")


def measure(pictures: Iterable[Labelled]) -> dict[str, Any]:
    """Shares of pictures, by kind and all together, on which the two agree, and on which each is right."""
    reader = tenfold.Reader(threads=1)
    with tempfile.TemporaryDirectory() as folder:
        add_framing(SHIPPED, Path(folder, "reader.onnx"))
        session = onnxruntime.InferenceSession(str(Path(folder, "reader.onnx")), providers=["CPUExecutionProvider"])
    rows: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for picture in pictures:
        pixels = open_page(picture.path).pixels
        read = reader.read(pixels, single=True).text
        shaped = pixels if pixels.ndim == 3 else pixels[..., None]
        digit = str(session.run(["digit"], {"pixels": shaped})[0][0])
        row = (read == digit, read == picture.label, digit == picture.label)
        for group in (picture.kind, "looked at" if picture.looked_at else "only scored", "all"):
            rows[group].append(row)
    return {"model": SHIPPED.name, "kinds": {group: _shares(of_group) for group, of_group in rows.items()}}


def _shares(rows: list[tuple[bool, bool, bool]]) -> dict[str, float | int]:
    agree, reader, graph = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    return {"n": len(rows), "agree": agree, "reader_right": reader, "graph_right": graph}


def renewed(text: str, found: dict[str, Any]) -> str:
    """The text of docs/export.md with this table in its place."""
    head = ("pictures of one digit", "n", "the same digit", "`tenfold read --single` right", "`reader.onnx` right")
    rows = (
        (spoken, f"{row['n']:,}", *(percent(row[key]) for key in ("agree", "reader_right", "graph_right")))
        for kind, spoken in _SPOKEN.items()
        if (row := found["kinds"].get(kind))
    )
    return filled(text, BEGIN, table(head, rows), END)
