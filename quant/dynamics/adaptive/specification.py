"""One neuron whose threshold adapts, one time step, in plain integers: see `dynamics.specification`.

Lava's ATRLIF, with theta as it stands in its source: a statement of its own, with which NumPy, torch, ONNX and C
are compared. In Loihi's integers a step is

    v     = trunc0(v * (4096 - dv) / 4096) + u + bias                                 within +-(2**23 - 1)
    theta = trunc0((theta - theta_0) * (4096 - dtheta) / 4096) + theta_0
    r     = trunc0(r * (4096 - dr) / 4096)
    spike if v - r >= theta, and then r = r + 2 * theta, theta = theta + theta_step
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from spikelut.quant.arithmetic.specification import in_register
from spikelut.quant.dynamics.adaptive.spec import AdaptationSpec
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.dynamics.specification import leaked, synapse_step, with_input


class AdaptiveStep(NamedTuple):
    """What one neuron does in one step: its states after it, whether it spiked, and x, where the surrogate is read.

    `compared`: the threshold that the membrane was compared with.
    """

    mem: int
    theta: int
    refractory: int
    spikes: int
    x: int
    compared: int


def adaptive_step(
    spec: LIFSpec, adaptation: AdaptationSpec, mem: int, theta: int, refractory: int, current: int, bias: int = 0
) -> AdaptiveStep:
    """One step of a neuron with these states, for a synaptic sum `current` and a `bias`.

    What the threshold has risen by, theta - threshold, is what its register holds.
    """
    base, step = int(spec.threshold), int(adaptation.threshold_step)
    mem = in_register(with_input(spec, mem, in_register(current, spec.current), bias), spec.membrane)
    compared = base + leaked(adaptation.threshold_leak, theta - base)
    tired = leaked(adaptation.refractory_leak, refractory)
    above = mem - tired - compared
    spikes = int(above > 0 if spec.strict else above >= 0)
    risen = compared - base
    if spikes:
        tired = tired + 2 * compared
        risen = risen + step
    theta, refractory = base + in_register(risen, adaptation.register), in_register(tired, adaptation.register)
    return AdaptiveStep(mem, theta, refractory, spikes, above - int(spec.strict), compared)


def adaptive_steps(
    spec: LIFSpec, adaptation: AdaptationSpec, synapse: SynapseSpec | None, currents: Sequence[int], bias: int = 0
) -> list[tuple[AdaptiveStep, int]]:
    """All steps of one neuron for the synaptic sums of each, from rest, each with the synaptic current after it."""
    mem, theta, refractory, syn = 0, int(spec.threshold), 0, 0
    steps = []
    for arriving in currents:
        if synapse is not None:
            syn, _ = synapse_step(synapse, syn, arriving)
            arriving = syn
        step = adaptive_step(spec, adaptation, mem, theta, refractory, arriving, bias)
        mem, theta, refractory = step.mem, step.theta, step.refractory
        steps.append((step, syn))
    return steps


def adaptive_backward(
    spec: LIFSpec,
    adaptation: AdaptationSpec,
    synapse: SynapseSpec | None,
    steps: Sequence[AdaptiveStep],
    slopes: Sequence[Any],
    grad_out: Sequence[Any],
) -> list[Any]:
    """Gradients of the currents, in the order of time, for those of the spikes; where no register was cut.

    A decay is its factor, a spike its surrogate, where it raises theta and r as well:

        g_spike = g_out + g_r * 2 * theta + g_theta * theta_step,   g_x = g_spike * slope
    """
    unit, rise = spec.membrane.step, int(adaptation.threshold_step)
    g_mem = g_theta = g_refractory = g_syn = 0.0
    grads: list[Any] = []
    for t in reversed(range(len(steps))):
        step = steps[t]
        g_spike = grad_out[t] + g_refractory * 2 * step.compared * unit + g_theta * rise * unit
        g_x = g_spike * slopes[t]
        g_compared = g_theta + 2 * g_refractory * step.spikes - g_x
        g_input = g_mem + g_x
        g_mem, g_theta = g_input * spec.beta, g_compared * adaptation.threshold_leak.beta
        g_refractory = (g_refractory - g_x) * adaptation.refractory_leak.beta
        if synapse is not None:
            g_input = g_syn + g_input
            g_syn = g_input * synapse.leak.beta
            g_input = g_syn if synapse.input_first else g_input
        grads.insert(0, g_input)
    return grads
