import pytest
from reference.pages import pages
from reference.recipe_keys import BEGIN, END, renewed


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_no_page_that_is_made_from_the_program_is_stale(path):
    assert path.read_text(encoding="utf-8") == pages()[path], "run python -m reference"


def test_only_what_lies_between_the_marks_is_written():
    page = renewed(f"before\n{BEGIN}what was there\n{END}after\n")
    assert page.startswith(f"before\n{BEGIN}")
    assert page.endswith(f"{END}after\n")
    assert "what was there" not in page
    assert "| `lr` | number above 0 | `0.001` | learning rate; with a schedule, its peak |" in page
    assert renewed(page) == page


def test_every_key_says_what_it_means():
    rows = [line.split(" | ") for line in renewed(BEGIN + END).splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if row[3] == " |"] == []
