"""Neurons whose threshold adapts, in floats: what is trained before conversion, and what integers are compared with."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from spikelut import native
from spikelut._checks import require, require_type
from spikelut._torch import forward_hooks, has_global_hooks
from spikelut.quant.arithmetic.full_precision import exact
from spikelut.quant.arithmetic.per_neuron import Reals, reals_of, require_each, shown_values
from spikelut.quant.arithmetic.traceable import is_unbranched, steps_as_recorded
from spikelut.quant.backends.eager.float_adaptive import run_adaptive
from spikelut.quant.dynamics.adaptive.float_neurons import FloatAdaptiveDynamics
from spikelut.quant.neurons.base import real_values
from spikelut.quant.neurons.float_lif import FloatLIF
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


class FloatAdaptiveLIF(FloatLIF):
    """`AdaptiveLIF` in floats: a threshold that rises with each spike, and a refractory state; Lava's ATRLIF.

    mem = beta * mem + current; theta = threshold + threshold_beta * (theta - threshold); r = refractory_beta * r

    a spike where mem - r >= theta; then r = r + 2 * theta and theta = theta + threshold_step. With `alpha` the membrane
    takes in a synaptic current that decays. Currents [T, B, ...] to spikes [T, B, ...], from rest; `surrogate` is the
    derivative of the spike, also where it raises theta and r. Each number is one for the layer, or one for each neuron
    of [T, B, N] or channel of [T, B, N, ...]; `bias` is as in `FloatLIF`. Put it into a `FloatRecurrent` for a
    recurrent layer. `forward` has no second derivative; `run`, which torch differentiates step by step, has.

    ```pycon
    >>> neurons = quant.FloatAdaptiveLIF(surrogates.Arctan(), threshold_step=0.5)
    >>> neurons(torch.full((30, 1, 1), 0.3)).sum().item()
    4.0
    ```
    """

    def __init__(
        self,
        surrogate: Surrogate | LUTSurrogate,
        *,
        alpha: Reals | None = None,
        beta: Reals = 0.9,
        threshold: Reals = 1.0,
        threshold_step: Reals = 0.5,
        threshold_beta: Reals = 0.9,
        refractory_beta: Reals = 0.9,
        bias: int | None = None,
    ) -> None:
        who = type(self).__name__
        require_type(who, "surrogate", surrogate, (Surrogate, LUTSurrogate), "a Surrogate or a LUTSurrogate")
        super().__init__(surrogate, alpha=alpha, beta=beta, threshold=threshold, bias=bias)
        given = {"threshold_beta": threshold_beta, "refractory_beta": refractory_beta, "threshold_step": threshold_step}
        values = {name: reals_of(who, name, value) for name, value in given.items()}
        for name in ("threshold_beta", "refractory_beta"):
            require_each(who, name, values[name], lambda b: 0 <= b <= 1, "must be in 0..1")
        require_each(who, "threshold_step", values["threshold_step"], lambda s: s >= 0, "must be at least 0")
        self.threshold_beta = real_values(values["threshold_beta"])
        self.refractory_beta = real_values(values["refractory_beta"])
        self.threshold_step = real_values(values["threshold_step"])
        self.reset = "none"

    def forward(self, current: Tensor) -> Tensor:
        """Spikes [T, B, ...]."""
        return self.recur(current, None)

    def recur(self, current: Tensor, recurrent: nn.Module | None) -> Tensor:
        """Spikes [T, B, ...], with those of the step before weighed by `recurrent`."""
        plain = recurrent is None or (type(recurrent) is nn.Linear and not _is_changed(recurrent))
        if not plain or not native.is_eager(current) or is_unbranched():
            return self.run(current, recurrent)[0]
        weight: Any = None if recurrent is None else recurrent.weight
        given = exact(current).contiguous()
        require(given.ndim >= 2, type(self).__name__, "current must be [T, B, ...]", tuple(current.shape))
        assert self.surrogate is not None  # the constructor asks for one
        bias = None if self.bias is None else self._spread(given.ndim)
        neurons = self._adaptive(given)
        return run_adaptive(neurons, self.surrogate, given, bias, weight).to(self._gives(current))

    def run(self, current: Tensor, recurrent: nn.Module | None = None) -> tuple[Tensor, Tensor]:
        """Spikes, and membranes, [T, B, ...]; differentiated by torch step by step, twice if need be."""
        given, steps = self._gives(current), steps_as_recorded(exact(current))
        neurons, surrogate = self._adaptive(steps), self.surrogate
        assert surrogate is not None  # the constructor asks for one
        states: tuple[Any, ...] = (torch.zeros_like(steps[:1].sum(0)),) * len(neurons.states)
        bias = None if self.bias is None else self._spread(current.ndim)
        outs: list[Tensor] = []
        membranes: list[Tensor] = []
        for arriving in steps:
            if recurrent is not None:
                arriving = arriving + recurrent(outs[-1] if outs else torch.zeros_like(arriving, dtype=given))
            done = neurons.step(_SpikesOf(surrogate), states, arriving, bias)
            states = done.states
            outs.append(done.spikes.to(given))
            membranes.append(done.full)
        if not outs:
            return torch.empty_like(steps, dtype=given), torch.empty_like(steps)
        return torch.stack(outs), torch.stack(membranes)

    def _adaptive(self, states: Tensor) -> FloatAdaptiveDynamics:
        """The neurons' numbers in the type and the shape of states of currents [T, B, N, ...]."""
        names = ("beta", "threshold", "threshold_step", "threshold_beta", "refractory_beta", "alpha")
        return FloatAdaptiveDynamics(**{name: self._fitted(states, name, getattr(self, name)) for name in names})

    @property
    def dynamics(self) -> Any:
        """The neurons' numbers, step and derivative; those of each neuron are tensors [N]."""
        names = ("beta", "threshold", "threshold_step", "threshold_beta", "refractory_beta", "alpha")
        return FloatAdaptiveDynamics(**{name: getattr(self, name) for name in names})

    def extra_repr(self) -> str:
        names = ("threshold_step", "threshold_beta", "refractory_beta")
        shown = [f"{name}={shown_values(getattr(self, name), 'g')}" for name in names]
        return ", ".join([part for part in super().extra_repr().split(", ") if not part.startswith("reset=")] + shown)


class _SpikesOf:
    """The operations of a step whose spikes have a surrogate's derivative."""

    def __init__(self, surrogate: Surrogate | LUTSurrogate) -> None:
        self.spike: Callable[[Tensor], Tensor] = surrogate

    @staticmethod
    def real(x: Any) -> Any:
        """A spike as it is."""
        return x


def _is_changed(linear: nn.Linear) -> bool:
    """Whether a linear layer is more than its weight: with a bias, hooks or parametrizations."""
    return linear.bias is not None or any(forward_hooks(linear)) or has_global_hooks() or is_parametrized(linear)
