"""A search as files: everything as JSON, and the page that a person opens."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.errors import can_report, cannot_write
from tenfold.files import write_atomically, write_json
from tenfold.reports import canvas
from tenfold.reports.page import render
from tenfold.tuning import figures
from tenfold.tuning.objectives import OBJECTIVES
from tenfold.tuning.tuned import Tuned
from tenfold.tuning.winner import changes
from tenfold.tuning.words import changed_text, conclusions, trial_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FEW = 8
"""Trials below which importances are noise."""

_DESCRIPTIONS = {
    "history": "Each trial's validation figure, in the order of trials",
    "importances": "How much each key mattered",
    "values": "Each key's values against what the trials reached",
    "front": "The first objective against the second",
}


def write_tuning(tuned: Tuned) -> Path | None:
    """Write tuning.json, figures as PNG and index.html into the search's folder.

    Returns the page's path; None without the 'report' extra, or while no trial is done. Raises TenfoldError where the
    folder cannot be written.
    """
    page = tuned.folder / "index.html" if can_report() and tuned.best is not None else None
    try:
        write_json(tuned.folder / "tuning.json", tuned.to_json())
        if page is not None:
            _write_page(tuned, page)
    except OSError as error:
        raise cannot_write(tuned.folder, error, "the search cannot be written there") from None
    return page


def importances(tuned: Tuned) -> dict[str, float]:
    """Each key's share of what sets good trials apart (PED-ANOVA, Watanabe et al. 2023); empty where trials are few."""
    import optuna

    done = [trial for trial in tuned.study.trials if trial.state.name == "COMPLETE" and trial.params]
    if len(done) < _FEW or len({tuple(trial.values) for trial in done}) == 1:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna's, about parameters of one value only
        found = optuna.importance.get_param_importances(tuned.study, target=lambda trial: trial.values[0])
    return {key: float(share) for key, share in found.items()}


def _write_page(tuned: Tuned, page: Path) -> None:
    from markupsafe import Markup

    drawings = _draw(tuned)
    for name, figure in drawings.items():
        write_atomically(page.with_name(f"{name}.png"), canvas.png(figure))
    inline = {
        name: Markup(canvas.svg(drawings[name], text)) if name in drawings else ""
        for name, text in _DESCRIPTIONS.items()
    }
    assert tuned.best is not None
    found = changes(tuned.question, tuned.best)
    contents: dict[str, Any] = inline | {
        "found": tuned.to_json(),
        "titles": [OBJECTIVES[name].title for name in tuned.question.objectives],
        "changed": [(key, changed_text(before), changed_text(after)) for key, (before, after) in found.items()],
        "rows": trial_rows(tuned),
        "failed": [trial for trial in tuned.to_json()["trials"] if trial["state"] == "fail"],
        "sentences": conclusions(tuned),
        "standings": tuned.standings.to_json() if tuned.standings else None,
    }
    write_atomically(page, render("tuning.html.jinja", contents, Path(__file__).parent))


def _draw(tuned: Tuned) -> dict[str, "Figure"]:
    assert tuned.best is not None
    question, best = tuned.question, tuned.best
    trials = tuned.study.trials
    done = [trial for trial in trials if trial.values and trial.state.name == "COMPLETE"]
    stopped = {
        trial.number: trial.intermediate_values[max(trial.intermediate_values)]
        for trial in trials
        if trial.state.name == "PRUNED" and trial.intermediate_values
    }
    objective = question.objectives[0]
    found = {"history": figures.draw_history(done, stopped, tuned.untuned, best, objective)}
    if shares := importances(tuned):
        found["importances"] = figures.draw_importances(shares)
    order = sorted(question.space, key=lambda dimension: -shares.get(dimension.key, 0))
    if len(done) > 1:
        found["values"] = figures.draw_values(done, order, best, objective)
    if len(question.objectives) > 1:
        front = [trial.number for trial in tuned.study.best_trials]
        found["front"] = figures.draw_front(done, best, front, question.objectives)
    return found
