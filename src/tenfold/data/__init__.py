"""The data room: named images and labels, from the catalogue or the user's own, ready to train on.

`load_dataset` gives a dataset by name or path; `list_datasets` says what is here, `fetch` gets the rest,
`verify` reads every file.
"""

from tenfold.data.catalog import CATALOG, CatalogEntry, Split
from tenfold.data.dataset import DIGITS, Dataset, Images, Labels, written_class
from tenfold.data.inventory import FileStatus, Presence, fetch, list_datasets, verify
from tenfold.data.joining import join, load_training_parts
from tenfold.data.load import load_dataset
from tenfold.data.splits import split_by_original, stratified_sample, stratified_split

__all__ = [
    "CATALOG",
    "DIGITS",
    "CatalogEntry",
    "Dataset",
    "FileStatus",
    "Images",
    "Labels",
    "Presence",
    "Split",
    "fetch",
    "join",
    "list_datasets",
    "load_dataset",
    "load_training_parts",
    "split_by_original",
    "stratified_sample",
    "stratified_split",
    "verify",
    "written_class",
]
