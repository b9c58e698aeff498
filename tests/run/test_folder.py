import subprocess
import sys

import pytest

from tenfold import system
from tenfold.errors import TenfoldError
from tenfold.run import folder
from tenfold.run.folder import RunFolder, unfinished_run


def test_runs_are_numbered_after_finished_and_unfinished_ones(tmp_path):
    (tmp_path / "fast-1").mkdir()
    first = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    second = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    assert [first.path.name, second.path.name] == ["fast-2.unfinished", "fast-3.unfinished"]


def test_resume_takes_the_same_recipe_and_no_other(tmp_path):
    left = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    _train_an_epoch(left)
    left.release()
    assert RunFolder.claim(tmp_path, "fast", "a = 2\n", resume=True).path != left.path
    again = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=True)
    assert again.path == left.path


def test_two_processes_cannot_train_one_run(tmp_path):
    held = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    script = (
        "import sys; from pathlib import Path; from tenfold.run.folder import RunFolder\n"
        f"RunFolder.claim(Path({str(tmp_path)!r}), 'fast', 'a = 1\\n', resume=True)"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "another process is training this run" in other.stderr
    held.release()


def test_a_discarded_folder_leaves_nothing(tmp_path):
    RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False).discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match="cannot write runs there.*another --out"):
        RunFolder.claim(tmp_path / "file", "fast", "", resume=False)


def test_a_disk_that_is_full_from_the_start_leaves_no_folder(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "write_atomically", full)
    with pytest.raises(TenfoldError, match="No space left on device"):
        RunFolder.claim(tmp_path, "fast", "", resume=False)
    assert list(tmp_path.iterdir()) == []


def test_finishing_leaves_no_stray_file_and_takes_a_free_number(tmp_path):
    folder = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    for name in ("recipe.toml", "environment.json", "model.onnx", ".model.onnx.17.partial"):
        (folder.path / name).write_text("{}")
    (tmp_path / "fast-1").mkdir()
    (tmp_path / "fast-1" / "someone's").write_text("")
    run = folder.finish()
    assert run.name == "fast-2"
    assert {path.name for path in run.path.iterdir()} == {"recipe.toml", "environment.json", "model.onnx"}


def test_resume_takes_no_folder_of_a_recipe_with_a_longer_name(tmp_path):
    RunFolder.claim(tmp_path, "fast-b", "a = 1\n", resume=False).release()
    assert RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=True).path.name == "fast-1.unfinished"
    for name in ("g[1]", "x.y"):
        left = RunFolder.claim(tmp_path, name, "a = 1\n", resume=False)
        left.release()
        assert RunFolder.claim(tmp_path, name, "a = 1\n", resume=True).path == left.path


@pytest.mark.parametrize("strays", [[], [".lock"], [".lock", ".recipe.toml.17.partial"], ["recipe.toml"]])
@pytest.mark.parametrize("resume", [True, False])
def test_a_folder_killed_before_there_was_anything_to_resume_goes_to_whoever_comes_next(tmp_path, strays, resume):
    left = tmp_path / "fast-1.unfinished"
    left.mkdir()
    for name in strays:
        (left / name).write_text("")
    folder = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume)
    assert folder.path == left
    assert (left / "recipe.toml").read_text() == "a = 1\n"


def test_only_an_epoch_that_nobody_trains_on_is_worth_resuming(tmp_path):
    def claim(recipe="a = 1\n", resume=False):
        return RunFolder.claim(tmp_path, "fast", recipe, resume)

    assert unfinished_run(tmp_path / "nowhere", "fast", "a = 1\n") is None
    folder = claim()
    _train_an_epoch(folder)
    assert unfinished_run(tmp_path, "fast", "a = 1\n") is None  # this process trains it
    folder.release()
    assert unfinished_run(tmp_path, "fast", "a = 2\n") is None
    assert unfinished_run(tmp_path, "fast", "a = 1\n") == folder.path
    assert claim().path != folder.path
    assert claim(resume=True).path == folder.path  # not the one that this process has just begun


def _train_an_epoch(folder):
    folder.checkpoint.parent.mkdir()
    folder.checkpoint.write_text("")


def _meanwhile(monkeypatch, what):
    """Another process does this to the next folder before it is opened: what takes the folder's path."""
    opened = RunFolder.__init__

    def after(folder, path):
        monkeypatch.setattr(RunFolder, "__init__", opened)
        what(path)
        opened(folder, path)

    monkeypatch.setattr(RunFolder, "__init__", after)


def _trained(path):
    (path / "checkpoint").mkdir()
    (path / "checkpoint" / "last.safetensors").write_text("an epoch")


def test_a_folder_that_was_trained_in_while_one_looked_is_left_to_be_resumed(tmp_path, monkeypatch):
    _meanwhile(monkeypatch, _trained)
    assert RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False).path.name == "fast-2.unfinished"
    assert (tmp_path / "fast-1.unfinished" / "checkpoint" / "last.safetensors").read_text() == "an epoch"


def test_a_number_that_was_finished_while_one_looked_is_not_taken_again(tmp_path, monkeypatch):
    _meanwhile(monkeypatch, lambda path: path.with_name("fast-1").mkdir())
    assert RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False).path.name == "fast-2.unfinished"
    assert {path.name for path in tmp_path.iterdir()} == {"fast-1", "fast-2.unfinished"}


def test_a_run_that_was_finished_while_one_waited_for_it_is_not_gone_on_with(tmp_path, monkeypatch):
    left = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    _train_an_epoch(left)
    left.release()
    lock = system.locked

    def locked_after_it_was_swept(file):
        (left.path / folder._LOCK).unlink()
        return lock(file)

    monkeypatch.setattr(system, "locked", locked_after_it_was_swept)
    with pytest.raises(TenfoldError, match="another process has just finished this run"):
        RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=True)


def test_a_run_that_cannot_be_renamed_is_tried_under_no_other_number(tmp_path, monkeypatch):
    unfinished = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "rename", refused)
    with pytest.raises(PermissionError):
        unfinished.finish()
    unfinished.release()
    assert [path.name for path in tmp_path.iterdir()] == ["fast-1.unfinished"]
