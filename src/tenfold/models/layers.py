"""Layers that several families share."""

from torch import Tensor, nn


class Flatten(nn.Module):
    """[n, channels, height, width] → [n, height · width · channels]: channels last, as Keras flattens.

    Training keeps images in channels-last order, so this is a view; torch's own Flatten copies the activations
    forward and their gradient back, which cost `cnn_sgd` half of its step.
    """

    def forward(self, x: Tensor) -> Tensor:
        """A view of x where x is stored channels last, else a copy."""
        return x.permute(0, 2, 3, 1).flatten(1)
