"""How long does a newcomer wait, and does every step work, from an empty folder with an empty home?

Two fresh clones. In one, README's way to read alone: the core, until a picture is read from outside the clone; what it
takes on the disk is measured there, and whether the wheel it was installed by is whole. In the other `make demo`, until
a model is trained; then, command by command as they stand, the three paths of docs/getting-started.md.

Packages come from pip's cache as it is, so the second time counts. MNIST comes from TENFOLD_DATA where that is set. The
first command that fails ends it, with exit code 1.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.machine import ROOT, write_result
from tenfold.data import load_dataset

PEOPLE = ("learner", "practitioner", "researcher")

WHOLE = (
    "inference/weights/digits.onnx",
    "recipes/fast.toml",
    "recipes/__init__.py",
    "drawing_page/index.html",
    "serving/api.js",
    "formats/web/api.js",
    "reports/report.html.jinja",
    "data/checksums.txt",
    "py.typed",
)
"""One of each kind of file that is no code, and that the wheel must bring."""


class Newcomer:
    """Somebody's shell: a working folder, an empty home, and programs found as a fresh login finds them."""

    def __init__(self, folder: Path, home: Path, programs: Path | None = None) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TENFOLD", "PYTHON", "XDG_"))}
        if "TENFOLD_DATA" in os.environ:
            kept["TENFOLD_DATA"] = str(Path(os.environ["TENFOLD_DATA"]).resolve())
        cache = subprocess.run(
            [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True
        )
        path = [*([str(programs)] if programs else []), str(Path(sys.base_prefix, "bin")), "/usr/bin", "/bin"]
        self.folder = folder
        self.environment = kept | {"HOME": str(home), "PATH": os.pathsep.join(path)}
        self.environment.setdefault("PIP_CACHE_DIR", cache.stdout.strip())
        self.environment.pop("VIRTUAL_ENV", None)

    def run(self, line: str) -> float:
        """Type a line. Returns the seconds it took; SystemExit, after what it printed, where it fails."""
        started = time.perf_counter()
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - started
        print(f"{seconds:>8.1f} s  {line}", flush=True)
        if done.returncode:
            print(f"{done.stdout}{done.stderr}exit code {done.returncode}: {line}", file=sys.stderr)
            raise SystemExit(1)
        return seconds

    @contextmanager
    def running(self, line: str) -> Iterator[None]:
        """A command that goes on until it is stopped, as a server."""
        with subprocess.Popen(
            shlex.split(line), cwd=self.folder, env=self.environment, stderr=subprocess.DEVNULL
        ) as server:
            try:
                yield
            finally:
                server.terminate()


def measure() -> dict[str, Any]:
    """Everything, in an empty folder that is gone afterwards."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="first-hour-") as empty:
        folder = Path(empty)
        (folder / "home").mkdir()
        alone = _read_alone(folder)
        trained = _clone(folder, "tenfold") + Newcomer(folder / "tenfold", folder / "home").run("make demo")
        house = folder / "tenfold"
        _furnish(house)
        newcomer = Newcomer(house, folder / "home", house / ".venv" / "bin")
        paths = {person: sum(_follow(newcomer, line) for line in _path_of(person, house)) for person in PEOPLE}
    return {"load_before": load, "seconds_to_model": trained, "seconds_of_path": paths, **alone}


def _clone(folder: Path, name: str) -> float:
    return Newcomer(folder, folder / "home").run(f"git clone --quiet {shlex.quote(str(ROOT))} {name}")


def _read_alone(folder: Path) -> dict[str, Any]:
    """README's way to read without training: the core alone."""
    seconds = _clone(folder, "core")
    core = folder / "core"
    newcomer = Newcomer(core, folder / "home")
    for line in _block(core / "README.md", "Only to read pictures"):
        seconds += newcomer.run(line)
    _furnish(folder)
    python = core / ".venv" / "bin" / "python"
    elsewhere = Newcomer(folder, folder / "home", python.parent)
    seconds += elsewhere.run("tenfold read photo.jpg")
    site = next((core / ".venv" / "lib").glob("python3*/site-packages"))
    missing = [name for name in WHOLE if not (site / "tenfold" / name).is_file()]
    elsewhere.run("core/.venv/bin/python -m pip wheel --quiet --no-deps --wheel-dir wheel ./core")
    (wheel,) = (folder / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        missing += [name for name in WHOLE if f"tenfold/{name}" not in archive.namelist()]
    if missing:
        raise SystemExit(f"missing of the wheel: {', '.join(missing)}")
    installers = ("pip", "setuptools", "pkg_resources", "_distutils_hack")
    packages = {entry.name: _size(entry) for entry in site.iterdir() if not entry.name.startswith(installers)}
    return {"seconds_to_reading": seconds, "wheel_bytes": wheel.stat().st_size, "core_bytes": packages}


def _size(path: Path) -> int:
    return sum(one.stat().st_size for one in [path, *path.rglob("*")] if one.is_file())


def _block(page: Path, before: str) -> list[str]:
    """The commands of the first indented or fenced block behind the words `before`."""
    text = page.read_text(encoding="utf-8").partition(before)[2]
    indented = re.search(r"(?:^    .*\n)+", text, re.MULTILINE)
    assert indented, f"{page.name} says no more how to do it: {before}"
    return [line.partition("  #")[0].strip() for line in indented[0].splitlines()]


def _path_of(person: str, house: Path) -> list[str]:
    """The commands of a person's section of docs/getting-started.md."""
    text = (house / "docs" / "getting-started.md").read_text(encoding="utf-8")
    section = text.partition(f"## The {person}")[2].partition("\n## ")[0]
    return [line for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL) for line in block.splitlines()]


def _follow(newcomer: Newcomer, line: str) -> float:
    """Type a line of the page; a server is asked to read a picture, then stopped."""
    if not line.startswith("tenfold serve"):
        return newcomer.run(line)
    port = re.search(r"--port (\d+)", line)
    address = f"http://127.0.0.1:{port[1] if port else 8000}"
    started = time.perf_counter()
    with newcomer.running(line):
        _patiently(lambda: urllib.request.urlopen(f"{address}/healthz", timeout=2).close())
        newcomer.run(f"curl --silent --fail --data-binary @photo.jpg {address}/v1/read")
    return time.perf_counter() - started


def _patiently(ask: Callable[[], None], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _furnish(folder: Path) -> None:
    """Pictures of one's own: a photo, a folder of scans, a few single digits by class."""
    drawn = load_dataset("strokes", "test", size=240)
    of = {digit: iter(drawn.images[drawn.labels == digit]) for digit in range(10)}
    (folder / "scans").mkdir()
    for name, number in (("photo.jpg", "7"), ("scans/1.png", "1947"), ("scans/2.png", "90210")):
        views = [next(of[int(digit)]) for digit in number]
        _save(np.hstack([np.pad(view, ((8, 8), (2, 2))) for view in views]), folder / name)
    for digit, rest in of.items():
        (folder / "digits" / str(digit)).mkdir(parents=True)
        for place, view in enumerate(rest):
            _save(np.pad(view, 6), folder / "digits" / str(digit) / f"{place}.png")


def _save(views: np.ndarray[Any, np.dtype[np.uint8]], path: Path) -> None:
    """Light ink on black, as dark ink on paper, three times as large."""
    paper = Image.fromarray((230 - views * (190 / 255)).astype(np.uint8))
    paper.resize((3 * paper.width, 3 * paper.height), Image.Resampling.BICUBIC).save(path)


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows what would be done."""
    if tiny:
        lines = [line for person in PEOPLE for line in _path_of(person, ROOT)]
        print(*_block(ROOT / "README.md", "Only to read pictures"), *lines, sep="\n")
        return
    print(f"kept in {write_result('first-hour', measure())}")
