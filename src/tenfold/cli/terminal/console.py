"""The two streams of the terminal: what is asked for on stdout, what is said beside it on stderr."""

import os
import sys

from tenfold.cli.terminal.tables import LineConsole

_PAPER = 120
"""Characters a line where nobody watches: in a file or a pipe a sentence need not break at a terminal's usual 80."""

_watched = (sys.stdout is not None and sys.stdout.isatty()) or "COLUMNS" in os.environ

out = LineConsole(highlight=False, markup=False, width=None if _watched else _PAPER)
err = LineConsole(stderr=True, highlight=False, markup=False)
