"""What a training needs to go on, in one file."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from tenfold.errors import CheckpointError
from tenfold.files import write_atomically


@dataclass(frozen=True)
class Row:
    """A row of a history: the mean loss since the row before, and the learning rate."""

    step: int
    seconds: float
    lr: float
    loss: float


@dataclass(frozen=True)
class State:
    """All that changes while training: the network, its averaged weights by name, and the optimizer."""

    network: nn.Module
    average: dict[str, Tensor]
    optimizer: torch.optim.Optimizer


def keep(path: Path, state: State, step: int, history: Sequence[Row]) -> None:
    """Write the state after an update, in one rename."""
    tensors = {f"network.{name}": value.contiguous() for name, value in state.network.state_dict().items()}
    tensors |= {f"average.{name}": value.contiguous() for name, value in state.average.items()}
    for index, values in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{key}": value.contiguous() for key, value in values.items()}
    rows = json.dumps([asdict(row) for row in history])
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, save(tensors, {"step": str(step), "history": rows}))


def memory_format(value: Tensor) -> torch.memory_format:
    """How a network's weights lie in memory while it trains."""
    return torch.channels_last if value.ndim == 4 else torch.contiguous_format


def take_up(path: Path, state: State) -> tuple[int, list[Row]]:
    """Fill the state from a checkpoint, if there is one. Returns how many updates it has had, and its history.

    Raises CheckpointError where the file is not a checkpoint of this network.
    """
    if not path.is_file():
        return 0, []
    try:
        return _taken_up(path, state)
    except Exception as error:  # safetensors, torch and json each have their own
        raise CheckpointError(f"{path}: not a usable checkpoint ({error}): train again without --resume") from None


def _taken_up(path: Path, state: State) -> tuple[int, list[Row]]:
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  it is no mapping
    of = {part: {} for part in ("network", "average", "optimizer")}  # type: dict[str, dict[str, Tensor]]
    for name, value in tensors.items():
        part, _, rest = name.partition(".")
        of[part][rest] = value
    state.network.load_state_dict(of["network"])
    for name, value in of["average"].items():
        state.average[name].copy_(value)
    values: dict[int, dict[str, Tensor]] = {}
    for name, value in of["optimizer"].items():
        index, _, key = name.partition(".")
        # The fused optimizer goes through memory as it lies, so its averages must lie as the weights do.
        values.setdefault(int(index), {})[key] = value.contiguous(memory_format=memory_format(value))
    state.optimizer.load_state_dict({**state.optimizer.state_dict(), "state": values})
    return int(metadata["step"]), [Row(**row) for row in json.loads(metadata["history"])]
