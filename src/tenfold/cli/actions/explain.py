"""What `tenfold explain` does: says why a digit is read as it is, in a few lines, as JSON, and as a page."""

from pathlib import Path
from typing import Any

from tenfold.cli.terminal.output import print_json, print_line
from tenfold.errors import TenfoldError, UsageError
from tenfold.explanation import Explanation, explain
from tenfold.explanation.layers import Layers
from tenfold.explanation.wording import change_line, evidence_line, headline, neighbours_line, which
from tenfold.reading.sources import STANDARD_INPUT, Failure, standard_input


def explain_picture(source: str, *, out: Path | None, json: bool, **options: Any) -> None:
    """Explain a picture, '-' for standard input, and print what was found. Raises TenfoldError as `explain` does."""
    if Path(source).is_dir():
        raise UsageError(f"{source}: a folder: name a picture, behind the model if there is one: {source} photo.jpg")
    picture = standard_input() if source == STANDARD_INPUT else source
    if isinstance(picture, Failure):
        raise TenfoldError(picture.error)
    found = explain(picture, out=out or folder_for(source), **options)
    print_json(found.to_json()) if json else _print(found)


def folder_for(source: str) -> Path:
    """Where a picture's explanation lies unless it is told otherwise: explain/photo."""
    return Path("explain", Path(source).stem if source != STANDARD_INPUT else "picture")


def _print(found: Explanation) -> None:
    place = which(found)
    print_line(f"{found.piece.source}: {headline(found)}{f'; {place}' if place else ''}")
    for one in found.evidence:
        print_line(f"  {evidence_line(found, one)}")
    print_line(f"  {change_line(found)}")
    if line := neighbours_line(found):
        print_line(f"  alike to the model: {line}")
    if found.layers is not None and found.layers.classes:
        _print_probes(found.layers)
    for note in found.notes:
        print_line(f"  {note}")
    for path in found.files[:1]:
        print_line(
            f"page: {path}"
            if path.suffix == ".html"
            else f"drawing: {path} (pip install 'tenfold[report]' adds a page)"
        )


def _print_probes(layers: Layers) -> None:
    """A line a layer: what a linear probe on it says of the digit, and how far it is to be believed."""
    for layer in layers.layers:
        assert layer.probabilities is not None  # where their classes are known, all were fitted
        assert layer.accuracy is not None
        order = layer.probabilities.argsort()[::-1][:2]
        said = ", ".join(f"{layers.classes[i]} {100 * layer.probabilities[i]:.0f} %" for i in order)
        print_line(f"  after {layer.name:<15} {said:<16} (a linear probe, {100 * layer.accuracy:.1f} % right)")
