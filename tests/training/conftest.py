import pytest

from tenfold.recipes import Recipe, dump_recipe
from tenfold.run.folder import RunFolder
from tenfold.training import fit


@pytest.fixture(scope="session")
def trained(bars, tmp_path_factory):
    """Trains a recipe on the bars into a run: values of the recipe → Run."""

    def train(**values):
        values = {"model": "mlp_sgd", "epochs": 2, "batch_size": 50, "data": {"name": str(bars)}} | values
        recipe = Recipe.model_validate(values)
        folder = RunFolder.claim(tmp_path_factory.mktemp("runs"), "bars", dump_recipe(recipe), False)
        fit("bars", recipe, folder)
        return folder.finish()

    return train


@pytest.fixture(scope="session")
def teacher_run(trained):
    """A run that knows the bars."""
    return trained(epochs=6)
