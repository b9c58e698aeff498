"""RapidOCR, a general reader of text: the digits of what it reads, and how long that takes.

It is asked about a picture once and its answer kept beside its environment, for it is the same whatever tenfold reads;
times are measured anew.
"""

import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.field.lists import digits_in
from benchmarks.peers import ENVIRONMENTS, ask_peer, interpreter

ENVIRONMENT, SCRIPT = "rapidocr", "rapidocr_read"

WAYS = {"whole": "whole picture", "alone": "recognition alone"}
"""Text is found and then recognised, or the whole picture is recognised as one line."""


@dataclass(frozen=True)
class Read:
    """The digits that it reads in a picture, all lines after each other, and the milliseconds, either of each way."""

    digits: dict[str, str]
    milliseconds: dict[str, float]


def is_there() -> bool:
    """Whether its environment is, or could be made; a printed line says why not."""
    try:
        interpreter(ENVIRONMENT)
    except subprocess.CalledProcessError as error:
        print(f"RapidOCR is left out: its environment could not be made ({error})")
        return False
    return True


def about() -> dict[str, Any]:
    """The "versions" of its packages, and the "size_bytes" of its models."""
    [found] = ask_peer(ENVIRONMENT, SCRIPT, ())
    return dict(found)


def measure(pictures: Sequence[Path]) -> list[Read]:
    """What it reads now, in a fresh process with one thread."""
    *answers, _about = ask_peer(ENVIRONMENT, SCRIPT, map(str, pictures))
    return [_read(answer) for answer in answers]


def recall(pictures: Sequence[Path], kept: Path | None = None) -> list[Read]:
    """What it reads, asked only where that is not kept yet.

    kept: a file of a JSON line for each picture; beside the environment by default. It grows with every answer, so
    that what was asked is not lost where the rest is interrupted.
    """
    file = kept or ENVIRONMENTS / ENVIRONMENT / "answers.jsonl"
    known = _known(file)
    keys = [hashlib.sha256(picture.read_bytes()).hexdigest() for picture in pictures]
    unknown = {key: str(picture) for key, picture in zip(keys, pictures, strict=True) if key not in known}
    if unknown:
        print(f"RapidOCR reads {len(unknown)} pictures", flush=True)
        with file.open("a", encoding="utf-8") as lines:
            for answer in ask_peer(ENVIRONMENT, SCRIPT, unknown.values()):
                if "sha256" in answer:
                    lines.write(json.dumps(answer) + "\n")
                    lines.flush()
        known = _known(file)
    return [_read(known[key]) for key in keys]


def _known(file: Path) -> dict[str, dict[str, Any]]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else ()
    return {answer["sha256"]: answer for answer in map(json.loads, lines)}


def _read(answer: dict[str, Any]) -> Read:
    return Read(
        digits={way: digits_in(answer[way]) for way in WAYS},
        milliseconds={way: answer[f"{way}_ms"] for way in WAYS},
    )
