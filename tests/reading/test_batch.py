import io
import os
import signal
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Reading, batch, workers
from tenfold.reading.batch import read_many
from tenfold.reading.sources import Failure, find_pictures
from tenfold.reading.workers import map_in_processes


@pytest.fixture
def folder(tmp_path):
    """A broken picture, two pages in one file, and eighteen pictures of a bar."""
    page = np.full((60, 60), 240, np.uint8)
    page[10:50, 25:32] = 20
    image = Image.fromarray(page)
    for number in range(18):
        image.save(tmp_path / f"{number:02}.png")
    image.save(tmp_path / "pages.tiff", save_all=True, append_images=[image])
    (tmp_path / "broken.png").write_bytes(b"no picture")
    return tmp_path


def _told(results):
    return [[result.to_json() for result in one] for one in results]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_picture_is_read_in_order_whatever_is_wrong_with_another(workers, folder, seven):
    sources = [*find_pictures([str(folder)]), Failure("x", "holds no pictures")]
    found = list(read_many(sources, seven, workers=workers, single=True))
    assert [one[0].source for one in found] == [*sources[:-1], "x"]
    broken, pages = (sources.index(f"{folder}/{name}") for name in ("broken.png", "pages.tiff"))
    assert found[broken][0].error.startswith("not a picture in a known format")
    assert [reading.page for reading in found[pages]] == [0, 1]
    assert {one[0].text for one in found if isinstance(one[0], Reading)} == {"7"}
    assert found[-1] == (Failure("x", "holds no pictures"),)


def test_processes_and_this_one_read_alike(folder, seven):
    sources = list(find_pictures([str(folder)]))
    assert _told(read_many(sources, seven, workers=2)) == _told(read_many(sources, seven, workers=1))


def test_from_python_every_page_and_failure_comes_by_itself(folder, seven):
    found = list(tenfold.read_many(str(folder), model=seven, single=True))
    assert len(found) == 21
    [failure] = [one for one in found if isinstance(one, tenfold.Failure)]
    assert failure.source.endswith("broken.png")
    assert [one.page for one in found if one.source.endswith("pages.tiff")] == [0, 1]
    [again] = tenfold.read_many([f"{folder}/0[0].png"], model=seven, single=True)
    assert again.text == "7"


@pytest.mark.parametrize("pictures", [np.zeros((28, 28), np.uint8), 3, [b"bytes"]])
def test_what_is_no_name_of_a_file_is_one_line(pictures, seven):
    with pytest.raises(UsageError, match="read_many takes files, folders and globs, not"):
        list(tenfold.read_many(pictures, model=seven))


def test_the_pages_before_a_broken_one_are_kept(folder, seven):
    content = (folder / "pages.tiff").read_bytes()
    (folder / "cut.tiff").write_bytes(content[:-20])
    [(first, second)] = read_many([f"{folder}/cut.tiff"], seven)
    assert isinstance(first, Reading)
    assert second.error.startswith("page 2: broken picture")


def test_sources_are_taken_no_faster_than_they_are_read(folder, seven):
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield f"{folder}/00.png"

    results = read_many(endless(), seven, workers=2)
    for _ in range(30):
        next(results)
    results.close()
    assert len(taken) <= 30 + 2 * 4 + 17


@pytest.mark.parametrize("workers", [1, 2])
def test_a_model_that_is_none_stops_everything_at_once(workers, folder, tmp_path):
    with pytest.raises(TenfoldError, match=r"none\.onnx: no such model"):
        list(read_many(find_pictures([str(folder)]), tmp_path / "none.onnx", workers=workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_model_cannot_do_stops_everything_at_once(workers, folder, seven):
    with pytest.raises(UsageError, match="no prediction sets"):
        list(read_many(find_pictures([str(folder)]), seven, workers=workers, prediction_sets=0.01))


def test_a_fault_of_ours_costs_one_picture(folder, seven, monkeypatch):
    read_pages = batch.Reader.read_pages

    def faulty(self, picture, **options):
        if picture.endswith("00.png"):
            raise ZeroDivisionError("division\nby zero")
        return read_pages(self, picture, **options)

    monkeypatch.setattr(batch.Reader, "read_pages", faulty)
    first, second = read_many([f"{folder}/00.png", f"{folder}/01.png"], seven)
    assert first == (Failure(f"{folder}/00.png", "tenfold failed on it (ZeroDivisionError: division by zero)"),)
    assert isinstance(second[0], Reading)


def test_standard_input_is_read_once(folder, seven, monkeypatch):
    content = io.BytesIO((folder / "00.png").read_bytes())
    monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": content}))
    [(first,), (second,)] = read_many(["-", "-"], seven)
    assert isinstance(first, Reading)
    assert second == Failure("-", "is empty")


DEADLY = {7, 13, 14, 30}


def _square_or_die():
    def work(number):
        if number in DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01 if number % 5 == 0 else 0)  # so that they end out of order
        return number * number

    return work


def _slow_at_first():
    return lambda number: time.sleep(0 if number else 0.3)


def _not_to_be_had():
    sys.exit(3)


@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
def test_a_process_that_dies_costs_one_task():
    found = list(map_in_processes(_square_or_die, range(40), 2, lambda task, how: (task, how)))
    assert found == [(n, "killed by signal 9") if n in DEADLY else n * n for n in range(40)]


def test_a_slow_task_does_not_let_the_others_pile_up():
    tasks = iter(range(10_000))
    results = map_in_processes(_slow_at_first, tasks, 2, lambda task, how: (task, how))
    next(results)
    results.close()
    assert next(tasks) <= 8


def test_few_processes_start_at_once_however_many_there_may_be(monkeypatch):
    made, starting = [], []

    class Counted(workers.Worker):
        def __init__(self, prepare):
            made.append(self)
            super().__init__(prepare)
            starting.append(sum(not one.started for one in made))

    monkeypatch.setattr(workers, "Worker", Counted)
    assert len(list(map_in_processes(_slow_at_first, range(40), 300, lambda task, how: how))) == 40
    assert max(starting) == 2


def test_no_tasks_have_no_results():
    assert list(map_in_processes(_square_or_die, [], 2, lambda task, how: (task, how))) == []


def test_processes_that_do_not_start_are_one_line():
    with pytest.raises(TenfoldError, match=r"did not start \(exit code 3\).*__main__"):
        list(map_in_processes(_not_to_be_had, range(40), 2, lambda task, how: (task, how)))


@pytest.mark.skipif(os.name == "nt", reason="no process groups")
def test_an_interrupt_ends_all_processes_and_leaves_whole_lines(folder, seven, tmp_path):
    for number in range(18, 3000):
        (folder / f"{number:04}.png").hardlink_to(folder / "00.png")
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "tenfold", "read", str(folder), "--model", str(seven), "--out", str(out)]
    process = subprocess.Popen(
        [*command, "--workers", "2"], start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not out.exists() or out.read_bytes().count(b"\n") < 20:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process gets it
    said, error = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said == ""
    assert len(error.splitlines()) == 1
    assert "--resume goes on" in error
    content = out.read_bytes()
    assert content.endswith(b"\n")
    assert 20 <= content.count(b"\n") < 3000
    assert _is_gone(process.pid)


def _is_gone(group):
    """Whether soon no process of the group is left."""
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("code", [0, 3])
def test_a_process_that_ends_before_it_is_ready_says_how(code):
    with pytest.raises(TenfoldError, match=rf"a reading process did not start \(exit code {code}\)"):
        list(map_in_processes(partial(sys.exit, code), [1], 1, lambda task, how: how))
