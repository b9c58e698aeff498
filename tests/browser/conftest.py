"""A server, and Debian's Chromium before it."""

import os
import shutil

import pytest
from tests.serving.processes import server

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def collected(tmp_path_factory):
    return tmp_path_factory.mktemp("corrections")


@pytest.fixture(scope="session")
def address(collected):
    with server("--collect", collected) as (_process, address):
        yield address


@pytest.fixture(scope="module")  # while it is open an event loop runs in this thread, and no other test can have one
def browser():
    pytest.importorskip("playwright", reason="the browser tests need Playwright")
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt-get install chromium, or CHROMIUM=/path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Makes pages of a kind of screen; a script's error, or a request to elsewhere, fails the test."""
    contexts, wrong = [], []

    def make(width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if "Security Policy" in line.text else None)
        ours = (address, "data:", "blob:")
        page.on("request", lambda one: None if one.url.startswith(ours) else wrong.append(one.url))
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_page):
    return open_page()
