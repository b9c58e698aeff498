import re
import shutil
import subprocess
import sys

import pytest
from tests.docs.blocks import ROOT

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as make docs builds it, elsewhere."""
    pytest.importorskip("zensical", reason="the site's generator is not installed: make setup")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    build = [sys.executable, "-c", "from zensical.main import cli; cli()", "build", "--strict"]
    done = subprocess.run(build, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def test_every_page_is_built(site):
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert {page for page in pages if (site / page / "index.html").is_file()} == pages


def test_a_page_asks_nothing_of_another_host(site):
    page = (site / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="?https?:[^>]+', page) == []
