"""The check of a folder: its reader.onnx in its own onnxruntime-web, under Node."""

import json
import shutil
import statistics
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.formats.reader_onnx import answers_of, pictures_of
from tenfold.formats.source import Floats, Views, Written
from tenfold.formats.web.runtime import PACKAGE, VERSION

_RUN = Path(__file__).with_name("run.mjs")

_WARM_UP, _CALLS = 5, 50

_PATIENCE_S = 600


@dataclass(frozen=True)
class _InNode:
    """What a folder's files answer."""

    node: str
    folder: Path

    def answers(self, views: Views) -> Floats:
        """Probabilities [n, classes] to `pictures_of` views."""
        return self._run(pictures_of(views))[0]

    def latency_ms(self, view: Views) -> float:
        """The median time in milliseconds for one view uint8 [1, 28, 28], Node's start left out."""
        return statistics.median(self._run(pictures_of(view) * (_WARM_UP + _CALLS))[1][_WARM_UP:])

    def _run(self, pictures: list[NDArray[np.uint8]]) -> tuple[Floats, list[float]]:
        """Probabilities [n, classes] of pictures uint8 [h, w, 1 or 3], and the milliseconds that each took."""
        sent = b"".join(struct.pack("<3I", *picture.shape) + picture.tobytes() for picture in pictures)
        command = [self.node, str(_RUN), str(self.folder)]
        done = subprocess.run(command, input=sent, capture_output=True, timeout=_PATIENCE_S)
        if done.returncode:
            why = next((line for line in done.stderr.decode(errors="replace").splitlines() if "Error" in line), "")
            raise TenfoldError(f"web: {PACKAGE} {VERSION} does not run the model under {self.node} ({why.strip()})")
        found = json.loads(done.stdout)
        return np.array(found["probabilities"], np.float32), found["milliseconds"]


def answers_in_node(folder: Path) -> Written:
    """What a folder's reader answers to `pictures_of` views: in onnxruntime-web where there is Node, else in Python."""
    node = shutil.which("node")
    if node is None:
        return Written(answers_of(folder / "reader.onnx"))
    there = _InNode(node, folder)
    return Written(there.answers, f"checked in {PACKAGE} {VERSION} under Node", there.latency_ms)
