import importlib
import math
import os

import pytest
import torch

from tenfold import models
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError, UsageError
from tenfold.recipes import Recipe
from tenfold.training import inputs, memory, patience
from tenfold.training.device import choose_device, choose_precision
from tenfold.training.inputs import Inputs, Split, score
from tenfold.training.loop import Loop
from tenfold.training.records import DivergedError


@pytest.fixture(scope="module")
def splits(bars):
    data = load_dataset(bars, "train")
    images, labels = torch.from_numpy(data.images[:, None]), torch.from_numpy(data.labels)
    return Split(images[:500], labels[:500]), Split(images[500:], labels[500:])


def _train(recipe, splits, checkpoint=None, precision=torch.float32):
    torch.manual_seed(recipe.seed)
    loop = Loop(recipe, models.build(recipe.model), precision, *splits)
    loop.run(checkpoint, None, None)
    return loop


def _recipe(**values):
    return Recipe.model_validate({"model": "mlp_dropout", "epochs": 3, "batch_size": 50} | values)


def _weights(loop):
    return torch.cat([tensor.flatten().float() for tensor in loop.kept.state_dict().values()])


EVERYTHING = {
    "model": "compact",
    "epochs": 4,
    "label_smoothing": 0.1,
    "augmentation": {"rotation": 5.0, "elastic": 0.5, "erasing": 0.2},
    "optimizer": {"name": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-4},
    "schedule": {"name": "plateau", "warmup": 0.1, "patience": 1},
    "selection": {"after": 0.4, "of": 3},
    "early_stopping": {"monitor": "val_accuracy", "patience": 4},
    "ema": {"decay": 0.9},
}


def test_training_learns_and_its_history_says_so(splits):
    loop = _train(_recipe(epochs=6), splits)
    assert loop.history[-1].val_accuracy > 0.95
    assert loop.history[-1].train_loss < loop.history[0].train_loss
    assert [row.epoch for row in loop.history] == [1, 2, 3, 4, 5, 6]


def test_history_is_what_the_kept_model_scores(splits):
    loop = _train(_recipe(**EVERYTHING), splits)
    logits = score(loop.kept, splits[1])
    accuracy = (logits.argmax(1) == splits[1].labels.numpy()).mean()
    assert accuracy == pytest.approx(loop.history[loop.best_epoch - 1].val_accuracy)


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_the_same_seed_gives_the_same_weights_bit_for_bit(splits, precision):
    recipe = _recipe(**EVERYTHING)
    first, again = (_train(recipe, splits, precision=precision) for _ in range(2))
    other = _train(recipe.model_copy(update={"seed": 1}), splits, precision=precision)
    assert torch.equal(_weights(first), _weights(again))
    assert not torch.equal(_weights(first), _weights(other))


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop"])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_run_stopped_at_an_epoch_goes_on_to_the_same_weights(splits, optimizer, precision, tmp_path):
    momentum = {"momentum": 0.9} if optimizer in ("sgd", "rmsprop") else {}
    recipe = _recipe(**EVERYTHING | {"optimizer": {"name": optimizer, "lr": 0.01, **momentum}})
    unbroken = _train(recipe, splits, precision=precision)

    checkpoint = tmp_path / "checkpoint" / "last.safetensors"
    torch.manual_seed(recipe.seed)
    stopped = Loop(recipe, models.build(recipe.model), precision, *splits)

    def stop_after_two(row):
        if row.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped.run(checkpoint, None, stop_after_two)
    resumed = _train(recipe.model_copy(), splits, checkpoint, precision)
    assert len(resumed.history) == 4
    assert torch.equal(_weights(unbroken), _weights(resumed))
    assert [r.val_loss for r in unbroken.history] == [r.val_loss for r in resumed.history]


