"""The network that judges the digits of a line together."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tenfold.models.page import Block, convolution, without_contrast
from tenfold.reading.detector.files import GLYPHS
from tenfold.reading.line_strips import STRIP_HEIGHT


class LineNetwork(nn.Module):
    """Strips [n, 1, 40, w] float32 in [0, 1], w a multiple of 4, to logits [n, GLYPHS, w/4]: what has its middle where.

    channels: of strides 2 and 4, of stride 4 along and 8 down, and of what is left once the height is gone; contexts:
    how far apart the cells are that each pair of convolutions along the line brings together.
    """

    def __init__(
        self, channels: tuple[int, ...] = (24, 48, 96, 160), blocks: int = 2, contexts: tuple[int, ...] = (1, 2, 1)
    ) -> None:
        super().__init__()
        fine, middle, coarse, along = channels
        self.features = nn.Sequential(
            convolution(1, fine, 3, 2, 1),
            convolution(fine, middle, 3, 2, 1),
            *(Block(middle) for _ in range(blocks)),
            convolution(middle, coarse, 3, (2, 1), 1),
            *(Block(coarse) for _ in range(blocks)),
            convolution(coarse, along, (STRIP_HEIGHT // 8, 1), 1, 0),
            *(_Context(along, apart) for apart in contexts),
        )
        self.answer = nn.Conv2d(along, GLYPHS, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of each cell: the strip's own contrast and brightness are taken out first."""
        return torch.as_tensor(self.answer(self.features(without_contrast(x))).squeeze(2))


class _Context(nn.Module):
    """Two convolutions along the line with a way around them, over cells that lie so far apart."""

    def __init__(self, channels: int, apart: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels, (1, 3), 1, (0, apart), (1, apart))
        second = nn.Conv2d(channels, channels, (1, 3), 1, (0, apart), (1, apart), bias=False)
        self.second = nn.Sequential(second, nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Features of the same shape."""
        return functional.relu(x + self.second(self.first(x)))
