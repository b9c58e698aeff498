"""The ASGI application: routes, page, gate."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from tenfold.serving import api, documents, pages
from tenfold.serving.gate import Gate, log_to_stderr
from tenfold.serving.problems import Problem, answer_http_exception, answer_problem
from tenfold.serving.settings import Settings
from tenfold.serving.state import State
from tenfold.version import __version__

_SWITCH_SECONDS = 0.0005
"""A reading holds Python's lock for this long at most while a connection waits for it; the usual 5 ms, several times a
request, would be most of its time."""


def create_app(settings: Settings | None = None, siblings: Path | None = None) -> FastAPI:
    """The application for any ASGI server. siblings: a folder of theirs, where several processes serve together.

    Raises TenfoldError where the model cannot be loaded.
    """
    settings = settings or Settings()
    state = State.of(settings, siblings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(_SWITCH_SECONDS)
        cv2.setNumThreads(1)  # the pictures themselves are what runs side by side
        listening = await state.siblings.listen() if state.siblings else None
        yield
        if listening:
            listening.close()
        state.jobs.close()

    app = FastAPI(
        title="tenfold",
        version=__version__,
        description=documents.DESCRIPTION,
        docs_url=None,  # these pages load their scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.serving = state
    app.include_router(api.router)
    app.include_router(pages.router)
    app.add_exception_handler(Problem, answer_problem)
    app.add_exception_handler(HTTPException, answer_http_exception)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "x-api-key"],
        )
    app.add_middleware(Gate, settings=settings, metrics=state.metrics)
    return app


def create_worker(settings: Settings, siblings: Path) -> FastAPI:
    """The application in one of several processes, which logs for itself."""
    log_to_stderr()
    return create_app(settings, siblings)
