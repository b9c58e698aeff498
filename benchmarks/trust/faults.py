"""Processes killed at random moments, then run again: what comes of it beside what an undisturbed run leaves."""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.machine import ROOT, keep_row

TENFOLD = (sys.executable, "-m", "tenfold")
TIMES_IN_A_ROW = 2
"""Most times that one piece of work is killed before it may come to its end."""

Outcome = dict[str, str]
"""What work left: a name for each thing that must be the same, and its hash or its words."""


@dataclass(frozen=True)
class Work:
    """Something that can be killed and run again.

    command: run in folder, the first time and after a kill; outcome: what it left, once it has ended; half: what must
    not be there after a kill, one line each.
    """

    command: Callable[[Path], list[str]]
    outcome: Callable[[Path], Outcome]
    half: Callable[[Path], list[str]] = lambda _: []


def main(arguments: Sequence[str] = ()) -> None:
    """Kill each piece of work so often, and keep what came of it."""
    parser = argparse.ArgumentParser("python -m benchmarks faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of each piece of work")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", nargs="*", choices=[*WORK, "server"], default=[*WORK, "server"])
    chosen = parser.parse_args(list(arguments))
    with tempfile.TemporaryDirectory() as folder:
        place = prepared(Path(folder))
        for name in chosen.work:
            tried = kill_server if name == "server" else kill
            row = tried(name, place, chosen.kills, random.Random(f"{chosen.seed} {name}"))
            print(row, flush=True)
            print(f"kept in {keep_row('faults', row | {'seed': chosen.seed}, key=('work',))}")


def prepared(folder: Path) -> Path:
    """A folder with what the work needs: pictures of digits, and images of bars that train in a moment."""
    draw = random.Random(0)
    (folder / "scans").mkdir()
    for number in range(60):
        image = Image.new("L", (120, 90), 235)
        points = [(draw.randint(15, 105), draw.randint(15, 75)) for _ in range(3)]
        ImageDraw.Draw(image).line(points, fill=30, width=8, joint="curve")
        image.save(folder / "scans" / f"{number:02}.png")
    generator, labels = np.random.default_rng(0), np.arange(2000) % 10
    images = generator.integers(0, 60, (2000, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 + 2 * label : 4 + 2 * label, 4:24] += 150
    np.savez(folder / "bars.npz", images=images, labels=labels)
    return folder


def kill(name: str, place: Path, kills: int, draw: random.Random) -> dict[str, Any]:
    """Kill a piece of work at random moments until it was killed so often; the row of it.

    A moment is drawn evenly from the seconds that the undisturbed work took; work that ended before is run anew.
    """
    work, row = WORK[name], _row(name)
    started = time.monotonic()
    _run(work, place, _fresh(place, name)).check_returncode()
    took = time.monotonic() - started
    undisturbed = work.outcome(place / name)
    while row["kills"] < kills:
        folder = _fresh(place, name)
        for _ in range(min(draw.randint(1, TIMES_IN_A_ROW), kills - row["kills"])):
            if _killed(work, place, folder, draw.uniform(0, took)):
                row["kills"] += 1
            half = work.half(folder)
            row["corrupt"] += bool(half)
            row["problems"] += half
            if work.outcome(folder) == undisturbed:  # killed with the work done: to train once more is another run
                break
        row["rounds"] += 1
        found = work.outcome(folder)
        if found != undisturbed:
            ended = _run(work, place, folder)
            found = work.outcome(folder) if ended.returncode == 0 else {"error": ended.stderr[-300:]}
        if found != undisturbed:
            row["different"] += 1
            row["problems"].append(_difference(undisturbed, found))
    return row | {"problems": row["problems"][:5], "seconds_undisturbed": round(took, 2)}


def _row(name: str) -> dict[str, Any]:
    """corrupt: things found by half after a kill; different: rounds that did not end as the undisturbed work did."""
    return {"work": name, "kills": 0, "rounds": 0, "corrupt": 0, "different": 0, "problems": []}


def _fresh(place: Path, name: str) -> Path:
    folder = place / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _environment(place: Path) -> dict[str, str]:
    return os.environ | {
        "HOME": str(place / "home"),
        "XDG_CACHE_HOME": str(place / "cache"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT))),  # some of the work is by what tests use
    }


