"""Calls that differ between operating systems: cores, file locks, living processes."""

import os

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]
try:
    import msvcrt
except ModuleNotFoundError:  # everywhere else
    msvcrt = None  # type: ignore[assignment]

OPEN_FILES_MOVE = os.name != "nt"
"""Whether a folder can be renamed or removed while a file in it is open."""

SIGNAL_NOTHING = os.name != "nt"
"""Whether signal 0 only asks if a process lives: on Windows it would send Ctrl-C."""

_LOCKED_BYTE = 2**31 - 2
"""Nobody can read a locked byte on Windows: the lock lies far behind any content, within the range of a C long."""


def cores() -> int:
    """Cores that this process may use; all of the machine's where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def locked(descriptor: int) -> bool:
    """Hold an open file against other processes until it is closed. Returns False where another one holds it.

    The kernel lets go of it when this process dies, however it dies: by flock, on Windows by a lock of one byte. A
    system with neither always answers True: there, nothing keeps two processes apart. Raises OSError
    where the disk knows no locks.
    """
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif msvcrt is not None:
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


def is_gone(process: int) -> bool:
    """Whether no process of this machine has the number; False where that cannot be asked."""
    if not SIGNAL_NOTHING:
        return False
    try:
        os.kill(process, 0)  # nothing is sent
    except ProcessLookupError:
        return True
    except OSError:  # another user's
        pass
    return False
