"""Reads the digits of a picture: opens it, finds the ink, lays it out, and lets one model judge every piece of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.answers import Wanted, digit_of
from tenfold.reading.classifier import NOT_A_DIGIT, Classifier
from tenfold.reading.cuts import cut_wide_parts
from tenfold.reading.detector import Detector
from tenfold.reading.ink import Ink, Polarity, find_ink
from tenfold.reading.layout import Box, Line, find_layout
from tenfold.reading.outcome import Digit, Reading, Rejected
from tenfold.reading.page import Page, Picture, open_pages
from tenfold.reading.page_reader import PageReader, page_reading
from tenfold.reading.rules import without_rules
from tenfold.reading.segmentation import Candidate, alone, best_path, candidates
from tenfold.reading.separators import separator
from tenfold.reading.words import Sign, line_text, line_words

Floats = NDArray[np.float32]
Views = NDArray[np.uint8]

_LEAST = 1e-6
"""The least chance that a logarithm is taken of."""

_UNKNOWN = 0.05
"""For a model that knows nothing but digits: the chance that a piece of ink is none."""


_SURE, _COMPANY = 0.8, 2
"""A piece stands in company where so many others of its line are digits with more than this chance."""

_ALIKE = 2.2
"""Pieces are of a size if neither is so many times as high as the other."""

_IN_COMPANY = 5.0
"""A piece among digits of its size is so many times as likely to be one as the model, which sees it alone, believes:
alone, a barred 7 may be a letter; in the middle of a number hardly."""


@dataclass(frozen=True, eq=False)
class _Judged:
    """A candidate on a line with what the model says of it. shares [classes]: of each class, summing to its score.

    left_out: the share of the page's ink beside it, where it was taken for the page's only digit.
    """

    candidate: Candidate
    line: int
    shares: Floats
    accepted: bool
    left_out: float = 0.0

    @property
    def score(self) -> float:
        """The chance that it is one digit at all."""
        return float(self.shares.sum())


_DOUBTFUL = 0.9
"""A reading less sure than this is tried without the rules of the paper."""


class Reader:
    """A model, loaded once, that reads any number of pictures.

    model: a .onnx that tenfold made, or the folder of a run; None for the one that is shipped; or a Classifier that is
    loaded already. threads: for the model; None takes all cores. detector: finds the digits of a page: a page.onnx,
    or the folder of a run that holds one; None for the one that is shipped; a Detector that is loaded already; False to
    find them by their ink, as is done for a model of other classes. Raises TenfoldError where either is none of these.
    """

    def __init__(
        self,
        model: str | Path | Classifier | None = None,
        threads: int | None = None,
        detector: Detector | str | Path | Literal[False] | None = None,
    ) -> None:
        if isinstance(model, str | Path | None):
            # Between two calls of the model lies a picture's work, from which spinning threads would take a core.
            model = Classifier(model, threads, spinning=False)
        self.classifier = model
        self._card = self.classifier.card
        self._none = self._card.classes.index(NOT_A_DIGIT) if NOT_A_DIGIT in self._card.classes else None
        self._names = [name for name in self._card.classes if name != NOT_A_DIGIT]
        self._pages: PageReader | None = None
        if detector is not False and self._card.reads_pages:
            if isinstance(detector, str | Path | None):
                detector = Detector(detector, threads)
            self._pages = PageReader(detector, model)

    @property
    def detector(self) -> Detector | None:
        """What finds the digits of a page; None where they are found by their ink."""
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
        least = None if prediction_sets is None else self._card.least_share(prediction_sets)
        wanted = Wanted(single, separators, least)
        for page in open_pages(picture):
            if self._pages is not None and not single:
                yield page_reading(name, page, self._pages.see(page.grey), self._card.name, wanted)
                continue
            ink = find_ink(page.pixels)
            judged = self._judged(ink, single)
            yield self._reading(name, page, ink.polarity, judged, wanted)

    def _judged(self, ink: Ink, single: bool) -> list[_Judged]:
        """The best reading of a page: where it is doubtful and the page has rules, the one without them may be."""
        judge = self._one if single else self._all
        judged = judge(ink)
        if _quality(judged) < _DOUBTFUL and (bare := without_rules(ink)) is not None:
            again = judge(bare)
            if _quality(again) > _quality(judged):
                return again
        return judged

    def _judge(self, offers: Sequence[Candidate]) -> Floats:
        """Each candidate's shares [n, classes without none]."""
        views = np.array([offer.view for offer in offers], np.uint8).reshape(-1, 28, 28)
        probabilities = self.classifier.probabilities(views)
        return probabilities if self._none is None else np.delete(probabilities, self._none, axis=1)

    def _logarithms(self, shares: Floats) -> tuple[Floats, Floats]:
        """How likely each candidate is one digit, and how likely none."""
        none = np.full(len(shares), _UNKNOWN, np.float32) if self._none is None else 1 - shares.sum(axis=1)
        return np.log(np.maximum(shares.max(axis=1), _LEAST)), np.log(np.maximum(none, _LEAST))

    def _all(self, ink: Ink) -> list[_Judged]:
        """The best reading of every line."""
        layout = cut_wide_parts(find_layout(ink), ink.strength)
        offers = [candidates(layout, line, ink.strength) for line in layout.lines]
        shares = self._judge([offer for line in offers for offer in line])
        judged, start = [], 0
        for number, line in enumerate(layout.lines):
            of_line = shares[start : start + len(offers[number])]
            start += len(of_line)
            path = best_path(len(line.parts), offers[number], *self._logarithms(of_line))
            pieces = [_Judged(offers[number][index], number, of_line[index], accepted) for index, accepted in path]
            judged += _in_company(_all_or_none(pieces, line))
        return judged

    def _one(self, ink: Ink) -> list[_Judged]:
        """The candidate that is most like one digit and leaves out least of the ink."""
        offers = alone(find_layout(ink), ink.strength)
        if not offers:
            return []
        shares = self._judge([offer for offer, _part in offers])
        accept, _refuse = self._logarithms(shares)
        best = int(np.argmax(accept + np.log([part for _offer, part in offers])))
        offer, part = offers[best]
        return [_Judged(offer, 0, shares[best], True, left_out=1 - part)]

    def _reading(self, name: str, page: Page, polarity: Polarity, judged: list[_Judged], wanted: Wanted) -> Reading:
        digits: list[Digit] = []
        rejected: list[Rejected] = []
        seen: list[Views] = []
        refused: list[Views] = []
        lines: list[str] = []
        words: list[tuple[str, ...]] = []
        joiner = "" if all(len(name) == 1 for name in self._names) else " "
        for _line, of_line in groupby(judged, lambda one: one.line):
            pieces = list(of_line)
            reasons = [None if wanted.single else self._reason(one) for one in pieces]
            for one, reason in zip(pieces, reasons, strict=True):
                box = _scaled(one.candidate.box, page.scale)
                if reason is None:
                    digits.append(digit_of(one.shares, self._names, box, len(lines), wanted))
                    seen.append(one.candidate.view)
                elif not one.candidate.small:
                    rejected.append(Rejected(box, reason, float(one.shares.max()), one.score))
                    refused.append(one.candidate.view)
            read = [one for one, reason in zip(pieces, reasons, strict=True) if reason is None]
            if read:
                signs, height = self._signs(pieces, read)
                lines.append(line_text(signs, wanted.separators, joiner))
                words.append(line_words(signs, height, joiner))
        return Reading(
            source=name,
            page=page.number,
            lines=tuple(lines),
            digits=tuple(digits),
            rejected=tuple(rejected),
            blank=not judged,
            polarity=polarity,
            model=self._card.name,
            views=np.array(seen + refused, np.uint8).reshape(-1, 28, 28),
            left_out=sum(one.left_out for one in judged),
            words=tuple(words),
        )

    def _signs(self, pieces: list[_Judged], read: list[_Judged]) -> tuple[list[Sign], float]:
        """A line's digits and separators, from left to right; how high its digits are, in pixels."""
        top = float(np.median([one.candidate.box[1] for one in read]))
        height = float(np.median([one.candidate.box[3] for one in read]))
        signs = []
        for place, one in enumerate(pieces):
            left, _top, width, _height = one.candidate.box
            if one in read:
                signs.append(Sign(self._names[int(one.shares.argmax())], left, left + width, place))
            elif one.candidate.small and (mark := separator(one.candidate.box, top, height)):
                signs.append(Sign(mark, left, left + width, None))
        return signs, height

    def _reason(self, one: _Judged) -> str | None:
        """Why a candidate is not read as a digit; None where it is."""
        if not one.accepted or one.score < self._card.score_threshold:
            return "not a digit"
        return "unsure" if float(one.shares.max()) < self._card.threshold else None


