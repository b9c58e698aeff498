"""Runs the application until it is told to stop, and then finishes what it took."""

import os
import socket
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from tenfold.errors import TenfoldError, UsageError
from tenfold.serving.app import create_app, create_worker
from tenfold.serving.gate import log_to_stderr
from tenfold.serving.settings import Settings

Say = Callable[[str], Any]

_PATIENCE = 60.0
"""Seconds for the first of several processes to answer, on however busy a machine."""


def serve(model: str | Path | None = None, *, say: Say | None = None, **options: Any) -> None:
    """Serves until SIGINT or SIGTERM; say gets the address once it answers.

    model: a run or a .onnx; None for the shipped one. options: as `tenfold serve` takes them, port=8080.
    Raises TenfoldError where the model cannot be loaded, or the address not be had, UsageError where an option makes
    no sense.
    """
    settings = Settings(model=None if model is None else str(model), **options)
    if settings.workers > 1 and not (hasattr(socket, "SO_REUSEPORT") and hasattr(socket, "AF_UNIX")):
        raise UsageError(f"--workers {settings.workers}: several processes cannot share an address on this system")
    with _socket(settings) as listening:
        address = _address(settings, listening.getsockname()[1])
        announce = partial(say or (lambda _line: None), address)
        app = create_app(settings)  # what is wrong with the model is said here, once, not by every process
        if settings.workers == 1:
            log_to_stderr()
            _Announcing(_config(settings, app), announce).run(sockets=[listening])
            return
        with _folder() as folder:
            worker = partial(create_worker, settings, Path(folder))
            config = _config(settings, worker, factory=True, workers=settings.workers)
            _AnnouncingProcesses(config, listening, announce).run()


class _Announcing(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], Any]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then the announcement."""
        await super().startup(sockets)
        self._announce()


class _AnnouncingProcesses(Multiprocess):
    """Several processes, each with a socket of its own at one address; says when the first one answers.

    Behind one socket whichever process woke first would take all connections that come at once.
    """

    def __init__(self, config: uvicorn.Config, bound: socket.socket, announce: Callable[[], Any]) -> None:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # not before: the address was to be ours alone
        self._bound = bound
        super().__init__(config, [])
        self._announce = announce

    @property
    def sockets(self) -> list[socket.socket]:
        """For the next process, which has the only copy once it has started; the kernel shares out connections."""
        found = socket.socket(self._bound.family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        found.bind(self._bound.getsockname())
        return [found]

    @sockets.setter
    def sockets(self, _none: list[socket.socket]) -> None:
        """uvicorn's constructor sets it; there is none for all."""

    def init_processes(self) -> None:
        """As uvicorn's, then the announcement."""
        super().init_processes()
        if self.processes[0].wait_until_ready(_PATIENCE):
            self._announce()


def graceful_seconds(settings: Settings) -> int:
    """In which what was taken is finished: a body may still be arriving, then waits, then is read."""
    return round(3 * settings.max_seconds) + 1


def _config(settings: Settings, app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=graceful_seconds(settings),
        **more,
    )


def _socket(settings: Settings) -> socket.socket:
    """Bound here, not by uvicorn, which would log a taken port and leave."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two servers have one address
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
    except OSError as error:
        found.close()
        reason = error.strerror or str(error)
        raise TenfoldError(f"{settings.host}:{settings.port} cannot be had ({reason}): give another --port") from None
    found.set_inheritable(True)
    return found


def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where the processes find each other's sockets."""
    try:
        return tempfile.TemporaryDirectory(prefix="tenfold-")
    except OSError:
        raise TenfoldError(
            "several processes need a temporary folder for their sockets: set TMPDIR to one that can be written"
        ) from None


def _address(settings: Settings, port: int) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '[::]') else host}:{port}/"
