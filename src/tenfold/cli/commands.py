"""All commands, in the command-line library that parses them, completes them and says what they take."""

from collections.abc import Sequence

from cyclopts import CycloptsError, UnknownCommandError

from tenfold.cli import looking, models, reading, serving, training  # noqa: F401  each brings its commands
from tenfold.cli.app import app
from tenfold.errors import UsageError, did_you_mean

__all__ = ["app", "run"]


def run(given: Sequence[str]) -> int:
    """What the command that is given returns as its exit code. Raises UsageError where it is none."""
    try:
        code = app(
            [*given[1:], "--help"] if given[0] == "help" else given,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    except UnknownCommandError as error:
        # Before a command an option is taken for one.
        meant = did_you_mean(given[0], ("--help", "--version", "--install-completion"))
        raise UsageError(f"unknown option {given[0]}{meant}" if meant else str(error)) from None
    except CycloptsError as error:
        raise UsageError(str(error)) from None
    return code if isinstance(code, int) else 0
