"""Models that other tools made, brought in as what every other room knows: images in, classes out.

`adopt` turns an .onnx classifier, or a Keras .keras or .h5 file, into ONNX that takes images as tenfold's own models
do. How such a model wants its input, no file says: it is found by trying on labelled images. Nothing in a file is
executed.
"""

from tenfold.inference.model_import.adoption import Adopted, adopt
from tenfold.inference.model_import.trial import CONVENTIONS, MOST, LabelledImages

__all__ = ["CONVENTIONS", "MOST", "Adopted", "LabelledImages", "adopt"]
