"""README.md's figures are those of the kept results, its sizes those of the files, its map that of the repository."""

import re
import tomllib

import pytest
from tests.docs.blocks import ROOT, blocks

from benchmarks import render
from tenfold import models
from tenfold.inference.classifier import SHIPPED
from tenfold.recipes import load_recipe

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _rows(head):
    """The cells of the rows of the table that begins so, by their first one."""
    table = README.partition(head)[2].partition("\n\n")[0]
    return {row[0]: row[1:] for line in table.splitlines()[2:] for row in [line.strip("| ").split(" | ")]}


def _share(found, digits=1):
    return f"{100 * found['share']:.{digits}f} %"


@pytest.fixture(scope="module")
def results():
    return render.results()


def test_accuracies_are_the_results_and_their_models_have_so_many_parameters(results):
    kept = {row["recipe"]: row for name in ("efforts", "classics") for row in results[name]["rows"]}
    table = {name.split("`")[1]: row for name, row in _rows("| recipe |").items()}
    assert set(table) == {"fast", "good", "best", "cnn-dropout", "mlp-dropout"}
    for name, (accuracy, seeds, _training, parameters) in table.items():
        found = kept[name]["test_accuracy"]
        assert accuracy.startswith(f"{100 * found['mean']:.2f} ± {100 * found['spread']:.2f} %"), name
        assert ("lowest" not in accuracy) or f"lowest {100 * found['min']:.2f} %" in accuracy
        assert int(seeds) == len(kept[name]["seeds"])
        recipe = load_recipe(name)[1]
        assert parameters == f"{models.parameter_count(models.build(recipe.model, options=recipe.model_options)):,}"


def _field_rows():
    """The rows of the table of real pictures, without the counts of these in their names."""
    rows = _rows("| | tenfold |")
    assert rows, "no table"
    return {re.sub(r", [\d,]+( pictures)?$", "", name): row for name, row in rows.items()}


def test_what_is_said_of_real_pictures_is_the_field_result(results):
    found, rows = results["field"], _field_rows()
    for half, place in (("all", 0), ("only_scored", 1)):
        singles, strings, pages = (found[name][half] for name in ("singles", "strings", "pages"))
        assert rows["one digit"][place] == _share(singles["right"], 2)
        assert rows["the same, unasked: exactly it"][place] == _share(singles["one_and_right"], 2)
        assert rows["cheque amounts: exact"][place] == _share(strings["cheques"]["exact_without_lines"])
        assert rows["other numbers: exact"][place] == _share(strings["others"]["exact_without_lines"])
        assert rows["letters: some digit read"][place] == _share(found["letters"][half]["accepted"])
        assert rows["cases: exact"][place] == _share(found["cases"][half]["exact"])
        for name in pages:
            assert rows[f"pages, {name}: F1 of digits in order"][place] == f"{pages[name]['f1']:.3f}"
    peers = found["singles"]["all"]["peers"]
    plain, inverted = (_share(peers[name]["right"], 2) for name in ("tutorial", "tutorial, inverted"))
    assert rows["one digit"][3:] == [f"{plain}; inverted {inverted}", f"{_share(peers['tesseract']['right'])} of 300"]


def test_what_is_said_of_rapidocr_is_the_field_result(results):
    kept = {row["what"]: row for row in results["field"]["rapidocr"]["rows"]}
    named = {"one digit": "one digit, told so", "the same, unasked: exactly it": "one digit, unasked: exactly it"}
    for what, cells in _field_rows().items():
        row = kept[named.get(what, what)]
        assert cells[2] == (f"{row['rapidocr']:.3f}" if "F1" in what else f"{100 * row['rapidocr']:.1f} %"), what


def test_the_shipped_model_is_as_large_as_it_says():
    assert f"is {SHIPPED.stat().st_size / 1000:.0f} kB" in README


def test_the_map_names_what_there_is():
    [map_] = [block.text for block in blocks("README.md") if block.text.startswith("src/tenfold/")]
    above = {"": ROOT, "  ": ROOT / "src" / "tenfold"}
    found = 0
    for indent, names in re.findall(r"^( {0,2})(\S.*)$", map_, re.MULTILINE):
        named = [names.split()[0], *re.findall(r"\s{2,}(\w+/|\w+\.py)\s", names)]
        assert [name for name in named if not (above[indent] / name).exists()] == []
        found += len(named)
    assert found > 25


def test_reading_needs_no_torch_and_the_python_that_is_named():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert not {"torch", "scikit-learn"} & {re.split(r"\W", need)[0] for need in project["dependencies"]}
    assert project["requires-python"] == ">=3.11"
    assert "Both need only Python 3.11 or newer" in README
    assert "sys.exit(sys.version_info < (3, 11))" in (ROOT / "Makefile").read_text(encoding="utf-8")
