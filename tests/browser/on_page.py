"""What a test asks of a page, the server's or the exported one: its answer, files put into it, the audit."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.browser.drawn import SCRIBBLE, SEVEN, draw

PATIENCE = 20_000
"""Milliseconds: a busy machine is slow, and no test here is about speed."""

expect.set_options(timeout=PATIENCE)


def text(page):
    return page.locator("#text")


def file(content, name="picture.png", kind="image/png"):
    return {"name": name, "mimeType": kind, "buffer": content}


def put(page, event, content):
    """A picture pasted or dropped: event is its name."""
    page.evaluate(
        """async ([bytes, kind]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "a.png", {type: "image/png"}));
            const event = kind === "paste" ? new ClipboardEvent(kind, {clipboardData: data, bubbles: true})
                                           : new DragEvent(kind, {dataTransfer: data, bubbles: true});
            document.body.dispatchEvent(event);
        }""",
        [list(content), event],
    )


def touch_one(page):
    """A 1 drawn with a finger."""
    box = page.locator("#canvas").bounding_box()
    middle = box["x"] + box["width"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, y in [("touchStart", 0.2), *(("touchMove", 0.2 + step / 20) for step in range(12)), ("touchEnd", 0)]:
        points = [] if kind == "touchEnd" else [{"x": middle, "y": box["y"] + y * box["height"]}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def violations(page):
    """What axe-core finds, of whatever impact."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["impact"], [node["target"] for node in one["nodes"]]) for one in found]


def expect_a_seven(page):
    """A 7 is read, is sure, and is said in every way that the page has."""
    expect(text(page)).to_have_text("7")
    expect(page.locator("#words")).to_contain_text("sure")
    expect(page.locator("#bars li.top")).to_contain_text("7")
    expect(page.locator("#seen")).to_have_attribute("aria-label", "What the network saw of the 7")
    expect(page.locator("#spoken")).to_contain_text("Read as 7")


def expect_a_scribble_left(page):
    page.fill("#width", "8")
    draw(page, SCRIBBLE)
    expect(text(page)).to_have_text(re.compile("Not a digit|Not sure|Nothing to read"))
    expect(text(page)).to_have_attribute("data-kind", "left")


def expect_a_one_by_finger(page, height):
    """Its answer is on a screen so high."""
    touch_one(page)
    expect(text(page)).to_have_text("1")
    answer = text(page).bounding_box()
    assert answer["y"] + answer["height"] < height


def expect_no_violation_empty_or_explained(page):
    assert violations(page) == []
    draw(page, SEVEN)
    expect(text(page)).to_have_text("7")
    page.click("#explain")
    expect(page.locator("#heat")).to_be_visible()
    assert violations(page) == []
