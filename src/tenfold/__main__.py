"""The tenfold command, and `python -m tenfold`: Ctrl-C is one line from the first moment, while modules still load."""

import os
import sys


def main() -> int:
    """Run the command line that this process was given. Returns its exit code, 130 after Ctrl-C."""
    try:
        from tenfold.cli import main as run
        from tenfold.cli.plain import plain_read

        code = run()
    except KeyboardInterrupt:
        print("tenfold: stopped", file=sys.stderr)
        return 130
    if plain_read(sys.argv[1:]) is not None and "multiprocessing" not in sys.modules:
        # All is written, and no other process waits. To take the libraries apart first would need 10 ms.
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
