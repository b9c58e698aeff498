"""docs/cli.md, from what `tenfold --help` and every `tenfold COMMAND --help` say."""

import re

from tenfold.cli.commands import app

_HEAD = """# Commands

What `tenfold COMMAND --help` says, of every command; made from the program by `python -m reference`. Every command
prints for people, or with `--json` for programs: data on standard output, all else on standard error. Exit codes: 0
done, 1 something failed, 2 wrong usage, 130 stopped by Ctrl-C.

`tenfold --install-completion` teaches the shell that it is called from (bash, zsh, fish, PowerShell) to complete
commands, options and their choices by Tab, and says which file it wrote; a new shell knows them.

"""


def page() -> str:
    """The text of docs/cli.md: the commands in the order of tenfold --help."""
    sections = re.split(r"^## tenfold ", app.generate_docs(), flags=re.MULTILINE)[1:]
    described = {section.split()[0]: section for section in sections}
    names = sorted(described, key=lambda name: (app[name].sort_key, name))
    return _HEAD + "\n".join(_command(name, described[name]) for name in names)


def _command(name: str, text: str) -> str:
    # Run as a module, cyclopts replaces only the first word of `python -m reference` by the program's name.
    text = re.sub(r"^(tenfold \S+) -m \S+", r"\1", text, flags=re.MULTILINE)
    # A default that the help spells out itself looks like those that cyclopts adds.
    text = re.sub(r"\\\[default: (.*?)\]$", r"*[default: \1]*", text, flags=re.MULTILINE)
    text = text.replace("**Parameters**:", "**Options**:").replace("```console", "```text")
    example = str(app[name].help_epilogue).removeprefix("Example: ")
    return f"## tenfold {text.rstrip()}\n\n**Example**:\n\n```console\n{example}\n```\n"
