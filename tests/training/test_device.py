"""A device that runs out of memory or is lost costs one line, and at most the epoch that it was in."""

import pytest
import torch

from tenfold.errors import TenfoldError
from tenfold.recipes import Recipe, dump_recipe
from tenfold.run.folder import RunFolder
from tenfold.training import device, fit
from tenfold.training.loop import Loop

_FAULTS = [
    (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), r"lower batch_size \(now 50\)"),
    (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "out of memory: lower batch_size"),
    (torch.AcceleratorError("CUDA error: device lost\nmore"), r"lost \(CUDA error: device lost\): --resume goes on"),
]


@pytest.mark.parametrize(("fault", "said"), _FAULTS, ids=["out of memory", "of the processor's", "lost"])
def test_a_fault_in_a_step_is_one_line_and_the_run_goes_on_to_the_same_weights(
    fault, said, bars, trained, tmp_path, monkeypatch
):
    recipe = Recipe.model_validate({"model": "mlp_sgd", "epochs": 3, "batch_size": 50, "data": {"name": str(bars)}})
    folder = RunFolder.claim(tmp_path, "bars", dump_recipe(recipe), False)
    take_step, steps = Loop._step, []

    def fails(loop, *given):
        steps.append(1)
        if len(steps) == 15:  # of 11 an epoch
            raise fault
        return take_step(loop, *given)

    monkeypatch.setattr(Loop, "_step", fails)
    with pytest.raises(TenfoldError, match=said) as caught:
        fit("bars", recipe, folder)
    assert len(str(caught.value).splitlines()) == 1
    assert folder.resumable
    folder.release()
    folder = RunFolder.claim(tmp_path, "bars", dump_recipe(recipe), True)
    fit("bars", recipe, folder)
    assert len(steps) == 15 + 22
    unbroken = trained(epochs=3)
    assert (folder.finish().path / "model.safetensors").read_bytes() == (
        unbroken.path / "model.safetensors"
    ).read_bytes()


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match="ours"), device.device_faults(torch.device("cpu"), 1):
        raise RuntimeError("ours")


def test_a_device_that_is_listed_but_does_not_answer_is_passed_over(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    ones = torch.ones

    def lost(*shape, device):
        if device == "cuda":
            raise torch.AcceleratorError("CUDA error: no CUDA-capable device is detected")
        return ones(*shape, device=device)

    monkeypatch.setattr(torch, "ones", lost)
    assert device.choose_device("auto").type == "cpu"
