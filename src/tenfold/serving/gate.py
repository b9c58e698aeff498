"""What every request passes: who may ask, what every answer says for safety, a line of log, a count."""

import hmac
import json
import logging
import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenfold.serving.metrics import Metrics
from tenfold.serving.problems import Problem
from tenfold.serving.settings import Settings

log = logging.getLogger("tenfold.serving")

SAFETY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}

_GUARDED = ("/v1/", "/metrics")


class Gate:
    """The ASGI layer around the application."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; whatever fails in it is answered 500, and logged without what was sent."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, method = time.perf_counter(), 0, scope["method"]
        if method == "HEAD":  # is answered as GET, without the body
            scope = {**scope, "method": "GET"}

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SAFETY.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        try:
            refused = self._refused(scope)
            if refused is not None:
                await refused.response()(scope, receive, send_safely)
            else:
                await self.app(scope, receive, send_safely)
        except Exception as error:  # a fault of ours: its own words may hold what was sent, so only its kind is told
            log.error("failed", extra={"fields": {"error": type(error).__name__, "at": _place(error)}})
            if not status:
                await Problem(500, "tenfold failed on it").response()(scope, receive, send_safely)
        seconds = time.perf_counter() - started
        route = str(getattr(scope.get("route"), "path", "other"))
        method = method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
        self.metrics.count_request(route, method, status, seconds)
        fields = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
        log.info("request", extra={"fields": fields})

    def _refused(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS":  # a browser's question, which carries no key
            return None
        origin = headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
        if foreign and scope["method"] == "POST" and not {"*", origin} & set(self.settings.origins):
            return Problem(403, f"pages of {origin} may not call: start the server with --cors {origin}")
        if self.settings.api_key is None or not scope["path"].startswith(_GUARDED):
            return None
        given = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), self.settings.api_key.encode()):
            return None
        return Problem(401, "give the API key as X-API-Key, or as a Bearer token", {"WWW-Authenticate": "Bearer"})


def _place(error: Exception) -> str:
    """Where an error was raised: file and line."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"


class JsonLines(logging.Formatter):
    """A log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """time, level, event, and the record's fields."""
        seen = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z"
        fields = getattr(record, "fields", {})
        return json.dumps({"time": seen, "level": record.levelname.lower(), "event": record.getMessage()} | fields)


def log_to_stderr() -> None:
    """Every logger of this process writes JSON lines from now on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