def _all_or_none(pieces: list[_Judged], line: Line) -> list[_Judged]:
    """A line's pieces, none of them a digit that was cut from ink of which another piece is none.

    A letter or a scribble has strokes that by themselves are a 1: they would pass as digits beside what is left of it.
    """
    origins = [{part.cut_from for part in line.parts[one.candidate.first : one.candidate.last + 1]} for one in pieces]
    refused = {
        origin
        for one, origin_of in zip(pieces, origins, strict=True)
        if not one.accepted and not one.candidate.small
        for origin in origin_of
        if origin is not None
    }
    return [
        replace(one, accepted=one.accepted and not origin & refused)
        for one, origin in zip(pieces, origins, strict=True)
    ]


def _in_company(pieces: list[_Judged]) -> list[_Judged]:
    """A line's pieces, those among digits of their size with the chance of being one that they have there (Bayes)."""
    sure = [one for one in pieces if one.accepted and one.score > _SURE]
    if len(sure) < _COMPANY:
        return pieces
    height = float(np.median([one.candidate.box[3] for one in sure]))
    found = []
    for one in pieces:
        alike = height / _ALIKE < one.candidate.box[3] < height * _ALIKE
        others = len(sure) - (one in sure)
        if alike and one.accepted and others >= _COMPANY:
            one = replace(one, shares=one.shares * (_IN_COMPANY / (1 + (_IN_COMPANY - 1) * one.score)))
        found.append(one)
    return found


def _quality(judged: list[_Judged]) -> float:
    """How sure a reading is, each piece counting by its size: 1 where all are digits beyond doubt, 0 without any."""
    sizes = [0.0 if one.candidate.small else float(max(one.candidate.box[2:])) for one in judged]
    sure = [float(one.shares.max()) if one.accepted else 0.0 for one in judged]
    return float(np.dot(sizes, sure)) / sum(sizes) if any(sizes) else 0.0


def _scaled(box: Box, scale: float) -> Box:
    """A box of the page in the picture's own pixels."""
    x, y, width, height = box
    left, top = int(x * scale), int(y * scale)
    return left, top, max(1, round((x + width) * scale) - left), max(1, round((y + height) * scale) - top)


def _source(picture: Picture) -> str:
    return str(picture) if isinstance(picture, str | Path) else f"<{type(picture).__name__}>"
