"""The fifteen corruptions of MNIST-C, each a pure function on whole batches."""

from tenfold.data.corruptions.corruptions import CORRUPTIONS, SEVERITIES, Corruption, corrupt

__all__ = ["CORRUPTIONS", "SEVERITIES", "Corruption", "corrupt"]
