"""SGD, Adam, AdamW and RMSprop: the update rules of torch.optim on torch's own kernels, without its classes.

The first optimizer of torch.optim imports torch's compiler: eight hundred modules and more than a second, for a run
that trains for two. Its step then asks that compiler twice for nothing. The kernels here are the same, so the numbers
are, too.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from tenfold.recipes.schema import Optimizer

_BETAS = (0.9, 0.999)
_EPSILON = 1e-8
_RMSPROP_DECAY = 0.99
"""The defaults of torch.optim."""

_AVERAGES = ("exp_avg", "exp_avg_sq")
"""Of the gradient and of its square, as Adam keeps them."""


class Optimization:
    """A recipe's optimizer over parameters: as a torch.optim.Optimizer, as far as a training loop uses one.

    parameters: of one device and type; or torch's groups of them, dicts with "params" and further entries. Each group
    has its "lr", which may change between steps. state: the tensors that belong to each parameter, by name.
    """

    def __init__(self, parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]], settings: Optimizer) -> None:
        given = list(parameters)
        groups: list[dict[str, Any]] = given if given and isinstance(given[0], dict) else [{"params": given}]  # type: ignore[assignment]
        self.settings = settings
        self.param_groups = [{"lr": settings.lr, **group, "params": list(group["params"])} for group in groups]
        self.state: dict[Tensor, dict[str, Tensor]] = {
            parameter: {} for group in self.param_groups for parameter in group["params"]
        }

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter that has a gradient."""
        for group in self.param_groups:
            parameters = [parameter for parameter in group["params"] if parameter.grad is not None]
            if parameters:
                self._update(parameters, [parameter.grad for parameter in parameters], group["lr"])

    def zero_grad(self) -> None:
        """Drop the gradients, so that the next are written rather than added."""
        for parameter in self.state:
            parameter.grad = None

    def _update(self, parameters: list[Tensor], gradients: list[Tensor], rate: float) -> None:
        match self.settings.name:
            case "sgd":
                self._sgd(parameters, gradients, rate)
            case "rmsprop":
                self._rmsprop(parameters, gradients, rate)
            case _:
                self._adam(parameters, gradients, rate)

    def _sgd(self, parameters: list[Tensor], gradients: list[Tensor], rate: float) -> None:
        momentum, first = self.settings.momentum, False
        if momentum:
            first = "momentum_buffer" not in self.state[parameters[0]]
            for parameter, gradient in zip(parameters, gradients, strict=True):
                if "momentum_buffer" not in self.state[parameter]:
                    self.state[parameter]["momentum_buffer"] = torch.empty_like(gradient)
        torch._fused_sgd_(
            parameters,
            gradients,
            self._states(parameters, "momentum_buffer") if momentum else [],
            weight_decay=self.settings.weight_decay,
            momentum=momentum,
            lr=rate,
            dampening=0.0,
            nesterov=self.settings.nesterov,
            maximize=False,
            is_first_step=first,
        )

    def _adam(self, parameters: list[Tensor], gradients: list[Tensor], rate: float) -> None:
        if new := [parameter for parameter in parameters if not self.state[parameter]]:
            step = torch.zeros((), device=parameters[0].device)
            for parameter in new:
                averages = {
                    name: torch.zeros_like(parameter, memory_format=torch.preserve_format) for name in _AVERAGES
                }
                self.state[parameter] = {"step": step, **averages}
        steps = self._states(parameters, "step")
        # Parameters that began together share their count: counting it for each takes 40 µs of a small MLP's step.
        for step in {id(step): step for step in steps}.values():
            step.add_(1)
        kernel = torch._fused_adamw_ if self.settings.name == "adamw" else torch._fused_adam_
        kernel(
            parameters,
            gradients,
            self._states(parameters, _AVERAGES[0]),
            self._states(parameters, _AVERAGES[1]),
            [],
            steps,
            lr=rate,
            beta1=_BETAS[0],
            beta2=_BETAS[1],
            weight_decay=self.settings.weight_decay,
            eps=_EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def _rmsprop(self, parameters: list[Tensor], gradients: list[Tensor], rate: float) -> None:
        momentum = self.settings.momentum
        for parameter, gradient in zip(parameters, gradients, strict=True):
            state = self.state[parameter]
            if not state:
                state["square_avg"] = torch.zeros_like(parameter, memory_format=torch.preserve_format)
                if momentum:
                    state["momentum_buffer"] = torch.zeros_like(parameter, memory_format=torch.preserve_format)
            if self.settings.weight_decay:
                gradient = gradient.add(parameter, alpha=self.settings.weight_decay)
            state["square_avg"].mul_(_RMSPROP_DECAY).addcmul_(gradient, gradient, value=1 - _RMSPROP_DECAY)
            scale = state["square_avg"].sqrt().add_(_EPSILON)
            if momentum:
                parameter.add_(state["momentum_buffer"].mul_(momentum).addcdiv_(gradient, scale), alpha=-rate)
            else:
                parameter.addcdiv_(gradient, scale, value=-rate)

    def _states(self, parameters: list[Tensor], name: str) -> list[Tensor]:
        return [self.state[parameter][name] for parameter in parameters]
