"""Where the arithmetic runs and how precisely, chosen by what the machine does well."""

import torch
from torch import nn

from tenfold.errors import UsageError


def choose_device(name: str) -> torch.device:
    """The device a recipe names; auto takes CUDA, then MPS, then the CPU.

    Raises UsageError for a device that is not here.
    """
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, available in here.items() if available)
    if not here[name]:
        raise UsageError(f"compute.device = '{name}': there is none here; this machine has {_listed(here)}")
    return torch.device(name)


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
