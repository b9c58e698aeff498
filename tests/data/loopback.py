"""A server on loopback that is broken in every way a mirror can be."""

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Mirror:
    """A server's files, and what is wrong with each folder of it; requests says what was asked for."""

    url: str
    files: dict[str, bytes]
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def folder(self, fault: str) -> str:
        """A mirror's address that has this fault: good, slow, missing, wrong, endless, hanging, and
        truncated (breaks off, resumes), misplaced (the same, but resumes a byte too late), stuck (breaks off, begins
        again), restarting (the same, but whole the second time), stalling (falls silent)."""
        return f"{self.url}/{fault}/"

    def hits(self, fault: str) -> int:
        return sum(path.startswith(f"/{fault}/") for path, _ in self.requests)


def _handler(mirror: Mirror) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            _, fault, name = self.path.split("/", 2)
            wanted = self.headers.get("Range")
            mirror.requests.append((self.path, wanted))
            content = mirror.files.get(name, b"")
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
            start += fault == "misplaced" and start > 0
            if fault == "missing" or name not in mirror.files:
                return self.send_error(404)
            if fault == "hanging":
                mirror.stop.wait(30)
                return None
            if fault == "wrong":
                content = bytes(len(content))
            if fault in ("stuck", "restarting"):  # breaks off at the middle and does not resume
                start = 0
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            if fault == "endless":
                self.end_headers()
                while not mirror.stop.is_set():
                    self.wfile.write(content)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            rest = content[start:]
            if fault in ("truncated", "misplaced", "stuck", "stalling") or (fault == "restarting" and not wanted):
                rest = rest[: max(1, len(rest) // 2)] if len(rest) > 8 else rest
            if fault == "slow":
                for i in range(0, len(rest), len(rest) // 4):
                    self.wfile.write(rest[i : i + len(rest) // 4])
                    time.sleep(0.3)
                return None
            self.wfile.write(rest)
            if fault == "stalling":
                mirror.stop.wait(30)
            return None

        def handle(self) -> None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                super().handle()

    return Handler


@contextmanager
def serve(files: dict[str, bytes]) -> Iterator[Mirror]:
    """A server of these files while the block runs; `mirror.folder(fault)` is a mirror with that fault."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    mirror = Mirror(f"http://127.0.0.1:{server.server_port}", files)
    server.RequestHandlerClass = _handler(mirror)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield mirror
    finally:
        mirror.stop.set()
        server.shutdown()
        server.server_close()
