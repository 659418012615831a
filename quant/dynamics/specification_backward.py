"""The derivative of one neuron's steps, straight through, as a scalar loop: see `specification`.

The integers of a step are differentiated as if they were real numbers:

    a leak is its factor beta              d leaked(v) / d v = beta
    a spike is its surrogate               d spike / d v     = slope, read at x
    a reset is a constant                  after one to zero nothing passes; a subtracted threshold has derivative 0
    a register that cut its value is 0     and one that wrapped, or kept it, is 1
    a relaxing membrane takes in           1 - beta of its input

so that backpropagation through time, from the last step to the first, is

    g_full = passes * (g_spike * slope + g_mem * d mem / d full)
    g_input = g_full        (times 1 - beta where it relaxes),   g_mem of the step before = g_full * d full / d mem
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.dynamics.specification import Recorded


@dataclass
class NeuronGradients:
    """Gradients of one neuron's inputs, all in real units; `current` in the order of time.

    `beta`, `threshold`: of the values that were quantised to the spec's; `threshold` counts as a real number too.
    """

    mem: Any
    syn: Any
    bias: Any
    beta: Any
    threshold: Any
    current: list[Any] = field(default_factory=list)


def neuron_backward(
    spec: LIFSpec,
    synapse: SynapseSpec | None,
    steps: Sequence[Recorded],
    slopes: Sequence[Any] | None,
    grad_out: Sequence[Any],
    grad_mem: Any = 0.0,
    grad_syn: Any = 0.0,
    truncate: int | None = None,
    number: Callable[[float], Any] = float,
) -> NeuronGradients:
    """Gradients for those of the output of each step, `grad_out`, and of the last states.

    - `slopes`: the surrogate's derivative at each step's x; None for a read-out, which gives its membrane.
    - `truncate`: nothing goes back over the start of every block of so many steps.
    - `number`: what constants are made of; `numpy.float32` computes as float32 does, operation by operation.
    """
    beta, input_share = number(spec.beta), number(1 - spec.beta)
    unit = number(spec.membrane.step)
    grads = NeuronGradients(number(grad_mem), number(grad_syn), number(0.0), number(0.0), number(0.0))
    for t in reversed(range(len(steps))):
        step, g = steps[t].neuron, grads.mem
        through_spike = number(0.0)
        if slopes is None:
            g = g + grad_out[t]
        else:
            through_spike = grad_out[t] * slopes[t]
            subtracted = g * number(step.spikes) if spec.reset == "subtract" else number(0.0)
            grads.threshold = grads.threshold - through_spike - subtracted
            if spec.reset == "zero" and step.spikes > 0:
                g = number(0.0)
        spared = spec.leak_or_reset and slopes is not None and step.spikes > 0
        if not spec.leak_first and not spared:
            grads.beta = grads.beta + g * number(step.leaking) * unit
            g = g * beta
        g = g + through_spike
        if not step.mem_passes:
            g = number(0.0)
        g_input = g * input_share if spec.leak.kind == "relax" else g
        if step.current_passes or not spec.bias_with_sum:
            grads.bias = grads.bias + g_input
        if spec.leak_first:
            grads.beta = grads.beta + g * number(step.leaking) * unit
            g = g * beta
        grads.mem = g
        if not step.current_passes:
            g_input = number(0.0)
        if synapse is not None:
            g_input = _through_synapse(synapse, steps[t].synapse_passes, grads, g_input, number)
        grads.current.insert(0, g_input)
        if truncate and t % truncate == 0:
            grads.mem, grads.syn = number(0.0), number(0.0)
    return grads


def _through_synapse(
    synapse: SynapseSpec, kept: bool, grads: NeuronGradients, drive: Any, number: Callable[[float], Any]
) -> Any:
    """The gradient of what arrived, for `drive`, that of the current in this step; sets that of the current before."""
    decay = number(synapse.leak.beta)
    g = grads.syn + drive if kept else number(0.0)
    if synapse.input_first:  # what arrived decays with the rest
        g = g * decay
        grads.syn = g
        return g
    grads.syn = g * decay
    return g
