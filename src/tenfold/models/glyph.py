"""The network that judges one found digit with its surroundings."""

import torch
from torch import Tensor, nn

from tenfold.models.page import Block, convolution, without_contrast
from tenfold.reading.detector.files import GLYPHS


class GlyphNetwork(nn.Module):
    """Crops [n, 1, 48, 48] float32 in [0, 1], a digit in the middle of each, to logits [n, GLYPHS].

    channels: of strides 2, 4 and 8; blocks: of strides 4 and 8.
    """

    def __init__(self, channels: tuple[int, ...] = (24, 48, 96), blocks: tuple[int, ...] = (2, 2)) -> None:
        super().__init__()
        self.stem = convolution(1, channels[0], 3, 2)
        self.stages = nn.Sequential(
            *(
                nn.Sequential(convolution(inputs, outputs, 3, 2), *(Block(outputs) for _ in range(count)))
                for inputs, outputs, count in zip(channels[:-1], channels[1:], blocks, strict=True)
            )
        )
        self.answer = nn.Conv2d(channels[-1], GLYPHS, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of each crop: its own contrast and brightness are taken out first."""
        x = self.stages(self.stem(without_contrast(x)))
        # Four quarters, each by itself: where a stroke lies tells a 6 from a 9.
        return torch.as_tensor(self.answer(nn.functional.avg_pool2d(x, 3)).flatten(1))
