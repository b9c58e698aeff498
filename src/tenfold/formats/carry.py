"""A model into other formats, each checked against its source before it is put in place."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.errors import TenfoldError, UsageError, cannot_write
from tenfold.evaluation import latency_ms, open_run
from tenfold.formats.catalog import Format, find_format
from tenfold.formats.source import Source, open_source
from tenfold.run import Run


@dataclass(frozen=True)
class Exported:
    """One file of an export, or its folder, and what its check came to.

    difference: the largest of a probability, over n test images; agreement: the share of them answered alike;
    latency_ms, source_latency_ms: the median time for one image, of the file and of its source, on this machine.
    """

    format: str
    path: Path
    size_bytes: int
    difference: float
    agreement: float
    n: int
    latency_ms: float
    source_latency_ms: float
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `tenfold export --json` prints it."""
        return asdict(self) | {"path": str(self.path)}


def export(
    model: str | Path | Run | None = None,
    to: str | Sequence[str] = "onnx",
    out: str | Path | None = None,
    *,
    data: str | Path | None = None,
    data_dir: str | Path | None = None,
) -> list[Exported]:
    """Write a model in one format or several, each checked against its source on 1,000 test images.

    model: a run, its folder, or a .onnx, .keras or .h5 file; None for the model that is shipped. to: names of FORMATS.
    out: a folder, or the file where one is written; None for RUN/export, or export/NAME for a file. data: whose test
    images to check on; None for the run's own, or mnist for digits. Returns a row a file. Raises UsageError for a
    format that is none, TenfoldError where a format cannot hold the model or answers otherwise than its source: of that
    format nothing is left.
    """
    formats = [find_format(name) for name in dict.fromkeys([to] if isinstance(to, str) else to)]
    if not formats:
        raise UsageError("name a format, as --to onnx")
    targets = _targets(formats, model, Path(out) if out is not None else None)
    with tempfile.TemporaryDirectory(prefix="tenfold-") as folder:
        source = open_source(model, Path(folder), data, data_dir)
        before = latency_ms(source.classifier.probabilities, source.views[:1])
        rows = []
        for format_, paths in targets:
            rows += _write(format_, paths, source, before)
    return rows


def _targets(formats: list[Format], model: Any, out: Path | None) -> list[tuple[Format, list[Path]]]:
    """Where every file goes. out with a suffix is the one file that is wanted."""
    if out is not None and out.suffix and not out.is_dir():
        fitting = [(one, [out]) for one in formats if any(out.suffix == Path(name).suffix for name in one.files)]
        if len(formats) != 1 or not fitting:
            names = ", ".join(name for one in formats for name in one.files)
            raise UsageError(f"--out {out}: {names} will be written: name a folder, or a file of that kind")
        return fitting
    folder = out or _folder(model)
    return [(one, [folder / name for name in one.files]) for one in formats]


def _folder(model: Any) -> Path:
    run = open_run(model)
    if run is not None:
        return run.path / "export"
    return Path("export", "tenfold" if model is None else Path(model).stem)


def _write(format_: Format, paths: list[Path], source: Source, before: float) -> list[Exported]:
    """One format's files, all of them or none."""
    # Beside their place, so that putting them there is a rename.
    with _made(paths[0].parent) as place, tempfile.TemporaryDirectory(prefix=".exporting-", dir=place) as folder:
        made = [Path(folder, path.name) for path in paths]
        rows = [_checked(format_, file, path, source, before) for file, path in zip(made, paths, strict=True)]
        for file, path in zip(made, paths, strict=True):
            _put(file, path)
    return rows


@contextmanager
def _made(folder: Path) -> Iterator[Path]:
    """A folder, made where it is missing; unless something is written there it goes again where writing fails."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except BaseException as error:
        with suppress(OSError):  # what is not empty stays
            for one in missing:
                one.rmdir()
        if isinstance(error, OSError):
            raise cannot_write(folder, error, elsewhere="name another --out") from None
        raise


def _put(made: Path, path: Path) -> None:
    """A file into its place; a folder's files one by one, for theirs may hold more: a host's repository, say."""
    if not made.is_dir():
        made.replace(path)
        return
    path.mkdir(exist_ok=True)
    for entry in made.iterdir():
        _put(entry, path / entry.name)


def _size(path: Path) -> int:
    """Bytes of a file, or of all in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _checked(format_: Format, file: Path, path: Path, source: Source, before: float) -> Exported:
    """The row of a file, written and compared with its source. Raises TenfoldError where it answers otherwise."""
    written, expected = format_.write(source, file)
    found, wanted = written.answers(source.views), expected(source.views)
    difference = float(np.abs(found - wanted).max(initial=0))
    alike = int((found.argmax(axis=1) == wanted.argmax(axis=1)).sum())
    n = len(source.views)
    # Written so that a NaN fails.
    if not (difference <= format_.tolerance and alike >= format_.agreement * n):
        raise TenfoldError(
            f"{format_.name}: {path.name} differs from {source.name} by {difference:.2g} in a probability and in "
            f"{n - alike} of {n:,} answers; at most {format_.tolerance:g} and {round((1 - format_.agreement) * n)} are "
            "allowed: nothing was written"
        )
    return Exported(
        format_.name,
        path,
        _size(file),
        difference,
        alike / n,
        n,
        written.latency_ms(source.views[:1]) if written.latency_ms else latency_ms(written.answers, source.views[:1]),
        before,
        written.note,
    )
