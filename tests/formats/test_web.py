"""The folder for static hosts: what is fetched for it, what it is checked in, what it leaves alone."""

import base64
import hashlib
import json
import os
import tarfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.formats.conftest import CLASSICS
from tests.onnx_web import needs_runtime

from tenfold.errors import TenfoldError
from tenfold.formats import export
from tenfold.formats.web import node, runtime

LOCK = Path(__file__).parents[1] / "node" / "package-lock.json"


@pytest.fixture
def fake_npm(tmp_path, monkeypatch):
    """An empty cache, and an npm that does what the test says: lines of a shell script, in the folder it packs to."""
    monkeypatch.setattr(runtime.platformdirs, "user_cache_dir", lambda _name: str(tmp_path / "cache"))
    bin_ = tmp_path / "bin"
    bin_.mkdir()

    def make(*lines):
        (bin_ / "npm").write_text("\n".join(["#!/bin/sh", f"echo called >> {tmp_path}/calls", *lines]) + "\n")
        (bin_ / "npm").chmod(0o755)
        monkeypatch.setenv("PATH", str(bin_) + os.pathsep + "/usr/bin:/bin")
        return tmp_path

    return make


@pytest.fixture
def archive(tmp_path):
    """A package as npm packs it, with a file too many."""
    for name in ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm", "ort.all.mjs"):
        (tmp_path / name).write_text(name)
    with tarfile.open(tmp_path / "package.tgz", "w:gz") as packed:
        for path in tmp_path.glob("ort*"):
            packed.add(path, f"package/dist/{path.name}")
    return tmp_path / "package.tgz"


def test_the_version_and_its_hash_are_those_of_the_lock_file():
    entry = json.loads(LOCK.read_text())["packages"]["node_modules/onnxruntime-web"]
    assert (entry["version"], entry["integrity"]) == (runtime.VERSION, runtime.INTEGRITY)


def test_it_is_fetched_once_and_only_what_a_page_needs_is_kept(fake_npm, archive, monkeypatch):
    folder = fake_npm(f"cp {archive} .")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    monkeypatch.setattr(runtime, "INTEGRITY", f"sha512-{digest}")
    for _ in range(2):
        kept = runtime.runtime()
    assert {path.name: path.read_text() for path in kept.iterdir()} == {
        "ort.js": "ort.wasm.bundle.min.mjs",
        "ort-wasm-simd-threaded.wasm": "ort-wasm-simd-threaded.wasm",
    }
    assert (folder / "calls").read_text() == "called\n"
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["cp {archive} ."], r"is sha512-.+, not sha512-q0y\+.+: it was not taken"),
        (["echo 'npm error code ENOTFOUND' >&2", "exit 1"], r"npm could not fetch .* \(npm error code ENOTFOUND\)"),
        (["true"], "npm could not fetch"),
    ],
)
def test_other_bytes_and_a_network_that_fails_are_one_line(fake_npm, archive, lines, message):
    folder = fake_npm(*(line.format(archive=archive) for line in lines))
    with pytest.raises(TenfoldError, match=message) as caught:
        runtime.runtime()
    assert "\n" not in str(caught.value)
    assert not list((folder / "cache").iterdir())


def test_a_cache_that_cannot_be_written_is_one_line(fake_npm):
    (fake_npm() / "cache").write_text("in the way")
    with pytest.raises(TenfoldError, match=r"onnxruntime-web cannot be kept in .*cache"):
        runtime.runtime()


def test_of_two_that_fetch_it_at_once_the_second_takes_what_is_there(fake_npm, archive, monkeypatch):
    kept = fake_npm(f"cp {archive} .") / "cache" / f"{runtime.PACKAGE}-{runtime.VERSION}"

    def fetched_meanwhile(_archive):
        kept.mkdir()
        (kept / "theirs").write_text("whole")

    monkeypatch.setattr(runtime, "check_integrity", fetched_meanwhile)
    assert runtime.runtime() == kept
    assert [path.name for path in kept.iterdir()] == ["theirs"]


def test_without_npm_the_command_says_what_to_install(fake_npm, monkeypatch):
    folder = fake_npm()
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(TenfoldError, match=r"npm is needed to fetch onnxruntime-web .*: install Node\.js"):
        runtime.runtime()


