"""How files that hold a model are called. They are known here, so that who reads pictures loads nothing to ask."""

KERAS_FILES = (".keras", ".h5", ".hdf5")
"""Suffixes of Keras's files: a zip of JSON and HDF5, and HDF5 alone."""

MODEL_FILES = (".onnx", *KERAS_FILES)
"""Suffixes of the files that can be a model."""
