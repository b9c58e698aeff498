"""Every broken file is told in one line, soon, in little memory, and nothing is written beside it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.broken import corpus

SECONDS = 30
"""Most that one file may take; a hang is what is looked for, so a busy machine has room."""

MEBIBYTES = 1200
"""Most that a command's memory may grow by: a file may unpack to a gibibyte before it is refused, no bomb to more."""

LONGEST = 1100
"""Characters of a line."""

NOT_OURS = ("usecols", " object at 0x", "codec can't decode", "c10::", "frame #0")
"""What other libraries say to those who call them: advice on their options, addresses, stacks."""

HARMLESS = {"tiff-that-turns-in-circles.png"}
"""A page that names itself as the next one is a page, and is read once."""


def ask(commands, folder):
    """What each command line said, all of them in one process whose home and working folder are empty."""
    work = folder / "work"
    work.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "TENFOLD_DATA"}
    asked = subprocess.run(
        [sys.executable, "-m", "tests.broken.asked"],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        cwd=work,
        env=environment | {"HOME": str(work / "home"), "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    answers = [json.loads(line) for line in asked.stdout.splitlines()]
    assert len(answers) == len(commands), (asked.returncode, asked.stderr, commands[len(answers)])
    return answers


def complaint(answer, codes=(1, 2)):
    """What is wrong with an answer; empty where it is one line."""
    lines = answer["stderr"].splitlines()
    if answer["traceback"]:
        return answer["traceback"]
    if answer["code"] not in codes:
        return f"code {answer['code']}"
    if answer["code"] and not (lines and lines[-1].startswith("tenfold: ") and len(lines[-1]) <= LONGEST):
        return f"no line: {answer['stderr']!r}"
    if answer["seconds"] > SECONDS or answer["grown"] > MEBIBYTES:
        return f"{answer['seconds']:.0f} s, {answer['grown']:.0f} MiB"
    foreign = [words for words in NOT_OURS if words in answer["stderr"]]
    if foreign:
        return f"not our words: {foreign}"
    return "" if all(sign.isprintable() for sign in "".join(lines)) else f"not to be shown: {answer['stderr']!r}"


def commands_for(kind, path, sound):
    """What is asked of a broken file."""
    if kind == "idx":
        return [["evaluate", "--data", "mnist", "--data-dir", str(path.parent.parent)]]
    if kind == "recipes":
        return [["train", str(path)]]
    if kind == "models":
        return [["read", str(sound), "--model", str(path)], ["evaluate", str(path), "--data", "optdigits"]]
    return [["read", str(path)]] if kind == "pictures" else [["evaluate", "--data", str(path)]]


@pytest.mark.parametrize("kind", corpus.KINDS)
def test_a_broken_file_is_one_line_and_nothing_else(kind, tmp_path):
    sound = tmp_path / "seven.png"
    sound.write_bytes(corpus.seven())
    paths = sorted(corpus.written(tmp_path / kind, corpus.KINDS[kind]()))
    if kind == "idx":
        paths = [path for path in paths if "images" in path.name]
    asked = [(path, command) for path in paths for command in commands_for(kind, path, sound)]
    before = _everything(tmp_path)
    answers = ask([command for _, command in asked], tmp_path)
    wrong = {
        " ".join(command): said
        for (path, command), answer in zip(asked, answers, strict=True)
        if (said := complaint(answer, (0, 1, 2) if path.name in HARMLESS else (1, 2)))
    }
    assert not wrong, json.dumps(wrong, indent=1)
    assert _everything(tmp_path) <= before, "something was written"


def _everything(folder):
    """Every file below a folder, caches of libraries left out."""
    return {path for path in folder.rglob("*") if path.is_file() and "cache" not in str(path).lower()}


@pytest.fixture(scope="module")
def run(bars_run, tmp_path_factory):
    """A finished run with its report, in a folder of its own."""
    from tenfold.evaluation import evaluate
    from tenfold.reports import write_report
    from tenfold.run import Run

    run = Run.open(shutil.copytree(bars_run.path, tmp_path_factory.mktemp("runs") / bars_run.name))
    write_report(run, evaluate(run))
    return run


FEW = {"half", "other-values"}
"""Damages that `make test` tries: a file that ends too soon, and one that says something else."""


@pytest.mark.parametrize("name", ["recipe.toml", "environment.json", "scores.json", "history.csv", "model.onnx"])
@pytest.mark.parametrize(
    "damages",
    [pytest.param(FEW, id="few"), pytest.param(corpus.DAMAGES.keys() - FEW, id="the others", marks=pytest.mark.long)],
)
def test_a_damaged_run_is_told_or_still_does_what_it_can(name, damages, run, bars, tmp_path):
    (tmp_path / "seven.png").write_bytes(corpus.seven())
    commands = []
    for damage in sorted(damages):
        folder = tmp_path / damage / run.name
        shutil.copytree(run.path, folder)
        (folder / name).write_bytes(corpus.DAMAGES[damage]((run.path / name).read_bytes()))
        one, out = str(folder), str(tmp_path / "out")
        commands += [
            ["runs", str(folder.parent)],
            ["runs", str(folder.parent), "--prune"],
            ["evaluate", one, "--data", str(bars)],
            ["mistakes", one, "--out", out],
            ["compare", one, str(run.path), "--out", out],
            ["export", one, "--to", "onnx", "--out", out],
            ["ensemble", one, str(run.path), "--out", out],
            ["read", str(tmp_path / "seven.png"), "--model", one],
        ]
    answers = ask(commands, tmp_path)
    wrong = {" ".join(a["command"]): said for a in answers if (said := complaint(a, (0, 1, 2)))}
    assert not wrong, json.dumps(wrong, indent=1)


def test_a_pipe_among_pictures_is_passed_over(tmp_path):
    from tenfold.data import load_dataset

    for number in range(10):
        (tmp_path / "7").mkdir(exist_ok=True)
        (tmp_path / "7" / f"{number}.png").write_bytes(corpus.seven())
    os.mkfifo(tmp_path / "7" / "pipe.png")
    assert len(load_dataset(tmp_path)) == 8


def test_a_pipe_that_nobody_writes_to_is_one_line(tmp_path):
    pipe = str(tmp_path / "pipe.png")
    os.mkfifo(pipe)
    for answer in ask([["read", pipe], ["doctor", pipe], ["explain", pipe]], tmp_path):
        assert not complaint(answer, (1,))
        assert "a pipe that nothing came from" in answer["stderr"]


def test_a_pipe_that_somebody_writes_to_is_waited_for():
    """As tenfold read <(a slow command)."""
    from tenfold.reading.formats import read_bytes

    far, near = os.pipe()
    writer = subprocess.Popen(["sh", "-c", "sleep 0.3; printf seven"], stdout=near)
    os.close(near)
    assert read_bytes(Path(f"/dev/fd/{far}")) == b"seven"
    assert writer.wait() == 0
    os.close(far)


def test_a_link_to_a_folder_above_ends(tmp_path):
    from tenfold.data import load_dataset
    from tenfold.reading.sources import find_pictures

    for number in range(5):
        (tmp_path / "7").mkdir(exist_ok=True)
        (tmp_path / "7" / f"{number}.png").write_bytes(corpus.seven())
    (tmp_path / "7" / "above").symlink_to(tmp_path)
    (tmp_path / "8").symlink_to(tmp_path / "7")
    assert len(load_dataset(tmp_path)) == 8
    assert len(list(find_pictures([str(tmp_path)]))) == 5


def test_an_archive_that_climbs_leaves_nothing_outside(tmp_path):
    from tenfold.data.tables import read_npz
    from tenfold.errors import TenfoldError

    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "climbing.npz"
    path.write_bytes(dict(corpus.npz())["climbing.npz"])
    with pytest.raises(TenfoldError):
        read_npz(path)
    assert not list(tmp_path.glob("outside*"))
    assert not Path("/tmp/outside.npy").exists()
