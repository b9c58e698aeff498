"""The table of every key in docs/recipes.md, from the classes that validate a recipe."""

from typing import Any

from reference.marks import filled
from tenfold.recipes import Recipe

BEGIN = "<!-- keys: written by python -m reference -->\n"
END = "<!-- keys end -->\n"


def renewed(page: str) -> str:
    """The page with the text between the two marks made anew."""
    return filled(page, BEGIN, tables(), END)


def tables() -> str:
    """A table of the keys at a recipe's top, then one for each of its tables."""
    schema = Recipe.model_json_schema()
    top, parts = [], []
    for key, field in schema["properties"].items():
        name = _table_of(field)
        if name:
            parts.append(f"### [{key}]\n\n{_summary(schema['$defs'][name])}\n\n{_table(schema['$defs'][name])}")
        else:
            top.append(key)
    return _table(schema, top) + "\n" + "\n".join(parts)


def _table(schema: dict[str, Any], only: list[str] | None = None) -> str:
    rows = ["| key | may be | default | meaning |", "|---|---|---|---|"]
    for key in only or schema["properties"]:
        field = schema["properties"][key]
        default = "none: required" if key in schema.get("required", ()) else _default(field.get("default"))
        rows.append(f"| `{key}` | {_kind(field)} | {default} | {field.get('description', '')} |")
    return "\n".join(rows) + "\n"


def _summary(schema: dict[str, Any]) -> str:
    return " ".join(str(schema["description"]).split("\n\n")[0].split())


def _table_of(field: dict[str, Any]) -> str | None:
    """The name of the table's class where a table stands at a key."""
    kinds = [field, *field.get("anyOf", ())]
    return next((str(kind["$ref"]).rpartition("/")[2] for kind in kinds if "$ref" in kind), None)


def _default(value: Any) -> str:
    if value is None:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value != "" else "empty"


_NAMES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "array": "list",
    "object": "table",
}


def _kind(field: dict[str, Any]) -> str:
    field = next((kind for kind in field.get("anyOf", ()) if kind.get("type") != "null"), field)
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    bounds = [
        f"{word} {field[name]:,}"
        for name, word in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
            ("exclusiveMaximum", "below"),
        )
        if name in field
    ]
    return " ".join([_NAMES[field["type"]], *bounds])
