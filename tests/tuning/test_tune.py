"""`tune`: choosing sees validation only, a study goes on where it stopped, and one bad trial never ends it."""

import json
import re
import shutil
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

import tenfold
from tenfold import pipeline
from tenfold.cli import main
from tenfold.errors import TenfoldError, UsageError
from tenfold.recipes import load_recipe
from tenfold.run import Run
from tenfold.run.folder import RunFolder
from tenfold.tuning import trials as trials_module
from tenfold.tuning import tune, write_tuning
from tenfold.tuning.question import ask
from tenfold.tuning.search import Budget, open_study, search
from tenfold.tuning.trials import Setup
from tenfold.tuning.winner import best_trial

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def recipe(bars, tmp_path_factory):
    """Trains in a moment; its rate is far too low, which any search will find."""
    path = tmp_path_factory.mktemp("recipes") / "slow.toml"
    path.write_text(
        f"model = 'mlp_sgd'\nreport = false\nepochs = 2\nbatch_size = 50\n[data]\nname = '{bars}'\nvalidation = 0.02\n"
        "[optimizer]\nlr = 1e-5\n[search]\n'optimizer.lr' = { low = 1e-5, high = 1e-2, log = true }\n"
        "model_options.hidden = [50, 100]\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def tuned(recipe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tune")
    return tune(recipe, trials=4, folder=folder, out=folder / "runs", seed=1)


def test_the_first_trial_is_the_recipe_itself_and_the_best_wins(tuned):
    found = tuned.to_json()
    first, *others = found["trials"]
    assert first["varied"] == {"optimizer.lr": 1e-5, "model_options.hidden": 100}
    assert found["untuned"] == first
    assert found["best"]["values"][0] == max(t["values"][0] for t in (first, *others) if t["state"] == "complete")
    assert found["best"]["values"][0] > first["values"][0]
    assert found["changes"]["optimizer.lr"] == [1e-5, found["best"]["varied"]["optimizer.lr"]]


def test_trials_hold_out_more_than_the_recipe_and_are_never_scored_on_test(tuned, recipe):
    for trial in tuned.to_json()["trials"]:
        run = Run.open(trial["run"])
        assert run.scores is None
        assert run.recipe["data"]["validation"] == 0.1
        assert run.recipe["seed"] == 1
        assert run.environment["training"]["val_accuracy"] == trial["values"][0]
    assert tuned.validation == 60
    assert load_recipe(tuned.recipe)[1].data.validation == 0.02  # the winner trains with what the recipe gave it


def test_no_trial_asks_for_a_test_score(recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "train", lambda *_, **__: pytest.fail("scores on test"))
    assert tune(recipe, trials=1, folder=tmp_path, seeds=0).standings is None


def test_winner_and_untuned_recipe_meet_on_test_once(tuned):
    rows = tuned.standings.rows
    assert [row.name for row in rows] == ["slow", "slow-tuned"]
    assert rows[1].accuracy["mean"] > rows[0].accuracy["mean"]
    assert tuned.tested == 1
    sentence = next(text for text in _conclusions(tuned) if text.startswith("On test"))
    assert "95 % interval" in sentence
    assert "McNemar" in sentence


def test_the_same_command_goes_on_and_draws_other_values(tuned, recipe, tmp_path):
    before = [trial["varied"] for trial in tuned.to_json()["trials"]]
    folder = shutil.copytree(tuned.folder, tmp_path / "tune")
    more = tune(recipe, trials=2, folder=folder, out=folder / "runs", seed=1, sampler="random")
    after = [trial["varied"] for trial in more.to_json()["trials"]]
    assert after[:4] == before
    assert len(after) == 6
    assert all(one not in before for one in after[4:])


def test_another_space_is_another_study_in_the_same_file(tuned, recipe, tmp_path):
    folder = shutil.copytree(tuned.folder, tmp_path / "tune")
    other = tune(recipe, space=["epochs=1:2"], trials=1, folder=folder, seeds=0)
    assert [path.name for path in folder.glob("*.db")] == ["study.db"]
    assert other.study.study_name != tuned.study.study_name
    assert len(other.study.trials) == 1


def test_a_trial_that_fails_is_recorded_and_the_study_goes_on(recipe, tmp_path):
    space = ["optimizer.lr=1e-3,1e30", "batch_size=25,50"]
    found = tune(recipe, space=space, trials=None, minutes=5, sampler="grid", folder=tmp_path, seeds=0).to_json()
    states = [trial["state"] for trial in found["trials"]]
    assert states.count("fail") == 2
    assert states.count("complete") == 3  # the recipe itself lies outside, and two points of the grid
    failed = next(trial for trial in found["trials"] if trial["state"] == "fail")
    assert "optimizer.lr" in failed["why"]
    assert not list((tmp_path / "trials").glob("*.unfinished"))