def test_early_stopping_brings_the_best_weights_back(splits):
    # A rate this high makes later epochs worse than the best one.
    recipe = _recipe(epochs=40, optimizer={"lr": 0.05}, early_stopping={"patience": 3})
    loop = _train(recipe, splits)
    losses = [row.val_loss for row in loop.history]
    assert len(losses) == loop.best_epoch + 3 < 40
    assert losses.index(min(losses)) + 1 == loop.best_epoch
    labels = splits[1].labels
    loss = torch.nn.functional.cross_entropy(torch.from_numpy(score(loop.kept, splits[1])), labels)
    assert float(loss) == pytest.approx(min(losses), abs=1e-6)


def test_the_moving_average_is_kept_instead_of_the_last_weights(splits):
    loop = _train(_recipe(ema={"decay": 0.9}), splits)
    last = torch.cat([tensor.flatten() for tensor in loop.model.state_dict().values()])
    assert not torch.equal(_weights(loop), last)


def test_a_loss_that_is_no_number_stops_with_the_remedy(splits):
    recipe = _recipe(model="mlp_sgd", optimizer={"name": "sgd", "lr": 1e30})
    with pytest.raises(DivergedError, match=r"loss became (nan|inf) in epoch 1.*lower optimizer.lr \(now 1e\+30\)"):
        _train(recipe, splits)


def test_without_a_validation_split_its_figures_are_nan(splits):
    empty = Split(splits[1].images[:0], splits[1].labels[:0])
    loop = _train(_recipe(), (splits[0], empty))
    assert all(math.isnan(row.val_loss) for row in loop.history)


def test_a_batch_larger_than_the_data_is_one_step(splits):
    steps = []
    recipe = _recipe(batch_size=10_000, epochs=1)
    loop = Loop(recipe, models.build(recipe.model), torch.float32, *splits)
    loop.run(None, steps.append, None)
    assert [(step.step, step.steps) for step in steps] == [(1, 1)]


def test_selection_looks_at_every_image_and_steps_on_the_hardest(splits, monkeypatch):
    steps = []
    take_step = Loop._step

    def spy(loop, x, labels, rate):
        with torch.no_grad():
            losses = torch.nn.functional.cross_entropy(loop.trained.eval()(x), labels, reduction="none")
        loop.trained.train()
        steps.append((len(x), float(losses.mean()), rate))
        return take_step(loop, x, labels, rate)

    monkeypatch.setattr(Loop, "_step", spy)
    schedule = {"name": "one-cycle", "warmup": 0.25}
    recipe = _recipe(epochs=2, optimizer={"lr": 0.01}, selection={"after": 0.75, "of": 5}, schedule=schedule)
    loop = _train(recipe, splits)
    # 500 images an epoch in batches of 50: ten steps, five, and one that chose 50 of the last 250.
    assert [size for size, _, _ in steps] == [50] * 16
    everything = torch.nn.functional.cross_entropy(torch.from_numpy(score(loop.kept, splits[0])), splits[0].labels)
    assert steps[-1][1] > 1.5 * float(everything)
    # The schedule follows the images seen, not the steps: its end is the data's end.
    assert steps[-1][2] == pytest.approx(0.01 * 0.25 / 0.75 / 2)
    assert loop.history[-1].val_accuracy > 0.9


def test_the_last_looks_of_an_epoch_choose_their_share(splits, monkeypatch):
    sizes = []
    take_step = Loop._step
    monkeypatch.setattr(
        Loop, "_step", lambda loop, x, labels, rate: sizes.append(len(x)) or take_step(loop, x, labels, rate)
    )
    _train(_recipe(epochs=1, batch_size=60, selection={"after": 0.0, "of": 4}), splits)
    assert sizes == [60, 60, 5]  # of 240, 240 and 20


def test_training_loss_is_comparable_with_validation_loss_under_label_smoothing(splits):
    same = (splits[0], splits[0])
    row = _train(_recipe(epochs=30, label_smoothing=0.3, optimizer={"name": "adam", "lr": 0.002}), same).history[-1]
    assert row.train_loss == pytest.approx(row.val_loss, rel=0.5)


def test_a_device_that_is_not_here_is_named_with_those_that_are():
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(UsageError, match="this machine has .*cpu"):
        choose_device("cuda")


