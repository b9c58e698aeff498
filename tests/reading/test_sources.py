import os

import pytest

from tenfold.reading.sources import Failure, find_pictures


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Pictures and other things, as people keep them."""
    for name in (
        "b.png", "a.JPG", "c.heic", "notes.txt", ".hidden.png", "deep/er/d.tiff", "deep/e.pdf", ".git/f.png",
        "[1].png", "empty/none.txt", "folder.png/g.bmp", "plain",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "broken.png").symlink_to("nowhere")
    (tmp_path / "deep" / "up").symlink_to("..", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _found(*names):
    return list(find_pictures(names))


def test_a_folder_is_the_pictures_below_it_in_order(folder):
    below = ["[1].png", "a.JPG", "b.png", "c.heic", "deep/e.pdf", "deep/er/d.tiff", "folder.png/g.bmp"]
    assert _found(str(folder)) == [f"{folder}/{name}" for name in below]
    assert _found("deep/") == ["deep/e.pdf", "deep/er/d.tiff"]


def test_files_and_standard_input_stand_for_themselves_in_the_order_given(folder):
    names = ["plain", "-", "b.png", "missing.png", "b.png", "[1].png"]
    assert _found(*names) == names


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["[1].png", "a.JPG", "b.png", "c.heic", "deep/e.pdf", "deep/er/d.tiff", "folder.png/g.bmp"]),
        ("?.*", ["a.JPG", "b.png", "c.heic"]),
        ("**/*.tiff", ["deep/er/d.tiff"]),
        ("**", ["[1].png", "a.JPG", "b.png", "c.heic", "deep/e.pdf", "deep/er/d.tiff", "folder.png/g.bmp"]),
        ("*.txt", ["notes.txt"]),  # what is asked for by its suffix is meant
        ("[ab].*", ["a.JPG", "b.png"]),
    ],
)
def test_a_glob_is_the_pictures_that_it_matches(folder, pattern, found):
    assert _found(pattern) == found


def test_a_name_that_stands_for_nothing_is_a_failure_and_the_others_go_on(folder):
    assert _found("empty", "*.gif", "b.png") == [
        Failure("empty", "holds no pictures"),
        Failure("*.gif", "matches no pictures"),
        "b.png",
    ]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everybody may enter")
def test_a_folder_that_may_not_be_entered_is_a_failure(folder):
    (folder / "deep").chmod(0)
    try:
        assert Failure(f"{folder}/deep", "cannot be opened: Permission denied") in _found(str(folder))
    finally:
        (folder / "deep").chmod(0o755)


def test_a_folder_is_walked_no_further_than_its_pictures_are_asked_for(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.png").write_bytes(b"")
    entered = []
    scandir = os.scandir
    monkeypatch.setattr("os.scandir", lambda path: entered.append(path) or scandir(path))
    assert next(find_pictures([str(tmp_path)])) == f"{tmp_path}/a/page.png"
    assert entered == [str(tmp_path), f"{tmp_path}/a"]
