"""The processes of one server ask each other for their counts, so that each can tell those of all.

Each listens at a socket in a folder that is theirs alone, and tells whoever connects its families as JSON. A process
that has died is known by its socket, at which nobody listens.
"""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

from tenfold.serving.metrics import Family

_PATIENCE = 1.0
"""Seconds for a sibling to answer: one that is busy for longer is left out."""


class Siblings:
    """This process among those of its server. folder: theirs; own: what this process has counted."""

    def __init__(self, folder: Path, own: Callable[[], list[Family]]) -> None:
        self._own = own
        self._path = folder / str(os.getpid())

    async def listen(self) -> asyncio.Server:
        """From now on the others are answered, until the server that comes back is closed."""

        async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(json.dumps([astuple(family) for family in self._own()]).encode())
            await writer.drain()
            writer.close()

        return await asyncio.start_unix_server(answer, self._path)

    async def families(self) -> list[Family]:
        """What all processes have counted, each labelled with its number."""
        paths = sorted(self._path.parent.iterdir(), key=lambda path: int(path.name))
        found = await asyncio.gather(*(self._ask(path) for path in paths))
        return [one.of_process(path.name) for path, counted in zip(paths, found, strict=True) for one in counted]

    async def _ask(self, path: Path) -> list[Family]:
        if path == self._path:
            return self._own()
        try:
            async with asyncio.timeout(_PATIENCE):
                reader, writer = await asyncio.open_unix_connection(path)
                answer = await reader.read()
                writer.close()
            return [_family(*fields) for fields in json.loads(answer)]
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except (OSError, ValueError):  # too busy to answer in time, or killed before it has
            pass
        return []


def _family(name: str, kind: str, what: str, samples: list[Any]) -> Family:
    """A family whose tuples JSON has made lists."""
    return Family(
        name,
        kind,
        what,
        tuple((end, tuple((key, text) for key, text in labels), value) for end, labels, value in samples),
    )
