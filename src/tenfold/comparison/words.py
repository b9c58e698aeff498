"""What the paired tests came to, in sentences that stand under the table."""

from collections.abc import Sequence

from tenfold.comparison.paired import Paired
from tenfold.formatting import p_value


def conclusions(tests: Sequence[Paired], seeds: int) -> tuple[str, ...]:
    """Of tests against the first contender: which differences count, which are noise, and what one seed cannot say."""
    first = tests[0].b
    better = [test for test in tests if not test.noise and test.difference > 0]
    worse = [test for test in tests if not test.noise and test.difference < 0]
    noise = [test for test in tests if test.noise]
    lines = [
        f"{word} than {first}: {', '.join(map(_how_much, found))}."
        for word, found in (("Better", better), ("Worse", worse))
        if found
    ]
    if noise:
        lines.append(f"No more than chance apart from {first}: {', '.join(map(_how_much, noise))}.")
    if seeds == 1:
        lines.append("One run each: another seed may change the order; recipes with --seeds 3 show by how much.")
    return tuple(lines)


def _how_much(test: Paired) -> str:
    return f"{test.a} ({100 * test.difference:+.2f} points, {p_value(test.p)})"
