"""Epochs in PyTorch as people write them: a DataLoader, float32, one batch at a time.

    python -m benchmarks.peers.torch_epochs RECIPE DATA.npz EPOCHS [SECONDS ACCURACY]

prints what keras_epochs.py prints. RECIPE is cnn-dropout, the tutorials' model, or pytorch-example: the network and
the training of the MNIST example that the PyTorch project publishes (github.com/pytorch/examples, mnist).
"""

import json
import sys
import time

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset


def cnn_dropout() -> nn.Module:
    """The tutorials' model."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
    )  # fmt: skip


def pytorch_example() -> nn.Module:
    """The PyTorch project's example: two convolutions, one pooling, two dense layers."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
        nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
    )  # fmt: skip


def main(recipe: str, data: str, epochs: str, limit: str = "inf", target: str = "inf") -> None:
    """Train, and print what the clock saw."""
    example = recipe == "pytorch-example"
    mean, deviation = (0.1307, 0.3081) if example else (0.0, 1.0)
    with np.load(data) as arrays:
        parts = {
            part: TensorDataset(
                (torch.from_numpy(arrays["x" + part][:, None]).float() / 255 - mean) / deviation,
                torch.from_numpy(arrays["y" + part]),
            )
            for part in ("", "_test")
        }
    torch.optim.Adam([nn.Parameter(torch.zeros(1))])  # the first optimizer imports; imports are not training
    start = time.perf_counter()
    model = pytorch_example() if example else cnn_dropout()
    optimizer: torch.optim.Optimizer = (
        torch.optim.Adadelta(model.parameters(), lr=1.0) if example else torch.optim.Adam(model.parameters())
    )
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7 if example else 1.0)
    loader = DataLoader(parts[""], batch_size=64 if example else 128, shuffle=True)
    built = time.perf_counter() - start
    seconds: list[float] = []
    accuracy: list[float] = []
    while len(seconds) < int(epochs) and sum(seconds) < float(limit) and max(accuracy, default=0.0) < float(target):
        start = time.perf_counter()
        _train(model, optimizer, loader)
        schedule.step()
        seconds.append(time.perf_counter() - start)
        accuracy.append(_accuracy(model, parts["_test"]))
    print(json.dumps({
        "build_seconds": built, "seconds": seconds, "test_accuracy": accuracy, "versions": {"torch": torch.__version__},
    }))  # fmt: skip


def _train(model: nn.Module, optimizer: torch.optim.Optimizer, loader: "DataLoader[tuple[Tensor, ...]]") -> None:
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _accuracy(model: nn.Module, test: TensorDataset) -> float:
    model.eval()
    right = 0
    with torch.no_grad():
        for images, labels in DataLoader(test, batch_size=1000):
            right += int((model(images).argmax(1) == labels).sum())
    return right / len(test)


if __name__ == "__main__":
    main(*sys.argv[1:])
