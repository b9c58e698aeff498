"""Reads many pictures: on all cores where there are many, in a few processes' memory however many there are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any

from tenfold.errors import TenfoldError, UsageError
from tenfold.inference.classifier import Classifier
from tenfold.reading.detector import DetectorName
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Page, open_pages
from tenfold.reading.reader import Reader
from tenfold.reading.sources import STANDARD_INPUT, Failure, standard_input
from tenfold.system import cores

Results = tuple[Reading | Failure, ...]
"""What comes of one source: a reading for each page; a failure where, and as soon as, it cannot be read."""

_Task = Failure | tuple[str, str | bytes]

Onlooker = Callable[[Reader, Page, Reading], object]
"""Is shown every reading with its page, where it is read: other processes call it, so it is pickled."""

_FEW = 16
"""Up to so many pictures are read before other processes would have loaded their model."""


def read_many(
    sources: Iterable[str | Failure],
    model: str | Path | Classifier | None,
    *,
    detector: DetectorName = None,
    workers: int | None = None,
    onlookers: Sequence[Onlooker] = (),
    **options: Any,
) -> Iterator[Results]:
    """What comes of each source, in their order, taken from sources no faster than they are read.

    sources: as find_pictures gives them. workers: processes, one for each core where None; one, or few sources, are
    read in this process. onlookers: called for every page once it is read, before the next one; a TenfoldError that
    they raise becomes a Failure. model, detector, options: as Reader and its read_pages take them; of a Classifier that
    is loaded already, other processes load the file. Whatever is wrong with a picture is a Failure, and the others go
    on. Raises TenfoldError where the model or the detector cannot be loaded, or cannot do what options ask.
    """
    tasks = (_opened(source) for source in sources)
    few = list(islice(tasks, _FEW + 1))
    workers = cores() if workers is None else workers
    if workers == 1 or len(few) <= _FEW:
        return map(prepared(model, options, onlookers, detector=detector), chain(few, tasks))
    from tenfold.reading.workers import map_in_processes  # here: multiprocessing takes 15 ms to import

    file = model.path if isinstance(model, Classifier) else model
    prepare = partial(prepared, file, options, onlookers, threads=1, detector=detector)
    return map_in_processes(prepare, chain(few, tasks), workers, _died, at_once=cores())


def _opened(source: str | Failure) -> _Task:
    """Standard input belongs to this process; all else is opened where it is read."""
    if isinstance(source, Failure):
        return source
    if source != STANDARD_INPUT:
        return source, source
    content = standard_input()
    return content if isinstance(content, Failure) else (source, content)


def prepared(
    model: str | Path | Classifier | None,
    options: dict[str, Any],
    onlookers: Sequence[Onlooker],
    threads: int | None = None,
    detector: DetectorName = None,
) -> Callable[[_Task], Results]:
    """What reads one task, a failure or a source with what opens it: for those who hand out the tasks themselves."""
    if threads is not None:
        import cv2

        cv2.setNumThreads(threads)
    return partial(_read, Reader(model, threads, detector), options, onlookers)


def _read(reader: Reader, options: dict[str, Any], onlookers: Sequence[Onlooker], task: _Task) -> Results:
    if isinstance(task, Failure):
        return (task,)
    source, picture = task
    results: list[Reading | Failure] = []
    try:
        # A reading keeps no pixels: for who looks on, the pages are opened once more, one at a time.
        pages = open_pages(picture) if onlookers else repeat(None)
        for reading, page in zip(reader.read_pages(picture, source=source, **options), pages, strict=False):
            results.append(reading)  # not extend: the pages before a broken one are kept
            if page is not None:
                for look in onlookers:
                    look(reader, page, reading)
    except UsageError:  # the same for every picture
        raise
    except TenfoldError as error:
        results.append(Failure.because(source, error))
    except MemoryError:
        results.append(Failure(source, "not enough memory"))
    except Exception as error:  # a fault of ours: it must not cost the other thousands
        results.append(
            Failure(source, f"tenfold failed on it ({type(error).__name__}: {' '.join(str(error).split())})")
        )
    return tuple(results)


def _died(task: _Task, how: str) -> Results:
    source = task.source if isinstance(task, Failure) else task[0]
    return (Failure(source, f"the process that read it died ({how}; was there not enough memory?)"),)
