"""The tests that `make test` leaves out are those that say so, and no others."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.conftest import pytest_ignore_collect

MODULES = {
    "whole": "pytestmark = [pytest.mark.cluster, pytest.mark.long]\n\n\ndef test_it(): ...\n",
    "partly": "@pytest.mark.long\ndef test_one(): ...\n\n\ndef test_other(): ...\n",
    "not at all": "LONG = 3\n\n\ndef test_it(): ...\n",
}


@pytest.mark.parametrize(
    ("asked", "imported"),
    [
        ("", ["whole", "partly", "not at all"]),
        ("long", ["whole", "partly"]),
        ("not long", ["partly", "not at all"]),
        ("not long and not mnist", ["whole", "partly", "not at all"]),
    ],
)
def test_only_modules_that_hold_nothing_of_what_is_asked_for_are_not_imported(asked, imported, tmp_path):
    config = SimpleNamespace(option=SimpleNamespace(markexpr=asked))

    def ignored(name):
        path = tmp_path / f"{name}.py"
        path.write_text(MODULES[name], encoding="utf-8")
        return pytest_ignore_collect(path, config)

    assert [name for name in MODULES if not ignored(name)] == imported


def test_the_long_tests_and_the_others_are_all_tests():
    """Each is told to pytest by the Makefile and by the workflow."""
    root = Path(__file__).parents[2]
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert "\ttest-all: $(TOOLS)\n\t$(RUN_TESTS)\n".lstrip() in makefile
    assert '$(RUN_TESTS) -m "not long" -p no:schemathesis\n' in makefile
    assert "$(RUN_TESTS) -m long\n" in makefile
    steps = (root / ".ci" / "run").read_text(encoding="utf-8")
    assert [line.split(" 2>&1")[0] for line in steps.splitlines() if line.startswith("make")] == [
        "make check", "make test", "make test-long",
    ]  # fmt: skip
