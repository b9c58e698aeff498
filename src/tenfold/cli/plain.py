"""The plain `tenfold read PICTURE...` without the command-line library, which takes longer to load than to read.

What is not listed here, and every mistake, is left to that library. A test holds that what is understood here is
understood so there too.
"""

import gc
import sys
from collections.abc import Sequence
from typing import Any

_FLAGS = ("--json", "--separators", "--single")
_NAMES = ("--model",)
"""Options of `tenfold read` that take a name."""


def plain_read(given: Sequence[str]) -> dict[str, Any] | None:
    """What a command line asks of `read_pictures`; None where it is another command, or not plain."""
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
    first = "onnxruntime" not in sys.modules
    if first:
        gc.disable()  # a module leaves nothing to collect: looking for it takes 20 ms
    try:
        import onnxruntime  # noqa: F401  which the first model would load

        from tenfold.read_command import read_pictures
    finally:
        if first:
            gc.freeze()  # nor is there anything at the end, where the whole process goes
            gc.enable()
    return read_pictures(**asked)
