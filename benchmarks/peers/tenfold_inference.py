"""One image or a batch, answered by one of our runtimes.

    python -m benchmarks.peers.tenfold_inference CONTENDER RECIPE MODEL.onnx single|batch SECONDS

prints {"p50_us", "p99_us"} of one image with the runtime's own choice of threads, or {"images_per_second"} of batches
of 1,000 with one thread, beside {"versions"}; {"unavailable": why} where the contender cannot run here. tenfold is
given uint8 views and turns them into floats itself; the others are given the floats.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.stopwatch import latency, rate

Call = Callable[[], Any]
BATCH = 1000


def tenfold(recipe: str, path: str, views: NDArray[np.uint8], threads: int | None) -> Call:
    """The Python API's array path."""
    from tenfold.reading import Classifier

    classifier = Classifier(path, threads)
    return lambda: classifier.probabilities(views)


def onnxruntime(recipe: str, path: str, views: NDArray[np.uint8], threads: int | None) -> Call:
    """Bare ONNX Runtime."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = threads or 0
    session = InferenceSession(path, options, providers=["CPUExecutionProvider"])
    images = views[:, None] * np.float32(1 / 255)
    return lambda: session.run(["probabilities"], {"images": images})


def torch_eager(recipe: str, path: str, views: NDArray[np.uint8], threads: int | None) -> Call:
    """The network as torch runs it."""
    return _torch(recipe, views, threads, compiled=False)


def torch_compiled(recipe: str, path: str, views: NDArray[np.uint8], threads: int | None) -> Call:
    """The network as torch.compile makes it; needs a C++ compiler."""
    return _torch(recipe, views, threads, compiled=True)


def _torch(recipe: str, views: NDArray[np.uint8], threads: int | None, compiled: bool) -> Call:
    import torch

    from tenfold import models
    from tenfold.recipes import load_recipe

    if threads:
        torch.set_num_threads(threads)
    resolved = load_recipe(recipe)[1]
    model: Callable[..., Any] = models.build(resolved.model, 10, resolved.model_options).eval()
    if compiled:
        model = torch.compile(model)
    images = torch.from_numpy(views[:, None] * np.float32(1 / 255))

    def call() -> Any:
        with torch.inference_mode():
            return model(images)

    call()
    return call


CONTENDERS = {
    "tenfold": tenfold,
    "onnxruntime": onnxruntime,
    "torch-eager": torch_eager,
    "torch-compiled": torch_compiled,
}


def main(contender: str, recipe: str, path: str, measure: str, seconds: str) -> None:
    """Measure, and print what was found."""
    single = measure == "single"
    views = np.random.default_rng(0).integers(0, 256, (1 if single else BATCH, 28, 28)).astype(np.uint8)
    try:
        call = CONTENDERS[contender](recipe, path, views, None if single else 1)
    except Exception as error:
        if contender != "torch-compiled":
            raise
        print(json.dumps({"unavailable": f"{type(error).__name__}: {str(error).splitlines()[0]}"}))
        return
    found = latency(call, float(seconds)) if single else rate(call, BATCH, float(seconds))
    print(json.dumps(found | {"versions": _versions()}))


def _versions() -> dict[str, str]:
    loaded = ("tenfold", "onnxruntime", "torch")
    return {name: str(sys.modules[name].__version__) for name in loaded if name in sys.modules}


if __name__ == "__main__":
    main(*sys.argv[1:])
