"""What a billion pictures cost, from the figures measured here: `python -m benchmarks.billion` fills docs/scale.md.

Each assumption that was not measured is named in `ASSUMED`.
"""

import json
from typing import Any

from reference.marks import filled

from benchmarks.machine import RESULTS, ROOT

PAGE = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- billion: filled in by python -m benchmarks.billion -->\n", "<!-- billion ends -->\n"

PICTURES = 1_000_000_000
ASSUMED = {
    "cores": 1_000,
    "cores a machine": 32,
    "price of a core-hour": 0.04,
    "bytes a picture": 20_000,
    "hours between deaths of a machine": 1_000,
    "reads a second that a shared disk gives": 20_000,
}


def plan() -> dict[str, Any]:
    """Cores, hours, storage and failures for each kind of picture, and the numbers at which something breaks."""
    inference, growth, field, ray = (_result(name) for name in ("inference", "scaling", "field", "cluster"))
    view = next(r for r in inference["rows"] if (r["contender"], r["model"]) == ("tenfold", "fast"))
    times = field["times"]
    kinds = {
        "28×28 views in memory, `fast`": 1 / view["images_per_second_per_core"],
        "small PNG files of one digit, `fast`": growth["reading"]["seconds_each"],
        "small PNG files of one digit, shipped model": ray["cpu_seconds_per_picture"],
        "canvas drawings of a digit": times["singles"]["canvas"]["median_ms"] / 1e3,
        "photos of a digit": times["singles"]["photo"]["median_ms"] / 1e3,
        "scanned numbers": times["strings"]["scan"]["median_ms"] / 1e3,
        "photos of numbers": times["strings"]["photo"]["median_ms"] / 1e3,
    }
    return {
        "kinds": {name: _cost(seconds) for name, seconds in kinds.items()},
        "results_bytes": PICTURES * ray["bytes_per_picture"],
        "pictures_bytes": PICTURES * ASSUMED["bytes a picture"],
        "tasks_per_second": 1 / ray["driver_cpu_seconds_per_task"],
        "workers": ray["pictures_per_second"],
        "overhead_seconds": ray["one_training"]["overhead_seconds"],
    }


def _cost(seconds: float) -> dict[str, float]:
    core_hours = PICTURES * seconds / 3600
    hours = core_hours / ASSUMED["cores"]
    machines = ASSUMED["cores"] / ASSUMED["cores a machine"]
    return {
        "milliseconds": 1e3 * seconds,
        "core_hours": core_hours,
        "hours": hours,
        "price": core_hours * ASSUMED["price of a core-hour"],
        "deaths": hours * machines / ASSUMED["hours between deaths of a machine"],
        "reads_per_second": ASSUMED["cores"] / seconds,
    }


def page(found: dict[str, Any]) -> str:
    """The tables as Markdown."""
    lines = [
        f"| a billion of | ms each, one core | core-hours | hours on {ASSUMED['cores']:,} cores | "
        f"at {ASSUMED['price of a core-hour']} a core-hour | machines that die meanwhile | files a second |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, cost in found["kinds"].items():
        lines.append(
            f"| {name} | {cost['milliseconds']:.3g} | {cost['core_hours']:,.0f} | {cost['hours']:.3g} | "
            f"{cost['price']:,.0f} | {cost['deaths']:.2g} | {cost['reads_per_second']:,.0f} |"
        )
    lines += [
        "",
        f"Results: {found['results_bytes'] / 1e12:.2f} TB of JSON lines, for {_tera(found)} TB of pictures.",
        "",
    ]
    lines += ["| parts of | parts | manifest | one driver feeds, with small PNG files | with scanned numbers |"]
    lines += ["|---|---|---|---|---|"]
    small, scans = (found["kinds"][name]["milliseconds"] / 1e3 for name in _FAST_AND_SLOW)
    for size in (500, 10_000):
        parts = PICTURES / size
        cores = [f"{found['tasks_per_second'] * size * seconds:,.0f} cores" for seconds in (small, scans)]
        lines.append(f"| {size:,} | {parts:,.0f} | {parts * 170 / 1e6:,.0f} MB | {cores[0]} | {cores[1]} |")
    workers = found["workers"]
    lines += [
        "",
        f"A driver's core hands out {found['tasks_per_second']:,.0f} tasks a second at most, by the processor time "
        "that a task takes of it. Assumed, not measured: "
        + "; ".join(f"{name} {value:,}" for name, value in ASSUMED.items())
        + ".",
        "",
        f"On this machine's two cores one worker reads {workers['one']:,.0f} small PNG files a second and two "
        f"{workers['two']:,.0f} ({workers['two'] / workers['one']:.2f} times as many); `--ray local` adds "
        f"{found['overhead_seconds']:.1f} s to one training (`python -m benchmarks cluster`).",
    ]
    return "\n".join(lines)


_FAST_AND_SLOW = ("small PNG files of one digit, `fast`", "scanned numbers")


def _tera(found: dict[str, Any]) -> str:
    return f"{found['pictures_bytes'] / 1e12:.0f}"


def _result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), BEGIN, page(plan()), END), encoding="utf-8")
