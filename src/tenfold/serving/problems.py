"""Errors as problem objects (RFC 9457), with the words that the command line uses."""

import json
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tenfold.errors import TenfoldError, UsageError

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be answered: its status, one line of why, and what else the object shall say."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers or {}, more

    def response(self) -> Response:
        """The problem object: type, title, status, detail, and the rest."""
        title = HTTPStatus(self.status).phrase
        body = {"type": "about:blank", "title": title, "status": self.status, "detail": self.detail} | self.more
        return Response(json.dumps(body) + "\n", self.status, self.headers, MEDIA_TYPE)


def of_error(error: TenfoldError) -> Problem:
    """400 where the call itself is wrong, 422 where its content is."""
    return Problem(400 if isinstance(error, UsageError) else 422, str(error))


async def answer_problem(_request: Request, error: Exception) -> Response:
    """For FastAPI: a Problem's own response."""
    assert isinstance(error, Problem)
    return error.response()


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """For FastAPI: what the router refuses, as 404 and 405."""
    assert isinstance(error, HTTPException)
    words = {404: f"{request.url.path}: there is nothing here", 405: f"{request.method} is not answered here"}
    detail = words.get(error.status_code, str(error.detail))
    return Problem(error.status_code, detail, dict(error.headers or {})).response()
