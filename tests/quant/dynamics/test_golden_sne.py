"""Neurons against what the RTL of SNE computed; see golden/README.md."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, numbered, vectors

from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.lif import lif_step
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.dynamics.specification_events import comparing_step
from spikelut.quant.network.check import check_network
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden

LIF = "sne_lif"


def spec_of(threshold: Any, leak: Any) -> LIFSpec:
    spec = LIFSpec.from_profile(hw_profiles.load("sne"), 1.0, 1.0, None)
    return replace(spec, threshold=threshold, leak=replace(spec.leak, amount=leak))


def layer_of(c: dict[str, Ints]) -> quant.EventLIF:
    """The layer of a configuration, as users make it."""
    step = hw_profiles.load("sne").state_step
    layer = quant.EventLIF(
        *c["weights"].T.shape,
        profile=hw_profiles.load("sne"),
        surrogate=Arctan(),
        beta=1 - int(c["leak"]) * step,
        threshold=int(c["threshold"]) * step,
    )
    layer.linear.weight.data.copy_(torch.from_numpy(c["weights"] << c["scale"]) * step)
    assert torch.equal(layer.weight_codes(), torch.from_numpy(c["weights"].T << c["scale"]))
    return layer


@pytest.mark.parametrize("ops", [NumpyOps, TorchOps])
def test_one_event(ops: Any) -> None:
    g = {key: a if ops is NumpyOps else torch.from_numpy(a) for key, a in vectors(LIF).items()}
    spec = spec_of(g["event_threshold"], g["event_loss"])
    step = lif_step(ops, spec, g["event_v"], g["event_weight"] << g["event_scale"])
    assert different(LIF, step.mem, vectors(LIF)["event_v_next"]) == 0
    assert different(LIF, step.spikes, vectors(LIF)["event_spike"]) == 0
    assert 0.1 < vectors(LIF)["event_spike"].mean() < 0.9


def test_the_specification_is_the_rtl() -> None:
    for c in numbered(LIF, "n_configs", "c"):
        spec = spec_of(int(c["threshold"]), int(c["leak"]))
        for n, weights in enumerate((c["weights"] << c["scale"]).tolist()):
            mem, found = 0, []
            for counts in c["spikes_in"].tolist():
                step = comparing_step(spec, mem, weights, counts)
                mem = step.mem
                found.append((step.spikes, step.mem))
            spikes, membranes = np.array(found).T
            assert different(LIF, spikes, c["spikes"][:, n]) == 0
            if c["ticks"]:
                assert different(LIF, membranes, c["v"][:, n]) == 0


def test_layers() -> None:
    """Spikes of `EventLIF`, and with the membranes those of its arithmetic in NumPy and torch."""
    spikes = several = 0
    for c in numbered(LIF, "n_configs", "c"):
        layer, counts = layer_of(c), c["spikes_in"][:, None]
        out = layer(torch.from_numpy(counts).float()).detach().numpy()[:, 0]
        assert different(LIF, out.astype(np.int64), c["spikes"]) == 0
        for ops, of in ((NumpyOps, np.asarray), (TorchOps, torch.from_numpy)):
            weights = of(layer.weight_codes().numpy())
            rest = of(np.zeros((1, len(c["weights"])), np.int64))
            made = list(layer.events.steps(ops, weights, of(counts), rest))
            assert different(LIF, np.stack([step.spikes[0] for step in made]), c["spikes"]) == 0
            if c["ticks"]:
                assert different(LIF, np.stack([step.mem[0] for step in made]), c["v"]) == 0
        spikes, several = spikes + int(c["spikes"].sum()), several + int((c["spikes"] > 1).sum())
    assert spikes > 100
    assert several > 0


def test_integers_of_networks() -> None:
    for c in numbered(LIF, "n_configs", "c"):
        x = torch.from_numpy(c["spikes_in"])[:, None].float()
        network = quant.integer(torch.nn.Sequential(layer_of(c)), example=x, largest_input=int(c["spikes_in"].max()))
        assert different(LIF, network.run(x.numpy())["0"][:, 0], c["spikes"]) == 0


def test_weights_are_never_negative() -> None:
    """What is below zero is held at zero, and trained straight through."""
    layer = quant.EventLIF(6, 3, profile=hw_profiles.load("sne"), surrogate=Arctan())
    torch.nn.init.normal_(layer.linear.weight)
    layer(torch.ones(4, 2, 6)).sum().backward()
    codes, _ = layer.linear.integer_weight()
    below = layer.linear.weight < 0
    assert int(below.sum()) > 0
    assert torch.equal(codes < 1, below | (codes == 0))
    assert int(codes.min()) == 0
    assert int(codes.max()) <= 15
    assert layer.linear.weight.grad is not None
    assert bool((layer.linear.weight.grad[below] != 0).any())
    by_modules = layer.linear.weight_quant(layer.linear.weight)
    assert torch.equal(by_modules.value, layer.linear.quant_weight().value)


def test_thresholds_end_where_the_membrane_cannot_exceed_them() -> None:
    profile = hw_profiles.load("sne")
    quant.EventLIF(2, 2, profile=profile, surrogate=Arctan(), threshold=254 / 64)
    with pytest.raises(ValueError, match=r"^EventLIF: threshold must be in 0.015625..3.96875 on sne, got 3.984375$"):
        quant.EventLIF(2, 2, profile=profile, surrogate=Arctan(), threshold=255 / 64)


def test_networks_with_weights_below_zero_are_refused() -> None:
    layer = quant.EventLIF(4, 2, profile=hw_profiles.load("sne"), surrogate=Arctan())
    layer.linear.weight.data.fill_(0.1)
    network = quant.integer(torch.nn.Sequential(layer), example=torch.ones(1, 1, 4))
    neurons: Any = network.layers[0]
    below = replace(neurons, weights=replace(neurons.weights, codes=-neurons.weights.codes))
    with pytest.raises(ValueError, match=r"codes must be in 0\.\.15, got 'others'"):
        check_network(replace(network, layers=(below,)), "test")
