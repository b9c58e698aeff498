"""A Ray cluster as a map: tasks with declared cores and retries, as many at a time as the cluster has room for."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tenfold.errors import TenfoldError, UsageError, needs_extra
from tenfold.system import cores

Task = TypeVar("Task")
Result = TypeVar("Result")

LOCAL = "local"
"""In place of an address: a cluster on this machine, for this command."""

_RETRIES = 3
"""How often a task whose process or machine died is run again. What a task raises itself is never retried."""

_OBJECT_STORE = 200 * 2**20
"""Bytes. Tasks and results are small: pictures are opened where they are read, results are written there."""

_VARIABLES = ("TENFOLD_DATA", "TENFOLD_CACHE")


@dataclass(frozen=True)
class Cluster:
    """A connected cluster. cpus: cores that each task is given, which are its threads too."""

    cpus: int = 1

    def map(
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        *,
        ahead: int = 0,
        on_death: Callable[[Task, str], Result] | None = None,
    ) -> Iterator[Result]:
        """The results of a function on tasks, as they come; tasks are taken as the cluster has room.

        ahead: tasks handed out beyond what can run at once. on_death: the result of a task whose process died on every
        try, told how; without it that is a TenfoldError. What the function raises is raised here.
        """
        import ray

        remote, place = self._remote(), _place()
        waiting: dict[Any, Task] = {}
        source = iter(tasks)
        try:
            while True:
                while len(waiting) < self._room() + ahead:
                    try:
                        task = next(source)
                    except StopIteration:
                        break
                    waiting[remote.remote(function, task, *place)] = task
                if not waiting:
                    return
                (done, *_), _rest = ray.wait(list(waiting), num_returns=1)
                yield _result(done, waiting.pop(done), on_death)
        finally:
            for reference in waiting:
                with suppress(Exception):  # the cluster may be gone
                    ray.cancel(reference, force=True)

    def warm(self, preload: Callable[[], object]) -> None:
        """Have workers call a function before they are given tasks, without waiting; what it raises is lost."""
        remote, place = self._remote(), _place()
        for _ in range(max(1, self._room() - 1)):  # this process wants a core too
            remote.remote(_call, preload, *place)

    def _remote(self) -> Any:
        import ray

        return ray.remote(num_cpus=self.cpus, max_retries=_RETRIES, scheduling_strategy="SPREAD")(_run)

    def _room(self) -> int:
        """Tasks that can run at once on the machines that are there now."""
        import ray

        return max(1, int(_resources(ray).get("CPU", 0) // self.cpus))


@contextmanager
def connected(address: str, cpus: int = 1, preload: Callable[[], object] | None = None) -> Iterator[Cluster]:
    """The cluster at an address, 'auto' for the one started on this machine; 'local' starts one for the time being.

    preload: imports what tasks will need, which takes seconds: here while the cluster starts, then in its workers.
    Raises UsageError for a number of cores that no machine has, TenfoldError where no cluster answers.
    """
    with needs_extra("ray", "--ray"):
        import ray
    # Without these Ray tells its makers of each start, and warns of a variable that tenfold does not use.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    mine = not ray.is_initialized()
    with _meanwhile(preload):
        if mine:
            _start(address)
    try:
        largest = max((node["Resources"].get("CPU", 0) for node in _nodes(ray) if node["Alive"]), default=0)
        if not 1 <= cpus <= largest:
            raise UsageError(f"--ray-cpus {cpus}: the largest machine of the cluster has {largest:g}")
        cluster = Cluster(cpus)
        if preload is not None:
            cluster.warm(preload)
        yield cluster
    finally:
        if mine:
            ray.shutdown()


@contextmanager
def _meanwhile(function: Callable[[], object] | None) -> Iterator[None]:
    """A function in a thread beside the block, which ends when both have; what the function raises is lost."""

    def quietly() -> None:
        with suppress(Exception):  # who needs what could not be loaded will say so
            if function is not None:
                function()

    thread = threading.Thread(target=quietly)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _place() -> tuple[str, dict[str, str]]:
    """Where the command was given: its folder and the variables that decide where data are."""
    return str(Path.cwd()), {name: os.environ[name] for name in _VARIABLES if name in os.environ}


def _call(preload: Callable[[], object]) -> None:
    """In a worker: what it returns stays there."""
    preload()


def _resources(ray: Any) -> dict[str, float]:
    found: dict[str, float] = ray.cluster_resources()
    return found


def _nodes(ray: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ray.nodes()
    return found


def _start(address: str) -> None:
    import logging
    import sys

    import ray

    where: dict[str, Any] = {"address": address}
    if address == LOCAL:
        # Named, for without an address Ray joins a cluster that happens to run on this machine.
        where |= {"num_cpus": cores(), "object_store_memory": _OBJECT_STORE, "include_dashboard": False}
    try:
        with redirect_stdout(sys.stderr):  # results own stdout
            ray.init(**where, logging_level=logging.ERROR, log_to_driver=False, configure_logging=False)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        reason = str(error).strip().splitlines()[0]
        raise TenfoldError(
            f"--ray {address}: no cluster answers ({reason}): ray start --head starts one (RAY_AUTH_MODE=token if it "
            "is guarded by a token), --ray local needs none"
        ) from None


def _run(function: Callable[[Any], Any], task: Any, folder: str, variables: dict[str, str]) -> Any:
    """In a worker: as if it were called where the command was given."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)
    with suppress(OSError):
        os.chdir(folder)
    return function(task)


def _result(reference: Any, task: Task, on_death: Callable[[Task, str], Result] | None) -> Result:
    import ray
    from ray.exceptions import NodeDiedError, OutOfMemoryError, RaySystemError, RayTaskError, WorkerCrashedError

    try:
        result: Result = ray.get(reference)
    except RayTaskError as error:
        if isinstance(error.cause, TenfoldError):
            raise error.cause from None
        raise TenfoldError(f"a task failed: {type(error.cause).__name__}: {_one_line(error.cause)}") from None
    except RaySystemError as error:
        raise TenfoldError(
            f"a machine of the cluster cannot run tenfold ({_one_line(error)}): install the same tenfold on each"
        ) from None
    except (WorkerCrashedError, NodeDiedError, OutOfMemoryError) as error:
        how = type(error).__name__
        if on_death is None:
            raise TenfoldError(
                f"a task died on each of {_RETRIES + 1} tries ({how}): was there enough memory?"
            ) from None
        return on_death(task, how)
    return result


def _one_line(error: object) -> str:
    return (str(error).strip().splitlines() or [""])[0]
