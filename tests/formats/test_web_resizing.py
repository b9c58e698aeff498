"""The web page brings pictures to another size as OpenCV does, to the bit: its networks calculate in 8 bits."""

import shutil
import struct
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

import tenfold.formats.web

SCRIPT = Path(__file__).with_name("resize.mjs")
PICTURES = Path(tenfold.formats.web.__file__).with_name("reading") / "picture.js"

SIZES = [
    ((256, 256), (128, 128)), ((256, 256), (64, 64)), ((256, 256), (32, 32)), ((256, 256), (181, 181)),
    ((300, 210), (150, 105)), ((300, 210), (45, 37)), ((301, 77), (186, 48)), ((90, 70), (180, 140)),
    ((37, 37), (48, 48)), ((61, 61), (48, 48)), ((9, 9), (48, 48)), ((48, 48), (48, 48)), ((1, 1), (2, 2)),
]  # fmt: skip


def test_every_pixel_is_as_opencv_makes_it():
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node")
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (height, width), dtype=np.uint8) for (width, height), _to in SIZES]
    sent = b"".join(
        struct.pack("<4I", *size, *to) + picture.tobytes() for (size, to), picture in zip(SIZES, pictures, strict=True)
    )
    done = subprocess.run([node, SCRIPT, PICTURES], input=sent, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    wanted = [
        cv2.resize(picture, to, interpolation=cv2.INTER_AREA if to[0] < size[0] else cv2.INTER_LINEAR)
        for (size, to), picture in zip(SIZES, pictures, strict=True)
    ]
    made = np.frombuffer(done.stdout, np.uint8)
    np.testing.assert_array_equal(made, np.concatenate([picture.ravel() for picture in wanted]))
