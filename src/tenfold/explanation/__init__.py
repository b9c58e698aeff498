"""The explanation room: why a model answers as it does to one digit.

`explain` takes a picture and says what of it speaks for the answer and against the runner-up, which training images
look alike to the model, and what smallest change would change the answer; where asked, also how the answer forms
layer by layer. All of that needs ONNX Runtime alone; gradients (`gradients.py`) need a run's weights, torch and Captum.
"""

from tenfold.explanation.assembly import explain
from tenfold.explanation.drawing import draw_explanation
from tenfold.explanation.result import Explanation

__all__ = ["Explanation", "draw_explanation", "explain"]
