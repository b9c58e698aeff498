"""docs/api.md, from the signatures and docstrings of what `import tenfold` offers."""

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Callable
from functools import cached_property
from typing import Any

import tenfold

_HEAD = """# Python

What `import tenfold` offers; made from its docstrings by `python -m reference`. Names are loaded when they are first
used, so `import tenfold` alone takes no time, and what reads and scores never loads torch. All errors are
`tenfold.TenfoldError`, one line that says what to do. For example:

```python
import tenfold

run = tenfold.train("fast", overrides={"seed": 3})  # a run folder with model.onnx and report.html
scores = tenfold.evaluate(run.path)
scores.accuracy, scores.accuracy_ci95
reading = tenfold.read("photo.jpg", model=run.path)
reading.text, reading.confidence, reading.rejected
```
"""
_WIDE = 100


def page() -> str:
    """The text of docs/api.md: functions, then classes."""
    things = {name: getattr(tenfold, name) for name in tenfold.__all__ if name != "__version__"}
    functions = [_function(name, thing) for name, thing in things.items() if not inspect.isclass(thing)]
    classes = [_class(name, thing) for name, thing in things.items() if inspect.isclass(thing)]
    return _HEAD + "\n## Functions\n\n" + "\n".join(functions) + "\n## Classes\n\n" + "\n".join(classes)


def _function(name: str, function: Callable[..., Any]) -> str:
    return f"### {name}\n\n{_code(_signature(function))}{_documented(function)}"


def _class(name: str, thing: type) -> str:
    text = f"### {name}\n\n"
    if dataclasses.is_dataclass(thing):
        fields = [field.name for field in dataclasses.fields(thing)]
        text += _code("\n".join(f"{field}: {_annotation(thing, field)}" for field in fields))
    elif "__init__" in vars(thing):
        made = _signature(vars(thing)["__init__"])
        text += _code(made.replace("__init__", name, 1).removesuffix(" -> None"))
    members = [_member(member, value) for member, value in vars(thing).items() if not member.startswith("_")]
    return text + "\n".join([_documented(thing), *filter(None, members)])


def _member(name: str, value: Any) -> str:
    """A method or property: its signature and its docstring; nothing for what is neither."""
    if isinstance(value, property | cached_property):
        function = value.fget if isinstance(value, property) else value.func
        assert function is not None
        return _code(f"{name} -> {_signature(function).rpartition(' -> ')[2]}") + _documented(function)
    if isinstance(value, classmethod | staticmethod):
        value = value.__func__
    return _code(_signature(value)) + _documented(value) if inspect.isfunction(value) else ""


def _documented(thing: Any) -> str:
    return f"{inspect.getdoc(thing)}\n"


def _code(text: str) -> str:
    return f"```text\n{text}\n```\n\n"


def _annotation(thing: type, field: str) -> str:
    """A field's type as its class spells it."""
    for owner in thing.__mro__:
        for node in _parsed(owner).body if owner is not object else ():
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == field:
                return ast.unparse(node.annotation).strip("'")
    raise LookupError(f"{thing.__name__} has no field {field}")


def _signature(function: Callable[..., Any]) -> str:
    """name(arguments) -> result as the source spells it, self and cls left out; an argument a line where it is long."""
    node = _parsed(function)
    node.args.args = [each for each in node.args.args if each.arg not in ("self", "cls")]
    # Types that only type checkers import are written as text; ast leaves no room around the sign before a default.
    arguments = re.sub(r": '([^']+)'", r": \1", ast.unparse(node.args))
    parts = [re.sub(r"(?<=: )(.*?)=", r"\1 = ", part, count=1) for part in _split(arguments)]
    ending = ") -> " + ast.unparse(node.returns).strip("'")
    line = f"{node.name}({', '.join(parts)}{ending}"
    if len(line) <= _WIDE:
        return line
    return f"{node.name}(\n" + "".join(f"    {part},\n" for part in parts) + ending


def _parsed(thing: Any) -> Any:
    return ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no bracket."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
