"""Notes by hand on paper of any kind: numbers with their units, dates, lists, sums, sentences, marked numbers."""

from dataclasses import replace

import numpy as np

from tenfold.data.pages import contents
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.sheets_grounds import notebook
from tenfold.data.pages.sheets_lines import freehand, random_pen
from tenfold.data.pages.sheets_marks import (
    MARKS,
    arrow,
    box_around,
    circle_around,
    cross_out,
    dash,
    tick,
    underline,
)
from tenfold.data.pages.sheets_writing import crowd, digit_height, place, write
from tenfold.data.pages.tools import Tools

Box = tuple[float, float, float, float]


def notes(canvas: Canvas, tools: Tools) -> None:
    """Lines of numbers: dates, times, telephone numbers, codes, quantities, amounts, sums."""
    rng = canvas.rng
    height = digit_height(rng, 9, 40)
    spacing = height * rng.uniform(1.15, 2.4)
    y = rng.uniform(0.7, 1.5) * height
    notebook(canvas, spacing * rng.choice([1, 1, rng.uniform(0.6, 1.5)]), y + rng.normal(0, 0.1) * height)
    writer, pen, slope = tools.writer(rng, height), random_pen(canvas, height), float(rng.normal(0, 0.025))
    if rng.random() < 0.15:
        crowd(writer, rng)
    kinds = [contents.NUMBERS[kind] for kind in rng.integers(0, len(contents.NUMBERS), 2)]
    for baseline in np.arange(y, canvas.height + height, spacing):
        if rng.random() < 0.1:
            continue
        if rng.random() < 0.1:
            pen = random_pen(canvas, height)
        text = kinds[rng.integers(2)](rng)
        left = place(rng, writer.measure(text), canvas.width)
        end = write(canvas, writer, text, left, baseline, pen, slope=slope)
        while end < canvas.width and rng.random() < 0.5:
            end = write(canvas, writer, contents.any_number(rng), end + rng.uniform(0.5, 3) * height, baseline, pen)


def items(canvas: Canvas, tools: Tools) -> None:
    """A list: bullets or numbers, words, and amounts at the right."""
    rng = canvas.rng
    height = digit_height(rng, 9, 30)
    spacing = height * rng.uniform(1.3, 2.4)
    y = rng.uniform(0.5, 1.5) * height
    notebook(canvas, spacing, y + rng.uniform(0, 0.2) * height)
    writer, pen = tools.writer(rng, height), random_pen(canvas, height)
    left, column = rng.uniform(-0.5, 4) * height, rng.uniform(0.5, 0.85) * canvas.width
    bullet = str(rng.choice(["number", "dash", "dot", "tick", "arrow", "none"]))
    after = contents.choice(rng, [".", ")", ":", ""])
    first, words, price = int(rng.integers(1, 30)), rng.random() < 0.8, rng.random() < 0.7
    for number, baseline in enumerate(np.arange(y, canvas.height + height, spacing), first):
        end, level = left, baseline - 0.4 * height
        if bullet == "number":
            end = write(canvas, writer, f"{number}{after}", left, baseline, pen)
        elif bullet == "dot":
            dot = np.array([[left, level], [left + 0.5, level]])
            canvas.line(dot, max(2, 0.2 * height), pen.value, pen.depth)
        elif bullet != "none":
            {"dash": dash, "tick": tick, "arrow": arrow}[bullet](canvas, pen, left, level, 0.6 * height)
        if words:
            end = write(canvas, writer, contents.word(rng), end + 0.7 * height, baseline, pen)
        if price and rng.random() < 0.85:
            text = contents.quantity(rng) if rng.random() < 0.4 else contents.decimal(rng)
            write(canvas, writer, text, max(column, end + 0.5 * height), baseline, pen)


def sentences(canvas: Canvas, tools: Tools) -> None:
    """Lines of words with numbers between them."""
    _text(canvas, tools, share=float(canvas.rng.uniform(0.1, 0.5)))


def words(canvas: Canvas, tools: Tools) -> None:
    """Lines of words and scrawls without a digit."""
    _text(canvas, tools, share=0.0)


def _text(canvas: Canvas, tools: Tools, share: float) -> None:
    """share: of words that are numbers."""
    rng = canvas.rng
    height = digit_height(rng, 10, 40)
    spacing = height * rng.uniform(1.3, 2.4)
    y = rng.uniform(0.5, 1.5) * height
    notebook(canvas, spacing, y + rng.uniform(0, 0.2) * height)
    writer, pen, slope = tools.writer(rng, height), random_pen(canvas, height), float(rng.normal(0, 0.025))
    left = rng.uniform(-2, 2) * height
    for baseline in np.arange(y, canvas.height + height, spacing):
        right = left
        stop = canvas.width * rng.choice([1, 1, rng.uniform(0, 1)])
        while right < stop:
            is_number = rng.random() < share
            text = contents.any_number(rng) if is_number else contents.word(rng)
            level = baseline + slope * (right - left)
            if rng.random() < 0.04:
                end = right + rng.uniform(1.5, 5) * height
                writer.scribble(canvas, right, level - height, end, level + 0.3 * height, pen.value, pen.depth)
                right = end + 0.5 * height
                continue
            right = write(canvas, writer, text, right, level, pen, slope=slope) + height * rng.uniform(0.35, 0.8)


