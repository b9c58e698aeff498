"""Every command and every block of code in README.md and docs/ works, or is here with the reason why it is not run.

`tenfold` commands are parsed by the command line itself, and the recipes that they name are resolved with what --set
changes. Those that take a moment are run, on data and pictures under the pages' own names (house.py); the others are
run by the tests of their commands. Python is executed, TOML is loaded as a recipe, links lead somewhere.
"""

import re
import shutil
import tomllib
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import create_autospec

import pytest
from benchmarks.__main__ import ALL
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.docs.blocks import PAGES, ROOT, Block, blocks
from tests.docs.house import furnish

import tenfold
from tenfold import models
from tenfold.cli import main
from tenfold.cli.app import overrides_of
from tenfold.cli.commands import app
from tenfold.data import catalog
from tenfold.formats.catalog import FORMATS
from tenfold.models import registry
from tenfold.recipes import load_recipe
from tenfold.serving.settings import Settings
from tenfold.tuning.space import parse_option, parse_table

RUN = {"read", "doctor", "runs", "recipes", "data", "evaluate"}
"""Commands that are run wherever they stand, unless they ask for what takes minutes."""
SLOW = {"--robustness", "--ray"}
WALKS = {
    "docs/contributing.md": {"train", "evaluate"},
    "docs/getting-started.md": {"demo", "train", "mistakes", "explain"},
}
"""Pages that somebody follows step by step: these commands are run there, too."""
QUICK = {"README.md", "docs/getting-started.md"}
"""Pages whose blocks `make test` runs, too: what everybody reads first."""
NOT_RUN_HERE = {
    "curl": "asks a running server: tests/serving asks the same of one",
    "docker": "needs a Docker engine: .ci/docker-steps takes the Dockerfile's steps without one",
    "hf": "sends a folder to Hugging Face, for which one needs an account",
    "ray": "starts a cluster of several machines: tests/cluster starts one on this machine",
    "cd": "of a folder that all machines see",
    "cat": "of what a cluster wrote",
    ".": "of the shell's",
}
NO_CODE = {
    "src/tenfold/": "the map",
    "datasets ─► data ─► training": "the flow",
    '{"source": "cheque.jpg"': "output",
    "loss = weight": "a formula",
}
"""Indented blocks that are no commands, by how they begin."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TENFOLD_DATA", str(folder / "data"))
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        furnish(folder)
    return folder


@pytest.fixture
def here(house, tmp_path, monkeypatch):
    """A copy of the house as the working folder; what a page registers or serves is gone afterwards."""
    shutil.copytree(house, tmp_path / "house")
    monkeypatch.chdir(tmp_path / "house")
    monkeypatch.setenv("TENFOLD_DATA", str(tmp_path / "house" / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "house" / "cache"))
    monkeypatch.setattr(registry, "_models", dict(registry._models))
    kept = dict(catalog.CATALOG)
    served = create_autospec(tenfold.serve, side_effect=lambda model=None, say=None, **options: Settings(**options))
    monkeypatch.setattr("tenfold.serving.serve", served)
    yield tmp_path / "house"
    catalog.CATALOG.clear()
    catalog.CATALOG.update(kept)


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=() if page in QUICK else pytest.mark.long) for page in PAGES]
)
def test_every_block_of_the_page_works(page, here, capsys):
    names = {"tenfold": tenfold}
    for block in blocks(page):
        try:
            _try(block, names)
        except BaseException as error:
            pytest.fail(f"{block.where}: {type(error).__name__}: {error}\n{capsys.readouterr().err}")


def _try(block: Block, names: dict[str, object]) -> None:
    if block.language == "python":
        exec(compile(block.text, block.where, "exec"), names)
    elif block.language == "toml":
        _load(block)
    elif block.language in ("", "console"):
        if block.language or not block.text.startswith(tuple(NO_CODE)):
            for command in block.commands():
                _command(command, block.page)
    else:
        assert block.language == "text", "a fence is python, toml, console, or text for what is only shown"


def _load(block: Block) -> None:
    """A recipe, or a part of one; what opens with a file's name is kept in that file for the commands that follow."""
    table = tomllib.loads(block.text)
    parse_table(table.get("search", {}))
    named = re.match(r"# (?:recipes/)?([\w-]+\.toml)", block.text)
    path = Path(named[1] if named else "part.toml")
    path.write_text(block.text if "model" in table else f"model = 'compact'\n{block.text}", encoding="utf-8")
    load_recipe(path, check_model=models.check)


