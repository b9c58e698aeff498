"""Full disks, folders that cannot be written, no network, a clock that jumps: one line says so, and nothing is lost."""

import contextlib
import random
import socket
import subprocess
import sys
import time
from importlib import import_module

import numpy as np
import pytest
from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from tenfold.cli import main
from tenfold.errors import TenfoldError
from tenfold.inference.classifier import SHIPPED
from tenfold.serving import Settings, create_app
from tenfold.serving.collection import Collection
from tenfold.tuning import tune

load_room = import_module("tenfold.data.load")


@pytest.fixture
def disk(tmp_path):
    """Mounts a disk of its own: options of tmpfs → its folder."""
    mounted = []

    def mount(options):
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("mounting a disk is not allowed here")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "seven.png"
    image = Image.new("L", (120, 120), 240)
    ImageDraw.Draw(image).line([(30, 30), (90, 30), (55, 95)], fill=20, width=10, joint="curve")
    image.save(path)
    return path


@pytest.fixture(autouse=True)
def no_report(monkeypatch):
    """It takes seconds, and is written as the other files are."""
    monkeypatch.setattr("tenfold.errors.can_report", lambda: False)


def _one_line(capsys, *command, code=1):
    assert main([str(part) for part in command]) == code
    said = capsys.readouterr().err.splitlines()
    assert "Traceback" not in " ".join(said)
    assert said[-1].startswith("tenfold: ")
    return said[-1]


def test_a_run_on_a_disk_that_fills_up_goes_on_to_the_same_weights_once_there_is_room(bars, disk, tmp_path, capsys):
    folder = disk("size=1000k")  # a checkpoint's room, and not another's beside it
    command = ("train", "mlp-sgd", "--data", bars, "--epochs", "3", "--json", "--out")
    said = _one_line(capsys, *command, folder)
    assert "No space left" in said
    assert "--resume" in said
    left = [path.name for path in folder.iterdir()]
    assert left in ([], ["mlp-sgd-1.unfinished"])
    subprocess.run(["mount", "-o", "remount,size=20m", str(folder)], check=True)
    assert main([*map(str, command), str(folder), "--resume"]) == 0
    assert main([*map(str, command), str(tmp_path / "runs")]) == 0
    names = ("model.safetensors", "model.onnx", "scores.json")
    here, there = ([(out / "mlp-sgd-1" / name).read_bytes() for name in names] for out in (folder, tmp_path / "runs"))
    assert here == there
    assert [path.name for path in folder.iterdir()] == ["mlp-sgd-1"]


@pytest.mark.parametrize(
    "command",
    [
        ("read", "{picture}", "--out", "{disk}/found.csv"),
        ("read", "{picture}", "--out", "{disk}/found.jsonl"),
        ("export", "{shipped}", "--to", "onnx", "--data", "{bars}", "--out", "{disk}/a/b"),
    ],
    ids=lambda command: f"{command[0]} {command[-1]}",
)
def test_a_full_disk_is_one_line_that_names_what_and_how_and_nothing_is_left(command, disk, bars, picture, capsys):
    folder = disk("size=4k")
    (folder / "all").write_bytes(b"\0" * 4096)
    said = _one_line(
        capsys, *(part.format(bars=bars, picture=picture, shipped=SHIPPED, disk=folder) for part in command)
    )
    assert f"{command[-1].format(disk=folder)}: cannot be written (No space left on device): make room" in said
    assert [path.name for path in folder.iterdir()] == ["all"]


def test_a_full_disk_keeps_the_corrections_it_has_and_the_server_says_507(disk, picture):
    folder = disk("size=16k")
    collection = Collection(folder)
    kept = collection.keep(picture.read_bytes(), "1")
    (folder / "rest").write_bytes(b"\0" * 4096)
    with contextlib.suppress(OSError):
        (folder / "rest").write_bytes(b"\0" * 16384)
    with TestClient(create_app(Settings(collect=str(folder)))) as client:
        answer = client.post("/v1/corrections?label=7", content=picture.read_bytes())
    assert answer.status_code == 507
    assert "No space left" in answer.json()["detail"]
    assert kept.is_file()
    assert not list(folder.rglob("*.partial"))


WRITES = {
    "train": ("train", "mlp-sgd", "--data", "{bars}", "--epochs", "1"),
    "compare": ("compare", "mlp-sgd", "mlp-dropout", "--data", "{bars}", "--seeds", "1"),
    "tune": ("tune", "mlp-sgd", "--set", 'data.name="{bars}"', "--trials", "1"),
    "explain": ("explain", "{picture}"),
    "read --out": ("read", "{picture}", "--out", "found.jsonl"),
    "read --show": ("read", "{picture}", "--show", "seen"),
    "export": ("export", "{shipped}", "--to", "onnx", "--data", "{bars}"),
    "serve --collect": ("serve", "--collect", "kept", "--port", "0"),
}


