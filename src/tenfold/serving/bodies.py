"""A request's body as pictures: in memory only, and never more of it than the limits allow."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from tenfold.reading.sources import STANDARD_INPUT
from tenfold.serving.jobs import busy
from tenfold.serving.problems import Problem
from tenfold.serving.settings import Settings

_HELD = 16
"""Bodies of the largest size whose bytes may be in memory at a time, all connections together."""


@dataclass(frozen=True)
class Upload:
    """A picture as it came: the name that its sender gives it, '-' without one, and its bytes."""

    name: str
    content: bytes


class Intake:
    """Receives bodies. It counts the bytes that it holds, so that many slow senders cannot fill the memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._held = 0

    async def uploads(self, request: Request) -> list[Upload]:
        """The pictures of a request: the parts of a form, or the whole body. Raises Problem."""
        body = await self.body(request)
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != b"multipart/form-data":
            return [Upload(STANDARD_INPUT, body)]
        found = _parts(body, options.get(b"boundary", b""), self._settings.max_files)
        if not found:
            raise Problem(422, "the form has no pictures in it: send each as a file")
        return found

    async def body(self, request: Request) -> bytes:
        """All of a body. Raises Problem where it is too large, too slow, or ends before its end."""
        most = self._settings.max_bytes
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise self._too_large()
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._settings.max_seconds):
                async for chunk in request.stream():
                    size += len(chunk)
                    self._held += len(chunk)
                    chunks.append(chunk)
                    if size > most:
                        raise self._too_large()
                    if self._held > _HELD * most:
                        raise busy("too many pictures are on their way: try again shortly")
        except TimeoutError:
            raise Problem(
                408, f"the body did not arrive within {self._settings.max_seconds:g} s", {"Connection": "close"}
            ) from None
        except ClientDisconnect:
            raise Problem(400, "the body ended before its end") from None
        finally:
            self._held -= size
        return b"".join(chunks)

    def _too_large(self) -> Problem:
        # What is still to come is not read: the connection cannot be used again.
        return Problem(413, f"larger than {self._settings.max_mebibytes:g} MiB", {"Connection": "close"})


@dataclass
class _Part:
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    name: bytes = b""
    value: bytes = b""
    content: bytearray = field(default_factory=bytearray)

    def upload(self) -> Upload:
        disposition = {name.lower(): value for name, value in self.headers}.get(b"content-disposition", b"")
        _kind, options = parse_options_header(disposition)
        name = options.get(b"filename") or STANDARD_INPUT.encode()
        return Upload(name.decode("utf-8", "surrogateescape"), bytes(self.content))


class _Form:
    """What a parser of forms finds, part by part; its methods are what the parser calls."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.parts: list[_Part] = []
        self.ended = False

    def on_part_begin(self) -> None:
        if len(self.parts) == self._most:
            raise Problem(413, f"more than {self._most} files: send them in several requests")
        self.parts.append(_Part())

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].value += data[start:end]

    def on_header_end(self) -> None:
        part = self.parts[-1]
        part.headers.append((part.name, part.value))
        part.name = part.value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].content += data[start:end]

    def on_end(self) -> None:
        self.ended = True

    def callbacks(self) -> Any:
        """By name, as the parser wants them."""
        return {name: getattr(self, name) for name in dir(self) if name.startswith("on_")}


def _parts(body: bytes, boundary: bytes, most: int) -> list[Upload]:
    """The parts of a form. Not Starlette's own parser: that one writes large parts to the disk."""
    if not boundary:
        raise Problem(400, "the form has no boundary in its Content-Type")
    form = _Form(most)
    try:
        parser = MultipartParser(boundary, form.callbacks())
        parser.write(body)
        parser.finalize()
    except MultipartParseError as error:
        raise Problem(400, f"broken form ({error})") from None
    if not form.ended:
        raise Problem(400, "the form ends before its last boundary")
    return [part.upload() for part in form.parts]
