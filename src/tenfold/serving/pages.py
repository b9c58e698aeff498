"""The drawing page: its few files, from memory."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from tenfold.serving.problems import Problem

FOLDER = Path(__file__).with_name("page")

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

router = APIRouter(include_in_schema=False)


@cache
def files() -> dict[str, tuple[bytes, str, str]]:
    """Each file's content, type and tag, by its name."""
    found = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}
    return {
        name: (content, TYPES[Path(name).suffix], f'"{hashlib.sha256(content).hexdigest()[:16]}"')
        for name, content in found.items()
    }


@router.get("/")
async def index(request: Request) -> Response:
    """The page."""
    return await page_file(request, "index.html")


@router.get("/page/{name}")
async def page_file(request: Request, name: str) -> Response:
    """One of its files; 304 where the browser has it."""
    if name not in files():
        raise Problem(404, f"{request.url.path}: there is nothing here")
    content, kind, tag = files()[name]
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)
