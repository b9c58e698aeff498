"""Reading into a folder of parts: the list is cut once, each part is written whole or not at all, each picture once.

    plan.jsonl           a line a part: its pictures, written before the first of them is read
    part-000000.jsonl    what `tenfold read --json` says of them, in their order; or part-000000.parquet
    model.onnx           a model that another tool made, as every machine reads with it
    manifest.json        once all parts are there: each with its counts and SHA-256

A part is a task. Its file appears by one rename, and what is in it depends on nothing but the plan and the model: a
task that is run again, here or by a worker that was given up too soon, writes the same bytes to the same name. So the
parts of any number of machines, one after the other, are the file that one machine writes.
"""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from tenfold.cluster.part_files import Format, as_text, check_format, count, sources_in, to_bytes
from tenfold.cluster.ray_cluster import Cluster
from tenfold.errors import TenfoldError, UsageError, cannot_write
from tenfold.files import write_atomically, write_json
from tenfold.inference.classifier import Classifier, model_file
from tenfold.reading.batch import Results, prepared
from tenfold.reading.detector import DetectorName, detector_file
from tenfold.reading.results import asked, note_asked
from tenfold.reading.sources import STANDARD_INPUT, Failure, find_pictures

PART = 500
"""Pictures a part: seconds of work, so that what a task costs and what a death costs are both little."""

_PLAN, _MANIFEST, _MODEL = "plan.jsonl", "manifest.json", "model.onnx"


@dataclass(frozen=True)
class Part:
    """One part's work. model: a file or None for the shipped one; detector: so, too; options: of
    reading, as JSON; sources: as planned."""

    path: Path
    model: str | None
    detector: DetectorName
    options: str
    sources: tuple[Any, ...]

    @property
    def format(self) -> str:
        """Of its file, as that file's name says."""
        return self.path.suffix[1:]


@dataclass(frozen=True)
class Plan:
    """A reading in parts that is on the disk, perhaps begun.

    model: a file or None for the shipped one; detector: so, too; question: what decides the
    readings, as the manifest keeps it.
    """

    folder: Path
    model: str | None
    detector: DetectorName
    question: dict[str, Any]

    @property
    def parts(self) -> Iterator[Part]:
        """Its parts, in their order."""
        told = json.dumps(self.question["options"])
        for number, sources in enumerate(_planned(self.folder)):
            path = self.folder.resolve() / f"part-{number:06d}.{self.question['format']}"
            yield Part(path, self.model, self.detector, told, tuple(sources))


def plan_parts(
    names: Sequence[str],
    folder: Path,
    *,
    model: str | Path | None = None,
    detector: DetectorName = None,
    adopted: Classifier | None = None,
    resume: bool = False,
    size: int | None = None,
    format: Format = "jsonl",
    **options: Any,
) -> Plan:
    """What names stand for as a plan in a folder that all machines see, before any of them reads.

    model, detector: as `Reader` takes them, in files that all machines see. adopted: the model where another tool made
    it; it is kept beside the parts, so that all machines feed it alike.
    resume: go on with the plan that is there. size: pictures a part, None for PART or as the plan has it; format: what
    it is written as. options: as `Reader.read_pages` takes them. Raises UsageError where the folder holds something and
    is not to be resumed, or was begun with another model or detector, other options, names or parts; TenfoldError where
    there is no such model or detector, the names stand for no picture at all, or it cannot be written.
    """
    if size is not None and size < 1:
        raise UsageError(f"--part-size {size}: give 1 or more pictures")
    if STANDARD_INPUT in names:
        raise UsageError("standard input is one machine's: name files, folders or globs with --ray")
    check_format(format)
    file = None if model is None else model_file(model).resolve()
    if detector:
        detector = str(detector_file(detector).resolve())
    # A list may be long: its hash tells as well whether it is the same one.
    listed = "\n".join(str(Path(name).resolve()) for name in names)
    question = asked(model, options, detector) | {
        "format": format,
        "names_sha256": hashlib.sha256(listed.encode()).hexdigest(),
    }
    with _written(folder):
        _make_plan(names, folder, question, resume, size)
        if adopted is not None:
            file = folder.resolve() / _MODEL
            if not file.exists():  # what was begun goes on with the same
                adopted.save(file)
    return Plan(folder, None if file is None else str(file), detector, question)


def read_planned(
    plan: Plan, cluster: Cluster, on_part: Callable[[int, int], Any] = lambda _done, _failed: None
) -> dict[str, Any]:
    """Read the parts of a plan that are not there yet, and those that are damaged. Returns the manifest.

    on_part: told how many pictures the part held, and how many of them failed. Raises TenfoldError where the folder
    cannot be written.
    """
    found = []
    with _written(plan.folder):
        for one in cluster.map(read_part, plan.parts, ahead=2, on_death=partial(_rescue, cluster)):
            found.append(one)
            on_part(one["pictures"], one["failed"])
        for left in plan.folder.glob(".part-*.partial"):  # what a worker was writing when it was killed
            left.unlink(missing_ok=True)
        manifest = {**plan.question, **_totals(found), "parts": sorted(found, key=lambda one: str(one["file"]))}
        write_json(plan.folder / _MANIFEST, manifest)
    return manifest


