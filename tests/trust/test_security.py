"""SECURITY.md holds: its tests exist, the source has no way to run what it reads, and models cannot lie."""

import ast
import json
import re
import socket
from pathlib import Path

import numpy as np
import onnx
import pytest

from tenfold.cli import main
from tenfold.cli.terminal.output import print_error
from tenfold.errors import TenfoldError
from tenfold.inference.classifier import SHIPPED, Classifier

ROOT = Path(__file__).parents[2]

FORBIDDEN_MODULES = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "xml", "yaml"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "torch.load"}


def test_every_promise_names_a_test_that_there_is():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "SECURITY.md").read_text())
    assert len(named) > 15
    for path, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{test}"


@pytest.fixture(scope="module")
def source():
    """Every node of the source's syntax, with where it stands; for each module its own."""
    paths = sorted((ROOT / "src").rglob("*.py"))
    assert len(paths) > 200
    return [
        (f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}", node)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
    ]


def test_the_source_has_no_way_to_run_what_it_reads(source):
    assert [where for where, node in source if _runs(node)] == []


def _runs(node):
    """Whether a node imports or calls what makes code of data."""
    if isinstance(node, ast.Import):
        return bool({name.name.partition(".")[0] for name in node.names} & FORBIDDEN_MODULES)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in FORBIDDEN_MODULES
    if isinstance(node, ast.Call):
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        # numpy's loader unpickles where it is told to.
        unpickles = ast.unparse(given.get("allow_pickle", ast.Constant(False))) != "False"
        # Python's own eval, not a model's; re.compile compiles no code.
        return "shell" in given or unpickles or ast.unparse(node.func) in FORBIDDEN_CALLS
    return False


@pytest.mark.parametrize(
    ("code", "runs"),
    [
        ("import pickle.x", True),
        ("from yaml import load", True),
        ("import json", False),
        ("from . import pickled", False),
        ("run(command, shell=False)", True),
        ("np.load(path, allow_pickle=given)", True),
        ("np.load(path, allow_pickle=False)", False),
        ("torch.load(path)", True),
        ("eval(text)", True),
        ("model.eval()", False),
        ("re.compile(text)", False),
    ],
)
def test_what_runs_what_it_reads_is_seen(code, runs):
    assert any(map(_runs, ast.walk(ast.parse(code)))) is runs


def test_no_pattern_repeats_what_repeats(source):
    """(a+)+ takes exponentially long on what nearly fits: no text can make a search hang."""
    found = []
    for where, node in source:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("re")), args=[ast.Constant(pattern), *_]):
                found += [(where, pattern)] if _nested(re._parser.parse(pattern), False) else []
    assert found == []


def _nested(part, repeated):
    """Whether an unbounded repetition holds another one."""
    if isinstance(part, tuple) and len(part) == 2 and str(part[0]) in ("MAX_REPEAT", "MIN_REPEAT"):
        _low, high, inner = part[1]
        endless = high is re._constants.MAXREPEAT
        return (endless and repeated) or _nested(inner, repeated or endless)
    if isinstance(part, list | tuple | re._parser.SubPattern):
        return any(_nested(one, repeated) for one in part)
    return False


def test_a_pattern_that_repeats_what_repeats_is_seen():
    assert _nested(re._parser.parse("a(b+c)*"), False)
    assert not _nested(re._parser.parse("(a{1,3}b)*c+"), False)


@pytest.mark.parametrize(
    "command",
    [
        ["read", "{address}"],
        ["read", "{address}", "--model", "{address}"],
        ["evaluate", "{address}", "--data", "{address}"],
        ["train", "mlp-sgd", "--data", "{address}"],
        ["train", "{address}"],
        ["train", "mlp-sgd", "--data", "{bars}", "--set", "teacher.run={address}"],
        ["train", "mlp-sgd", "--data", "{bars}", "--set", "init.run={address}"],
        ["export", "{address}", "--to", "onnx"],
        ["explain", "{address}"],
        ["serve", "{address}", "--port", "0"],
    ],
    ids=" ".join,
)
def test_an_address_is_a_name_of_a_file_that_is_not_there_and_never_fetched(
    command, bars, tmp_path, monkeypatch, capsys
):
    asked = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked.append(address))
    monkeypatch.chdir(tmp_path)
    address = "http://127.0.0.1:9/model.onnx"
    assert main([part.format(address=address, bars=bars) for part in command]) in (1, 2)
    assert asked == []
    assert "127.0.0.1" in capsys.readouterr().err


def _changed(tmp_path, change):
    """The shipped model after a change of its protobuf."""
    proto = onnx.load(SHIPPED)
    change(proto)
    path = tmp_path / "changed.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


def _entry(key, value):
    def change(proto):
        next(one for one in proto.metadata_props if one.key == f"tenfold.{key}").value = value

    return change


def _gone(proto):
    del proto.metadata_props[0]


def _not_finite(proto):
    for weights in proto.graph.initializer:
        if weights.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16):
            array = np.full_like(onnx.numpy_helper.to_array(weights), np.nan)
            weights.CopyFrom(onnx.numpy_helper.from_array(array, weights.name))


def _other_sizes(proto):
    """Outputs that declare no number of classes, and give two more than there are."""
    for output in proto.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = "any"
    _entry("classes", json.dumps(list("0123456789ab")))(proto)


@pytest.mark.parametrize(
    "change",
    [
        _gone,
        _entry("classes", "[" * 100_000),
        _entry("classes", "5"),
        _entry("classes", '["a\\u001b[2J", "b"]'),
        _entry("classes", "[]"),
        _entry("temperature", "nan"),
        _entry("temperature", "0"),
        _entry("temperature", "9" * 10_000),
        _entry("threshold", "-inf"),
        _entry("conformal", "7"),
        _entry("conformal", "[[1, 2, 3]]"),
        _entry("conformal", f"[[{'9' * 400}, 1]]"),
        _entry("members", '["x"]'),
        _entry("framing", "another"),
        _not_finite,
        _other_sizes,
    ],
)
def test_a_model_that_says_what_is_not_is_one_line(change, tmp_path):
    path = _changed(tmp_path, change)
    with pytest.raises(TenfoldError) as caught:
        Classifier(path, 1).probabilities(np.zeros((2, 28, 28), np.uint8))
    assert len(str(caught.value).splitlines()) == 1


def test_an_error_holds_nothing_that_a_terminal_obeys_and_ends(capsys):
    print_error("a\x1b[2Jb\nc\u202ed" + "x" * 10_000 + "\udce9")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said[:-1].isprintable()
    assert len(said) < 1100
    assert "\\x1b[2Jb c\\u202ed" in said
