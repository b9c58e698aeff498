"""The reports room: figures, pages and the model card, from what was measured.

`write_report` draws a run's report, `write_exploration`, `write_mistakes` and `write_robustness` the pages of those.
Needs the 'report' extra; never torch.
"""

from tenfold.reports.canvas import warm_up
from tenfold.reports.explore_page import exploration_folder, write_exploration
from tenfold.reports.mistakes_page import mistakes_folder, write_mistakes
from tenfold.reports.report import refresh_report, write_report
from tenfold.reports.robustness_page import robustness_folder, write_robustness

__all__ = [
    "exploration_folder",
    "mistakes_folder",
    "refresh_report",
    "robustness_folder",
    "warm_up",
    "write_exploration",
    "write_mistakes",
    "write_report",
    "write_robustness",
]
