"""The peers: scripts that print what they measured as JSON, each in an environment of its own.

An environment is made once from a list of pinned versions, <name>.txt; without one a script runs in tenfold's.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.machine import ROOT

HERE = Path(__file__).parent
ENVIRONMENTS = ROOT / ".peers"


def run_peer(environment: str | None, script: str, arguments: list[str], threads: int | None = None) -> Any:
    """What a script of this folder prints on its last line. Raises SystemExit with its last words where it fails.

    threads: how many its libraries may use, 0 for as many as they choose; None leaves OMP_NUM_THREADS as it is.
    """
    command = _command(environment, script, arguments)
    variables = os.environ | {"KERAS_BACKEND": environment or "tensorflow"}
    if threads is not None:
        variables["OMP_NUM_THREADS"] = str(threads)
    if threads == 0:
        del variables["OMP_NUM_THREADS"]
    done = subprocess.run(command, capture_output=True, text=True, env=variables, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def ask_peer(environment: str, script: str, lines: Iterable[str]) -> Iterator[Any]:
    """What a script of this folder, given lines, prints on each of its own, as soon as it does; with one thread.

    Raises SystemExit with its last words where it fails.
    """
    command = _command(environment, script, [])
    # Files, not pipes: the script is read while it writes, and would wait for whoever empties a full pipe.
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as last_words:
        given.writelines(f"{line}\n" for line in lines)
        given.seek(0)
        variables = os.environ | {"OMP_NUM_THREADS": "1"}
        with subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=last_words, text=True, env=variables, cwd=ROOT
        ) as running:
            yield from map(json.loads, running.stdout or ())
        if running.returncode:
            last_words.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{last_words.read()[-2000:]}")


def _command(environment: str | None, script: str, arguments: list[str]) -> list[str]:
    python = sys.executable if environment is None else str(interpreter(environment))
    return [python, "-m", f"benchmarks.peers.{script}", *arguments]


@contextmanager
def keeping_compiled(folder: Path) -> Iterator[None]:
    """Meanwhile every Python that is started keeps what it compiles in a folder, whatever the environment says of it:
    as where it was installed, a module is compiled once, not by each process anew."""
    with patch.dict(os.environ, {"PYTHONPYCACHEPREFIX": str(folder)}):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        yield


def interpreter(peer: str) -> Path:
    """The Python of a peer's environment, installed from <peer>.txt where it is not there yet."""
    folder = ENVIRONMENTS / peer
    python = folder / "bin" / "python"
    if not (folder / ".ready").is_file():
        print(f"installing the peer {peer} into {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(HERE / f"{peer}.txt")]
        subprocess.run(install, check=True)
        (folder / ".ready").touch()
    return python