@pytest.fixture(scope="module")
def web(trained, bars, tmp_path_factory):
    """A run in 8 bits, as a folder, and the row of its check."""
    needs_runtime()
    out = tmp_path_factory.mktemp("web")
    export(trained, "int8", out)
    (out / "web").mkdir()
    (out / "web" / "theirs.txt").write_text("kept")
    (row,) = export(out / "model.int8.onnx", "web", out, data=bars)
    return row


def test_a_model_in_8_bits_is_a_page_too_and_other_files_stay(web):
    assert (web.path / "theirs.txt").read_text() == "kept"
    assert {path.name for path in web.path.iterdir()} - {"theirs.txt"} == {
        "index.html", "README.md", "model.json", "model.onnx", "page.onnx", "glyph.onnx", "line.onnx", "page",
        "reading", "onnxruntime",
    }  # fmt: skip
    assert web.size_bytes == sum(path.stat().st_size for path in web.path.rglob("*.*")) - len("kept")
    kinds = {one.op_type for one in onnx.load(web.path / "model.onnx").graph.node}
    assert "QuantizeLinear" in kinds


@pytest.mark.long
def test_the_folder_is_checked_in_its_own_onnxruntime_web(web):
    if node.shutil.which("node") is None:
        pytest.skip("needs Node")
    assert (web.n, web.agreement) == (100, 1)
    assert web.difference <= 1e-3
    assert web.note.startswith("checked in onnxruntime-web 1.")
    (web.path / "onnxruntime" / "ort.js").rename(web.path / "gone.js")
    with pytest.raises(TenfoldError, match="does not run the model under .*node"):
        node.answers_in_node(web.path, True).answers(np.zeros((1, 28, 28), np.uint8))
    (web.path / "gone.js").rename(web.path / "onnxruntime" / "ort.js")


@pytest.fixture(scope="module")
def signs(trained, bars, tmp_path_factory):
    """A model whose classes are no digits, as a folder, and the row of its check."""
    needs_runtime()
    out = tmp_path_factory.mktemp("signs")
    proto = onnx.load(trained / "model.onnx")
    for entry in proto.metadata_props:
        if entry.key == "tenfold.classes":
            entry.value = json.dumps(list("ABCDEFGHIJ"))
    onnx.save(proto, out / "signs.onnx")
    (row,) = export(out / "signs.onnx", "web", out, data=bars)
    return row


def test_a_model_of_other_signs_reads_one_at_a_time(signs):
    assert {path.name for path in signs.path.iterdir()} == {
        "index.html", "README.md", "model.json", "model.onnx", "reader.onnx", "page", "onnxruntime",
    }  # fmt: skip
    assert "reading" not in json.loads((signs.path / "model.json").read_text())
    assert (signs.n, signs.agreement) == (100, 1)


@pytest.mark.long
@pytest.mark.parametrize(("folder", "pages"), [("web", True), ("signs", False)])
def test_without_node_a_folder_is_checked_in_onnx_runtime(folder, pages, request, bars, monkeypatch):
    from tenfold.data import load_dataset

    views, path = load_dataset(bars, "test").images[:10], request.getfixturevalue(folder).path
    there = node.answers_in_node(path, pages).answers(views)
    monkeypatch.setattr(node.shutil, "which", lambda _name: None)
    here = node.answers_in_node(path, pages).answers(views)
    np.testing.assert_allclose(here, there, atol=1e-3)


@pytest.mark.long
def test_all_seven_classics_are_readers_and_pages(untrained, bars, tmp_path):
    needs_runtime()
    for name in CLASSICS:
        rows = export(untrained(name), ["onnx", "reader-onnx", "web"], tmp_path / name, data=bars)
        assert [row.format for row in rows] == ["onnx", "reader-onnx", "web"]
        assert all(row.difference <= 1e-4 and row.agreement == 1 for row in rows)


def test_a_model_that_a_reader_cannot_be_made_of_is_refused(trained, bars, tmp_path):
    needs_runtime()
    proto = onnx.load(trained / "model.onnx")
    for entry in proto.metadata_props:
        if entry.key == "tenfold.framing":
            entry.value = "other-1"
    onnx.save(proto, tmp_path / "other.onnx")
    with pytest.raises(TenfoldError, match="framed by 'other-1', but this tenfold frames by") as caught:
        export(tmp_path / "other.onnx", "web", tmp_path / "out", data=bars)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()
