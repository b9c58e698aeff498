"""The drawing page: its few files, from memory."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from tenfold.drawing_page import Words, page_files
from tenfold.serving.problems import Problem

_API = Path(__file__).with_name("api.js")

_WORDS = Words(
    head="",
    about="Draw a digit, or open a picture of some: tenfold reads it and shows what it saw.",
    invitation="Draw a digit or a number.",
    waiting="Nothing drawn yet.",
    accepts="image/*,.pdf,.tif,.tiff,.heic",
    unscripted="This page draws and asks with JavaScript; without it, POST a picture to /v1/read.",
)

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

router = APIRouter(include_in_schema=False)


@cache
def files() -> dict[str, tuple[bytes, str, str]]:
    """Each file's content, type and tag, by its path."""
    return {
        path: (content, TYPES[Path(path).suffix], f'"{hashlib.sha256(content).hexdigest()[:16]}"')
        for path, content in page_files(_API, _WORDS).items()
    }


@router.get("/")
@router.get("/page/{name}")
async def page_file(request: Request, name: str | None = None) -> Response:
    """The page, or one of its files; 304 where the browser has it."""
    path = "index.html" if name is None else f"page/{name}"
    if path not in files():
        raise Problem(404, f"{request.url.path}: there is nothing here")
    content, kind, tag = files()[path]
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)
