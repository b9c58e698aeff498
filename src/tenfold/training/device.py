"""Where the arithmetic runs and how precisely, chosen by what the machine does well."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from tenfold.errors import TenfoldError, UsageError, first_line


def choose_device(name: str) -> torch.device:
    """The device a recipe names; auto takes CUDA, then MPS, then the CPU, the first that answers.

    Raises UsageError for a device that is not here.
    """
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, available in here.items() if available and _answers(device))
    if not here[name]:
        raise UsageError(f"compute.device = '{name}': there is none here; this machine has {_listed(here)}")
    return torch.device(name)


def _answers(device: str) -> bool:
    """Whether a device that the driver lists also calculates: it may be lost, or full of what others keep there."""
    try:
        return bool(torch.ones(1, device=device).sum() == 1)
    except RuntimeError:
        return False


@contextmanager
def device_faults(device: torch.device, batch_size: int) -> Iterator[None]:
    """Around what calculates on a device: memory that ran out, and a device that was lost, become a TenfoldError."""
    try:
        yield
    except RuntimeError as error:  # which torch's own errors are
        reason = first_line(error).rstrip(".")
        if isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator" in reason:
            raise TenfoldError(
                f"{device.type}: out of memory: lower batch_size (now {batch_size:,})"
                + (" or set compute.device = 'cpu'" if device.type != "cpu" else "")
            ) from None
        if isinstance(error, torch.AcceleratorError):
            raise TenfoldError(
                f"{device.type}: lost ({reason}): --resume goes on from the last epoch, on what device there is then"
            ) from None
        raise


def _listed(here: dict[str, bool]) -> str:
    return ", ".join(device for device, available in here.items() if available)


def choose_precision(name: str, device: torch.device, model: nn.Module) -> torch.dtype:
    """The type that convolutions and matrix products run in; weights stay float32.

    auto takes bfloat16 where the processor multiplies it natively and the model has convolutions: the products
    of a small MLP are too short to pay for the conversions.
    """
    if name == "auto":
        convolutional = any(isinstance(module, nn.Conv2d) for module in model.modules())
        return torch.bfloat16 if convolutional and _native_bfloat16(device) else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[name]


def _native_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        features = torch.cpu.get_capabilities()
        return bool(features.get("avx512_bf16") or features.get("amx_bf16") or features.get("bf16"))
    return False
