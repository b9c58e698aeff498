"""Read the digits of a picture: its pages are opened, and each is read by the detector, or as one symbol."""

from collections.abc import Iterator
from pathlib import Path

from tenfold.inference.classifier import Classifier
from tenfold.reading.answers import ReadOptions
from tenfold.reading.detector import Detector
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Picture, open_pages
from tenfold.reading.page_reader import PageReader, page_reading
from tenfold.reading.symbol_reader import SymbolReader, symbol_reading


class Reader:
    """A model, loaded once, that reads any number of pictures.

    model: a .onnx that tenfold made, or the folder of a run; None for the one that is shipped; or a Classifier that is
    loaded already. threads: for the model; None takes all cores. detector: finds the digits of a page: a page.onnx,
    or the folder of a run that holds one; None for the one that is shipped; or a Detector that is loaded already. Where
    the model's classes are not the digits, a page is read as one symbol. Raises TenfoldError where either is none of
    these.
    """

    def __init__(
        self,
        model: str | Path | Classifier | None = None,
        threads: int | None = None,
        detector: Detector | str | Path | None = None,
    ) -> None:
        if isinstance(model, str | Path | None):
            # Between two calls of the model lies a picture's work, from which spinning threads would take a core.
            model = Classifier(model, threads, spinning=False)
        self.classifier = model
        self._symbols = SymbolReader(model)
        self._pages: PageReader | None = None
        if model.card.reads_pages:
            if isinstance(detector, str | Path | None):
                detector = Detector(detector, threads)
            self._pages = PageReader(detector, model)

    @property
    def detector(self) -> Detector | None:
        """What finds the digits of a page; None where a page is one symbol."""
        return self._pages.detector if self._pages else None

    def read(
        self,
        picture: Picture,
        *,
        single: bool = False,
        separators: bool = False,
        prediction_sets: float | None = None,
        source: str | None = None,
    ) -> Reading:
        """The first page of a picture; as read_pages."""
        pages = self.read_pages(
            picture, single=single, separators=separators, prediction_sets=prediction_sets, source=source
        )
        return next(pages)

    def read_pages(
        self,
        picture: Picture,
        *,
        single: bool = False,
        separators: bool = False,
        prediction_sets: float | None = None,
        source: str | None = None,
    ) -> Iterator[Reading]:
        """The reading of each page of a picture.

        single: a page is exactly one digit, which is kept however unsure the model is. separators: the lines keep
        points, commas and dashes. prediction_sets: the share of digits, as 0.01, whose prediction set may miss the
        true class. source: the picture's name in the readings. Raises TenfoldError where a page cannot be opened,
        UsageError where the model has no prediction sets.
        """
        name = source if source is not None else _source(picture)
        card = self.classifier.card
        wanted = ReadOptions(single, separators, None if prediction_sets is None else card.least_share(prediction_sets))
        for page in open_pages(picture):
            if self._pages is None or single:
                yield symbol_reading(name, page, self._symbols.see(page), card, wanted)
            else:
                yield page_reading(name, page, self._pages.see(page.grey), card.name, wanted)


def _source(picture: Picture) -> str:
    return str(picture) if isinstance(picture, str | Path) else f"<{type(picture).__name__}>"
