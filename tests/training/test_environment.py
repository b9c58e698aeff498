"""The commit that a run was made with, and whether its code was changed since."""

import subprocess

import pytest

from tenfold.training import environment


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout of tenfold with one commit; its modules lie in src/tenfold."""
    code = tmp_path / "src" / "tenfold" / "training" / "environment.py"
    code.parent.mkdir(parents=True)
    code.write_text("1\n")
    (tmp_path / "README.md").write_text("1\n")
    monkeypatch.setattr(environment, "__file__", str(code))
    for variable in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(variable, "somebody")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def _commit(checkout):
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=checkout, text=True).strip()


def test_the_commit_is_that_of_the_code(checkout):
    (checkout / "README.md").write_text("2\n")  # no code
    assert environment._git_commit() == _commit(checkout)


@pytest.mark.parametrize("name", ["training/environment.py", "training/new.py", "models.py"])
def test_code_that_was_not_committed_makes_it_dirty(checkout, name):
    (checkout / "src" / "tenfold" / name).write_text("2\n")
    assert environment._git_commit() == _commit(checkout) + "-dirty"


def test_without_git_or_within_another_project_there_is_no_commit(checkout, monkeypatch):
    (checkout / "src" / "tenfold").rename(checkout / "site-packages")
    monkeypatch.setattr(environment, "__file__", str(checkout / "site-packages" / "training" / "environment.py"))
    assert environment._git_commit() is None
    monkeypatch.setenv("PATH", str(checkout))
    assert environment._git_commit() is None
