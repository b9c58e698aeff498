"""What the OpenAPI document says of each route: bodies, options, answers, with examples."""

from typing import Any

DESCRIPTION = (
    "Reads handwritten digits in pictures. `POST /v1/read` answers what `tenfold read --json` prints, byte for byte; "
    "errors are RFC 9457 problem objects with the command line's words. Pictures never touch the disk."
)

_READING = {
    "source": "list.jpg",
    "page": 0,
    "text": "71\n71",
    "lines": ["71", "71"],
    "confidence": 0.992024,
    "blank": False,
    "digits": [
        {
            "digit": digit,
            "confidence": 0.998,
            "box": [40 + 200 * column, 30 + 120 * line, 52, 80],
            "line": line,
            "alternatives": [[digit, 0.998], [4, 0.001], [9, 0.0]],
            "cell": [line, column],
        }
        for line in (0, 1)
        for column, digit in enumerate((7, 1))
    ],
    "rejected": [],
    "polarity": "dark-on-light",
    "model": "reader 0.1.0",
    "table": [["7", "1"], ["7", "1"]],
}

_TEXT: dict[str, Any] = {"type": "string"}
_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_BOX = {
    "type": "array",
    "items": _COUNT,
    "minItems": 4,
    "maxItems": 4,
    "description": "x, y, width, height in the picture's own pixels, once it is upright.",
}


def _list(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


_DIGIT = {
    "type": "object",
    "required": ["digit", "confidence", "box", "line", "alternatives"],
    "properties": {
        "digit": _COUNT,
        "name": _TEXT | {"description": "Of a class that is no digit."},
        "confidence": _SHARE,
        "box": _BOX,
        "line": _COUNT,
        "alternatives": _list({"type": "array"}, description="Pairs of a digit and its confidence, likeliest first."),
        "prediction_set": _list({}),
        "cell": _list(_COUNT, minItems=2, maxItems=2, description="Row and column, where the page has a table."),
    },
}

_READING_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["source"],
    "properties": {
        "source": _TEXT,
        "error": _TEXT | {"description": "Why it could not be read; then there is nothing else."},
        "page": _COUNT,
        "text": _TEXT | {"description": "The lines, joined by newlines."},
        "lines": _list(_TEXT),
        "confidence": _SHARE | {"description": "That all digits are right."},
        "blank": {"type": "boolean"},
        "digits": _list(_DIGIT),
        "rejected": _list(
            {"type": "object", "properties": {"box": _BOX, "reason": _TEXT, "confidence": _SHARE}},
            description="Ink that was not taken for a digit.",
        ),
        "polarity": {"enum": ["dark-on-light", "light-on-dark"]},
        "model": _TEXT,
        "table": _list(
            _list(_TEXT),
            description="Rows of cells, where digits stand in a table: 20.5 keeps its point, -5 its minus. Between two "
            "tables there is a row of empty cells.",
        ),
        "turned": {"enum": [90, 180, 270], "description": "Degrees clockwise by which the page was turned to be read."},
        "views": _list(_TEXT),
        "probabilities": _list(_list(_SHARE)),
    },
}

_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
_PICTURE_BODY = {
    "required": True,
    "description": "A picture as it is (PNG, JPEG, WebP, BMP, GIF, TIFF, PPM, PDF, HEIC), or a form of pictures.",
    "content": {
        "application/octet-stream": {"schema": _BINARY},
        "image/*": {"schema": _BINARY},
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"picture": {"type": "array", "items": _BINARY}}},
            "encoding": {"picture": {"contentType": "image/*"}},
        },
    },
}

_WHY = {
    400: "The call itself is wrong: an unknown option, a broken form.",
    401: "The API key is missing or wrong.",
    403: "A page of another origin may not call.",
    404: "There is nothing here.",
    408: "The body arrived too slowly.",
    413: "Larger than the limits allow.",
    422: "The content cannot be used: no picture, a broken one, one without what was asked for.",
    503: "The queue is full: Retry-After says when to come again.",
}

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "example": {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "not a picture in a known format (PNG, JPEG, WebP, BMP, GIF, TIFF, PPM, PDF, HEIC)",
        "source": "-",
    },
}


