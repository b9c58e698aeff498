"""The ensembles room: several models as one file that answers with the mean of their probabilities.

`ensemble` trains those that are missing, merges them, calibrates the mean where the members left images to do it on,
and scores and reports it beside each of them. Needs the 'train' extra, for ONNX's own library.
"""

from tenfold.ensembles.assembly import ensemble

__all__ = ["ensemble"]
