"""The tenfold command, and `python -m tenfold`: Ctrl-C is one line from the first moment, while modules still load."""

import sys


def main() -> int:
    """Run the command line that this process was given. Returns its exit code, 130 after Ctrl-C."""
    try:
        from tenfold.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("tenfold: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
