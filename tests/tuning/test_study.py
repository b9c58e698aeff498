"""What a search says and draws of its trials, which are given here: nothing is trained."""

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tenfold.errors import TenfoldError
from tenfold.recipes import load_recipe
from tenfold.recipes.schema import Init
from tenfold.tuning import Tuned, figures, tune, write_tuning
from tenfold.tuning import trials as trials_module
from tenfold.tuning.files import importances
from tenfold.tuning.question import SearchSpec
from tenfold.tuning.search import UNTUNED, make_pruner
from tenfold.tuning.space import Dimension, default_space
from tenfold.tuning.trials import Attempt, Setup, open_storage
from tenfold.tuning.winner import best_trial, untuned_trial
from tenfold.tuning.words import conclusions

optuna = pytest.importorskip("optuna")

RATE = Dimension("optimizer.lr", low=1e-4, high=1e-1, log=True)
LENGTH = Dimension("epochs", low=1, high=9, whole=True)
BATCH = Dimension("batch_size", (32, 64))
SPACE = (BATCH, RATE, LENGTH)


@pytest.fixture
def searched(tmp_path):
    """A search with these trials: each (rate, objectives), of which the first may be the recipe as it was."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def make(*trials: tuple, objectives: tuple = ("accuracy",), untuned: bool = True) -> Tuned:
        recipe = load_recipe("mlp-sgd")[1]
        question = SearchSpec("slow", recipe, tmp_path / "search.toml", "", SPACE, objectives, 0.1)
        directions = ["maximize" if name == "accuracy" else "minimize" for name in objectives]
        study = optuna.create_study(directions=directions)
        distributions = {
            "optimizer.lr": optuna.distributions.FloatDistribution(1e-4, 1e-1, log=True),
            "epochs": optuna.distributions.IntDistribution(1, 9),
            "batch_size": optuna.distributions.CategoricalDistribution((32, 64)),
        }
        for number, (rate, *values) in enumerate(trials):
            notes = {UNTUNED: "inside"} if untuned and number == 0 else {}
            params = {"optimizer.lr": rate, "epochs": 1 + number % 9, "batch_size": (32, 64)[number % 2]}
            study.add_trial(
                optuna.trial.create_trial(
                    params=params,
                    distributions=distributions,
                    values=values,
                    user_attrs={"loss": 0.1, "epochs": 2, "seconds": 1.5} | notes,
                )
            )
        best = best_trial(study, question, 600)
        return Tuned(question, study, "sqlite://", tmp_path, best, untuned_trial(study), None, 600)

    return make


def _by_rate(n: int) -> list[tuple[float, float]]:
    """Trials whose accuracy is decided by the rate alone."""
    rates = [1e-4 * 10 ** (3 * place / (n - 1)) for place in range(n)]
    return [(rate, 0.9 - 0.05 * abs(math.log10(rate) + 2)) for rate in rates]


def test_of_enough_trials_the_key_that_mattered_is_named_first_and_drawn(searched):
    tuned = searched(*_by_rate(24))
    shares = importances(tuned)
    assert max(shares, key=shares.__getitem__) == "optimizer.lr"
    assert sum(shares.values()) == pytest.approx(1)
    page = write_tuning(tuned)
    assert "How much each key mattered" in page.read_text(encoding="utf-8")
    assert {path.name for path in page.parent.glob("*.png")} == {"history.png", "importances.png", "values.png"}
    [axes] = figures.draw_importances(shares).axes
    assert axes.get_yticklabels()[0].get_text() == "optimizer.lr"
    assert [text.get_text() for text in axes.texts] == [f"{100 * share:.0f} %" for share in shares.values()]


def test_of_few_trials_or_equal_ones_nothing_is_said_to_matter(searched):
    assert importances(searched(*_by_rate(7))) == {}
    assert importances(searched(*((rate, 0.9) for rate, _accuracy in _by_rate(20)))) == {}


def test_a_folder_that_cannot_be_written_is_one_line(searched, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TenfoldError, match="the search cannot be written there"):
        write_tuning(replace(searched((1e-3, 0.9)), folder=tmp_path / "file"))


def test_a_range_by_ratio_is_drawn_by_ratio_and_a_share_as_a_percentage(searched):
    tuned = searched(*_by_rate(5))
    panels = figures.draw_values(tuned.study.trials, SPACE, tuned.best, "accuracy").axes
    assert [axes.get_xscale() for axes in panels[:3]] == ["linear", "log", "linear"]
    assert all(axes.yaxis.get_major_formatter()(0.875, None) == "87.5 %" for axes in panels[:3])
    assert [axes.get_visible() for axes in panels] == [True, True, True, False]
    losses = figures.draw_history(tuned.study.trials, {}, None, tuned.best, "loss")
    assert "%" not in losses.axes[0].yaxis.get_major_formatter()(0.875, None)
    assert "untuned" not in [text.get_text() for text in losses.axes[0].get_legend().get_texts()]


@pytest.mark.parametrize(("largest", "scale"), [(400, "linear"), (60_000, "log")])
def test_costs_far_apart_are_drawn_by_ratio(searched, largest, scale):
    objectives = ("accuracy", "parameters")
    tuned = searched((1e-3, 0.98, 200), (1e-2, 0.99, largest), (1e-4, 0.9, 300), objectives=objectives)
    front = [trial.number for trial in tuned.study.best_trials]
    [axes] = figures.draw_front(tuned.study.trials, tuned.best, front, objectives).axes
    assert axes.get_xscale() == scale
    filled = [line.get_markerfacecolor() != "none" for line in axes.lines[:-1]]
    assert filled == [True, True, False]  # the third costs more than the first and is worse


def test_where_the_recipe_itself_wins_that_is_said_and_no_difference(searched):
    _trials, says = conclusions(searched((1e-2, 0.95), (1e-3, 0.9)))
    assert says.startswith("Trial 0 wins with validation accuracy 95.00")
    assert says.endswith(": the recipe as it was.")


def test_where_the_recipe_itself_has_failed_nothing_is_compared(searched):
    _trials, says = conclusions(searched((1e-2, 0.95), (1e-3, 0.9), untuned=False))
    assert says.startswith("Trial 0 wins with validation accuracy 95.00")
    assert "recipe" not in says


def test_a_loss_is_compared_without_the_standard_error_of_an_accuracy(searched):
    _trials, says = conclusions(searched((1e-2, 0.25), (1e-3, 0.125), objectives=("loss",)))
    assert says == "Trial 1 wins with validation loss 0.125; the recipe as it was has validation loss 0.25."
    _trials, says = conclusions(searched((1e-2, 0.9), (1e-3, 0.96)))
    assert "standard error 0.80 points on 600 images" in says


@pytest.mark.parametrize("tested", [[1], [0, 1]])
def test_how_often_the_test_set_was_looked_at_is_said(searched, tested):
    tuned = searched((1e-2, 0.9), (1e-3, 0.96))
    tuned.study.set_user_attr("tested", tested)
    rows = [SimpleNamespace(accuracy={"mean": mean}, accuracy_ci95=(0.9, 0.99), contender=SimpleNamespace(runs=[1]))
            for mean in (0.9, 0.95)]  # fmt: skip
    standings = SimpleNamespace(rows=rows, against_first=[SimpleNamespace(noise=False, difference=0.05, p=0.01)])
    *_, last = conclusions(replace(tuned, standings=standings))
    assert ("has now scored 2 winners" in last) == (len(tested) == 2)


def test_pruners_are_optunas_and_nothing_is_pruned_by_two_objectives(searched):
    question = searched((1e-2, 0.9)).question
    assert isinstance(make_pruner("hyperband", question), optuna.pruners.HyperbandPruner)
    assert isinstance(make_pruner("median", question), optuna.pruners.MedianPruner)
    assert isinstance(make_pruner("none", question), optuna.pruners.NopPruner)
    both = replace(question, objectives=("accuracy", "size"))
    assert isinstance(make_pruner("hyperband", both), optuna.pruners.NopPruner)


def test_a_model_that_starts_from_other_weights_keeps_its_size():
    recipe = load_recipe("mlp-sgd")[1]
    keys = {dimension.key for dimension in default_space(recipe)}
    started = {dimension.key for dimension in default_space(recipe.model_copy(update={"init": Init(run="runs/one-1")}))}
    assert keys - started == {"model_options.hidden"}


def test_a_search_of_no_trials_looks_at_no_test_image(bars, tmp_path):
    path = tmp_path / "slow.toml"
    path.write_text(f"model = 'mlp_sgd'\n[data]\nname = '{bars}'\n", encoding="utf-8")
    found = tune(path, trials=0, folder=tmp_path / "tune", seeds=1)
    assert (found.best, found.recipe, found.standings) == (None, None, None)
    assert conclusions(found)[0] == "0 trials."  # the untuned recipe waits to be one
    assert conclusions(found)[-1].startswith("No trial was trained to its end yet")
    assert write_tuning(found) is None


def test_a_storage_that_is_no_url_is_one_line():
    with pytest.raises(
        TenfoldError, match=r"--storage study.db: cannot be opened \(no URL\): give a URL as sqlite:///"
    ):
        open_storage("study.db")


@pytest.fixture
def attempt(searched, tmp_path):
    """A trial that is running, as whoever trains it sees it; seconds it may take."""

    def make(seconds: float) -> tuple[Attempt, optuna.Study]:
        question = searched((1e-2, 0.9)).question
        url = f"sqlite:///{tmp_path}/study.db"
        study = optuna.create_study(study_name=question.study, storage=open_storage(url), direction="maximize")
        trial = study.ask()
        setup = Setup(question, url, Path(tmp_path), optuna.pruners.NopPruner(), None, None)
        return Attempt(setup, {}, number=trial.number, id=trial._trial_id, prunes=True, seconds=seconds), study

    return make


def _epoch(number: int, accuracy: float) -> SimpleNamespace:
    return SimpleNamespace(epoch=number, val_accuracy=accuracy)


def test_a_trial_that_is_trained_anew_on_another_machine_tells_each_epoch_once(attempt):
    one, study = attempt(math.inf)
    trials_module._watch(one)(_epoch(1, 0.5))
    again = trials_module._watch(one)
    again(_epoch(1, 0.6))
    again(_epoch(2, 0.7))
    assert study.trials[0].intermediate_values == {1: 0.5, 2: 0.7}


def test_a_trial_ends_after_the_epoch_in_which_time_was_up(attempt):
    one, study = attempt(0)
    with pytest.raises(trials_module._Stopped, match="after epoch 1: time was up"):
        trials_module._watch(one)(_epoch(1, 0.5))
    assert study.trials[0].intermediate_values == {1: 0.5}
