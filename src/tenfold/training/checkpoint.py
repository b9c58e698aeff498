"""Everything a resumed run needs, in one safetensors file that is replaced atomically.

Tensors are the weights, the optimizer's state, the moving average and the best epoch's weights; the rest is JSON
in the file's metadata, so that one rename moves all of it from one epoch to the next. There is no generator
state: each epoch seeds its own (see loop.py).
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from tenfold.errors import CheckpointError
from tenfold.files import write_atomically
from tenfold.training.steps import Optimization


def save_checkpoint(
    path: Path, tables: dict[str, dict[str, Tensor]], optimizer: Optimization, state: dict[str, Any]
) -> None:
    """Write named tables of tensors (such as {"model": state_dict}), the optimizer's state and a JSON-able state."""
    tensors = {f"{table}/{name}": tensor for table, entries in tables.items() for name, tensor in entries.items()}
    for index, entries in enumerate(optimizer.state.values()):
        for name, tensor in entries.items():
            # Parameters may share a count, a file's tensors may not.
            tensors[f"optimizer/{index}/{name}"] = tensor if tensor.dim() else tensor.clone()
    content = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, save(content, {"state": json.dumps(state)}))


def load_checkpoint(path: Path, optimizer: Optimization) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
    """The tables and the state of a checkpoint; the optimizer takes its own part back.

    Raises CheckpointError where the file is not a checkpoint of this run's model.
    """
    try:
        with safe_open(path, "pt") as file:
            state = json.loads(file.metadata()["state"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:
        raise CheckpointError(f"{path}: not a usable checkpoint ({error}): train again without --resume") from None
    tables: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        table, _, key = name.partition("/")
        tables.setdefault(table, {})[key] = tensor
    _restore_optimizer(optimizer, tables.pop("optimizer", {}))
    return tables, state


def _restore_optimizer(optimizer: Optimization, entries: dict[str, Tensor]) -> None:
    parameters = list(optimizer.state)
    for key, tensor in entries.items():
        index, _, name = key.partition("/")
        parameter = parameters[int(index)]
        if tensor.shape == parameter.shape:
            # A fused step walks weights and state side by side in memory: they must be laid out alike.
            tensor = torch.empty_like(parameter, requires_grad=False).copy_(tensor)
        optimizer.state[parameter][name] = tensor
