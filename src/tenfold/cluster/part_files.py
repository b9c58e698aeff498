"""How a part's readings are written: JSON lines, as `tenfold read --json` prints them, or Parquet with a schema."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from tenfold.errors import UsageError, needs_extra

if TYPE_CHECKING:
    import pyarrow as pa

Format = Literal["jsonl", "parquet"]
Row = Mapping[str, Any]
"""A reading or a failure, as its to_json gives it."""


def check_format(name: str) -> None:
    """Raise UsageError where there is no such format, TenfoldError where its library is missing."""
    if name not in get_args(Format):
        raise UsageError(f"--part-format {name}: there are {', '.join(get_args(Format))}")
    if name == "parquet":
        schema()


def to_bytes(rows: Sequence[Row], name: str) -> bytes:
    """A part's file: the same rows give the same bytes, wherever they are written."""
    if name == "jsonl":
        return "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows).encode()
    columns = schema()
    import pyarrow as pa
    from pyarrow import parquet

    file = io.BytesIO()
    table = pa.Table.from_pylist([_typed(row) for row in rows], columns)
    parquet.write_table(table, file, compression="zstd", write_page_checksum=True)
    return file.getvalue()


def count(content: bytes, name: str) -> tuple[int, int]:
    """Of a part's file: its readings and failures together, and the failures."""
    if name == "jsonl":
        lines = content.splitlines()
        return len(lines), sum("error" in json.loads(line) for line in lines)
    from pyarrow import parquet

    errors = parquet.read_table(io.BytesIO(content), columns=["error"])["error"]
    return len(errors), len(errors) - errors.null_count


def sources_in(content: bytes, name: str) -> list[str]:
    """Of a part's file: the source of each row, as `as_text` has it. Raises ValueError where it is damaged."""
    if name == "jsonl":
        if content and not content.endswith(b"\n"):
            raise ValueError("its last line is cut off")
        try:
            return [as_text(json.loads(line)["source"]) for line in content.splitlines()]
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"a line is no result ({error})") from None
    from pyarrow import lib, parquet

    try:
        table = parquet.read_table(io.BytesIO(content), page_checksum_verification=True)
        found: list[str] = table["source"].to_pylist()
    except (lib.ArrowException, KeyError, OSError) as error:
        raise ValueError(str(error)) from None
    return found


def as_text(source: str) -> str:
    """A source as a column of text can hold it: a file's name may be no UTF-8, which JSON can escape."""
    return source.encode("utf-8", "backslashreplace").decode()


def schema() -> "pa.Schema":
    """The columns of a Parquet part: the keys of the JSON, null where a row has none.

    Where JSON has a digit as a number or a class by its name, as in alternatives and prediction sets, a column can hold
    one of them only: the name, which is "7" for 7. Raises TenfoldError without the 'ray' extra.
    """
    with needs_extra("ray", "--part-format parquet"):
        import pyarrow as pa

    text, share, number = pa.string(), pa.float64(), pa.int32()
    confident = [("confidence", share), ("box", pa.list_(number))]
    alternatives = pa.list_(pa.struct([("name", text), ("confidence", share)]))
    sets = pa.list_(text)
    digit = [("digit", number), ("name", text), *confident, ("line", number), ("alternatives", alternatives)]
    digit += [("prediction_set", sets), ("cell", pa.list_(number))]
    return pa.schema(
        [
            ("source", text), ("page", number), ("text", text), ("lines", pa.list_(text)), ("confidence", share),
            ("blank", pa.bool_()), ("digits", pa.list_(pa.struct(digit))),
            ("rejected", pa.list_(pa.struct([("reason", text), *confident]))), ("polarity", text), ("model", text),
            ("table", pa.list_(pa.list_(text))), ("turned", number), ("error", text),
        ]
    )  # fmt: skip


def _typed(row: Row) -> dict[str, Any]:
    """A row of JSON as the schema has it."""
    told = {**row, "source": as_text(row["source"])}
    return told | ({"digits": [_typed_digit(digit) for digit in row["digits"]]} if "digits" in row else {})


def _typed_digit(digit: Row) -> dict[str, Any]:
    return {
        **digit,
        "name": digit.get("name", str(digit["digit"])),
        "alternatives": [{"name": str(name), "confidence": share} for name, share in digit["alternatives"]],
        "prediction_set": [str(name) for name in digit["prediction_set"]] if "prediction_set" in digit else None,
    }
