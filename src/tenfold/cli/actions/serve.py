"""What `tenfold serve` does: takes flags and environment together, serves, and says where."""

import sys
from dataclasses import asdict
from typing import Any

from tenfold.cli.terminal.output import print_json, print_line
from tenfold.errors import needs_extra


def serve(given: dict[str, Any], *, json: bool = False) -> None:
    """Serve with the flags given over the environment's values; json: the address on stdout. Raises TenfoldError."""
    with needs_extra("serve", "serving"):
        import python_multipart  # noqa: F401

        from tenfold.serving import Settings
        from tenfold.serving import serve as run

    settings = Settings.from_environment(given)

    def say(address: str) -> None:
        if json:
            print_json({"address": address})
        print_line(f"tenfold serves at {address} (Ctrl-C ends it)", file=sys.stderr)

    run(**asdict(settings), say=say)
