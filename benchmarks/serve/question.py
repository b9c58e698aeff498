"""Asks the server from another process, over loopback, on the same cores: speed, rubbish, a mixed crowd, its end."""

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import RESULTS, write_result
from benchmarks.serve import inputs
from benchmarks.serve.browser import page
from benchmarks.serve.client import Answer, Connection, at_a_rate, in_turn

RATE = 300
"""Pictures a second that two cores should answer, 99 of 100 within 40 ms."""

_ACCEPTED = 0.1
"""Seconds before SIGTERM: what was sent earlier, the server had."""


class Server:
    """`tenfold serve` in processes of its own; its log goes to a file, so that no pipe fills."""

    def __init__(self, workers: int, folder: Path) -> None:
        command = [sys.executable, "-m", "tenfold", "serve", "--port", "0", "--workers", str(workers)]
        log = folder / "serve.log"
        started = time.perf_counter()
        with log.open("w") as file:
            self.process = subprocess.Popen(command, stderr=file)
        while not (line := log.read_text().partition("\n")[0]).startswith("tenfold serves"):
            if self.process.poll() is not None:
                raise RuntimeError(log.read_text())
            time.sleep(0.01)
        self.start_seconds = time.perf_counter() - started
        self.port = int(line.split(":")[2].split("/")[0])

    def memory(self) -> float:
        """Mebibytes that its processes hold."""
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in self._processes()]
        return sum(int(status.partition("VmRSS:")[2].split()[0]) for status in statuses) / 1024

    def processor_seconds(self) -> float:
        """That its processes have had, whatever else the machine does."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._processes()]
        return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")

    def _processes(self) -> list[int]:
        found = [self.process.pid]
        for pid in found:
            found += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found

    def stop(self) -> None:
        """SIGTERM, and its end."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def _figures(answers: Sequence[Answer], seconds: float) -> dict[str, Any]:
    times = np.array([answer.seconds for answer in answers]) * 1000
    p50, p99 = (round(float(share), 1) for share in np.percentile(times, [50, 99])) if len(times) else (None, None)
    return {
        "answers": len(answers),
        "per_second": round(len(answers) / seconds, 1),
        "p50_ms": p50,
        "p99_ms": p99,
        "statuses": {str(status): count for status, count in sorted(Counter(a.status for a in answers).items())},
    }


async def speed(server: Server, seconds: float, connections: int, path: str = "/v1/read") -> dict[str, Any]:
    """Drawings of one digit: as fast as some connections are answered, then at a steady rate."""
    asks = inputs.drawings(100)
    if path == "/v1/classify":
        asks = [inputs.Ask(path, bytes(784))]
    turn, until = itertools.cycle(asks), 0.0

    def until_over() -> inputs.Ask | None:
        return next(turn) if time.perf_counter() < until else None

    until = time.perf_counter() + min(2, seconds)
    await in_turn(server.port, connections, until_over)  # warm
    used, until = server.processor_seconds(), time.perf_counter() + seconds
    fast = _figures(await in_turn(server.port, connections, until_over), seconds)
    fast["server_processor_ms_each"] = round(1000 * (server.processor_seconds() - used) / max(1, fast["answers"]), 2)
    steady = _figures(await at_a_rate(server.port, RATE, seconds, lambda: next(turn)), seconds)
    return {"connections": connections, "as_fast_as_answered": fast, f"at_{RATE}_a_second": steady}


