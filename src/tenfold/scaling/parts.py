"""Reading into a folder of parts: the list is cut once, each part is written whole or not at all, each picture once.

    plan.jsonl           a line a part: its pictures, written before the first of them is read
    part-000000.jsonl    what `tenfold read --json` says of them, in their order; or part-000000.parquet
    manifest.json        once all parts are there: each with its counts and SHA-256

A part is a task. Its file appears by one rename, and what is in it depends on nothing but the plan and the model: a
task that is run again, here or by a worker that was given up too soon, writes the same bytes to the same name. So the
parts of any number of machines, one after the other, are the file that one machine writes.
"""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from tenfold.errors import TenfoldError, UsageError
from tenfold.reading.batch import Results, prepared
from tenfold.reading.classifier import model_file
from tenfold.reading.results import asked, note_asked
from tenfold.reading.sources import STANDARD_INPUT, Failure, find_pictures
from tenfold.run import write_atomically, write_json
from tenfold.scaling.cluster import Cluster
from tenfold.scaling.part_files import Format, check_format, count, to_bytes

PART = 500
"""Pictures a part: seconds of work, so that what a task costs and what a death costs are both little."""

_PLAN, _MANIFEST = "plan.jsonl", "manifest.json"


@dataclass(frozen=True)
class Part:
    """One part's work. model: a file or None for the shipped one; options: of reading, as JSON; sources: as planned."""

    path: Path
    model: str | None
    options: str
    sources: tuple[Any, ...]

    @property
    def format(self) -> str:
        """Of its file, as that file's name says."""
        return self.path.suffix[1:]


def read_in_parts(
    names: Sequence[str],
    folder: Path,
    cluster: Cluster,
    *,
    model: str | Path | None = None,
    resume: bool = False,
    size: int = PART,
    format: Format = "jsonl",
    on_part: Callable[[int, int], Any] = lambda _done, _failed: None,
    **options: Any,
) -> dict[str, Any]:
    """Read what names stand for into parts of a folder that all machines see. Returns the manifest.

    resume: go on with the plan that is there. size: pictures a part; format: what it is written as. on_part: told how
    many pictures the part held, and how many of them failed. options: as `Reader.read_pages` takes them. Raises
    UsageError where the folder holds something and is not to be resumed, or was begun with another model, other
    options or other names; TenfoldError where the names stand for no picture at all, or it cannot be written.
    """
    if size < 1:
        raise UsageError(f"--part-size {size}: give 1 or more pictures")
    if STANDARD_INPUT in names:
        raise UsageError("standard input is one machine's: name files, folders or globs with --ray")
    check_format(format)
    file = None if model is None else str(model_file(model).resolve())
    # A list may be long: its hash tells as well whether it is the same one.
    listed = "\n".join(str(Path(name).resolve()) for name in names)
    question = asked(model, options) | {"format": format, "names_sha256": hashlib.sha256(listed.encode()).hexdigest()}
    try:
        _make_plan(names, folder, question, resume, size)
        told = json.dumps(question["options"])
        works = (
            Part(folder.resolve() / f"part-{number:06d}.{format}", file, told, tuple(sources))
            for number, sources in enumerate(_planned(folder))
        )
        found = []
        for one in cluster.map(read_part, works, ahead=2, on_death=partial(_rescue, cluster)):
            found.append(one)
            on_part(one["pictures"], one["failed"])
        for left in folder.glob(".part-*.partial"):  # what a worker was writing when it was killed
            left.unlink(missing_ok=True)
        manifest = {**question, **_totals(found), "parts": sorted(found, key=lambda one: str(one["file"]))}
        write_json(folder / _MANIFEST, manifest)
    except OSError as error:
        raise TenfoldError(f"{folder}: cannot be written ({error.strerror}): name another --out") from None
    return manifest


def read_part(part: Part) -> dict[str, Any]:
    """Read a part's pictures into its file, unless it is there; what the manifest says of it."""
    if not part.path.exists():
        write_atomically(part.path, to_bytes(read_rows(part), part.format))
    return _entry(part)


def read_rows(part: Part) -> list[dict[str, Any]]:
    """What came of a part's pictures, which nobody writes yet."""
    read = _reader(part.model, part.options)
    return [result.to_json() for source in part.sources for result in read(_task(source))]


def _rescue(cluster: Cluster, part: Part, how: str) -> dict[str, Any]:
    """A part that killed every worker is read picture by picture: the one that does it fails, the others are read."""
    rows: list[dict[str, Any]] = []
    for source in part.sources:
        alone = Part(part.path, part.model, part.options, (source,))
        name = source if isinstance(source, str) else source["source"]
        died = Failure(name, f"the process that read it died ({how}; was there not enough memory?)")
        for found in cluster.map(read_rows, [alone], on_death=partial(_say, [died.to_json()])):
            rows += found
    write_atomically(part.path, to_bytes(rows, part.format))
    return _entry(part)


def _say(rows: list[dict[str, Any]], _part: Part, _how: str) -> list[dict[str, Any]]:
    return rows


def _make_plan(names: Sequence[str], folder: Path, question: dict[str, Any], resume: bool, size: int) -> None:
    """The plan and what was asked, unless they are there already, as where reading was stopped."""
    plan, note = folder / _PLAN, folder / "reading.json"
    if plan.exists():
        if not resume:
            raise UsageError(f"{folder} holds a reading already: --resume goes on with it, or name another --out")
        note_asked(note, question, folder, begun=True)
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
        while batch := list(itertools.islice(pictures, size)):
            told = [one.to_json() if isinstance(one, Failure) else one for one in batch]
            file.write(json.dumps(told) + "\n")
    unfinished.rename(plan)


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
def _reader(model: str | None, options: str) -> Callable[[Any], Results]:
    """Loaded once a process, however many parts it reads."""
    return prepared(model, json.loads(options), (), threads=1)


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
