"""Every format answers as its source, whatever the model; what does not is refused, and nothing of it is left."""

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from tests.formats.conftest import CLASSICS
from tests.onnx_web import run_in_node
from tests.prototypes import write_model
from tests.reading import drawings

import tenfold
from tenfold import cli
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError, UsageError
from tenfold.evaluation import evaluate
from tenfold.formats import FORMATS, catalog, export
from tenfold.formats.source import Written
from tenfold.reading import Classifier, Reader

if find_spec("keras") is None:  # not imported: that would choose a backend
    pytest.skip("needs Keras", allow_module_level=True)

OTHERS = ("whitened", "resnet_mini")
"""Two with layers that no classic has."""

PEERS = Path(__file__).parents[2] / ".peers"

FILES = {name: entry for name, entry in FORMATS.items() if name != "web"}
"""The folder for a static host needs npm, and has tests of its own."""

PREDICT = """
import sys, warnings
warnings.simplefilter("ignore")
import keras, numpy as np
folder, images = sys.argv[1], np.load(sys.argv[2])
import pathlib
for path in sorted(pathlib.Path(folder).rglob("model.*")):
    if path.suffix in (".keras", ".h5"):
        model = keras.saving.load_model(path, compile=False)
        np.save(str(path) + ".npy", keras.ops.convert_to_numpy(model(images, training=False)))
"""


@pytest.fixture(scope="module")
def views(bars):
    return load_dataset(bars, "test").images


OFTEN = {"mlp_sgd", "cnn_dropout", "whitened"}
"""Of the architectures those that `make test` carries, too: dense layers, convolutions, and what `fast` is made of."""

EVERY = [pytest.param(name, marks=() if name in OFTEN else pytest.mark.long) for name in (*CLASSICS, *OTHERS)]
CLASSIC = EVERY[: len(CLASSICS)]


@pytest.fixture(scope="module")
def carried(untrained, bars, tmp_path_factory):
    """Carries an architecture to Keras's and torch's formats, once: its folder, and the rows."""
    folder, rows = tmp_path_factory.mktemp("carried"), {}

    def carry(name):
        if name not in rows:
            rows[name] = export(untrained(name), ["keras", "torch"], folder / name, data=bars)
        return folder / name, rows[name]

    return carry


@pytest.mark.parametrize("name", EVERY)
def test_all_seven_classics_answer_alike_in_keras_and_torch(carried, name):
    _folder, rows = carried(name)
    assert [row.path.name for row in rows] == ["model.keras", "model.h5", "model.pt2"]
    assert all(row.difference <= 1e-6 and row.agreement == 1 and row.n == 100 for row in rows)
    assert all(row.size_bytes == row.path.stat().st_size and row.latency_ms > 0 for row in rows)


def test_a_program_takes_any_number_of_images_and_holds_no_path(carried, untrained, views):
    folder, _rows = carried("mlp_sgd")
    expected = Classifier(untrained("mlp_sgd")).logits(views)
    path = folder / "model.pt2"
    program = torch.export.load(path).module()
    for n in (1, 3, 100):
        logits, probabilities = program(torch.from_numpy(views[:n, None].astype(np.float32) / 255))
        np.testing.assert_allclose(logits.numpy(), expected[:n], atol=1e-4)
        np.testing.assert_allclose(probabilities.sum(1).numpy(), 1, atol=1e-5)
    assert b"torch_program.py" not in path.read_bytes()


@pytest.mark.parametrize("name", CLASSIC)
def test_a_classics_h5_comes_back_as_it_was(carried, untrained, views, name):
    from tenfold.inference.model_import.keras_file import read_keras
    from tenfold.inference.model_import.keras_graph import keras_to_onnx

    folder, _rows = carried(name)
    source = Classifier(untrained(name))
    for suffix in ("h5", "keras"):
        proto, temperature = keras_to_onnx(read_keras(folder / f"model.{suffix}"))
        session = onnxruntime.InferenceSession(proto.SerializeToString())
        (logits,) = session.run(["logits"], {"x": views[..., None].astype(np.float32) / 255})
        np.testing.assert_allclose(logits, source.logits(views), atol=2e-5)
        assert temperature == pytest.approx(1.5)


@pytest.mark.parametrize("name", CLASSIC)
def test_a_model_that_has_learned_nothing_scores_the_same_once_it_came_back(carried, untrained, bars, name):
    folder, _rows = carried(name)
    before = evaluate(untrained(name), bars)
    for suffix in ("h5", "keras"):
        after = evaluate(folder / f"model.{suffix}", bars)
        assert ", pixels 0 to 1, gives logits" in after.predictions.note
        assert after.predictions.note.endswith("(as the file itself says)")
        assert (after.accuracy, after.confusion) == (before.accuracy, before.confusion)
        assert after.loss == pytest.approx(before.loss, abs=1e-6)
        assert after.loss_calibrated == pytest.approx(before.loss_calibrated, abs=1e-6)


