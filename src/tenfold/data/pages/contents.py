"""What people write on pages, made up: numbers, amounts, dates, codes, quantities, sums, words and names."""

from collections.abc import Callable, Sequence

import numpy as np

Random = np.random.Generator

_ONSETS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "br",
    "ch",
    "dr",
    "fr",
    "gr",
    "kl",
    "pr",
    "sch",
    "sh",
    "st",
    "tr",
]
_VOWELS = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "au", "ei", "ie", "ou", "ea", "y"]
_CODAS = ["", "", "", "n", "r", "t", "m", "k", "nd", "rt", "x", "ck", "ng", "h"]
_LOOK_LIKE_DIGITS = frozenset("OoIlZzSsBbgqiDQ")
_UNITS = [
    "kg",
    "g",
    "mg",
    "cm",
    "mm",
    "km",
    "m",
    "l",
    "ml",
    "EUR",
    "CHF",
    "USD",
    "Fr",
    "h",
    "min",
    "s",
    "%",
    "Stk",
    "pcs",
    "kWh",
    "A",
    "V",
    "W",
]
_GRADES = ["A", "A", "A", "B", "B", "C", "D", "E", "F", "A+", "A-", "B+", "B-", "C+", "C-", "D+", "AB"]


def choice(rng: Random, items: Sequence[str]) -> str:
    """One of several texts."""
    return items[int(rng.integers(len(items)))]


def digits(rng: Random, count: int, ones: float = 0.0) -> str:
    """A number of `count` digits; `ones`: share of additional ones."""
    values = rng.integers(0, 10, count)
    values[rng.random(count) < ones] = 1
    return "".join(map(str, values))


def number(rng: Random, longest: int = 4) -> str:
    """A whole number of 1 to `longest` digits without a leading zero."""
    return str(rng.integers(0, 10 ** rng.integers(1, longest + 1)))


def grouped(rng: Random, sign: str) -> str:
    """A number with a sign between thousands."""
    return f"{rng.integers(1000, 10 ** rng.integers(4, 8)):,}".replace(",", sign)


def decimal(rng: Random) -> str:
    """A decimal fraction: 20.5, 3,75."""
    return f"{number(rng, 3)}{choice(rng, '..,')}{digits(rng, int(rng.integers(1, 3)))}"


def amount(rng: Random) -> str:
    """An amount of money as it stands on cheques and bills."""
    cents = choice(rng, ["00", "00", "50", digits(rng, 2)])
    whole = number(rng, 5)
    forms: Sequence[Callable[[], str]] = (
        lambda: f"{grouped(rng, '.')}.-",
        lambda: f"{whole}.-",
        lambda: f"{whole}.--",
        lambda: f"$ {grouped(rng, ',')}.{cents}",
        lambda: f"${whole}.{cents}",
        lambda: f"**{whole}**",
        lambda: f"*{whole},{cents}*",
        lambda: f"#{whole}#",
        lambda: f"{grouped(rng, '.')}=",
        lambda: f"{whole},{cents}",
        lambda: f"{whole}.{cents}",
        lambda: f"{whole},-",
        lambda: f"{grouped(rng, chr(39))}.{cents}",
        lambda: f"{grouped(rng, ' ')},{cents}",
        lambda: f"{whole} {cents}/100",
        lambda: f"= {whole} =",
        lambda: f"EUR {whole},{cents}",
        lambda: f"{whole} EUR",
        lambda: f"Fr. {whole}.{cents}",
        lambda: whole,
    )
    return forms[int(rng.integers(len(forms)))]()


def date(rng: Random) -> str:
    """A date of some country."""
    day, month, year = rng.integers(1, 32), rng.integers(1, 13), rng.integers(1900, 2060)
    if rng.random() < 0.25:
        return f"{year}-{month:02}-{day:02}"
    mark = choice(rng, "...//-")
    wide = rng.random() < 0.5
    parts = [f"{part:02}" if wide else str(part) for part in (day, month)]
    if rng.random() < 0.3:
        parts.reverse()
    end = str(year) if rng.random() < 0.5 else f"{year % 100:02}"
    return mark.join([*parts, end])


