"""What `tenfold doctor` does: says what may be wrong with pictures, or what this installation has and lacks."""

import platform
import re
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from tenfold.cli.actions.read import in_words
from tenfold.cli.terminal.output import print_error, print_json, print_line
from tenfold.data import inventory
from tenfold.errors import TenfoldError
from tenfold.evaluation import open_classifier
from tenfold.inference.classifier import SHIPPED
from tenfold.reading import Finding, Reader, Reading, diagnose_reading, open_pages
from tenfold.reading.sources import STANDARD_INPUT, Failure, find_pictures, standard_input
from tenfold.system import cores
from tenfold.version import __version__

Diagnosis = tuple[Reading, tuple[Finding, ...]]

_DEVELOPERS = ("all", "dev")
"""Extras that bring other extras, or what users do not need."""


def diagnose_pictures(
    names: Sequence[str], model: str | Path | None, detector: str | None = None, *, json: bool = False
) -> int:
    """Prints what may be wrong with each page of each picture. Returns the exit code: 1 where some cannot be opened.

    detector: a page network's file or run.
    """
    reader = Reader(open_classifier(model), detector=detector)
    failed = False
    for source in find_pictures(names):
        try:
            for reading, findings in _pages(reader, source):
                _print_json(reading, findings) if json else _print(reading, findings)
        except TenfoldError as error:
            failed = True
            failure = Failure.because(source.source if isinstance(source, Failure) else source, error)
            print_json(failure.to_json()) if json else print_error(f"{failure.source}: {failure.error}")
    return 1 if failed else 0


def _pages(reader: Reader, source: str | Failure) -> Iterator[Diagnosis]:
    picture = standard_input() if source == STANDARD_INPUT else source
    if isinstance(picture, Failure):
        raise TenfoldError(picture.error)
    readings = reader.read_pages(picture, source=str(source))
    for reading, page in zip(readings, open_pages(picture), strict=False):
        yield reading, diagnose_reading(page, reading)


def _print_json(reading: Reading, findings: Sequence[Finding]) -> None:
    read = reading.to_json()
    print_json(
        {key: read[key] for key in ("source", "page", "text", "confidence")}
        | {"findings": [finding.to_json() for finding in findings]}
    )


def _print(reading: Reading, findings: Sequence[Finding]) -> None:
    page = f" (page {reading.page + 1})" if reading.page else ""
    print_line(f"{reading.source}{page}: {in_words(reading)}")
    if not any(finding.problem for finding in findings):
        print_line("  nothing wrong was found")
    for finding in sorted(findings, key=lambda finding: not finding.problem):
        print_line(f"  {'' if finding.problem else 'note: '}{finding.text}")
        print_line(f"      {finding.remedy}")


def describe_installation(data_dir: str | Path | None = None) -> dict[str, Any]:
    """What is installed and found here, as `tenfold doctor --json` prints it.

    Raises UsageError where data_dir, or TENFOLD_DATA, is no folder.
    """
    extras = _extras()
    present = inventory.list_datasets(data_dir)
    return {
        "tenfold": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": extras.pop("", {}),
        "extras": extras,
        "device": _device(extras.get("train", {})),
        "threads": cores(),
        "shipped_model": SHIPPED.is_file(),
        "datasets": {one.entry.name: str(one.folder) for one in present if one.state == "here"},
        "cache": str(inventory.cache_folder()),
    }


def print_installation(found: dict[str, Any]) -> None:
    """A line for each thing that describe_installation tells, with the remedy for what is missing."""
    rows = [
        ("tenfold", f"{found['tenfold']}, Python {found['python']}, {found['platform']}"),
        ("packages", _versions(found["packages"])),
    ]
    for extra, versions in found["extras"].items():
        missing = [name for name, version in versions.items() if version is None]
        remedy = f"without {', '.join(missing)}: pip install 'tenfold[{extra}]'"
        rows.append((f"[{extra}]", remedy if missing else _versions(versions)))
    rows += [
        ("device", f"{found['device']}, {found['threads']} threads"),
        (
            "model",
            "shipped with tenfold"
            if found["shipped_model"]
            else "none shipped: tenfold train fast makes one, for --model",
        ),
        ("datasets", ", ".join(found["datasets"]) or "none: tenfold data fetch mnist"),
        ("cache", found["cache"]),
    ]
    for name, text in rows:
        print_line(f"{name:<9} {text}")


def _versions(versions: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())


def _extras() -> dict[str, dict[str, str | None]]:
    """The version of each package that each extra asks for, None where it is missing; under '' what all need."""
    extras: dict[str, dict[str, str | None]] = {}
    for requirement in metadata.requires("tenfold") or ():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        extra = re.search(r"""extra == ['"]([\w-]+)['"]""", requirement)
        key = extra[1] if extra else ""
        if key not in _DEVELOPERS:
            extras.setdefault(key, {})[name] = _version(name)
    return extras


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _device(train: dict[str, str | None]) -> str:
    """Where training would run."""
    if None in train.values():
        return "cpu"
    try:
        from tenfold.training.device import choose_device  # here: torch takes a second or two
    except Exception as error:  # a broken installation is what one asks a doctor about
        return f"cpu; torch cannot be loaded ({' '.join(str(error).split())})"
    return choose_device("auto").type
