"""What other programs read: JSON on stdout, one line an error on stderr."""

import json
import sys
from typing import Any


def print_json(value: Any) -> None:
    """A line of JSON: escaped, so that any terminal can show it; strict, so that any parser can read it."""
    print(json.dumps(value, allow_nan=False), flush=True)


def print_error(message: str) -> None:
    """A line on stderr that says who speaks."""
    print(f"tenfold: {' '.join(message.split())}", file=sys.stderr)
