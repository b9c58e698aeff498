"""What is trained: one architecture family a file; a model's function name is its key.

Every model takes [n, 1, 28, 28] float32 in [0, 1] and returns [n, classes] logits.
"""

from tenfold.models import cnn, compact, lenet, mlp, residual, separable, vgg, whitened
from tenfold.models.parts import folded_parameter_count, named_layers, part
from tenfold.models.registry import build, check, names, option_defaults, parameter_count, register
from tenfold.models.whitened import FrozenStem

__all__ = [
    "FrozenStem",
    "build",
    "check",
    "cnn",
    "compact",
    "folded_parameter_count",
    "lenet",
    "mlp",
    "named_layers",
    "names",
    "option_defaults",
    "parameter_count",
    "part",
    "register",
    "residual",
    "separable",
    "vgg",
    "whitened",
]
