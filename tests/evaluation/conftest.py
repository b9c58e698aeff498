"""A run whose model is known by construction, and the images that it reads."""

from pathlib import Path

import pytest
from tests.evaluation.prototypes import make_dataset, make_run

from tenfold.data import Dataset
from tenfold.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "blobs-1")


@pytest.fixture(scope="session")
def blobs() -> Dataset:
    return make_dataset(1000)
