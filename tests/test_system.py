"""Every operating system can import tenfold and train: what one of them lacks is asked for before it is called."""

import ast
import errno
import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tenfold import system
from tenfold.errors import TenfoldError, UsageError
from tenfold.run import folder
from tenfold.run.folder import RunFolder
from tenfold.serving import serve

SOURCES = sorted((Path(__file__).parents[1] / "src" / "tenfold").rglob("*.py"))

UNIX_MODULES = {
    "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty",
}  # fmt: skip
UNIX_NAMES = {
    "os": {
        "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "chown", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid",
        "getgid", "getgroups", "getloadavg", "getpgid", "getuid", "initgroups", "killpg", "mkfifo", "mknod", "nice",
        "openpty", "pread", "pwrite", "sched_getaffinity", "sched_setaffinity", "setpgid", "setsid", "statvfs",
        "sysconf", "uname", "wait", "wait3", "wait4",
    },
    "signal": {"SIGALRM", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "SIGUSR2", "pthread_sigmask", "setitimer"},
    "socket": {"AF_UNIX", "SO_REUSEPORT", "socketpair"},
    "time": {"clock_gettime", "tzset"},
}  # fmt: skip


def _modules_loaded(tree):
    """The modules that a file imports at once, outside a try."""
    guarded = {one for attempt in ast.walk(tree) if isinstance(attempt, ast.Try) for one in ast.walk(attempt)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in guarded:
            yield from [node.module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]


def _unasked(path):
    """What a file takes for granted and Windows lacks."""
    code = path.read_text(encoding="utf-8")
    tree = ast.parse(code)
    yield from UNIX_MODULES.intersection(_modules_loaded(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, name = node.value.id, node.attr
            if name in UNIX_NAMES.get(module, ()) and f'hasattr({module}, "{name}")' not in code:
                yield f"{module}.{name}"


def test_what_windows_lacks_is_asked_for_in_the_file_that_calls_it():
    assert {path.name: found for path in SOURCES if (found := [*_unasked(path)])} == {}


def test_several_processes_are_refused_where_they_cannot_share_an_address(monkeypatch):
    monkeypatch.delattr(socket, "SO_REUSEPORT")
    with pytest.raises(UsageError, match="--workers 2: several processes cannot share an address on this system"):
        serve(workers=2, port=0)


WITHOUT_UNIX = """
import builtins, importlib, os, pkgutil, sys
from pathlib import Path

loaded = builtins.__import__

def refuse(name, globals=None, locals=None, fromlist=(), level=0):
    if name in {hidden!r} and (globals or {{}}).get("__name__", "").startswith("tenfold"):
        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
    return loaded(name, globals, locals, fromlist, level)

builtins.__import__ = refuse
for name in ("sched_getaffinity", "O_NONBLOCK", "set_blocking"):
    delattr(os, name)

import tenfold
for module in pkgutil.walk_packages(tenfold.__path__, "tenfold."):
    if not module.name.endswith("__main__"):
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            assert error.name.partition(".")[0] not in ("tenfold", *{hidden!r}), error
from tenfold.reading.formats import read_bytes
from tenfold.serving.jobs import Jobs
from tenfold.run.folder import RunFolder

folder = RunFolder.claim(Path({out!r}), "fast", "a = 1\\n", resume=False)
for name in ("environment.json", "model.onnx"):
    (folder.path / name).write_text("{{}}")
print(folder.finish().name, read_bytes(folder.path / "recipe.toml"), Jobs(queue=1, workers=1).threads >= 2)
"""


def test_without_the_modules_and_calls_of_unix_everything_is_imported_and_a_run_is_claimed_and_finished(tmp_path):
    script = WITHOUT_UNIX.format(hidden=sorted(UNIX_MODULES), out=str(tmp_path / "runs"))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout == "fast-1 b'a = 1\\n' True\n", ended.stderr


@pytest.fixture
def windows(monkeypatch):
    """A system that locks bytes, keeps a folder with an open file where it is, and takes signal 0 for Ctrl-C."""

    def locking(descriptor, mode, count):
        assert (mode, count) == ("at once", 1)
        assert os.lseek(descriptor, 0, os.SEEK_CUR) > 2**30  # what is locked cannot be read: nothing is written there
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PermissionError(errno.EACCES, "Permission denied") from None

    monkeypatch.setattr(system, "fcntl", None)
    monkeypatch.setattr(system, "msvcrt", SimpleNamespace(LK_NBLCK="at once", locking=locking))
    monkeypatch.setattr(system, "OPEN_FILES_MOVE", False)
    monkeypatch.setattr(system, "SIGNAL_NOTHING", False)


@pytest.mark.usefixtures("windows")
def test_where_the_system_locks_bytes_a_run_belongs_to_one_process_too(tmp_path):
    held = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    with pytest.raises(TenfoldError, match="another process is training this run"):
        RunFolder(held.path)
    held.release()
    RunFolder(held.path).release()


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("end", ["settle", "discard"])
def test_a_folder_that_an_open_file_would_hold_back_is_let_go_of_before_it_is_moved(tmp_path, monkeypatch, end):
    held = RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
    rename, rmtree = type(tmp_path).rename, folder.shutil.rmtree

    def after_letting_go(done):
        def checked(*arguments, **options):
            assert held._lock == -1
            return done(*arguments, **options)

        return checked

    monkeypatch.setattr(type(tmp_path), "rename", after_letting_go(rename))
    monkeypatch.setattr(folder.shutil, "rmtree", after_letting_go(rmtree))
    getattr(held, end)()
    assert [path.name for path in tmp_path.iterdir()] == (["fast-1"] if end == "settle" else [])


@pytest.mark.usefixtures("windows")
def test_nobody_is_sent_ctrl_c_to_learn_whether_he_lives(monkeypatch):
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a signal was sent"))
    assert not system.is_gone(os.getpid())


def test_a_process_that_has_ended_is_gone():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert system.is_gone(ended.pid)
    assert not system.is_gone(os.getpid())


def test_a_disk_that_knows_no_locks_is_not_taken_for_another_process(tmp_path, monkeypatch):
    def unknown(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(system.fcntl, "flock", unknown)
    with pytest.raises(TenfoldError, match=r"cannot write runs there \(No locks available\)"):
        RunFolder.claim(tmp_path, "fast", "a = 1\n", resume=False)
