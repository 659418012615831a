"""Neurons in floats: what is trained before conversion, and what the quantised form is compared with."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_int, require_type
from spikelut._text import BriefModule, value_text
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.full_precision import exact, exact_dtype, spikes_dtype
from spikelut.quant.arithmetic.per_neuron import Reals, reals_of, require_each, shown_values
from spikelut.quant.arithmetic.traceable import steps_as_recorded
from spikelut.quant.backends.dispatch import run_float_layer
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.dynamics.float_lif import FloatLIFDynamics
from spikelut.quant.neurons.base import SpikingLayer, real_values
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


class FloatLIF(BriefModule, SpikingLayer):
    """Leaky integrate-and-fire layer in floats: an ordinary one, to be trained and then converted with `quant.convert`.

    syn = alpha * syn + current; mem = beta * mem + syn; a spike where mem >= threshold; then the threshold is
    subtracted, or mem is set to zero. Without `alpha` there is no synaptic current. Currents [T, B, ...] to spikes [T,
    B, ...], from rest. `surrogate` is the derivative of the spike, a curve or a table; the reset is treated as a
    constant. `surrogate=None` makes a read-out, which gives its membrane. `forward` has no second derivative; `run`,
    which torch differentiates step by step, has.

    `beta`, `threshold` and `alpha` are one number for the layer, or N of them, as a sequence, array or tensor: one for
    each neuron of [T, B, N] or channel of [T, B, N, ...]. Such layers run step by step in torch, which takes longer.

    With `max_spikes` above 1 a step gives as many spikes as mem holds thresholds, up to so many; each subtracts one.
    `bias` is the number of neurons, or of channels for [T, B, C, ...]; each then learns a constant, which its membrane
    gets in every step. With the order `input-compare-leak-reset` the leak comes before the reset: beta * mem -
    threshold, as in snnTorch.

    ```pycon
    >>> lif = quant.FloatLIF(surrogates.Arctan(alpha=2.0), beta=0.5, reset="zero")
    >>> current = torch.tensor([0.75, 0.75, 0.0]).reshape(3, 1, 1).requires_grad_()
    >>> spikes = lif(current)
    >>> spikes.sum().backward()
    >>> spikes.flatten().tolist(), current.grad.flatten()
    ([0.0, 1.0, 0.0], tensor([1.0517, 0.8664, 0.0920]))
    ```
    """

    def __init__(
        self,
        surrogate: Surrogate | LUTSurrogate | None,
        *,
        beta: Reals = 0.9,
        threshold: Reals = 1.0,
        reset: str = "subtract",
        alpha: Reals | None = None,
        order: str = "leak-input-compare-reset",
        max_spikes: int = 1,
        bias: int | None = None,
    ) -> None:
        super().__init__()
        who = type(self).__name__
        if surrogate is not None and not isinstance(surrogate, Surrogate | LUTSurrogate):
            raise TypeError(
                f"{who}: surrogate must be a Surrogate, a LUTSurrogate or None, got {type(surrogate).__name__}"
            )
        beta, threshold = reals_of(who, "beta", beta), reals_of(who, "threshold", threshold)
        require_each(who, "beta", beta, lambda b: 0 <= b <= 1, "must be in 0..1")
        if alpha is not None:
            alpha = reals_of(who, "alpha", alpha)
            require_each(who, "alpha", alpha, lambda a: 0 <= a <= 1, "must be in 0..1")
        require_each(who, "threshold", threshold, lambda t: t > 0, "must be > 0")
        require(reset in ("subtract", "zero"), who, "reset must be subtract or zero", reset)
        orders = ("leak-input-compare-reset", "input-compare-leak-reset")
        require(order in orders, who, f"order must be {' or '.join(orders)}", order)
        self.surrogate = surrogate
        self.beta, self.threshold = real_values(beta), real_values(threshold)
        self.alpha = alpha if alpha is None else real_values(alpha)
        require_int(who, "max_spikes", max_spikes, 1, 2**16)
        require(max_spikes == 1 or reset == "subtract", who, "reset must be subtract with several spikes", reset)
        if bias is not None:
            require_int(who, "bias", bias, 1, 2**31)
        self.bias = None if bias is None else nn.Parameter(torch.zeros(bias))
        self.reset, self.order, self.max_spikes = reset, order, max_spikes

    def forward(self, current: Tensor) -> Tensor:
        """Spikes, or of a read-out membranes, [T, B, ...]."""
        if self._has_own:
            return self.run(current)[0]
        found = run_float_layer(FloatSpec.of(self), current, self._spread(current.ndim))
        return self.run(current)[0] if found is None else found.to(self._gives(current))

    @property
    def _has_own(self) -> bool:
        """Whether each neuron, or channel, has values of its own; kernels have one for all."""
        return any(isinstance(v, Tensor) for v in (self.beta, self.threshold, self.alpha))

    def recur(self, current: Tensor, recurrent: nn.Module) -> Tensor:
        """Spikes [T, B, ...], with those of the step before weighed by `recurrent`."""
        return self.run(current, recurrent)[0]

    def run(self, current: Tensor, recurrent: nn.Module | None = None) -> tuple[Tensor, Tensor]:
        """Spikes, and membranes before the reset, [T, B, ...]; differentiated by torch step by step, twice if need be.

        `recurrent` is a module that weighs the spikes of the step before. Before the first step there were none; a bias
        of `recurrent` arrives in it all the same.
        """
        kind, states = self._gives(current), steps_as_recorded(exact(current))
        neurons = self._dynamics_for(states)
        kept: tuple[Tensor, ...] = tuple(torch.zeros_like(states[:1].sum(0)) for _ in neurons.states)
        bias = None if self.bias is None else self._spread(current.ndim)
        outs: list[Tensor] = []
        membranes: list[Tensor] = []
        for arriving in states:
            if recurrent is not None:
                arriving = arriving + recurrent(outs[-1] if outs else torch.zeros_like(arriving, dtype=kind))
            mem, *syn = kept = neurons.integrate(kept, arriving, bias)
            membranes.append(mem)
            if self.surrogate is None:
                outs.append(mem)
                continue
            spikes = self._fire(self.surrogate, mem)
            outs.append(spikes.to(kind))
            kept = (neurons.reset(mem, spikes.detach()), *syn)
        if not outs:
            return torch.empty_like(states, dtype=kind), torch.empty_like(states)
        return torch.stack(outs), torch.stack(membranes)

    def _gives(self, current: Tensor) -> torch.dtype:
        """The type of what comes out: spikes as currents, if it holds their number; membranes at least float32."""
        return exact_dtype(current) if self.surrogate is None else spikes_dtype(current, self.max_spikes)

    @property
    def dynamics(self) -> FloatLIFDynamics:
        """The neurons' numbers, step and derivative; those of each neuron are tensors [N]."""
        return self._dynamics_of(lambda _, value: value)

    def _dynamics_for(self, states: Tensor) -> FloatLIFDynamics:
        """The same in the type and the shape of states of currents [T, B, N, ...]."""
        return self._dynamics_of(lambda name, value: self._fitted(states, name, value))

    def _fitted(self, states: Tensor, name: str, value: Any) -> Any:
        """A number, or those of each neuron, for states of currents [T, B, N, ...]."""
        if not isinstance(value, Tensor):
            return value
        fits = states.ndim >= 3 and states.shape[2] == len(value)
        message = f"current must be [T, B, {len(value)}, ...], as {name} is"
        require(fits, type(self).__name__, message, tuple(states.shape))
        return value.to(states.device, states.dtype).reshape(-1, *[1] * (states.ndim - 3))

    def _dynamics_of(self, change: Callable[[str, Any], Any]) -> FloatLIFDynamics:
        threshold = None if self.surrogate is None else change("threshold", self.threshold)
        beta, alpha = change("beta", self.beta), change("alpha", self.alpha)
        late = self.order == "input-compare-leak-reset"
        return FloatLIFDynamics.of(beta, threshold, self.reset, alpha, late, self.max_spikes)

    def _spread(self, dims: int) -> Any:
        """The bias, to be added to a state of currents with so many dimensions."""
        return None if self.bias is None else exact(self.bias).reshape(-1, *[1] * (dims - 3))

    def _fire(self, surrogate: Surrogate | LUTSurrogate, mem: Tensor) -> Tensor:
        """Spikes; the surrogate is read at the nearest of the thresholds."""
        neurons = self._dynamics_for(mem.unsqueeze(0))
        if self.max_spikes == 1:
            return surrogate(mem - neurons.threshold)
        count, nearest = neurons.several(TorchOps, mem.detach())
        spike: Tensor = surrogate(mem - nearest * neurons.threshold)
        given: Tensor = spike + (count - spike).detach()
        return given

    def extra_repr(self) -> str:
        values = {"beta": self.beta, "alpha": self.alpha}
        if self.surrogate is not None:
            values["threshold"] = self.threshold
        shown = [f"{name}={shown_values(value, 'g')}" for name, value in values.items() if value is not None]
        spiking = [f"reset={self.reset!r}", value_text(self.surrogate)] if self.surrogate else ["read-out"]
        return ", ".join(shown + spiking)


