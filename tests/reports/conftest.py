"""A run whose model is known by construction, and the images that it reads."""

from tests.prototypes import blobs, run

__all__ = ["blobs", "run"]
