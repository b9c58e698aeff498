"""What is sent: drawings of one digit, pages of a megapixel, and what is none of that."""

import io
import random
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.data import load_dataset

PNG, JPEG = "image/png", "image/jpeg"


@dataclass(frozen=True)
class Ask:
    """A request: path with its query, body, its type, method."""

    path: str
    body: bytes
    kind: str = "application/octet-stream"
    method: str = "POST"


def _file(pixels: NDArray[np.uint8], form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


def drawings(count: int, seed: int = 0) -> list[Ask]:
    """Synthetic handwriting, a digit each: as MNIST has it (28 pixels), and dark on white, four times as large."""
    views = load_dataset("strokes", "test", size=count, seed=seed).images
    large = [cv2.resize(255 - view, (112, 112), interpolation=cv2.INTER_CUBIC) for view in views[1::2]]
    return [Ask("/v1/read", _file(np.asarray(view, np.uint8)), PNG) for view in [*views[::2], *large]]


def pages(count: int, seed: int = 1) -> list[Ask]:
    """A megapixel each: twenty digits in four lines on grey, grainy paper, as JPEG."""
    random_ = np.random.default_rng(seed)
    views = load_dataset("strokes", "test", size=20 * count, seed=seed).images.reshape(count, 4, 5, 28, 28)
    found = []
    for page in views:
        sheet = np.zeros((1000, 1000), np.float32)
        for row, line in enumerate(page):
            for column, view in enumerate(line):
                y, x = 60 + 230 * row, 60 + 180 * column
                sheet[y : y + 140, x : x + 140] = cv2.resize(view, (140, 140), interpolation=cv2.INTER_CUBIC)
        paper = 225 - 0.75 * sheet + random_.normal(0, 4, sheet.shape)
        found.append(Ask("/v1/read", _file(np.clip(paper, 0, 255).astype(np.uint8), "JPEG"), JPEG))
    return found


def bad(count: int, seed: int = 2) -> list[Ask]:
    """What a server should refuse: cut, mangled, too much, or another thing altogether."""
    source = random.Random(seed)
    good = [ask.body for ask in drawings(20, seed) + pages(2, seed)]
    makers = [
        lambda: Ask("/v1/read", source.randbytes(source.randrange(1, 3000))),
        lambda: Ask("/v1/read", b""),
        lambda: Ask("/v1/read", (body := source.choice(good))[: source.randrange(1, len(body) // 2)]),
        lambda: Ask("/v1/read", source.choice(MAGIC) + source.randbytes(source.randrange(0, 2000))),
        lambda: Ask("/v1/read", _bomb(source.randrange(10_000, 2**31 - 1), source.randrange(10_000, 2**31 - 1))),
        lambda: Ask(f"/v1/read?{source.choice(QUERIES)}", source.choice(good)),
        lambda: Ask("/v1/read", source.randbytes(500), "multipart/form-data; boundary=x"),
        lambda: Ask(
            "/v1/read", b"--x\r\n" + source.randbytes(99) + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
        ),
        lambda: Ask(
            "/v1/read", _form(source.randrange(65, 90), source.choice(good[:10])), "multipart/form-data; boundary=x"
        ),
        lambda: Ask("/v1/classify", source.randbytes(source.randrange(1, 783))),
        lambda: Ask("/v1/classify", source.choice(JSON), "application/json"),
        lambda: Ask("/v1/explain?digit=99", source.choice(good)),
        lambda: Ask("/v1/corrections?label=7", source.choice(good)),
        lambda: Ask("/" + source.randbytes(6).hex(), b"", method=source.choice(("GET", "POST"))),
        lambda: Ask("/v1/read", b"", method=source.choice(("GET", "PUT", "DELETE", "PATCH"))),
    ]
    return [source.choice(makers)() for _ in range(count)]


MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*", b"P5\n", b"%PDF-1.7\n",
         b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"\x00\x00\x00\x18ftypheic")  # fmt: skip
QUERIES = (
    "singel",
    "prediction_sets=x",
    "prediction_sets=7",
    "views=maybe",
    "single&single",
    "%00=1",
    "views=" + "9" * 999,
)
JSON = (b"{", b"[]", b"[[[]]]", b"null", b'{"images": 5}', b"[" * 9999, b'"x"', b"[[1e999]]", b"\xff\xfe", b"NaN")


def _bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def _form(count: int, body: bytes) -> bytes:
    part = b'--x\r\nContent-Disposition: form-data; name="p"; filename="a.png"\r\n\r\n' + body + b"\r\n"
    return part * count + b"--x--\r\n"
