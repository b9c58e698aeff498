"""A client that costs little beside the server on the same cores: HTTP/1.1 on asyncio's streams, by hand."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.serve.inputs import Ask

_CLIENTS = 32
"""Connections that are kept open at a steady rate."""


@dataclass(frozen=True)
class Answer:
    """status 0: the connection ended without an answer. sent, seconds: when the request was, how long it took."""

    status: int
    sent: float
    seconds: float


class Connection:
    """One connection that asks again and again, opened anew where it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, ask: Ask, pause: float = 0) -> Answer:
        """One request and its answer; pause: seconds in the middle of its body, as a slow sender makes."""
        started = time.perf_counter()
        try:
            reader, writer = await self._open()
            half = len(ask.body) // 2 if pause else len(ask.body)
            writer.write(_head(ask) + ask.body[:half])
            if pause:
                await asyncio.sleep(pause)
                writer.write(ask.body[half:])
            status, keep = await _response(reader)
            if not keep:
                self.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            self.close()
            status = 0
        return Answer(status, started, time.perf_counter() - started)

    async def abort(self, ask: Ask) -> None:
        """Half of a request, then nothing: the connection is closed."""
        try:
            _reader, writer = await self._open()
            writer.write(_head(ask) + ask.body[: len(ask.body) // 2])
            await writer.drain()
        except OSError:
            pass
        self.close()

    def close(self) -> None:
        """Closes it; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        return self._streams


def _head(ask: Ask) -> bytes:
    return (
        f"{ask.method} {ask.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {ask.kind}\r\n"
        f"Content-Length: {len(ask.body)}\r\n\r\n"
    ).encode()


async def _response(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """An answer's status, and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return status, b"connection: close" not in head


async def in_turn(port: int, connections: int, asks: Callable[[], Ask | None]) -> list[Answer]:
    """Every connection asks as soon as it was answered, until asks gives None, or the server is gone."""
    answers: list[Answer] = []

    async def one() -> None:
        connection = Connection(port)
        while (ask := asks()) is not None:
            answers.append(await connection.ask(ask))
            if answers[-1].status == 0:
                await asyncio.sleep(0.02)
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return answers


async def at_a_rate(port: int, rate: float, seconds: float, asks: Callable[[], Ask]) -> list[Answer]:
    """So many requests a second, whether or not the ones before were answered; the wait for a free one counts.

    Connections take turns, for a server of several processes has each in one of them, and one alone would be asked.
    """
    idle = deque(Connection(port) for _ in range(_CLIENTS))

    async def one(due: float) -> Answer:
        connection = idle.popleft() if idle else Connection(port)
        answer = await connection.ask(asks())
        idle.append(connection)
        return Answer(answer.status, due, time.perf_counter() - due)

    started = time.perf_counter()
    tasks = []
    for number in range(int(rate * seconds)):
        due = started + number / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    answers = list(await asyncio.gather(*tasks))
    for connection in idle:
        connection.close()
    return answers
