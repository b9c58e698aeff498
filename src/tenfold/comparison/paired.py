"""Two contenders on the same images, seed by seed: is one better, or is it chance?"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tenfold.evaluation import Comparison, Predictions, compare
from tenfold.evaluation.comparison import CHANCE


@dataclass(frozen=True)
class Paired:
    """Contender a against b.

    difference: a's mean accuracy less b's; only_a, only_b: images that one of the two alone gets right, mean over the
    pairs of runs; pairs: how many; p: how often chance would give as much (see `paired_test`).
    """

    a: str
    b: str
    difference: float
    only_a: float
    only_b: float
    pairs: int
    p: float

    @property
    def noise(self) -> bool:
        """Whether chance explains the difference."""
        return self.p >= CHANCE

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, with `noise`."""
        return {
            "a": self.a,
            "b": self.b,
            "difference": self.difference,
            "only_a": self.only_a,
            "only_b": self.only_b,
            "pairs": self.pairs,
            "p": self.p,
            "noise": self.noise,
        }


def paired_test(
    name_a: str,
    name_b: str,
    a: Sequence[Predictions],
    b: Sequence[Predictions],
    seeds_a: Sequence[int],
    seeds_b: Sequence[int],
) -> Paired:
    """McNemar's test of each pair of runs of the same seed, of all pairs where no seed is shared, and all as one.

    One p-value of k comes from the majority of the pairs (Rüger 1978: k / m times the m-th smallest holds however the
    p-values depend on each other; here m is the smallest majority), each counted only where it points the way the means
    do. So a difference counts where most seeds show it, and one lucky seed proves nothing. Every Predictions must be of
    the same images, else ValueError.
    """
    same = [(i, j) for i, seed in enumerate(seeds_a) for j, other in enumerate(seeds_b) if seed == other]
    rows = same or [(i, j) for i in range(len(a)) for j in range(len(b))]
    found = [compare(a[i], b[j], name_a, name_b) for i, j in rows]
    difference = statistics.fmean(float(p.right.mean()) for p in a) - statistics.fmean(float(p.right.mean()) for p in b)
    return Paired(
        a=name_a,
        b=name_b,
        difference=difference,
        only_a=statistics.fmean(one.only_a for one in found),
        only_b=statistics.fmean(one.only_b for one in found),
        pairs=len(found),
        p=_majority([_directed(one, difference) for one in found]),
    )


def _directed(found: Comparison, difference: float) -> float:
    """A pair's p-value; 1 where it points the other way than the means."""
    return found.p if (found.only_a - found.only_b) * difference > 0 else 1.0


def _majority(p_values: Sequence[float]) -> float:
    most = len(p_values) // 2 + 1
    return min(1.0, len(p_values) / most * sorted(p_values)[most - 1])