def test_precision_can_be_set_and_mlps_stay_in_float32():
    cpu = torch.device("cpu")
    assert choose_precision("auto", cpu, models.build("mlp_sgd")) is torch.float32
    assert choose_precision("float32", cpu, models.build("compact")) is torch.float32
    assert choose_precision("bfloat16", cpu, models.build("mlp_sgd")) is torch.bfloat16


FROZEN = {"model": "whitened", "epochs": 2, "optimizer": {"name": "sgd", "lr": 0.1, "momentum": 0.9}}


def test_a_frozen_stem_is_fitted_to_the_images_and_never_trained(splits):
    torch.manual_seed(0)
    drawn = models.build("whitened").stem.weight.clone()
    one, two = (_train(_recipe(**FROZEN | {"epochs": epochs}), splits).model.stem.weight for epochs in (1, 2))
    assert not torch.equal(one, drawn)
    assert torch.equal(one, two)
    assert _train(_recipe(**FROZEN), splits).history[-1].val_accuracy > 0.95


def test_features_computed_once_train_as_features_computed_every_time(splits, monkeypatch):
    once = _train(_recipe(**FROZEN), splits)
    assert once.inputs.features is not None
    monkeypatch.setattr(Inputs, "augmented", True)  # nothing is augmented, but the loop must think so
    each_time = _train(_recipe(**FROZEN), splits)
    assert each_time.inputs.features is None
    torch.testing.assert_close(_weights(once), _weights(each_time), rtol=1e-3, atol=1e-4)


def test_a_frozen_stem_survives_a_stop_and_augmentation(splits, tmp_path):
    recipe = _recipe(**FROZEN | {"augmentation": {"translation": 1.0}})
    unbroken = _train(recipe, splits)
    torch.manual_seed(recipe.seed)
    stopped = Loop(recipe, models.build(recipe.model), torch.float32, *splits)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped.run(tmp_path / "checkpoint" / "last.safetensors", None, stop)
    resumed = _train(recipe, splits, tmp_path / "checkpoint" / "last.safetensors")
    assert torch.equal(_weights(unbroken), _weights(resumed))


@pytest.mark.parametrize("rate", [1e38, 1e300], ids=["the answers", "the weights"])
def test_a_last_update_that_ruins_the_weights_is_noticed(splits, rate):
    # One step only: the loss is looked at before it, so nothing but the weights can tell.
    recipe = _recipe(epochs=1, batch_size=500, optimizer={"name": "sgd", "lr": rate})
    with pytest.raises(DivergedError, match="lower optimizer.lr"):
        _train(recipe, splits)


def test_a_checkpoint_of_other_data_is_refused(splits, tmp_path):
    recipe, path = _recipe(), tmp_path / "checkpoint" / "last.safetensors"
    Loop(recipe, models.build(recipe.model), torch.float32, *splits, data="these").run(path, None, None)
    other = Loop(recipe, models.build(recipe.model), torch.float32, *splits, data="others")
    with pytest.raises(TenfoldError, match="other data"):
        other.run(path, None, None)


def test_features_computed_once_are_those_of_every_image(splits, monkeypatch):
    def features():
        torch.manual_seed(0)
        recipe = _recipe(**FROZEN)
        return Inputs(recipe, models.build(recipe.model), splits[0], torch.float32).features

    whole = features()
    assert len(whole) == 500
    monkeypatch.setattr(inputs, "_SCORING_BATCH", 170)
    torch.testing.assert_close(features(), whole)


@pytest.mark.parametrize(("chosen", "spins"), [(None, "1000"), ("passive", None)])
def test_how_threads_wait_is_the_users_to_choose(monkeypatch, chosen, spins):
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    if chosen:
        monkeypatch.setenv("OMP_WAIT_POLICY", chosen)
    importlib.reload(patience)
    assert os.environ.get("GOMP_SPINCOUNT") == spins


@pytest.mark.parametrize("error", [OSError, AttributeError, TypeError])
def test_without_glibc_memory_is_kept_as_the_system_keeps_it(monkeypatch, error):
    def none(_name):
        raise error

    monkeypatch.setattr(memory.ctypes, "CDLL", none)
    memory.keep_freed_memory()
