"""Terminals that are narrow, have no colours, or are none; and names that are not plain."""

import contextlib
import io
import json
import os
import pty
import re
import subprocess
import sys

import pytest
from PIL import Image, ImageDraw
from rich.console import Console

from tenfold.cli import main
from tenfold.cli.commands import app
from tenfold.cli.terminal import console
from tenfold.cli.terminal.tables import new_table, print_table

VERBS = sorted(name for name in app if not name.startswith("-"))
COLOUR = re.compile(r"\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;]*m")


@pytest.fixture
def picture(tmp_path):
    """A 7, under a name with a space, an umlaut and a sign of another script."""
    path = tmp_path / "zwölf Blätter" / "七 7.png"
    path.parent.mkdir()
    image = Image.new("L", (120, 120), 240)
    ImageDraw.Draw(image).line([(30, 30), (90, 30), (55, 95)], fill=20, width=10, joint="curve")
    image.save(path)
    return path


def _lines(*command):
    """What a command prints, its lines without what follows them."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main([str(part) for part in command]) == 0
    return [line.rstrip() for line in said.getvalue().splitlines()]


@pytest.mark.parametrize("verb", VERBS)
def test_every_commands_help_fits_into_40_columns(verb, monkeypatch):
    monkeypatch.setattr(app, "console", Console(width=40, color_system=None))
    lines = _lines(verb, "--help")
    assert max(map(len, lines)) <= 40
    assert any("Example:" in line for line in lines) or verb in ("data", "demo")


def _shown(table, width, terminal=True):
    out = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)
    print_table(table, out)
    return out.file.getvalue()


def test_a_table_too_wide_for_a_terminal_is_shown_cell_below_cell_and_loses_nothing():
    table = new_table("recipe", "accuracy", "95 % interval", "what it is", right=(1, 2))
    table.add_row("fast", "99.09 %", "98.88 to 99.26 %", "a good model in a second or two, on a laptop's CPU")
    wide, narrow, piped = _shown(table, 100), _shown(table, 40), _shown(table, 40, terminal=False)
    assert len(wide.splitlines()) == 2
    assert "fast     99.09 %  98.88 to 99.26 %" in piped
    assert max(map(len, narrow.splitlines())) <= 40
    assert narrow.splitlines()[0].strip() == "fast"
    words = ("accuracy", "99.09 %", "95 % interval", "98.88 to 99.26 %", "what it is", "laptop's")
    assert all(word in narrow for word in words)


@pytest.mark.parametrize("command", [["recipes"], ["data"]])
def test_lists_are_readable_on_a_terminal_of_40_columns(command, monkeypatch):
    if command == ["recipes"]:
        pytest.importorskip("torch")
    for width in (40, 120):
        out = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
        monkeypatch.setattr(console, "out", out)
        assert main(command) == 0
        table, _, _hint = out.file.getvalue().partition("\nfound in")
        assert max(len(line.rstrip()) for line in table.splitlines() if "own:" not in line) <= width
        for name in ("mnist", "usps") if command == ["data"] else ("fast", "cnn-dropout"):
            assert name in table


def test_names_with_spaces_and_other_scripts_are_read_and_written(picture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = picture.parent / "was da steht.jsonl"
    assert main(["read", str(picture), "--out", str(out), "--workers", "1"]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["source"] == str(picture)
    assert _lines("read", picture)[0].startswith(str(picture))
    assert main(["read", str(picture.parent), "--show", str(tmp_path / "ge sehen"), "--workers", "1"]) == 0
    assert [path for path in (tmp_path / "ge sehen").rglob("*") if "七 7" in path.name]


EVIL = "\x1b[31mred\n\u202e7"


@pytest.mark.parametrize(
    "command",
    [
        ["read", "{picture}"],
        ["read", "{picture}", "{picture}", "--single", "--show", "{folder}/seen"],
        ["read", "{picture}", "--out", "{folder}/found.csv"],
        ["doctor", "{picture}"],
        ["explain", "{picture}"],
        ["explore", "{data}"],
        ["mistakes", "--data", "{data}"],
        ["evaluate", "--data", "{data}"],
        ["runs", "{folder}"],
    ],
    ids=" ".join,
)
def test_names_that_a_terminal_would_obey_are_shown_escaped(command, picture, bars, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / EVIL
    folder.mkdir()
    given = {"folder": folder, "picture": folder / f"{EVIL}.png", "data": folder / f"{EVIL}.npz"}
    given["picture"].hardlink_to(picture)
    given["data"].symlink_to(bars)
    assert main([part.format(**given) for part in command]) == 0
    said = capsys.readouterr()
    assert not {"\x1b", "\u202e"} & set(said.out + said.err)
    assert r"\x1b[31mred\n\u202e7" in said.out


def _on_terminal(*command, **environment):
    """What a command writes to a terminal of 40 columns."""
    control, terminal = pty.openpty()
    variables = os.environ | {"COLUMNS": "40", "LINES": "24", "TERM": "xterm-256color"} | environment
    process = subprocess.Popen(
        [sys.executable, "-m", "tenfold", *map(str, command)], stdout=terminal, stderr=terminal, env=variables
    )
    os.close(terminal)
    said = b""
    with contextlib.suppress(OSError):  # which is how a terminal ends
        while part := os.read(control, 4096):
            said += part
    os.close(control)
    assert process.wait() == 0, said
    return said.decode()


def test_colours_are_for_terminals_whose_owners_want_them(picture):
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    assert COLOUR.search(_on_terminal("read", "--help", **environment))
    assert not COLOUR.search(_on_terminal("read", "--help", NO_COLOR="1", **environment))
    for command in (("read", "--help"), ("read", picture, picture)):
        piped = subprocess.run(
            [sys.executable, "-m", "tenfold", *map(str, command)],
            env=os.environ | environment, capture_output=True, check=True,
        )  # fmt: skip
        assert b"\x1b" not in piped.stdout + piped.stderr
