"""What printed pages say: words, names, and numbers as people write them: prices, dates, times, codes."""

from collections.abc import Sequence

import numpy as np

_TEXT = """
the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you
were all her she there would their we him been has when who will no more if out so said what up its about than into them
can only other new some could time these two may then do first any my now such like our over man me even most made after
also did many before must through back years where much your way well down should because each just those people how too
little state good very make world still own see men work long get here between both life being under never day same
another know while last might us great old year off come since against go came right used take three house water paper
window street market village morning evening winter summer garden bridge station railway council minister government
company industry report quality service customer delivery invoice payment account balance number amount total subtotal
change order item price discount weight length height width volume pressure temperature speed power voltage battery
energy coffee butter bread cheese apple orange tomato potato sugar flour pepper chicken organic fresh natural frozen
und der die das ist nicht mit ein eine auf von zu den im sich auch als nach bei aus wie nur noch oder haben werden Jahr
Zeit Haus Stadt Strasse Betrag Summe Datum Uhr Rechnung Menge Artikel Preis Netto Brutto Konto Kunde Lieferung Seite
le la les des une est dans pour que qui sur avec par plus ce pas au son sont mais nous vous tout date prix montant
facture el los las del por con para una su al como pero sus fecha precio importe cantidad cliente calle ciudad importo
prezzo data quando sempre anche della nella sono questo tempo lavoro mondo
"""
_WORDS = _TEXT.split()

_SOUNDS = """
ba be bi bo ca ce co da de di do fa fe fi ga ge go ha he hi ja jo ka ke ki la le li lo lu ma me mi mo na ne ni no pa pe
po ra re ri ro sa se si so ta te ti to tra stra va ve vi vo wa we za ber ten ler ing ton ham ford stein man son ville
"""
_SYLLABLES = _SOUNDS.split()

_YEAR = "January February March April May June July August September October November December"
_WEEK = "Mon Tue Wed Thu Fri Sat Sun"
_MONTHS, _DAYS = _YEAR.split(), _WEEK.split()
_UNITS = (
    "kg",
    "g",
    "ml",
    "cm",
    "mm",
    "km",
    "m",
    "W",
    "V",
    "A",
    "Hz",
    "kWh",
    "MB",
    "rpm",
    "psi",
    "C",
    "min",
    "h",
    "pcs",
)
_CODE_LETTERS = "ACDEFGHJKLMNPRTUVWXY"
"""Letters that no font draws like a digit."""


def pick(rng: np.random.Generator, choices: Sequence[str]) -> str:
    """One of some texts."""
    return choices[int(rng.integers(len(choices)))]


def word(rng: np.random.Generator) -> str:
    """A word of some language, or one that only sounds like it; sometimes with a capital."""
    said = rng.random()
    made = pick(rng, _WORDS) if said < 0.85 else "".join(pick(rng, _SYLLABLES) for _ in range(rng.integers(2, 5)))
    return made.capitalize() if rng.random() < 0.12 else made


def name(rng: np.random.Generator, least: int = 1, most: int = 3) -> str:
    """A label of a few words: the first with a capital, or all in capitals."""
    words = " ".join(word(rng) for _ in range(rng.integers(least, most + 1)))
    return words.upper() if rng.random() < 0.25 else words[0].upper() + words[1:]


def digits(rng: np.random.Generator, count: int) -> str:
    """So many random digits."""
    return "".join(map(str, rng.integers(0, 10, count)))


def whole(rng: np.random.Generator, most_digits: int = 4) -> str:
    """A whole number without leading zeros, short ones as likely as long ones."""
    count = int(rng.integers(1, most_digits + 1))
    return str(rng.integers(10 ** (count - 1) if count > 1 else 0, 10**count))


def decimal(rng: np.random.Generator, most_digits: int = 4, places: int = 2, point: str = ".") -> str:
    """A number with decimals, sometimes with a sign between its thousands."""
    number = int(whole(rng, most_digits))
    grouped = f"{number:,}" if rng.random() < 0.5 else str(number)
    if point == ",":
        grouped = grouped.replace(",", ".")
    return f"{grouped}{point}{digits(rng, places)}" if places else grouped


def price(rng: np.random.Generator) -> str:
    """A price, with or without its currency."""
    amount = decimal(rng, int(rng.integers(1, 5)), point=".,"[rng.integers(2)])
    said = rng.random()
    if said < 0.3:
        return f"${amount}"
    if said < 0.5:
        return f"{amount} {pick(rng, ('EUR', 'CHF', 'USD', 'GBP', 'kr'))}"
    return f"{whole(rng, 3)}.-" if said < 0.55 else amount


def date(rng: np.random.Generator) -> str:
    """A date in one of the usual ways."""
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1850, 2031))
    return (
        f"{day:02}.{month:02}.{year}",
        f"{day}.{month}.{year % 100:02}",
        f"{year}-{month:02}-{day:02}",
        f"{month}/{day}/{year}",
        f"{day:02}/{month:02}/{year % 100:02}",
        f"{day} {_MONTHS[month - 1]} {year}",
        f"{_MONTHS[month - 1]} {day}, {year}",
        f"{_DAYS[day % 7]} {day} {_MONTHS[month - 1][:3]}",
    )[rng.integers(8)]


def clock(rng: np.random.Generator) -> str:
    """A time of day."""
    hour, minute = int(rng.integers(0, 24)), int(rng.integers(0, 60))
    return (
        f"{hour:02}:{minute:02}",
        f"{hour}:{minute:02}",
        f"{hour:02}.{minute:02}",
        f"{hour:02}:{minute:02}:{digits(rng, 2)}",
    )[rng.integers(4)]


def phone(rng: np.random.Generator) -> str:
    """A telephone number."""
    groups = [digits(rng, int(rng.integers(2, 5))) for _ in range(rng.integers(2, 5))]
    return pick(rng, ("+", "", "0")) + pick(rng, (" ", "-", "/", ".")).join(groups)


def code(rng: np.random.Generator) -> str:
    """An article's number, a postcode, a plate: digits and letters that nobody takes for digits."""
    letters = "".join(pick(rng, _CODE_LETTERS) for _ in range(rng.integers(1, 4)))
    count = int(rng.integers(1, 6))
    shape = pick(rng, ("{a}{n}", "{a}-{n}", "{a} {n}", "{n}{a}", "{n} {a}", "{n}-{m}", "{a}.{n}", "#{n}", "No. {n}"))
    return shape.format(a=letters, n=digits(rng, count), m=digits(rng, 2))


def quantity(rng: np.random.Generator) -> str:
    """A number with its unit, or a share."""
    unit = pick(rng, (" ", "")) + pick(rng, _UNITS) if rng.random() < 0.7 else "%"
    return (whole(rng) if rng.random() < 0.5 else decimal(rng, 3, int(rng.integers(1, 3)))) + unit


def number(rng: np.random.Generator) -> str:
    """A number of any kind that text may hold."""
    kinds = (whole, price, date, clock, phone, code, quantity, decimal)
    return kinds[rng.integers(len(kinds))](rng)


def tokens(rng: np.random.Generator, count: int, numbers: float) -> list[str]:
    """Running text of so many words. numbers: share of the words that are numbers, 0 to 1."""
    text: list[str] = []
    chances = rng.random((count, 2))
    for is_number, stop in chances:
        token = number(rng) if is_number < numbers else word(rng)
        if not text or text[-1][-1] in ".?!":
            token = token[0].upper() + token[1:]
        end = "." if stop < 0.08 else "," if stop < 0.14 else "?" if stop < 0.145 else ""
        text.extend((token + end).split(" "))
    return text
