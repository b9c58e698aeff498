"""A graph that takes a picture as it is answers as Python does, whatever the picture's size and polarity."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

from tenfold import models
from tenfold.data.synthetic.paper import photograph, scene
from tenfold.data.synthetic.strokes import strokes
from tenfold.errors import TenfoldError
from tenfold.exporting import export_onnx
from tenfold.exporting.picture_onnx import FRAMING_FILE, add_framing, check_framing, exported_framing
from tenfold.inference.frame import frame
from tenfold.reading import Classifier, ModelCard
from tenfold.reading.plain import plain_strength

CARD = ModelCard(tuple("0123456789"), "mnist-1", 0.5, 0.7, "test", "abc", "0.0.0")

SIZES = [(20, 20), (28, 28), (45, 31), (64, 200), (333, 90), (240, 320), (800, 600)]


def _export(path, seed=0):
    torch.manual_seed(seed)
    export_onnx(models.build("compact"), CARD, path)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return _export(tmp_path_factory.mktemp("model") / "model.onnx")


@pytest.fixture(scope="module")
def framed(model):
    add_framing(model, model.with_name("framed.onnx"))
    return model.with_name("framed.onnx")


@pytest.fixture(scope="module")
def read(framed):
    """From grey pixels to view, logits and probabilities."""
    session = onnxruntime.InferenceSession(str(framed), providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(["view", "logits", "probabilities"], {"pixels": pixels[..., None]})


@pytest.fixture(scope="module")
def pictures():
    """Grey pictures uint8 [h, w] of one digit: of three kinds, as they come and in every size, some as negatives."""
    rng = np.random.default_rng(5)
    found = []
    for number, view in enumerate(strokes(42, seed=3).images):
        kind = ("canvas", "scan", "inverted")[number % 3]
        grey = Image.fromarray(photograph(scene(view, rng, kind), rng, kind)).convert("L")
        sized = grey.resize(SIZES[number % len(SIZES)][::-1])
        found += [np.array(grey), 255 - np.array(sized) if number % 2 else np.array(sized)]
    return found


def test_the_graph_and_python_agree(model, framed, pictures):
    assert check_framing(model, framed, pictures) <= 1e-3


def test_the_view_is_what_python_frames(read, pictures):
    off = 0
    for picture in pictures:
        view, expected = read(picture)[0], frame(plain_strength(picture))
        assert view.dtype == np.uint8
        assert expected.max() > 200
        off += np.count_nonzero(view != expected)
        assert np.abs(view.astype(int) - expected).max() <= 1
    # Where a pixel lies halfway between two levels, the last digit of a sum decides.
    assert off <= len(pictures) / 10


def test_probabilities_are_the_models_own_of_the_view(model, read, pictures):
    for picture in pictures[:10]:
        view, logits, probabilities = read(picture)
        np.testing.assert_allclose(logits, Classifier(model).logits(view[None]), atol=1e-5)
        np.testing.assert_allclose(probabilities, Classifier(model).probabilities(view[None]), atol=1e-5)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (3, 200), (300, 400)])
def test_a_blank_picture_gives_an_empty_view_and_numbers(read, shape, level):
    view, logits, probabilities = read(np.full(shape, level, np.uint8))
    assert not view.any()
    assert np.isfinite(logits).all()
    assert probabilities.sum() == pytest.approx(1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2), (3, 200), (200, 3), (5, 5)])
def test_the_smallest_pictures_agree_too(model, framed, shape):
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 256, shape, np.uint8) for _ in range(5)]
    lines = [
        np.where(np.arange(shape[1]) % 7 < at, 0, 255).astype(np.uint8) * np.ones(shape, np.uint8) for at in (1, 3)
    ]
    assert check_framing(model, framed, noise + lines) <= 1e-3


def test_a_lopsided_digit_that_cannot_be_centred_agrees(model, framed):
    lopsided = np.full((200, 60), 255, np.uint8)
    lopsided[10:150, 28:32] = 0
    lopsided[150:190, 10:50] = 0
    assert check_framing(model, framed, [lopsided, lopsided[::-1], lopsided.T, lopsided.T[:, ::-1]]) <= 1e-3


def test_three_levels_as_far_apart_are_parted_alike(model, framed):
    levels = np.full((30, 30), 255, np.uint8)
    levels[1:-1, 1:-1] = np.repeat([155, 55, 255], [300, 300, 184]).reshape(28, 28)
    assert check_framing(model, framed, [levels]) <= 1e-3


def test_another_model_does_not_pass_the_check(framed, tmp_path, pictures):
    with pytest.raises(TenfoldError, match="differs from Python by"):
        check_framing(_export(tmp_path / "other.onnx", seed=1), framed, pictures)


def test_another_framing_does_not_pass_the_check(model, framed, tmp_path, pictures):
    proto = onnx.load(framed)
    for tensor in proto.graph.initializer:
        value = onnx.numpy_helper.to_array(tensor)
        if value.ndim == 0 and value.dtype == np.float64 and value == 20:
            tensor.CopyFrom(onnx.numpy_helper.from_array(np.array(18.0), tensor.name))
    onnx.save(proto, tmp_path / "framed.onnx")
    with pytest.raises(TenfoldError, match="levels in a view"):
        check_framing(model, tmp_path / "framed.onnx", pictures)


def test_another_view_than_the_model_saw_does_not_pass_the_check(model, framed, tmp_path, pictures):
    proto = onnx.load(framed)
    last = next(node for node in proto.graph.node if "view" in node.output)
    last.output[0] = "seen"
    proto.graph.node.append(onnx.helper.make_node("BitwiseNot", ["seen"], ["view"]))
    onnx.save(proto, tmp_path / "framed.onnx")
    with pytest.raises(TenfoldError, match="by 0 in a probability|by .*e-.* in a probability and 255 of 255 levels"):
        check_framing(model, tmp_path / "framed.onnx", pictures)


def test_the_file_is_sufficient_by_itself(framed):
    proto = onnx.load(framed)
    onnx.checker.check_model(proto, full_check=True)
    assert ModelCard.from_metadata({entry.key: entry.value for entry in proto.metadata_props}) == CARD
    shapes = {port.name: port.type.tensor_type.shape.dim for port in (*proto.graph.input, *proto.graph.output)}
    assert {name: [dim.dim_value or dim.dim_param for dim in dims] for name, dims in shapes.items()} == {
        "pixels": ["h", "w", "c"],
        "digit": [1],
        "view": [28, 28],
        "logits": [1, 10],
        "probabilities": [1, 10],
        "reject_score": [1],
    }


def test_the_file_holds_no_path_and_is_the_same_each_time(model, framed, tmp_path):
    add_framing(str(model), str(tmp_path / "again.onnx"))
    assert (tmp_path / "again.onnx").read_bytes() == framed.read_bytes()
    assert b".py" not in framed.read_bytes()


def _changed(model, path, change):
    proto = onnx.load(model)
    change(proto)
    onnx.save(proto, path)
    return path


def _other_framing(proto):
    next(entry for entry in proto.metadata_props if entry.key == "tenfold.framing").value = "other-9"


def _other_opset(proto):
    proto.opset_import[0].version = 17


@pytest.mark.parametrize(("change", "message"), [(_other_framing, "framed by 'other-9'"), (_other_opset, "opset 17")])
def test_a_model_that_cannot_be_framed_is_one_line(model, tmp_path, change, message):
    with pytest.raises(TenfoldError, match=message) as caught:
        add_framing(_changed(model, tmp_path / "changed.onnx", change), tmp_path / "out.onnx")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out.onnx").exists()


def test_a_model_that_is_framed_already_is_refused(framed, tmp_path):
    with pytest.raises(TenfoldError, match="not a model that tenfold made"):
        add_framing(framed, tmp_path / "twice.onnx")


def test_the_framing_that_is_kept_is_what_torch_exports_now(pictures):
    kept, fresh = FRAMING_FILE.read_bytes(), exported_framing().SerializeToString()
    sessions = [onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]) for content in (kept, fresh)]
    for picture in pictures[:12]:
        views = [session.run(["view"], {"pixels": picture[..., None]})[0] for session in sessions]
        np.testing.assert_array_equal(*views)
    assert b".py" not in kept
