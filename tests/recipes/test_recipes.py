import hashlib

import pytest

from tenfold.errors import TenfoldError, UsageError
from tenfold.models import build, check, folded_parameter_count
from tenfold.recipes import Recipe, describe_recipes, dump_recipe, load_recipe, recipe_names, search_table

CLASSICS = ["cnn-baseline", "cnn-deep", "cnn-regularized", "mlp-dropout", "mlp-sgd", "cnn-sgd", "cnn-dropout"]


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_is_valid_and_names_a_model(name):
    found, recipe = load_recipe(name)
    assert found == name
    check(recipe.model, recipe.model_options)


@pytest.mark.parametrize("name", recipe_names())
def test_a_resolved_recipe_says_everything_and_reads_back_equal(name, tmp_path):
    recipe = load_recipe(name)[1]
    path = tmp_path / f"{name}.toml"
    path.write_text(dump_recipe(recipe), encoding="utf-8")
    assert load_recipe(path) == (name, recipe)
    assert "weight_decay" in path.read_text(encoding="utf-8")


def test_every_recipe_opens_with_what_it_is():
    assert all(row["summary"] and not row["summary"].startswith("#") for row in describe_recipes())


def test_the_classics_train_as_the_tutorials_did():
    recipes = {name: load_recipe(name)[1] for name in CLASSICS}
    assert {name: (r.optimizer.name, r.epochs, r.batch_size) for name, r in recipes.items()} == {
        "cnn-baseline": ("adam", 10, 128),
        "cnn-deep": ("adam", 10, 128),
        "cnn-regularized": ("adam", 10, 128),
        "mlp-dropout": ("adam", 10, 32),
        "mlp-sgd": ("sgd", 15, 64),
        "cnn-sgd": ("sgd", 10, 64),
        "cnn-dropout": ("adam", 30, 128),
    }
    assert recipes["mlp-dropout"].data.validation == 0.2
    assert all(recipes[name].optimizer.lr == 0.01 for name in ("mlp-sgd", "cnn-sgd"))
    assert all(recipes[name].optimizer.momentum == 0.9 for name in ("mlp-sgd", "cnn-sgd"))
    assert recipes["cnn-dropout"].early_stopping is not None


def test_the_shipped_reader_is_trained_on_pictures_and_scored_on_mnist():
    recipes = {name: load_recipe(name)[1] for name in recipe_names()}
    assert [name for name, recipe in recipes.items() if recipe.data.name == "pictures"] == ["reader"]
    reader = recipes.pop("reader")
    assert (reader.data.test, reader.rejection_error) == ("mnist", 0.03)
    assert reader.data.validation > 0  # what its calibration and its thresholds are fitted to
    assert {recipe.rejection_error for recipe in recipes.values()} == {0.001}


