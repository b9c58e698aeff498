"""docs/robustness.md from its result."""

from typing import Any

from benchmarks.speed_page import measured, table
from tenfold.evaluation.robustness import spoken
from tenfold.formatting import percent
from tenfold.metrics import wilson_interval

GOAL = 0.5
"""The shipped reader's mean corrupted error, at most this share of the tutorials' CNN's."""

HEAD = """# Robustness

`tenfold evaluate MODEL --robustness` scores a model on images that were corrupted in the fifteen ways of MNIST-C, each
at up to five severities: Norman Mu and Justin Gilmer, *MNIST-C: A Robustness Benchmark for Computer Vision*,
[arXiv 1906.02337](https://arxiv.org/abs/1906.02337) (2019). The definitions and severities are the published ones
([google-research/mnist-c](https://github.com/google-research/mnist-c), after ImageNet-C by Dan Hendrycks and Thomas
Dietterich, [arXiv 1903.12261](https://arxiv.org/abs/1903.12261)); they stand as data in `data/corruptions/`. The code
and its random draws are our own, so these figures are not those of the published files of images, though alike in kind.

    tenfold evaluate --data mnist --robustness                  # the shipped model
    tenfold evaluate runs/cnn-dropout-1 --robustness            # a run: on its own test set
    tenfold evaluate mine.onnx --data digits/ --robustness --json

It prints a table, adds `robustness` to `--json`, and writes a page with a figure and one image under each corruption,
its PNGs and `robustness.json`: into `RUN/robustness/DATASET/`, or `robustness/MODEL/DATASET/` for a .onnx; `--out`
names another folder. With 10,000 images it takes one core a few minutes.

- **The mean error** is over the fifteen, each at the severity that MNIST-C is made of. Four have no severities. The
  means at severities 1 to 5 are over the other eleven.
- **What the model sees**: the corrupted 28×28 image as it is, which is how models are compared. A reader would find the
  ink, straighten the light, and frame the digit first; the last column of the table below is what becomes of it then.
- **Where ours differs**: a fog's lowest and highest point are looked for in every fourth pixel of its fractal. Shear is
  that of scikit-image in 2019, as in the published images, not that of later versions.
- The same images and seed give the same corruptions; every severity has the same draws.
"""

FOOT = """
Wrong answers on MNIST's test set: the models on all {n:,} images as they are, at MNIST-C's severity; the reader on the
first {pictures:,} of each, read as pictures of one digit (`--single`), so 10 % may be {low:.1f} to {high:.1f} % (95 %).
Nothing was chosen or trained on these images, but the shipped model learned under blur, haze and Gaussian noise (its
recipe, `reader`): a haze is of fog's kind, such noise of shot noise's. One run of `cnn-dropout` (seed 0).

![Wrong answers under each corruption](figures/robustness.png)
"""


def page(found: dict[str, Any]) -> str:
    """The text of docs/robustness.md."""
    (peer, shipped), reader = found["rows"], found["reader"]
    text = HEAD + "\n## The shipped reader beside the tutorials' CNN\n\n" + _goal(peer, shipped, reader) + "\n"
    head = ("", "severity", "`cnn-dropout`", "shipped model", "whole reader")
    text += table(head, _rows(peer, shipped, reader))
    low, high = (100 * bound for bound in wilson_interval(reader["pictures"] // 10, reader["pictures"]))
    text += FOOT.format(n=peer["dataset"]["n"], pictures=reader["pictures"], low=low, high=high)
    text += "\n## Mean error by severity\n\n"
    severities = (
        [name, *map(percent, row["mean_error_by_severity"])]
        for name, row in (("`cnn-dropout`", peer), ("shipped model", shipped))
    )
    return text + table(("", "1", "2", "3", "4", "5"), severities) + f"\n{measured('robustness', found)}\n"


def _goal(peer: dict[str, Any], shipped: dict[str, Any], reader: dict[str, Any]) -> str:
    """The goal, and how near the shipped model and the whole reader come to it."""
    alone, whole = shipped["mean_error"] / peer["mean_error"], reader["mean_error"] / peer["mean_error"]
    verdict = "reached" if alone <= GOAL else "reached by the whole reader only" if whole <= GOAL else "**not reached**"
    return (
        f"The goal, at most {GOAL:g} of `cnn-dropout`'s mean corrupted error: {verdict}.\n"
        f"The shipped model alone has {alone:.2f} of it, the whole reader {whole:.2f}.\n"
    )


def _rows(peer: dict[str, Any], shipped: dict[str, Any], reader: dict[str, Any]) -> list[list[str]]:
    rows = [
        [
            spoken(ours["corruption"]),
            str(ours["severity"]) if ours["error_by_severity"] else "–",
            percent(theirs["error"]),
            percent(ours["error"]),
            percent(reader["errors"][ours["corruption"]], 1),
        ]
        for theirs, ours in zip(peer["corruptions"], shipped["corruptions"], strict=True)
    ]
    for name, key in (("**mean**", "mean_error"), ("clean", "clean_error")):
        rows.append([name, "", percent(peer[key]), percent(shipped[key]), percent(reader[key], 1)])
    return rows