class FloatRecurrent(SpikingLayer):
    """A recurrent layer: `FloatLIF` neurons that receive their layer's last spikes through weights.

    The neurons receive current[t] + linear(spikes[t-1]), with spikes of zero before the first step; [T, B, features] to
    [T, B, features]. `linear` has no bias. If you give it one, it is added in every step, the first included, as in
    snnTorch's RLeaky (norse's recurrent cells have none).

    ```pycon
    >>> layer = quant.FloatRecurrent(quant.FloatLIF(surrogates.Arctan(), beta=0.9), 4)
    >>> layer(torch.rand(10, 2, 4)).shape
    torch.Size([10, 2, 4])
    ```
    """

    def __init__(self, neuron: FloatLIF, features: int) -> None:
        super().__init__()
        require_type("FloatRecurrent", "neuron", neuron, FloatLIF, "a FloatLIF")
        require_int("FloatRecurrent", "features", features, 1, 2**31 - 1)
        self.neuron, self.features = neuron, features
        self.linear: Any = nn.Linear(features, features, bias=False)

    def forward(self, current: Tensor) -> Tensor:
        """Spikes [T, B, features]."""
        return self.neuron.recur(current, self.linear)


class TimeDistributed(nn.Module):
    """A module for [B, ...] applied to every time step of [T, B, ...] at once, as `nn.Conv2d` or batch norm.

    ```pycon
    >>> quant.TimeDistributed(torch.nn.Conv2d(2, 3, 3))(torch.rand(5, 4, 2, 8, 8)).shape
    torch.Size([5, 4, 3, 6, 6])
    ```
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        require_type("TimeDistributed", "module", module, nn.Module, "a torch.nn.Module")
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        """[T, B, ...] to [T, B, ...]."""
        flat: Tensor = self.module(x.flatten(0, 1))
        return flat.reshape(*x.shape[:2], *flat.shape[1:])
