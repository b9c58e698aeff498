"""One function over many tasks in several processes: results in order, few in memory, a death costs one task."""

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context, resource_tracker
from typing import Any, TypeVar

from tenfold.errors import TenfoldError

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 4
"""Tasks a process that may be done before their turn, so that one slow task does not keep the others waiting."""

_SPAWN = get_context("spawn")  # ONNX Runtime's threads do not survive a fork


def map_in_processes(
    prepare: Callable[[], Callable[[Task], Result]],
    tasks: Iterable[Task],
    count: int,
    on_death: Callable[[Task, str], Result],
    at_once: int = 2,
) -> Iterator[Result]:
    """The results of tasks in their order; tasks are taken as the processes become free, count of them at most.

    prepare: called once in each process, returns what does a task; it, tasks and results are pickled. on_death: the
    result of a task whose process died, told how it died; another process takes its place. at_once: processes that may
    be starting at the same time; one more starts only where none is idle. They end with this iterator. Raises
    TenfoldError where prepare or a task does, or where a process does not start.
    """
    numbered = enumerate(tasks)
    idle: list[Worker] = []
    busy: list[Worker] = []
    done: dict[int, Result] = {}
    handed = given = 0
    try:
        while True:
            while idle and handed - given < _AHEAD * count and (task := next(numbered, None)):
                busy.append(idle.pop())
                busy[-1].give(*task)
                handed += 1
            if idle and handed == given:
                return
            if not idle:
                starting = sum(not worker.started for worker in busy)
                busy += [Worker(prepare) for _ in range(min(count - len(busy), at_once - starting))]
            answered = connection.wait([worker.connection for worker in busy])
            for worker in [worker for worker in busy if worker.connection in answered]:
                busy.remove(worker)
                try:
                    result = worker.answer()
                    idle.append(worker)
                except EOFError as how:
                    result = on_death(worker.task, str(how))
                if worker.number is not None:
                    done[worker.number] = result
                    worker.number = None
            while given in done:
                yield done.pop(given)
                given += 1
    finally:
        for worker in (*idle, *busy):
            worker.end()


class Worker:
    """A process, and the task that it has: none while it starts, and while it is idle.

    prepare: called in the process, returns what does a task there. The process ignores Ctrl-C, and ends when this one
    does.
    """

    def __init__(self, prepare: Callable[[], Callable[[Any], Any]]) -> None:
        self.connection, far_end = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=_serve, args=(far_end, prepare), daemon=True)
        with _sheltered_from_interrupts():
            self.process.start()
        far_end.close()
        self.number: int | None = None
        self.task: Any = None
        self.started = False

    def give(self, number: int, task: Any) -> None:
        """Hand over a task."""
        self.number, self.task = number, task
        with suppress(OSError):  # the process has died: waiting for its answer will show it
            self.connection.send(task)

    def answer(self) -> Any:
        """What the process says. Raises EOFError where it died; TenfoldError where it cannot go on."""
        try:
            said = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            code = self.process.exitcode or 0
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            self.end()
            if self.started:
                raise EOFError(how) from None
            raise TenfoldError(
                f"a reading process did not start ({how}): a script that reads many pictures must do so under "
                "if __name__ == '__main__', or with workers=1"
            ) from None
        if isinstance(said, TenfoldError):
            raise said
        self.started = True
        return said

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.process.terminate()
        self.process.join()
        self.connection.close()  # sooner, and the process would fail to send an answer


def _serve(near_end: Any, prepare: Callable[[], Callable[[Any], Any]]) -> None:
    """A process's life: says None once it is prepared, then the result of each task, or why it cannot go on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the first one ends the others
    try:
        work = prepare()
        near_end.send(None)
        while True:
            near_end.send(work(near_end.recv()))
    except TenfoldError as error:
        near_end.send(error)
    except (EOFError, ConnectionError):  # the first process is gone
        return


@contextmanager
def _sheltered_from_interrupts() -> Iterator[None]:
    """Ctrl-C waits meanwhile, and never reaches processes that start meanwhile: it would end them with a traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # it would start along with the first process, and let interrupts in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
