"""Numbers on things: meters, displays, plates, house numbers, scoreboards, calculators."""

from dataclasses import replace

import numpy as np

from tenfold.data.pages import words
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.fonts import Kind
from tenfold.data.pages.printing import Style, ground_of, ink_on, log_uniform, panel
from tenfold.data.pages.tools import Tools


def meter(canvas: Canvas, tools: Tools) -> None:
    """Rows of tiles with a digit each, as on a meter, a flap display, a combination lock or a form's comb."""
    rng = canvas.rng
    y = rng.uniform(12, 60)
    while True:
        tile_height = log_uniform(rng, 18, 90)
        if y + tile_height > canvas.height:
            return
        frame = rng.uniform(2, 10)
        _tiles(canvas, tools, y, tile_height, frame)
        end = y + tile_height * rng.uniform(1.2, 2.2) + 14
        if rng.random() < 0.5:
            # The next frame begins up to 10 pixels above its tiles.
            _small_print(canvas, tools, y + tile_height + frame, end - 10)
        y = end


def _tiles(canvas: Canvas, tools: Tools, top: float, tile_height: float, pad: float) -> None:
    """One row of tiles on a frame `pad` pixels wide, or on none: the last ones are of another colour on some meters."""
    rng = canvas.rng
    wide = tile_height * rng.uniform(0.55, 0.9)
    count = min(int(rng.integers(2, 10)), max(int((canvas.width - 8) / wide), 1))
    gap = wide * rng.uniform(0.0, 0.25)
    left = rng.uniform(2, max(canvas.width - count * (wide + gap), 3))
    frame, tile = rng.uniform(0, 1, 2)
    if rng.random() < 0.7:
        panel(canvas, (left - pad, top - pad, left + count * (wide + gap) + pad, top + tile_height + pad), float(frame))
    height = min(tile_height * rng.uniform(0.5, 0.8), 60.0)
    style = Style(tools.fonts.pick(rng, "text"), height, ink_on(rng, float(tile), height))
    changed = count - int(rng.integers(0, 4)) if rng.random() < 0.4 else count
    other = float(np.clip(tile + rng.choice([-1, 1]) * rng.uniform(0.2, 0.5), 0, 1))
    text = words.digits(rng, count)
    for at, char in enumerate(text):
        x = left + at * (wide + gap)
        ground = float(tile) if at < changed else other
        canvas.rectangle(x, top, x + wide, top + tile_height, ground)
        if rng.random() < 0.04:
            continue
        shown = style if at < changed else replace(style, value=ink_on(rng, ground, height))
        shift = rng.normal(0, 0.02) * tile_height
        shown.put(canvas, char, x + wide / 2, top + (tile_height + height) / 2 + shift, "middle")


def _small_print(canvas: Canvas, tools: Tools, top: float, bottom: float) -> None:
    """Words between two rows of tiles, as on a meter's face."""
    rng, ground = canvas.rng, ground_of(canvas)
    height = min(log_uniform(rng, 7, 18), (bottom - top) * 0.6)
    if height < 7:
        return
    style = Style(tools.fonts.pick(rng, "text"), height, ink_on(rng, ground, height))
    text = words.pick(rng, ("kWh", "m3", words.name(rng), words.name(rng), words.code(rng)))
    style.put(canvas, text, rng.uniform(0, canvas.width * 0.7), top + height * 1.2)


def display(canvas: Canvas, tools: Tools) -> None:
    """Displays of seven segments: clocks, scales, thermometers, light on dark or dark on light."""
    rng = canvas.rng
    y = rng.uniform(2, 60)
    while True:
        height = log_uniform(rng, 14, 60)
        if y + height * 1.6 > canvas.height:
            return
        segments = rng.random() < 0.75
        font = tools.fonts.pick(rng, "segments" if segments else "text")
        ground = float(rng.uniform(0, 0.3) if rng.random() < 0.6 else rng.uniform(0.5, 0.9))
        style = Style(font, height, ink_on(rng, ground, height, 0.5), height * rng.uniform(0, 0.1))
        text = _fitting(rng, style, canvas.width - 12)
        width = style.width(text)
        x = rng.uniform(6, max(canvas.width - width - 6, 7))
        pad = height * rng.uniform(0.15, 0.5)
        panel(canvas, (x - pad, y, x + width + pad, y + height + 2 * pad), ground, float(rng.uniform(0, 1)))
        if segments and rng.random() < 0.4:
            # Segments that are off shimmer through.
            off = ground + (style.value - ground) * rng.uniform(0.04, 0.12)
            marks = len(canvas.marks)
            replace(style, value=float(off)).put(
                canvas, "".join("8" if c.isdigit() else c for c in text), x, y + pad + height
            )
            del canvas.marks[marks:]
        style.put(canvas, text, x, y + pad + height)
        y += height + 2 * pad + rng.uniform(4, 50)


