"""The code blocks of README.md and docs/*.md, and the commands in them."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A block of code: language is what stands behind its fence, "" where it is indented; line counts from 1."""

    page: str
    line: int
    language: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    def commands(self) -> Iterator[list[str]]:
        """The words of each command. What stands behind the first empty line is output; && and | end a command."""
        shell = self.text.partition("\n\n")[0].replace("\\\n", " ")
        for line in shell.splitlines():
            command: list[str] = []
            for word in shlex.split(line, comments=True):
                if word in ("&&", "|"):
                    yield command
                    command = []
                else:
                    command.append(word)
            yield command


def blocks(page: str) -> list[Block]:
    """Every code block of a page, in its order."""
    tokens = MarkdownIt("commonmark").parse((ROOT / page).read_text(encoding="utf-8"))
    return [
        Block(page, token.map[0] + 1, token.info.strip(), token.content)
        for token in tokens
        if token.type in ("fence", "code_block") and token.map
    ]
