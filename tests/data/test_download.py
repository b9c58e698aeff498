import hashlib
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from tests.data.loopback import Mirror
from tests.data.samples import remote

import tenfold.data.download as module
from tenfold.data.download import download
from tenfold.errors import TenfoldError

NAME = "train-images-idx3-ubyte.gz"


def one(mirror: Mirror, folder: Path, *faults: str, name: str = NAME) -> Path:
    """Fetch one file from mirrors with these faults, in this order."""
    files = [remote(name, mirror.files[name])]
    return download(files, [mirror.folder(fault) for fault in faults], folder, "mnist")[0]


def assert_one_line(error: pytest.ExceptionInfo[TenfoldError]) -> None:
    assert "\n" not in str(error.value)


def test_a_file_arrives_whole_and_nothing_else_is_left(mirror: Mirror, tmp_path: Path) -> None:
    path = one(mirror, tmp_path / "new" / "folder", "good")
    assert path.read_bytes() == mirror.files[NAME]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("fault", ["missing", "wrong", "stuck", "endless"])
def test_a_broken_mirror_is_left_for_the_next_one(mirror: Mirror, tmp_path: Path, fault: str) -> None:
    path = one(mirror, tmp_path, fault, "good")
    assert path.read_bytes() == mirror.files[NAME]
    assert list(tmp_path.iterdir()) == [path]
    assert mirror.hits("good") == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [("missing", "HTTP 404"), ("wrong", "SHA-256"), ("stuck", "early"), ("endless", "more than")],
)
def test_without_a_sound_mirror_one_line_says_why_and_nothing_is_left(
    mirror: Mirror, tmp_path: Path, fault: str, said: str
) -> None:
    with pytest.raises(TenfoldError, match=said) as error:
        one(mirror, tmp_path, fault)
    assert_one_line(error)
    assert not list(tmp_path.iterdir())


def test_a_refused_connection_is_one_line(tmp_path: Path, mirror: Mirror) -> None:
    with pytest.raises(TenfoldError, match=r"refused.*TENFOLD_DATA") as error:
        download([remote("x", b"x")], ["http://127.0.0.1:9/"], tmp_path, "mnist")
    assert_one_line(error)


def test_a_broken_connection_is_resumed_where_it_broke(mirror: Mirror, tmp_path: Path) -> None:
    path = one(mirror, tmp_path, "truncated")
    assert path.read_bytes() == mirror.files[NAME]
    ranges = [wanted for _, wanted in mirror.requests]
    assert ranges[0] is None
    assert ranges[1] == f"bytes={len(mirror.files[NAME]) // 2}-"


def test_a_broken_connection_to_a_server_that_cannot_resume_is_begun_again(mirror: Mirror, tmp_path: Path) -> None:
    assert one(mirror, tmp_path, "restarting").read_bytes() == mirror.files[NAME]
    assert mirror.hits("restarting") == 2


