"""Folders of drawings, one for every page that is read: none ever takes the place of another picture's."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from PIL import Image, PngImagePlugin

from tenfold.errors import cannot_write
from tenfold.reading.drawing import draw_reading
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Page
from tenfold.reading.reader import Reader
from tenfold.reading.stages import FIRST, STAGES, draw_stages, explain_stages
from tenfold.reading.trace import retrace

_SOURCE = "Source"
"""The key in a drawing's PNG that says which page it shows, so that the same page may be drawn again in its place."""


class Gallery:
    """Draws readings into a folder: scans/a.jpg as a.png, its second page as a-2.png.

    A page whose name is another picture's already is called a.jpg.png, then a.jpg.2.png and so on. Several processes
    may draw into one folder. Raises TenfoldError where the folder cannot be made.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = _made(folder)

    def __call__(self, reader: Reader, page: Page, reading: Reading) -> Path:
        """Draws a reading of a page; returns the drawing's path. Raises TenfoldError where it cannot be written."""
        drawing = draw_reading(reading, page)
        path = _claimed((self.folder / f"{name}.png" for name in _names(reading)), reading)
        _write(drawing, path, reading)
        return path


class StagesGallery:
    """Draws the stages of readings, each into a folder of its own, called as a Gallery's drawings are.

    Raises TenfoldError where the folder cannot be made.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = _made(folder)

    def __call__(self, reader: Reader, page: Page, reading: Reading) -> Path:
        """Draws every stage of a reading of a page; returns their folder. Raises TenfoldError where it cannot."""
        trace = retrace(page, reading)
        drawings = draw_stages(trace, reader.detector)
        first = _claimed((self.folder / name / FIRST for name in _names(reading)), reading)
        for stage in STAGES:
            if stage in drawings:
                _write(drawings[stage], first.with_name(stage), reading)
            else:  # of an earlier time
                first.with_name(stage).unlink(missing_ok=True)
        text = first.with_name("stages.txt")
        with _writing(text):
            text.write_text(explain_stages(trace), encoding="utf-8", errors="backslashreplace")
        return first.parent


def _made(folder: str | Path) -> Path:
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error, "cannot be made a folder of drawings") from None
    return Path(folder)


def _names(reading: Reading) -> Iterator[str]:
    """What a drawing may be called, most wanted first."""
    source = Path("stdin" if reading.source == "-" else reading.source)
    page = f"-{reading.page + 1}" if reading.page else ""
    yield f"{source.stem}{page}"
    yield f"{source.name}{page}"
    yield from (f"{source.name}{page}.{number}" for number in count(2))


def _claimed(paths: Iterator[Path], reading: Reading) -> Path:
    """The first path that is free, now this reading's, or that is its own from an earlier time."""
    return next(path for path in paths if _claims(path, reading))


def _claims(path: Path, reading: Reading) -> bool:
    with _writing(path):
        try:
            path.parent.mkdir(exist_ok=True)
            with path.open("xb") as file:  # one process alone succeeds
                Image.new("1", (1, 1)).save(file, "PNG", pnginfo=_origin(reading))
            return True
        except FileExistsError:  # the name, or a file where there would be a folder
            return _is_of(path, reading)


def _is_of(path: Path, reading: Reading) -> bool:
    with suppress(Exception), Image.open(path, formats=["PNG"]) as drawing:  # whatever it is, it is not ours
        return drawing.info.get(_SOURCE) == _page_name(reading)
    return False


def _write(drawing: Image.Image, path: Path, reading: Reading) -> None:
    with _writing(path):
        drawing.save(path, "PNG", pnginfo=_origin(reading))


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from None


def _origin(reading: Reading) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_itxt(_SOURCE, _page_name(reading))
    return info


def _page_name(reading: Reading) -> str:
    source = reading.source if reading.source == "-" else str(Path(reading.source).absolute())
    # A name that is no Unicode cannot be kept as it is.
    return ascii(f"{source} page {reading.page + 1}")
