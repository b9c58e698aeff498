"""The page as people use it: drawn on, dropped and pasted into, on a phone, by keyboard, by a screen reader."""

import json

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.browser.drawn import FOUR, ONE, SEVEN, draw
from tests.browser.on_page import (
    PATIENCE,
    expect_a_one_by_finger,
    expect_a_scribble_left,
    expect_a_seven,
    expect_no_violation_empty_or_explained,
    file,
    put,
    text,
    violations,
)
from tests.reading import drawings
from tests.serving.conftest import png
from tests.serving.processes import server

from tenfold.serving.pages import files

pytestmark = pytest.mark.long


@pytest.fixture(scope="session")
def number():
    return png(drawings.on_paper(drawings.written("907", "25")))


def test_a_drawn_seven_is_seen_while_it_is_drawn(page):
    draw(page, SEVEN[:1])
    expect_a_seven(page)


def test_the_answer_comes_before_the_pen_is_lifted(page):
    box = page.locator("#canvas").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in ONE[0]]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    expect(text(page)).to_have_text("1")
    page.mouse.up()


def test_undo_takes_a_stroke_and_clear_all_and_undo_brings_them_back(page):
    draw(page, FOUR)
    expect(text(page)).to_have_text("4")
    page.click("#clear")
    expect(page.locator("#words")).to_have_text("Nothing drawn yet.")
    page.keyboard.press("Control+z")
    expect(text(page)).to_have_text("4")
    page.click("#undo")
    expect(text(page)).not_to_have_text("4")
    page.keyboard.press("Delete")
    expect(page.locator("#clear")).to_be_disabled()


def test_a_digit_can_be_drawn_with_the_keyboard(page):
    page.focus("#canvas")
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(text(page)).to_have_text("1")


def test_a_scribble_is_no_digit(page):
    expect_a_scribble_left(page)


def test_several_digits_have_boxes_and_each_its_bars(page, number):
    page.set_input_files("#file", file(number))
    expect(text(page)).to_have_text("907\n25")
    expect(page.locator("#boxes i")).to_have_count(5)
    page.click("#pieces button >> nth=2")
    expect(page.locator("#bars li.top")).to_contain_text("7")
    expect(page.locator("#pieces button >> nth=2")).to_have_attribute("aria-pressed", "true")
    # A box lies where the ink is: the chosen one around the third digit, in the upper right.
    pad, box = page.locator("#pad").bounding_box(), page.locator("#boxes i.chosen").bounding_box()
    assert box["x"] > pad["x"] + pad["width"] / 2
    assert box["y"] < pad["y"] + pad["height"] / 2


def test_a_table_is_shown_in_rows_and_cells(page):
    rows = ("26   48   90", "37   59   12", "41   73   65")
    page.set_input_files("#file", file(png(drawings.on_paper(drawings.written(*rows)))))
    expect(text(page).locator("tr")).to_have_count(3)
    assert [row.split() for row in text(page).locator("tr").all_inner_texts()] == [row.split() for row in rows]
    expect(page.locator("#words")).to_contain_text("18 digits, ")
    expect(page.locator("#spoken")).to_contain_text("Read as 264890, 375912, 417365.")
    assert not violations(page)
    draw(page, ONE)
    expect(text(page)).to_have_text("1")


def test_a_picture_is_pasted_and_dropped(page, number):
    for event in ("paste", "drop"):
        put(page, event, number)
        expect(text(page)).to_have_text("907\n25")
        draw(page, ONE)  # drawing puts the picture away
        expect(text(page)).to_have_text("1")
        expect(page.locator("#picture")).to_be_hidden()
        page.click("#clear")


def test_a_blank_picture_is_called_blank(page):
    page.set_input_files("#file", file(png(drawings.on_paper(drawings.digits()[0] * 0))))
    expect(text(page)).to_have_text("Blank")
    expect(page.locator("#words")).to_contain_text("no ink")


def test_a_broken_file_gets_the_servers_own_words(page, number):
    page.set_input_files("#file", file(b"nonsense"))
    expect(text(page)).to_have_text("Cannot be read")
    expect(page.locator("#words")).to_contain_text("not a picture in a known format")
    page.set_input_files("#file", file(number))
    expect(text(page)).to_have_text("907\n25")


def test_why_shows_a_heatmap_that_follows_the_drawing(page):
    draw(page, SEVEN)
    expect(text(page)).to_have_text("7")
    page.click("#explain")
    expect(page.locator("#heat")).to_be_visible()
    expect(page.locator("#heat-words")).to_contain_text("blue for 7")
    page.click("#clear")
    expect(page.locator("#heat")).to_be_hidden()
    draw(page, ONE)
    expect(page.locator("#heat-words")).to_contain_text("blue for 1")
    page.click("#explain")
    expect(page.locator("#heat")).to_be_hidden()


def test_a_correction_is_kept_under_its_label(page, collected):
    draw(page, SEVEN)
    expect(text(page)).to_have_text("7")
    before = set(collected.glob("1/*.png"))
    page.click("#labels button >> nth=1")
    expect(page.locator("#kept")).to_have_text("Kept as a 1. Thank you.")
    (kept,) = set(collected.glob("1/*.png")) - before
    with Image.open(kept) as picture:
        assert min(picture.size) > 50


def test_a_phone_shows_the_answer_without_scrolling_and_nothing_beside_the_screen(open_page, number):
    for width, height in ((320, 640), (360, 740)):
        page = open_page(width, height, has_touch=True, is_mobile=True)
        expect_a_one_by_finger(page, height)
        assert page.evaluate("scrollY") == 0  # the finger drew, and did not scroll
        expect(page.locator("#camera")).to_be_visible()
        page.set_input_files("#file", file(number))
        expect(page.locator("#pieces button")).to_have_count(5)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_audit_finds_nothing(open_page, number, scheme, width):
    page = open_page(width, 900, color_scheme=scheme, reduced_motion="reduce")
    expect_no_violation_empty_or_explained(page)
    page.set_input_files("#file", file(number))
    expect(page.locator("#pieces button")).to_have_count(5)
    assert violations(page) == []


def test_an_api_key_is_asked_for_and_used(browser):
    with server("--api-key", "s3cret") as (_process, address):
        page = browser.new_page()
        page.goto(address)
        page.fill("#key-value", "s3cret")
        page.click("#key button")
        page.wait_for_selector("html[data-ready]", timeout=PATIENCE)
        draw(page, ONE)
        expect(text(page)).to_have_text("1")
        page.close()


def test_the_page_is_small():
    assert sum(len(content) for content, _kind, _tag in files().values()) <= 120_000


def test_a_server_that_is_gone_or_busy_is_said_and_asked_again_until_it_answers(page):
    busy = {"status": 503, "body": json.dumps({"detail": "full"})}
    kinds = {
        "gone": lambda route: route.abort(),
        "busy": lambda route: route.fulfill(**busy),
        "back": lambda route: route.continue_(),
    }
    now = "gone"
    page.route("**/v1/read*", lambda route: kinds[now](route))
    draw(page, SEVEN)
    expect(page.locator("#words")).to_have_text("The server does not answer. Asking again…")
    now = "busy"
    expect(page.locator("#words")).to_have_text("The server is busy. Asking again…")
    now = "back"
    expect(text(page)).to_have_text("7")