def sums(canvas: Canvas, tools: Tools) -> None:
    """Numbers below each other with a line and their sum, several beside each other."""
    rng = canvas.rng
    height = digit_height(rng, 10, 36)
    spacing = height * rng.uniform(1.1, 1.7)
    notebook(canvas, spacing * rng.choice([0.5, 1]), rng.uniform(0, spacing))
    writer, pen = tools.writer(rng, height), random_pen(canvas, height)
    longest = int(rng.integers(1, 6))
    width = (longest + 1.5) * 0.75 * height
    for right in np.arange(width * rng.uniform(0.6, 1.3), canvas.width + 0.3 * width, width * rng.uniform(1.1, 1.8)):
        baseline = rng.uniform(0.8, 2.5) * height
        while baseline < canvas.height:
            count = int(rng.integers(2, 6))
            for row in range(count + 1):
                text = contents.number(rng, longest)
                if row == count - 1 and rng.random() < 0.7:
                    text = contents.choice(rng, "+-") + text
                write(canvas, writer, text, right - writer.measure(text), baseline, pen)
                if row == count - 1:
                    underline(canvas, pen, right - width * rng.uniform(0.6, 0.9), right, baseline + 0.2 * height)
                    baseline += 0.25 * height
                baseline += spacing
            baseline += spacing * rng.uniform(0.5, 2)


def marked(canvas: Canvas, tools: Tools) -> None:
    """Numbers that are underlined, circled or boxed, with arrows and ticks beside them."""
    rng = canvas.rng
    height = digit_height(rng, 10, 48)
    notebook(canvas, height * rng.uniform(1.2, 2), rng.uniform(0, height))
    writer, pen = tools.writer(rng, height), random_pen(canvas, height)
    other = random_pen(canvas, height) if rng.random() < 0.5 else pen
    kind = int(rng.integers(4))
    for y in np.arange(rng.uniform(1.0, 2) * height, canvas.height + 0.5 * height, height * rng.uniform(1.7, 3)):
        x = rng.uniform(-0.5, 2.5) * height
        while x < canvas.width:
            text = contents.any_number(rng) if rng.random() < 0.3 else contents.number(rng, 3)
            end = write(canvas, writer, text, x, y, pen)
            box = (x, y - height, end, y)
            chosen = int(rng.integers(4)) if rng.random() < 0.2 else kind
            if rng.random() < 0.75:
                if chosen == 0:
                    underline(canvas, other, x, end, y + height * rng.uniform(0.05, 0.35))
                elif chosen == 1:
                    circle_around(canvas, other, *box)
                elif chosen == 2:
                    box_around(canvas, other, *box)
                else:
                    (tick, arrow)[rng.integers(2)](canvas, other, end + 0.8 * height, y - height / 2, 0.9 * height)
                    end += 1.1 * height
            x = end + height * rng.uniform(0.8, 3)


def crossed_out(canvas: Canvas, tools: Tools) -> None:
    """Numbers some of which, or some digits of which, are struck out, with the right ones beside them."""
    rng = canvas.rng
    height = digit_height(rng, 11, 46)
    notebook(canvas, height * rng.uniform(1.2, 2), rng.uniform(0, height))
    writer, pen = tools.writer(rng, height), random_pen(canvas, height)
    for y in np.arange(rng.uniform(1.0, 2) * height, canvas.height + 0.5 * height, height * rng.uniform(1.4, 2.6)):
        x = rng.uniform(-0.5, 2.5) * height
        while x < canvas.width:
            count = len(canvas.marks)
            text = contents.any_number(rng) if rng.random() < 0.2 else contents.digits(rng, int(rng.integers(1, 6)))
            end = write(canvas, writer, text, x, y, pen)
            boxes = [mark.box for mark in canvas.marks[count:]]
            if boxes and rng.random() < 0.4:
                first = int(rng.integers(len(boxes)))
                last = int(rng.integers(first, len(boxes))) if rng.random() < 0.5 else first
                struck = _union(boxes[first : last + 1])
                heavy = replace(pen, width=max(pen.width, 1.2))
                cross_out(canvas, heavy, *struck)
            x = end + height * rng.uniform(0.4, 2)


def _union(boxes: list[Box]) -> Box:
    """The box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def signs(canvas: Canvas, tools: Tools) -> None:
    """Ticks, crosses, arrows, stars, brackets and lines on a page without a digit."""
    rng = canvas.rng
    size = 10 * (0.47 * canvas.width / 10) ** rng.random()
    notebook(canvas, max(10, size * rng.uniform(0.5, 1.5)), rng.uniform(0, size))
    pen = random_pen(canvas, size)
    pool = rng.integers(0, len(MARKS), rng.integers(1, 5))
    for _ in range(min(int(rng.integers(1, 30)), int((canvas.width / size) ** 2))):
        x, y = rng.uniform(0, (canvas.width, canvas.height))
        draw = MARKS[rng.choice(pool)]
        if rng.random() < 0.15:
            pen = random_pen(canvas, size)
        draw(canvas, pen, x, y, size * rng.uniform(0.7, 1.3))
    if rng.random() < 0.2:
        writer = tools.writer(rng, size)
        left, top = rng.uniform(0, 0.6, 2) * canvas.width
        writer.scribble(canvas, left, top, left + 2 * size, top + size, pen.value, pen.depth)
    if rng.random() < 0.2:
        points = rng.uniform(-0.1, 1.1, (int(rng.integers(3, 7)), 2)) * (canvas.width, canvas.height)
        freehand(canvas, pen, points)
