"""One neuron in floats, one time step, and its derivative: the specification of `quant.FloatLIF`.

    syn = alpha * syn + current                 where there is a synaptic current
    mem = beta * mem + (syn + bias)
    spike if mem >= threshold                   x = mem - threshold, where the surrogate is read
    mem = mem - threshold * spike, or 0 after a spike

In Python floats, or, with `number=numpy.float32`, rounded as float32 after each operation, in this order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple


@dataclass(frozen=True)
class FloatNeuron:
    """The numbers of a `FloatLIF`; `threshold` None is a read-out, which never spikes."""

    beta: float
    threshold: float | None
    reset: Literal["subtract", "zero"] = "subtract"
    alpha: float | None = None
    leak_first: bool = True
    max_spikes: int = 1


class FloatStep(NamedTuple):
    """What one neuron does in one step; `full` is the membrane before the reset."""

    mem: Any
    syn: Any
    spikes: int
    x: Any
    full: Any


def float_step(
    neuron: FloatNeuron, mem: Any, syn: Any, current: Any, bias: Any = 0.0, number: Callable[[float], Any] = float
) -> FloatStep:
    """One step from the states `mem` and `syn`.

    Where the leak comes before the reset (snnTorch), mem' = beta * mem - threshold: as the leak of this form is that of
    the next step, what a spike subtracts is threshold / beta. With several spikes x is that of the nearest of the
    thresholds; halfway between two the even one counts.
    """
    if neuron.alpha is not None:
        current = syn = number(neuron.alpha) * syn + current
    full = number(neuron.beta) * mem + (current + bias)
    if neuron.threshold is None:
        return FloatStep(full, syn, 0, number(0.0), full)
    threshold = number(neuron.threshold)
    late = not neuron.leak_first and neuron.beta > 0
    drop = number(neuron.threshold / neuron.beta) if late else threshold
    if neuron.max_spikes == 1:
        x = full - threshold
        spikes = 1 if x >= 0 else 0
    else:
        held = full / threshold
        spikes = min(max(int(held // 1), 0), neuron.max_spikes)
        nearest = min(max(round(float(held)), 1), neuron.max_spikes)
        x = full - number(nearest) * threshold
    if spikes == 0:
        after = full
    elif neuron.reset == "zero":
        after = number(0.0)
    else:
        after = full - number(spikes) * drop
    return FloatStep(after, syn, spikes, x, full)


def float_steps(
    neuron: FloatNeuron, currents: Any, bias: Any = 0.0, number: Callable[[float], Any] = float
) -> list[FloatStep]:
    """All steps of one neuron, from rest."""
    mem, syn, steps = number(0.0), number(0.0), []
    for current in currents:
        step = float_step(neuron, mem, syn, current, number(bias), number)
        mem, syn = step.mem, step.syn
        steps.append(step)
    return steps


def float_backward(
    neuron: FloatNeuron,
    steps: Sequence[FloatStep],
    slopes: Sequence[Any] | None,
    grad_out: Any,
    number: Callable[[float], Any] = float,
) -> tuple[list[Any], Any]:
    """Gradients of the currents, in the order of time, and of the bias, for those of the outputs.

    A spike is its surrogate, `slopes` at each x (None of a read-out, which gives its membrane); a reset is a constant.
    """
    mem, syn, of_bias = number(0.0), number(0.0), number(0.0)
    of_currents: list[Any] = []
    for t in reversed(range(len(steps))):
        if neuron.reset == "zero" and steps[t].spikes > 0:
            mem = number(0.0)
        mem = mem + (grad_out[t] if slopes is None else grad_out[t] * slopes[t])
        of_bias = of_bias + mem
        arriving = mem
        if neuron.alpha is not None:
            arriving = syn + mem
            syn = arriving * number(neuron.alpha)
        of_currents.insert(0, arriving)
        mem = mem * number(neuron.beta)
    return of_currents, of_bias
