"""Killed, out of room, without a home, two at once: nothing is lost, and one line says why."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmarks.trust import faults

TENFOLD = (sys.executable, "-m", "tenfold")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return faults.prepared(tmp_path_factory.mktemp("place"))


@pytest.mark.parametrize(
    ("name", "kills"),
    [
        pytest.param("download", 3, marks=pytest.mark.long),
        ("read", 1),
        pytest.param("read", 2, marks=pytest.mark.long),
        pytest.param("training", 1, marks=pytest.mark.long),  # a small one: training/test_fit.py
    ],
)
def test_killed_work_ends_as_if_nobody_had_killed_it(name, kills, place, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    row = faults.kill(name, place, kills, random.Random(3))
    assert row["kills"] == kills
    assert (row["corrupt"], row["different"], row["problems"]) == (0, 0, [])


@pytest.mark.long
def test_a_killed_server_has_kept_what_it_said_it_kept(place, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    row = faults.kill_server("server", place, 1, random.Random(3))
    assert (row["corrupt"], row["different"]) == (0, 0)


def tenfold(*command, cwd, limit=None, **environment):
    """A command in a process of its own; environment: None takes a variable away. limit: bytes that a file may have."""
    variables = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    variables |= {key: value for key, value in environment.items() if value is not None}
    for key in [key for key, value in environment.items() if value is None]:
        variables.pop(key, None)

    if limit is not None:  # whoever counts what the tests run has files of its own, which are larger
        variables = {key: value for key, value in variables.items() if not key.startswith("COVERAGE_")}

    def limited():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [*TENFOLD, *map(str, command)], cwd=cwd, env=variables, capture_output=True, text=True, preexec_fn=limited,
        check=False,
    )  # fmt: skip


def assert_one_line(ended, said, code=1):
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    assert said in ended.stderr.splitlines()[-1], ended.stderr


def test_a_full_disk_is_one_line_and_with_room_the_results_go_on_to_the_same_bytes(place, tmp_path):
    command = ("read", place / "scans", "--workers", "1", "--out")
    assert_one_line(tenfold(*command, "few.jsonl", cwd=tmp_path, limit=4096), "few.jsonl")
    assert tenfold(*command, "few.jsonl", "--resume", cwd=tmp_path).returncode == 0
    assert tenfold(*command, "all.jsonl", cwd=tmp_path).returncode == 0
    assert (tmp_path / "few.jsonl").read_bytes() == (tmp_path / "all.jsonl").read_bytes()


def test_a_run_on_a_full_disk_is_one_line(place, tmp_path):
    command = ("train", "mlp-sgd", "--data", place / "bars.npz", "--epochs", "1")
    assert_one_line(tenfold(*command, cwd=tmp_path, limit=100_000), "cannot be written")
    assert not [path for path in tmp_path.glob("runs/*") if not path.name.endswith(".unfinished")]


def test_without_a_home_the_cache_is_still_somewhere_and_pictures_are_read(place, tmp_path):
    picture = next((place / "scans").iterdir())
    gone = {"HOME": None, "XDG_CACHE_HOME": None, "TENFOLD_DATA": None}
    ended = tenfold("read", picture, "--json", cwd=tmp_path, **gone)
    assert json.loads(ended.stdout)["source"] == str(picture)
    nowhere = tenfold("data", "--json", cwd=tmp_path, **(gone | {"HOME": "/proc/no-home"}))
    assert nowhere.returncode == 0, nowhere.stderr


def test_a_home_that_cannot_be_written_is_one_line_that_names_it(tmp_path):
    ended = tenfold(
        "data", "fetch", "mnist", cwd=tmp_path, HOME="/proc/no-home", XDG_CACHE_HOME=None, TENFOLD_DATA=None
    )
    assert_one_line(ended, "/proc/no-home")


_JUMPING = """
import random, sys, time
draw, real = random.Random(1), time.time
time.time = lambda: real() + draw.uniform(-1e9, 1e9)
from tenfold.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.long
def test_a_clock_that_jumps_changes_nothing_of_a_run(place, tmp_path):
    found = []
    for name, head in (("steady", ["-m", "tenfold"]), ("jumping", ["-c", _JUMPING])):
        command = [sys.executable, *head, "train", "mlp-sgd", "--data", str(place / "bars.npz"), "--epochs", "2"]
        ended = subprocess.run([*command, "--out", name], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        run = tmp_path / name / "mlp-sgd-1"
        assert json.loads((run / "environment.json").read_text())["training"]["train_seconds"] >= 0
        found.append([(run / file).read_bytes() for file in ("model.safetensors", "scores.json")])
    assert found[0] == found[1]


_WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
from tenfold.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("extra", "absent", "command"),
    [
        ("train", ("torch",), ("train",)),
        ("train", ("pydantic",), ("recipes",)),
        ("tune", ("optuna",), ("tune", "mlp-sgd", "--trials", "1")),
        ("ray", ("ray",), ("compare", "mlp-sgd", "--ray", "local")),
        ("serve", ("fastapi", "uvicorn"), ("serve",)),
        ("tensorboard", ("tensorboard",), ("train", "mlp-sgd", "--data", "bars.npz", "--tensorboard", "tb")),
        ("report", ("matplotlib",), ("explore", "bars.npz")),
    ],
)
def test_a_missing_extra_is_named(extra, absent, command, place, tmp_path):
    (tmp_path / "bars.npz").symlink_to(place / "bars.npz")
    code = _WITHOUT.format(absent=absent)
    ended = subprocess.run([sys.executable, "-c", code, *command], cwd=tmp_path, capture_output=True, text=True)
    assert "Traceback" not in ended.stderr
    assert f"pip install 'tenfold[{extra}]'" in ended.stderr + ended.stdout, (ended.returncode, ended.stderr)


def test_two_processes_with_one_results_file_do_not_mix_their_lines(place, tmp_path):
    """Either waits for nobody and both write whole lines, or the later one is told."""
    command = [*TENFOLD, "read", str(place / "scans"), "--out", "one.jsonl", "--resume", "--workers", "1"]
    both = [subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[1].decode() for process in both]
    lines = (tmp_path / "one.jsonl").read_text().splitlines()
    sources = [json.loads(line)["source"] for line in lines]
    assert len(sources) == len(set(sources)) == 60, said
    assert sorted(process.returncode for process in both) == [0, 1]
    assert any("another process" in one for one in said)


def test_the_folder_of_a_killed_run_is_free_at_once(place, tmp_path):
    """No lock outlives its process: nothing waits for one that was killed."""
    work = faults.WORK["training"]
    folder = place / "locked"
    folder.mkdir()
    unfinished = folder / "runs" / "mlp-dropout-1.unfinished"
    process = subprocess.Popen(work.command(folder), cwd=folder, stderr=subprocess.DEVNULL, start_new_session=True)
    while not unfinished.exists() and process.poll() is None:
        time.sleep(0.005)
    faults._end(process.pid)
    assert process.wait() == -signal.SIGKILL
    assert unfinished.is_dir()
    ended = faults._run(work, place, folder)
    assert ended.returncode == 0, ended.stderr
    assert [path.name for path in Path(folder, "runs").iterdir()] == ["mlp-dropout-1"]
