"""Spiking layers whose forward pass is the chip's integer arithmetic."""

from typing import Any, cast

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile, Reset
from spikelut.quant.dynamics import MAX_CURRENT, LIFSpec, SynapseSpec, lif_step, synapse_step
from spikelut.quant.lut_surrogate import LUTSurrogate
from spikelut.quant.ops import TorchOps
from spikelut.surrogates import HasSurrogateGrad, Surrogate


class _Sequence(torch.autograd.Function):
    """All time steps at once: integers forward, straight-through derivative backward.

    With `synapse` the current is a state of its own, which starts from `syn`; without, `syn` is passed through.
    """

    @staticmethod
    def forward(
        ctx: Any,
        current: Tensor,
        mem: Tensor,
        syn: Tensor,
        spec: LIFSpec,
        synapse: SynapseSpec | None,
        slope: HasSurrogateGrad,
    ) -> tuple[Tensor, Tensor, Tensor]:
        drive, state, held = (_to_codes(x, spec) for x in (current, mem, syn))
        spikes = torch.empty_like(current)
        read = torch.empty_like(drive)
        mem_passes = torch.empty(current.shape, dtype=torch.bool, device=current.device)
        current_passes = torch.empty_like(mem_passes)
        syn_passes = torch.empty_like(mem_passes) if synapse else mem_passes.new_empty(0)
        for t in range(len(drive)):
            arriving = drive[t]
            if synapse:
                held, syn_passes[t] = synapse_step(TorchOps, synapse, held, arriving)
                arriving = held
            step = lif_step(TorchOps, spec, state, arriving)
            state = step.mem
            spikes[t], read[t] = step.spikes, step.x
            mem_passes[t], current_passes[t] = step.mem_passes, step.current_passes
        ctx.save_for_backward(spikes, read, mem_passes, current_passes, syn_passes)
        ctx.spec, ctx.synapse, ctx.slope = spec, synapse, slope
        return spikes, state.to(mem.dtype) * spec.membrane.step, held.to(syn.dtype) * spec.membrane.step

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_spikes: Tensor, grad_mem: Tensor, grad_syn: Tensor) -> tuple[Any, ...]:
        return (*sequence_backward(ctx, grad_spikes, grad_mem, grad_syn), None, None, None)


def sequence_backward(ctx: Any, grad_spikes: Tensor, grad_mem: Tensor, grad_syn: Tensor) -> tuple[Tensor, ...]:
    """The gradients of currents, first membrane and first current, straight through the steps that `ctx` recorded."""
    spikes, read, mem_passes, current_passes, syn_passes = ctx.saved_tensors
    spec: LIFSpec = ctx.spec
    synapse: SynapseSpec | None = ctx.synapse
    x = read.to(_exact_dtype(grad_spikes)) * spec.membrane.step
    through_spike = grad_spikes * ctx.slope.surrogate_grad(x).to(grad_spikes.dtype)
    kept = (spikes == 0).to(spikes.dtype) if spec.reset == "zero" else torch.ones_like(spikes)
    grad_current = torch.empty_like(grad_spikes)
    grad, held = grad_mem.to(grad_spikes.dtype), grad_syn.to(grad_spikes.dtype)
    # Towards its input a relaxing membrane goes by what it does not keep.
    share = 1 - spec.beta if spec.leak.kind == "relax" else 1
    for t in range(len(spikes) - 1, -1, -1):
        through_reset = grad * kept[t]
        if not spec.leak_first:
            through_reset = through_reset * spec.beta
        grad = (through_spike[t] + through_reset) * mem_passes[t]
        arriving = grad * current_passes[t] * share
        if spec.leak_first:
            grad = grad * spec.beta
        if synapse:
            held = held + arriving
            if synapse.input_first:
                held = held * synapse.leak.beta * syn_passes[t]
                arriving = held
            else:
                arriving = held * syn_passes[t]
                held = arriving * synapse.leak.beta
        grad_current[t] = arriving
    return grad_current, grad.to(grad_mem.dtype), held.to(grad_syn.dtype)


def _exact_dtype(x: Tensor) -> torch.dtype:
    """A type that holds membrane codes of 24 bits exactly: half precision does not."""
    return torch.promote_types(x.dtype, torch.float32)


def _to_codes(x: Tensor, spec: LIFSpec) -> Tensor:
    """Membrane codes of real `x`, int32 or, for wide registers, int64; exact on the grid, half to even off it."""
    codes = torch.round(x.detach().to(_exact_dtype(x)) * 2.0**spec.membrane.frac)
    if spec.wide:
        return codes.clamp(-(2.0**40), 2.0**40).to(torch.int64)
    return codes.clamp(-MAX_CURRENT, MAX_CURRENT).to(torch.int32)


