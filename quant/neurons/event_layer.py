"""What layers of chips that add spike by spike have in common: weights and neurons in one, to the last saturation."""

from typing import Any, cast

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_type
from spikelut._defaults import as_tensor
from spikelut._text import BriefModule, value_text
from spikelut.hw_profiles import Profile, Reset
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.full_precision import exact_dtype
from spikelut.quant.arithmetic.traceable import break_compiled, refuse_recording, refuse_transforms
from spikelut.quant.backends.contract import Inputs, LayerSpec, Saved, Upstream, to_codes
from spikelut.quant.backends.dispatch import run_backward
from spikelut.quant.backends.eager.reference import Recorder
from spikelut.quant.backends.native.event_steps import Kernel, kernel_of, places_of
from spikelut.quant.dynamics.bias import bias_codes, bias_on_grid
from spikelut.quant.dynamics.event_lif import EventDynamics, Windows, dense, ended
from spikelut.quant.dynamics.kind import StepResult
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.lif import MembraneStep
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, neuron_of
from spikelut.quant.neurons.base import SpikingLayer
from spikelut.quant.tables.lut_surrogate import LUTSurrogate, require_table_of
from spikelut.quant.weights.input_events import as_real, check_events
from spikelut.surrogates import Surrogate

ALPHA = 0.5
"""The decay factor of a synaptic current, where none is said."""

LARGEST_EVENT = 2**30
"""The most membrane codes that one event can add, more than any register has to one side of zero but of 32 bits."""

MOST_COUNTS = 255
"""The largest count of events of one input in a step that is taken."""


class _Events(torch.autograd.Function):
    """All time steps, source by source; the gradient is that of the summed `current`."""

    @staticmethod
    def forward(
        ctx: Any, current: Tensor, bias: Tensor | None, counts: Tensor, weights: Tensor, run: "Run", layer: LayerSpec
    ) -> Tensor:
        spikes = torch.empty_like(current, memory_format=torch.contiguous_format)
        recorder = Recorder(layer, torch.empty_like(spikes, dtype=weights.dtype), want_leaking=False)
        added = 0 if bias is None else to_codes(bias, layer.spec)
        kernel = kernel_of(run.events, run.windows, weights, current, layer)
        recorder.place = (places_of(layer) if kernel else None) or recorder.place
        for t, step in enumerate(run.steps(weights, counts, current.shape[1:], added, kernel)):
            spikes[t] = step.spikes
            recorder.put(t, step)
        ctx.save_for_backward(*recorder.saved(spikes)[:-1])  # these kinds note nothing
        ctx.layer, ctx.bias = layer, None if bias is None else bias.shape
        return spikes

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_spikes: Tensor) -> tuple[Any, ...]:
        number = len(ctx.layer.kind.states)
        wanted = Inputs(True, (False,) * number, bias=ctx.bias is not None)  # type: ignore[arg-type]  # whether, of each
        up = Upstream(grad_spikes, (None,) * number, (grad_spikes.dtype,) * number, wanted)
        found = run_backward(ctx.layer, Saved(*ctx.saved_tensors), up)
        bias = None if ctx.bias is None else cast(Tensor, found.bias).sum_to_size(ctx.bias)
        return (found.current, bias, *[None] * 4)


class Run:
    """The time steps of a layer in torch; `windows` where it is a convolution."""

    def __init__(self, events: EventDynamics, windows: Windows | None = None) -> None:
        self.events, self.windows = events, windows

    def steps(self, weights: Tensor, counts: Tensor, shape: torch.Size, bias: Any, kernel: Kernel | None) -> Any:
        """Every step for `counts` [T, B, ...] and `weights`, out first, in membrane codes; states have a `shape`.

        The events by the `kernel`, where there is one.
        """
        # As the weights: wide registers and large weights take 64 bits.
        states = (torch.zeros(shape, dtype=weights.dtype, device=counts.device),) * len(self.events.kind.states)
        for arriving in counts:
            if kernel is None:
                result = self.events.step(TorchOps, states, self.arrivals(weights, arriving), bias)
            else:
                result = self._with(kernel, states, arriving, bias)
            states = result.states
            yield result

    def _with(self, kernel: Kernel, states: tuple[Any, ...], arriving: Tensor, bias: Any) -> StepResult:
        """A step whose events a kernel has run."""
        found = kernel.run(states[-1], arriving)
        if not self.events.each:
            return self.events.added(TorchOps, (*states[:-1], found.state), bias)
        met = MembraneStep(found.state, found.spikes, found.x, found.passes, True, found.state, found.state)
        return self.events.compared(ended(TorchOps, self.events.spec, met, bias, self.events.ticks))

    def arrivals(self, weights: Tensor, counts: Tensor) -> Any:
        """What comes in a step, source after source."""
        if self.windows is None:
            return dense(weights.T, counts)
        up, left = self.windows.padding
        padded = nn.functional.pad(counts, (left, left, up, up))
        return self.windows.arrivals(weights, padded, lambda images, times: images.repeat_interleave(times, 1))


