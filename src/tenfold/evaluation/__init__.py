"""The evaluation room: what a model scores, with intervals.

`evaluate` gives the scores; `compare` says whether one of two models is better or it is chance; `measure_robustness`
scores a model on corrupted images; `find_mistakes` looks at a model's wrong answers one by one. Needs only the core;
never torch.
"""

from tenfold.evaluation.comparison import Comparison, compare
from tenfold.evaluation.cost import Cost, measure_cost
from tenfold.evaluation.latency import latency_ms
from tenfold.evaluation.mistakes import Confusion, Mistake, Mistakes, find_mistakes
from tenfold.evaluation.predictions import (
    Predictions,
    answer,
    digits_at_hand,
    open_classifier,
    open_run,
    predict,
)
from tenfold.evaluation.robustness import CorruptedScore, Robustness, measure_robustness
from tenfold.evaluation.scores import ClassScore, ConfusedPair, Scores, evaluate, score
from tenfold.evaluation.training_gap import TrainingGap
from tenfold.evaluation.verdict import Verdict, judge

__all__ = [
    "ClassScore",
    "Comparison",
    "ConfusedPair",
    "Confusion",
    "CorruptedScore",
    "Cost",
    "Mistake",
    "Mistakes",
    "Predictions",
    "Robustness",
    "Scores",
    "TrainingGap",
    "Verdict",
    "answer",
    "compare",
    "digits_at_hand",
    "evaluate",
    "find_mistakes",
    "judge",
    "latency_ms",
    "measure_cost",
    "measure_robustness",
    "open_classifier",
    "open_run",
    "predict",
    "score",
]