def _command(words: list[str], page: str) -> None:
    program, *rest = words[0].removeprefix(".venv/bin/"), *words[1:]
    if program == "tenfold":
        _tenfold(rest, page)
    elif program == "--search":  # only the options of a command
        _tenfold(["tune", "good", *words], page)
    elif program == "make":
        assert re.search(rf"^{rest[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), rest
    elif program in ("python", "python3"):
        _python(rest)
    elif program == "pytest":
        assert all((ROOT / path).exists() for path in rest), rest
    elif program == "pip":
        _extras(rest[-1])
    else:
        assert program in NOT_RUN_HERE or (ROOT / program).is_file(), f"{program} is neither run nor excused"


def _python(words: list[str]) -> None:
    if words[0] != "-m":
        assert (ROOT / words[0]).is_file(), words
        return
    assert find_spec(words[1]), words
    if words[1] == "benchmarks" and len(words) > 2:
        assert words[2] in ALL, words


def _extras(requirement: str) -> None:
    asked = re.match(r"tenfold\[(.*)\]", requirement)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(asked[1].split(",") if asked else ()) <= project["optional-dependencies"].keys()


def _tenfold(words: list[str], page: str) -> None:
    if words[-2:-1] == [">"]:
        with Path(words[-1]).open("w", encoding="utf-8") as file, redirect_stdout(file):
            assert main(words[:-2]) == 0, words
        return
    _, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    _resolve(bound.arguments)
    if words[0] in RUN | WALKS.get(page, set()) and not SLOW & set(words):
        assert main(words) == 0, words


def _resolve(arguments: dict[str, object]) -> None:
    """Whatever a command names that it would look for later: recipes with their changes, formats, ranges."""
    assert set(arguments.get("to") or ()) <= FORMATS.keys()
    for option in arguments.get("search") or ():
        parse_option(option)
    changes = overrides_of(arguments.get("set") or (), {})
    asked = [arguments.get("recipe"), *(arguments.get("models") or ())]
    for name in asked:
        if name and name != "classics" and not Path(name).is_dir():
            load_recipe(name, changes, check_model=models.check)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_within_a_sentence_is_there_and_takes_its_options(page):
    for span in _spans(page):
        words = span.content.split() if span.type == "code_inline" else []
        if words[:1] == ["tenfold"] and words[1:] and not words[1].isupper() and words[1] != "--install-completion":
            known = re.findall(r"--[\w-]+", app[words[1]].generate_docs())
            assert {word.partition("=")[0] for word in words if word.startswith("--")} <= {*known, "--help"}, words
        elif words[:2] == ["python", "-m"] and not words[-1].isupper():
            _python(words[1:])


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    found = [str(span.attrs.get("href") or span.attrs.get("src") or "") for span in _spans(page)]
    for target in found:
        if not target or re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / page).parent / path) if path else ROOT / page
        assert file.exists(), target
        assert page == "README.md" or (ROOT / "docs") in file.resolve().parents, f"{target} is not in the site"
        assert not anchor or anchor in _anchors(file), target


def _spans(page: str) -> list[Token]:
    parsed = MarkdownIt("commonmark").enable("table").parse((ROOT / page).read_text(encoding="utf-8"))
    return [span for token in parsed for span in token.children or ()]


def _anchors(file: Path) -> set[str]:
    """Where a link may lead within a page: its headings, as sites and forges name them."""
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_sites_navigation():
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    named = [f"docs/{page}" for part in site["nav"] for pages in part.values() for page in pages]
    assert sorted(named) == sorted(PAGES[1:])
