"""What the data room's tests share: a mirror on loopback and an empty cache."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.data.loopback import Mirror, serve
from tests.data.samples import mnist_bytes


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A server with files laid out as MNIST's are."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve(mnist_bytes()) as mirror:
        yield mirror


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the user's, and no TENFOLD_DATA."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("TENFOLD_DATA", raising=False)
    return tmp_path / "cache" / "tenfold" / "data"
