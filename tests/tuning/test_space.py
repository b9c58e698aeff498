"""What a search varies: tables and options say the same, mistakes are one line, and every value is a recipe's."""

import pytest

from tenfold import models
from tenfold.errors import UsageError
from tenfold.recipes import load_recipe, recipe_names
from tenfold.tuning.space import Dimension, default_space, grid, parse_option, parse_table


def test_a_table_and_options_say_the_same():
    table = {
        "epochs": {"low": 2, "high": 9},
        "optimizer": {"lr": {"low": 1e-4, "high": 1e-2, "log": True}, "name": ["adam", "sgd"]},
        "model_options.hidden": [[64, 32], [128]],
    }
    options = [
        "epochs=2:9",
        "optimizer.lr=1e-4:1e-2:log",
        "optimizer.name=adam,sgd",
        "model_options.hidden=[64, 32],[128]",
    ]
    assert parse_table(table) == [parse_option(text) for text in options]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("optimizer.lr", "give key=low:high"),
        ("optimizer.lr=1:2:linear", "a range is"),
        ("optimizer.lr=2:1", "the lower first"),
        ("optimizer.lr=0:1:log", "above 0 for log"),
        ("batch_size=32,32", "differ"),
        ("epochs=a:b", "two numbers"),
    ],
)
def test_an_option_that_is_none_says_what_one_looks_like(text, says):
    with pytest.raises(UsageError, match=says):
        parse_option(text)


def test_a_range_with_an_unknown_key_is_an_error():
    with pytest.raises(UsageError, match="unknown 'step'"):
        parse_table({"epochs": {"low": 1, "high": 3, "step": 2}})


@pytest.mark.parametrize("values", [3, {}, {"low": 1}, {"low": 1, "step": 2}], ids=str)
def test_a_key_without_choices_or_a_whole_range_says_what_one_looks_like(values):
    with pytest.raises(UsageError, match=r"search\.optimizer\.lr: give a list of choices, or a range as"):
        parse_table({"optimizer": {"lr": values}})


@pytest.mark.parametrize("name", recipe_names())
def test_the_default_space_holds_the_recipe_itself_and_only_valid_values(name):
    try:
        recipe = load_recipe(name)[1]
    except UsageError:
        pytest.skip("names runs that are not here")
    for dimension in default_space(recipe):
        for point in dimension.grid():
            load_recipe(name, {dimension.key: dimension.value(point)}, check_model=models.check)


def test_a_grid_is_every_combination_and_a_log_range_ends_where_it_says():
    space = [
        Dimension("a", low=1e-4, high=1e-1, log=True),
        Dimension("b", ("x", "y")),
        Dimension("c", low=1, high=2, whole=True),
    ]
    points = list(grid(space))
    assert len(points) == 4 * 2 * 2
    assert sorted({point["a"] for point in points}) == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1])
    assert {min(p["a"] for p in points), max(p["a"] for p in points)} == {1e-4, 1e-1}
