"""Delays in NIR: written in seconds, and read from graphs of others; what they compute is what NIR says."""

from itertools import pairwise
from typing import Any

import nir_euler
import numpy as np
import pytest
import torch
from graph_models import events, lif, woken
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.export.nir.file import from_nir, to_nir
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.layers import QuantLinear

nir: Any = pytest.importorskip("nir", reason="nir is not installed")

P = hw_profiles.load("loihi2")
DT = 1e-3


def model() -> nn.Sequential:
    steps = torch.randint(0, 5, (4, 6), generator=torch.Generator().manual_seed(0))
    parts: list[nn.Module] = [
        quant.Delay([0, 1, 2, 3, 4, 0], profile=P),
        DelayedLinear(6, 4, profile=P, delay=steps),
        lif(P),
    ]
    made = nn.Sequential(*parts, quant.Delay(3, profile=P), QuantLinear(4, 3, profile=P), lif(P))
    woken(made)
    return made


def test_delays_are_seconds_and_sums_of_weights_behind_each() -> None:
    made: Any = model()
    graph = to_nir(made, None, dt=DT)
    nodes = {name: node.delay / DT for name, node in graph.nodes.items() if isinstance(node, nir.Delay)}
    np.testing.assert_allclose(nodes.pop("0"), [0, 1, 2, 3, 4, 0], atol=1e-9)
    np.testing.assert_allclose(nodes.pop("3"), [3] * 4, atol=1e-9)
    # Of synapses without a delay there is no node.
    assert sorted(round(steps.max()) for steps in nodes.values()) == [1, 2, 3, 4]
    x = events(20, 3, 6)
    traces = nir_euler.run(graph, x.numpy(), DT)
    wanted = made(x)
    assert wanted.mean() > 0.02
    assert np.array_equal(traces["output"], wanted.double().detach().numpy())
    again: Any = from_nir(graph)
    assert torch.equal(again(x), wanted)
    assert torch.equal(again[1].delays, made[1].delays)


def foreign(delay: Any, edges: Any = None) -> Any:
    """A graph of another library: weights, neurons, a delay, weights, neurons."""
    random = np.random.default_rng(0)
    each = {"r": np.ones(4), "v_threshold": np.ones(4), "v_leak": np.zeros(4), "v_reset": np.zeros(4)}
    first = nir.LIF(tau=np.full(4, 5 * DT), **(each | {"r": np.full(4, 5.0)}))
    last = {key: value[:3] for key, value in each.items()}
    nodes = {
        "input": nir.Input({"input": np.array([6])}),
        "a": nir.Linear(random.normal(0.6, 0.5, (4, 6))),
        "lif": first,
        "late": nir.Delay(np.asarray(delay, np.float64)),
        "b": nir.Linear(random.normal(0.6, 0.5, (3, 4))),
        "out": nir.LIF(tau=np.full(3, 5 * DT), **(last | {"r": np.full(3, 5.0)})),
        "output": nir.Output({"output": np.array([3])}),
    }
    names = list(nodes)
    return nir.NIRGraph(nodes, edges or list(pairwise(names)))


@pytest.mark.parametrize("delay", [[0.0, DT, 3 * DT, 7 * DT], [2 * DT] * 4, [0.0] * 4])
def test_graphs_of_others_are_read(delay: list[float]) -> None:
    graph = foreign(delay)
    network: Any = from_nir(graph, dt=DT)
    x = events(30, 4, 6)
    traces = nir_euler.run(graph, x.numpy(), DT, strict=False)
    wanted = traces["output"]
    assert wanted.mean() > 0.05
    assert (traces["late"] != traces["lif"]).any() == any(delay)
    assert np.array_equal(network(x).detach().numpy(), wanted)
    converted = quant.convert(network, P, x)
    (layer,) = (n for n in quant.integer(converted.model).layers if isinstance(n, quant.IntegerDelay))
    assert np.array_equal(np.broadcast_to(layer.delays, 4), np.round(np.array(delay) / DT))


def test_what_is_no_delay_of_ours_is_refused() -> None:
    names = ["input", "a", "late", "lif", "b", "out", "output"]
    for graph, message in (
        (foreign([0.5 * DT] * 4), r"node 'late': delay must be whole steps of dt, 0.001 s"),
        (foreign([-DT] * 4), r"node 'late': delay must be whole steps of dt"),
        (foreign([DT] * 4, list(pairwise(names))), r"node 'late': must take events, of neurons"),
    ):
        with pytest.raises(ValueError, match=message):
            from_nir(graph, dt=DT)


def test_delays_of_places_are_refused() -> None:
    nodes = {
        "input": nir.Input({"input": np.array([2, 3])}),
        "late": nir.Delay(np.arange(6.0).reshape(2, 3) * DT),
        "if": nir.IF(r=np.ones((2, 3)), v_threshold=np.ones((2, 3)), v_reset=np.zeros((2, 3))),
        "output": nir.Output({"output": np.array([2, 3])}),
    }
    names = list(nodes)
    graph = nir.NIRGraph(nodes, list(pairwise(names)))
    with pytest.raises(ValueError, match=r"node 'late': delay must be one for all places of a channel"):
        from_nir(graph, dt=DT)
