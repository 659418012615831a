"""The straight-through derivative of one time step, stated once as the step is; see `step`.

A decay is its factor, a spike its surrogate, a reset a constant; a register that saturated passes nothing on, and a
wrapped one is the identity. Float by float in this order, so that all who run it agree to the last bit.
"""

from typing import Any, NamedTuple

from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec


class StepGradients(NamedTuple):
    """Gradients of what a time step took in."""

    mem: Any
    """Of the membrane before the step."""
    current: Any
    """Of the synaptic sum."""
    bias: Any
    """Of the bias: of the sum after its register."""
    leaked: Any
    """Of the membrane that the leak gave."""


def lif_backward(
    spec: LIFSpec, beta: Any, mem: Any, output: Any, spikes: Any, mem_passes: Any, current_passes: Any
) -> StepGradients:
    """The way back through `lif_step`, for the gradient `mem` of the membrane after it.

    `output`: that of the spikes times the surrogate's slope, or of a read-out that of its membrane. `spikes`: of the
    step; not needed where they are subtracted. `mem_passes`, `current_passes`: as in `Step`. `beta`: of the leak.
    """
    reads_out = spec.threshold is None
    before_fire = mem + output if reads_out else mem
    if not reads_out and spec.reset == "zero":
        before_fire = before_fire * (spikes == 0)
    full = before_fire if spec.leak_first else before_fire * beta
    full = full if reads_out else full + output
    full = passed(full, mem_passes)
    # Towards its input a relaxing membrane goes by what it does not keep.
    total = full * (1 - beta) if spec.leak.kind == "relax" else full
    leaked = full if spec.leak_first else before_fire
    return StepGradients(full * beta if spec.leak_first else full, passed(total, current_passes), total, leaked)


def synapse_backward(spec: SynapseSpec, alpha: Any, syn: Any, arriving: Any, passes: Any) -> tuple[Any, Any]:
    """The gradients of the current before `synapse_step` and of what arrived in it.

    `syn` is that of the current after the step, `arriving` that of what the membrane took in; `alpha`: of the leak.
    """
    held = passed(syn + arriving, passes)
    if spec.input_first:
        held = held * alpha
        return held, held
    return held * alpha, held


def passed(grad: Any, passes: Any) -> Any:
    """What of `grad` passes a register that may have saturated; True: all."""
    return grad if passes is True else grad * passes
