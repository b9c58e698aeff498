"""The command line: one short function a command that parses, calls, and prints. No logic lives here."""

import io
import sys
from collections.abc import Sequence

from cyclopts import CycloptsError

from tenfold.cli import looking, models, reading, serving, training  # noqa: F401  each brings its commands
from tenfold.cli.app import app
from tenfold.errors import TenfoldError
from tenfold.output import heard, print_error

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line. Returns its exit code: 0 done, 1 something failed, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding cannot show is shown escaped.
            stream.reconfigure(errors="backslashreplace")
    try:
        with heard("tenfold.foreign"):  # how a model that another tool made is fed, whichever command opens it
            code = app(
                arguments if arguments is not None else sys.argv[1:],
                exit_on_error=False,
                print_error=False,
                result_action="return_value",
            )
        return code if isinstance(code, int) else 0
    except TenfoldError as error:
        return _fail(str(error), error.exit_code)
    except CycloptsError as error:
        return _fail(str(error), 2)
    except KeyboardInterrupt:
        trained = list(arguments if arguments is not None else sys.argv[1:])[:1] == ["train"]
        return _fail(f"stopped{' (once an epoch is finished, --resume goes on with it)' * trained}", 130)
    except BrokenPipeError:
        # Whoever read our output has seen enough: | head is no error.
        sys.stderr.close()
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}", 1)
    except MemoryError:
        return _fail("not enough memory", 1)


def _fail(message: str, code: int) -> int:
    print_error(message)
    return code
