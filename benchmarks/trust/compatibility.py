"""The tests with each Python that tenfold is for, and with the oldest and the newest versions of what it needs."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import xml.etree.ElementTree as xml
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT, keep_row

PYTHONS = ("3.11", "3.12", "3.13")
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"

VERSIONS: dict[str, tuple[str, ...]] = {
    "pinned": ("--constraint", str(ROOT / "constraints.txt")),
    "oldest": ("--resolution", "lowest-direct"),
    "newest": ("--upgrade",),
}
"""What is installed, and how uv is told so."""

READING = (
    "tests/reading", "tests/data", "tests/inference", "tests/test_metrics.py", "tests/test_scores_shown.py",
    "tests/trust/test_terminal.py", "tests/trust/test_reader.py",
)  # fmt: skip
"""What holds without torch."""

TRAINING = (
    "tests/test_cli.py", "tests/training", "tests/models", "tests/recipes", "tests/exporting",
    "tests/serving/test_api.py",
)  # fmt: skip

NEED_TORCH = ("--ignore=tests/data/test_augment.py",)

TOOLS = ("pytest", "pytest-xdist", "hypothesis", "httpx", "httpx2", "schemathesis")

_CORE = (
    "import importlib.metadata as m, json; print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"
)


def main(arguments: Sequence[str] = ()) -> None:
    """Make each environment, run the tests in it, and keep what came of them."""
    parser = argparse.ArgumentParser("python -m benchmarks compatibility", description=__doc__)
    parser.add_argument("--pythons", nargs="*", default=list(PYTHONS), help="versions, or paths of interpreters")
    parser.add_argument("--versions", nargs="*", choices=list(VERSIONS), default=list(VERSIONS))
    parser.add_argument("--workers", type=int, default=1, help="processes of the tests")
    chosen = parser.parse_args(list(arguments))
    if shutil.which("uv") is None:
        print("skipped: the environments are made by uv, which is not on the path: pip install uv", file=sys.stderr)
        return
    for python in chosen.pythons:
        # Old and new libraries once, with the Python that this one is: most of what differs lies in them.
        for versions in chosen.versions if _version(python) == OWN else ["pinned"]:
            row = tried(python, versions, chosen.workers)
            print(json.dumps(row), flush=True)
            print(f"kept in {keep_row('compatibility', row, key=('python', 'versions'))}")


def tried(python: str, versions: str, workers: int) -> dict[str, Any]:
    """A row: what was installed, and how many tests passed, were skipped or failed, with the names of these."""
    version = _version(python)
    row: dict[str, Any] = {"python": version, "versions": versions, "torch": _torch(version), "installed": {}}
    if version is None:
        return row | {"problem": f"no {python} on this machine"}
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder, "environment", "bin", "python")
        needs = f"{ROOT}[all,tensorboard]" if version == OWN else str(ROOT)
        try:
            _uv("venv", "--python", python, str(own.parents[1]))
            _install(own, VERSIONS[versions], needs, *(() if version == OWN else without_torch()))
            _install(own, VERSIONS["pinned"] if versions == "pinned" else (), *TOOLS)
        except subprocess.CalledProcessError as error:
            return row | {"problem": " ".join(error.stderr.split())[-300:]}
        found = json.loads(subprocess.check_output([own, "-c", _CORE], text=True))
        row["installed"] = {name: found[name] for name in direct() if name in found}
        tests = (*READING, *TRAINING) if version == OWN else (*READING, *NEED_TORCH)
        return row | _tests(own, tests, Path(folder, "found.xml"), versions, workers)


def direct() -> dict[str, str]:
    """What pyproject.toml asks for by itself, core and extras, tools of development left out: name and specifier."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [one for name, needs in project["optional-dependencies"].items() if name != "dev" for one in needs]
    names = (one.partition(";")[0] for one in (*project["dependencies"], *extras) if not one.startswith("tenfold["))
    return {name.lower(): bounds for name, bounds in map(_parted, names)}


def without_torch() -> list[str]:
    """All that can be installed beside the core where torch cannot."""
    return [f"{name}{bounds}" for name, bounds in direct().items() if name not in ("torch", "captum", "ray", "pyarrow")]


def _parted(requirement: str) -> tuple[str, str]:
    place = next(place for place, sign in enumerate(requirement) if sign in "=<>")
    return requirement[:place], requirement[place:]


def _version(python: str) -> str | None:
    """3.12 of an interpreter that is there, given by path or version; None where it is not."""
    command = python if "/" in python else f"python{python}"
    code = "import sys; print('{}.{}'.format(*sys.version_info))"
    try:
        return subprocess.run([command, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _torch(version: str | None) -> bool:
    """Whether torch has a wheel for a Python: training is tried with this one's alone, for a wheel is gigabytes."""
    asked = f"torch{direct()['torch']}"
    command = ["uv", "pip", "compile", "-", "--no-deps", "--only-binary", ":all:", "--quiet"]
    ended = subprocess.run(
        [*command, "--python-version", version or "3"], input=asked, capture_output=True, text=True, check=False
    )
    return ended.returncode == 0


def _install(python: Path, how: Sequence[str], *what: str) -> None:
    """Torch, where it is asked for, in this process's build: the usual one brings gigabytes for a GPU."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(f"torch=={metadata.version('torch')}\n")
        file.flush()
        _uv("pip", "install", "--python", str(python), "--constraint", file.name, *how, *what)


def _uv(*arguments: str) -> None:
    subprocess.run(["uv", "--quiet", *arguments], capture_output=True, text=True, check=True)


def _tests(python: Path, tests: Sequence[str], report: Path, versions: str, workers: int) -> dict[str, Any]:
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        str(workers),
        f"--junitxml={report}",
        *tests,
    ]
    if versions == "oldest":  # what newer libraries think of those that ask them is not tenfold's matter
        command += ["-W", "ignore::DeprecationWarning", "-W", "ignore::PendingDeprecationWarning"]
    variables = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    started = time.monotonic()
    ended = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    if not report.exists():
        return {"problem": " ".join((ended.stdout + ended.stderr).split())[-300:]}
    suite = next(xml.parse(report).iter("testsuite"))
    count = {name: int(suite.attrib[name]) for name in ("tests", "skipped", "failures", "errors")}
    failed = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in suite.iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]
    return {
        "passed": count["tests"] - count["skipped"] - len(failed),
        "skipped": count["skipped"],  # what is known to fail among them
        "failed": failed,
        "seconds": round(time.monotonic() - started),
    }
