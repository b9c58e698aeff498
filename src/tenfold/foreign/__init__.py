"""The foreign room: models that other tools made, brought in as what every other room knows: images in, classes out.

`adopt` turns an .onnx classifier, or a Keras .keras or .h5 file, into ONNX that takes images as tenfold's own models
do. How such a model wants its input, no file says: it is found by trying on labelled images. Nothing in a file is
executed.
"""

from tenfold.foreign.adoption import KERAS_FILES, MODEL_FILES, Adopted, adopt
from tenfold.foreign.trial import CONVENTIONS, MOST, Labelled

__all__ = ["CONVENTIONS", "KERAS_FILES", "MODEL_FILES", "MOST", "Adopted", "Labelled", "adopt"]
