"""Inputs by chance alone: seeds with a few bytes changed, cut, doubled or spliced. For where there is no atheris."""

import random
from collections.abc import Iterator

_TOKENS = (
    b"\0",
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"nan",
    b"1e999",
    b"-1",
    b"[",
    b'"',
    b"\n",
    b"\r",
    b"9" * 40,
    b"\x1f\x8b",
)


def mutants(seeds: list[bytes], count: int, seed: int, longest: int) -> Iterator[bytes]:
    """So many inputs, the same ones for the same seed."""
    draw = random.Random(seed)
    for _ in range(count):
        content = bytearray(draw.choice(seeds)[:longest])
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(len(content) + 1)
            change = draw.randrange(5)
            if change == 0:
                content[place : place + 1] = bytes([draw.randrange(256)])
            elif change == 1:
                content[place : place + draw.randint(1, 8)] = draw.choice(_TOKENS)
            elif change == 2:
                del content[place : place + draw.randint(1, 64)]
            elif change == 3:
                content[place:place] = content[place : place + draw.randint(1, 64)]
            else:
                other = draw.choice(seeds)
                content[place:] = other[draw.randrange(len(other)) :]
        yield bytes(content[:longest])
