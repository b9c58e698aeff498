"""A query string as options: `?single` is enough to say yes; an unknown name is an error, as for the command."""

from collections.abc import Mapping

from starlette.requests import Request

from tenfold.serving.problems import Problem

_YES, _NO = ("", "1", "true", "yes"), ("0", "false", "no")


def options(request: Request, known: tuple[str, ...]) -> Mapping[str, str]:
    """The query's values. Raises Problem 400 at a name that is not known, or given twice."""
    pairs = request.query_params.multi_items()
    for name, _value in pairs:
        if name not in known:
            raise Problem(400, f"unknown option {name}: there are {', '.join(known)}")
    if len({name for name, _value in pairs}) < len(pairs):
        raise Problem(400, "an option is given twice")
    return dict(pairs)


def flag(given: Mapping[str, str], name: str) -> bool:
    """Whether an option is on; off where it is not given."""
    value = given.get(name, "0").lower()
    if value not in _YES + _NO:
        raise Problem(400, f"{name}={value}: give true or false")
    return value in _YES


def share(given: Mapping[str, str], name: str) -> float | None:
    """An option's number; None where it is not given."""
    if name not in given:
        return None
    try:
        return float(given[name])
    except ValueError:
        raise Problem(400, f"{name}={given[name]}: give a number") from None


def whole(given: Mapping[str, str], name: str) -> int | None:
    """An option's whole number; None where it is not given."""
    if name not in given:
        return None
    if not given[name].isascii() or not given[name].isdigit() or len(given[name]) > 6:
        raise Problem(400, f"{name}={given[name]}: give a whole number, 0 or more")
    return int(given[name])