class _Neuron(nn.Module):
    """What the spiking layers have in common."""

    spec: LIFSpec
    synapse: SynapseSpec | None

    def __init__(self, profile: Profile, surrogate: LUTSurrogate | Surrogate) -> None:
        super().__init__()
        who = type(self).__name__
        if not isinstance(surrogate, LUTSurrogate | Surrogate):
            raise TypeError(f"{who}: surrogate must be a LUTSurrogate or a Surrogate, got {type(surrogate).__name__}")
        if isinstance(surrogate, LUTSurrogate):
            step = surrogate.table.state_step
            require(step == profile.state_step, who, f"the table's state_step must be {profile.state_step:g}", step)
        self.profile = profile
        self.surrogate = surrogate

    @property
    def beta(self) -> float:
        return float(self.spec.beta)

    @property
    def threshold(self) -> float:
        return float(self.spec.threshold * self.spec.membrane.step)

    def forward(self, current: Tensor) -> Tensor:
        """Spikes [T, B, ...] for currents [T, B, ...], from rest."""
        return self._run(current, None, None)[0]

    def _run(self, current: Tensor, mem: Tensor | None, syn: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Spikes [T, B, ...] and the final states [B, ...]."""
        who = type(self).__name__
        if not current.is_floating_point():
            raise TypeError(f"{who}: current must be a floating-point tensor, got {current.dtype}")
        require(current.ndim >= 2, who, "current must be [T, B, ...]", tuple(current.shape))
        states = {"mem": mem, "syn": syn}
        for name, state in states.items():
            if state is None:
                states[name] = torch.zeros(current.shape[1:], dtype=_exact_dtype(current), device=current.device)
            else:
                shape = tuple(current.shape[1:])
                require(state.shape == current.shape[1:], who, f"{name} must be {shape}", tuple(state.shape))
        finite = all(bool(x.isfinite().all()) for x in (current, *states.values()) if x is not None)
        require(finite, who, "current and states must be finite", "NaN or infinity")
        outcome = _Sequence.apply(  # type: ignore[no-untyped-call]  # torch's
            current, states["mem"], states["syn"], self.spec, self.synapse, self.surrogate
        )
        return cast(tuple[Tensor, Tensor, Tensor], outcome)

    def extra_repr(self) -> str:
        return f"{self.profile.name}, beta={self.beta:.6g}, threshold={self.threshold:g}, reset={self.spec.reset!r}"


class LIF(_Neuron):
    """Leaky integrate-and-fire layer in the integers of a hardware profile.

    `current` is [T, B, ...] in real units; spikes come back in the same shape and dtype: 0 and 1, or on a chip that can
    spike several times in a step their number. Inside, currents and membranes are integer codes of
    `profile.state_step`, and every step is the chip's: order of operations, decay, rounding, overflow, comparison and
    reset. `beta` and `threshold` are rounded to what the chip can hold; `lif.beta` and `lif.threshold` are the values
    in force. On a chip that leaks by a constant, `beta` is 1 minus what is lost in a step; `beta=1` only integrates.

    Backward is the straight-through derivative of that arithmetic: the decay factor, zero where a register saturated,
    `surrogate` (a `LUTSurrogate`, or a `Surrogate` for the analytic curve) at the potential the chip reads, of several
    thresholds at the nearest. The reset is treated as a constant. There is no second derivative.

    Raises ValueError for a `beta`, `threshold` or `reset` the profile does not offer, for a table of another step, a
    chip whose synaptic current always decays by itself (use `CubaLIF`), or one that compares after every event.
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        beta: float | None = None,
        threshold: float = 1.0,
        reset: Reset | None = None,
    ) -> None:
        super().__init__(profile, surrogate)
        current = profile.current
        held = current is not None and profile.current_decay is not None and current.input_first
        require(not held, "LIF", f"{profile.name} has currents that decay, use CubaLIF", "LIF")
        each = profile.step is not None and profile.step.order == "event-compare-reset"
        require(not each, "LIF", f"{profile.name} compares after every event, which LIF does not", "LIF")
        fixed = profile.decay is not None and profile.decay.kind in ("none", "linear")
        chosen = (1.0 if fixed else 0.9) if beta is None else beta
        self.spec = LIFSpec.from_profile(profile, chosen, threshold, reset)
        self.synapse = None

    def sequence(self, current: Tensor, mem: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Spikes [T, B, ...] and the final membrane [B, ...]; `mem` is the initial one (default zero).

        Membranes are real values on the grid of codes, in float32 or, for float64 currents, float64.
        """
        return self._run(current, mem, None)[:2]

    def step(self, current: Tensor, mem: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Spikes and membrane [B, ...] of a single time step."""
        spikes, mem = self.sequence(current.unsqueeze(0), mem)
        return spikes[0], mem


class CubaLIF(_Neuron):
    """`LIF` with a synaptic current that decays by itself, on the profiles whose chip has one.

    `alpha` is the decay factor of the current, `beta` that of the membrane; the rest is as in `LIF`. The order is the
    chip's: on Loihi the current decays before the input of a step is added, on Xylo after.
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        alpha: float = 0.5,
        beta: float = 0.9,
        threshold: float = 1.0,
        reset: Reset | None = None,
    ) -> None:
        super().__init__(profile, surrogate)
        self.spec = LIFSpec.from_profile(profile, beta, threshold, reset, "CubaLIF")
        self.synapse = SynapseSpec.from_profile(profile, alpha, "CubaLIF")

    @property
    def alpha(self) -> float:
        assert self.synapse is not None  # set by the constructor
        return float(self.synapse.leak.beta)

    def sequence(
        self, current: Tensor, mem: Tensor | None = None, syn: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Spikes [T, B, ...] and the final membrane and current [B, ...]; `mem` and `syn` are the initial ones."""
        return self._run(current, mem, syn)

    def step(
        self, current: Tensor, mem: Tensor | None = None, syn: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Spikes, membrane and current [B, ...] of a single time step."""
        spikes, mem, syn = self.sequence(current.unsqueeze(0), mem, syn)
        return spikes[0], mem, syn

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, alpha={self.alpha:.6g}"


def spike_trains(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """The spikes [T, B, ...] of every spiking layer in `model`, by module name, when it is given `x`; no gradients.

    A layer that stands in several places is recorded under each of its names, in the order of its calls.
    """
    names: dict[nn.Module, list[str]] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, _Neuron):
            names.setdefault(module, []).append(name)
    trains: dict[str, Tensor] = {}

    def record(module: nn.Module, inputs: Any, spikes: Tensor) -> None:
        left = [name for name in names[module] if name not in trains]
        trains[left[0] if left else names[module][-1]] = spikes

    hooks = [module.register_forward_hook(record) for module in names]
    try:
        with torch.no_grad():
            model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return trains