def _option(name: str, schema: dict[str, Any], what: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": what}


def _flag(name: str, what: str) -> dict[str, Any]:
    return _option(name, {"type": "boolean"}, what) | {"allowEmptyValue": True}


def _route(
    answer: str,
    schema: dict[str, Any],
    example: Any,
    *,
    body: dict[str, Any] | None = None,
    options: tuple[dict[str, Any], ...] = (),
    problems: tuple[int, ...] = (),
    more: dict[str, Any] | None = None,
    media: str = "application/json",
) -> dict[str, Any]:
    """What APIRouter's decorators take."""
    extra: dict[str, Any] = {"parameters": list(options)}
    if body is not None:
        extra["requestBody"] = body
    content = {media: {"schema": schema, "example": example}} | (more or {})
    responses: dict[int, dict[str, Any]] = {200: {"description": answer, "content": content}}
    for status in problems:
        responses[status] = {
            "description": _WHY[status],
            "content": {"application/problem+json": {"schema": _PROBLEM}},
        }
    return {"openapi_extra": extra, "responses": responses, "response_model": None}


_POST = (400, 401, 403, 408, 413, 422, 503)
_SINGLE = _flag("single", "The picture is exactly one digit: never refuse it.")
_OBJECT: dict[str, Any] = {"type": "object"}

READ = _route(
    "One object a page, each on its line: JSON where it is one, JSON lines where there are several.",
    _READING_SCHEMA,
    _READING,
    body=_PICTURE_BODY,
    options=(
        _SINGLE,
        _flag("separators", "Keep decimal points, commas and dashes between digits."),
        _option(
            "prediction_sets",
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "example": 0.01},
            "Each digit's prediction set, which misses the true one in this share.",
        ),
        _flag("views", "Also each piece of ink as the model saw it: 28×28 PNG as data URLs, digits first."),
        _flag("probabilities", "Also the probability of every class (see /v1/model) for each piece of ink."),
    ),
    problems=_POST,
    more={"application/x-ndjson": {"schema": {"type": "string"}}},
)

_VIEW = {"type": "array", "items": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}}}
CLASSIFY = _route(
    "For each view its likeliest class, and the calibrated probability of every class.",
    _OBJECT | {"required": ["classes", "answers", "confidence", "probabilities"]},
    {"classes": ["0", "1"], "answers": ["1"], "confidence": [0.99], "probabilities": [[0.01, 0.99]]},
    body={
        "required": True,
        "description": "Views [n, 28, 28] of levels 0 to 255, light ink on black, framed as MNIST: JSON or bytes.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["images"],
                    "properties": {"images": {"type": "array", "minItems": 1, "items": _VIEW}},
                }
            },
            "application/octet-stream": {"schema": _BINARY},
        },
    },
    problems=_POST,
)

EXPLAIN = _route(
    "What of one digit speaks for the answer and what for the runner-up: maps in logits, and a picture of them.",
    _OBJECT | {"required": ["answer", "against", "margin", "maps", "heatmap"]},
    {"answer": "7", "against": "1", "margin": 9.1, "box": [40, 30, 52, 80], "digit": 1, "strongest": 4.2},
    body=_PICTURE_BODY,
    options=(
        _SINGLE,
        _option("digit", {"type": "integer", "minimum": 1}, "Which in reading order; else the least sure."),
        _option("against", {"type": "string"}, "The class that the answer is held against; else the runner-up."),
    ),
    problems=_POST,
)

CORRECTIONS = _route(
    "The file that was kept, below the folder of --collect.",
    _OBJECT | {"required": ["kept", "label"]},
    {"kept": "7/0f3a5c7e9b1d2f40.png", "label": "7"},
    body=_PICTURE_BODY,
    options=(
        _option("label", {"type": "string", "pattern": "^[0-9]$", "example": "7"}, "The digit that it is.")
        | {"required": True},
    ),
    problems=(*_POST, 404),
)

MODEL = _route(
    "The model's card, its SHA-256 and that of the detector (null where a picture is one symbol), and the limits.",
    _OBJECT | {"required": ["model", "sha256", "detector_sha256", "card", "limits"]},
    {
        "model": "reader 0.1.0",
        "sha256": "…",
        "detector_sha256": "…",
        "card": {"classes": ["0", "1"]},
        "limits": {"mebibytes": 16},
    },
    problems=(401,),
)
HEALTH = _route("The process answers.", _OBJECT, {"status": "ok", "version": "0.1.0"})
READY = _route("Ready for work.", _OBJECT, {"status": "ready", "waiting": 0}, problems=(503,))
METRICS = _route(
    "Prometheus's text format.",
    {"type": "string"},
    "tenfold_pages_total 3",
    media="text/plain",
    problems=(401,),
)