async def crowd(server: Server, seconds: float, connections: int) -> dict[str, Any]:
    """Drawings, a page in twenty, bad input in twenty, slow senders and aborted uploads, all at once."""
    source = random.Random(3)
    drawings, pages, bad = inputs.drawings(100), inputs.pages(6), inputs.bad(500)
    until = time.perf_counter() + seconds
    answers: dict[str, list[Answer]] = {"drawing": [], "page": [], "bad": [], "slow": []}
    aborted, memory = 0, [server.memory()]

    async def ordinary() -> None:
        connection = Connection(server.port)
        while time.perf_counter() < until:
            kind = source.choices(("drawing", "page", "bad"), (90, 5, 5))[0]
            chosen = source.choice({"drawing": drawings, "page": pages, "bad": bad}[kind])
            answers[kind].append(await connection.ask(chosen))
        connection.close()

    async def awkward() -> None:
        nonlocal aborted
        connection = Connection(server.port)
        while time.perf_counter() < until:
            if source.random() < 0.5:
                answers["slow"].append(await connection.ask(source.choice(pages), pause=source.uniform(0.2, 2)))
            else:
                await connection.abort(source.choice(pages))
                aborted += 1
                await asyncio.sleep(source.uniform(0, 0.5))
        connection.close()

    async def watch() -> None:
        while time.perf_counter() < until:
            await asyncio.sleep(min(1, seconds / 20))
            memory.append(server.memory())

    await asyncio.gather(watch(), *(ordinary() for _ in range(connections)), *(awkward() for _ in range(4)))
    early = memory[len(memory) // 5 :]
    return {
        "seconds": seconds,
        **{kind: _figures(found, seconds) for kind, found in answers.items()},
        "aborted": aborted,
        "server_errors": sum(one.status >= 500 and one.status != 503 for found in answers.values() for one in found),
        "unanswered": sum(one.status == 0 for found in answers.values() for one in found),
        "memory_mib": {"first": round(early[0]), "last": round(memory[-1]), "most": round(max(memory))},
        "memory_grew": round(memory[-1] / early[0] - 1, 3),
    }


async def rubbish(port: int, count: int, connections: int) -> dict[str, Any]:
    """Bad inputs only: every one is to be answered 4xx."""
    asks = iter(inputs.bad(count))
    started = time.perf_counter()
    answers = await in_turn(port, connections, lambda: next(asks, None))
    found = _figures(answers, time.perf_counter() - started)
    return found | {"not_4xx": sum(not 400 <= answer.status < 500 for answer in answers)}


async def end(server: Server, seconds: float, connections: int) -> dict[str, Any]:
    """SIGTERM while connections are busy: of what was sent before it, all is to be answered."""
    turn = itertools.cycle(inputs.drawings(50) + inputs.pages(4))
    over = asyncio.Event()
    asking = asyncio.create_task(in_turn(server.port, connections, lambda: None if over.is_set() else next(turn)))
    await asyncio.sleep(seconds)
    told = time.perf_counter()
    server.process.send_signal(signal.SIGTERM)
    while server.process.poll() is None:
        await asyncio.sleep(0.01)
    took = time.perf_counter() - told
    over.set()
    accepted = [answer for answer in await asking if answer.sent < told - _ACCEPTED]
    in_flight = [answer for answer in accepted if answer.sent + answer.seconds > told]
    lost = sum(answer.status != 200 for answer in accepted)
    return {
        "accepted": len(accepted),
        "in_flight_at_the_signal": len(in_flight),
        "lost": lost,
        "seconds": round(took, 2),
    }


def start(folder: Path) -> dict[str, Any]:
    """From the command to the address, one process: the median of three, for the first reads from the disk."""
    seconds = []
    for _ in range(3):
        server = Server(1, folder)
        seconds.append(server.start_seconds)
        server.stop()
    return {"seconds": round(sorted(seconds)[1], 2)}


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The parts that are wanted, on one server after another."""
    connections, seconds = arguments.connections, arguments.seconds
    asked: dict[str, Callable[[Server], Coroutine[Any, Any, dict[str, Any]]]] = {
        "read": lambda server: speed(server, min(15, seconds / 2), connections),
        "classify": lambda server: speed(server, min(10, seconds / 2), connections, "/v1/classify"),
        "rubbish": lambda server: rubbish(server.port, arguments.bad, connections),
        "crowd": lambda server: crowd(server, seconds, connections),
        "end": lambda server: end(server, min(2, seconds), 2 * connections),
    }
    found: dict[str, Any] = {"workers": arguments.workers}

    def keep(name: str, ask: Callable[[], dict[str, Any]]) -> None:
        found[name] = {"load_average": round(os.getloadavg()[0], 1), **ask()}
        print(name, found[name], flush=True)

    if "start" in arguments.only:
        keep("start", lambda: start(folder))
    server = Server(arguments.workers, folder)
    try:
        if "page" in arguments.only:
            keep("page", lambda: page(f"http://127.0.0.1:{server.port}/"))
        for name in (name for name in asked if name in arguments.only):
            keep(name, partial(_run, asked[name], server))
    finally:
        server.stop()
    return found


def _run(part: Callable[[Server], Coroutine[Any, Any, dict[str, Any]]], server: Server) -> dict[str, Any]:
    return asyncio.run(part(server))


PARTS = ("start", "page", "read", "classify", "rubbish", "crowd", "end")


def main(arguments: Sequence[str] = (), tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    parser = argparse.ArgumentParser("python -m benchmarks serve", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="of mixed traffic; speed takes 15 at most")
    parser.add_argument("--bad", type=int, default=10_000, help="bad inputs")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, help="parts; the others' results stay as kept"
    )
    short = ["--seconds", "1", "--bad", "60", "--connections", "2", "--workers", "1", "--only", *PARTS[2:]]
    chosen = parser.parse_args(short if tiny else arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(chosen, Path(folder))
    if not tiny:
        kept = {} if set(chosen.only) == set(PARTS) else _kept()
        print(f"kept in {write_result('serve', kept | found)}")


def _kept() -> dict[str, Any]:
    """The last results of all parts."""
    path = RESULTS / "serve.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {name: values for name, values in found.items() if name in PARTS}
