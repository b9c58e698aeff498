"""One drawing gives a PNG and an SVG that takes the page's colours; the same drawing gives the same bytes."""

import re
from typing import TYPE_CHECKING

from tenfold.reports.canvas import DARK, LIGHT, new_figure, png, styled, svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def _draw(title: str = "A title") -> "Figure":
    figure, [axes] = new_figure(2.0)
    axes.plot([1, 2, 3], [2, 3, 1], color=LIGHT["blue"], marker="o", label="a")
    axes.text(2, 2, "text", color=LIGHT["muted"])
    axes.set_title(title)
    return figure


def test_every_colour_of_the_palette_has_a_dark_twin_and_is_distinct() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert len(set(LIGHT.values())) == len(LIGHT)


def test_svg_names_no_colour_and_no_font_of_its_own() -> None:
    text = svg(_draw(), "a line")
    assert not re.search(r"#[0-9a-f]{6}\b", text)
    assert "var(--blue)" in text
    assert "DejaVu" not in text
    assert "var(--sans)" in text


def test_svg_is_one_element_without_ids_that_others_share() -> None:
    text = svg(_draw(), 'a "line" <here>')
    assert text.startswith('<svg viewBox="0 0 360 144" role="img" aria-label="a &#34;line&#34; &lt;here&gt;">')
    assert text.endswith("</svg>")
    assert "<style" not in text
    ids, used = _ids(text), set(re.findall(r"#([\w-]+)[\")]", text))
    assert ids == used
    assert len(ids) > 1
    assert not ids & _ids(svg(_draw("Another title"), "x"))


def _ids(text: str) -> set[str]:
    return set(re.findall(r'id="([^"]+)"', text))


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert png(_draw()) == png(_draw())
    assert svg(_draw(), "x") == svg(_draw(), "x")


def test_a_users_own_matplotlib_settings_change_nothing() -> None:
    import matplotlib

    plain = svg(_draw(), "x"), png(_draw())
    with matplotlib.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "text.hinting": "none", "svg.fonttype": "path"}
    ):
        assert (svg(_draw(), "x"), png(_draw())) == plain


def test_drawing_leaves_pyplot_and_the_users_settings_alone() -> None:
    import sys

    import matplotlib

    before = dict(matplotlib.rcParams)
    png(_draw())
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_names_with_dollar_signs_or_foreign_scripts_are_drawn_as_they_are() -> None:
    text = svg(_draw("$5, $6 and 数字"), "x")
    assert "$5, $6 and 数字" in text
    png(_draw("$5, $6 and 数字"))
