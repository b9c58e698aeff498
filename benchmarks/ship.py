"""`python -m benchmarks.ship RUN` makes a run's model the one that tenfold ships; its card comes from measurements.

First `tenfold train reader`, then this, then `python -m benchmarks field` and `python -m benchmarks.render`, which
writes the field's figures into the card.
"""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.field import page as field_page
from benchmarks.machine import RESULTS
from tenfold.data import load_dataset
from tenfold.evaluation import evaluate
from tenfold.exporting import store_half
from tenfold.inference.classifier import SHIPPED
from tenfold.run import Run

RESULT = RESULTS / "shipped.json"

CARD = """# The shipped model

`digits.onnx` reads digits as soon as tenfold is installed: `tenfold read photo.jpg`. {bytes:,} bytes, {parameters:,}
parameters (kept in 16 bits, calculated with in 32), eleven classes: the ten digits, and "not a digit".

It was trained by the recipe `reader` ({epochs} epochs, {minutes:.0f} minutes on two CPU cores, seed {seed}) on
{images:,} examples of the dataset `pictures`: MNIST's training digits, synthetic digits in the forms that the world
writes, print, letters, signs, characters of no alphabet, scribbles, clothes and noise, drawn on made-up paper and
canvases, photographed, and taken from the picture by the reader itself; and pieces of numbers, whole and wrong. It has
seen no real picture in training, and no cheque. Temperature, thresholds and prediction sets come
from examples made of {held:,} held-out images.

Made again by:

    tenfold train reader
    python -m benchmarks.ship runs/reader-1
    python -m benchmarks.golden
    python -m benchmarks field
    python -m benchmarks.render

On MNIST's test set under its own framing: {accuracy:.2%} (95 % interval {low:.2%} to {high:.2%}), expected calibration
error {ece:.2%}; scored once.

# The shipped detector

`page.onnx` finds the digits on a page, and the separators between them: 1.3 MB, 1,216,167 parameters. `glyph.onnx`
judges each of them with its surroundings: 0.5 MB, 472,499 parameters. `line.onnx` judges those of a line together: 1.1
MB, 1,009,875 parameters. All are kept, and calculated with, in 8 bits. They were trained on pages of 256×256 pixels
that tenfold draws (`tenfold.data.pages`): forms, tables, cheques, notes, print, plates, newspapers, and pages
without any digit, on made-up paper before made-up cameras. Their digits are those of MNIST, of USPS and of the UCI
pendigits (CC BY 4.0), training parts only, and the project's written forms; their letters are the UJI pen characters
(CC BY 4.0), half of Omniglot's alphabets and the project's; their print is in the fonts of matplotlib and of Debian's
packages fonts-dejavu, -liberation, -freefont-ttf, -dseg, -lato, -roboto, -open-sans, -courier-prime, -ebgaramond,
-inconsolata, -gnutypewriter, -bebas-neue, -cantarell, -comfortaa, -crosextra-caladea and -carlito, -linuxlibertine,
-dancingscript, -kristi, -breip, -humor-sans, -femkeklaver, -junicode, -b612, -cabin, -jura, -dosis, -adf-romande,
-adf-gillius, -kaushanscript, -lobstertwo and -sil-gentium-basic. They have seen no real picture.

Each took several trainings on two CPU cores, the later ones from the weights of the one before, on pages that vary
more. `page.onnx`: 95 minutes on 50,000 pages, then 5,600 updates of 24 views on 40,000 (37 minutes).
`glyph.onnx`: 18,000 updates of 256 views of what was found on 24,000 pages (half an hour), then 6,000 of 1,068,321
found on 20,000 (23 minutes) and 8,500 of 941,863 found on 18,000 (35 minutes), on which quick hands write, too.
`line.onnx`: 9,000 updates of 64 pieces of the lines of 30,000 pages (33 minutes), then 8,000 with those that
`page.onnx` finds on them (27 minutes), digits that stand alone and tight crops among them; the mean of the weights
after either. `tenfold train page` makes all three anew in one go, on the last of these pages; that does not give these
very weights, and how well what it gives reads is not measured.

## Real pictures

{field}
More in [docs/field.md](../../../../docs/field.md).
"""


def ship(folder: Path) -> None:
    """Store a run's model in the package, and keep what is known of it for the card."""
    run = Run.open(folder)
    SHIPPED.parent.mkdir(exist_ok=True)
    store_half(run.onnx, SHIPPED)
    # Scored as it is shipped, its weights rounded; and as digits, which whoever scores on MNIST knows them to be.
    scores = evaluate(SHIPPED, load_dataset("mnist", "test"))
    training, data = run.environment["training"], run.environment["data"]
    known = {
        "bytes": SHIPPED.stat().st_size,
        "parameters": training["parameters"],
        "epochs": training["epochs"],
        "minutes": training["train_seconds"] / 60,
        "seed": run.recipe["seed"],
        "images": data["train"]["n"],
        "held": data["validation"]["n"],
        "accuracy": scores.accuracy,
        "low": scores.accuracy_ci95[0],
        "high": scores.accuracy_ci95[1],
        "ece": scores.ece,
    }
    RESULT.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")


def card(known: dict[str, Any], field: dict[str, Any]) -> str:
    """The text of the weights' README.md. known: results/shipped.json; field: results/field.json."""
    return CARD.format(**known, field=field_page.goals_table(field))


if __name__ == "__main__":
    ship(Path(sys.argv[1]))
