"""Number grids: sudokus, bingo cards, letter puzzles, with printed digits, handwritten ones, or both."""

from dataclasses import dataclass

import numpy as np

from tenfold.data.pages import words
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.hands import Writer
from tenfold.data.pages.printing import Style, flow, ground_of, ink_on, log_uniform
from tenfold.data.pages.tools import Tools


@dataclass(frozen=True)
class _Grid:
    """count by count cells of `cell` pixels from a corner on; block: cells from one thick rule to the next."""

    left: float
    top: float
    cell: float
    count: int
    block: int

    def corner(self, row: int, column: int) -> tuple[float, float]:
        """Left and top of a cell."""
        return self.left + column * self.cell, self.top + row * self.cell


def number_grid(canvas: Canvas, tools: Tools) -> None:
    """A sudoku, kakuro or bingo card of 4 to 12 cells a side, whole or cut by the page, with text around it."""
    rng, ground = canvas.rng, ground_of(canvas)
    grid = _placed(canvas)
    height = grid.cell * rng.uniform(0.35, 0.7)
    print_style = Style(tools.fonts.pick(rng, "text"), height, ink_on(rng, ground, height))
    _around(canvas, tools, grid)
    dark = _shaded(canvas, grid, ground)
    _rules(canvas, grid, float(ground * rng.uniform(0, 0.6)))
    hand_height = grid.cell * rng.uniform(0.4, 0.75)
    writer = tools.writer(rng, hand_height)
    pen = ink_on(rng, ground, hand_height)
    # Sudokus' clues are printed, and people fill in some or all of the rest.
    printed = rng.choice([0.0, 0.25, 0.4, 1.0])
    written = 0.0 if rng.random() < (0.35 if printed else 0.1) else rng.uniform(0.2, 1.0)
    two = rng.random() < 0.15 and grid.count < 10
    letters = rng.random() < 0.12
    notes = grid.cell > 36 and rng.random() < 0.25
    for row, column in _on_page(canvas, grid):
        if (row, column) in dark:
            continue
        text = words.pick(rng, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") if letters else str(rng.integers(1, 100 if two else 10))
        if rng.random() < printed:
            _print_in(canvas, print_style, grid, (row, column), text)
        elif not letters and rng.random() < written:
            _write_in(canvas, writer, pen, grid, (row, column), text)
        elif notes and not letters:
            _notes(canvas, print_style, grid, (row, column))


def _placed(canvas: Canvas) -> _Grid:
    """A grid of random size: whole on the page if it has room and luck, else anywhere."""
    rng = canvas.rng
    count = 9 if rng.random() < 0.6 else int(rng.integers(4, 13))
    block = {4: 2, 6: 3, 9: 3, 12: 4}.get(count, count) if rng.random() < 0.85 else count
    cell = log_uniform(rng, 16, 60)
    if count * cell > canvas.width and rng.random() < 0.5:
        cell = max(16.0, canvas.width * rng.uniform(0.85, 0.98) / count)
    room = canvas.width - count * cell
    left, top = sorted((0, room))[0] + rng.random(2) * abs(room)
    return _Grid(float(left), float(top), cell, count, block)


def _on_page(canvas: Canvas, grid: _Grid) -> list[tuple[int, int]]:
    """Row and column of the cells that the page shows something of."""
    cells = []
    for row in range(grid.count):
        for column in range(grid.count):
            left, top = grid.corner(row, column)
            if -grid.cell < left < canvas.width and -grid.cell < top < canvas.height:
                cells.append((row, column))
    return cells


def _around(canvas: Canvas, tools: Tools, grid: _Grid) -> None:
    """Text above and below the grid, where there is room."""
    rng, ground = canvas.rng, ground_of(canvas)
    height = log_uniform(rng, 6, 14)
    style = Style(tools.fonts.pick(rng, "text"), height, ink_on(rng, ground, height))
    below = grid.top + grid.count * grid.cell + 4
    for top, bottom in ((2.0, grid.top - 6), (below, float(canvas.height + height))):
        if rng.random() < 0.5 and bottom - top > 10:
            text = words.tokens(rng, int(rng.integers(2, 50)), 0.1)
            flow(canvas, style, text, (rng.uniform(0, 30), top, canvas.width, bottom), 1.7)


def _shaded(canvas: Canvas, grid: _Grid, ground: float) -> set[tuple[int, int]]:
    """Shade some cells or blocks a little; in some grids fill cells with black: those come back."""
    rng = canvas.rng
    if rng.random() < 0.3:
        value = ground * rng.uniform(0.85, 0.96)
        for row, column in _on_page(canvas, grid):
            if (row // grid.block + column // grid.block) % 2 if grid.block < grid.count else rng.random() < 0.2:
                left, top = grid.corner(row, column)
                canvas.rectangle(left, top, left + grid.cell, top + grid.cell, float(value))
    dark: set[tuple[int, int]] = set()
    if rng.random() < 0.12:
        value = ground * rng.uniform(0, 0.35)
        for row, column in _on_page(canvas, grid):
            if rng.random() < 0.2:
                left, top = grid.corner(row, column)
                canvas.rectangle(left, top, left + grid.cell, top + grid.cell, float(value))
                dark.add((row, column))
    return dark


def _rules(canvas: Canvas, grid: _Grid, value: float) -> None:
    """Thin rules around each cell, thick ones around each block; some grids have only one kind, or none."""
    rng = canvas.rng
    thin, thick = int(rng.integers(0, 3)), int(rng.integers(1, 5))
    faint = value + (ground_of(canvas) - value) * rng.uniform(0, 0.5)
    end_x, end_y = grid.corner(grid.count, grid.count)
    for at in sorted(range(grid.count + 1), key=lambda at: at % grid.block == 0):
        wide, ink = (thick, value) if at % grid.block == 0 else (thin, faint)
        x, y = (round(edge - wide / 2) for edge in grid.corner(at, at))
        canvas.rectangle(grid.left, y, end_x, y + wide, ink)
        canvas.rectangle(x, grid.top, x + wide, end_y, ink)


def _print_in(canvas: Canvas, style: Style, grid: _Grid, place: tuple[int, int], text: str) -> None:
    """A printed number in the middle of a cell."""
    left, top = grid.corner(*place)
    height = style.height if len(text) == 1 else style.height * 0.75
    smaller = Style(style.font, height, style.value)
    smaller.put(canvas, text, left + grid.cell / 2, top + (grid.cell + height) / 2, "middle")


def _write_in(canvas: Canvas, writer: Writer, value: float, grid: _Grid, place: tuple[int, int], text: str) -> None:
    """A handwritten number about the middle of a cell."""
    rng = canvas.rng
    left, top = grid.corner(*place)
    height = writer.height * rng.uniform(0.85, 1.15) * (1 if len(text) == 1 else 0.75)
    x = left + (grid.cell - writer.measure(text, height)) / 2 + rng.normal(0, 0.05) * grid.cell
    baseline = top + (grid.cell + height) / 2 + rng.normal(0, 0.04) * grid.cell
    writer.number(canvas, text, x, baseline, value, height=height)


def _notes(canvas: Canvas, style: Style, grid: _Grid, place: tuple[int, int]) -> None:
    """Small digits in three rows of three places, as candidates of a sudoku's cell."""
    rng = canvas.rng
    if rng.random() < 0.6:
        return
    left, top = grid.corner(*place)
    small = Style(style.font, grid.cell * 0.2, style.value)
    for number in np.flatnonzero(rng.random(9) < 0.4):
        row, column = divmod(int(number), 3)
        x, y = left + grid.cell * (0.2 + 0.3 * column), top + grid.cell * (0.3 + 0.29 * row)
        small.put(canvas, str(number + 1), x, y, "middle")
