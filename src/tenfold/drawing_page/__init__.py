"""The drawing page: the files that the server's page and the exported one share.

What it asks of a reader goes through api.js, and each brings its own: the server's asks the server, the exported one
runs the model in the browser. In words they differ a little: blanks of index.html.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

_FOLDER = Path(__file__).parent
_INDEX = "index.html"


@dataclass(frozen=True)
class Words:
    """What fills index.html's blanks, as HTML.

    head: further elements of the head; about: the page in a sentence, for those who list it; invitation: what to draw;
    waiting: said until a model is there; accepts: files that can be opened, as an input's accept; unscripted: said
    where there is no JavaScript.
    """

    head: str
    about: str
    invitation: str
    waiting: str
    accepts: str
    unscripted: str


def page_files(api: Path, words: Words) -> dict[str, bytes]:
    """The page's files by their paths where it is served: index.html with its blanks filled, the others in page/."""
    shared = {
        path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in (".css", ".js", ".svg")
    }
    index = Template((_FOLDER / _INDEX).read_text(encoding="utf-8")).substitute(asdict(words))
    files = shared | {api.name: api.read_bytes()}
    return {_INDEX: index.encode()} | {f"page/{name}": content for name, content in files.items()}
