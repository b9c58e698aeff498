import numpy as np
import pytest
import torch

from tenfold import models
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Classifier
from tenfold.recipes import Recipe
from tenfold.training.inputs import Split, score, to_input
from tenfold.training.loop import Loop
from tenfold.training.teacher import Teacher, soft_target_loss

DIGITS = tuple("0123456789")


@pytest.fixture(scope="module")
def data(bars):
    data = load_dataset(bars, "train")
    return Split(torch.from_numpy(data.images[:, None]), torch.from_numpy(data.labels))


def _distil(run, data, checkpoint=None, on_epoch=None, precision=torch.float32, **values):
    given = {"model": "compact", "epochs": 3, "batch_size": 50, "optimizer": {"lr": 2e-3}} | values
    given["teacher"] = {"run": str(run.path)} | given.get("teacher", {})
    recipe = Recipe.model_validate(given)
    torch.manual_seed(recipe.seed)
    teacher = Teacher(recipe.teacher, DIGITS)
    student = models.build(recipe.model, options=recipe.model_options)
    loop = Loop(recipe, student, precision, data, Split(data.images[:100], data.labels[:100]), teacher=teacher)
    loop.run(checkpoint, None, on_epoch)
    return loop


def _weights(loop):
    return torch.cat([tensor.flatten().float() for tensor in loop.kept.state_dict().values()])


def test_the_soft_loss_is_the_formula():
    logits, teacher = (
        torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]]),
        torch.tensor([[2.0, 0.0, 1.0], [1.0, 1.0, -4.0]]),
    )
    temperature = 2.5
    z, v = logits.numpy() / temperature, teacher.numpy() / temperature
    p, q = (np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) for x in (v, z))
    expected = temperature**2 * -(p * np.log(q)).sum(axis=1).mean()
    assert float(soft_target_loss(logits, teacher, temperature)) == pytest.approx(expected, rel=1e-6)


def test_the_factor_keeps_the_gradient_when_the_temperature_rises():
    def gradient(temperature):
        logits = torch.tensor([[0.3, -0.2, 0.1]], requires_grad=True)
        soft_target_loss(logits, torch.tensor([[0.5, 0.1, -0.4]]), temperature).backward()
        return float(logits.grad.norm())

    # At high temperatures it is the difference of centred logits by the classes (Hinton et al. 2015, eq. 4).
    assert gradient(50) == pytest.approx(gradient(100), rel=0.02)


def test_the_teacher_answers_the_same_augmented_images_as_its_file(teacher_run, data):
    recipe = Recipe.model_validate({"model": "compact", "teacher": {"run": str(teacher_run.path)}})
    answers = Teacher(recipe.teacher, DIGITS).logits(to_input(data.images[:7]))
    np.testing.assert_allclose(answers, Classifier(teacher_run.path).logits(data.images[:7, 0].numpy()), atol=1e-5)


@pytest.mark.parametrize("selection", [None, {"after": 0.0, "of": 2}])
def test_each_step_asks_for_the_very_images_that_it_trains_on(teacher_run, data, monkeypatch, selection):
    asked, trained = [], []
    answer, step = Teacher.logits, Loop._step
    monkeypatch.setattr(Teacher, "logits", lambda teacher, x: asked.append(x.clone()) or answer(teacher, x))
    monkeypatch.setattr(Loop, "_step", lambda loop, x, *rest: trained.append(x.clone()) or step(loop, x, *rest))
    _distil(teacher_run, data, epochs=1, augmentation={"rotation": 9.0}, selection=selection)
    assert len(asked) == len(trained) == (12 if selection is None else 6)
    assert all(torch.equal(one, other) for one, other in zip(asked, trained, strict=True))
    assert not torch.isin(asked[0], to_input(data.images)).all()  # turned by a few degrees


def test_a_student_comes_nearer_to_its_teacher_than_one_without(teacher_run, data):
    """On labels of noise alone: only the teacher knows better."""
    torch.manual_seed(0)
    noise = Split(data.images, torch.randint(10, (len(data),)))
    expected = Classifier(teacher_run.path).logits(data.images[:, 0].numpy()).argmax(1)

    def agreement(weight):
        loop = _distil(teacher_run, noise, epochs=6, teacher={"weight": weight})
        return float((score(loop.kept, data).argmax(1) == expected).mean())

    assert agreement(1.0) > 0.95
    assert agreement(0.001) < 0.6


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_distillation_is_bit_for_bit_again_and_resumed(teacher_run, data, precision, tmp_path):
    values = {"augmentation": {"translation": 1.0}, "selection": {"after": 0.5, "of": 2}, "ema": {"decay": 0.9}}
    first, again = (_distil(teacher_run, data, precision=precision, **values) for _ in range(2))
    assert torch.equal(_weights(first), _weights(again))

    def stop(row):
        raise KeyboardInterrupt

    path = tmp_path / "checkpoint" / "last.safetensors"
    with pytest.raises(KeyboardInterrupt):
        _distil(teacher_run, data, path, stop, precision, **values)
    resumed = _distil(teacher_run, data, path, precision=precision, **values)
    assert torch.equal(_weights(first), _weights(resumed))


def test_label_smoothing_acts_on_the_labels_share_alone(teacher_run, data):
    def weights(**values):
        return _weights(_distil(teacher_run, data, epochs=1, **values))

    assert not torch.equal(weights(label_smoothing=0.2), weights())
    logits, labels = torch.randn(5, 10), torch.arange(5)
    recipe = Recipe.model_validate({"model": "compact", "teacher": {"run": str(teacher_run.path), "weight": 0.7}})
    teacher = Teacher(recipe.teacher, DIGITS)
    images = to_input(data.images[:5])
    hard = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.2)
    expected = 0.3 * hard + 0.7 * soft_target_loss(logits, teacher.logits(images), 3.0)
    assert float(teacher.mixed(hard, logits, images)) == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("settings", "classes", "message"),
    [
        ({"run": "nowhere/good-1"}, DIGITS, r"teacher.run = 'nowhere/good-1': no such run: train it first.*--set"),
        ({"sha256": "0" * 64}, DIGITS, r"teacher.run: .*model.onnx is not the file that the recipe means"),
        (
            {},
            tuple("abcdefghij"),
            r"it knows the classes 0, 1, .*and the data have a, b, .*the same, in the same order",
        ),
        ({}, tuple(str(n) for n in range(99)), r"the data have 0, 1, 2, .*11, … \(99\)"),
    ],
)
def test_a_teacher_that_cannot_teach_is_one_line(teacher_run, settings, classes, message):
    values = {"model": "compact", "teacher": {"run": str(teacher_run.path)} | settings}
    with pytest.raises(TenfoldError, match=message) as caught:
        Teacher(Recipe.model_validate(values).teacher, classes)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_model_is_no_teacher(tmp_path):
    (tmp_path / "some.onnx").write_bytes(b"none")
    settings = Recipe.model_validate({"model": "compact", "teacher": {"run": str(tmp_path / "some.onnx")}}).teacher
    with pytest.raises(TenfoldError, match="not an ONNX model"):
        Teacher(settings, DIGITS)


def test_a_student_with_a_frozen_stem_is_refused(teacher_run, data):
    with pytest.raises(UsageError, match="model 'whitened' is trained on its stem's features"):
        _distil(teacher_run, data, model="whitened")