def _run(work: Work, place: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        work.command(folder), cwd=folder, env=_environment(place), capture_output=True, text=True, check=False
    )


def _killed(work: Work, place: Path, folder: Path, after: float) -> bool:
    """Start the work and kill it, its children too, after so many seconds; whether it was still at it."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        work.command(folder), cwd=folder, env=_environment(place), stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        process.wait(timeout=after)
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        _end(process.pid)
        process.wait()


def _end(process: int) -> None:
    """SIGKILL to a process that leads its own group, and to the others in it."""
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _difference(expected: Outcome, found: Outcome) -> str:
    keys = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    return "; ".join(f"{key}: {str(found.get(key))[:200]} for {str(expected.get(key))[:80]}" for key in keys[:3])


# --- what is killed


def _bars(folder: Path) -> str:
    return str(folder.parent / "bars.npz")


def _train(folder: Path) -> list[str]:
    return [*TENFOLD, "train", "mlp-dropout", "--data", _bars(folder), "--epochs", "12", "--resume"]


def _trained(folder: Path) -> Outcome:
    """The runs' weights, models and scores: the same bytes, and no more runs than were asked for."""
    names = ("model.safetensors", "model.onnx", "scores.json", "recipe.toml")
    return {
        str(path.relative_to(folder)): _hash(path) for run in sorted(folder.glob("runs/*/")) for path in _in(run, names)
    }


def _in(run: Path, names: Sequence[str]) -> Iterator[Path]:
    return (run / name for name in names)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else "missing"


def _half_runs(folder: Path) -> list[str]:
    """Folders that are called runs and are none."""
    from tenfold.errors import TenfoldError
    from tenfold.run import Run

    problems = []
    for path in folder.glob("runs/*/"):
        if not path.name.endswith(".unfinished"):
            try:
                _ = Run.open(path).environment, Run.open(path).scores
            except TenfoldError as error:
                problems.append(str(error))
    return problems


def _compare(folder: Path) -> list[str]:
    return [*TENFOLD, "compare", "mlp-sgd", "mlp-dropout", "--seeds", "2", "--data", _bars(folder), "--set", "epochs=3"]


def _compared(folder: Path) -> Outcome:
    """How often each recipe and seed was trained, and to which weights; folders may be numbered in another order."""
    from tenfold.run import Run

    found: Outcome = {}
    for path in sorted(folder.glob("runs/*/")):
        if not path.name.endswith(".unfinished"):
            key = f"{path.name.rpartition('-')[0]} seed {Run.open(path).recipe['seed']}"
            found[key] = found.get(key, "") + _hash(path / "model.safetensors")
    return found


def _tune(folder: Path) -> list[str]:
    search = ["--search", "optimizer.lr=1e-4:1e-2:log", "--trials", str(4 - _complete(folder)), "--seeds", "0"]
    return [*TENFOLD, "tune", "mlp-sgd", *search, "--pruner", "none", "--set", "epochs=3", "--set", _data(folder)]


def _data(folder: Path) -> str:
    return f"data.name={json.dumps(_bars(folder))}"


def _trials(folder: Path) -> list[dict[str, Any]]:
    import sqlite3

    path = folder / "tune" / "mlp-sgd" / "study.db"
    if not path.is_file():
        return []
    with sqlite3.connect(path) as database:
        try:
            rows = database.execute("select number, state from trials order by number").fetchall()
        except sqlite3.OperationalError:  # killed before there were tables
            return []
    return [{"number": number, "state": state} for number, state in rows]


def _complete(folder: Path) -> int:
    return sum(trial["state"] == "COMPLETE" for trial in _trials(folder))


