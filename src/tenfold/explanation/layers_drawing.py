"""A model's inside as one drawing: filters, what each layer makes of the digit, and what its probe says."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tenfold.explanation import maps
from tenfold.explanation.drawing import MARGIN, WIDTH, heading, spelled
from tenfold.explanation.layers import Layers, LayerView
from tenfold.explanation.result import Explanation
from tenfold.formatting import count, percent, plural
from tenfold.reading.drawing import INK, MUTED, SURFACE, titled
from tenfold.reading.labels import font

_TALLEST, _WIDEST = 200, 440
"""Pixels that a sheet of maps is high and wide at most."""

_BARS = MARGIN + _WIDEST + 30
"""Where bars begin, in pixels from the left."""


def draw_layers(found: Explanation, layers: Layers) -> Image.Image:
    """The drawing, RGB."""
    parts = [heading(filters_line(layers)), _sheet(maps.sheet(layers.filters))]
    parts.append(heading(probes_line(layers)))
    for layer in layers.layers:
        parts.append(_layer(layer, layers))
    parts.append(_answer(found))
    title = f"How the {found.answer} forms, layer by layer"
    return titled(title, f"{found.piece.source}  ·  {found.model}", parts)


def filters_line(layers: Layers) -> str:
    """What the first filters are, and how many of them are shown."""
    n, height, width = layers.filters.shape
    shown = f", {maps.SHOWN} of them" if n > maps.SHOWN else ""
    said = f"The first layer's {plural(n, 'filter')} of {height}×{width} pixels{shown}"
    return f"{said}: blue answers to ink, orange to paper"


def probes_line(layers: Layers) -> str:
    """What the probes are, in a sentence."""
    if not layers.fitted:
        return "What each layer makes of it (no training images are here, so there are no probes)"
    return (
        f"What each layer makes of it, and what a linear classifier reads off there, fitted to {count(layers.fitted)} "
        f"training images; how many of {count(layers.held_out)} others it gets right stands beside it"
    )


def layer_title(layer: LayerView) -> str:
    """'convolution 2: 32×7×7 values, 16 of 32 maps shown'."""
    if layer.maps is None:
        return f"{layer.name}: {layer.values} values"
    n = len(layer.maps)
    return f"{layer.name}: {layer.values} values" + (f", {maps.SHOWN} of {n} maps shown" if n > maps.SHOWN else "")


def _sheet(picture: maps.Colours) -> Image.Image:
    canvas = Image.new("RGB", (WIDTH, 10 + _scaled(picture).height), SURFACE)
    canvas.paste(_scaled(picture), (MARGIN, 4))
    return canvas


def _scaled(picture: maps.Colours) -> Image.Image:
    height, width = picture.shape[:2]
    factor = max(1, min(_TALLEST // height, _WIDEST // width, 8))
    ground = Image.fromarray(maps.on((255, 255, 255), picture))
    return ground.resize((width * factor, height * factor), Image.Resampling.NEAREST)


def _layer(layer: LayerView, layers: Layers) -> Image.Image:
    sheet = None if layer.maps is None else _scaled(maps.sheet(layer.maps))
    bars = 17 * len(layers.classes) if layer.probabilities is not None else 0
    canvas = Image.new("RGB", (WIDTH, 52 + max(sheet.height if sheet else 0, bars)), SURFACE)
    draw = ImageDraw.Draw(canvas)
    draw.text((MARGIN, 22), spelled(layer_title(layer)), INK, font(14), anchor="ls")
    if sheet is not None:
        canvas.paste(sheet, (MARGIN, 32))
    if layer.probabilities is not None and layer.accuracy is not None:
        title = f"probe ({percent(layer.accuracy, 1)} right)"
        _bars(draw, title, layers.classes, layer.probabilities)
    return canvas


def _answer(found: Explanation) -> Image.Image:
    """The model's own probabilities, after its last layer."""
    classes = found.contrast.classifier.card.classes
    canvas = Image.new("RGB", (WIDTH, 52 + 17 * len(classes)), SURFACE)
    draw = ImageDraw.Draw(canvas)
    draw.text((MARGIN, 22), "the answer", INK, font(14), anchor="ls")
    _bars(draw, "the model itself", classes, found.contrast.probabilities)
    return canvas


def _bars(draw: ImageDraw.ImageDraw, title: str, names: Sequence[str], shares: NDArray[np.floating]) -> None:
    """A bar a class, the longest blue."""
    draw.text((_BARS, 22), spelled(title), INK, font(14), anchor="ls")
    x = _BARS + (16 if max(map(len, names)) == 1 else 76)
    room = WIDTH - MARGIN - 52 - x
    for place, (name, share) in enumerate(zip(names, shares.tolist(), strict=True)):
        y, best = 32 + 17 * place, share == shares.max()
        draw.text((_BARS, y + 12), name[:11], INK if best else MUTED, font(13), anchor="ls")
        draw.rectangle((x, y + 2, x + max(1, room * share), y + 13), fill=maps.FOR if best else "#c9cdd2")
        draw.text((WIDTH - MARGIN, y + 12), f"{100 * share:.1f} %", MUTED, font(12), anchor="rs")
