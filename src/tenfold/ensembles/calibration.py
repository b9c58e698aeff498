"""How far the mean of several models can be believed, from images that none of them was trained on."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenfold.data import join, load_training_parts
from tenfold.ensembles.members import LoadedMember
from tenfold.inference.classifier import NOT_A_DIGIT
from tenfold.run import Run

if TYPE_CHECKING:
    from tenfold.training.calibration import Calibration


@dataclass(frozen=True)
class EnsembleCalibration:
    """What goes into the ensemble's card, the number of images that it comes from, and the same as a sentence."""

    calibration: "Calibration"
    images: int
    sentence: str


def calibrate_together(members: Sequence[LoadedMember], data_dir: str | Path | None) -> EnsembleCalibration:
    """Temperature, thresholds and prediction sets of the members' mean, from the images that every member held out.

    Members share those where they were trained on the same data with the same seed and split. Without such images the
    mean stays as it is, and the thresholds are the mean of the members'. Raises TenfoldError where the data cannot be
    had any more.
    """
    reason = _why_not(members)
    return _as_it_is(members, reason) if reason else _fitted(members, data_dir)


def _why_not(members: Sequence[LoadedMember]) -> str:
    """Why no images are known to be held out by every member; empty where they are."""
    for member in members:
        if member.run is None:
            return f"{member.name} is a file of its own, which does not say what it held out"
    if len({member.card.data_sha256 for member in members}) > 1:
        return "The members were trained on different data"
    splits = {_split(member.run) for member in members if member.run}
    if len(splits) > 1:
        return "The members held out different images"
    return "" if splits.pop()[1] else "The members held no images out"


def _split(run: Run) -> tuple[int, float, int]:
    """What decides which images of its data a run holds out."""
    data = run.recipe["data"]
    return run.recipe.get("seed", 0), data.get("validation", 0.0), data.get("limit", 0)


def _as_it_is(members: Sequence[LoadedMember], reason: str) -> EnsembleCalibration:
    from tenfold.training.calibration import Calibration

    # A mean is never surer than its members are on average, and more often right (Rahaman and Thiery 2021): with these
    # thresholds an ensemble refuses rather too much than too little.
    threshold = statistics.fmean(member.card.threshold for member in members)
    score_threshold = statistics.fmean(member.card.score_threshold for member in members)
    sentence = (
        f"{reason}, so nothing was left to calibrate their mean on: its temperature is 1, its thresholds are the mean "
        "of theirs, and it promises no prediction sets."
    )
    return EnsembleCalibration(Calibration(1.0, threshold, score_threshold), 0, sentence)


def _fitted(members: Sequence[LoadedMember], data_dir: str | Path | None) -> EnsembleCalibration:
    from tenfold.exporting import log_mean
    from tenfold.recipes import load_recipe
    from tenfold.training.calibration import calibrate
    from tenfold.training.images import split_indices

    recipes = [load_recipe(member.run.path / "recipe.toml")[1] for member in members if member.run]
    train = join(load_training_parts(recipes[0].data.names, data_dir))
    card = members[0].card
    if train.sha256 != card.data_sha256:
        return _as_it_is(members, f"{train.name} is not any more what the members were trained on")
    held = train.take(split_indices(train, recipes[0])[1])
    none = card.classes.index(NOT_A_DIGIT) if NOT_A_DIGIT in card.classes else None
    error = min(recipe.rejection_error for recipe in recipes)
    found = calibrate(log_mean([member.classifier for member in members], held.images), held.labels, none, error)
    sentence = f"Temperature and thresholds come from the {len(held):,} images that every member held out."
    return EnsembleCalibration(found, len(held), sentence)