class EventLayer(BriefModule, SpikingLayer):
    """Weights and neurons in one; see `EventLIF`."""

    profile: Profile
    surrogate: LUTSurrogate | Surrogate
    events: EventDynamics
    layer_spec: LayerSpec
    bias: nn.Parameter | None

    def _neurons(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        alpha: float,
        beta: float | None,
        threshold: float,
        reset: Reset | None,
        max_spikes: int | None,
        bias: int | None,
        ticks: bool | None,
    ) -> None:
        """Check the arguments and note the neurons' integers; `bias` is their number, or that of their channels."""
        who = type(self).__name__
        require_type(who, "surrogate", surrogate, (LUTSurrogate, Surrogate), "a LUTSurrogate or a Surrogate")
        require_table_of(who, surrogate, profile)
        current, decay, _, step = neuron_of(profile, who)
        require(current.event_by_event, who, "profile must add event by event", profile.name)
        chosen = (1.0 if decay.kind in ("none", "linear") else 0.9) if beta is None else beta
        require(threshold is not None, who, "threshold must be a number", threshold)
        message = f"{profile.name} has no current that decays, so alpha must be left out"
        require(profile.current_decay is not None or alpha == ALPHA, who, message, alpha)
        spec = LIFSpec.from_profile(profile, chosen, threshold, reset, who, max_spikes)
        synapse = SynapseSpec.from_profile(profile, alpha, who) if profile.current_decay else None
        kind = dynamics_of(spec, synapse)
        require(kind.count is None, who, "alpha, beta and threshold must be one number each", kind.count)
        message = f"{profile.name} has no bias, so bias must be False"
        require(bias is None or profile.bias is not None, who, message, True)
        each = step.order == "event-compare-reset"
        leaks = spec.leak.kind != "none" and spec.leak.amount != 0
        if ticks is not None and not ticks:
            require(each, who, f"{profile.name} compares once in every step, so ticks must be True", ticks)
            idle = bias is None and not leaks
            require(idle, who, "ticks must be True where a leak or a bias is added in every step", ticks)
        ends = not each or leaks or bias is not None if ticks is None else bool(ticks)
        self.events = EventDynamics(kind, each, ends)
        self.profile, self.surrogate = profile, surrogate
        self.layer_spec = LayerSpec(kind, surrogate)
        self.bias = None if bias is None else nn.Parameter(torch.zeros(bias))

    @property
    def weights(self) -> Any:
        """The layer that holds the weights: `linear` or `conv`."""
        raise NotImplementedError

    @property
    def windows(self) -> Windows | None:
        """Where a convolution sees its sources."""
        return None

    @property
    def input_step(self) -> float:
        """What one event is worth."""
        return float(self.weights.input_step)

    @property
    def largest_input(self) -> int | None:
        """Of a first layer, the most events of an input in a step, as `QuantLinear` has it."""
        return cast("int | None", self.weights.largest_input)

    @largest_input.setter
    def largest_input(self, most: int | None) -> None:
        self.weights.largest_input = most

    @property
    def signed_input(self) -> bool:
        """Whether inputs may be negative: events are not."""
        return bool(self.weights.signed_input)

    @signed_input.setter
    def signed_input(self, signed: bool) -> None:
        require(not signed, type(self).__name__, "signed_input must be False: events are counts", signed)

    def integer_bias(self) -> tuple[Tensor, int] | None:
        """Mantissas of the bias, int64 [N], and their exponent; None without one."""
        return None if self.bias is None else bias_codes(self.bias.detach(), self.profile)

    def unit_codes(self) -> Tensor:
        """The weights in membrane codes, int64, out first: what one spike adds."""
        codes, exponent = self.weights.integer_weight()
        unit = round(self.weights.weight_lsb * 2.0 ** (exponent + self.profile.weight.shift))
        if not codes.numel() or not bool(codes.any()):
            return torch.zeros_like(codes, dtype=torch.int64)
        most = int(codes.abs().max()) * unit
        require(most <= LARGEST_EVENT, type(self).__name__, f"weights must add at most {LARGEST_EVENT} codes", most)
        return as_tensor(codes.to(torch.int64) * unit)

    def _run(self, spikes: Tensor, expected: bool, shape: str, instead: str) -> Tensor:
        """The spikes for events of a shape that is `expected` or not."""
        who, weights = type(self).__name__, self.weights
        break_compiled()
        refuse_transforms(who)
        refuse_recording(who, f"record {instead}, which add at once")
        require(expected, who, f"spikes must be {shape}", tuple(spikes.shape))
        spikes = as_real(who, spikes, exact_dtype(weights.weight))
        check_events(who, "spikes", spikes, 1.0, MOST_COUNTS)
        current = weights(spikes)  # first, as it may make the weights anew
        bias = None
        if self.bias is not None:
            bias = bias_on_grid(self.bias, self.profile).reshape(-1, *[1] * (current.ndim - 3))
        counts, codes = spikes.detach().to(torch.int32), self.unit_codes()
        codes = codes if self._wide(codes) else codes.to(torch.int32)
        run = Run(self.events, self.windows)
        outcome = _Events.apply(current, bias, counts, codes, run, self.layer_spec)  # type: ignore[no-untyped-call]  # torch's
        return cast(Tensor, outcome)

    def _wide(self, codes: Tensor) -> bool:
        """Whether a state and all events of an input need more than 32 bits."""
        most = MOST_COUNTS * int(codes.abs().max()) if codes.numel() else 0
        return self.layer_spec.wide or most >= 2**30

    def extra_repr(self) -> str:
        spec = self.events.kind.spec
        return f"{self.profile.name}, beta={float(spec.beta):.6g}, threshold={spec.threshold * spec.membrane.step:g}"

    def _also(self) -> tuple[str, ...]:
        weights: Any = self.weights
        return f"weights {list(weights.weight.shape)} of {weights.weight_bits} bits", value_text(self.surrogate)
