"""One neuron with graded spikes, one time step, in plain integers; see `quant.dynamics.specification`.

Written from Lava's fixed-point processes `Sigma`, `Delta` and `SigmaDelta`. A decoder is

    sigma = sigma + a,   a = floor(synaptic sum / 2**drop_in)

an encoder of x = input << (spike_exp + state_exp), which is -drop_in,

    d = x - act + residue               the change since the last step, with what was not sent
    e = e + d  (cum_error),  or  e = d
    if |e| >= vth:  send d,  e = 0  (if d is not 0)
    residue = d - sent,  act = x        message = sent >> state_exp

and a sigma-delta neuron encodes sigma + bias, or max(0, sigma + bias). Registers are what `LIFSpec.membrane` says.
"""

from typing import NamedTuple

from spikelut.quant.arithmetic.specification import in_register
from spikelut.quant.dynamics.graded.spec import GradedSpec
from spikelut.quant.dynamics.spec import LIFSpec


class GradedStep(NamedTuple):
    """The states of a neuron after a step, those that it lacks 0, and what it gives."""

    sigma: int
    act: int
    residue: int
    error: int
    output: int


REST = GradedStep(0, 0, 0, 0, 0)


def graded_step(spec: LIFSpec, graded: GradedSpec, before: GradedStep, arriving: int, bias: int = 0) -> GradedStep:
    """One step of a sigma, delta or sigma-delta neuron for a synaptic sum `arriving` and a `bias`."""
    register = spec.membrane
    a = arriving // 2**graded.drop_in if graded.drop_in >= 0 else arriving * 2**-graded.drop_in
    if graded.kind == "sigma":
        sigma = in_register(before.sigma + a + bias, register)
        return before._replace(sigma=sigma, output=sigma)
    if graded.kind == "delta":
        return _encoded(spec, graded, before, in_register(a + bias, register))
    sigma = in_register(before.sigma + a, register)
    x = in_register(sigma + bias, register)
    if graded.relu and x < 0:
        x = 0
    return _encoded(spec, graded, before._replace(sigma=sigma), x)


def _encoded(spec: LIFSpec, graded: GradedSpec, before: GradedStep, x: int) -> GradedStep:
    """What the encoder makes of a value."""
    change = in_register(x - before.act + before.residue, spec.membrane)
    error = in_register(before.error + change, spec.membrane) if graded.cumulative else change
    message, sent = 0, 0
    if abs(error) >= spec.threshold:
        message, sent = change // 2**graded.drop, change
        if message > graded.message.max_code:
            message = graded.message.max_code
            sent = message * 2**graded.drop + 2**graded.drop - 1
        elif message < graded.message.min_code:
            message = graded.message.min_code
            sent = message * 2**graded.drop
    if sent != 0 or not graded.cumulative:
        error = 0
    return before._replace(act=x, residue=change - sent, error=error, output=message)


def graded_steps(spec: LIFSpec, graded: GradedSpec, arriving: list[int], bias: int = 0) -> list[GradedStep]:
    """All steps of one neuron from rest."""
    step, steps = REST, []
    for a in arriving:
        step = graded_step(spec, graded, step, a, bias)
        steps.append(step)
    return steps
