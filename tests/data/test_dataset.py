import hashlib

import numpy as np
import pytest

from tenfold.data import CATALOG, DIGITS, Dataset, written_class
from tenfold.errors import TenfoldError

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 28, 28), np.uint8)
LABELS = np.array([1, 0, 1, 0])


def test_the_hash_is_of_images_labels_and_the_names_of_classes() -> None:
    hashes = [
        Dataset("a", "train", images, labels, classes).sha256
        for images, labels, classes in [
            (IMAGES, LABELS, ("cat", "dog")),
            (IMAGES, LABELS, ("dog", "cat")),
            (IMAGES, LABELS, ("catd", "og")),
            (IMAGES, LABELS[::-1], ("cat", "dog")),
            (IMAGES[::-1], LABELS, ("cat", "dog")),
            (IMAGES, LABELS, DIGITS),
        ]
    ]
    assert len(set(hashes)) == len(hashes)


def test_what_a_dataset_is_called_is_not_hashed() -> None:
    assert Dataset("a", "train", IMAGES, LABELS).sha256 == Dataset("b", "test", IMAGES, LABELS).sha256


def test_digits_are_hashed_by_their_bytes_alone() -> None:
    expected = hashlib.sha256(IMAGES.tobytes() + LABELS.tobytes()).hexdigest()
    assert Dataset("a", "train", IMAGES, LABELS).sha256 == expected


@pytest.mark.parametrize(
    ("images", "labels", "said"),
    [
        (IMAGES.astype(np.float32), LABELS, "images must be uint8"),
        (IMAGES, LABELS[:3], "4 images but 3 labels"),
        (IMAGES, LABELS + 9, "there are 10 classes"),
    ],
)
def test_arrays_that_do_not_fit_are_one_line(images: np.ndarray, labels: np.ndarray, said: str) -> None:
    with pytest.raises(TenfoldError, match=said):
        Dataset("a", "train", images, labels)


def test_signs_of_writing_are_told_from_things() -> None:
    things = {name for name, entry in CATALOG.items() if written_class(entry.classes) is None}
    assert things == {"fashion-mnist"}
    assert written_class(("cat", "dog")) is None
    assert written_class(("cat", "7")) == "7"
