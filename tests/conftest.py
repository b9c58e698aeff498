"""What many tests share: MNIST where it can be had, and small data that needs no files."""

import os
import re
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from tenfold.data import Dataset, load_dataset
from tenfold.errors import TenfoldError

# How long an example takes only says how busy the machine is.
settings.register_profile("tenfold", deadline=None)
settings.load_profile("tenfold")

# A shell lets what it starts in the background ignore Ctrl-C, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests change their working folder; a relative path would then lead nowhere.
if "TENFOLD_DATA" in os.environ:
    os.environ["TENFOLD_DATA"] = str(Path(os.environ["TENFOLD_DATA"]).resolve())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where long tests are left out, or nothing else is asked for, modules that have no other are not even imported."""
    asked = config.option.markexpr
    if asked not in ("long", "not long") or collection_path.suffix != ".py":
        return None
    code = collection_path.read_text(encoding="utf-8")
    found = re.search(r"^pytestmark = .*mark\.long\b" if asked == "not long" else r"mark\.long\b", code, re.MULTILINE)
    return True if (asked == "not long") == bool(found) else None


def _or_skip(name: str, split: str) -> Dataset:
    try:
        return load_dataset(name, split)
    except TenfoldError as error:
        pytest.skip(f"MNIST cannot be had: {error}")


@pytest.fixture(scope="session")
def mnist_train() -> Dataset:
    return _or_skip("mnist", "train")


@pytest.fixture(scope="session")
def mnist_test() -> Dataset:
    return _or_skip("mnist", "test")


def _digits(split: str) -> Dataset:
    try:
        return load_dataset("mnist", split)
    except TenfoldError:
        return _or_skip("mnist-5k", split)


@pytest.fixture(scope="session")
def digits_train() -> Dataset:
    """Real digits, for tests that need some thousand of them: all of MNIST, or 4,000 where it cannot be had."""
    return _digits("train")


@pytest.fixture(scope="session")
def digits_test() -> Dataset:
    return _digits("test")


@pytest.fixture(scope="session")
def bars(tmp_path_factory):
    """An .npz in Keras's layout that trains in a moment: 600 and 100 images of bars whose place is their class."""
    random = np.random.default_rng(0)

    def split(n):
        labels = np.arange(n) % 10
        images = random.integers(0, 60, (n, 28, 28))
        for image, label in zip(images, labels, strict=True):
            image[2 + 2 * label : 4 + 2 * label + random.integers(0, 2), 4:24] += 150
        return images.astype(np.uint8), labels.astype(np.int64)

    (x_train, y_train), (x_test, y_test) = split(600), split(100)
    path = tmp_path_factory.mktemp("data") / "bars.npz"
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return path


@pytest.fixture(scope="session")
def bars_run(bars, tmp_path_factory):
    """A finished run on the bars, without a report: to be looked at only, so copy it (shutil.copytree) to change it."""
    from tenfold import pipeline

    overrides = {"data.name": str(bars), "epochs": 1, "report": False}
    return pipeline.train("mlp-sgd", overrides=overrides, out=tmp_path_factory.mktemp("runs"))
