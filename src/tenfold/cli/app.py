"""What every command shares: the program itself, the options that several take, and how options change a recipe."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from tenfold.errors import UsageError, did_you_mean
from tenfold.version import __version__

Json = Annotated[
    bool, Parameter(negative="", show_default=False, help="Print JSON on stdout; progress stays on stderr.")
]
DataDir = Annotated[
    Path | None,
    Parameter(help="Folder with data sets, as mnist/train-images-idx3-ubyte.gz. [default: $TENFOLD_DATA]"),
]
Flag = Parameter(negative="", show_default=False)
Ray = Annotated[
    str | None, Parameter(help="Run on a Ray cluster: its address, 'auto', or 'local' for this machine's cores.")
]
RayCpus = Annotated[int, Parameter(help="With --ray: cores, and threads, of each run that is trained.")]

Seeds = Annotated[int, Parameter(help="Seeds of each recipe, from 0 on.")]
Set = Annotated[list[str] | None, Parameter(negative="", help="Any value of the recipe: key=value.")]
TensorBoard = Annotated[Path | None, Parameter(help="Folder of TensorBoard's, which gets each run's history too.")]

app = App(
    name="tenfold",
    help="Train a digit model in seconds, read handwritten digits in pictures, know how sure it is.",
    help_epilogue="First steps: tenfold demo. More: tenfold COMMAND --help, --install-completion.",
    version=__version__,
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
    help_format="plaintext",
)
app.register_install_completion_command(
    help="Teach this shell to complete tenfold's commands and options by Tab.", show=False
)


def example(text: str) -> str:
    """A command's closing help line."""
    return f"Example: {text}"


def refuse_options(pictures: Sequence[str], command: str) -> None:
    """Where names may begin with a hyphen, as standard input's does, a mistyped option looks like one."""
    unknown = [name for name in pictures if name.startswith("-") and name != "-" and not Path(name).exists()]
    if unknown:
        option = unknown[0].partition("=")[0]
        known = [name for argument in app[command].assemble_argument_collection() for name in argument.names]
        raise UsageError(f"unknown option {option}{did_you_mean(option, known)}: see tenfold {command} --help")


def overrides_of(pairs: Iterable[str], named: dict[str, Any]) -> dict[str, Any]:
    """What the command line changes in a recipe: --set pairs, then the options that were given."""
    overrides: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"--set {pair}: give key=value, such as --set optimizer.lr=0.01")
        overrides[key.strip()] = value.strip()
    given = {key: value for key, value in named.items() if value is not None}
    for key in overrides.keys() & given.keys():
        raise UsageError(f"--set {key}={overrides[key]}: another option says {key} too; give one of them")
    return overrides | given
