"""What decides the training of a network that reads pages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """steps: updates; batch: examples each; lr: at its highest; averaging: of the weights kept; seed: of order and
    views; key: what the recipe calls lr."""

    steps: int
    batch: int
    lr: float = 3e-3
    weight_decay: float = 1e-2
    averaging: float = 0.999
    seed: int = 0
    key: str = "lr"
