"""The command line: one short function a command that parses, calls, and prints. No logic lives here."""

import errno
import io
import re
import sys
from collections.abc import Sequence

from tenfold.cli import plain
from tenfold.cli.terminal.output import STANDARD_OUTPUT, heard, onto_stdout, print_error
from tenfold.errors import TenfoldError, UsageError, remedy
from tenfold.version import __version__

__all__ = ["main"]

_GREETING = f"""tenfold {__version__} reads handwritten digits in pictures, and trains models that do.

  tenfold read photo.jpg    the digits on it, and how sure they are
  tenfold demo              train a model in seconds, score it, read five pictures with it
  tenfold serve             a page to draw on, and an HTTP API
  tenfold doctor            what is installed here, and what is missing

All commands: tenfold --help. The options of one: tenfold read --help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line. Returns its exit code: 0 done, 1 something failed, 2 wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stdout is None:  # as after >&-
        sys.stdout = _Closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding cannot show is shown escaped.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(given)
        with onto_stdout():
            sys.stdout.flush()
        return code
    except TenfoldError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        later = " (once an epoch is finished, --resume goes on with it)" if given[:1] == ["train"] else ""
        return _fail(f"stopped{later}", 130)
    except BrokenPipeError:
        # Whoever read our output has seen enough: | head is no error.
        sys.stderr.close()
        sys.stdout = _Closed()
        return 0
    except OSError as error:
        known = "" if isinstance(error, PermissionError) else remedy(error)  # it may be a file to be read
        if error.filename == STANDARD_OUTPUT:
            sys.stdout = _Closed()
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}{known}", 1)
    except MemoryError:
        return _fail("not enough memory", 1)


def _run(given: Sequence[str]) -> int:
    """What the command that is given returns as its exit code. Raises UsageError where something given is empty, or no
    command line."""
    if not given:
        print(_GREETING)
        return 0
    for place, argument in enumerate(given):
        if not argument or re.fullmatch(r"--[\w-]+=", argument):
            before = given[place - 1] if place and given[place - 1].startswith("--") else given[0]
            where = argument.rstrip("=") or before or "tenfold"
            raise UsageError(f"{where}: an empty name or value: give one that is not, or leave it out")
    # How a model that another tool made is fed, whichever command opens it; where data came from but a mirror.
    with heard("tenfold.inference.model_import"), heard("tenfold.data"):
        if (asked := plain.plain_read(given)) is not None:
            return plain.read(asked)
        from tenfold.cli import commands  # here: the command-line library takes longer to load than a picture to read

        return commands.run(given)


class _Closed(io.TextIOBase):
    """Standard output where there is none, or no more: what would be lost is an error, and work without a word goes on.

    It also keeps Python from trying once more, at its end, to write what could not be written.
    """

    def write(self, _text: str) -> int:
        raise OSError(errno.EBADF, "is closed: send it somewhere, as > /dev/null", STANDARD_OUTPUT)


def _fail(message: str, code: int) -> int:
    print_error(message)
    return code