def time(rng: Random) -> str:
    """A time of day, or a span of it."""
    first = f"{rng.integers(0, 24)}{choice(rng, '::.')}{rng.integers(0, 60):02}"
    if rng.random() < 0.3:
        return f"{first}-{rng.integers(0, 24)}:{rng.integers(0, 60):02}"
    return first + choice(rng, ["", "", "", " h", f":{rng.integers(0, 60):02}"])


def phone(rng: Random) -> str:
    """A telephone number."""
    parts = [digits(rng, int(count)) for count in rng.integers(2, 5, rng.integers(2, 5))]
    start = choice(rng, ["", "0", f"+{rng.integers(1, 99)} ", f"({digits(rng, 3)}) ", f"{digits(rng, 4)}/"])
    return start + choice(rng, " -/. ").join(parts)


def groups(rng: Random) -> str:
    """Digits in groups, as account and card numbers have them, or a postal code."""
    if rng.random() < 0.4:
        return digits(rng, int(rng.integers(4, 7)), ones=0.1)
    size = int(rng.integers(2, 5))
    start = choice(rng, ["", "", "DE", "CH", "FR"])
    start = start and start + digits(rng, 2) + " "
    return start + " ".join(digits(rng, size) for _ in range(rng.integers(2, 6)))


def quantity(rng: Random) -> str:
    """A number with its unit, or a temperature."""
    value = decimal(rng) if rng.random() < 0.4 else number(rng, 4)
    if rng.random() < 0.2:
        return f"{choice(rng, ['', '', '-', '+'])}{value}°{choice(rng, 'CFK')}"
    return value + choice(rng, ["", " "]) + choice(rng, _UNITS)


def equation(rng: Random) -> str:
    """A sum with or without its result."""
    first, second = number(rng, 3), number(rng, 3)
    sign = choice(rng, "++-- :x")
    gap = choice(rng, ["", " "])
    result = choice(rng, [number(rng, 4), number(rng, 4), "", decimal(rng)])
    return gap.join([first, sign.strip() or "-", second, "=", result])


def grade(rng: Random) -> str:
    """A letter grade: A, B+, C-."""
    return choice(rng, _GRADES)


def word(rng: Random) -> str:
    """A word that can be spoken, at least two of whose letters look like no digit."""
    while True:
        syllables = rng.integers(1, 4)
        text = "".join(choice(rng, _ONSETS) + choice(rng, _VOWELS) + choice(rng, _CODAS) for _ in range(syllables))
        if len(set(text.upper()) - {letter.upper() for letter in _LOOK_LIKE_DIGITS}) > 1:
            return str([text, text, text.capitalize(), text.capitalize(), text.upper()][rng.integers(5)])


def name(rng: Random) -> str:
    """A first name with a family name or an initial."""
    first = word(rng).capitalize()
    return first if rng.random() < 0.4 else f"{first} {word(rng).capitalize()}"


def letter(rng: Random) -> str:
    """One letter that cannot be taken for a digit."""
    return choice(rng, "AEFHKMNPRTUVWXYadefhkmnprtuwxy")


def caption(rng: Random) -> str:
    """What is printed beside a field of a form."""
    words = " ".join(word(rng) for _ in range(rng.integers(1, 4)))
    start = f"{rng.integers(1, 40)}{choice(rng, ['.', ')', ' '])} " if rng.random() < 0.2 else ""
    return start + words + choice(rng, ["", "", ":", ".", " *"])


NUMBERS: Sequence[Callable[[Random], str]] = (
    number, decimal, amount, date, time, phone, groups, quantity, equation
)  # fmt: skip
"""Everything above that has digits."""


def any_number(rng: Random) -> str:
    """One of `NUMBERS`."""
    return NUMBERS[int(rng.integers(len(NUMBERS)))](rng)
