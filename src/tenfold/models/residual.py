"""A small ResNet: what residual connections bring on 28×28 pixels."""

from torch import Tensor, nn
from torch.nn import functional

from tenfold.models.registry import register


class ResidualBlock(nn.Module):
    """Two 3×3 convs with batch normalisation, added to a shortcut (He et al. 2016, figure 2)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """[n, inputs, h, w] → [n, outputs, h / stride, w / stride]."""
        inner = functional.relu(self.norm1(self.conv1(x)))
        return functional.relu(self.norm2(self.conv2(inner)) + self.shortcut(x))


@register
def resnet_mini(classes: int = 10, width: int = 16) -> nn.Module:
    """Three stages of one residual block each, global average: 77,754 parameters at width 16."""
    return nn.Sequential(
        nn.Conv2d(1, width, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),   # 28 → 14
        ResidualBlock(width, width, stride=1),
        ResidualBlock(width, 2 * width, stride=2),                                                   # 14 → 7
        ResidualBlock(2 * width, 4 * width, stride=2),                                               # 7 → 4
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(4 * width, classes),
    )  # fmt: skip
