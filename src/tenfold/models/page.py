"""The network that finds digits on a page."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tenfold.reading.detector.peaks import BOX, HEATS

OUTPUTS = HEATS + BOX
"""Channels: ten digits, five separators, small digits and three turns as logits; then the box: x, y and the
logarithms of width and height."""


_LEAST_SPREAD = 0.02
"""Added to a picture's standard deviation: bare paper stays bare."""

Sides = int | tuple[int, int]
"""Down and across, or both alike."""


def without_contrast(x: Tensor) -> Tensor:
    """Pictures [n, 1, h, w], each without its own brightness and contrast."""
    x = x - x.mean(dim=(2, 3), keepdim=True)
    return x / (x.square().mean(dim=(2, 3), keepdim=True).sqrt() + _LEAST_SPREAD)


def convolution(
    inputs: int, outputs: int, size: Sides = 3, stride: Sides = 1, padding: Sides = 1, dilation: Sides = 1
) -> nn.Sequential:
    """Convolution, batch normalisation and ReLU; a stride of 2 halves the picture."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding, dilation, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """Two convolutions with a way around them (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Features of the same shape."""
        return functional.relu(x + self.second(self.first(x)))


class PageNetwork(nn.Module):
    """Fully convolutional: a page [n, 1, h, w] float32 in [0, 1], sides multiples of 32, to [n, OUTPUTS, h/4, w/4].

    Features of strides 4 to 32; the coarse ones are added back to the finer (Lin et al. 2017), and every cell says how
    likely the middle of each class lies there (Zhou et al. 2019). channels: of strides 2, 4, 8, 16 and 32; blocks: of
    strides 4, 8, 16 and 32; neck: channels of what is added.
    """

    def __init__(
        self,
        channels: tuple[int, ...] = (16, 32, 64, 96, 128),
        blocks: tuple[int, ...] = (1, 2, 3, 1),
        neck: int = 48,
    ) -> None:
        super().__init__()
        self.stem = convolution(1, channels[0], 3, 2)
        self.stages = nn.ModuleList(
            nn.Sequential(convolution(inputs, outputs, 3, 2), *(Block(outputs) for _ in range(count)))
            for inputs, outputs, count in zip(channels[:-1], channels[1:], blocks, strict=True)
        )
        self.laterals = nn.ModuleList(nn.Conv2d(width, neck, 1) for width in channels[1:])
        self.smooth = convolution(neck, neck)
        answer = nn.Conv2d(64, OUTPUTS, 1)
        assert answer.bias is not None
        nn.init.zeros_(answer.bias)
        nn.init.constant_(answer.bias[:HEATS], -4.6)  # a digit in a hundred cells, to begin with (Lin et al. 2017)
        self.head = nn.Sequential(convolution(neck, 64), answer)

    def forward(self, x: Tensor) -> Tensor:
        """Answers to pages: logits of heats, and boxes."""
        features = []
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        merged = self.laterals[-1](features[-1])
        for index in range(len(features) - 2, -1, -1):
            merged = functional.interpolate(merged, scale_factor=2.0, mode="nearest") + self.laterals[index](
                features[index]
            )
            if index == 1:
                merged = self.smooth(merged)
        return torch.as_tensor(self.head(merged))
