"""A child process that is asked command lines, one after the other, under limits: what each said, took and wrote.

stdin: a JSON list of command lines. stdout: a line of JSON for each.
"""

import contextlib
import io
import json
import resource
import signal
import sys
import time
import traceback
from typing import Any

MEMORY = 12 * 2**30
"""Bytes of address space: a guard for the machine. What is used is measured."""

SECONDS = 60
"""For one command, on a machine that does other work too."""


def _too_long(*_: object) -> None:
    raise TimeoutError(f"longer than {SECONDS} s")


def ask(command: list[str]) -> dict[str, Any]:
    """Run a command line in this process: code, stderr, traceback, seconds, and mebibytes its memory grew by."""
    from tenfold.cli import main

    said, code, trace = io.StringIO(), None, ""
    before, started = _peak(), time.monotonic()
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = main(command)
    except BaseException:  # what the command let through is what we are after
        trace = traceback.format_exc()
    signal.alarm(0)
    return {
        "command": command,
        "code": code,
        "stderr": said.getvalue(),
        "traceback": trace,
        "seconds": time.monotonic() - started,
        "grown": _peak() - before,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _too_long)
    for command in json.load(sys.stdin):
        print(json.dumps(ask(command)), flush=True)