def _fitting(rng: np.random.Generator, style: Style, room: float) -> str:
    """A number as displays show it, that fits."""
    texts = (
        words.clock(rng),
        words.decimal(rng, 4, 1).replace(",", ""),
        words.whole(rng, 7),
        "-" + words.whole(rng, 2),
    )
    text = words.pick(rng, texts)
    while style.width(text) > room and len(text) > 1:
        text = text[:-1].rstrip(".:-")
    return text or "0"


def plates(canvas: Canvas, tools: Tools) -> None:
    """Licence plates, house numbers and signs: a framed panel with a short code in large characters."""
    rng = canvas.rng
    y = rng.uniform(4, 60)
    while True:
        height = log_uniform(rng, 14, 60)
        if y + height * 1.5 > canvas.height:
            return
        kind: Kind = "any" if rng.random() < 0.3 else "text"
        ground = float(rng.uniform(0.6, 1) if rng.random() < 0.6 else rng.uniform(0, 0.35))
        ink = ink_on(rng, ground, height, 0.5)
        style = Style(tools.fonts.pick(rng, kind), height, ink, height * rng.uniform(0, 0.15))
        text = words.whole(rng, 4) if rng.random() < 0.4 else f"{words.code(rng)} {words.whole(rng)}"
        text = style.fit(text, canvas.width - 20)
        width = style.width(text)
        x = rng.uniform(8, max(canvas.width - width - 8, 9))
        pad = height * rng.uniform(0.15, 0.4)
        if rng.random() < 0.9:
            panel(canvas, (x - pad, y - pad, x + width + pad, y + height + pad), ground, ink)
        else:
            style = replace(style, value=ink_on(rng, ground_of(canvas), height))
        style.put(canvas, text, x, y + height)
        y += height * rng.uniform(1.5, 3) + 2 * pad + 4


def scoreboard(canvas: Canvas, tools: Tools) -> None:
    """Names in small print and large scores, light on dark mostly."""
    rng = canvas.rng
    ground = float(rng.uniform(0, 0.3) if rng.random() < 0.7 else rng.uniform(0.7, 1))
    panel(canvas, (rng.uniform(-9, 20), rng.uniform(-9, 20), rng.uniform(236, 265), rng.uniform(236, 265)), ground)
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    wide, high = 216 / columns, 216 / rows
    score_font = tools.fonts.pick(rng, "segments" if rng.random() < 0.3 else "text")
    score_height = min(60.0, high * rng.uniform(0.35, 0.6), wide * rng.uniform(0.3, 0.6))
    score = Style(score_font, score_height, ink_on(rng, ground, score_height, 0.5))
    small_height = float(np.clip(high * 0.15, 6, 16))
    small = Style(tools.fonts.pick(rng, "text"), small_height, ink_on(rng, ground, small_height, 0.5))
    for row in range(rows):
        for column in range(columns):
            x, y = 20 + column * wide, 20 + row * high
            small.put(canvas, small.fit(words.name(rng), wide - 6), x + wide / 2, y + small_height + 2, "middle")
            text = words.whole(rng, 3) if rng.random() < 0.8 else f"{words.whole(rng, 2)}:{words.whole(rng, 2)}"
            if score.width(text) > wide - 8:
                text = text[:1]
            score.put(
                canvas, text, x + wide / 2, y + small_height + 4 + (high - small_height + score_height) * 0.45, "middle"
            )


def calculator(canvas: Canvas, tools: Tools) -> None:
    """A display above keys with a digit or a sign each; telephones have the keys alone."""
    rng = canvas.rng
    body, key, screen = (float(value) for value in rng.uniform(0, 1, 3))
    left, top, wide = rng.uniform(0, 60), rng.uniform(-10, 40), rng.uniform(120, 190)
    panel(canvas, (left, top, left + wide, canvas.height), body)
    font = tools.fonts.pick(rng, "text")
    if rng.random() < 0.7:
        height = log_uniform(rng, 14, 32)
        panel(canvas, (left + 8, top + 8, left + wide - 8, top + 16 + height * 1.4), screen)
        shown = Style(
            tools.fonts.pick(rng, "segments" if rng.random() < 0.6 else "text"),
            height,
            ink_on(rng, screen, height, 0.5),
        )
        shown.put(canvas, _fitting(rng, shown, wide - 28), left + wide - 14, top + 12 + height * 1.2, "right")
        top += 16 + height * 1.4
    keys = words.pick(rng, ("789456123", "123456789")) + words.pick(rng, ("0.=", "*0#", ".0C", "C0="))
    columns = 4 if rng.random() < 0.4 else 3
    size = (wide - 16) / columns
    height = size * rng.uniform(0.25, 0.5)
    style = Style(font, height, ink_on(rng, key, height))
    signs = iter("+-/%")
    for row in range(4):
        for column in range(columns):
            char = keys[row * 3 + column] if column < 3 else next(signs)
            x, y = left + 8 + column * size, top + 10 + row * size
            canvas.rectangle(x + 2, y + 2, x + size - 2, y + size - 2, key)
            style.put(canvas, char, x + size / 2, y + (size + height) / 2, "middle")