def test_a_search_of_which_every_trial_fails_says_so_and_exits_with_1(recipe, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["--set", "optimizer.lr=1e30", "--search", "batch_size=25,50", "--trials", "2", "--seeds", "0"]
    assert main(["tune", str(recipe), *options]) == 1
    assert "no trial came to its end; the last failed: " in capsys.readouterr().err


def test_a_grid_tries_every_point_once(recipe, tmp_path):
    space = ["optimizer.lr=1e-4,1e-3", "batch_size=25,50"]
    found = tune(recipe, space=space, minutes=5, sampler="grid", pruner="none", folder=tmp_path, seeds=0)
    again = tune(recipe, space=space, minutes=5, sampler="grid", pruner="none", folder=tmp_path, seeds=0)
    for one in (found, again):
        points = [trial["varied"] for trial in one.to_json()["trials"] if trial["varied"]]
        assert len(points) == 4
        assert len({json.dumps(point, sort_keys=True) for point in points}) == 4


@pytest.mark.long
def test_bad_trials_are_cut_short_by_validation(recipe, tmp_path):
    space = ["optimizer.lr=1e-3,1e-2,1e-7,1e-8"]
    found = tune(recipe, space=space, trials=40, overrides={"epochs": 3}, sampler="random", folder=tmp_path, seeds=0)
    states = {}
    for trial in found.study.trials[1:]:
        states.setdefault(trial.params["optimizer.lr"], set()).add(trial.state.name)
    assert "PRUNED" in states[1e-7] | states[1e-8]
    assert found.best.params["optimizer.lr"] in (1e-3, 1e-2)


def test_time_ends_a_search_and_the_recipe_itself_is_never_cut_short(recipe, tmp_path):
    found = tune(recipe, minutes=0.001, folder=tmp_path, seeds=0)
    assert [trial.state.name for trial in found.study.trials] == ["COMPLETE"]


def test_of_several_objectives_the_cheapest_about_as_good_wins():
    def trial(number, accuracy, parameters):
        return SimpleNamespace(number=number, values=[accuracy, parameters])

    front = [trial(0, 0.990, 1000), trial(1, 0.9895, 300), trial(2, 0.95, 10)]
    study = SimpleNamespace(best_trials=front, get_trials=lambda **_: front)
    question = SimpleNamespace(objectives=("accuracy", "parameters"))
    assert best_trial(study, question, 6000).number == 1  # a standard error is 0.13 points there
    assert best_trial(study, question, 600_000).number == 0


def test_several_objectives_make_a_front(recipe, tmp_path):
    found = tune(recipe, objectives=("accuracy", "parameters"), trials=3, folder=tmp_path, seeds=0)
    assert found.study.best_trials
    assert found.best.values[1] == Run.open(found.best.user_attrs["run"]).environment["training"]["parameters"]
    assert write_tuning(found).with_name("front.png").exists()


_KILLED = """
import os, signal, sys
from tenfold.tuning import trials, tune
trials.measure_cost = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
tune(sys.argv[1], trials=2, folder=sys.argv[2], seeds=0)
"""


def test_a_search_that_was_killed_counts_its_trial_as_failed_and_measures_the_recipe_itself_again(recipe, tmp_path):
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(recipe), str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    found = tune(recipe, trials=2, folder=tmp_path, seeds=0).to_json()
    first, *others = found["trials"]
    assert (first["state"], first["why"]) == ("fail", "its process died")
    assert {trial["state"] for trial in others} <= {"complete", "pruned"}
    assert found["untuned"]["varied"]["optimizer.lr"] == 1e-5
    assert found["untuned"]["state"] == "complete"


_KILLED_WHILE_ASKING = """
import os, signal, sys
import optuna
from tenfold.tuning import tune
optuna.Trial = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
tune(sys.argv[1], trials=2, folder=sys.argv[2], seeds=0)
"""


def _opened(recipe, folder):
    question = ask(recipe, (), None, ("accuracy",), None, 0, folder)
    return question, open_study(question, f"sqlite:///{folder}/study.db", "tpe", 0, folder / "trials")


def test_a_trial_whose_process_died_before_it_said_that_it_asked_is_recorded(recipe, tmp_path):
    subprocess.run([sys.executable, "-c", _KILLED_WHILE_ASKING, str(recipe), str(tmp_path)], check=False)
    first = _opened(recipe, tmp_path)[1].trials[0]
    assert (first.state.name, first.user_attrs["why"]) == ("FAIL", "its process died")


def test_a_trial_is_nobodys_only_while_nobody_searches(recipe, tmp_path):
    question, study = _opened(recipe, tmp_path)
    states = []

    def another_opens(*_):
        study.ask()  # and is about to say so
        states.append(_opened(recipe, tmp_path)[1].trials[0].state.name)
        return ()

    setup = Setup(question, "", tmp_path / "trials", None, None, None)
    search(study, setup, Budget(1, None), mapped=another_opens)
    states.append(_opened(recipe, tmp_path)[1].trials[0].state.name)
    assert states == ["RUNNING", "FAIL"]


def test_an_interrupted_trial_is_recorded_and_what_it_left_is_no_run(recipe, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(trials_module, "measure_cost", stop)
    with pytest.raises(KeyboardInterrupt):
        tune(recipe, trials=2, folder=tmp_path, seeds=0)
    monkeypatch.undo()
    found = tune(recipe, trials=1, folder=tmp_path, seeds=0)
    assert [trial.state.name for trial in found.study.trials] == ["FAIL", "COMPLETE"]
    assert found.untuned.number == 1  # the recipe itself gets another chance


def test_a_trial_whose_process_died_is_recorded_and_its_point_tried_again(recipe, tmp_path):
    space, trials = ["optimizer.lr=1e-5,1e-3"], tmp_path / "trials"
    question = ask(recipe, space, None, ("accuracy",), None, 0, tmp_path)
    study = open_study(question, f"sqlite:///{tmp_path}/study.db", "grid", 0, trials)
    died, works = study.ask(), study.ask()
    RunFolder.claim(trials, f"trial-{died.number}", "", resume=False).release()
    held = RunFolder.claim(trials, f"trial-{works.number}", "", resume=False)  # as on another machine
    found = tune(recipe, space=space, minutes=5, sampler="grid", folder=tmp_path, seeds=0)
    held.release()
    states = {trial.number: trial.state.name for trial in found.study.trials}
    assert (states[died.number], states[works.number]) == ("FAIL", "RUNNING")
    assert found.study.trials[died.number].user_attrs["why"] == "its process died"
    assert found.untuned.number not in (died.number, works.number)
    done = [trial.params["optimizer.lr"] for trial in found.study.trials if trial.state.name == "COMPLETE"]
    assert died.params.get("optimizer.lr", 1e-5) in done
    assert not list(trials.glob(f"trial-{died.number}-*"))


def test_a_recipe_with_a_search_trains_as_any_other(recipe, bars):
    assert "search" not in load_recipe(recipe)[1].model_dump()


_NINE = ("rotation", "scale", "shear", "translation", "elastic", "erasing", "blur", "haze", "noise")
"""Of each a grid tries four values, of all together 262,144 points."""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"space": ["optimizer.rate=1:2"]}, "unknown key 'optimizer.rate'"),
        ({"space": ["model_options.depth=1:2"]}, "has no option 'depth'"),
        ({"space": ["data.also=1,2"]}, "would change what the trials are measured on"),
        ({"space": ["data.validation=0.1:0.2"]}, "would change what the trials are measured on"),
        ({"space": ["epochs=1:2", "epochs=3,4"]}, "given twice"),
        ({"space": [f"augmentation.{name}=0.0:1.0" for name in _NINE], "sampler": "grid"}, "more than 100,000 points"),
        ({"objectives": ("parameters",)}, "the first is accuracy or loss"),
        ({"objectives": ("accuracy", "beauty")}, "there are accuracy"),
        ({"objectives": ("accuracy", "size", "size")}, "each is named once"),
        ({"minutes": 0}, "--minutes 0: give a number above 0"),
        ({"minutes": float("nan")}, "--minutes nan: give a number above 0"),
        ({"minutes": float("inf")}, "--minutes inf: give a number above 0"),
        ({"seeds": -1}, "--seeds -1: give a number from 0 to 1,000"),
        ({"trials": -1}, "give a number of trials"),
        ({"validation": 0.0}, "nothing would be left"),
    ],
)
def test_a_search_that_cannot_be_says_why_and_leaves_nothing_behind(recipe, tmp_path, options, says):
    with pytest.raises(UsageError, match=re.escape(says)):
        tune(recipe, **({"trials": 1, "folder": tmp_path / "tune"} | options))
    assert not (tmp_path / "tune").exists()


