"""`tenfold.reading.plain` and `tenfold.inference.frame` again, in torch, for the exporter to turn into a graph.

No size is known beforehand, so nothing is cut out: rows and columns without ink weigh nothing. All is float64, for a
view is rounded to 256 levels, and a difference in the seventh digit would now and then move a pixel to the next.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from tenfold.inference.frame import BOX, BROADEST, CENTRE, FULL, SIDE, STRONGEST, THIN
from tenfold.reading.plain import CORE, FAINTEST, SOFT, SOLID

_TINY = 1e-12
"""Stands for 0 below a fraction: on a blank picture every sum is 0, and so is what is divided."""


class Framing(nn.Module):
    """Pixels uint8 [h, w, 1 or 3] of one digit → its view uint8 [28, 28], and that as images float32 [1, 1, 28, 28]."""

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """As `frame(plain_strength(grey_of(pixels)))`; the images are the view as shares of 255."""
        view = frame(plain_strength(grey(pixels)))
        return view.to(torch.uint8), (view.float() * (1 / 255)).reshape(1, 1, SIDE, SIDE)


LUMA = (19595, 38470, 7471)
"""What red, green and blue weigh in grey, in 65,536ths: ITU-R 601's shares, as Pillow rounds them."""


def grey(pixels: Tensor) -> Tensor:
    """Grey levels int64 [h, w] of uint8 [h, w, 1 or 3]: grey counts as a colour whose channels are alike."""
    channels = torch.arange(3).clamp(max=pixels.shape[2] - 1)
    red, green, blue = pixels.index_select(2, channels).long().unbind(2)
    return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue + 32768) >> 16


def plain_strength(grey: Tensor) -> Tensor:
    """Strength of ink float64 [h, w], whole numbers from 0 to 255, of grey levels int64 [h, w]."""
    counts = _histogram(grey.flatten())
    border = _histogram(torch.cat([grey[0], grey[-1], grey[:, 0], grey[:, -1]]))
    paper = (2 * border.cumsum(0) < border.sum()).sum()
    lighter = torch.arange(256) - paper
    dark_on_light = (counts * lighter * lighter.abs()).sum() <= 0
    difference = torch.where(dark_on_light, -lighter, lighter).clamp(min=0)
    strength = _strength_of(difference, counts)[grey]
    return strength * _near_strokes(strength)


def _histogram(levels: Tensor) -> Tensor:
    """How many of levels int64 [n] are each of 0 to 255: int64 [256]."""
    return torch.zeros(256, dtype=torch.int64).scatter_add(0, levels, torch.ones_like(levels))


def _strength_of(difference: Tensor, counts: Tensor) -> Tensor:
    """The strength of ink float64 [256] of each grey level, that lies so far from paper and has so many pixels."""
    spread = torch.zeros(256, dtype=torch.int64).scatter_add(0, difference, counts)
    inked = difference > _otsu_threshold(spread)
    paper, ink = _mean(difference, counts * ~inked), _mean(difference, counts * inked)
    shares = ((difference.double() - paper) / (ink - paper).clamp(min=_TINY) - SOFT) / (SOLID - SOFT)
    return torch.round(shares.clamp(0, 1) * 255) * (ink - paper >= FAINTEST)


def _mean(levels: Tensor, counts: Tensor) -> Tensor:
    return (levels * counts).sum().double() / counts.sum().double().clamp(min=_TINY)


def _otsu_threshold(counts: Tensor) -> Tensor:
    """As `tenfold.reading.ink.otsu_threshold`, of a histogram [256]: the middle one of the best levels."""
    below = counts.cumsum(0).double()
    above = below[-1] - below
    mass = (counts * torch.arange(256)).cumsum(0).double()
    apart = mass / below.clamp(min=_TINY) - (mass[-1] - mass) / above.clamp(min=_TINY)
    between = torch.where((below > 0) & (above > 0), below * above * (apart * apart), -1.0)
    best = ((between == between.max()) & (between >= 0)).long()
    return (best.cumsum(0) < best.sum() // 2 + 1).sum()


def _near_strokes(strength: Tensor) -> Tensor:
    core = (strength >= CORE).float()
    stroke = core * (_in_three_by_three(core) > 2.5)
    return _in_three_by_three(stroke) > 0.5


def _in_three_by_three(mask: Tensor) -> Tensor:
    padded = pad(mask, (1, 1, 1, 1))
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]


def frame(strength: Tensor) -> Tensor:
    """The view float64 [28, 28], whole numbers from 0 to 255, of strength float64 [h, w]."""
    ink = strength / 255
    rows, columns = ink.sum(1), ink.sum(0)
    (top, height), (left, width) = _extent(rows), _extent(columns)
    scale = BOX / torch.maximum(height, width).double()
    broad = (1 + (THIN - _stroke_width(ink) * scale) / 2).clamp(1, BROADEST)
    pen = torch.maximum(scale, broad)
    across = _shrinking(rows, top, height, scale, pen)
    down = _shrinking(columns, left, width, scale, pen)
    view = across @ ink @ down.T
    fullness = (view * view).sum() / view.sum().clamp(min=_TINY)
    gain = (FULL / fullness.clamp(min=_TINY)).clamp(1, STRONGEST)
    return torch.round((view * (255 * gain)).clamp(max=255))


def _extent(profile: Tensor) -> tuple[Tensor, Tensor]:
    """The first of profile [n] that holds ink, and how many there are from it to the last."""
    n = profile.shape[0]
    index = torch.arange(n)
    first = torch.where(profile > 0, index, n).min()
    last = torch.where(profile > 0, index, -1).max()
    return first, (last - first + 1).clamp(min=1)


def _stroke_width(ink: Tensor) -> Tensor:
    padded = pad(ink, (1, 1, 1, 1))
    steps = padded.diff(dim=0).abs().sum() + padded.diff(dim=1).abs().sum()
    return 2 * ink.sum() / (steps * (torch.pi / 4)).clamp(min=_TINY)


def _shrinking(profile: Tensor, first: Tensor, length: Tensor, scale: Tensor, pen: Tensor) -> Tensor:
    """The matrix [28, n] that shrinks n rows (or columns) onto the view; those with ink are length, from first on."""
    at = (torch.arange(profile.shape[0]) - first + 0.5).double() * scale
    centre = (profile * at).sum() / profile.sum().clamp(min=_TINY)
    start = torch.minimum((CENTRE + 0.5 - centre).clamp(min=0), SIDE - length * scale)
    pixels = torch.arange(SIDE).double()[:, None] + (0.5 - start)
    return (1 - (pixels - at).abs() / pen).clamp(min=0) * (scale / pen)
