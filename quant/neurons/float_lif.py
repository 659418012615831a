"""Neurons in floats: what is trained before conversion, and what the quantised form is compared with."""

from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import is_finite, require, require_int
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.full_precision import exact, exact_dtype, spikes_dtype
from spikelut.quant.arithmetic.traceable import steps_as_recorded
from spikelut.quant.backends.dispatch import run_float_layer
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.dynamics.float_lif import FloatLIFDynamics
from spikelut.quant.neurons.base import SpikingLayer
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


class FloatLIF(SpikingLayer):
    """Leaky integrate-and-fire layer in floats: an ordinary one, to be trained and then converted with `quant.convert`.

    syn = alpha * syn + current; mem = beta * mem + syn; a spike where mem >= threshold; then the threshold is
    subtracted, or mem is set to zero. Without `alpha` there is no synaptic current. Currents [T, B, ...] to spikes [T,
    B, ...], from rest. `surrogate` is the derivative of the spike, a curve or a table; the reset is treated as a
    constant. `surrogate=None` makes a read-out, which gives its membrane. `forward` has no second derivative; `run`,
    which torch differentiates step by step, has.

    With `max_spikes` above 1 a step gives as many spikes as mem holds thresholds, up to so many; each subtracts one.
    `bias` is the number of neurons, or for [T, B, C, ...] of channels, with a learned constant each for the membrane.
    With the order `input-compare-leak-reset` the leak comes before the reset: beta * mem - threshold, as in snnTorch.

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
        beta: float = 0.9,
        threshold: float = 1.0,
        reset: str = "subtract",
        alpha: float | None = None,
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
        require(is_finite(beta) and 0 <= beta <= 1, who, "beta must be in 0..1", beta)
        require(alpha is None or (is_finite(alpha) and 0 <= alpha <= 1), who, "alpha must be in 0..1", alpha)
        require(is_finite(threshold) and threshold > 0, who, "threshold must be > 0", threshold)
        require(reset in ("subtract", "zero"), who, "reset must be subtract or zero", reset)
        orders = ("leak-input-compare-reset", "input-compare-leak-reset")
        require(order in orders, who, f"order must be {' or '.join(orders)}", order)
        self.surrogate, self.beta, self.alpha = surrogate, float(beta), alpha
        require_int(who, "max_spikes", max_spikes, 1, 2**16)
        require(max_spikes == 1 or reset == "subtract", who, "reset must be subtract with several spikes", reset)
        if bias is not None:
            require_int(who, "bias", bias, 1, 2**31)
        self.bias = None if bias is None else nn.Parameter(torch.zeros(bias))
        self.threshold, self.reset, self.order, self.max_spikes = float(threshold), reset, order, max_spikes

    def forward(self, current: Tensor) -> Tensor:
        """Spikes, or of a read-out membranes, [T, B, ...]."""
        found = run_float_layer(FloatSpec.of(self), current, self._spread(current.ndim))
        return self.run(current)[0] if found is None else found.to(self._gives(current))

    def run(self, current: Tensor, recurrent: nn.Module | None = None) -> tuple[Tensor, Tensor]:
        """Spikes, and membranes before the reset, [T, B, ...]; differentiated by torch step by step, twice if need be.

        `recurrent` is a module that weighs the spikes of the step before. Before the first step there were none; a bias
        of `recurrent` arrives in it all the same.
        """
        kind, states = self._gives(current), steps_as_recorded(exact(current))
        neurons = self.dynamics
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
        """The neurons' numbers, step and derivative."""
        threshold = None if self.surrogate is None else self.threshold
        late = self.order == "input-compare-leak-reset"
        return FloatLIFDynamics.of(self.beta, threshold, self.reset, self.alpha, late, self.max_spikes)

    def _spread(self, dims: int) -> Any:
        """The bias, to be added to a state of currents with so many dimensions."""
        return None if self.bias is None else exact(self.bias).reshape(-1, *[1] * (dims - 3))

    def _fire(self, surrogate: Surrogate | LUTSurrogate, mem: Tensor) -> Tensor:
        """Spikes; the surrogate is read at the nearest of the thresholds."""
        if self.max_spikes == 1:
            return surrogate(mem - self.threshold)
        count, nearest = self.dynamics.several(TorchOps, mem.detach())
        spike: Tensor = surrogate(mem - nearest * self.threshold)
        given: Tensor = spike + (count - spike).detach()
        return given

    def extra_repr(self) -> str:
        values = {"beta": self.beta, "alpha": self.alpha}
        if self.surrogate is not None:
            values["threshold"] = self.threshold
        shown = [f"{name}={value:g}" for name, value in values.items() if value is not None]
        return ", ".join(shown + ([f"reset={self.reset!r}", str(self.surrogate)] if self.surrogate else ["read-out"]))


class FloatRecurrent(SpikingLayer):
    """A recurrent layer: `FloatLIF` neurons that receive their layer's last spikes through weights.

    The neurons receive current[t] + linear(spikes[t-1]), with spikes of zero before the first step; [T, B, features] to
    [T, B, features]. `linear` has no bias; one given to it arrives in every step, the first one as well, as that of
    snnTorch's RLeaky does (norse's recurrent cells have none).

    ```pycon
    >>> layer = quant.FloatRecurrent(quant.FloatLIF(surrogates.Arctan(), beta=0.9), 4)
    >>> layer(torch.rand(10, 2, 4)).shape
    torch.Size([10, 2, 4])
    ```
    """

    def __init__(self, neuron: FloatLIF, features: int) -> None:
        super().__init__()
        self.neuron, self.features = neuron, features
        self.linear: Any = nn.Linear(features, features, bias=False)

    def forward(self, current: Tensor) -> Tensor:
        """Spikes [T, B, features]."""
        return self.neuron.run(current, self.linear)[0]


class TimeDistributed(nn.Module):
    """A module for [B, ...] applied to every time step of [T, B, ...] at once, as `nn.Conv2d` or batch norm.

    ```pycon
    >>> quant.TimeDistributed(torch.nn.Conv2d(2, 3, 3))(torch.rand(5, 4, 2, 8, 8)).shape
    torch.Size([5, 4, 3, 6, 6])
    ```
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        """[T, B, ...] to [T, B, ...]."""
        flat: Tensor = self.module(x.flatten(0, 1))
        return flat.reshape(*x.shape[:2], *flat.shape[1:])
