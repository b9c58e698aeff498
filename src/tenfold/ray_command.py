"""What `--ray` does for a command: trials and seeds as tasks of a cluster; pictures into a folder of parts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.output import print_json

if TYPE_CHECKING:
    from tenfold.comparison import Mapped


@contextmanager
def on_ray(address: str | None, cpus: int) -> "Iterator[Mapped | None]":
    """A map over the cluster at an address; None without one."""
    if address is None:
        yield None
        return
    from tenfold.scaling import connected

    with connected(address, cpus, preload=_load_training) as cluster:
        yield cluster.map


def _load_training() -> None:
    """Torch and what comes with it, which takes as long as Ray's start."""
    from tenfold import training  # noqa: F401


def read_on_ray(names: Sequence[str], out: Path, address: str, *, resume: bool, json: bool, **options: Any) -> int:
    """Read pictures into parts of a folder. Returns the exit code: 1 where some could not be read.

    options: of `read_in_parts`. Raises TenfoldError as it does.
    """
    from tenfold import display
    from tenfold.scaling import connected, read_in_parts

    done = failed = 0

    def on_part(pictures: int, bad: int) -> None:
        nonlocal done, failed
        done, failed = done + pictures, failed + bad
        display.err.print(f"{done:,} pictures, {failed:,} failed", soft_wrap=True)

    with connected(address) as cluster:
        manifest = read_in_parts(names, out, cluster, resume=resume, on_part=on_part, **options)
    if json:
        print_json({"out": str(out), **{key: manifest[key] for key in ("pictures", "readings", "failed", "bytes")}})
    else:
        parts = len(manifest["parts"])
        print(f"{manifest['pictures']:,} pictures read into {out}, {parts} parts ({manifest['failed']:,} failed)")
    return 1 if manifest["failed"] else 0
