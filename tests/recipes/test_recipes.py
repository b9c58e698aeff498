import pytest

from tenfold.errors import TenfoldError, UsageError
from tenfold.models import check
from tenfold.recipes import Recipe, describe_recipes, dump_recipe, load_recipe, recipe_names

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


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"lr": "abc"}, r"--set: unknown key 'lr' \(did you mean optimizer.lr\?\)"),
        ({"optimizer.lr": "abc"}, r"--set: optimizer.lr = 'abc': input should be a valid number"),
        ({"optimizer.lr": "-1"}, r"optimizer.lr = -1: .* greater than 0"),
        ({"optimizer.lr": "nan"}, r"optimizer.lr = nan: .*"),
        ({"optimizer.name": "lion"}, r"'adam', 'adamw', 'sgd' or 'rmsprop'"),
        ({"epochs": "2.5"}, r"epochs = 2.5: .*integer"),
        ({"epochs": 0}, r"epochs = 0: .* greater than or equal to 1"),
        ({"data.validation": "1.5"}, r"data.validation = 1.5: .* less than 1"),
        ({"optimizer": "3"}, r"optimizer = 3: should be a table with name, lr"),
        ({"optimizer.lr.x": "3"}, r"'lr' is a value, not a table"),
        ({"optimizer.nesterov": "true", "optimizer.momentum": 0.0}, "nesterov needs"),
        ({"optimizer.name": "adam", "optimizer.nesterov": "false"}, "momentum is for sgd"),
        ({"schedule.name": "plateau", "data.validation": "0.0"}, "watch validation"),
        ({"augmentation.flip": "true"}, "there are rotation, scale"),
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
        ("model = ", "mine.toml: not TOML"),
        ("epochs = 3", "mine.toml: 'model' is missing"),
        ("model = 'compact'\nepochs = '3'", "mine.toml: epochs = '3': .*integer"),
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


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="no such recipe file"):
        load_recipe(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TenfoldError, match="cannot be read"):
        load_recipe(tmp_path / "binary.toml")


def test_an_unknown_recipe_gets_a_suggestion():
    with pytest.raises(UsageError, match="did you mean 'cnn-dropout'"):
        load_recipe("cnn-dropot")
    with pytest.raises(UsageError, match="there are cnn-baseline"):
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
