"""The check of a folder: its model and framing in its own onnxruntime-web, under Node."""

import json
import shutil
import statistics
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.formats.reader_onnx import answers_of, framed_answers, inks_of, pictures_of
from tenfold.formats.source import Floats, Views, Written
from tenfold.formats.web.runtime import PACKAGE, VERSION
from tenfold.reading import Classifier

_RUN = Path(__file__).with_name("run.mjs")

_WARM_UP, _CALLS = 5, 50

_PATIENCE_S = 600


@dataclass(frozen=True)
class _InNode:
    """What a folder's files answer. sent: what they take for views, of which there is one each."""

    node: str
    folder: Path
    sent: Callable[[Views], list[NDArray[np.uint8]]]

    def answers(self, views: Views) -> Floats:
        """Probabilities [n, classes] to `pictures_of` views."""
        return self._run(self.sent(views))[0]

    def latency_ms(self, view: Views) -> float:
        """The median time in milliseconds for one view uint8 [1, 28, 28], Node's start left out."""
        return statistics.median(self._run(self.sent(view) * (_WARM_UP + _CALLS))[1][_WARM_UP:])

    def _run(self, pictures: list[NDArray[np.uint8]]) -> tuple[Floats, list[float]]:
        """Probabilities [n, classes] of pictures uint8 [h, w] or [h, w, 1 or 3], and each one's milliseconds."""
        sent = b"".join(struct.pack("<3I", *np.atleast_3d(picture).shape) + picture.tobytes() for picture in pictures)
        command = [self.node, str(_RUN), str(self.folder)]
        done = subprocess.run(command, input=sent, capture_output=True, timeout=_PATIENCE_S)
        if done.returncode:
            why = next((line for line in done.stderr.decode(errors="replace").splitlines() if "Error" in line), "")
            raise TenfoldError(f"web: {PACKAGE} {VERSION} does not run the model under {self.node} ({why.strip()})")
        found = json.loads(done.stdout)
        return np.array(found["probabilities"], np.float32), found["milliseconds"]


def answers_in_node(folder: Path, pages: bool) -> Written:
    """What a folder answers to `pictures_of` views: in onnxruntime-web where there is Node, else in Python.

    pages: whether it reads pages. Then it frames ink that was found already, and has no reader.onnx.
    """
    node = shutil.which("node")
    if node is None:
        return Written(
            framed_answers(Classifier(folder / "model.onnx")) if pages else answers_of(folder / "reader.onnx")
        )
    there = _InNode(node, folder, inks_of if pages else pictures_of)
    return Written(there.answers, f"checked in {PACKAGE} {VERSION} under Node", there.latency_ms)
