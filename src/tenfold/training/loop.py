"""The training loop: the whole data set as one tensor, no loader processes, every epoch seeded by itself.

Each epoch seeds torch's generators from (seed, epoch). An epoch's order, augmentation and dropout then depend on
nothing before it, so a run resumed at an epoch is bit for bit the unbroken one.
"""

import math
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tenfold import metrics
from tenfold.errors import CheckpointError, UsageError
from tenfold.models import FrozenStem
from tenfold.recipes import Recipe
from tenfold.stopwatch import Stopwatch
from tenfold.training.checkpoint import load_checkpoint, save_checkpoint
from tenfold.training.initial import freeze
from tenfold.training.inputs import Inputs, Split, autocast, score
from tenfold.training.optimizers import Plateau, learning_rate, parameter_groups
from tenfold.training.records import DivergedError, Epoch, OnEpoch, OnStep, Step, Stretch
from tenfold.training.selection import hardest, plan_epoch
from tenfold.training.steps import Optimization
from tenfold.training.stretches import SHORT, stretches
from tenfold.training.teacher import Teacher

_SHOW_EVERY = 20
"""Steps between two looks at the loss: on a GPU each look waits for the device."""


class Loop:
    """One training run in memory: the model and all that changes with it."""

    def __init__(
        self,
        recipe: Recipe,
        model: nn.Module,
        precision: torch.dtype,
        train: Split,
        validation: Split,
        data: str = "",
        teacher: Teacher | None = None,
        clock: Stopwatch | None = None,
    ) -> None:
        if teacher is not None and isinstance(model, FrozenStem):
            raise UsageError(f"model '{recipe.model}' is trained on its stem's features, which no teacher can read")
        self.recipe, self.precision, self.data, self.teacher = recipe, precision, data, teacher
        self.train_split, self.validation = train, validation
        self.device = train.images.device
        # Channels last is the order in which the processor's convolutions want their pixels.
        self.model = model.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.frozen = freeze(self.model, recipe.init.freeze if recipe.init else [])
        self.inputs = Inputs(recipe, self.model, train, precision)
        self.trained = self.inputs.trained
        self.optimizer = Optimization(parameter_groups(self.model, recipe.optimizer.groups), recipe.optimizer)
        self.average = _average(self.model, recipe)
        self.plateau = Plateau(recipe.schedule)
        self.history: list[Epoch] = []
        self.stretches: list[Stretch] = []
        self.best: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.elapsed = 0.0
        self.clock = clock or Stopwatch()

    def run(self, checkpoint: Path | None, on_step: OnStep | None, on_epoch: OnEpoch | None) -> None:
        """Train to the end, taking up the checkpoint where it exists and leaving one after every epoch."""
        if checkpoint is not None and checkpoint.is_file():
            self._restore(checkpoint)
        start = time.perf_counter() - self.elapsed
        while len(self.history) < self.recipe.epochs and not self._stopped_early():
            with self.clock.timing("steps"):
                row = self._epoch(len(self.history) + 1, on_step)
            self.history.append(row)
            self._remember(row)
            self.plateau.update(row.val_loss)
            self.elapsed = time.perf_counter() - start
            if checkpoint is not None:
                with self.clock.timing("checkpoints"):
                    self._save(checkpoint)
            if on_epoch is not None:
                on_epoch(row)
        if self.best:
            self.kept.load_state_dict(self.best)

    @property
    def kept(self) -> nn.Module:
        """The model whose weights are kept: the moving average where the recipe asks for one."""
        return self.model if self.average is None else self.average.module

    def _epoch(self, epoch: int, on_step: OnStep | None) -> Epoch:
        start = time.perf_counter()
        torch.manual_seed(_epoch_seed(self.recipe.seed, epoch))
        order = torch.randperm(len(self.train_split)).to(self.device)
        labels = self.train_split.labels[order]
        plan = plan_epoch(self.recipe, len(order), epoch)
        answers = torch.empty(0)
        self._training_mode()
        seen = shown = 0
        rate = 0.0
        batches = self.inputs.batches(order, [size for size, _ in plan])
        for step, (x, (size, chosen)) in enumerate(zip(batches, plan, strict=True), start=1):
            progress = (epoch - 1 + (seen + size / 2) / len(order)) / self.recipe.epochs
            rate = learning_rate(self.recipe, progress, self.plateau.factor)
            logits = self._answer(x, labels[seen : seen + size], chosen, rate)
            if step == 1:
                answers = torch.empty(len(order), logits.shape[1], device=self.device)
            answers[seen : seen + size] = logits
            seen += size
            if step % _SHOW_EVERY == 0 or step == len(plan):
                loss, accuracy = self._look(answers[shown:seen], labels[shown:seen], epoch, step)
                shown = seen
                if on_step is not None:
                    speed = seen / (time.perf_counter() - start)
                    on_step(Step(epoch, self.recipe.epochs, step, len(plan), loss, accuracy, speed))
        train_loss, train_accuracy = self._look(answers, labels, epoch, len(plan))
        if epoch < SHORT:
            before = self.stretches[-1].step if self.stretches else 0
            self.stretches += stretches(answers, labels, [size for size, _ in plan], epoch, before)
        with self.clock.timing("validation"):
            validation = self._validate()
        self._check_weights(epoch, validation[0])
        return Epoch(epoch, time.perf_counter() - start, rate, train_loss, train_accuracy, *validation)

    def _training_mode(self) -> None:
        """Frozen layers stay as they are in answering: their batch statistics are weights too."""
        self.model.train()
        for layer in self.frozen:
            layer.eval()

    def _answer(self, x: Tensor, labels: Tensor, chosen: int, rate: float) -> Tensor:
        """The logits of inputs, and a step on them: on all, or on the `chosen` with the highest loss."""
        if chosen == len(x):
            return self._step(x, labels, rate)
        self.trained.eval()
        with torch.no_grad(), autocast(self.device, self.precision):
            logits: Tensor = self.trained(x).float()
        self._training_mode()
        rows = hardest(logits, labels, chosen)
        # Selected as [n, h, w, channels]: torch would gather the other order and lose channels last.
        self._step(x.permute(0, 2, 3, 1).index_select(0, rows).permute(0, 3, 1, 2), labels[rows], rate)
        return logits

    def _step(self, x: Tensor, labels: Tensor, rate: float) -> Tensor:
        """One update of the weights. Returns the batch's logits as they were before it."""
        with autocast(self.device, self.precision):
            logits: Tensor = self.trained(x)
        logits = logits.float()
        loss = functional.cross_entropy(logits, labels, label_smoothing=self.recipe.label_smoothing)
        if self.teacher is not None:
            loss = self.teacher.mixed(loss, logits, x)
        loss.backward()  # type: ignore[no-untyped-call]
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        self.optimizer.step()
        self.optimizer.zero_grad()
        if self.average is not None:
            self.average.update_parameters(self.model)
        return logits.detach()

    def _look(self, logits: Tensor, labels: Tensor, epoch: int, step: int) -> tuple[float, float]:
        """Mean training loss and accuracy of answers given. Raises DivergedError where the loss is no number."""
        loss = float(functional.cross_entropy(logits, labels))
        if not math.isfinite(loss):
            raise self._diverged(f"the loss became {loss} in epoch {epoch}, step {step}")
        return loss, float((logits.argmax(1) == labels).float().mean())

    def _check_weights(self, epoch: int, val_loss: float) -> None:
        """Raise DivergedError where an epoch's last update made weights or answers that are no numbers."""
        tensors = [tensor for tensor in self.kept.state_dict().values() if tensor.is_floating_point()]
        if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors):
            raise self._diverged(f"weights became infinite or no number at the end of epoch {epoch}")
        if len(self.validation) and not math.isfinite(val_loss):
            raise self._diverged(f"the validation loss became {val_loss} in epoch {epoch}")

    def _diverged(self, what: str) -> DivergedError:
        rate = self.recipe.optimizer.lr
        return DivergedError(f"{what}: lower optimizer.lr (now {rate:g}) or use compute.precision = 'float32'")

    def _validate(self) -> tuple[float, float, float]:
        """Loss, accuracy and macro recall of the model that would be kept now."""
        if len(self.validation) == 0:
            return math.nan, math.nan, math.nan
        logits = score(self.kept, self.validation, self.precision)
        labels = self.validation.labels.cpu().numpy()
        confusion = metrics.confusion_matrix(labels, logits.argmax(axis=1), logits.shape[1])
        recall = metrics.macro_mean(metrics.recall_per_class(confusion), confusion)
        return metrics.cross_entropy(logits, labels), float(np.trace(confusion) / len(labels)), recall

    def _remember(self, row: Epoch) -> None:
        """Keep the weights where this epoch is the best so far; only early stopping asks for it."""
        stopping = self.recipe.early_stopping
        if stopping is None:
            self.best_epoch = row.epoch
            return
        if not self.best or self._better(row, self.history[self.best_epoch - 1]):
            self.best = {name: tensor.clone() for name, tensor in self.kept.state_dict().items()}
            self.best_epoch = row.epoch

    def _better(self, row: Epoch, best: Epoch) -> bool:
        stopping = self.recipe.early_stopping
        assert stopping is not None
        if stopping.monitor == "val_loss":
            return row.val_loss < best.val_loss - stopping.min_delta
        return row.val_accuracy > best.val_accuracy + stopping.min_delta

    def _stopped_early(self) -> bool:
        stopping = self.recipe.early_stopping
        return stopping is not None and len(self.history) - self.best_epoch >= stopping.patience

    def _save(self, path: Path) -> None:
        tables: dict[str, dict[str, Tensor]] = {"model": self.model.state_dict(), "best": self.best}
        if self.average is not None:
            tables["average"] = self.average.state_dict()
        state: dict[str, Any] = {
            "history": [asdict(row) for row in self.history],
            "stretches": [asdict(row) for row in self.stretches],
            "data": self.data,
            "best_epoch": self.best_epoch,
            "elapsed": self.elapsed,
            "seconds": self.clock.seconds,
            "plateau": self.plateau.state(),
        }
        save_checkpoint(path, tables, self.optimizer, state)

    def _restore(self, path: Path) -> None:
        tables, state = load_checkpoint(path, self.optimizer)
        if state["data"] != self.data:
            raise CheckpointError(f"{path}: was made from other data than there are now: train again without --resume")
        self.model.load_state_dict(tables["model"])
        if self.average is not None:
            self.average.load_state_dict(tables["average"])
        self.best = tables.get("best", {})
        self.history = [Epoch(**row) for row in state["history"]]
        self.stretches = [Stretch(**row) for row in state.get("stretches", [])]
        self.best_epoch, self.elapsed = state["best_epoch"], state["elapsed"]
        self.clock.add(state.get("seconds", {}))
        self.plateau.restore(state["plateau"])


def _average(model: nn.Module, recipe: Recipe) -> AveragedModel | None:
    if recipe.ema is None:
        return None
    # Buffers are averaged too: batch statistics must belong to the averaged weights.
    return AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema.decay), use_buffers=True)  # type: ignore[no-untyped-call]


def _epoch_seed(seed: int, epoch: int) -> int:
    return int(np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0] >> np.uint64(1))