@pytest.mark.parametrize("command", WRITES.values(), ids=WRITES)
def test_a_folder_that_cannot_be_written_is_one_line_that_names_what(command, disk, bars, picture, monkeypatch, capsys):
    monkeypatch.chdir(disk("ro"))
    given = [part.format(bars=bars, picture=picture, shipped=SHIPPED) for part in command]
    said = _one_line(capsys, *given)
    assert "Read-only" in said or "cannot be written" in said or "cannot write" in said, said
    assert "make room" not in said


def test_pictures_are_read_from_a_disk_that_cannot_be_written(disk, picture, capsys, monkeypatch):
    folder = disk("size=1m")
    (folder / "seven.png").write_bytes(picture.read_bytes())
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    monkeypatch.chdir(folder)
    assert main(["read", "."]) == 0
    assert "7" in capsys.readouterr().out


def test_made_pictures_are_had_where_the_cache_has_no_room(disk, monkeypatch):
    """They took minutes to make; that they cannot be kept costs the same minutes next time, no more."""
    made = load_room.Dataset("pictures", "test", np.zeros((2, 28, 28), np.uint8), np.arange(2), originals=np.arange(2))
    monkeypatch.setattr("tenfold.data.synthetic.pictures.pictures", lambda *_, **__: made)
    monkeypatch.setattr(load_room, "_load", lambda *_, **__: None)
    monkeypatch.setattr(load_room, "cache_folder", lambda: disk("ro"))
    assert load_room.load_dataset("pictures", "test", size=2) is made


@pytest.fixture
def no_network(monkeypatch):
    """No name is known, and no address can be reached."""

    def fails(*_, **__):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    monkeypatch.setattr(socket.socket, "connect", fails)


def test_without_a_network_a_download_is_one_line_soon(no_network, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("TENFOLD_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    started = time.monotonic()
    said = _one_line(capsys, "data", "fetch", "mnist")
    assert "check the network" in said
    assert "name resolution" in said
    assert time.monotonic() - started < 30
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_without_a_network_runs_are_trained_and_pictures_read(no_network, bars, picture, tmp_path):
    assert main(["train", "mlp-sgd", "--data", str(bars), "--epochs", "1", "--out", str(tmp_path)]) == 0
    assert main(["read", str(picture), "--model", str(tmp_path / "mlp-sgd-1"), "--workers", "1"]) == 0


def test_a_clock_that_jumps_stops_no_search_and_no_server(bars, picture, tmp_path, monkeypatch):
    draw, real = random.Random(1), time.time
    monkeypatch.setattr(time, "time", lambda: real() + draw.uniform(-1e9, 1e9))
    tuned = _tuned(bars, tmp_path)
    assert [trial.state.name for trial in tuned.study.trials] == ["COMPLETE"] * 3
    with TestClient(create_app(Settings())) as client:
        for _ in range(10):
            assert client.post("/v1/read", content=picture.read_bytes()).json()["text"] == "7"
        assert client.get("/readyz").status_code == 200


def _tuned(bars, folder):
    recipe = folder / "quick.toml"
    recipe.write_text(
        f"model = 'mlp_sgd'\nepochs = 1\nbatch_size = 50\n[data]\nname = '{bars}'\n"
        "[search]\n'optimizer.lr' = { low = 1e-5, high = 1e-2, log = true }\n"
    )
    return tune(recipe, trials=3, minutes=10, folder=folder / "tune", seeds=0)


@pytest.mark.parametrize(
    ("extra", "absent", "command"),
    [
        ("pdf", "pypdfium2", ("read", "a.pdf")),
        ("heic", "pi_heif", ("read", "a.heic")),
        ("convert", "h5py", ("read", "a.png", "--model", "model.h5")),
    ],
)
def test_a_missing_extra_is_named_with_the_file_that_needs_it(extra, absent, command, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 40)
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 100)
    Image.new("L", (40, 40)).save(tmp_path / "a.png")
    # In a process of its own: in this one other tests may have brought it in already.
    without = f"import sys; sys.modules[{absent!r}] = None; from tenfold.cli import main; sys.exit(main(sys.argv[1:]))"
    ended = subprocess.run([sys.executable, "-c", without, *command], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 1
    assert f"pip install 'tenfold[{extra}]'" in ended.stderr


def test_a_correction_that_is_not_kept_leaves_the_former(picture, tmp_path, monkeypatch):
    collection = Collection(tmp_path / "kept")
    kept = collection.keep(picture.read_bytes(), "1")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tenfold.serving.collection.write_atomically", full)
    with pytest.raises((OSError, TenfoldError)):
        collection.keep(picture.read_bytes(), "7")
    assert kept.is_file()