def test_a_storage_that_cannot_be_opened_is_one_line(recipe, tmp_path):
    with pytest.raises(TenfoldError, match="cannot be opened"):
        tune(recipe, trials=1, folder=tmp_path, storage="sqlite:////no/such/folder/study.db")


def test_the_page_stands_alone_and_says_what_the_json_says(tuned):
    page = write_tuning(tuned)
    text = page.read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:|#)', text)
    assert "slow, tuned" in text
    assert json.loads((tuned.folder / "tuning.json").read_text())["best"]["number"] == tuned.best.number
    assert {path.name for path in tuned.folder.glob("*.png")} >= {"history.png", "values.png"}


def test_the_command_prints_json_on_stdout_alone(recipe, tmp_path, capsys):
    command = ["tune", str(recipe), "--trials", "2", "--out", str(tmp_path / "t"), "--runs", str(tmp_path / "r")]
    assert main([*command, "--seeds", "0", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["recipe"] == "slow"
    assert "trial 1:" in err
    assert main([*command[:2], "--trials", "0", *command[4:], "--seeds", "0"]) == 0
    assert "2 trials" in capsys.readouterr().out


def test_tune_is_public():
    assert tenfold.tune is tune


def _conclusions(tuned):
    from tenfold.tuning.words import conclusions

    return conclusions(tuned)