def read_in_parts(names: Sequence[str], folder: Path, cluster: Cluster, **options: Any) -> dict[str, Any]:
    """`plan_parts`, which takes the options, then `read_planned`."""
    return read_planned(plan_parts(names, folder, **options), cluster)


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(folder, error, elsewhere="name another --out") from None


def read_part(part: Part) -> dict[str, Any]:
    """Read a part's pictures into its file, unless it is there and whole; what the manifest says of it."""
    if not (part.path.exists() and _is_whole(part)):
        write_atomically(part.path, to_bytes(read_rows(part), part.format))
    return _entry(part)


def _is_whole(part: Part) -> bool:
    """Whether a part's file is of its pictures, all of them: a disk may have been full, a copy been cut off."""
    try:
        held = sources_in(part.path.read_bytes(), part.format)
    except ValueError:
        return False
    planned = [as_text(source if isinstance(source, str) else source["source"]) for source in part.sources]
    return [name for name, _rows in itertools.groupby(held)] == [name for name, _twice in itertools.groupby(planned)]


def read_rows(part: Part) -> list[dict[str, Any]]:
    """What came of a part's pictures, which nobody writes yet."""
    read = _reader(part.model, part.detector, part.options)
    return [result.to_json() for source in part.sources for result in read(_task(source))]


def _rescue(cluster: Cluster, part: Part, how: str) -> dict[str, Any]:
    """A part that killed every worker is read picture by picture: the one that does it fails, the others are read."""
    rows: list[dict[str, Any]] = []
    for source in part.sources:
        alone = replace(part, sources=(source,))
        name = source if isinstance(source, str) else source["source"]
        died = Failure(name, f"the process that read it died ({how}; was there not enough memory?)")
        for found in cluster.map(read_rows, [alone], on_death=partial(_say, [died.to_json()])):
            rows += found
    write_atomically(part.path, to_bytes(rows, part.format))
    return _entry(part)


def _say(rows: list[dict[str, Any]], _part: Part, _how: str) -> list[dict[str, Any]]:
    return rows


def _make_plan(names: Sequence[str], folder: Path, question: dict[str, Any], resume: bool, size: int | None) -> None:
    """The plan and what was asked, unless they are there already, as where reading was stopped."""
    plan, note = folder / _PLAN, folder / "reading.json"
    if plan.exists():
        if not resume:
            raise UsageError(f"{folder} holds a reading already: --resume goes on with it, or name another --out")
        note_asked(note, question, folder, begun=True)
        _check_size(folder, size)
        return
    if any(folder.glob("part-*")):
        raise UsageError(f"{folder} holds parts without a plan: name another --out")
    first, pictures = _first(find_pictures(names))
    if isinstance(first, Failure):
        raise TenfoldError(f"{first.source}: {first.error}")
    folder.mkdir(parents=True, exist_ok=True)
    note_asked(note, question, folder, begun=False)
    unfinished = folder / f".{_PLAN}.partial"
    with unfinished.open("w", encoding="utf-8") as file:
        # A line at a time: a list of a billion names is on the disk, never in memory.
        while batch := list(itertools.islice(pictures, size or PART)):
            told = [one.to_json() if isinstance(one, Failure) else one for one in batch]
            file.write(json.dumps(told) + "\n")
    unfinished.rename(plan)


def _check_size(folder: Path, size: int | None) -> None:
    """Raise UsageError where parts are asked for of another size than the plan's."""
    first, *more = (len(part) for part in itertools.islice(_planned(folder), 2))
    # A part that is the only one may hold fewer than were asked for.
    if size is not None and size != first and (more or size < first):
        raise UsageError(f"--part-size {size}: {folder} was begun in parts of {first}: leave it out")


def _first(found: Iterator[str | Failure]) -> tuple[str | Failure | None, Iterator[str | Failure]]:
    """The first picture there is, else the first reason why there is none; and all that was found, from the start."""
    looked = []
    for one in found:
        looked.append(one)
        if not isinstance(one, Failure):
            break
    if looked and not isinstance(looked[-1], Failure):
        return looked[-1], itertools.chain(looked, found)
    return next(iter(looked), None), iter(looked)


def _planned(folder: Path) -> Iterator[list[Any]]:
    with (folder / _PLAN).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@lru_cache(maxsize=1)
def _reader(model: str | None, detector: DetectorName, options: str) -> Callable[[Any], Results]:
    """Loaded once a process, however many parts it reads."""
    return prepared(model, json.loads(options), (), threads=1, detector=detector)


def _task(source: Any) -> Any:
    """A plan's entry as what reads takes it: a name, or why a name stands for nothing."""
    return (source, source) if isinstance(source, str) else Failure(**source)


def _entry(part: Part) -> dict[str, Any]:
    content = part.path.read_bytes()
    readings, failed = count(content, part.format)
    return {
        "file": part.path.name,
        "pictures": len(part.sources),
        "readings": readings,
        "failed": failed,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _totals(parts: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {key: sum(part[key] for part in parts) for key in ("pictures", "readings", "failed", "bytes")}
