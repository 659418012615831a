"""Layers of chips that add their inputs spike by spike: weights and neurons in one, to the last saturation."""

from typing import Any, cast

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile, Reset
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.full_precision import exact_dtype
from spikelut.quant.arithmetic.traceable import break_compiled, refuse_recording, refuse_transforms
from spikelut.quant.backends.contract import LayerSpec, Saved
from spikelut.quant.backends.eager.reference import Backward, Recorder
from spikelut.quant.dynamics.event_lif import EventDynamics
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, neuron_of
from spikelut.quant.tables.lut_surrogate import LUTSurrogate, require_table_of
from spikelut.quant.weights.input_events import as_real, check_events
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Surrogate

MOST_COUNTS = 255
"""The largest count of events of one input in a step that is added at once."""


class _Events(torch.autograd.Function):
    """All time steps, source by source; the gradient is that of the summed `current`."""

    @staticmethod
    def forward(
        ctx: Any, current: Tensor, counts: Tensor, weights: Tensor, events: EventDynamics, layer: LayerSpec
    ) -> Tensor:
        spikes = torch.empty_like(current)
        rest = torch.zeros(current.shape[1:], dtype=torch.int32, device=current.device)
        recorder = Recorder(layer, torch.empty_like(current, dtype=torch.int32), want_leaking=False)
        for t, step in enumerate(events.steps(TorchOps, weights, counts, rest)):
            spikes[t] = step.spikes
            recorder.put(t, step)
        ctx.save_for_backward(*recorder.saved(spikes)[:-1])  # these kinds note nothing
        ctx.layer = layer
        return spikes

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_spikes: Tensor) -> tuple[Any, ...]:
        rest = grad_spikes.new_zeros(grad_spikes.shape[1:])  # not of the first step: there may be none
        states = (rest,) * len(ctx.layer.kind.states)
        return (Backward(ctx.layer, Saved(*ctx.saved_tensors)).run(grad_spikes, states).current, *[None] * 4)


class EventLIF(nn.Module):
    """Weights and neurons of a chip that adds spike by spike and saturates after each, exactly.

    Within a step mem = register(mem + weight[i]) for every event of source i, in the order of the sources. Spikes [T,
    B, in_features], which may be counts, to spikes [T, B, out_features]. On a chip that compares after every event
    (ODIN) so does the layer; there the leak ends the step, and the output counts its spikes. Where no partial sum
    saturates, and the chip compares once per step, this is `QuantLinear` and `LIF` or `CubaLIF`, which are far faster:
    here every input line is a step of its own.

    `alpha` is the decay factor of the synaptic current of a chip that has one; the other arguments are those of
    `QuantLinear` and `LIF`. Backward is that of the summed current. Raises ValueError for a profile that adds at once.

    ```pycon
    >>> layer = quant.EventLIF(6, 3, profile=hw_profiles.load("reckon"), surrogate=surrogates.Arctan())
    >>> layer((torch.rand(8, 2, 6) < 0.5).float()).shape
    torch.Size([8, 2, 3])
    ```
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        alpha: float = 0.5,
        beta: float | None = None,
        threshold: float = 1.0,
        reset: Reset | None = None,
        max_spikes: int | None = None,
        weight_bits: int | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(surrogate, LUTSurrogate | Surrogate):
            kind = type(surrogate).__name__
            raise TypeError(f"EventLIF: surrogate must be a LUTSurrogate or a Surrogate, got {kind}")
        require_table_of("EventLIF", surrogate, profile)
        current, decay, _, step = neuron_of(profile, "EventLIF")
        require(current.event_by_event, "EventLIF", "profile must add event by event", profile.name)
        chosen = (1.0 if decay.kind in ("none", "linear") else 0.9) if beta is None else beta
        spec = LIFSpec.from_profile(profile, chosen, threshold, reset, "EventLIF", max_spikes)
        synapse = SynapseSpec.from_profile(profile, alpha, "EventLIF") if profile.current_decay else None
        kind = dynamics_of(spec, synapse)
        require(kind.count is None, "EventLIF", "alpha, beta and threshold must be one number each", kind.count)
        self.events = EventDynamics(kind, step.order == "event-compare-reset")
        self.profile, self.surrogate = profile, surrogate
        self.layer_spec = LayerSpec(kind, surrogate)
        self.linear = QuantLinear(in_features, out_features, profile=profile, weight_bits=weight_bits)

    def weight_codes(self) -> Tensor:
        """The weights in membrane codes, int64 [in_features, out_features]: what one spike adds."""
        codes, exponent = self.linear.integer_weight()
        unit = round(self.linear.weight_lsb * 2.0 ** (exponent + self.profile.weight.shift))
        return torch.as_tensor(codes.T.to(torch.int64) * unit)

    def forward(self, spikes: Tensor) -> Tensor:
        """Spikes [T, B, out_features] for spikes or counts [T, B, in_features], from rest."""
        expected = spikes.ndim == 3 and spikes.shape[2] == self.linear.in_features
        break_compiled()
        refuse_transforms("EventLIF")
        refuse_recording("EventLIF", "record QuantLinear with LIF or CubaLIF, which add at once")
        require(expected, "EventLIF", f"spikes must be [T, B, {self.linear.in_features}]", tuple(spikes.shape))
        spikes = as_real("EventLIF", spikes, exact_dtype(self.linear.weight))
        check_events("EventLIF", "spikes", spikes, 1.0, MOST_COUNTS)
        current = self.linear(spikes)  # first, as it may make the weights anew
        counts, weights = spikes.detach().to(torch.int32), self.weight_codes().to(torch.int32)
        outcome = _Events.apply(current, counts, weights, self.events, self.layer_spec)  # type: ignore[no-untyped-call]  # torch's
        return cast(Tensor, outcome)

    def extra_repr(self) -> str:
        spec = self.events.kind.spec
        return f"{self.profile.name}, beta={float(spec.beta):.6g}, threshold={spec.threshold * spec.membrane.step:g}"
