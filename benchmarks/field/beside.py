"""tenfold beside RapidOCR: on every list, what both read right; and how large and how fast they are."""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.field import rapidocr
from benchmarks.field.answers import reader
from benchmarks.field.lists import CHEQUES, NAMES, Lists, digits_in
from benchmarks.field.rapidocr import WAYS, Read
from benchmarks.field.summary import Case, Cases, in_order
from tenfold.errors import TenfoldError

Texts = Sequence[str]
Score = Callable[[Texts, Cases], float]


@dataclass(frozen=True)
class Peer:
    """What RapidOCR reads in each picture; by list, the milliseconds of both on the same pictures; what it is."""

    read: Mapping[Path, Read]
    times: Mapping[str, Mapping[str, float]]
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One figure of both on cases of a list. score: of the digits read in each case.

    counted: whether its mistakes are among all of them, so that every picture counts once. at_most: less is better.
    """

    of: str
    what: str
    cases: Cases
    score: Score
    ours: Callable[[Case], str] = lambda case: case.free.text
    counted: bool = False
    at_most: bool = False


def ask_rapidocr(lists: Lists, model: Path | None, timed: int) -> Peer | None:
    """Everything it is asked about the lists; None where it cannot be had."""
    if not rapidocr.is_there():
        return None
    pictures = [picture.path for name in NAMES for picture in getattr(lists, name)]
    read = dict(zip(pictures, rapidocr.recall(pictures), strict=True))
    times = {}
    for name in NAMES:
        paths = [picture.path for picture in getattr(lists, name)]
        if paths:
            print(f"timing both on pictures of {name}", flush=True)
            times[name] = _times(random.Random(0).sample(paths, min(timed, len(paths))), model)
    return Peer(read, times, rapidocr.about())


def _times(pictures: Sequence[Path], model: Path | None) -> dict[str, float]:
    """Median milliseconds a picture, one after the other in one thread, opening it included."""
    ours = [_milliseconds(picture, model) for picture in pictures]
    theirs = rapidocr.measure(pictures)
    medians = {way: statistics.median(one.milliseconds[way] for one in theirs) for way in WAYS}
    return {"n": len(pictures), "tenfold": statistics.median(ours), **medians}


def _milliseconds(picture: Path, model: Path | None) -> float:
    start = time.perf_counter()
    with suppress(TenfoldError):  # how long it takes to see that a picture cannot be read counts too
        reader(model).read(picture)
    return 1000 * (time.perf_counter() - start)


def figures(lists: Mapping[str, Cases], peer: Peer, size_bytes: int) -> dict[str, Any]:
    """Both on every row, and their sizes and times. lists: the cases by list; size_bytes: of tenfold's model."""
    rows = [_compared(row, peer) for row in rows_of(lists)]
    ours, theirs = (sum(row[key] for row in rows if row["counted"]) for key in ("mistakes", "mistakes_of_rapidocr"))
    return {
        **peer.about,
        "rows": rows,
        "rows_not_better": sum(not row["better"] for row in rows),
        "mistakes": ours,
        "mistakes_of_rapidocr": theirs,
        "share_of_mistakes": ours / max(1, theirs),
        "share_of_size": size_bytes / peer.about["size_bytes"],
        **_speed(rows, peer),
    }


def _speed(rows: Sequence[Mapping[str, Any]], peer: Peer) -> dict[str, Any]:
    """Both ones' times, and RapidOCR's as a multiple of tenfold's on the list where that is least.

    whole: where it finds the text itself; better: in the way that reads more of the list's pictures right.
    """
    ways = {name: max((row["n"], row["way"]) for row in rows if row["list"] == name)[1] for name in peer.times}
    times = {name: {**part, "way": ways[name]} for name, part in peer.times.items()}
    return {
        "times": times,
        "times_as_fast": {
            "whole": min((part["whole"] / part["tenfold"] for part in times.values()), default=None),
            "better": min((part[part["way"]] / part["tenfold"] for part in times.values()), default=None),
        },
    }


def rows_of(lists: Mapping[str, Cases]) -> Iterator[Row]:
    """Every row that has pictures."""
    yield from filter(lambda row: row.cases, (*_singles(lists["singles"]), *_others(lists)))


def _singles(cases: Cases) -> Iterator[Row]:
    told = "one digit, told so"

    def forced(case: Case) -> str:
        return case.forced.text

    yield Row("singles", told, cases, exact, forced, counted=True)
    yield Row("singles", f"{told}: mean over collections", cases, exact_by_collection, forced)
    for kind in ("canvas", "scan", "photo"):
        part = [case for case in cases if case.picture.kind == kind]
        yield Row("singles", f"{told}: {kind}", part, exact, forced)
    yield Row("singles", "one digit, unasked: exactly it", cases, exact)


def _others(lists: Mapping[str, Cases]) -> Iterator[Row]:
    yield Row("letters", "letters: some digit read", lists["letters"], some_read, counted=True, at_most=True)
    cheques = [case for case in lists["strings"] if case.picture.collection == CHEQUES]
    yield Row("strings", "cheque amounts: exact", cheques, exact, counted=True)
    numbers = [case for case in lists["strings"] if case.picture.collection != CHEQUES]
    yield Row("strings", "other numbers: exact", numbers, exact, counted=True)
    for name in sorted({case.picture.collection for case in lists["pages"]}):
        part = [case for case in lists["pages"] if case.picture.collection == name]
        yield Row("pages", f"pages, {name}: F1 of digits in order", part, f1)
    yield Row("cases", "cases: exact", lists["cases"], exact, counted=True)


def exact(texts: Texts, cases: Cases) -> float:
    """The share of pictures in which exactly the label's digits are read."""
    return sum(_right(texts, cases)) / len(cases)


def exact_by_collection(texts: Texts, cases: Cases) -> float:
    """The mean over collections of that share; pictures of no known collection are left out."""
    found: dict[str, list[bool]] = {}
    for case, right in zip(cases, _right(texts, cases), strict=True):
        found.setdefault(case.picture.collection, []).append(right)
    found.pop("", None)
    return statistics.fmean(map(statistics.fmean, found.values())) if found else 0.0


def some_read(texts: Texts, cases: Cases) -> float:
    """The share of pictures in which any digit is read."""
    return sum(map(bool, texts)) / len(cases)


def f1(texts: Texts, cases: Cases) -> float:
    """Of digits in order, all pictures together."""
    return in_order(texts, [digits_in(case.picture.label) for case in cases])["f1"]


def _right(texts: Texts, cases: Cases) -> list[bool]:
    return [text == digits_in(case.picture.label) for text, case in zip(texts, cases, strict=True)]


def _compared(row: Row, peer: Peer) -> dict[str, Any]:
    """A row's figures; RapidOCR's is the better of its two ways."""
    ours = row.score([row.ours(case) for case in row.cases], row.cases)
    by_way = {way: row.score([peer.read[c.picture.path].digits[way] for c in row.cases], row.cases) for way in WAYS}
    way = (min if row.at_most else max)(by_way, key=by_way.__getitem__)
    n, theirs = len(row.cases), by_way[way]
    return {
        "list": row.of,
        "what": row.what,
        "n": n,
        "tenfold": ours,
        "rapidocr": theirs,
        "way": way,
        "by_way": by_way,
        "better": ours < theirs if row.at_most else ours > theirs,
        "counted": row.counted,
        "mistakes": round(n * (ours if row.at_most else 1 - ours)),
        "mistakes_of_rapidocr": round(n * (theirs if row.at_most else 1 - theirs)),
    }
