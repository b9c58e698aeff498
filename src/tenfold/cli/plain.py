"""The plain `tenfold read PICTURE...` without the command-line library, which takes longer to load than to read.

What is not listed here, and every mistake, is left to that library. A test holds that what is understood here is
understood so there too.
"""

import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

_FLAGS = ("--json", "--separators", "--single")
_NAMES = ("--model",)
"""Options of `tenfold read` that take a name."""


def plain_read(given: Sequence[str]) -> dict[str, Any] | None:
    """The arguments of `read_pictures` that a command line stands for; None where it is not a plain one."""
    if not given or given[0] != "read":
        return None
    names: list[str] = []
    options: dict[str, Any] = {}
    words = iter(given[1:])
    before = ""
    for word in words:
        if word == "-" or not word.startswith("-"):
            if names and before != names[-1]:  # the library wants all pictures in one place
                return None
            names.append(word)
        else:
            value = True if word in _FLAGS else next(words, "-") if word in _NAMES else None
            if value is None or word in options or (word in _NAMES and str(value).startswith("-")):
                return None
            options[word] = value
        before = word
    if not names:
        return None
    return {"names": names, "model": options.pop("--model", None)} | {key[2:]: on for key, on in options.items()}


def read(asked: dict[str, Any]) -> int:
    """Read pictures as plain_read says. Returns the exit code."""
    with _loading():
        import onnxruntime  # noqa: F401  which the first model would load

        from tenfold.cli.actions.read import read_pictures
    return read_pictures(**asked)


@contextmanager
def _loading() -> Iterator[None]:
    """Around the first import of the libraries: Ctrl-C waits for its end, for C code makes an ImportError of it."""
    if "onnxruntime" in sys.modules:
        yield
        return
    interrupts: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        with suppress(ValueError):  # not the main thread, which alone is interrupted
            signal.signal(signal.SIGINT, lambda number, _frame: interrupts.append(number))
    gc.disable()  # a module leaves nothing to collect: looking for it takes 20 ms
    try:
        yield
    finally:
        gc.freeze()  # nor is there anything at the end, where the whole process goes
        gc.enable()
        with suppress(ValueError):
            signal.signal(signal.SIGINT, before)
    if interrupts:
        raise KeyboardInterrupt
