"""What `tenfold read` does: reads what the names stand for, prints or writes it as it comes, and can go on later."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.cli.terminal.output import print_error, print_json, print_line
from tenfold.errors import UsageError
from tenfold.formatting import plural
from tenfold.model_files import MODEL_FILES
from tenfold.reading import Classifier, Reading
from tenfold.reading.batch import Onlooker, Results, read_many
from tenfold.reading.formats import SUFFIXES
from tenfold.reading.outcome import prediction_sets
from tenfold.reading.sources import Failure, find_pictures

if TYPE_CHECKING:
    from tenfold.inference.model_import import LabelledImages
    from tenfold.reading.results import ResultsFile
    from tenfold.reading.table_file import TableFile

_PATIENCE = 1.0
"""Seconds before a progress bar appears."""

_MOST_WORKERS = 1024
"""Processes, each with a model in its memory: more are a slip of the hand."""

_HARDLY = 0.5
"""A picture that was read as one digit is worth a word where its chance of being one is less."""


@dataclass
class _Tally:
    """How many pictures were read, could not be, and were in the file already."""

    done: int = 0
    failed: int = 0
    held: int = 0


def read_pictures(
    names: Sequence[str],
    model: str | Path | None,
    *,
    detector: str | None = None,
    json: bool = False,
    out: Path | None = None,
    resume: bool = False,
    table: Path | None = None,
    workers: int | None = None,
    show: Path | None = None,
    stages: Path | None = None,
    **options: Any,
) -> int:
    """Read pictures onto stdout, or into the file out. Returns the exit code: 0, 1 where some failed, 130 if stopped.

    detector: a page network's file or run. table: a .csv that gets the rows of all that is read. show,
    stages: folders for drawings of what was seen. model, options: as Reader and its read_pages take them. Raises
    TenfoldError where the model, the detector, or what out holds, is of no use.
    """
    _check(out, table, resume=resume, workers=workers)
    onlookers = _galleries(show, stages)
    rows, tally = _table_file(table), _Tally()
    with ExitStack() as stack:
        file = None
        if out is not None:
            from tenfold.reading.results import ResultsFile, asked  # here: most pictures are read onto stdout

            file = stack.enter_context(ResultsFile(out, question=asked(model, options, detector), resume=resume))
        usable = _usable(model, stack)
        try:
            all_results = read_many(
                _not_held(names, file, tally),
                usable,
                detector=detector,
                workers=workers,
                onlookers=onlookers,
                **options,
            )
            for results in _watched(all_results, names, tally, shown=_nobody_sees_results(file)):
                tally.failed += any(isinstance(result, Failure) for result in results)
                if file is not None:
                    file.write(results)
                if rows is not None:
                    rows.write(results)
                alone = bool(options.get("single")) and list(names) == [results[0].source]
                _print(results, json=json, alone=alone, to_file=file is not None)
                tally.done += 1
        except KeyboardInterrupt:
            held = plural(tally.done + tally.held, "picture")
            kept = f": {out} holds {held}; the same command with --resume goes on"
            print_error(f"stopped{kept if out else ''}")
            return 130
    if rows is not None and (count := rows.save(names)) is not None:
        print_line(f"{plural(count, 'row')} written to {table}", file=sys.stderr)
    if out is not None:
        _print_summary(out, tally, json=json)
    for folder in filter(None, (show, stages)):
        print_line(f"what was seen is drawn in {folder}", file=sys.stderr if json else sys.stdout)
    return 1 if tally.failed else 0


def _check(out: Path | None, table: Path | None, *, resume: bool, workers: int | None) -> None:
    """Raise UsageError where options are out of range, or do not go together."""
    if resume and out is None:
        raise UsageError("--resume goes on with what --out holds: name that, as --out digits.jsonl")
    if table is not None and (resume or table == out):
        why = "and what --out holds already is not read again" if resume else "and --out names the same file"
        raise UsageError(f"--table {table}: has the rows of all pictures, {why}: leave one of them out")
    if workers is not None and not 1 <= workers <= _MOST_WORKERS:
        raise UsageError(
            f"--workers {workers}: give 1 to {_MOST_WORKERS} processes; as many as there are cores do best"
        )


def _table_file(path: Path | None) -> "TableFile | None":
    if path is None:
        return None
    from tenfold.reading.table_file import TableFile  # here: most pictures are read onto stdout

    return TableFile(path)


def _usable(model: str | Path | None, stack: ExitStack) -> str | Path | Classifier | None:
    """The model as every process can read with it. A file is opened here, once; what another tool made is saved as one
    of tenfold's own until the stack ends: adopted once, not in every process."""
    classifier = _opened(model)
    if classifier is None or classifier.note is None:
        return classifier or model
    from tempfile import TemporaryDirectory

    own = Path(stack.enter_context(TemporaryDirectory(prefix="tenfold-")), "model.onnx")
    classifier.save(own)
    return own


