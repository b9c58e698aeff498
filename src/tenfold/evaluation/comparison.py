"""Two models on the same images: is one better, or is it chance?"""

from dataclasses import asdict, dataclass
from typing import Any

from tenfold.evaluation.predictions import Predictions
from tenfold.formatting import count, p_value, plural
from tenfold.metrics import mcnemar

CHANCE = 0.05
"""A difference as large as chance alone shows more often than this is noise."""


@dataclass(frozen=True)
class Comparison:
    """Two models, a and b, by name, on n images.

    only_a, only_b: images that one of the two alone gets right; p: how often so uneven a split of these would come of
    chance, were the two equally good (McNemar's exact test, two-sided).
    """

    a: str
    b: str
    n: int
    only_a: int
    only_b: int
    p: float

    @property
    def noise(self) -> bool:
        """Whether chance explains the difference."""
        return self.p >= CHANCE

    @property
    def sentence(self) -> str:
        """The comparison in plain words, with what it is worth."""
        if self.only_a == self.only_b == 0:
            return f"{self.a} is right on the very same images as {self.b}: nothing sets them apart."
        fewer = self.only_a - self.only_b
        how_many = f"{plural(abs(fewer), 'mistake')} {'fewer' if fewer > 0 else 'more'} than"
        return (
            f"{self.a} makes {how_many if fewer else 'as many mistakes as'} {self.b} (it alone is right on "
            f"{plural(self.only_a, 'image')}, {self.b} alone on {count(self.only_b)}): "
            f"{'no more' if self.noise else 'more'} than chance would give (McNemar, {p_value(self.p)})."
        )

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, with `noise` and `sentence`."""
        return asdict(self) | {"noise": self.noise, "sentence": self.sentence}


def compare(a: Predictions, b: Predictions, name_a: str, name_b: str) -> Comparison:
    """Compare two models' answers to the same images. Raises ValueError where the images or labels differ."""
    if a.dataset is not b.dataset and a.dataset.sha256 != b.dataset.sha256:
        raise ValueError(f"{name_a} and {name_b} answered on different images")
    only_a, only_b = int((a.right & ~b.right).sum()), int((b.right & ~a.right).sum())
    return Comparison(name_a, name_b, len(a.labels), only_a, only_b, mcnemar(a.right, b.right))
