"""The page that `tenfold export --to web` writes, from a plain server of files: it reads in the browser alone."""

import base64
import io
import json

import numpy as np
import onnx
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
)
from tests.browser.static import served
from tests.golden.test_golden import PICTURES
from tests.onnx_web import needs_runtime
from tests.reading import drawings
from tests.serving.conftest import png

import tenfold
from tenfold.explanation import maps
from tenfold.explanation.contrast import contrast
from tenfold.explanation.occlusion import occlude
from tenfold.inference.classifier import SHIPPED
from tenfold.reading import Classifier, Reader

READ = """async (bytes) => {
    const api = await import("./page/api.js");
    return (await api.read(new Blob([new Uint8Array(bytes)])))[0];
}"""

pytestmark = pytest.mark.long


@pytest.fixture(scope="session")
def folder(bars, tmp_path_factory):
    needs_runtime()
    formats = pytest.importorskip("tenfold.formats")
    (row,) = formats.export(None, "web", tmp_path_factory.mktemp("exported"), data=bars)
    return row.path


@pytest.fixture(scope="session")
def address(folder):
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def four():
    return drawings.on_paper(np.pad(drawings.digits()[4], 30))


def test_a_drawn_seven_is_a_seven_and_other_digits_are_others(page):
    draw(page, SEVEN)
    expect_a_seven(page)
    for strokes, digit in ((FOUR, "4"), (ONE, "1")):
        page.click("#clear")
        draw(page, strokes)
        expect(text(page)).to_have_text(digit)


