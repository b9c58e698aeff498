"""What a server may be told: each value by a flag of `tenfold serve`, or by TENFOLD_SERVE_<NAME> in the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from tenfold.errors import UsageError

PREFIX = "TENFOLD_SERVE_"


@dataclass(frozen=True)
class Settings:
    """How to serve. model: a run or a .onnx; None for the shipped one. detector: a page.onnx, or the run that holds
    one; None for the shipped one. workers: processes.

    Limits: max_mebibytes of a body, all pictures together; max_megapixels of a picture; max_files in a request;
    max_seconds for a body to arrive, and again for its pictures to be read; queue: requests that wait to be read,
    over which new ones are answered 503. api_key: what /v1 asks for, where given. cors: origins, separated by commas,
    whose pages may call. collect: the folder that gets corrections; None takes none.
    """

    model: str | None = None
    detector: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    max_mebibytes: float = 16
    max_megapixels: float = 50
    max_files: int = 64
    max_seconds: float = 30
    queue: int = 64
    api_key: str | None = None
    cors: str = ""
    collect: str | None = None

    def __post_init__(self) -> None:
        for name in ("workers", "max_mebibytes", "max_megapixels", "max_files", "max_seconds", "queue"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{_flag(name)} {getattr(self, name)}: give more than 0")
        if not 0 <= self.port < 65536:
            raise UsageError(f"--port {self.port}: give 0 to 65535; 0 takes a free one")

    @property
    def max_bytes(self) -> int:
        """Of a body."""
        return int(self.max_mebibytes * 2**20)

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may call."""
        return tuple(filter(None, (origin.strip() for origin in self.cors.split(","))))

    @classmethod
    def from_environment(cls, given: Mapping[str, Any] | None = None) -> "Settings":
        """The environment's values under the given ones, of which None says nothing. Raises UsageError."""
        found: dict[str, Any] = {}
        for field in fields(cls):
            text = os.environ.get(PREFIX + field.name.upper())
            if text:
                found[field.name] = _converted(field.name, text, type(field.default))
        return cls(**found | {name: value for name, value in (given or {}).items() if value is not None})


def _converted(name: str, text: str, kind: type) -> Any:
    try:
        return float(text) if kind is float or name.startswith("max_") else int(text) if kind is int else text
    except ValueError:
        raise UsageError(f"{PREFIX}{name.upper()}={text}: give a number") from None


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
