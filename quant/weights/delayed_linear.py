"""A linear layer whose synapses each have a delay, fixed or learned."""

from typing import Any

import torch
from brevitas.nn import QuantLinear as BrevitasLinear
from torch import Tensor, nn

from spikelut._checks import require, require_flags, require_int
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.full_precision import exact_dtype, full_precision
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.weights.batch_norm import FoldedBatchNorm
from spikelut.quant.weights.delay_steps import (
    Delays,
    delays_of,
    in_range,
    most_steps,
    refuse_learned,
    steps_below,
    whole_steps,
)
from spikelut.quant.weights.delayed_sums import Shares, delayed_sums, recorded_sums
from spikelut.quant.weights.on_grid import OnGrid, unbiased
from spikelut.quant.weights.wide_sums import narrowed


class DelayedLinear(OnGrid, BrevitasLinear):  # type: ignore[misc]  # Brevitas publishes no types
    """Linear layer with quantised weights, in which each synapse delays its spikes by a number of time steps.

    out[t, b, j] = sum over k of weight[j, k] * x[t - delay[j, k], b, k]; nothing comes before the first step. Input [T,
    B, in_features], output [T, B, out_features] in real units. Weights are those of `QuantLinear`, and so are
    `weight_bits`, `input_step`, `per_channel`, `largest_input`, `signed_input` and `batch_norm`.

    - `delay`: whole steps, [out_features, in_features], or one number for all. A delay of each axon is that of `Delay`,
      which costs less.
    - `learn_delay`, `interpolate`, `max_delay`: as of `Delay`, synapse by synapse. Delays are rounded in forward, in
      training too. Their gradient is that of interpolation between the steps around them:
      out' = weight * (x[t - d - 1] - x[t - d]) with d = floor(delay).

    The compiled kernels make one pass over time for each synapse, so their time does not depend on the delays. Torch
    multiplies matrices once for each delay in use, so a larger `max_delay` takes longer.

    Raises ValueError for delays the chip does not have, or not of each synapse.

    ```pycon
    >>> layer = quant.DelayedLinear(2, 1, profile=hw_profiles.load("loihi2"), delay=torch.tensor([[0, 2]]))
    >>> with torch.no_grad():
    ...     _ = layer.weight.copy_(torch.tensor([[0.25, 0.375]]))
    >>> x = torch.zeros(4, 1, 2)
    >>> x[0] = 1.0
    >>> layer(x).flatten().tolist()
    [0.25, 0.0, 0.375, 0.0]
    ```
    """

    delay: Tensor

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        profile: Profile,
        delay: Delays = 0,
        max_delay: int | None = None,
        learn_delay: bool = False,
        interpolate: bool = False,
        weight_bits: int | None = None,
        input_step: float = 1.0,
        per_channel: bool = False,
        largest_input: int | None = None,
        signed_input: bool = False,
        batch_norm: bool = False,
    ) -> None:
        who = "DelayedLinear"
        require_int(who, "in_features", in_features, 1, 2**31)
        require_int(who, "out_features", out_features, 1, 2**31)
        most = most_steps(who, profile, max_delay, per_synapse=True)
        found = delays_of(who, delay, most, learn_delay)
        shape = (out_features, in_features)
        require(found.ndim == 0 or found.shape == shape, who, f"delay must be a number, or {shape}", tuple(found.shape))
        require_flags(who, learn_delay=learn_delay, interpolate=interpolate, batch_norm=batch_norm)
        message = "interpolate must be False of delays that are not learned"
        require(learn_delay or not interpolate, who, message, interpolate)
        numbers = (weight_bits, input_step, per_channel, largest_input, signed_input, False)
        quantiser = self._place(profile, *numbers, in_features)
        super().__init__(in_features, out_features, bias=False, weight_quant=quantiser)
        self.max_delay, self.interpolate = most, interpolate
        found = found.expand(shape).clone()
        if learn_delay:
            self.delay = nn.Parameter(found)
        else:
            self.register_buffer("delay", found)
        self.set_batch_norm(FoldedBatchNorm(out_features) if batch_norm else None)

    @property
    def learned(self) -> bool:
        """Whether delays are a parameter; in the place of one `functional_call` puts any tensor."""
        return "delay" in dict(self.named_parameters(recurse=False))

    @property
    def delays(self) -> Tensor:
        """The steps in force, int64 [out, in]; ValueError where the parameter holds NaN."""
        return whole_steps("DelayedLinear", self.delay, self.max_delay, self.learned)

    def forward(self, x: Any) -> Any:
        """Currents [T, B, out_features] for events [T, B, in_features]."""
        if self.learned:
            refuse_learned("DelayedLinear")
        x = self._taken(x)
        fits = x.ndim == 3 and x.shape[2] == self.in_features
        require(fits, "DelayedLinear", f"input must be [T, B, {self.in_features}]", tuple(x.shape))
        return self._normed(x, self._currents)

    def _currents(self, x: Any) -> Any:
        plain = type(x) is Tensor and not self.return_quant_tensor and self.bias is None
        snapped = self._snapped() if plain else None
        return super().forward(x) if snapped is None else self._sums(x, snapped[0])

    def inner_forward_impl(self, x: Any, quant_weight: Any, quant_bias: Any) -> Any:
        """The sums that Brevitas' `forward` asks for."""
        plain = isinstance(x, Tensor) and quant_bias is None
        require(plain, "DelayedLinear", "activations must not be quantised, nor have a bias", type(x).__name__)
        return self._sums(x, getattr(quant_weight, "value", quant_weight))

    def _sums(self, x: Tensor, weight: Tensor) -> Tensor:
        kind = exact_dtype(x, weight)
        wide = torch.float64 if self.wide else kind
        if is_unbranched():
            return recorded_sums(x.to(wide), weight.to(wide), self.delay, self.max_delay).to(kind)
        delay = in_range(self.delay, self.max_delay)
        between = self.interpolate and self.training
        shares = Shares(self.delays, steps_below(delay, self.max_delay) if self.learned else None, between)
        with full_precision(x):
            sums = delayed_sums(x.to(wide), weight.to(wide), delay, shares)
        return narrowed(sums, kind, "DelayedLinear") if self.wide else sums

    def _arguments(self) -> dict[str, Any]:
        sizes = {"in_features": self.in_features, "out_features": self.out_features, "max_delay": self.max_delay}
        return {**sizes, "learn_delay": self.learned, "interpolate": self.interpolate, **self._format()}

    def extra_repr(self) -> str:
        steps = self.delay.detach()
        learned = ", learn_delay=True" if self.learned else ""
        between = ", interpolate=True" if self.interpolate else ""
        delays = f"delay={steps.min():g}..{steps.max():g}{learned}{between}"
        return f"{unbiased(super().extra_repr())}, {self._described()}, {delays}"
