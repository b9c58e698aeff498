"""What `tenfold read test.csv --kaggle submission.csv` does: labels the digit recogniser's test images."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tenfold.cli.terminal.output import print_json, print_line
from tenfold.data.tables import load_unlabelled_csv
from tenfold.errors import UsageError
from tenfold.evaluation import open_classifier
from tenfold.files import write_atomically
from tenfold.formatting import plural
from tenfold.inference.classifier import NOT_A_DIGIT


def write_submission(names: Sequence[str], out: Path, model: str | Path | None, *, json: bool = False) -> int:
    """Write ImageId,Label for the one test.csv that is named: its images are views already, and read in batches.

    Returns exit code 0. Raises UsageError where not one file is named, TenfoldError where it, or the model, is of no
    use.
    """
    if len(names) != 1:
        raise UsageError("--kaggle reads one file, the competition's test.csv")
    classifier = open_classifier(model)
    classes = [name for name in classifier.card.classes if name != NOT_A_DIGIT]
    if sorted(classes) != list("0123456789"):
        raise UsageError(
            f"{classifier.path}: a submission is of digits, and this model knows {', '.join(classes[:10])}"
        )
    started = time.perf_counter()
    views = load_unlabelled_csv(Path(names[0]))
    logits = classifier.logits(views)
    # Whoever submits knows that each image is a digit: what is asked is which.
    digits = np.array(classes)[logits[:, [classifier.card.classes.index(name) for name in classes]].argmax(axis=1)]
    rows = "".join(f"{number},{digit}\n" for number, digit in enumerate(digits, 1))
    write_atomically(out, f"ImageId,Label\n{rows}")
    seconds = time.perf_counter() - started
    if json:
        print_json({"out": str(out), "images": len(views), "seconds": seconds})
    else:
        print_line(f"{plural(len(views), 'image')} read in {seconds:.1f} s into {out}")
    return 0