def test_a_stalled_connection_is_resumed(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STALL_S", 0.1)
    mirror.files = {"small": bytes(range(32))}
    assert one(mirror, tmp_path, "stalling", name="small").read_bytes() == bytes(range(32))


def test_mirrors_that_hang_are_given_up_in_the_time_allowed_for_all(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.GIVE_UP_S <= 10
    monkeypatch.setattr(module, "GIVE_UP_S", 0.6)
    begun = time.monotonic()
    with pytest.raises(TenfoldError, match="no answer"):
        one(mirror, tmp_path, "hanging", "hanging", "hanging")
    assert 0.5 < time.monotonic() - begun < 1.2
    assert mirror.hits("hanging") == 3
    assert not list(tmp_path.iterdir())


def test_a_look_up_of_a_name_that_hangs_is_given_up(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GIVE_UP_S", 0.3)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: mirror.stop.wait(30) and [])
    begun = time.monotonic()
    with pytest.raises(TenfoldError, match="no answer"):
        one(mirror, tmp_path, "good", "good")
    assert time.monotonic() - begun < 1


def test_a_hanging_mirror_leaves_time_for_the_next(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GIVE_UP_S", 0.6)
    assert one(mirror, tmp_path, "hanging", "good").is_file()


def test_a_slow_download_that_goes_on_is_not_given_up(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GIVE_UP_S", 0.2)
    assert one(mirror, tmp_path, "slow").is_file()


def test_later_files_are_first_asked_of_the_mirror_that_worked(mirror: Mirror, tmp_path: Path) -> None:
    files = [remote(name, content) for name, content in mirror.files.items()]
    download(files, [mirror.folder("missing"), mirror.folder("good")], tmp_path, "mnist")
    assert mirror.hits("missing") == 1
    assert mirror.hits("good") == 4


def test_a_folder_that_cannot_be_made_is_one_line(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match=r"cannot be written .*--data-dir") as error:
        one(mirror, tmp_path / "file" / "mnist", "good")
    assert_one_line(error)
    assert not mirror.requests


@contextmanager
def _full_disk() -> Iterator[None]:
    """Files may not grow past 4,096 bytes: writing fails midway, as on a disk with no more room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_one_line_and_no_other_mirror_is_tried(mirror: Mirror, tmp_path: Path) -> None:
    with _full_disk(), pytest.raises(TenfoldError, match=r"cannot be written .*raise the limit") as error:
        one(mirror, tmp_path, "good", "good")
    assert_one_line(error)
    assert mirror.hits("good") == 1
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_is_not(mirror: Mirror, tmp_path: Path) -> None:
    old, new = tmp_path / ".a.1-2.partial", tmp_path / ".b.3-4.partial"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    one(mirror, tmp_path, "good")
    assert not old.exists()
    assert new.exists()


def _fetch_slowly(url: str, content: bytes, folder: Path) -> None:
    download([remote(NAME, content)], [url], folder, "mnist")


def test_processes_that_fetch_the_same_file_at_once_both_get_it_whole(mirror: Mirror, tmp_path: Path) -> None:
    content = mirror.files[NAME]
    context = multiprocessing.get_context("spawn")
    arguments = (mirror.folder("slow"), content, tmp_path)
    both = [context.Process(target=_fetch_slowly, args=arguments) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(20)
    assert [process.exitcode for process in both] == [0, 0]
    assert mirror.hits("slow") == 2
    assert hashlib.sha256((tmp_path / NAME).read_bytes()).digest() == hashlib.sha256(content).digest()
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_no_bar_is_drawn_where_stderr_is_no_terminal(
    mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one(mirror, tmp_path, "good")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_on_stderr_alone(
    mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    one(mirror, tmp_path, "wrong", "truncated")
    out, err = capsys.readouterr()
    assert out == ""
    assert "mnist" in err


@pytest.mark.parametrize("faults", [("good",), ("wrong", "good"), ("stuck", "good"), ("endless", "truncated")])
def test_the_bar_ends_at_the_files_size_whatever_mirrors_that_failed_had_sent(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: tuple[str, ...]
) -> None:
    advanced: list[int] = []
    monkeypatch.setattr(module, "_progress", lambda *_: nullcontext(advanced.append))
    one(mirror, tmp_path, *faults)
    assert sum(advanced) == len(mirror.files[NAME])


def test_what_befell_each_mirror_is_said_where_they_differ(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(TenfoldError, match=r"127.0.0.1: HTTP 404; 127.0.0.1: other bytes .*SHA-256") as error:
        one(mirror, tmp_path, "missing", "wrong")
    assert_one_line(error)


def test_a_server_that_resumes_elsewhere_than_asked_is_not_believed(mirror: Mirror, tmp_path: Path) -> None:
    path = one(mirror, tmp_path, "misplaced", "good")
    assert path.read_bytes() == mirror.files[NAME]
    with pytest.raises(TenfoldError, match="resumed at the wrong place"):
        one(mirror, tmp_path / "other", "misplaced")


def test_what_a_killed_process_left_is_removed_after_an_hour(tmp_path: Path) -> None:
    ages = {".a.gz.7-00.partial": 3500, ".b.gz.7-00.partial": 3700, "c.gz.partial": 9000, ".d.gz": 9000}
    for name, seconds in ages.items():
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (time.time() - seconds,) * 2)
    module._sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(ages) - {".b.gz.7-00.partial"}


def test_mirrors_share_ten_seconds_of_patience() -> None:
    assert module.GIVE_UP_S == 10
    patience = module._Patience(module.GIVE_UP_S, 4)
    assert patience.share_s() == 2.5
    patience.left_s, patience.mirrors = 9.0, 3  # the first failed after a second
    assert patience.share_s() == 3
    patience.left_s = -0.1
    assert patience.share_s() == 0
