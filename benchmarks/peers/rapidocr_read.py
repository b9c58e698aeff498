"""What RapidOCR reads in pictures, with the models that it comes with and one thread. Runs in a peer's own environment.

    python -m benchmarks.peers.rapidocr_read < PATHS

prints a JSON line for each line of PATHS: {"sha256", "whole", "alone", "whole_ms", "alone_ms"}, and {"versions",
"size_bytes"} on the last one. `whole` is the text that is found in the picture, in the order RapidOCR gives it;
`alone` the text that is recognised where the whole picture is taken for one line. Either is "" where there is none or
the picture cannot be read. Milliseconds include opening the picture.
"""

import hashlib
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import cv2
import rapidocr

ONE_THREAD = {
    "Global.log_level": "error",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}
WAYS = {"whole": {"use_det": True, "use_cls": True}, "alone": {"use_det": False, "use_cls": False}}


def main():
    """Read every picture both ways."""
    cv2.setNumThreads(1)
    engine = rapidocr.RapidOCR(params=ONE_THREAD)
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        found = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for way, steps in WAYS.items():
            start = time.perf_counter()
            found[way] = read(engine, path, steps)
            found[f"{way}_ms"] = 1000 * (time.perf_counter() - start)
        print(json.dumps(found), flush=True)
    packages = ("rapidocr", "onnxruntime", "opencv-python-headless")
    print(json.dumps({"versions": {name: version(name) for name in packages}, "size_bytes": size_bytes()}))


def read(engine, path, steps):
    """The text of a picture, its lines after each other."""
    try:
        return "\n".join(engine(path, **steps).txts or ())
    except Exception:  # whatever Pillow, OpenCV or RapidOCR makes of a picture it cannot read
        return ""


def size_bytes():
    """Of the models that either way of reading uses."""
    return sum(path.stat().st_size for path in Path(rapidocr.__file__).parent.glob("models/*.onnx"))


if __name__ == "__main__":
    main()
