"""Spiking layers whose forward pass is the chip's integer arithmetic."""

from typing import Any, cast

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile, Reset
from spikelut.quant.dynamics import MAX_CURRENT, LIFSpec, lif_step
from spikelut.quant.lut_surrogate import LUTSurrogate
from spikelut.quant.ops import TorchOps
from spikelut.surrogates import HasSurrogateGrad, Surrogate


class _Sequence(torch.autograd.Function):
    """All time steps at once: integers forward, straight-through derivative backward."""

    @staticmethod
    def forward(
        ctx: Any, current: Tensor, mem: Tensor, spec: LIFSpec, slope: HasSurrogateGrad
    ) -> tuple[Tensor, Tensor]:
        drive, state = _to_codes(current, spec), _to_codes(mem, spec)
        spikes = torch.empty_like(current)
        read = torch.empty_like(drive)
        mem_passes = torch.empty(current.shape, dtype=torch.bool, device=current.device)
        current_passes = torch.empty_like(mem_passes)
        for t in range(len(drive)):
            step = lif_step(TorchOps, spec, state, drive[t])
            state = step.mem
            spikes[t], read[t] = step.spikes, step.x
            mem_passes[t], current_passes[t] = step.mem_passes, step.current_passes
        ctx.save_for_backward(spikes, read, mem_passes, current_passes)
        ctx.spec, ctx.slope = spec, slope
        return spikes, state.to(mem.dtype) * spec.membrane.step

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_spikes: Tensor, grad_mem: Tensor) -> tuple[Tensor, Tensor, None, None]:
        spikes, read, mem_passes, current_passes = ctx.saved_tensors
        spec: LIFSpec = ctx.spec
        x = read.to(_exact_dtype(grad_spikes)) * spec.membrane.step
        through_spike = grad_spikes * ctx.slope.surrogate_grad(x).to(grad_spikes.dtype)
        kept = 1 - spikes if spec.reset == "zero" else torch.ones_like(spikes)
        grad_current = torch.empty_like(grad_spikes)
        grad = grad_mem.to(grad_spikes.dtype)
        for t in range(len(spikes) - 1, -1, -1):
            through_reset = grad * kept[t]
            if not spec.leak_first:
                through_reset = through_reset * spec.beta
            grad = (through_spike[t] + through_reset) * mem_passes[t]
            grad_current[t] = grad * current_passes[t]
            if spec.leak_first:
                grad = grad * spec.beta
        return grad_current, grad.to(grad_mem.dtype), None, None


def _exact_dtype(x: Tensor) -> torch.dtype:
    """A type that holds membrane codes of 24 bits exactly: half precision does not."""
    return torch.promote_types(x.dtype, torch.float32)


def _to_codes(x: Tensor, spec: LIFSpec) -> Tensor:
    """Membrane codes of real `x`, int32; exact on the grid, rounded half to even off it."""
    codes = torch.round(x.detach().to(_exact_dtype(x)) * 2.0**spec.membrane.frac)
    return codes.clamp(-MAX_CURRENT, MAX_CURRENT).to(torch.int32)


class LIF(nn.Module):
    """Leaky integrate-and-fire layer in the integers of a hardware profile.

    `current` is [T, B, ...] in real units; spikes come back in the same shape and dtype with values 0 and 1. Inside,
    currents and membranes are integer codes of `profile.state_step`, and every step is the chip's: order of operations,
    decay, rounding, overflow, comparison and reset. `beta` and `threshold` are rounded to what the chip can hold;
    `lif.beta` and `lif.threshold` are the values in force.

    Backward is the straight-through derivative of that arithmetic: the decay factor, zero where a register saturated,
    `surrogate` (a `LUTSurrogate`, or a `Surrogate` for the analytic curve) at the potential the chip reads. The reset
    is treated as a constant. There is no second derivative.

    Raises ValueError for a `beta`, `threshold` or `reset` the profile does not offer, or for a table of another step.
    """

    def __init__(
        self,
        profile: Profile,
        surrogate: LUTSurrogate | Surrogate,
        *,
        beta: float = 0.9,
        threshold: float = 1.0,
        reset: Reset | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(surrogate, LUTSurrogate | Surrogate):
            raise TypeError(f"LIF: surrogate must be a LUTSurrogate or a Surrogate, got {type(surrogate).__name__}")
        if isinstance(surrogate, LUTSurrogate):
            step = surrogate.table.state_step
            require(step == profile.state_step, "LIF", f"the table's state_step must be {profile.state_step:g}", step)
        self.profile = profile
        self.surrogate = surrogate
        self.spec = LIFSpec.from_profile(profile, beta, threshold, reset)

    @property
    def beta(self) -> float:
        return self.spec.beta

    @property
    def threshold(self) -> float:
        return self.spec.threshold * self.spec.membrane.step

    def forward(self, current: Tensor) -> Tensor:
        """Spikes [T, B, ...] for currents [T, B, ...], from a membrane at rest."""
        return self.sequence(current)[0]

    def sequence(self, current: Tensor, mem: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Spikes [T, B, ...] and the final membrane [B, ...]; `mem` is the initial one (default zero).

        Membranes are real values on the grid of codes, in float32 or, for float64 currents, float64.
        """
        if not current.is_floating_point():
            raise TypeError(f"LIF: current must be a floating-point tensor, got {current.dtype}")
        require(current.ndim >= 2, "LIF", "current must be [T, B, ...]", tuple(current.shape))
        if mem is None:
            mem = torch.zeros(current.shape[1:], dtype=_exact_dtype(current), device=current.device)
        require(mem.shape == current.shape[1:], "LIF", f"mem must be {tuple(current.shape[1:])}", tuple(mem.shape))
        finite = bool(current.isfinite().all()) and bool(mem.isfinite().all())
        require(finite, "LIF", "current and mem must be finite", "NaN or infinity")
        outcome = _Sequence.apply(current, mem, self.spec, self.surrogate)  # type: ignore[no-untyped-call]  # torch's
        return cast(tuple[Tensor, Tensor], outcome)

    def step(self, current: Tensor, mem: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Spikes and membrane [B, ...] of a single time step."""
        spikes, mem = self.sequence(current.unsqueeze(0), mem)
        return spikes[0], mem

    def extra_repr(self) -> str:
        return f"{self.profile.name}, beta={self.beta:.6g}, threshold={self.threshold:g}, reset={self.spec.reset!r}"


def spike_trains(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    """The spikes [T, B, ...] of every LIF in `model`, by module name, when it is given `x`; no gradients.

    A LIF that stands in several places is recorded under each of its names, in the order of its calls.
    """
    names: dict[nn.Module, list[str]] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        if isinstance(module, LIF):
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