@pytest.mark.parametrize(("name", "most"), [("tiny", 7_000), ("pocket", 26_000 / 2), ("micro", 2_000)])
def test_the_small_recipes_are_as_small_as_they_say_and_have_a_teacher(name, most):
    _, recipe = load_recipe(name)
    size = folded_parameter_count(build(recipe.model, options=recipe.model_options))
    assert size < most
    assert recipe.teacher is not None
    summaries = {row["name"]: row["summary"] for row in describe_recipes()}
    assert summaries[name].startswith(f"{size:,} parameters (batch norm folded)")


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"lr": "abc"}, r"--set lr: unknown key 'lr' \(did you mean optimizer.lr\?\)"),
        ({"optimizer.lr": "abc"}, r"--set optimizer.lr: optimizer.lr = 'abc': input should be a valid number"),
        ({"optimizer.lr": "-1"}, r"optimizer.lr = -1: .* greater than 0"),
        ({"optimizer.lr": "nan"}, r"optimizer.lr = nan: .*"),
        ({"optimizer.name": "lion"}, r"'adam', 'adamw', 'sgd' or 'rmsprop'"),
        ({"epochs": "2.5"}, r"epochs = 2.5: .*integer"),
        ({"rejection_error": "1"}, r"rejection_error = 1: .* less than 1"),
        ({"rejection_error": "-0.1"}, r"rejection_error = -0.1: .* greater than or equal to 0"),
        ({"epochs": 0}, r"epochs = 0: .* greater than or equal to 1"),
        ({"data.validation": "1.5"}, r"data.validation = 1.5: .* less than 1"),
        ({"optimizer": "{lr = -1}"}, r"--set optimizer: optimizer.lr = -1: .* greater than 0"),
        ({"optimizer.lr": "1", "optimizer": "{lr = -1}"}, r"--set optimizer: optimizer.lr = -1"),
        ({"epochs": "1\nseed = 5"}, r"--set epochs: more than one value: give each key its own --set"),
        ({"epochs": "1\n[data]\nlimit = 5"}, r"--set epochs: more than one value"),
        ({"optimizer": "3"}, r"--set optimizer: optimizer = 3: should be a table with name, lr"),
        ({"optimizer.lr.x": "3"}, r"'lr' is a value, not a table"),
        (
            {"optimizer.nesterov": "true", "optimizer.momentum": 0.0},
            "fast.toml with --set optimizer.nesterov, --set optimizer.momentum: .*nesterov needs",
        ),
        ({"optimizer.name": "adam", "optimizer.nesterov": "false"}, "momentum is for sgd"),
        ({"schedule.name": "plateau", "data.validation": "0.0"}, "watch validation"),
        ({"data.also": "[]"}, r"--set data.also: data.also = \[\]: .*valid dictionary"),
        ({"data.also": "{usps = 0}"}, r"data.also.usps = 0: .*greater than or equal to 1"),
        ({"augmentation.mirror": "true"}, "there are rotation, scale"),
        ({"augmentation.flip": "2"}, "augmentation.flip = 2: .*less than or equal to 1"),
        ({"teacher.temperature": "2"}, "'teacher.run' is missing"),
        ({"teacher": "3"}, "teacher = 3: should be a table with run, sha256, temperature, weight"),
        ({"teacher.run": ""}, r"teacher.run = '': .*at least 1 character"),
        ({"teacher.run": "7"}, "teacher.run = 7: .*valid string"),
        ({"teacher.run": "x", "teacher.temperature": "0"}, "teacher.temperature = 0: .*greater than or equal to 0.1"),
        ({"teacher.run": "x", "teacher.temperature": "inf"}, "teacher.temperature = inf: .*less than or equal to 100"),
        ({"teacher.run": "x", "teacher.temperature": "nan"}, "teacher.temperature = nan"),
        ({"teacher.run": "x", "teacher.weight": "0"}, "teacher.weight = 0: .*greater than 0"),
        ({"teacher.run": "x", "teacher.weight": "1.1"}, "teacher.weight = 1.1: .*less than or equal to 1"),
        ({"teacher.run": "x", "teacher.weight": "1"}, "label_smoothing smooths the labels, and teacher.weight = 1"),
        ({"init.freeze": "['0']"}, "'init.run' is missing"),
        ({"init.run": "x", "init.freeze": "features"}, "init.freeze = 'features': .*valid list"),
        ({"init.run": "x", "init.freeze": "[1]"}, "init.freeze.0 = 1: .*valid string"),
        ({"optimizer.groups": "2"}, "optimizer.groups = 2: .*valid dictionary"),
        ({"optimizer.groups.features": "0"}, "optimizer.groups.features = 0: .*greater than 0"),
        ({"optimizer.groups.features": "inf"}, "optimizer.groups.features = inf: .*finite"),
        ({"optimizer.groups.features": "low"}, "optimizer.groups.features = 'low': .*valid number"),
    ],
)
def test_a_wrong_value_names_the_key_and_what_is_allowed(overrides, message):
    with pytest.raises(UsageError, match=message) as caught:
        load_recipe("fast", overrides)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model = ", "/mine.toml: not TOML"),
        ("epochs = 3", "/mine.toml: 'model' is missing"),
        ("model = 'compact'\nepochs = '3'", "/mine.toml: epochs = '3': .*integer"),
        ("model = 'compact'\n[early_stopping]\npatience = 0", "early_stopping.patience = 0"),
        (
            "model = 'compact'\n[early_stopping]\nwait = 1",
            "unknown key 'early_stopping.wait'.*monitor, patience",
        ),
    ],
)
def test_a_wrong_file_is_named_with_its_key(text, message, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_recipe(path)
    with pytest.raises(UsageError, match=message):  # what another value is set to is not to blame
        load_recipe(path, {"seed": "1"})


def test_a_model_that_cannot_be_is_named_with_where_it_was_asked_for(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("model = 'nope'", encoding="utf-8")
    with pytest.raises(UsageError, match=r"/mine.toml: unknown model 'nope': there are cnn_baseline, .*whitened"):
        load_recipe(path, {"seed": "1"}, check_model=check)
    with pytest.raises(UsageError, match=r"mlp-sgd.toml with --set model: unknown model 'nope': there are cnn_b"):
        load_recipe("mlp-sgd", {"model": "nope"}, check_model=check)
    with pytest.raises(UsageError, match=r"with --set model_options.hidden: model 'mlp_sgd' takes hidden as"):
        load_recipe("mlp-sgd", {"model_options.hidden": "0"}, check_model=check)


def test_a_file_that_notepad_saved_is_a_recipe(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes("\ufeffmodel = 'compact'\r\nepochs = 3\r\n".encode())
    assert load_recipe(path)[1].epochs == 3


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a data folder, and a recipe in another folder with one of the same name."""
    for folder in ("here", "there"):
        (tmp_path / folder / "digits").mkdir(parents=True)
    (tmp_path / "here" / "only-here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def _saved(path, name, test):
    path.write_text(f"model = 'compact'\n[data]\nname = '{name}'\ntest = '{test}'\n", encoding="utf-8")
    return path


def test_a_path_in_a_file_is_taken_from_the_files_folder_first(here):
    there = here.parent / "there"
    data = load_recipe(_saved(there / "mine.toml", "digits", "only-here"))[1].data
    assert (data.name, data.test) == (str(there / "digits"), str(here / "only-here"))
    data = load_recipe("../there/mine.toml", {"data.name": "digits"})[1].data
    assert (data.name, data.test) == (str(here / "digits"), str(here / "only-here"))
    data = load_recipe("../there/mine.toml", {"data": "{name = 'digits'}"})[1].data
    assert (data.name, data.test) == (str(here / "digits"), "")


def test_names_of_the_catalogue_and_paths_that_lead_nowhere_stay(here):
    (here / "mnist").mkdir()
    data = load_recipe(_saved(here / "mine.toml", "mnist", "nowhere/digits"))[1].data
    assert (data.name, data.test) == ("mnist", "nowhere/digits")


def test_more_datasets_are_found_as_the_first_one_is(here):
    there = here.parent / "there"
    path = _saved(there / "mine.toml", "strokes", "")
    path.write_text(path.read_text() + "[data.also]\nusps = 3\ndigits = 2\nonly-here = 1\n", encoding="utf-8")
    data = load_recipe(path)[1].data
    assert data.also == {"usps": 3, str(there / "digits"): 2, str(here / "only-here"): 1}
    assert data.names == ("strokes", *data.also)
    assert load_recipe(path, {"data.also": "{digits = 5}"})[1].data.also == {str(here / "digits"): 5}
    assert load_recipe(path, {"data.also.usps": "5"})[1].data.also["usps"] == 5
    assert load_recipe(path, {"data.also": {}})[1].data.names == ("strokes",)


def test_a_resolved_recipe_finds_its_data_from_anywhere(here, tmp_path, monkeypatch):
    _, recipe = load_recipe(_saved(here.parent / "there" / "mine.toml", "digits", ""))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "recipe.toml").write_text(dump_recipe(recipe), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "run")
    assert load_recipe("./recipe.toml")[1] == recipe


@pytest.fixture
def runs(here):
    """A run by its two files of models in either folder, and a recipe there that names it twice."""
    for folder in ("here", "there"):
        run = here.parent / folder / "run"
        run.mkdir()
        for name in ("model.onnx", "model.safetensors"):
            (run / name).write_text(f"{name} {folder}")
    (here.parent / "there" / "mine.toml").write_text(
        "model = 'compact'\n[teacher]\nrun = 'run'\n[init]\nrun = 'run'\n", encoding="utf-8"
    )
    return {name: here.parent / name / "run" for name in ("here", "there")}


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_run_is_found_as_data_are_and_recorded_with_its_hash(runs):
    recipe = load_recipe("../there/mine.toml")[1]
    assert (recipe.teacher.run, recipe.teacher.sha256) == (str(runs["there"]), _sha256(runs["there"] / "model.onnx"))
    assert (recipe.init.run, recipe.init.sha256) == (str(runs["there"]), _sha256(runs["there"] / "model.safetensors"))
    recipe = load_recipe("../there/mine.toml", {"teacher.run": "run", "init": "{run = 'run'}"})[1]
    assert recipe.teacher.sha256 == _sha256(runs["here"] / "model.onnx")
    assert recipe.init.run == str(runs["here"])
    recipe = load_recipe("../there/mine.toml", {"teacher.run": "run/model.onnx"})[1]
    assert recipe.teacher.sha256 == _sha256(runs["here"] / "model.onnx")


def test_a_recipe_changes_with_its_teacher_and_a_resolved_one_holds_to_it(runs, tmp_path):
    before = dump_recipe(load_recipe("../there/mine.toml")[1])
    resolved = tmp_path / "resolved.toml"
    resolved.write_text(before, encoding="utf-8")
    assert dump_recipe(load_recipe(resolved)[1]) == before
    (runs["there"] / "model.onnx").write_text("trained anew")
    assert dump_recipe(load_recipe("../there/mine.toml")[1]) != before
    with pytest.raises(TenfoldError, match="teacher.run: .*model.onnx is not the file that the recipe means"):
        load_recipe(resolved)
    another = load_recipe(resolved, {"teacher.run": "run"})[1].teacher
    assert another.sha256 == _sha256(runs["here"] / "model.onnx")
    assert load_recipe(resolved, {"teacher.sha256": ""})[1].teacher.sha256 == _sha256(runs["there"] / "model.onnx")


def test_a_run_that_is_not_there_stays_as_it_is_named(here):
    recipe = load_recipe("mlp-sgd", {"teacher.run": "runs/none", "init.run": "runs/none"})[1]
    assert (recipe.teacher.run, recipe.teacher.sha256) == ("runs/none", "")
    assert (recipe.init.run, recipe.init.sha256) == ("runs/none", "")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="no such recipe file"):
        load_recipe(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TenfoldError, match="not a text in UTF-8"):
        load_recipe(tmp_path / "binary.toml")


def test_an_unknown_recipe_gets_a_suggestion():
    with pytest.raises(UsageError, match=r"did you mean cnn-dropout\?"):
        load_recipe("cnn-dropot")
    with pytest.raises(UsageError, match="there are best, cnn-baseline"):
        load_recipe("nope")


def test_overrides_are_read_as_toml_values_or_words():
    recipe = load_recipe(
        "mlp-dropout",
        {
            "optimizer.name": "sgd",
            "optimizer.lr": "0.5",
            "model_options.hidden": "[32, 16]",
            "data.name": "./digits",
        },
    )[1]
    assert (recipe.optimizer.name, recipe.optimizer.lr) == ("sgd", 0.5)
    assert recipe.model_options == {"hidden": [32, 16]}
    assert recipe.data.name == "./digits"


def test_a_recipe_cannot_change_after_it_is_made():
    with pytest.raises(ValueError, match="frozen"):
        Recipe(model="compact").epochs = 3


def test_a_search_that_is_no_table_is_one_line(tmp_path):
    (tmp_path / "mine.toml").write_text("model = 'mlp_sgd'\nsearch = 3\n")
    with pytest.raises(UsageError, match=r"mine.toml: search should be a table of the recipe's keys"):
        search_table(tmp_path / "mine.toml")