def brought_in(model: str | Path | None) -> Classifier | None:
    """A model that another tool made, to be saved as one of tenfold's own; None for any other."""
    classifier = _opened(model)
    return None if classifier is None or classifier.note is None else classifier


def _opened(model: str | Path | None) -> Classifier | None:
    """The model in a file; None for a run's folder, the shipped model and a name under which there is none."""
    if model is None or Path(model).suffix.lower() not in MODEL_FILES or not Path(model).is_file():
        return None
    return Classifier(model, labelled=_digits, spinning=False)


def _digits() -> "LabelledImages | None":
    from tenfold.evaluation import digits_at_hand  # here: few models are another tool's, and reading starts sooner

    return digits_at_hand()


def _galleries(show: Path | None, stages: Path | None) -> list[Onlooker]:
    if show is None and stages is None:
        return []
    for option, folder in (("--show", show), ("--stages", stages)):
        if folder is not None and folder.suffix.lower() in SUFFIXES:
            raise UsageError(f"{option} {folder}: name a folder, in which each picture gets its drawing")
    from tenfold.reading.gallery import Gallery, StagesGallery

    galleries: list[Onlooker] = []
    if show is not None:
        galleries.append(Gallery(show))
    if stages is not None:
        galleries.append(StagesGallery(stages))
    return galleries


def _not_held(names: Sequence[str], file: "ResultsFile | None", tally: _Tally) -> Iterator[str | Failure]:
    """The pictures that the file does not hold already."""
    for source in find_pictures(names):
        if file is not None and (source.source if isinstance(source, Failure) else source) in file:
            tally.held += 1
        else:
            yield source


def _nobody_sees_results(file: "ResultsFile | None") -> bool:
    """Whether somebody watches the terminal while the results go elsewhere: lines that come are progress enough."""
    return sys.stderr is not None and sys.stderr.isatty() and (file is not None or not sys.stdout.isatty())


def _watched(results: Iterator[Results], names: Sequence[str], tally: _Tally, *, shown: bool) -> Iterator[Results]:
    """The same results; on stderr a progress bar, once they have taken longer than a second."""
    started = time.monotonic()
    for one in results:
        yield one
        if shown and time.monotonic() - started > _PATIENCE:
            break
    else:
        return
    from tenfold.cli.terminal.progress import reading_progress

    total = sum(1 for _ in find_pictures(names))
    with reading_progress(total) as show:
        show(tally.done + tally.held, tally.failed)
        for one in results:
            yield one
            show(tally.done + tally.held, tally.failed)


def _print(results: Results, *, json: bool, alone: bool, to_file: bool) -> None:
    """alone: the results are of the one picture that was named, as one digit: its name is no news."""
    for result in results:
        if json and not to_file:
            print_json(result.to_json())
        elif isinstance(result, Failure):
            print_error(f"{result.source}: {result.error}")
        elif to_file:
            continue
        elif alone and result.digits:
            kind = "digit" if result.digits[0].is_digit else "class"
            print_line(f"Predicted {kind} : {result.text}")
            print_line(f"Confidence      : {result.confidence:.4f}")
            if doubt := _doubt(result):
                print_error(f"{result.source}: {doubt}: were there more digits? Without --single all are read")
        else:
            page = f" (page {result.page + 1})" if result.page else ""
            print_line(f"{result.source}{page}: {in_words(result)}")


def in_words(reading: Reading) -> str:
    """A reading on one line: its digits, how sure they are and what is to be doubted, or why there are none."""
    if reading.blank:
        return "blank"
    if reading.digits:
        sets, doubt = prediction_sets(reading), _doubt(reading)
        more = f"; sets {sets}" * bool(sets) + f"; {doubt}" * bool(doubt)
        return f"{' / '.join(reading.lines)}  (confidence {reading.confidence:.4f}{more})"
    why = [f" ({rejected.reason}, confidence {rejected.confidence:.4f})" for rejected in reading.rejected[:1]]
    return "nothing read" + "".join(why)


def _doubt(reading: Reading) -> str:
    """What a reading leaves to doubt, in words: pieces that were refused, or that all ink is hardly one digit."""
    if reading.seen is None and any(digit.score < _HARDLY for digit in reading.digits):
        return "its ink is hardly one digit"
    left = len(reading.rejected)
    return f"{plural(left, 'piece')} of ink left out" * bool(left)


def _print_summary(out: Path, tally: _Tally, *, json: bool) -> None:
    if json:
        print_json({"out": str(out), "pictures": tally.done, "failed": tally.failed, "held": tally.held})
        return
    held = f"; {tally.held} were there already" if tally.held else ""
    print_line(f"{plural(tally.done, 'picture')} read into {out} ({tally.failed} failed{held})")