@pytest.mark.long
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_keras_predicts_the_same_on_other_backends(carried, untrained, views, tmp_path, backend):
    python = PEERS / backend / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no environment with Keras on {backend} in .peers")
    folders = {name: carried(name)[0] for name in (*CLASSICS, *OTHERS)}
    np.save(tmp_path / "images.npy", views[..., None].astype(np.float32) / 255)
    command = [python, "-c", PREDICT, folders[CLASSICS[0]].parent, tmp_path / "images.npy"]
    environment = {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    for name, folder in folders.items():
        expected = Classifier(untrained(name)).probabilities(views)
        for suffix in ("keras", "h5"):
            found = np.load(folder / f"model.{suffix}.npy")
            np.testing.assert_allclose(found, expected, atol=1e-6, err_msg=f"{name}.{suffix}")


@pytest.fixture(scope="module")
def rows(trained):
    """A trained run in every format, in its own folder."""
    return export(trained, list(FILES))


def test_every_format_of_a_run_lies_in_its_folder(trained, rows):
    names = {name for entry in FILES.values() for name in entry.files}
    assert {path.name for path in (trained / "export").iterdir()} == names
    assert {row.format for row in rows} == set(FILES)
    for row in rows:
        allowed = FORMATS[row.format]
        assert row.difference <= allowed.tolerance
        assert row.agreement >= allowed.agreement
        json.dumps(row.to_json())


@pytest.mark.parametrize("file", ["model.h5", "model.keras", "model.onnx"])
def test_a_run_scores_the_same_once_it_was_carried_out_and_in_again(trained, rows, bars, file):
    before, after = evaluate(trained), evaluate(trained / "export" / file, bars)
    assert (after.accuracy, after.confusion) == (before.accuracy, before.confusion)
    assert after.loss == pytest.approx(before.loss, abs=1e-6)
    assert after.loss_calibrated == pytest.approx(before.loss_calibrated, abs=1e-6)


def test_int8_is_quantised_and_keeps_the_card(trained, rows):
    proto = onnx.load(trained / "export" / "model.int8.onnx")
    kinds = [node.op_type for node in proto.graph.node]
    assert kinds.count("QuantizeLinear") >= 3
    assert kinds.index("Softmax") == len(kinds) - 1
    assert Classifier(trained / "export" / "model.int8.onnx").card == Classifier(trained).card
    (row,) = (row for row in rows if row.format == "int8")
    assert row.size_bytes < 0.4 * (trained / "model.onnx").stat().st_size
    assert "of 100 bars test images right" in row.note


def test_int8_that_loses_accuracy_is_refused_with_the_figures(trained, bars, tmp_path, monkeypatch):
    monkeypatch.setattr("tenfold.formats.int8.MOST_LOST", -0.5)
    with pytest.raises(TenfoldError, match=r"int8: [\d.]+ % of 100 bars test images right, [\d.]+ % before: more than"):
        export(trained, "int8", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_export_that_answers_otherwise_is_refused_with_the_figures(trained, untrained, tmp_path, monkeypatch):
    other = untrained("cnn_sgd")

    def write(source, path):
        path.write_bytes(b"half")
        return Written(Classifier(other).probabilities)

    monkeypatch.setattr("tenfold.formats.onnx_file.write", write)
    (tmp_path / "model.onnx").write_bytes(b"an earlier one")
    with pytest.raises(
        TenfoldError,
        match=r"onnx: model.onnx differs from quick-1 by .* in a probability and in \d+ of 100 answers; at most",
    ):
        export(trained, "onnx", tmp_path)
    assert (tmp_path / "model.onnx").read_bytes() == b"an earlier one"
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_an_answer_that_is_no_number_is_refused(trained, tmp_path, monkeypatch):
    def write(source, path):
        path.write_bytes(b"nan")
        return Written(lambda views: np.full((len(views), 10), np.nan, np.float32))

    monkeypatch.setattr("tenfold.formats.onnx_file.write", write)
    with pytest.raises(TenfoldError, match="differs from quick-1 by nan"):
        export(trained, "onnx", tmp_path)


def test_the_reader_takes_grey_and_colour_and_gives_a_reject_score(trained, rows, views):
    session = onnxruntime.InferenceSession(str(trained / "export" / "reader.onnx"))
    names = [port.name for port in session.get_outputs()]
    assert set(names) == {"digit", "logits", "probabilities", "view", "reject_score"}

    def read(pixels):
        return dict(zip(names, session.run(names, {"pixels": pixels}), strict=True))

    grey = 255 - views[3].repeat(4, axis=0).repeat(4, axis=1)
    one, three = read(grey[..., None]), read(np.repeat(grey[..., None], 3, axis=2))
    assert all(np.array_equal(one[name], three[name]) for name in names)
    assert one["digit"][0] == one["probabilities"].argmax()
    assert one["reject_score"][0] == pytest.approx(1 - one["probabilities"].max(), abs=1e-6)
    assert read(np.full((40, 30, 3), 250, np.uint8))["reject_score"][0] == 1
    metadata = session.get_modelmeta().custom_metadata_map
    assert float(metadata["tenfold.reject_above"]) == pytest.approx(1 - Classifier(trained).card.threshold)


@pytest.mark.long
def test_a_run_and_its_reader_answer_alike_in_onnxruntime_web(trained, rows, views, tmp_path):
    (found,) = run_in_node(trained / "model.onnx", "images", [views[:20, None].astype(np.float32) / 255], tmp_path)
    expected = Classifier(trained).probabilities(views[:20])
    np.testing.assert_allclose(np.reshape(found["probabilities"], (20, 10)), expected, atol=1e-5)


def test_one_file_may_be_named(trained, tmp_path):
    (row,) = export(trained, "keras", tmp_path / "mnist_cnn.h5")
    assert row.path == tmp_path / "mnist_cnn.h5"
    assert [path.name for path in tmp_path.iterdir()] == ["mnist_cnn.h5"]
    with pytest.raises(UsageError, match="name a folder, or a file of that kind"):
        export(trained, "torch", tmp_path / "mnist_cnn.h5")


def test_a_foreign_model_goes_out_in_every_format(trained, rows, bars, tmp_path):
    out = export(trained / "export" / "model.h5", ["onnx", "int8", "keras", "torch"], tmp_path, data=bars)
    assert len(out) == 5
    assert "QuantizeLinear" in {node.op_type for node in onnx.load(tmp_path / "model.int8.onnx").graph.node}
    assert Classifier(tmp_path / "model.onnx").note is None


@pytest.mark.parametrize("file", ["model.h5", "model.keras"])
def test_the_shipped_model_comes_back_from_keras_and_still_knows_what_is_no_digit(bars, tmp_path, file):
    export(None, "keras", tmp_path / file, data=bars)
    before, after = Reader(), Reader(tmp_path / file)
    assert after.classifier.card.classes == before.classifier.card.classes
    for picture in (drawings.on_paper(drawings.written("907")), drawings.on_paper(drawings.written("4"))):
        one, other = before.read(picture), after.read(picture)
        assert one.text == other.text
        np.testing.assert_array_equal(one.views, other.views)
        assert one.confidence == pytest.approx(other.confidence, abs=1e-5)


def test_what_a_format_cannot_hold_is_one_line(trained, tmp_path, bars):
    proto = onnx.load(trained / "model.onnx")
    node = next(node for node in proto.graph.node if node.op_type == "Relu")
    node.op_type = "Mish"
    onnx.save(proto, tmp_path / "mish.onnx")
    for name in ("keras", "torch"):
        with pytest.raises(TenfoldError, match=f"{name}: cannot hold the model's operation Mish"):
            export(tmp_path / "mish.onnx", name, tmp_path / "out", data=bars)
        assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_named_with_those_that_there_are():
    with pytest.raises(
        UsageError, match="unknown format 'pickle': there are onnx, reader-onnx, int8, keras, torch, web"
    ):
        export(None, "pickle")
    with pytest.raises(UsageError, match="name a format, as --to onnx"):
        export(None, [])


def test_a_model_of_other_things_than_digits_is_checked_on_data_that_are_named(tmp_path):
    path = write_model(tmp_path / "clothes.onnx", ("shirt", "shoe", "bag"))
    with pytest.raises(
        UsageError, match="clothes.onnx: does not say which data to check its exports on: name it, as --data"
    ):
        export(path, "onnx", tmp_path / "out")


def test_a_library_that_is_missing_is_named_with_its_extra(trained, tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError("No module named 'keras'", name="keras")

    monkeypatch.setattr(catalog, "import_module", missing)
    with pytest.raises(TenfoldError, match=r"--to keras needs the 'keras' extra: pip install 'tenfold\[keras\]'"):
        export(trained, "keras", tmp_path)


def test_the_command_prints_a_row_a_file(trained, tmp_path, capsys):
    arguments = ["export", str(trained), "--to", "onnx", "--to", "int8", "--out", str(tmp_path)]
    assert cli.main([*arguments, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [row["format"] for row in printed] == ["onnx", "int8"]
    assert list(printed[0]) == [
        "format", "path", "size_bytes", "difference", "agreement", "n", "latency_ms", "source_latency_ms", "note",
    ]  # fmt: skip
    assert cli.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        "format",
        "file",
        "size",
        "largest",
        "difference",
        "same",
        "answers",
        "one",
        "image",
        "source",
    ]
    assert lines[1].startswith("onnx")
    assert str(tmp_path / "model.int8.onnx") in lines


def test_export_is_a_function_of_the_package():
    assert tenfold.export is export
