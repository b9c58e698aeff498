"""One drawing, two outputs: a PNG for a folder, and SVG for a page that follows the page's light or dark colours.

A chart is drawn once in the light colours below. Each of them is distinct, so in the SVG every colour can be
replaced by the CSS variable of its name, which the page defines for light and for dark.
"""

import hashlib
import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

P = ParamSpec("P")

LIGHT = {
    "ink": "#1b1f24",
    "muted": "#626a73",
    "line": "#dcdfe3",
    "surface": "#ffffff",
    "page": "#f6f6f4",
    "blue": "#1f62b5",
    "orange": "#c4540a",
    "on-orange": "#fffdfb",
    "green": "#0b7a5e",
    "purple": "#8a3fa0",
    "gold": "#96690a",
    "rose": "#c2447a",
    "sky": "#2f8fbf",
}
"""The palette; blue and orange stay apart for every kind of colour blindness (after Okabe and Ito 2008)."""

SERIES = ("blue", "orange", "green", "purple", "gold", "sky", "rose")
"""Colours of many lines in one chart; the lines differ in their marks too, for not everybody can tell all of these."""

DARK = {
    "ink": "#e8eaed",
    "muted": "#9aa3ad",
    "line": "#343a41",
    "surface": "#1a1d21",
    "page": "#121417",
    "blue": "#7fb2f5",
    "orange": "#f39a5b",
    "on-orange": "#201005",
    "green": "#4fc9a4",
    "purple": "#cf9fe6",
    "gold": "#dcb94f",
    "rose": "#f28db4",
    "sky": "#9be0f2",
}

WIDTH = 5.0
"""Inches, 360 points: as wide as a phone, so that on one the text is still of a readable size."""

STYLE: dict[str, Any] = {
    "figure.facecolor": LIGHT["surface"],
    "figure.constrained_layout.h_pad": 0.09,  # inches
    "figure.constrained_layout.w_pad": 0.09,
    "savefig.facecolor": LIGHT["surface"],
    "axes.facecolor": "none",
    "axes.edgecolor": LIGHT["line"],
    "axes.labelcolor": LIGHT["muted"],
    "axes.titlecolor": LIGHT["ink"],
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LIGHT["line"],
    "grid.linewidth": 0.6,
    "text.color": LIGHT["ink"],
    "xtick.color": LIGHT["line"],
    "ytick.color": LIGHT["line"],
    "xtick.labelcolor": LIGHT["muted"],
    "ytick.labelcolor": LIGHT["muted"],
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "font.size": 9.5,
    "text.parse_math": False,  # a class may be named with a dollar sign
    "legend.fontsize": 9.5,
    # The same bytes for the same figure: ids come from this salt, text stays text.
    "svg.hashsalt": "tenfold",
    "svg.fonttype": "none",
}


def styled(draw: Callable[P, "Figure"]) -> Callable[P, "Figure"]:
    """A chart function that draws in tenfold's style, whatever the user's own matplotlib settings are."""
    # The layout is worked out once, here: saving would otherwise do it again for each format.

    @wraps(draw)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> "Figure":
        from matplotlib import style

        with style.context(["default", STYLE]):
            figure = draw(*args, **kwargs)
            with _quiet():
                figure.draw_without_rendering()
            figure.set_layout_engine(None)
            return figure

    return wrapped


def new_figure(height: float, rows: int = 1, columns: int = 1, **grid: Any) -> tuple["Figure", list["Axes"]]:
    """A figure WIDTH wide and height inches high, and its axes, row by row; never part of pyplot's state."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **grid)
    return figure, list(axes.flat)


def warm_up() -> None:
    """Draw a figure that nobody sees: the first one loads fonts, styles and writers, a fifth of a report's time."""

    @styled
    def draw() -> "Figure":
        figure, [axes] = new_figure(1.0)
        axes.plot([0, 1], label="line")
        axes.set(title="title", xlabel="x")
        axes.legend()
        return figure

    figure = draw()
    png(figure)
    svg(figure, "")


def png(figure: "Figure") -> bytes:
    """The figure as PNG, 200 dots an inch, in the light colours."""
    content = io.BytesIO()
    with _saving():
        figure.savefig(content, format="png", dpi=200, metadata={"Software": None})
    return content.getvalue()


def svg(figure: "Figure", description: str) -> str:
    """The figure as an <svg> element in the page's own colours and font; description is for screen readers."""
    from markupsafe import escape

    content = io.StringIO()
    with _saving():
        figure.savefig(content, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = content.getvalue()
    text = text[text.index("<svg") :]
    # Dropped: the preamble of a file on its own, a style rule that would leak into the page, and ids such as
    # "axes_1", which come back in every figure; those that something points to have no underscore.
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r' id="(matplotlib\.)?[a-z0-9]+_\d+"', "", text)
    text = re.sub(r"\s*\n\s*", "\n", text.replace("<g/>", "").replace("<defs>\n</defs>", ""))
    prefix = hashlib.sha256(text.encode()).hexdigest()[:8]  # two figures of a page may hold equal marks
    text = re.sub(r'(id="|#)(?=[mp][0-9a-f]{10}\b)', rf"\1f{prefix}-", text)
    for name, colour in LIGHT.items():
        text = text.replace(colour, f"var(--{name})")
    text = re.sub(r"(font(?:-family)?:[^;\"]*?)'DejaVu Sans'[^;\"]*", r"\1var(--sans)", text)
    opening = f'<svg \\1 role="img" aria-label="{escape(description)}">'
    return re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', opening, text, count=1).strip()


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        # A class may be named in a script that matplotlib's own font lacks; the page's fonts will have it.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        yield


@contextmanager
def _saving() -> Iterator[None]:
    from matplotlib import style

    with style.context(["default", STYLE]), _quiet():
        yield


def plain_log_ticks(
    axis: "Axis", text: str = "{:,.10g}", factor: float = 1, steps: Sequence[float] = (1, 2, 5)
) -> None:
    """A logarithmic axis with ticks at steps times the powers of ten, as plain numbers times a factor."""
    from matplotlib.ticker import LogLocator, NullLocator

    axis.set_major_locator(LogLocator(subs=steps))
    axis.set_major_formatter(lambda value, _: text.format(factor * value))
    axis.set_minor_locator(NullLocator())
