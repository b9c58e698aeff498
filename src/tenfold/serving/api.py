"""The routes under /v1, and those that watch over the server."""

import json
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from tenfold.errors import TenfoldError, is_full, remedy
from tenfold.serving import documents, queries, views
from tenfold.serving.metrics import MEDIA_TYPE, text
from tenfold.serving.pictures import AnswerOptions, check_size, read_uploads
from tenfold.serving.problems import Problem, of_error
from tenfold.serving.state import State
from tenfold.version import __version__

JSON, LINES = "application/json", "application/x-ndjson"

router = APIRouter()


def _answer(value: Any) -> Response:
    return Response(json.dumps(value, allow_nan=False) + "\n", media_type=JSON)


def _state(request: Request) -> State:
    state: State = request.app.state.serving
    return state


@router.post("/v1/read", **documents.READ)
async def read(request: Request) -> Response:
    """Read the digits in pictures."""
    state = _state(request)
    given = queries.options(request, ("single", "separators", "prediction_sets", "views", "probabilities"))
    wanted = AnswerOptions(
        single=queries.flag(given, "single"),
        separators=queries.flag(given, "separators"),
        prediction_sets=queries.share(given, "prediction_sets"),
        views=queries.flag(given, "views"),
        probabilities=queries.flag(given, "probabilities"),
    )
    uploads = await state.intake.uploads(request)
    found = await state.jobs.run(partial(read_uploads, state.reader, uploads, wanted, state.limits))
    state.metrics.count_readings(found.readings)
    return Response("".join(found.lines), media_type=JSON if len(found.lines) == 1 else LINES)


@router.post("/v1/classify", **documents.CLASSIFY)
async def classify(request: Request) -> Response:
    """Classify 28×28 views."""
    state = _state(request)
    queries.options(request, ())
    body = await state.intake.body(request)
    kind = request.headers.get("content-type", "")
    return _answer(await state.jobs.run(lambda: views.classify(state.reader.classifier, views.parse(body, kind))))


@router.post("/v1/explain", **documents.EXPLAIN)
async def explain(request: Request) -> Response:
    """Say what of a digit speaks for the answer."""
    state = _state(request)
    given = queries.options(request, ("single", "digit", "against"))
    uploads = await state.intake.uploads(request)
    if len(uploads) != 1:
        raise Problem(422, "one picture is explained at a time")

    def work() -> dict[str, Any]:
        from tenfold.serving import explaining  # here: the server starts without it

        try:
            check_size(uploads[0].content, state.limits.megapixels)
            return explaining.explain(
                state.reader,
                uploads[0].content,
                digit=queries.whole(given, "digit"),
                single=queries.flag(given, "single"),
                against=given.get("against"),
            )
        except TenfoldError as error:
            raise of_error(error) from None

    return _answer(await state.jobs.run(work))


@router.post("/v1/corrections", **documents.CORRECTIONS)
async def correct(request: Request) -> Response:
    """Keep a picture of one digit with its right label."""
    state = _state(request)
    label = queries.options(request, ("label",)).get("label", "")
    collection = state.collection
    if collection is None:
        raise Problem(404, "corrections are not kept: start the server with --collect DIR")
    uploads = await state.intake.uploads(request)
    if len(uploads) != 1:
        raise Problem(422, "one picture is corrected at a time")

    def work() -> str:
        try:
            check_size(uploads[0].content, state.limits.megapixels)
            return str(collection.keep(uploads[0].content, label).relative_to(collection.folder))
        except TenfoldError as error:
            raise of_error(TenfoldError(str(error).removeprefix("picture: "))) from None
        except OSError as error:
            status = 507 if is_full(error) else 500
            raise Problem(status, f"the correction could not be kept ({error.strerror}){remedy(error)}") from None

    kept = await state.jobs.run(work)
    state.metrics.corrections += 1
    return _answer({"kept": kept, "label": label})


@router.get("/v1/model", **documents.MODEL)
async def model(request: Request) -> Response:
    """What the model says of itself, its hash, and what this server takes."""
    return _answer(_state(request).describe_model())


@router.get("/healthz", **documents.HEALTH)
async def healthz(request: Request) -> Response:
    """The process answers."""
    return _answer({"status": "ok", "version": __version__})


@router.get("/readyz", **documents.READY)
async def readyz(request: Request) -> Response:
    """The model is loaded and the queue has room."""
    jobs = _state(request).jobs
    if jobs.waiting >= jobs.queue:
        raise Problem(503, "the queue is full", {"Retry-After": "1"})
    return _answer({"status": "ready", "waiting": jobs.waiting})


@router.get("/metrics", **documents.METRICS)
async def metrics(request: Request) -> Response:
    """Counts for Prometheus."""
    state = _state(request)
    found = state.families() if state.siblings is None else await state.siblings.families()
    return Response(text(found), media_type=MEDIA_TYPE)
