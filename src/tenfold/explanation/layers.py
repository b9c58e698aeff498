"""Inside a model: its first filters, what each layer makes of one digit, and how the answer forms layer by layer.

The last is asked by linear probes (Alain and Bengio 2016): on what each layer gives for training images a plain linear
classifier is fitted, and asked about the digit. It tells what could be read off at that depth by the simplest means;
the model itself need not read it so. Its accuracy on images that it was not fitted to says how far to believe it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset, stratified_sample, stratified_split
from tenfold.errors import TenfoldError
from tenfold.explanation.contrast import Views
from tenfold.inference.graph import Floats, OnnxGraph
from tenfold.metrics import softmax

FITTED, HELD_OUT = 2000, 0.25
"""Training images that the probes look at, and the share of each class that only measures and calibrates them."""

_RIDGES = (0.01, 0.1, 1.0)
"""How strongly a probe's weights may be held down, as a share of the mean square of its inputs."""

_TEMPERATURES = np.geomspace(0.01, 2, 40)

_SPOKEN = {"Conv": "convolution", "Gemm": "dense", "MatMul": "dense"}


@dataclass(frozen=True)
class LayerView:
    """What is seen after one layer, or, first of all, of the pixels.

    name: "pixels", "convolution 1", "dense 4"; shape: of what it gives for one view, behind activation and pooling.
    maps: float32 [channels, height, width], or None where it has no places. probabilities [classes] and accuracy: of
    the probe on it, None without training images.
    """

    name: str
    shape: tuple[int, ...]
    maps: Floats | None = field(repr=False)
    probabilities: NDArray[np.float64] | None = field(repr=False)
    accuracy: float | None

    @property
    def values(self) -> str:
        """Its shape in words: 16×14×14."""
        return "×".join(map(str, self.shape))


@dataclass(frozen=True)
class Layers:
    """A model opened for one view. filters: float32 [n, height, width], of the first layer over its single input (of a
    dense layer, a weight a pixel); classes: names for the probes' probabilities; fitted, held_out: their images."""

    filters: Floats = field(repr=False)
    layers: tuple[LayerView, ...]
    classes: tuple[str, ...]
    fitted: int = 0
    held_out: int = 0


def look_inside(graph: OnnxGraph, view: Views, data: Dataset | None) -> Layers:
    """Open a model for a view uint8 [28, 28]. data: training images for the probes, None for none.

    Raises TenfoldError for a model whose layers are no single chain, as an ensemble's, or that has none.
    """
    chain = graph.layers
    if graph.entrances != 1:
        raise TenfoldError(f"{graph.path}: its layers are no single chain, as an ensemble's: look at its members")
    names = [*(layer.maps for layer in chain[1:])]
    probe = graph.probe(*names, chain[0].weights)
    own = probe(view[None])
    filters = _filters(own[chain[0].weights])
    tensors = ["images", *names]
    spoken = ["pixels", *(f"{_SPOKEN[layer.op]} {place}" for place, layer in enumerate(chain[:-1], start=1))]
    if data is None:
        probed: list[tuple[NDArray[np.float64] | None, float | None]] = [(None, None)] * len(tensors)
        sizes = (0, 0)
    else:
        sample = data.take(stratified_sample(data.labels, FITTED, seed=0))
        fitted, held = stratified_split(sample.labels, HELD_OUT, seed=0)
        sizes = (len(fitted), len(held))
        # A layer at a time: all of them for all images at once would fill the memory.
        probed = [_probe(graph, name, own[name], sample, fitted, held) for name in tensors]
    layers = (
        LayerView(name, own[tensor].shape[1:], _maps(own[tensor]), *found)
        for name, tensor, found in zip(spoken, tensors, probed, strict=True)
    )
    return Layers(filters, tuple(layers), data.classes if data else (), *sizes)


def _filters(weights: Floats) -> Floats:
    """The first layer's weights as pictures [n, height, width]: a convolution's kernels, a dense layer's rows."""
    if weights.ndim == 4:
        return weights[:, 0]
    rows = weights if weights.shape[1] == 784 else weights.T
    return rows.reshape(-1, 28, 28)


def _maps(values: Floats) -> Floats | None:
    return values[0] if values.ndim == 4 and values.shape[-1] * values.shape[-2] > 1 else None


def _probe(
    graph: OnnxGraph,
    name: str,
    own: Floats,
    sample: Dataset,
    fitted: NDArray[np.int64],
    held: NDArray[np.int64],
) -> tuple[NDArray[np.float64], float]:
    """What a linear probe on a tensor says of one view [classes], and its accuracy on the images held out."""
    values = graph.probe(name)(sample.images)[name].reshape(len(sample), -1)
    asked = np.concatenate([values[held], own.reshape(1, -1)])
    best: tuple[float, NDArray[np.float64], float] | None = None
    for scores in ridge(values[fitted], sample.labels[fitted], asked, len(sample.classes)):
        for temperature in _TEMPERATURES:
            loss = _loss(scores[:-1] / temperature, sample.labels[held])
            if best is None or loss < best[0]:
                best = loss, scores, temperature
    assert best is not None
    _, scores, temperature = best
    accuracy = float((scores[:-1].argmax(axis=1) == sample.labels[held]).mean())
    return softmax(scores[-1:] / temperature)[0], accuracy


def ridge(values: Floats, labels: NDArray[np.int64], asked: Floats, classes: int) -> Iterator[NDArray[np.float64]]:
    """Scores [m, classes] of asked [m, d] by least squares on values [n, d] with labels [n], once for each strength
    with which the weights are held down.

    Solved over the n images, not over the d values, which may be twenty thousand.
    """
    mean = values.mean(axis=0)
    known, new = values - mean, asked - mean
    gram = (known @ known.T).astype(np.float64)
    across = new @ known.T
    targets = np.eye(classes)[labels]
    centre = targets.mean(axis=0)
    for share in _RIDGES:
        strength = max(share * float(np.trace(gram)) / len(gram), 1e-9)
        yield across @ np.linalg.solve(gram + strength * np.eye(len(gram)), targets - centre) + centre


def _loss(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    shares = softmax(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(shares, 1e-12)).mean())
