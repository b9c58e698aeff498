"""What is explained: why this answer, and not that one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import UsageError
from tenfold.inference.classifier import NOT_A_DIGIT, Classifier

Views = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Contrast:
    """The answer to a view, and the class that it is held against.

    answer, rival: indices into the model's classes; probabilities [classes]: calibrated, of the view itself.
    """

    classifier: Classifier
    view: Views
    answer: int
    rival: int
    probabilities: Floats

    @property
    def names(self) -> tuple[str, str]:
        """The answer's name, and its rival's."""
        classes = self.classifier.card.classes
        return classes[self.answer], classes[self.rival]

    @property
    def margin(self) -> float:
        """The answer's logit less the rival's, of the view itself."""
        return float(self.margins(self.view[None])[0])

    def margins(self, views: Views) -> Floats:
        """The answer's logit less the rival's [n] for views uint8 [n, 28, 28]: below 0 the rival is likelier."""
        logits = self.classifier.logits(views)
        return logits[:, self.answer] - logits[:, self.rival]


def contrast(classifier: Classifier, view: Views, against: str | None = None) -> Contrast:
    """The answer to a view uint8 [28, 28] against a class by its name, or None for the runner-up.

    The runner-up is the likeliest other digit: "not a digit" is one only where it is asked for, for nearly every clear
    digit would be held against it. Raises UsageError where the model has no such class, or it is the answer.
    """
    classes = classifier.card.classes
    probabilities = classifier.probabilities(view[None])[0]
    order = [int(index) for index in np.argsort(-classifier.logits(view[None])[0], kind="stable")]
    answer = order[0]
    if against is None:
        others = [index for index in order[1:] if classes[index] != NOT_A_DIGIT]
        if not others:
            raise UsageError("the model knows one class only: there is nothing to hold its answer against")
        return Contrast(classifier, view, answer, others[0], probabilities)
    if against not in classes:
        raise UsageError(f"--against {against}: the model knows {', '.join(classes)}")
    if classes.index(against) == answer:
        raise UsageError(f"--against {against}: that is the answer; leave it out to hold it against the runner-up")
    return Contrast(classifier, view, answer, classes.index(against), probabilities)
