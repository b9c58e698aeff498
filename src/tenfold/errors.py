"""The errors a user may meet: one line that names the cause and the remedy."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class TenfoldError(Exception):
    """Something outside the program is wrong: a file, the network, a model. Exit code 1.

    The message is one line that names the cause and, where there is one, the remedy.
    """

    exit_code = 1


class UsageError(TenfoldError):
    """The call itself is wrong: an unknown recipe, a value out of range. Exit code 2."""

    exit_code = 2


class HeldError(TenfoldError):
    """An unfinished run cannot be gone on with: another process trains it, or has just finished it."""


class CheckpointError(TenfoldError):
    """An unfinished run cannot be gone on with: its checkpoint is damaged, or was made from other data."""


_FULL = (errno.ENOSPC, errno.EDQUOT)

_REMEDIES = {
    **dict.fromkeys(_FULL, "make room"),
    errno.EFBIG: "raise the limit on the size of files",
    errno.EROFS: "mount it writable",
    **dict.fromkeys((errno.EACCES, errno.EPERM), "make it writable"),
}
"""What the user can do, by the system's number of an error."""


def is_full(error: OSError) -> bool:
    """Whether the disk is full, or the user's share of it."""
    return error.errno in _FULL


def remedy(error: OSError, elsewhere: str = "", then: str = "") -> str:
    """What the user can do where something could not be written, as ': make room, or name another --out'. It is empty
    where nothing helps.

    elsewhere: how another place is named. then: what goes on once it can be written.
    """
    here = _REMEDIES.get(error.errno or 0, "mend that" if then else "")
    ways = ", or ".join(filter(None, (here, elsewhere)))
    return f": {ways}{', then ' if then else ''}{then}" if ways else ""


def cannot_write(
    place: str | Path, error: OSError, what: str = "cannot be written", *, elsewhere: str = "", then: str = ""
) -> TenfoldError:
    """The error for a file or folder that cannot be written: full, read-only and forbidden each with its own remedy.

    what: of the place, in words; elsewhere and then: as of `remedy`.
    """
    return TenfoldError(f"{place}: {what} ({error.strerror or error}){remedy(error, elsewhere, then)}")


def first_line(error: BaseException) -> str:
    """The first line of what another library says went wrong; the error's kind where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def no_such_model(name: str | Path) -> TenfoldError:
    """The error for a name of a model under which there is none."""
    meant = did_you_mean_beside(Path(name))
    return TenfoldError(f"{name}: no such model{meant}: give a run's folder, or a .onnx, .keras or .h5 file")


def no_model(path: Path) -> TenfoldError:
    """The error for a file of another kind, as a picture, where a model is wanted."""
    return TenfoldError(f"{path}: a file, where a run's folder, a .onnx, .keras or .h5 was expected")


def missing_extra(extra: str, what: str) -> TenfoldError:
    """The error for a feature whose optional libraries are not installed."""
    return TenfoldError(f"{what} needs the '{extra}' extra: pip install 'tenfold[{extra}]'")


def shown(value: object) -> str:
    """A value as an error's line shows it: as Python writes it, the beginning of it where that is long."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:79]}…"


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """' (did you mean good?)' where one of the names is like the word; empty where none is."""
    import difflib  # here: most words are right

    close = difflib.get_close_matches(word, names, n=1, cutoff=0.7)
    return f" (did you mean {close[0]}?)" if close else ""


def did_you_mean_beside(path: Path) -> str:
    """`did_you_mean` for a path that is not there: one of the names in its folder."""
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    return did_you_mean(path.name, (entry.name for entry in beside))


@contextmanager
def needs_extra(extra: str, what: str) -> Iterator[None]:
    """Around imports: a library that is not installed becomes the error that says which extra brings it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "tenfold":
            raise
        raise missing_extra(extra, what) from None


def need_report_extra(what: str) -> None:
    """Raises the error that names the 'report' extra where matplotlib or Jinja is not installed."""
    with needs_extra("report", what):
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401


NO_PAGE = "none: pip install 'tenfold[report]' draws one"
"""What is shown where a page would be, without the 'report' extra."""


def can_report() -> bool:
    """Whether the 'report' extra is installed."""
    try:
        need_report_extra("")
    except TenfoldError:
        return False
    return True
