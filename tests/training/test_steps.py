import subprocess
import sys

import pytest
import torch
from torch import nn

from tenfold.recipes.schema import Optimizer
from tenfold.training.steps import Optimization

SETTINGS = {
    "sgd": Optimizer(name="sgd", lr=0.05),
    "sgd with decay": Optimizer(name="sgd", lr=0.05, weight_decay=0.1),
    "momentum": Optimizer(name="sgd", lr=0.05, momentum=0.9, weight_decay=0.01),
    "nesterov": Optimizer(name="sgd", lr=0.05, momentum=0.9, nesterov=True),
    "adam": Optimizer(name="adam", lr=0.05, weight_decay=0.01),
    "adamw": Optimizer(name="adamw", lr=0.05, weight_decay=0.1),
    "rmsprop": Optimizer(name="rmsprop", lr=0.05),
    "rmsprop with momentum": Optimizer(name="rmsprop", lr=0.01, momentum=0.9, weight_decay=0.01),
}


def _torchs(settings, groups):
    decay = settings.weight_decay
    match settings.name:
        case "adam":
            return torch.optim.Adam(groups, weight_decay=decay, fused=True)
        case "adamw":
            return torch.optim.AdamW(groups, weight_decay=decay, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(groups, momentum=settings.momentum, weight_decay=decay)
    options = {"momentum": settings.momentum, "nesterov": settings.nesterov}
    return torch.optim.SGD(groups, 0.05, weight_decay=decay, fused=True, **options)


def _network():
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def _groups(model, rate):
    return [{"params": model[0].parameters(), "lr": rate}, {"params": model[3].parameters(), "lr": rate / 2}]


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_steps_are_those_of_torch_optim(settings):
    ours, theirs = _network(), _network()
    optimizers = {}
    for model, make in (
        (ours, lambda groups: Optimization(groups, settings)),
        (theirs, lambda g: _torchs(settings, g)),
    ):
        optimizers[model] = make(_groups(model, settings.lr))
    for step in range(20):
        x = torch.rand(8, 1, 8, 8).contiguous(memory_format=torch.channels_last)
        for model, optimizer in optimizers.items():
            nn.functional.cross_entropy(model(x), torch.arange(8) % 3).backward()
            for group in optimizer.param_groups:
                group["lr"] *= 0.95 if step > 5 else 1.0
            optimizer.step()
            optimizer.zero_grad()
    for mine, its in zip(ours.parameters(), theirs.parameters(), strict=True):
        tolerance = 1e-6 if settings.name == "rmsprop" else 0.0  # torch groups its tensors there, and rounds otherwise
        torch.testing.assert_close(mine, its, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_parameter_without_a_gradient_stays(settings):
    used, unused = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))
    optimizer = Optimization([used, unused], settings)
    for _ in range(2):
        (used**2).sum().backward()
        optimizer.step()
    assert (unused == 1).all()
    assert (used < 1).all()
    optimizer.zero_grad()
    assert used.grad is None


@pytest.mark.parametrize("recipe", [pytest.param("mlp-sgd", marks=pytest.mark.long), "fast"])
def test_training_imports_no_compiler(recipe, bars, tmp_path):
    script = (
        "import sys, tenfold\n"
        f"tenfold.train('{recipe}', overrides={{'data.name': {str(bars)!r}, 'epochs': 1}}, out={str(tmp_path)!r})\n"
        "print([name for name in ('torch._dynamo', 'torch.onnx', 'onnxscript', 'sympy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
