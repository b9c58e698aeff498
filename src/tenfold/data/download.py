"""Downloads: from the first mirror that has the right bytes, into place whole or not at all."""

import hashlib
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from queue import Empty, Full, Queue
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tenfold.data.catalog import RemoteFile
from tenfold.errors import TenfoldError, cannot_write

GIVE_UP_S = 10.0
"""So long, in all, a file's mirrors are waited for where none of them answers."""
STALL_S = 8.0
"""A mirror that has sent something and falls silent for so long is asked to go on where it stopped."""
STALE_S = 3600.0
"""A partial file untouched for so long was left by a process that was killed."""
CHUNK = 1 << 16

Advance = Callable[[int], None]


class _MirrorError(Exception):
    """This mirror cannot give the file; another may."""


@dataclass
class _Patience:
    """Seconds of waiting for an answer that are left, together, to the mirrors of one file not yet asked."""

    left_s: float
    mirrors: int

    def share_s(self) -> float:
        """What the next mirror may use of it: mirrors that fail at once leave the later ones more."""
        return max(self.left_s, 0.0) / self.mirrors


def download(files: Sequence[RemoteFile], mirrors: Sequence[str], folder: Path, title: str) -> list[Path]:
    """Download files into folder, each verified and moved into place whole. Returns their paths.

    A bar on stderr shows the progress where that is a terminal. Processes that fetch the same file at once do
    not meet: each writes a partial file of its own. Raises TenfoldError, and leaves no part of a file behind,
    where no mirror has the right bytes (within ten seconds where none answers) or folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    with _progress(title, sum(file.size_bytes for file in files)) as advance:
        for file in files:
            worked = _download_one(file, mirrors, folder / file.name, title, advance)
            # The next file is first asked for where this one was had.
            mirrors = sorted(mirrors, key=lambda mirror: mirror != worked)
    return [folder / file.name for file in files]


def _download_one(file: RemoteFile, mirrors: Sequence[str], target: Path, title: str, advance: Advance) -> str:
    """Download one file from the first mirror that can give it, and say which that was."""
    partial = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    patience = _Patience(GIVE_UP_S, len(mirrors))
    problems: dict[str, list[str]] = {}
    try:
        for mirror in mirrors:
            try:
                _from_mirror(mirror + file.name, file, partial, patience, advance)
                partial.replace(target)
            except _MirrorError as problem:
                problems.setdefault(str(problem), []).append(urlsplit(mirror).hostname or mirror)
                patience.mirrors -= 1
            else:
                return mirror
    except OSError as error:
        raise unwritable(target.parent, error) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    raise TenfoldError(
        f"{title} cannot be downloaded ({_grouped(problems)}): check the network, or name a folder that holds "
        f"{target.parent.name}/{file.name} with --data-dir or TENFOLD_DATA"
    )


def _grouped(problems: Mapping[str, Sequence[str]]) -> str:
    """What went wrong at which mirrors: one that befell all of them is said once."""
    if len(problems) == 1:
        return f"{next(iter(problems))}, at every mirror"
    return "; ".join(f"{', '.join(dict.fromkeys(hosts))}: {problem}" for problem, hosts in problems.items())


def _from_mirror(url: str, file: RemoteFile, partial: Path, patience: _Patience, advance: Advance) -> None:
    """Write url's bytes to partial, going on where a connection broke, and check their hash.

    Raises _MirrorError for the mirror's faults and OSError for the disk's.
    """
    received = 0
    with partial.open("wb") as out:
        whole = False
        while not whole:
            before = received
            try:
                for start, chunk in _stream(url, received, patience):
                    if start < received:  # this server does not resume: it began again
                        out.seek(start)
                        out.truncate()
                    out.write(chunk)
                    advance(start + len(chunk) - received)
                    received = start + len(chunk)
                    if received > 2 * file.size_bytes:
                        raise _MirrorError("sends more than the published file")
                whole = True
            except _MirrorError:
                if received <= before or received > file.size_bytes:
                    advance(-received)
                    raise
        out.flush()
        os.fsync(out.fileno())
    with partial.open("rb") as written:
        if hashlib.file_digest(written, "sha256").hexdigest() != file.sha256:
            advance(-received)
            raise _MirrorError("other bytes than the published ones (wrong SHA-256)")


def _stream(url: str, start: int, patience: _Patience) -> Iterator[tuple[int, bytes]]:
    """The bytes at url from start on, as (offset, chunk); from 0 where the server cannot resume.

    The reading is done on a thread that can be left behind: the look-up of a name cannot be given a time
    limit, and one name may stand for a dozen addresses of which each would be waited for. Raises _MirrorError
    where the bytes stop early.
    """
    items: Queue[tuple[int, bytes] | Exception | None] = Queue(maxsize=64)
    abandoned = threading.Event()
    threading.Thread(target=_pump, args=(url, start, items, abandoned), daemon=True).start()
    asked, answered = time.monotonic(), False
    try:
        while True:
            limit = STALL_S if answered else patience.share_s()
            try:
                item = items.get(timeout=limit)
            except Empty:
                raise _MirrorError("fell silent" if answered else "no answer") from None
            if isinstance(item, Exception):
                raise _MirrorError(_reason(item)) from item
            if item is None:
                return
            answered = True
            yield item
    finally:
        abandoned.set()
        if not answered:
            patience.left_s -= time.monotonic() - asked


def _pump(
    url: str, start: int, items: "Queue[tuple[int, bytes] | Exception | None]", abandoned: threading.Event
) -> None:
    """Put url's bytes into items, then None, or the exception that ended them."""

    def put(item: tuple[int, bytes] | Exception | None) -> None:
        while not abandoned.is_set():
            with suppress(Full):
                return items.put(item, timeout=0.2)

    headers = {"User-Agent": "tenfold"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        with urlopen(Request(url, headers=headers), timeout=STALL_S) as response:
            offset = _offset(response, start)
            while not abandoned.is_set() and (chunk := response.read1(CHUNK)):
                put((offset, chunk))
                offset += len(chunk)
            # http.client counts down what Content-Length promised and does not mind a connection closed
            # early.
            put(ConnectionError("closed the connection early") if response.length else None)
    except HTTPError as error:
        error.close()
        put(error)
    except Exception as error:  # whatever a broken server makes http.client raise, it is this mirror's fault
        put(error)


def _offset(response: HTTPResponse, start: int) -> int:
    """Where the response's bytes belong in the file."""
    if response.status != 206:
        return 0
    if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        raise ConnectionError("resumed at the wrong place")
    return start


def _reason(error: Exception) -> str:
    """An exception in a few words."""
    if isinstance(error, HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, URLError) and isinstance(error.reason, Exception):
        return _reason(error.reason)
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def unwritable(folder: Path, error: OSError) -> TenfoldError:
    """The error for a folder of data that cannot be written."""
    elsewhere = "give a folder that holds the data with --data-dir or TENFOLD_DATA"
    return cannot_write(folder, error, elsewhere=elsewhere)


def _sweep(folder: Path) -> None:
    """Remove what processes killed in the middle of a download left behind."""
    for partial in folder.glob(".*.partial"):
        with suppress(FileNotFoundError):
            if time.time() - partial.stat().st_mtime > STALE_S:
                partial.unlink()


@contextmanager
def _progress(title: str, total_bytes: int) -> Iterator[Advance]:
    """A bar on stderr while the block runs, where that is a terminal; yields what advances it by bytes."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (TextColumn(title), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total_bytes)
        yield lambda count: bar.advance(task, count)
