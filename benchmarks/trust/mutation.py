"""Small changes to the code of reading, data and scores, one at a time: do the tests notice?

The changes are cosmic-ray's. Which tests run a line is taken from what `make coverage` left.
"""

import argparse
import ast
import importlib.util
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.machine import ROOT, keep_row

SOURCES = Path("src", "tenfold")
COVERAGE = ROOT / ".coverage"

MOST_TESTS = 40
"""Test functions that a change meets: of those that run it the narrowest, which are the sharpest, and the broadest,
which see what comes of it in the end. More could only find more."""

BROAD = 8
"""How many of them are the broadest."""

SECONDS = 300
"""Most that the tests of one change may take; a change that makes a loop endless is found by that."""

QUICK = ("-m", "not long")
"""Of pytest's arguments: the tests of `make test`."""

Span = tuple[tuple[int, int], tuple[int, int]]
"""Where code begins and ends: line, from 1, and column."""


@dataclass(frozen=True)
class Part:
    """Code, as files or folders of src/tenfold, and the tests that are to hold it, as files or folders of tests."""

    code: tuple[str, ...]
    tests: tuple[str, ...]


PARTS = {
    "reading": Part(("reading", "inference"), ("reading", "inference", "golden", "explanation/test_graph.py")),
    "data": Part(("data",), ("data", "golden")),
    "scores": Part(
        ("metrics.py", "training/calibration.py", *(f"evaluation/{name}.py" for name in ("scores", "comparison"))),
        (
            "test_metrics.py",
            "training/test_calibration.py",
            "evaluation/test_scores.py",
            "evaluation/test_comparison.py",
        ),
    ),
}


@dataclass(frozen=True)
class Place:
    """A span of a file's code, and what cosmic-ray may do there: an operator's name and its how-manieth chance."""

    path: Path
    span: Span
    changes: tuple[tuple[str, int], ...]


def main(arguments: Sequence[str] = ()) -> None:
    """Try changes in each part, and keep how many were noticed."""
    parser = argparse.ArgumentParser("python -m benchmarks mutants", description=__doc__)
    parser.add_argument("--each", type=int, default=100, help="changes tried in each part")
    parser.add_argument("--minutes", type=float, default=60, help="at most, for each part: then fewer are tried")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="only the tests of make test; kept in a row of its own")
    chosen = parser.parse_args(list(arguments))
    if importlib.util.find_spec("cosmic_ray") is None or not COVERAGE.exists():
        print("skipped: this needs cosmic-ray (pip install cosmic-ray) and what make coverage leaves", file=sys.stderr)
        return
    for name in chosen.parts:
        draw = random.Random(f"{chosen.seed} {name}")
        row = try_part(name, chosen.each, draw, 60 * chosen.minutes, chosen.processes, quick=chosen.quick)
        print({key: value for key, value in row.items() if key != "survived"}, flush=True)
        kept = keep_row("mutants", row | {"seed": chosen.seed}, key=("part",), most_tests=MOST_TESTS)
        print(f"kept in {kept}")


def try_part(
    name: str, most: int, draw: random.Random, seconds: float = math.inf, processes: int = 1, *, quick: bool = False
) -> dict[str, Any]:
    """A part's row: places in its code, changes tried, how many were noticed (late: by the time limit), which were not.

    They are tried in the order in which they were drawn, so that those tried in time are drawn at random, too. The same
    draw tries the same changes, quick or not.
    """
    until = time.monotonic() + seconds
    found = [place for path in files(PARTS[name]) for place in places(path)]
    tests, marked = Runners.of(PARTS[name]), QUICK if quick else ()
    if quick:
        tests = tests.among(quick_tests())
    drawn = list(islice(_in_random_order(found, draw), most))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(processes) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(processes):
            copies.put(Path(shutil.copytree(ROOT / "src", Path(folder, str(number), "src"))))

        def tried(place: Place, change: tuple[str, int]) -> int | None:
            if time.monotonic() > until:
                return None
            copy = copies.get()
            try:
                return met_by(copy, place, change, [*marked, *tests.that_run(place)])
            finally:
                copies.put(copy)

        met = sorted({test for place, _ in drawn for test in tests.that_run(place)})
        if run(Path(folder, "0", "src"), [*marked, *met]) != 0:
            raise SystemExit(f"the tests of {name} fail as things are: make coverage again, and see which")
        codes = list(pool.map(lambda one: tried(*one), drawn))
    counts = {"tried": len(codes) - codes.count(None), "late": codes.count(-signal.SIGKILL)}
    survived = [described(*one) for one, code in zip(drawn, codes, strict=True) if code == 0]
    killed = counts["tried"] - len(survived)
    part = f"{name}, by `make test`" if quick else name
    return {"part": part, "places": len(found), **counts, "killed": killed, "survived": survived}