def _tuned(folder: Path) -> Outcome:
    """Four trials are complete, each of them once, none is left running."""
    trials = _trials(folder)
    numbers = [trial["number"] for trial in trials]
    running = sum(trial["state"] == "RUNNING" for trial in trials)
    return {"complete": str(_complete(folder)), "twice": str(len(numbers) - len(set(numbers))), "running": str(running)}


def _read(folder: Path) -> list[str]:
    return [*TENFOLD, "read", str(folder.parent / "scans"), "--out", "found.jsonl", "--resume", "--workers", "2"]


def _half_lines(folder: Path) -> list[str]:
    """Lines but the last that are no JSON."""
    path = folder / "found.jsonl"
    problems = []
    for line in path.read_text().split("\n")[:-1] if path.is_file() else []:
        try:
            json.loads(line)
        except ValueError:
            problems.append(f"no JSON: {line[:80]}")
    return problems


_FETCH = """
import hashlib
from pathlib import Path
from tests.data.loopback import serve
from tenfold.data.catalog import RemoteFile
from tenfold.data.download import download
content = bytes(range(256)) * 4000
file = RemoteFile("bars.bin", "both", len(content), hashlib.sha256(content).hexdigest())
with serve({"bars.bin": content}) as mirror:
    download([file], [mirror.folder("slow")], Path("cache"), "bars")
"""


def _fetch(folder: Path) -> list[str]:
    return [sys.executable, "-c", _FETCH]


def _half_downloads(folder: Path) -> list[str]:
    whole = hashlib.sha256(bytes(range(256)) * 4000).hexdigest()[:16]
    return [f"{path}: not whole" for path in folder.glob("cache/[!.]*") if _hash(path) != whole]


WORK: dict[str, Work] = {
    "download": Work(_fetch, lambda folder: {"file": _hash(folder / "cache" / "bars.bin")}, _half_downloads),
    "training": Work(_train, _trained, _half_runs),
    "compare": Work(_compare, _compared, _half_runs),
    "tune": Work(_tune, _tuned),
    "read": Work(_read, lambda folder: {"found.jsonl": _hash(folder / "found.jsonl")}, _half_lines),
}


# --- the server


def kill_server(name: str, place: Path, kills: int, draw: random.Random) -> dict[str, Any]:
    """Kill a server that is sent corrections: what it said it kept is there, whole and once; the others not by half."""
    folder = _fresh(place, name)
    pictures = sorted((place / "scans").iterdir())
    kept: set[str] = set()
    row = _row(name)
    for _ in range(kills):
        with _server(place, folder) as (process, address):
            until = time.monotonic() + draw.uniform(0, 1.5)
            while time.monotonic() < until:
                picture = draw.choice(pictures)
                kept.add(_correct(address, picture, str(int(picture.stem) % 10)))
            _end(process.pid)
        row["kills"] += 1
        row["rounds"] += 1
        found = {str(path.relative_to(folder)) for path in folder.glob("kept/[0-9]/*.png") if not _hidden(path)}
        broken = [str(path) for path in folder.glob("kept/[0-9]/*.png") if not _hidden(path) and not _opens(path)]
        row["corrupt"] += len(broken)
        row["different"] += len(kept - {""} - found)
        row["problems"] += broken[:2]
    return row | {"kept": len(kept - {""}), "seconds_undisturbed": None}


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


@contextmanager
def _server(place: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [*TENFOLD, "serve", "--port", "0", "--collect", str(folder / "kept")]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=_environment(place), start_new_session=True
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        yield process, line[line.index("http://") :].split()[0].rstrip("/")
    finally:
        _end(process.pid)
        process.wait()
        process.stderr.close()


def _correct(address: str, picture: Path, label: str) -> str:
    """Send a correction; where it was kept, as the server says."""
    url = f"{address}/v1/corrections?label={label}"
    with urlopen(Request(url, picture.read_bytes(), {"Content-Type": "image/png"}), timeout=60) as response:
        return f"kept/{json.load(response)['kept']}"


def _opens(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            image.load()
        return True
    except OSError:
        return False
