"""Read pictures in one call: what `tenfold.read` and `tenfold.read_many` are."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from tenfold.errors import UsageError
from tenfold.reading import batch, sources
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Picture
from tenfold.reading.reader import Reader
from tenfold.reading.sources import Failure


def read(
    picture: Picture,
    *,
    model: str | Path | None = None,
    detector: str | Path | None = None,
    single: bool = False,
    separators: bool = False,
    prediction_sets: float | None = None,
) -> Reading:
    """The reading of one picture; a `Reader` kept for many pictures saves loading the model each time.

    picture: a path, a file's bytes, a Pillow image or an array; model: a run's folder or a .onnx, None for the model
    that is shipped; detector: what finds the digits of a page, as `Reader` takes it; the rest as `Reader.read_pages`.
    Raises TenfoldError where any of them cannot be read.
    """
    reader = Reader(model, detector=detector)
    return reader.read(picture, single=single, separators=separators, prediction_sets=prediction_sets)


def read_many(
    pictures: str | Path | Iterable[str | Path],
    *,
    model: str | Path | None = None,
    detector: str | Path | None = None,
    single: bool = False,
    separators: bool = False,
    prediction_sets: float | None = None,
    workers: int | None = 1,
) -> Iterator[Reading | Failure]:
    """The readings of any number of pictures, one for each page, as they are read; nothing is kept of them.

    pictures: files, folders and globs such as 'scans/**/*.png', or one of these. What cannot be read is a Failure with
    its source and error, and the others go on. workers: processes, None for one on each core; with more than one, a
    script that calls this needs the usual `if __name__ == "__main__":`. The rest as `read`.
    """
    names = pictures if isinstance(pictures, Iterable) and not isinstance(pictures, str) else [pictures]
    results = batch.read_many(
        sources.find_pictures(map(_file_name, names)),
        model,
        detector=detector,
        workers=workers,
        single=single,
        separators=separators,
        prediction_sets=prediction_sets,
    )
    return chain.from_iterable(results)


def _file_name(picture: object) -> str:
    """A picture's name, of those that read_many takes: it keeps nothing of pictures, so these are on the disk."""
    if isinstance(picture, str | Path):
        return str(picture)
    raise UsageError(f"read_many takes files, folders and globs, not {type(picture).__name__}: give read that one")