def _in_random_order(found: Sequence[Place], draw: random.Random) -> Iterator[tuple[Place, tuple[str, int]]]:
    """Each place with one of its changes; not where that is no Python, as another operator for the * of f(*, x)."""
    for place in draw.sample(found, len(found)):
        change = draw.choice(place.changes)
        try:
            ast.parse(changed(place, change))
        except SyntaxError:
            continue
        yield place, change


def files(part: Part) -> list[Path]:
    """The modules of a part, from the repository's root."""
    paths = [ROOT / SOURCES / name for name in part.code]
    found = [one for path in paths for one in (sorted(path.glob("*.py")) if path.is_dir() else [path])]
    return [path.relative_to(ROOT) for path in found]


def places(path: Path) -> list[Place]:
    """Where a module can be changed, the types of its arguments and results left out: nothing looks at them."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    code = (ROOT / path).read_text(encoding="utf-8")
    types, nodes = list(_types(code)), list(ast_nodes(get_ast(code)))
    found: dict[Span, list[tuple[str, int]]] = defaultdict(list)
    for name in operator_names():
        operator = get_operator(name)
        if not operator.arguments():
            spans = [span for node in nodes for span in operator().mutation_positions(node)]
            for number, span in enumerate(spans):
                if not any(start <= span[0] and span[1] <= end for start, end in types):
                    found[span].append((name, number))
    return [Place(path, span, tuple(changes)) for span, changes in sorted(found.items())]


def _types(code: str) -> Iterator[Span]:
    for node in ast.walk(ast.parse(code)):
        for one in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if one is not None:
                yield (one.lineno, one.col_offset), (one.end_lineno, one.end_col_offset)


def changed(place: Place, change: tuple[str, int]) -> str:
    """The module's code with one change."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    code = (ROOT / place.path).read_text(encoding="utf-8")
    return str(mutate_code(code, get_operator(change[0])(), change[1]))


def described(place: Place, change: tuple[str, int]) -> dict[str, str]:
    """A change as a person reads it."""
    before, line = (ROOT / place.path).read_text(encoding="utf-8").split("\n"), place.span[0][0]
    after = changed(place, change).split("\n")
    rest = next((number for number in range(line - 1, len(before)) if before[number] != after[number]), line - 1)
    return {"where": f"{place.path}:{rest + 1}", "was": before[rest].strip(), "is": after[rest].strip()}


def _by_use(ran: dict[str, dict[int, set[str]]], codes: dict[str, str]) -> dict[str, dict[int, set[str]]]:
    """ran, but that what runs as a module is loaded is run by whoever uses it: which test loads it first is chance.

    A constant and a class are used where they are named, a class's field wherever either is, and a function's defaults
    and decorators where its body runs.
    """
    trees = {path: ast.parse(code) for path, code in codes.items()}
    users: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                users[name] |= ran[path].get(node.end_lineno or node.lineno, set())
    return {
        path: lines | {line: used for where, used in _loaded(trees[path], users, lines) for line in where}
        for path, lines in ran.items()
    }


def _loaded(tree: ast.Module, users: dict[str, set[str]], ran: dict[int, set[str]]) -> Iterator[tuple[range, set[str]]]:
    """Lines that run as a module is loaded, and who uses what they make."""
    for node in ast.walk(tree):
        of_class = users[node.name] if isinstance(node, ast.ClassDef) else ()
        for one in node.body if isinstance(node, ast.Module | ast.ClassDef) else ():
            if isinstance(one, ast.Assign | ast.AnnAssign):
                given = [
                    name for name in ast.walk(one) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
                ]
                yield _lines(one), set(of_class).union(*(users[name.id] for name in given))
            elif isinstance(one, ast.FunctionDef | ast.ClassDef):
                first = min(part.lineno for part in (one, *one.decorator_list))
                in_body = set().union(*(ran.get(line, set()) for part in one.body for line in _lines(part)))
                used = users[one.name] if isinstance(one, ast.ClassDef) else in_body
                yield range(first, one.body[0].lineno), used


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


