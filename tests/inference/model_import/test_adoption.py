"""An .onnx that another tool made reads digits, whatever its input is like; what fits nothing is one line."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto as T
from onnx import helper

from tenfold import cli
from tenfold.data import Dataset
from tenfold.data.synthetic.strokes import strokes
from tenfold.errors import TenfoldError
from tenfold.evaluation import evaluate, open_classifier
from tenfold.inference.model_import import LabelledImages, adopt
from tenfold.inference.model_import.trial import CONVENTIONS, sample
from tenfold.reading import Classifier, Reader

LAYOUTS = [
    ["n", 1, 28, 28],
    ["n", 28, 28],
    ["n", 28, 28, 1],
    ["n", 784],
    [1, 1, 28, 28],
    [1, 784],
    [7, 28, 28, 1],
    [64, 784],
    [None, 28, 28, None],
]


@pytest.fixture(scope="module")
def weights():
    """A linear classifier of synthetic digits: weights [784, 10] and bias [10], for pixels in [0, 1]."""
    data = strokes(3000, seed=5)
    x = data.images.reshape(len(data), -1) / 255
    x1 = np.hstack([x, np.ones((len(x), 1))])
    target = np.eye(10)[data.labels]
    found = np.linalg.solve(x1.T @ x1 + 30 * np.eye(785), x1.T @ target)
    # Sharp and with a bias that matters, so that pixels of another scale answer otherwise.
    return 8 * found[:-1], 8 * found[-1]


@pytest.fixture
def make(weights, tmp_path):
    """Writes a foreign model: its layout, what it wants of a pixel, what it gives."""

    def write(layout=("n", 1, 28, 28), convention=CONVENTIONS[0], gives="logits", kind=T.FLOAT, name="foreign.onnx",
              opset=17, reshape=True, sure=1.0):  # fmt: skip
        weight, bias = (sure * value for value in weights)
        # Undoes what the convention does to a pixel.
        weight = weight / convention.scale
        bias = bias - convention.shift * weight.sum(axis=0)
        nodes = [
            helper.make_node("Cast", ["x"], ["floats"], to=T.FLOAT),
            helper.make_node("Reshape", ["floats", "shape"], ["flat"])
            if reshape
            else helper.make_node("Flatten", ["floats"], ["flat"]),
            helper.make_node("Gemm", ["flat", "weight", "bias"], ["images"]),
        ]
        last = "images"  # a name that tenfold's own models use, for their input
        if gives in ("probabilities", "log"):
            operator = "Softmax" if gives == "probabilities" else "LogSoftmax"
            nodes.append(helper.make_node(operator, [last], ["y"], axis=1))
            last = "y"
        shape = [layout[0] if isinstance(layout[0], int) else -1, 784]
        graph = helper.make_graph(
            nodes,
            "linear",
            [helper.make_tensor_value_info("x", kind, list(layout))],
            [helper.make_tensor_value_info(last, T.FLOAT, [layout[0], 10])],
            [
                onnx.numpy_helper.from_array(weight.astype(np.float32), "weight"),
                onnx.numpy_helper.from_array(bias.astype(np.float32), "bias"),
                onnx.numpy_helper.from_array(np.array(shape, np.int64), "shape"),
            ],
        )
        path = tmp_path / name
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        path.write_bytes(model.SerializeToString())
        return path

    return write


def _logits(weights, views):
    weight, bias = weights
    return views.reshape(len(views), -1) / 255 @ weight + bias


VIEWS = sample().images[:20]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_every_layout_gives_the_models_own_answers(make, weights, layout):
    classifier = Classifier(make(layout))
    np.testing.assert_allclose(classifier.logits(VIEWS), _logits(weights, VIEWS), atol=1e-3)
    np.testing.assert_allclose(classifier.logits(VIEWS[:1]), _logits(weights, VIEWS[:1]), atol=1e-3)
    assert len(classifier.logits(VIEWS[:0])) == 0


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.name)
@pytest.mark.parametrize("gives", ["logits", "probabilities", "log"])
def test_how_pixels_are_fed_is_found_and_said(make, weights, convention, gives):
    classifier = Classifier(make(convention=convention, gives=gives))
    assert f", {convention.name}, gives {'probabilities' if gives == 'probabilities' else 'logits'}" in classifier.note
    assert "of 300 synthetic digits (tried: pixels" in classifier.note
    logits = _logits(weights, VIEWS)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classifier.probabilities(VIEWS), expected, atol=1e-4)


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.name)
@pytest.mark.parametrize("sure", [0.3, 3.0])
def test_a_model_that_is_too_sure_or_not_sure_enough_is_fed_as_its_own(make, weights, convention, sure):
    classifier = Classifier(make(convention=convention, sure=sure))
    np.testing.assert_allclose(classifier.logits(VIEWS), sure * _logits(weights, VIEWS), atol=1e-2)


@pytest.mark.parametrize("kind", [T.UINT8, T.DOUBLE, T.INT64, T.INT32])
@pytest.mark.parametrize("opset", [11, 17])
def test_an_input_of_another_type_is_fed_as_that(make, weights, kind, opset):
    convention = CONVENTIONS[0] if kind == T.DOUBLE else CONVENTIONS[1]
    classifier = Classifier(make(kind=kind, convention=convention, opset=opset))
    np.testing.assert_allclose(classifier.logits(VIEWS), _logits(weights, VIEWS), atol=1e-3)


def test_what_is_chosen_is_chosen_on_the_images_that_are_given(make):
    known = sample()
    turned = LabelledImages(known.images, 9 - known.labels, tuple("9876543210"), "digits turned about")
    adopted = adopt(make(), turned)
    assert adopted.classes == tuple("9876543210")
    assert "of 300 digits turned about" in adopted.note


def test_evaluate_tries_on_training_images_and_scores_the_test_split(make, tmp_path):
    data = strokes(400, seed=9)
    arrays = {
        "x_train": data.images[:300],
        "y_train": data.labels[:300],
        "x_test": data.images[300:],
        "y_test": data.labels[300:],
    }
    np.savez(tmp_path / "mine.npz", **arrays)
    scores = evaluate(make(["n", 28, 28, 1], CONVENTIONS[1]), tmp_path / "mine.npz")
    assert scores.n == 100
    assert scores.accuracy > 0.7
    assert "of 300 mine train images, moved by up to 2 pixels" in scores.predictions.note


def test_the_command_says_how_a_model_is_fed_on_stderr_alone(make, tmp_path, capsys):
    data = strokes(200, seed=9)
    np.savez(tmp_path / "mine.npz", images=data.images, labels=data.labels)
    assert cli.main(["evaluate", str(make()), "--data", str(tmp_path / "mine.npz"), "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith('{"accuracy"')
    assert "foreign.onnx: fed as [n, 1, 28, 28], pixels 0 to 1, gives logits" in captured.err


@pytest.fixture
def without_mnist(monkeypatch):
    monkeypatch.setattr("tenfold.evaluation.predictions.split_at_hand", lambda *_: None)


def test_every_command_says_once_how_a_model_is_fed(make, without_mnist, tmp_path, monkeypatch, capsys):
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    data = strokes(400, seed=9)
    arrays = {"x_train": data.images[:300], "y_train": data.labels[:300]}
    np.savez("mine.npz", **arrays, x_test=data.images[300:], y_test=data.labels[300:])
    Image.fromarray(255 - np.kron(data.images[0], np.ones((4, 4), np.uint8))).save("digit.png")
    make(), make(name="other.onnx", convention=CONVENTIONS[1])
    on_mine = ["--data", "mine.npz"]
    for command, where in (
        (["evaluate", "foreign.onnx", *on_mine, "--robustness"], "mine train"),
        (["mistakes", "foreign.onnx", *on_mine], "mine train"),
        (["compare", "foreign.onnx", "other.onnx", *on_mine], "mine train"),
        (["export", "foreign.onnx", "--to", "onnx", *on_mine], "mine train"),
        (["explain", "foreign.onnx", "digit.png"], "synthetic"),
        (["doctor", "digit.png", "--model", "foreign.onnx"], "synthetic"),
        (["read", "digit.png", "--model", "foreign.onnx"], "synthetic"),
    ):
        assert cli.main([*command, "--json"]) == 0, command
        said = [line for line in capsys.readouterr().err.splitlines() if "foreign.onnx: fed as" in line]
        assert len(said) == 1, (command, said)
        assert f" {where} " in said[0], command


def test_what_nobody_says_the_classes_of_is_tried_on_mnist_where_that_is_at_hand(make, monkeypatch):
    data = strokes(400, seed=9)
    at_hand = Dataset("mnist", "train", data.images, data.labels)
    monkeypatch.setattr("tenfold.evaluation.predictions.split_at_hand", lambda *_: at_hand)
    assert "of 400 mnist train images" in open_classifier(make()).note
    wrong = Dataset("mnist", "train", data.images, (data.labels + 1) % 10)
    monkeypatch.setattr("tenfold.evaluation.predictions.split_at_hand", lambda *_: wrong)
    with pytest.raises(TenfoldError, match="of mnist train images.* not a model of digits"):
        open_classifier(make())


def test_pictures_are_read_by_a_foreign_model(make, weights, without_mnist, capsys, tmp_path):
    from PIL import Image

    path, picture = make([1, 28, 28, 1]), tmp_path / "digit.png"
    shares = _logits(weights, sample().images)
    surest = int(shares.max(axis=1).argmax())
    label = str(shares[surest].argmax())
    Image.fromarray(255 - np.kron(sample().images[surest], np.ones((6, 6), np.uint8))).save(picture)
    assert Reader(path).read(picture, single=True).text == label
    assert cli.main(["read", "--single", str(picture), "--model", str(path)]) == 0
    captured = capsys.readouterr()
    assert f"Predicted digit : {label}" in captured.out
    assert "fed as" in captured.err


def _assert_one_line(path, message):
    with pytest.raises(TenfoldError, match=message) as caught:
        Classifier(path)
    assert "\n" not in str(caught.value)


def _model(tmp_path, shape, classes=10, kind=T.FLOAT):
    size = int(np.prod(shape[1:]))
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["x"], ["f"]), helper.make_node("MatMul", ["f", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", T.FLOAT, [shape[0], classes])],
        [onnx.numpy_helper.from_array(np.zeros((size, classes), np.float32), "w")],
    )
    path = tmp_path / "odd.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("shape", [["n", 3, 224, 224], ["n", 32, 32, 1], [10_001, 1, 28, 28], ["n", 785]])
def test_an_input_that_fits_nothing_is_told_with_what_was_expected(tmp_path, shape):
    spelled = ", ".join(map(str, shape))
    _assert_one_line(
        _model(tmp_path, shape),
        rf"takes x float \[{spelled}\], gives y float \[{shape[0]}, 10\]; expected: one input \[n, 1, 28, 28\]",
    )


def test_another_number_of_classes_is_told(tmp_path):
    _assert_one_line(_model(tmp_path, ["n", 784], 26), "no output of it has a row of 10 classes")


def test_a_class_more_than_digits_is_taken_for_what_is_none(tmp_path, weights):
    path = _model(tmp_path, ["n", 784], 11)
    proto = onnx.load(path)
    weight = np.hstack([weights[0], np.zeros((784, 1))])  # the eleventh wins where there is little ink
    proto.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(weight.astype(np.float32), "w"))
    path.write_bytes(proto.SerializeToString())
    classifier = Classifier(path)
    assert classifier.card.classes == (*"0123456789", "not a digit")
    assert "gives logits, the last of 11 taken for no digit: so it reads" in classifier.note
    assert classifier.logits(VIEWS).shape == (20, 11)
    clothes = LabelledImages(sample().images, sample().labels, tuple("ABCDEFGHIJ"), "clothes")
    with pytest.raises(TenfoldError, match="no output of it has a row of 10 classes"):
        adopt(path, clothes)


def test_an_output_that_is_no_row_for_each_class_is_passed_over(make, weights):
    path = make(gives="probabilities")
    proto = onnx.load(path)
    proto.graph.node.append(helper.make_node("ArgMax", ["y"], ["label"], axis=1, keepdims=0))
    proto.graph.output.insert(0, helper.make_tensor_value_info("label", T.INT64, ["n"]))
    path.write_bytes(proto.SerializeToString())
    classifier = Classifier(path)
    assert ", gives probabilities" in classifier.note
    np.testing.assert_array_equal(classifier.probabilities(VIEWS).argmax(1), _logits(weights, VIEWS).argmax(1))


@pytest.mark.parametrize(("batch", "images"), [(1, "one image"), (10, "10 images")])
def test_a_model_of_a_fixed_number_of_images_and_an_old_opset_is_one_line(make, batch, images):
    _assert_one_line(
        make([batch, 784], opset=8), f"takes {images} at a time and was made for ONNX's opset 8: export it anew"
    )


@pytest.mark.parametrize("gives", ["logits", "probabilities"])
@pytest.mark.parametrize("kind", [T.FLOAT, T.FLOAT16, T.UINT8])
def test_a_model_of_ten_images_and_the_oldest_opset_answers_for_each_of_any_number(make, weights, gives, kind):
    convention = CONVENTIONS[1] if kind == T.UINT8 else CONVENTIONS[0]
    classifier = Classifier(make([10, 784], convention, gives=gives, kind=kind, opset=9))
    for n in (1, 9, 10, 11):
        shares = np.exp(_logits(weights, VIEWS[:n]))
        expected = shares / shares.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(classifier.probabilities(VIEWS[:n]), expected, atol=1e-2)


def test_an_output_that_is_no_row_for_each_image_of_a_batch_is_passed_over(make, weights):
    path = make([10, 784])
    proto = onnx.load(path)
    proto.graph.node.append(helper.make_node("ReduceMean", ["images"], ["mean"], axes=[0], keepdims=1))
    proto.graph.output.insert(0, helper.make_tensor_value_info("mean", T.FLOAT, [1, 10]))
    path.write_bytes(proto.SerializeToString())
    np.testing.assert_allclose(Classifier(path).logits(VIEWS), _logits(weights, VIEWS), atol=1e-3)


def test_a_model_that_reads_no_digits_is_refused(tmp_path):
    _assert_one_line(_model(tmp_path, ["n", 784]), r"reads \d+ % of synthetic digits at best.*not a model of digits")


def _with_weights_in(path, location):
    proto = onnx.load(path)
    tensor = next(one for one in proto.graph.initializer if one.name == "weight")
    content = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = T.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    path.write_bytes(proto.SerializeToString())
    return content


def test_weights_in_a_file_beside_the_model_are_read(make, weights):
    path = make()
    path.with_name("weights.bin").write_bytes(_with_weights_in(path, "weights.bin"))
    np.testing.assert_allclose(Classifier(path).logits(VIEWS), _logits(weights, VIEWS), atol=1e-3)


@pytest.mark.parametrize("where", ["../secret.bin", "absolute", "link.bin"])
def test_weights_outside_the_models_folder_are_refused(make, tmp_path, where):
    (tmp_path / "model").mkdir()
    path = make(name="model/evil.onnx")
    secret = tmp_path / "secret.bin"
    content = _with_weights_in(path, str(secret) if where == "absolute" else where)
    secret.write_bytes(content)
    path.with_name("link.bin").symlink_to(secret)
    _assert_one_line(path, "not an ONNX model that can be loaded")


def test_weights_outside_the_folder_are_refused_of_a_model_with_a_card_too(make, tmp_path):
    (tmp_path / "model").mkdir()
    path = make(name="model/evil.onnx")
    Classifier(path).save(path)
    proto = onnx.load(path)
    next(one for one in proto.graph.initializer if one.name == "model/weight").name = "weight"
    for node in proto.graph.node:
        node.input[:] = ["weight" if name == "model/weight" else name for name in node.input]
    path.write_bytes(proto.SerializeToString())
    assert Classifier(path).note is None
    (tmp_path / "secret.bin").write_bytes(_with_weights_in(path, "../secret.bin"))
    _assert_one_line(path, "not an ONNX model that can be loaded")


@pytest.mark.parametrize("batch", [1, 7])
def test_an_adopted_model_can_be_kept_as_tenfolds_own(batch, make, weights, tmp_path):
    Classifier(make([batch, 784], CONVENTIONS[2], "probabilities")).save(tmp_path / "kept.onnx")
    kept = Classifier(tmp_path / "kept.onnx")
    assert kept.note is None
    assert kept.card.recipe == "foreign"
    onnx.checker.check_model(onnx.load(tmp_path / "kept.onnx"), full_check=True)
    np.testing.assert_allclose(np.diff(kept.logits(VIEWS), axis=1), np.diff(_logits(weights, VIEWS), axis=1), atol=1e-2)
