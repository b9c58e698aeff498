"""Asks tenfold and its peers about every picture."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.field.answers import Answers, Picture, Workers, answer
from benchmarks.field.beside import Peer, ask_rapidocr
from benchmarks.field.distractors import blanks, distractors
from benchmarks.field.lists import CHEQUES, NAMES, Labelled, Lists
from benchmarks.field.peers import TESSERACT, TUTORIAL, tesseract, tesseract_version, tutorial
from benchmarks.field.summary import Case


@dataclass(frozen=True)
class Plan:
    """What is asked: of the shipped model where none is given.

    distractors: pictures of each kind without a digit; tesseract: how many singles, and half as many cheque amounts
    and other numbers, Tesseract is asked about, for it needs a tenth of a second each; all where None. rapidocr:
    whether RapidOCR is asked; timed: how many pictures of each list it and tenfold are timed on in turn.
    """

    model: Path | None = None
    processes: int = 2
    distractors: int = 500
    tesseract: int | None = 300
    rapidocr: bool = True
    timed: int = 20


@dataclass(frozen=True)
class Answered:
    """Every list with its answers; distractors by kind; blank pictures by name."""

    singles: list[Case]
    strings: list[Case]
    letters: list[Case]
    pages: list[Case]
    cases: list[Case]
    distractors: dict[str, list[Answers]]
    blanks: dict[str, Answers]
    rapidocr: Peer | None = None


def ask(lists: Lists, plan: Plan) -> Answered:
    """Every answer to every picture; what cannot be asked is left out with a printed line."""
    others, empty = distractors(plan.distractors), dict(blanks())
    with_tesseract = tesseract_version() is not None
    if not with_tesseract:
        print("Tesseract is left out: it is not installed (Debian: apt install tesseract-ocr)")
    with Workers(plan.processes) as workers:
        singles, strings, letters, pages, cases = (_cases(name, getattr(lists, name), plan, workers) for name in NAMES)
        singles = _beside_tutorial(singles, plan, workers)
        if with_tesseract:
            half = plan.tesseract and plan.tesseract // 2
            cheques = [case for case in strings if case.picture.collection == CHEQUES]
            numbers = [case for case in strings if case.picture.collection != CHEQUES]
            singles = _beside_tesseract(singles, plan.tesseract, workers)
            strings = _beside_tesseract(cheques, half, workers) + _beside_tesseract(numbers, half, workers)
        kinds = {name: _answers(f"of {name}", pictures, plan, workers) for name, pictures in others.items()}
        nothing = _answers("of nothing", list(empty.values()), plan, workers)
    beside = ask_rapidocr(lists, plan.model, plan.timed) if plan.rapidocr else None
    return Answered(
        singles, strings, letters, pages, cases, kinds, dict(zip(empty, nothing, strict=True)), rapidocr=beside
    )


def _answers(what: str, pictures: Sequence[Picture], plan: Plan, workers: Workers) -> list[Answers]:
    print(f"reading {len(pictures)} pictures {what}", flush=True)
    return workers.each(partial(answer, plan.model), pictures)


def _cases(name: str, pictures: Sequence[Labelled], plan: Plan, workers: Workers) -> list[Case]:
    answers = _answers(f"of {name}", [picture.path for picture in pictures], plan, workers)
    return [Case(picture, both.free, both.forced) for picture, both in zip(pictures, answers, strict=True)]


def _beside_tutorial(cases: list[Case], plan: Plan, workers: Workers) -> list[Case]:
    """The singles with what the tutorial's pipeline reads in them."""
    found = workers.each(partial(tutorial, plan.model), [case.picture.path for case in cases])
    return [
        replace(case, peers=dict(zip(TUTORIAL, both, strict=True))) for case, both in zip(cases, found, strict=True)
    ]


def _beside_tesseract(cases: list[Case], limit: int | None, workers: Workers) -> list[Case]:
    """The cases, with what Tesseract reads in at most limit of them, always the same ones."""
    count = len(cases) if limit is None else min(limit, len(cases))
    places = random.Random(0).sample(range(len(cases)), count)
    asked = dict(zip(places, workers.each(_ask_tesseract, [cases[place].picture for place in places]), strict=True))
    return [
        replace(case, peers={**case.peers, TESSERACT: "/".join(asked[place])}) if place in asked else case
        for place, case in enumerate(cases)
    ]


def _ask_tesseract(picture: Labelled) -> tuple[str, ...]:
    shows = "digit" if len(picture.label) == 1 else "block" if "/" in picture.label else "line"
    return tesseract(picture.path, shows)
