"""A recipe, trained into a run folder: the data, the loop, and everything that is kept of them."""

import csv
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from tenfold import models
from tenfold.data import Dataset
from tenfold.exporting import check_onnx, export_onnx, store_half
from tenfold.files import write_atomically, write_json
from tenfold.inference.classifier import NOT_A_DIGIT, Classifier, ModelCard
from tenfold.inference.frame import FRAMING
from tenfold.recipes import Recipe
from tenfold.recipes.paths import weights_file
from tenfold.run import Run
from tenfold.run.folder import RunFolder
from tenfold.stopwatch import Stopwatch
from tenfold.training.calibration import calibrate
from tenfold.training.device import choose_device, choose_precision, device_faults
from tenfold.training.environment import describe_environment
from tenfold.training.images import RunImages
from tenfold.training.initial import take_weights
from tenfold.training.inputs import Split, score
from tenfold.training.loop import Loop
from tenfold.training.memory import keep_freed_memory
from tenfold.training.records import Epoch, OnEpoch, OnStep, Stretch
from tenfold.training.stretches import SHORT
from tenfold.training.teacher import Teacher
from tenfold.version import __version__

_CHECKED_VIEWS = 1000


@dataclass(frozen=True)
class Fit:
    """What training measured; the clock runs from the model's construction to its last update.

    parameters are those that were trained; folded_parameters all that answering takes, each batch normalisation
    folded into the layer before it.
    """

    train_seconds: float
    epochs: int
    best_epoch: int
    parameters: int
    folded_parameters: int
    val_accuracy: float | None
    val_loss: float | None
    onnx_difference: float


def fit(
    name: str,
    recipe: Recipe,
    folder: RunFolder,
    *,
    data_dir: str | Path | None = None,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
    say: Callable[[str], Any] | None = None,
    clock: Stopwatch | None = None,
) -> Fit:
    """Train a recipe into its folder: weights, history, environment, model.onnx checked against torch.

    say gets a line where the weights of another run were taken and some layers of it did not fit. clock adds up where
    the seconds go. Raises TenfoldError for data or a run that cannot be had, a loss that is not finite, a device that
    is lost or whose memory runs out, or an export that differs.
    """
    clock = clock or Stopwatch()
    keep_freed_memory()
    device = choose_device(recipe.compute.device)
    faults = partial(device_faults, device, recipe.batch_size)
    with clock.timing("data"), faults():
        data = RunImages.of(recipe, data_dir)
        to_train, to_validate = (_on_device(data.train.take(rows), device) for rows in (data.shown, data.held))
        teacher = Teacher(recipe.teacher, data.train.classes) if recipe.teacher else None
    with faults(), torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        start = time.perf_counter()
        with clock.timing("model"):
            model = _build(recipe, data.train.classes, say)
            precision = choose_precision(recipe.compute.precision, device, model)
            identity = f"{data.train.sha256} {data.train.classes}"
            loop = Loop(recipe, model, precision, to_train, to_validate, identity, teacher, clock)
        built = time.perf_counter() - start
        learned_before = _learned_before(recipe)  # now: after hours of training those files may be gone
        loop.run(folder.checkpoint, on_step, on_epoch)
    with clock.timing("export"), faults():
        _write_rows(folder.path / "history.csv", loop.history)
        if len(loop.history) < SHORT and loop.stretches:
            _write_rows(folder.path / "steps.csv", loop.stretches)
        difference = _write_model(name, recipe, folder.path, loop, data, learned_before)
    best = loop.history[loop.best_epoch - 1]
    result = Fit(
        train_seconds=built + loop.elapsed,
        epochs=len(loop.history),
        best_epoch=loop.best_epoch,
        parameters=models.parameter_count(model),
        folded_parameters=models.folded_parameter_count(model),
        val_accuracy=best.val_accuracy if len(data.held) else None,
        val_loss=best.val_loss if len(data.held) else None,
        onnx_difference=difference,
    )
    measured = {"data": data.description(), "training": asdict(result), "seconds": clock.seconds}
    write_json(folder.path / "environment.json", describe_environment(device, precision) | measured)
    return result


def _build(recipe: Recipe, classes: tuple[str, ...], say: Callable[[str], Any] | None) -> nn.Module:
    """The model, its first weights drawn by the recipe's seed, or taken from the run that the recipe names."""
    torch.manual_seed(recipe.seed)
    model = models.build(recipe.model, len(classes), recipe.model_options)
    if recipe.init is not None:
        fresh = take_weights(model, recipe.init, classes)
        if say is not None and fresh:
            say(f"weights from {recipe.init.run}; layers that start fresh: {', '.join(fresh)}")
    return model


def _learned_before(recipe: Recipe) -> list[str]:
    """The SHA-256 of the datasets behind the model that this one starts from, and behind its teacher."""
    files = [Run(weights_file(recipe.init).parent).onnx] if recipe.init else []
    files += [weights_file(recipe.teacher)] if recipe.teacher else []
    return sorted({sha256 for file in files for sha256 in Classifier(file, threads=1).card.trained_on} - {""})


def _on_device(data: Dataset, device: torch.device) -> Split:
    return Split(torch.from_numpy(data.images[:, None]).to(device), torch.from_numpy(data.labels).to(device))


def _write_model(
    name: str, recipe: Recipe, path: Path, loop: Loop, data: RunImages, learned_before: Sequence[str]
) -> float:
    """Weights and ONNX, calibrated on the validation split. Returns the largest difference of a logit."""
    model, train = loop.kept, data.train
    # The weights as plain tensors: channels-last strides are this processor's concern, not the file's.
    weights = {key: tensor.detach().cpu().contiguous() for key, tensor in model.state_dict().items()}
    write_atomically(path / "model.safetensors", save(weights, {"model": recipe.model}))
    none = train.classes.index(NOT_A_DIGIT) if NOT_A_DIGIT in train.classes else None
    validation = loop.validation
    logits = score(model, validation) if len(validation) else np.zeros((0, len(train.classes)), np.float32)
    found = calibrate(logits, validation.labels.cpu().numpy(), none, recipe.rejection_error)
    card = ModelCard(
        classes=train.classes,
        framing=FRAMING,
        recipe=name,
        data_sha256=train.sha256,
        data_parts=(*data.part_hashes, *learned_before),
        version=__version__,
        **asdict(found),
    )
    plain = model.cpu().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    onnx = path / "model.onnx"
    export_onnx(plain, card, onnx)
    difference = check_onnx(plain, onnx, data.test.images[:_CHECKED_VIEWS])
    if recipe.onnx_weights == "float16":
        store_half(onnx, onnx)
    return difference


def _write_rows(path: Path, rows: Sequence[Epoch] | Sequence[Stretch]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(rows[0])], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: f"{value:.7g}" for key, value in asdict(row).items()})
    write_atomically(path, text.getvalue())