def test_a_picture_is_dropped_pasted_and_opened(page, four):
    for event in ("drop", "paste"):
        put(page, event, png(four))
        expect(text(page)).to_have_text("4")
        draw(page, ONE)
        expect(text(page)).to_have_text("1")
        page.click("#clear")
    page.set_input_files("#file", file(png(np.stack([255 - four, 255 - four, four // 4], axis=-1))))
    expect(text(page)).to_have_text("4")


def test_a_photo_that_lies_on_its_side_is_read_upright(page, four):
    content, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned by a quarter: as a telephone stores it
    seven = drawings.on_paper(np.pad(drawings.digits()[7], 30))
    Image.fromarray(np.rot90(seven)).resize((1600, 1600)).save(content, "JPEG", exif=exif)
    page.set_input_files("#file", file(content.getvalue(), "photo.jpg", "image/jpeg"))
    expect(text(page)).to_have_text("7")


def test_ink_on_transparent_ground_is_seen_light_or_dark(page, four):
    for level in (0, 255):
        ink = 235 - np.minimum(four, 235)
        page.set_input_files("#file", file(png(np.stack([np.full_like(ink, level)] * 3 + [ink], axis=-1))))
        expect(text(page)).to_have_text("4")
        page.set_input_files("#file", file(png(np.full((50, 50), 200, np.uint8))))
        expect(text(page)).to_have_text("Blank")


def test_a_scribble_is_no_digit(page):
    expect_a_scribble_left(page)


def test_a_number_is_read_digit_by_digit(page):
    for strokes, left in ((SEVEN, 0), (FOUR, 0.5)):
        draw(page, [[(left + x / 2, y) for x, y in stroke] for stroke in strokes])
    expect(text(page)).to_have_text("74")
    assert page.locator("#boxes i").all_inner_texts() == ["7", "4"]
    page.click("#pieces button:nth-child(2)")
    page.click("#explain")
    expect(page.locator("#heat-words")).to_contain_text("blue for 4")


def test_a_page_is_read_line_by_line_with_each_digit_in_its_box(page):
    lines = ["4071 58", "93 2"]
    sheet = drawings.on_paper(drawings.written(*lines))
    page.set_input_files("#file", file(png(sheet)))
    expect(text(page)).to_have_text("407158 932")
    found = page.evaluate(READ, list(png(sheet)))
    wanted = Reader().read(sheet).to_json()
    assert found["lines"] == wanted["lines"] == [line.replace(" ", "") for line in lines]
    for one, other in zip(found["digits"], wanted["digits"], strict=True):
        assert (one["digit"], one["line"]) == (other["digit"], other["line"])
        np.testing.assert_allclose(one["box"], other["box"], atol=2)
        assert one["confidence"] == pytest.approx(other["confidence"], abs=0.05)
    assert page.locator("#boxes i").all_inner_texts() == list("407158932")


def test_a_model_of_other_signs_reads_one_at_a_time(browser, bars, tmp_path):
    proto = onnx.load(SHIPPED)
    for entry in proto.metadata_props:
        if entry.key == "tenfold.classes":
            entry.value = json.dumps(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
                                      "not a digit"])  # fmt: skip
    onnx.save(proto, tmp_path / "words.onnx")
    (row,) = tenfold.export(tmp_path / "words.onnx", "web", tmp_path, data=bars)
    with served(row.path) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        expect(page.locator("header")).to_contain_text("one digit")
        draw(page, SEVEN)
        expect(text(page)).to_have_text("seven")
        page.click("#explain")
        expect(page.locator("#heat-words")).to_contain_text("blue for seven")
        page.close()


def test_opened_as_a_file_it_says_what_to_do(browser, folder):
    page, wrong = browser.new_page(), []
    page.on("console", lambda line: wrong.append(line.text) if "Security Policy" in line.text else None)
    page.goto((folder / "index.html").as_uri())
    expect(page.locator("#words")).to_contain_text("python -m http.server")
    assert wrong == []
    page.close()


def test_a_file_that_is_no_picture_is_said(page, four):
    page.set_input_files("#file", file(b"nonsense"))
    expect(text(page)).to_have_text("Cannot be read")
    expect(page.locator("#words")).to_have_text("This browser cannot open the file as a picture.")
    page.set_input_files("#file", file(png(four)))
    expect(text(page)).to_have_text("4")


def test_the_browser_reads_the_golden_pictures_as_python_does(page):
    reader = Reader()
    for picture in PICTURES:
        pixels = picture[..., 0] if picture.shape[2] == 1 else picture
        found, expected = page.evaluate(READ, list(png(pixels))), reader.read(pixels)
        assert (found["text"], found["blank"]) == (expected.text, expected.blank)
        shares = reader.classifier.probabilities(expected.views)
        np.testing.assert_allclose(np.reshape(found["probabilities"], shares.shape), shares, atol=0.05)


def test_why_shows_what_explain_shows(page):
    draw(page, SEVEN)
    expect(text(page)).to_have_text("7")
    page.click("#explain")
    expect(page.locator("#heat")).to_be_visible()
    expect(page.locator("#heat-words")).to_contain_text("blue for 7")
    question = contrast(Classifier(), _pixels(page.evaluate("document.getElementById('seen').toDataURL()"))[..., 0])
    found = occlude(question)
    expected = maps.coloured(found.erased + found.inked, question.view).astype(int)
    shown = _pixels(page.get_attribute("#heat", "src")).astype(int)
    assert question.names[1] in page.inner_text("#heat-words")
    assert np.abs(shown[..., 3] - expected[..., 3]).max() <= 2
    solid = expected[..., 3] > 64  # a colour that hardly shows is kept with few levels
    assert np.abs(shown - expected)[solid].max() <= 6


def _pixels(address):
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGBA"))


def test_what_needs_a_server_is_not_there(page, folder):
    draw(page, SEVEN)
    expect(text(page)).to_have_text("7")
    for name in ("#correct", "#key", "#boxes i", "#pieces button"):
        assert page.locator(name).locator("visible=true").count() == 0
    assert not [path for path in folder.rglob("*.*") if path.suffix in (".html", ".js") and b"v1/" in path.read_bytes()]


def test_a_phone_shows_the_answer_without_scrolling_and_nothing_beside_the_screen(open_page):
    for width, height in ((320, 640), (360, 740)):
        page = open_page(width, height, has_touch=True, is_mobile=True)
        expect_a_one_by_finger(page, height)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280, 3840])
def test_the_audit_finds_nothing(open_page, scheme, width):
    page = open_page(width, 900, color_scheme=scheme, reduced_motion="reduce")
    expect_no_violation_empty_or_explained(page)


def test_a_model_that_does_not_come_is_said(browser, address):
    page = browser.new_page()
    page.route("**/page.onnx", lambda route: route.abort())
    page.goto(address)
    expect(page.locator("#words")).to_have_text("page.onnx cannot be loaded: reload the page.", timeout=PATIENCE)
    page.close()


def test_the_folder_is_a_space_that_says_what_it_is(folder):
    readme = (folder / "README.md").read_text()
    assert readme.startswith("---\ntitle: ")
    assert "\nsdk: static\n" in readme.split("---")[1]
    assert "onnxruntime-web 1." in readme
    assert json.loads((folder / "model.json").read_text())["card"]["classes"][-1] == "not a digit"
    index = (folder / "index.html").read_text()
    assert index.index("Content-Security-Policy") < index.index("stylesheet")
    assert "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'" in index
