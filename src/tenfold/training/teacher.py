"""Distillation: a trained model's answers as targets (Hinton, Vinyals and Dean 2015)."""

from typing import Any

import onnxruntime
import torch
from torch import Tensor
from torch.nn import functional

from tenfold.errors import TenfoldError
from tenfold.inference.classifier import Classifier
from tenfold.recipes.paths import check_hash, weights_file
from tenfold.recipes.schema import Teacher as Settings


class Teacher:
    """A model.onnx that answers a batch of training images.

    By ONNX Runtime, on the processor, wherever the student is trained: so a teacher is any model that tenfold can
    score, and its float32 answers take no longer than torch's in bfloat16 (docs/log.md). Raises TenfoldError where the
    file is missing, is not the one that the recipe means, or knows other classes.
    """

    def __init__(self, settings: Settings, classes: tuple[str, ...]) -> None:
        path = weights_file(settings)
        if not path.is_file():
            raise TenfoldError(
                f"teacher.run = '{settings.run}': no such run: train it first (runs/good-1 is what "
                "tenfold train good leaves, runs/unsmoothed/good-1 what it leaves with --set label_smoothing=0 --out "
                "runs/unsmoothed), or give another with --set teacher.run=..."
            )
        check_hash("teacher", settings)
        theirs = Classifier(path, threads=1).card.classes
        if theirs != classes:
            raise TenfoldError(
                f"teacher.run = '{settings.run}': it knows the classes {_listed(theirs)}, and the data have "
                f"{_listed(classes)}: a teacher needs the same, in the same order"
            )
        self.settings = settings
        self._session = _session(str(path))

    def logits(self, images: Tensor) -> Tensor:
        """Logits [n, classes] float32 of images [n, 1, 28, 28] float32 in [0, 1], on the images' device."""
        found = self._session.run(["logits"], {"images": images.contiguous().cpu().numpy()})[0]
        return torch.from_numpy(found).to(images.device)

    def mixed(self, hard: Tensor, logits: Tensor, images: Tensor) -> Tensor:
        """The student's whole loss: hard, its loss against the labels, and the teacher's part, by their weights."""
        soft = soft_target_loss(logits, self.logits(images), self.settings.temperature)
        return (1 - self.settings.weight) * hard + self.settings.weight * soft


def soft_target_loss(logits: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T² times the cross entropy between both softmaxes at temperature T, averaged over images.

    logits and teacher [n, classes]. Its gradient by the logits shrinks as 1 / T², so the factor T² keeps the shares of
    soft and hard targets what they are when T changes (Hinton et al. 2015, section 2).
    """
    targets = (teacher / temperature).softmax(dim=1)
    return functional.cross_entropy(logits / temperature, targets) * temperature**2


def _session(path: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    # Its threads would otherwise spin on the cores that torch's next step needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _listed(classes: tuple[str, ...]) -> str:
    """The first dozen names: a data set may have hundreds."""
    shown = ", ".join(classes[:12])
    return f"{shown}, … ({len(classes)})" if len(classes) > 12 else shown
