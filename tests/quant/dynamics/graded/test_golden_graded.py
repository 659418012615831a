"""Sigma, delta and sigma-delta neurons against Lava's fixed-point processes; see golden/README.md."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different
from sigma_delta_vectors import FILE, recorded, recorded_nets

from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.graded.neurons import GradedDynamics
from spikelut.quant.dynamics.graded.specification import graded_steps

pytestmark = pytest.mark.golden

Trace = dict[str, Ints]


def by_ops(ops: Any, kind: GradedDynamics, arriving: Ints, bias: Any) -> Trace:
    """Every state after every step, and what is sent, [time, neuron], as `output`."""

    def of(x: Any) -> Any:
        return torch.as_tensor(x) if ops is TorchOps else x

    states = tuple(of(np.zeros(arriving.shape[1], np.int64)) for _ in kind.states)
    names = [*(state.name for state in kind.states), "output"]
    trace: dict[str, list[Any]] = {name: [] for name in names}
    for a in arriving:
        step = kind.step(ops, states, of(a), of(bias))
        states = step.states
        given = states[0] if kind.reads_out else step.spikes
        for name, value in zip(names, (*states, given), strict=True):
            trace[name].append(np.asarray(value))
    return {name: np.stack(values) for name, values in trace.items()}


def by_specification(kind: GradedDynamics, arriving: Ints, bias: Any) -> Trace:
    """The same neuron by neuron in plain integers."""
    biases = np.broadcast_to(bias, arriving.shape[1:]).tolist()
    made = [graded_steps(kind.spec, kind.graded, a, b) for a, b in zip(arriving.T.tolist(), biases, strict=True)]
    names = [*(state.name for state in kind.states), "output"]
    return {name: np.array([[getattr(step, name) for step in steps] for steps in made]).T for name in names}


WAYS: dict[str, Callable[[GradedDynamics, Ints, Any], Trace]] = {
    "numpy": lambda *given: by_ops(NumpyOps, *given),
    "torch": lambda *given: by_ops(TorchOps, *given),
    "specification": by_specification,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_configuration(way: str) -> None:
    for config in recorded():
        found = WAYS[way](config.kind, config.arriving, config.bias)
        assert found.keys() == config.expected.keys()
        for name, expected in config.expected.items():
            assert different(FILE, found[name], expected) == 0, name


@pytest.mark.parametrize("way", WAYS)
def test_networks(way: str) -> None:
    """Sums of a step are made from the messages of the step before, by the simulator's protocol."""
    for net in recorded_nets():
        found = WAYS[way](net.encoder, net.given, 0)
        assert different(FILE, found["output"], net.arrays["delta_out"]) == 0
        sums = _delayed(net.first.run(found["output"]))
        assert different(FILE, sums >> net.first.shift, net.arrays["acc1"]) == 0
        found = WAYS[way](net.hidden, sums, net.bias)
        for name, golden in (("sigma", "hidden_sigma"), ("act", "hidden_act"), ("output", "hidden_out")):
            assert different(FILE, found[name], net.arrays[golden]) == 0, name
        sums = _delayed(net.second.run(found["output"]))
        assert different(FILE, sums >> net.second.shift, net.arrays["acc2"]) == 0
        assert different(FILE, WAYS[way](net.decoder, sums, 0)["output"], net.arrays["sigma_out"]) == 0


def _delayed(sums: Ints) -> Ints:
    return np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])
