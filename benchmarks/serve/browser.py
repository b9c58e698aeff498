"""The page in a browser: how soon it can be drawn on, and how soon a drawing is answered."""

import os
import shutil
from typing import Any

import numpy as np

from tenfold.serving.pages import files

_WATCH = """
window.answered = [];
new MutationObserver((changes) => {
  for (const { attributeName, target } of changes) {
    if (attributeName === "data-ready") window.usable ??= performance.now();
    if (attributeName === "data-milliseconds") window.answered.push(Number(target.dataset.milliseconds));
  }
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready", "data-milliseconds"] });
"""

_SEVEN = [(0.3, 0.25), (0.7, 0.25), (0.62, 0.45), (0.5, 0.62), (0.42, 0.8)]
_STEPS = 12


def page(address: str, times: int = 5) -> dict[str, Any]:
    """The page opened some times without a cache, and a 7 drawn each time; the browser is a process beside the server.

    Says so where there is no browser.
    """
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    found: dict[str, Any] = {"kilobytes": round(sum(len(content) for content, *_rest in files().values()) / 1000, 1)}
    if chromium is None:
        return found | {"browser": None}
    from playwright.sync_api import sync_playwright  # here: the other questions need none

    usable: list[float] = []
    answered: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(times + 1):
            window = browser.new_page(viewport={"width": 1280, "height": 900})
            window.add_init_script(_WATCH)
            window.goto(address)
            window.wait_for_selector("html[data-ready]")
            _draw(window)
            usable.append(window.evaluate("usable"))
            answered += window.evaluate("answered")
            window.close()
        version = browser.version
        browser.close()
    return found | {
        "browser": f"Chromium {version}",
        "usable_ms": [round(one) for one in usable[1:]],  # the first one starts the browser's own processes
        "drawing_answers": len(answered),
        "drawing_p50_ms": round(float(np.percentile(answered, 50)), 1),
        "drawing_p95_ms": round(float(np.percentile(answered, 95)), 1),
    }


def _draw(window: Any) -> None:
    box = window.locator("#canvas").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in _SEVEN]
    window.mouse.move(*points[0])
    window.mouse.down()
    for x, y in points[1:]:
        window.mouse.move(x, y, steps=_STEPS)
    window.mouse.up()
    window.wait_for_timeout(500)
