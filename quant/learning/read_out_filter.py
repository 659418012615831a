"""Eligibility as the read-out's membrane takes it in: filtered by its decay."""

import torch
from torch import Tensor

from spikelut.quant.dynamics.kind import Dynamics, Gradients


class ReadOutFilter:
    """What spikes did to the membranes of a read-out, were all its weights one: the read-out's step, differentiated.

    Its registers are taken as never saturated, so that one filter is that of all its neurons.
    """

    def __init__(self, kind: Dynamics) -> None:
        count = len(kind.states)
        passes = (True,) * len(kind.registers)
        self.out = _numbers(kind.backward((0.0,) * count, None, 1.0, None, passes))
        units = [tuple(float(state == changed) for state in range(count)) for changed in range(count)]
        self.rows = [_numbers(kind.backward(unit, None, 0.0, None, passes)) for unit in units]
        self.states: list[tuple[Tensor, Tensor]] | None = None

    def step(self, given: Tensor, given_bias: Tensor) -> tuple[Tensor, Tensor]:
        """What synapses and biases did to the membranes, for what they did to the spikes of this step."""
        came = (given, given_bias)
        done = self._carried(self.out, came)
        self.states = [self._carried(row, came) for row in self.rows]
        return done

    def _carried(self, factors: tuple[list[float], float], came: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        before, arriving = factors
        parts = tuple(arriving * part for part in came)
        for factor, state in zip(before, self.states or (), strict=False):
            parts = tuple(torch.add(part, kept, alpha=factor) for part, kept in zip(parts, state, strict=True))
        return parts[0], parts[1]


def _numbers(back: Gradients) -> tuple[list[float], float]:
    """The derivatives by the states before a step, and by what came in."""
    return [float(grad) for grad in back.states], float(back.arriving)
