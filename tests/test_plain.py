"""The plain `tenfold read`: the same call as the command-line library's, without what it does not use."""

import inspect
import random
import signal
import subprocess
import sys
import time
from itertools import product

import pytest
from PIL import Image, ImageDraw

from tenfold.cli import commands, main, plain
from tenfold.cli.actions import read as read_action
from tenfold.errors import UsageError

WORDS = [
    "a.png", "-", "7", "none", "read", "*.png", "a=b", "a b", "--", "-x", "-h", "--help", "--version", "--jsno",
    "--json=true", "--no-json", "--no-single", "--empty-names", "--model=m.onnx", "--prediction-sets=0.01", "---json",
]  # fmt: skip

UNUSED = {
    "attr", "cyclopts", "docstring_parser", "jinja2", "matplotlib", "multiprocessing", "numpy.ma", "onnx", "pydantic",
    "rich", "subprocess", "tempfile", "tomllib", "torch", "tenfold.cli.terminal.console", "tenfold.cli.terminal.tables",
    "tenfold.inference.model_import", "tenfold.metrics", "tenfold.reading.diagnosis", "tenfold.reading.results",
    "tenfold.reading.table_file", "tenfold.run",
}  # fmt: skip


def _options():
    return [name for argument in commands.app["read"].assemble_argument_collection() for name in argument.names]


def _lines():
    words = [*WORDS, *_options()]
    yield from (list(line) for length in (1, 2) for line in product(words, repeat=length))
    drawn = random.Random(0)
    for length in (3, 4, 5, 6) * 500:
        # Mostly of what is plain, or else few long lines would be.
        yield drawn.choices(["a.png", "b.png", "-", "none", *plain._FLAGS, *plain._NAMES], k=length - 1) + drawn.sample(
            words, 1
        )


@pytest.fixture
def asked(monkeypatch):
    """What read_pictures is asked: each call with its defaults, without the options that ask for nothing."""
    calls = []
    signature = inspect.signature(read_action.read_pictures)

    def note(*arguments, **options):
        bound = signature.bind(*arguments, **options)
        bound.apply_defaults()
        flat = bound.arguments | bound.arguments.pop("options")
        calls.append({name: value for name, value in flat.items() if value not in (None, False)})
        return 0

    monkeypatch.setattr(read_action, "read_pictures", note)
    return calls


def test_what_is_plain_is_understood_as_the_library_does(asked):
    understood = 0
    for line in _lines():
        given = ["read", *line]
        if (call := plain.plain_read(given)) is None:
            continue
        understood += 1
        plain.read(call)
        try:
            assert commands.run(given) == 0, given
        except UsageError as error:
            pytest.fail(f"{given}: {error}")
        assert asked[-1] == asked[-2], given
    assert understood > 300


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("a.png", {"names": ["a.png"]}),
        ("--json a.png - --single", {"names": ["a.png", "-"], "json": True, "single": True}),
        ("a.png --model m.onnx --separators", {"names": ["a.png"], "model": "m.onnx", "separators": True}),
    ],
)
def test_the_usual_lines_are_plain(line, call, asked):
    assert main(["read", *line.split()]) == 0
    assert asked == [call]
    assert plain.plain_read(["read", *line.split()]) is not None


@pytest.mark.parametrize(
    "line",
    [
        "read", "read --json", "read --help", "read a.png --out a.csv", "read a.png --table a.csv",
        "read a.png --detector off", "read a.png --model",
        "read a.png --model --json", "read a.png --json b.png",
        "read a.png --json --json", "read a.png --model m --model n", "read -- a.png", "read a.png --singel", "train a",
    ],
)  # fmt: skip
def test_all_else_is_left_to_the_library(line):
    assert plain.plain_read(line.split()) is None


@pytest.mark.parametrize("options", [[], ["--json"], ["--single", "--separators"]], ids=" ".join)
def test_reading_a_picture_loads_nothing_that_it_does_not_use(options, tmp_path):
    picture = tmp_path / "seven.png"
    paper = Image.new("L", (200, 200), 240)
    ImageDraw.Draw(paper).line([(60, 50), (140, 50), (90, 155)], fill=20, width=14, joint="curve")
    paper.save(picture)
    script = "import sys; from tenfold.cli import main; code = main(); print(*sys.modules, file=sys.stderr); exit(code)"
    read = [sys.executable, "-c", script, "read", str(picture), *options]
    done = subprocess.run(read, capture_output=True, text=True, check=True)
    assert "7" in done.stdout
    loaded = set(done.stderr.split())
    assert {"onnxruntime", "cv2", "PIL.PngImagePlugin"} <= loaded
    assert loaded.isdisjoint(UNUSED | {"PIL.GifImagePlugin"})


def test_rubbish_is_collected_again_once_the_modules_are_there():
    script = (
        "import gc, sys; from tenfold.cli import main; main(['read', 'none.png']); sys.exit(not gc.isenabled() or "
        "gc.get_freeze_count() == 0)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("after", [0.05, 0.08, 0.11, 0.14, 0.17])
def test_ctrl_c_while_reading_loads_is_one_line(after, tmp_path):
    picture = tmp_path / "blank.png"
    Image.new("L", (50, 50), 255).save(picture)
    read = [sys.executable, "-m", "tenfold", "read", str(picture)]
    with subprocess.Popen(read, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    if process.returncode == -signal.SIGINT:
        pytest.skip("it came before Python was there")
    assert (process.returncode, err) in ((130, "tenfold: stopped\n"), (0, "")), out + err
