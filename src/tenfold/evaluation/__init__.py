"""The evaluation room: what a model scores, with intervals, and pages that a person opens.

`evaluate` gives the scores; `write_report` writes them into the run's folder; `explore` looks at a dataset before
there is a model. Scores need only the core; figures and pages need the 'report' extra. Never torch.
"""

from tenfold.evaluation.exploration import ClassSummary, Duplicates, Exploration, explore, find_duplicates, page_folder
from tenfold.evaluation.page import can_report
from tenfold.evaluation.predictions import Predictions, predict
from tenfold.evaluation.report import write_report
from tenfold.evaluation.scores import ClassScore, ConfusedPair, Scores, evaluate, score
from tenfold.evaluation.training_gap import TrainingGap
from tenfold.evaluation.verdict import Verdict, judge

__all__ = [
    "ClassScore",
    "ClassSummary",
    "ConfusedPair",
    "Duplicates",
    "Exploration",
    "Predictions",
    "Scores",
    "TrainingGap",
    "Verdict",
    "can_report",
    "evaluate",
    "explore",
    "find_duplicates",
    "judge",
    "page_folder",
    "predict",
    "score",
    "write_report",
]