class Runners:
    """Which tests of a part run which lines."""

    def __init__(self, ran: dict[str, dict[int, set[str]]], everything: list[str]) -> None:
        self._ran = ran
        self._everything = everything
        self._breadth: dict[str, int] = defaultdict(int)
        for lines in ran.values():
            for names in lines.values():
                for name in names:
                    self._breadth[name] += 1

    @classmethod
    def of(cls, part: Part) -> "Runners":
        """As `make coverage` saw them; coverage calls a test by its module and name."""
        from coverage import CoverageData

        data = CoverageData(str(COVERAGE))
        data.read()
        modules = tuple(f"tests.{name.removesuffix('.py').replace('/', '.')}." for name in part.tests)
        ran: dict[str, dict[int, set[str]]] = {}
        for path in files(part):
            contexts = data.contexts_by_lineno(str(ROOT / path))
            ran[str(path)] = {
                line: {_argument(name) for name in names if name.startswith(modules)}
                for line, names in contexts.items()
            }
        codes = {path: (ROOT / path).read_text(encoding="utf-8") for path in ran}
        return cls(_by_use(ran, codes), [f"tests/{name}" for name in part.tests])

    def among(self, tests: set[str]) -> "Runners":
        """Only those that are among some tests."""
        ran = {path: {line: names & tests for line, names in lines.items()} for path, lines in self._ran.items()}
        return Runners(ran, self._everything)

    def that_run(self, place: Place) -> list[str]:
        """pytest's arguments: who runs the place, else the module, else all."""
        lines = self._ran[str(place.path)]
        here = set().union(*(lines.get(line, ()) for line in range(place.span[0][0], place.span[1][0] + 1)))
        found = here or set().union(*lines.values())
        chosen = sorted(found, key=lambda name: (self._breadth[name], name))
        if len(chosen) > MOST_TESTS:
            chosen = chosen[: MOST_TESTS - BROAD] + chosen[-BROAD:]
        return chosen or self._everything


def _argument(name: str) -> str:
    module, _, function = name.rpartition(".")
    return f"{module.replace('.', '/')}.py::{function}"


def quick_tests() -> set[str]:
    """The test functions of `make test`, as pytest is given them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *QUICK]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line.partition("[")[0] for line in listed.splitlines() if "::" in line}


def met_by(copy: Path, place: Place, change: tuple[str, int], tests: list[str]) -> int | None:
    """pytest's exit code over a copy of src with one change, which is taken back afterwards; 0 where none noticed."""
    path = copy / place.path.relative_to("src")
    try:
        path.write_text(changed(place, change), encoding="utf-8")
        return run(copy, tests, SECONDS)
    finally:
        shutil.copyfile(ROOT / place.path, path)


def run(copy: Path, tests: list[str], seconds: float | None = None) -> int | None:
    """pytest's exit code over a copy of src; negative where it had to be killed, after so many seconds at most."""
    context = get_context("forkserver")  # forks a process that has loaded what takes long, but nothing of tenfold
    context.set_forkserver_preload(["benchmarks.trust.mutation", "cv2", "onnxruntime", "PIL.Image", "pytest"])
    process = context.Process(target=_pytest, args=(copy, tests))
    process.start()
    process.join(seconds)
    if process.is_alive() and process.pid:
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode


def _pytest(copy: Path, tests: list[str]) -> None:
    """In a process of its own, which leads its group: ends with pytest's exit code."""
    import pytest

    os.setsid()
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.path.insert(0, str(copy))
    sys.dont_write_bytecode = True  # two changes within a second would have one file of bytes
    os.environ |= {"PYTHONPATH": os.pathsep.join(map(str, (copy, ROOT))), "PYTHONDONTWRITEBYTECODE": "1"}
    os.chdir(ROOT)
    sys.exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]))
