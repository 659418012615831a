"""Leaky integrate-and-fire neurons in the chip's integers.

`lif_step` is the only statement of this arithmetic, and `lif_backward` of its derivative: the reference in
NumPy, the torch layers, ONNX graphs and the generated C all run them, each with its own `ops` and arrays.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.kind import Dynamics, Gradients, StepResult, passed
from spikelut.quant.dynamics.membrane import integrate
from spikelut.quant.dynamics.spec import LIFSpec


class MembraneStep(NamedTuple):
    """The outcome of a time step."""

    mem: Any
    """Membrane codes after the step."""
    spikes: Any
    """Truth values; where a step can give several, their number."""
    x: Any
    """Membrane codes above `spike_at` (of several thresholds, the nearest) at the point where the surrogate reads."""
    mem_passes: Any
    """Where the membrane did not saturate: the gradient passes there, and is zero elsewhere. True: everywhere."""
    current_passes: Any
    """The same of the synaptic sum's own register."""
    full: Any
    """Membrane codes that were compared with the threshold."""
    leaking: Any
    """The codes by which the decay factor is multiplied."""


def lif_step(ops: Any, spec: LIFSpec, mem: Any, current: Any, bias: Any = 0) -> MembraneStep:
    """One step from membrane codes `mem`, synaptic sums `current`, at most MAX_CURRENT in magnitude, and a `bias`.

        spike where full >= threshold (or > where strict), full the membrane as `integrate` gives it
        mem = leaked, or after a spike 0, or register(leaked - threshold), of what does not leak then full - threshold

    With several spikes a step their number is floor(full / threshold), at most `max_spikes`, and each subtracts the
    threshold. Of a read-out the membrane is what is leaked, and nothing spikes.
    """
    full, leaked, passes, leaking = integrate(ops, spec, mem, current, bias)
    if spec.threshold is None:
        return MembraneStep(leaked, None, None, *passes, full, leaking)
    spikes, x = _fire(ops, spec, full)
    if spec.max_spikes > 1:
        after = leaked - spikes * spec.threshold
    elif spec.reset == "zero":
        after = ops.where(spikes, 0, leaked)
    else:
        left = full if spec.spares else leaked
        after = ops.where(spikes, apply_overflow(ops, left - spec.threshold, spec.reset_format), leaked)
    # With several spikes x is that of the nearest threshold, read before the subtractions.
    read = {"before_leak": full, "after_leak": leaked, "after_reset": after}[spec.read] - spec.spike_at
    return MembraneStep(after, spikes, read if spec.max_spikes == 1 else x, *passes, full, leaking)


def _fire(ops: Any, spec: LIFSpec, full: Any) -> tuple[Any, Any]:
    """Spikes, and the membrane above the nearest of the thresholds that count."""
    if spec.max_spikes == 1:
        compared = full - spec.spike_at
        return ops.spike(compared), compared
    threshold = spec.threshold
    count = ops.clip(ops.divide(full - int(spec.strict), threshold), 0, spec.max_spikes)
    nearest = ops.clip(ops.divide(full + threshold // 2, threshold), 1, spec.max_spikes)
    return count, full - int(spec.strict) - nearest * threshold


class MembraneGradients(NamedTuple):
    """Gradients of what a time step took in."""

    mem: Any
    """Of the membrane before the step."""
    current: Any
    """Of the synaptic sum."""
    bias: Any
    """Of the bias: of the sum after its register, or before it where the bias is added there."""
    leaked: Any
    """Of the membrane that the leak gave."""


def lif_backward(
    spec: LIFSpec, beta: Any, mem: Any, output: Any, spikes: Any, mem_passes: Any, current_passes: Any
) -> MembraneGradients:
    """The way back through `lif_step`, straight through, for the gradient `mem` of the membrane after it.

    A decay is its factor, a spike its surrogate, a reset a constant; a register that saturated passes nothing on, and a
    wrapped one is the identity. Float by float in this order, so that all who run it agree to the last bit.

    `output`: that of the spikes times the surrogate's slope, or of a read-out that of its membrane. `spikes`: of the
    step; not needed where they are subtracted, unless a spike spares the membrane its leak. `mem_passes`,
    `current_passes`: as in `MembraneStep`. `beta`: the decay factor.
    """
    reads_out = spec.threshold is None
    before_fire = mem + output if reads_out else mem
    if not reads_out and spec.reset == "zero":
        before_fire = before_fire * (spikes == 0)
    through_leak = before_fire * (spikes == 0) if spec.spares else before_fire
    full = before_fire if spec.leak_first else through_leak * beta
    full = full + (before_fire - through_leak) if spec.spares else full
    full = full if reads_out else full + output
    full = passed(full, mem_passes)
    # Towards its input a relaxing membrane goes by what it does not keep.
    total = full * (1 - beta) if spec.leak.kind == "relax" else full
    leaked = full if spec.leak_first else through_leak
    before, arriving = full * beta if spec.leak_first else full, passed(total, current_passes)
    return MembraneGradients(before, arriving, arriving if spec.bias_with_sum else total, leaked)


@dataclass(frozen=True)
class LIFDynamics(Dynamics):
    """Leaky integrate-and-fire: one register, the membrane; see `lif_step`."""

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return LIFDynamics(spec)

    @property
    def tells_spikes(self) -> bool:
        compared = self.spec.read == "before_leak" or (self.spec.read == "after_leak" and self.spec.leak_first)
        return compared and self.spec.max_spikes == 1

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        done = lif_step(ops, self.spec, states[0], arriving, bias)
        return StepResult((done.mem,), done.spikes, done.x, (done.mem_passes, done.current_passes), *done[5:])

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        back = lif_backward(self.spec, self.spec.beta, grads[0], through, spikes, *passes)
        return Gradients((back.mem,), back.current, back.bias, back.leaked)
