"""The section of docs/serve.md that holds figures."""

from typing import Any

from benchmarks.serve.question import RATE

HEAD = "## How fast\n"

_TEXT = """
    python -m benchmarks serve                               # about ten minutes; --only read page for a part

Measured with {workers} processes on {cores} cores that the load generator shares, {processor}
(`benchmarks/results/serve.json`). Other work on the machine is in these figures: before the parts its load
average was {load}.

| | goal | measured |
|---|---|---|
"""


def section(found: dict[str, Any]) -> str:
    """The section, its heading included; a part that was not measured has no row."""
    loads = [found[name]["load_average"] for name in _ROWS if name in found]
    load = f"{min(loads):g} to {max(loads):g}"
    machine = found["machine"]
    head = _TEXT.format(workers=found["workers"], cores=machine["cores"], processor=machine["processor"], load=load)
    rows = [row for name, of in _ROWS.items() if name in found for row in of(found[name])]
    return HEAD + head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


Row = tuple[str, str, str]


def _start(found: dict[str, Any]) -> list[Row]:
    return [("from the command to the first answer, one process", "1 s", f"{found['seconds']:.2f} s")]


def _page(found: dict[str, Any]) -> list[Row]:
    rows = [("the page's own files", "120 kB", f"{found['kilobytes']:.0f} kB")]
    if found["browser"] is None:
        return rows
    usable = found["usable_ms"]
    drawing = f"{found['drawing_p50_ms']:g} ms, 95 of 100 in {found['drawing_p95_ms']:g} ms"
    return [
        *rows,
        ("the page can be drawn on, nothing cached", "300 ms", f"{min(usable)} to {max(usable)} ms"),
        ("an answer while drawing, views and probabilities included", "50 ms", drawing),
    ]


def _read(found: dict[str, Any]) -> list[Row]:
    fast, steady = found["as_fast_as_answered"], found[f"at_{RATE}_a_second"]
    refused = sum(count for status, count in steady["statuses"].items() if status != "200")
    at_rate = f"{steady['p99_ms']:g} ms" + (
        f", and {refused} of {steady['answers']} not answered 200" if refused else ""
    )
    each = f"{fast['server_processor_ms_each']:g} ms"
    return [
        ("processor time of the server for a drawing of one digit", "", each),
        (f"drawings a second, {found['connections']} connections", str(RATE), f"{fast['per_second']:g}"),
        (f"99 of 100 answers at {RATE} drawings a second", "40 ms", at_rate),
    ]


def _classify(found: dict[str, Any]) -> list[Row]:
    fast = found["as_fast_as_answered"]
    each = f"{fast['per_second']:g} a second, {fast['server_processor_ms_each']:g} ms of processor time each"
    return [("28×28 views through `/v1/classify`", "", each)]


def _rubbish(found: dict[str, Any]) -> list[Row]:
    said = "all" if found["not_4xx"] == 0 else f"all but {found['not_4xx']}"
    return [(f"{found['answers']:,} bad inputs answered 4xx", "all", said)]


def _crowd(found: dict[str, Any]) -> list[Row]:
    memory, minutes, grew = found["memory_mib"], found["seconds"] / 60, 100 * found["memory_grew"]
    mixed = f"{minutes:g} minutes of drawings, pages of a megapixel, bad inputs, slow senders, aborted uploads"
    return [
        (f"{mixed}: 5xx but 503", "0", str(found["server_errors"])),
        (
            "memory over that time",
            "± 10 %",
            f"{memory['first']} to {memory['last']} MiB ({grew:+.1f} %), {memory['most']} at most",
        ),
    ]


def _end(found: dict[str, Any]) -> list[Row]:
    taken = f"{found['accepted']} taken, {found['in_flight_at_the_signal']} of them in flight: {found['lost']} lost"
    return [("SIGTERM under load", "0 lost", taken)]


_ROWS = {
    "start": _start,
    "page": _page,
    "read": _read,
    "classify": _classify,
    "rubbish": _rubbish,
    "crowd": _crowd,
    "end": _end,
}
