"""What `--ray` does for a command: trials and seeds as tasks of a cluster; pictures into a folder of parts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.cli.actions.read import brought_in
from tenfold.cli.terminal.output import print_json, print_line
from tenfold.formatting import plural

if TYPE_CHECKING:
    from tenfold.comparison import MapFunction


@contextmanager
def on_ray(address: str | None, cpus: int) -> "Iterator[MapFunction | None]":
    """A map over the cluster at an address; None without one."""
    if address is None:
        yield None
        return
    from tenfold.cluster import connected

    with connected(address, cpus, preload=_load_training) as cluster:
        yield cluster.map


def _load_training() -> None:
    """Torch and what comes with it, which takes as long as Ray's start."""
    from tenfold import training  # noqa: F401


def read_on_ray(
    names: Sequence[str],
    out: Path,
    address: str,
    *,
    model: str | None,
    detector: str | None,
    json: bool,
    **options: Any,
) -> int:
    """Read pictures into parts of a folder. Returns the exit code: 1 where some could not be read.

    detector: a page network's file or run; options: of `plan_parts`. Raises TenfoldError as it does, before
    any cluster is started.
    """
    from tenfold.cli.terminal import console
    from tenfold.cluster import connected, plan_parts, read_planned

    done = failed = 0

    def on_part(pictures: int, bad: int) -> None:
        nonlocal done, failed
        done, failed = done + pictures, failed + bad
        console.err.print(f"{plural(done, 'picture')}, {failed:,} failed", soft_wrap=True)

    plan = plan_parts(names, out, model=model, detector=detector, adopted=brought_in(model), **options)
    with connected(address) as cluster:
        manifest = read_planned(plan, cluster, on_part)
    if json:
        print_json({"out": str(out), **{key: manifest[key] for key in ("pictures", "readings", "failed", "bytes")}})
    else:
        pictures, parts = plural(manifest["pictures"], "picture"), plural(len(manifest["parts"]), "part")
        print_line(f"{pictures} read into {out}, {parts} ({manifest['failed']:,} failed)")
    return 1 if manifest["failed"] else 0
