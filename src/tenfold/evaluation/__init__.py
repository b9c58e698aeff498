"""The evaluation room: what a model scores, with intervals, and pages that a person opens.

`evaluate` gives the scores; `write_report` writes them into the run's folder; `compare` says whether one of two models
is better or it is chance; `measure_robustness` scores a model on corrupted images; `explore` looks at a dataset before
there is a model, `mistakes` at a model's wrong answers one by one. Scores need only the core; figures and pages need
the 'report' extra. Never torch.
"""

from tenfold.evaluation.canvas import warm_up
from tenfold.evaluation.comparison import Comparison, compare
from tenfold.evaluation.cost import Cost, measure_cost
from tenfold.evaluation.duplicates import Duplicates, find_duplicates
from tenfold.evaluation.exploration import ClassSummary, Exploration, explore, page_folder
from tenfold.evaluation.label_errors import LabelErrors, find_label_errors
from tenfold.evaluation.latency import latency_ms
from tenfold.evaluation.predictions import (
    Predictions,
    answer,
    digits_at_hand,
    open_classifier,
    open_run,
    predict,
)
from tenfold.evaluation.report import refresh_report, write_report
from tenfold.evaluation.robustness import CorruptedScore, Robustness, measure_robustness, robustness_folder
from tenfold.evaluation.robustness_page import write_robustness
from tenfold.evaluation.scores import ClassScore, ConfusedPair, Scores, evaluate, score
from tenfold.evaluation.training_gap import TrainingGap
from tenfold.evaluation.verdict import Verdict, judge
from tenfold.evaluation.wrong_answers import Confusion, Mistake, Mistakes, mistakes, mistakes_folder

__all__ = [
    "ClassScore",
    "ClassSummary",
    "Comparison",
    "ConfusedPair",
    "Confusion",
    "CorruptedScore",
    "Cost",
    "Duplicates",
    "Exploration",
    "LabelErrors",
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
    "explore",
    "find_duplicates",
    "find_label_errors",
    "judge",
    "latency_ms",
    "measure_cost",
    "measure_robustness",
    "mistakes",
    "mistakes_folder",
    "open_classifier",
    "open_run",
    "page_folder",
    "predict",
    "refresh_report",
    "robustness_folder",
    "score",
    "warm_up",
    "write_report",
    "write_robustness",
]
