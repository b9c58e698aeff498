"""The folder in which the pages' commands are run: small data under the names that the pages use."""

import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from tests.docs.blocks import ROOT
from tests.page_networks import write_network
from tests.reading.drawings import on_paper, written

from tenfold.cli import main
from tenfold.data import load_dataset

RUNS = ("good-2", "good-3", "best-1", "cnn-dropout-1")
PICTURES = {
    "photo.jpg": "7",
    "canvas.png": "3",
    "page.png": "1947",
    "cheque.png": "90210",
    "scans.pdf": "52",
    "scans/1.png": "16",
    "scans/2.png": "80",
}


def furnish(folder: Path) -> None:
    """Fill a folder with datasets of 600 and 100 images, runs, and pictures. TENFOLD_DATA must be its data/."""
    for name in ("mnist", "fashion-mnist", "usps", "my-digits"):
        (folder / "data" / name).mkdir(parents=True)
        for split, size in (("train", 600), ("test", 100)):
            drawn = load_dataset("strokes", split, size=size)
            np.savez(folder / "data" / name / f"{name}_{split}.npz", images=drawn.images, labels=drawn.labels)
    assert main(["demo", "--out", str(folder / "runs")]) == 0  # fast-1
    assert main(["train", "good", "--epochs", "2", "--out", str(folder / "runs")]) == 0
    for name in RUNS:
        shutil.copytree(folder / "runs" / "good-1", folder / "runs" / name)
    (folder / "runs" / "page-1").mkdir()
    write_network(folder / "runs" / "page-1" / "page.onnx")
    shutil.copytree(folder / "runs" / "good-1", folder / "elsewhere" / "good-1")
    shutil.copy(ROOT / "src" / "tenfold" / "recipes" / "fast.toml", folder / "mine.toml")
    for name in ("model.onnx", "classifier.onnx", "mine.onnx"):
        shutil.copy(folder / "runs" / "good-1" / "model.onnx", folder / name)
    for name in ("old_model.h5", "old_keras.h5"):
        shutil.copy(ROOT / "tests" / "inference" / "model_import" / "files" / "keras3-functional.h5", folder / name)
    for name, text in PICTURES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        Image.fromarray(on_paper(written(text))).save(folder / name)
    _folders_of_classes(folder)
    views = load_dataset("strokes", "test", size=20).images.reshape(20, -1)
    header = ",".join(f"pixel{number}" for number in range(784))
    np.savetxt(folder / "test.csv", views, fmt="%d", delimiter=",", header=header, comments="")


def _folders_of_classes(folder: Path) -> None:
    drawn = load_dataset("strokes", "train", size=100)
    for dataset in ("digits", "corrections", "shapes"):
        for number, (image, label) in enumerate(zip(drawn.images, drawn.labels, strict=True)):
            path = folder / dataset / str(label) / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(255 - image).save(path)
