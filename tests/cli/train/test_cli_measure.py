"""The partial sums that `spikelut train` reports for chips that add spike by spike."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.cli.train.measure import event_sums
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Sigmoid


def network(name: str, gain: float) -> quant.IntegerNetwork:
    torch.manual_seed(0)
    profile = hw_profiles.load(name)
    kind: Any = quant.CubaLIF if name == "xylo" else quant.LIF
    modules: list[nn.Module] = []
    for fan_in, fan_out in ((12, 9), (9, 5)):
        linear = QuantLinear(fan_in, fan_out, profile=profile)
        nn.init.normal_(linear.weight, 0.1, gain)
        # Xylo's outputs spike once a step.
        options = {"max_spikes": 1} if (name, fan_out) == ("xylo", 5) else {}
        modules += [linear, kind(profile, Sigmoid(), **options)]
    return quant.integer(nn.Sequential(*modules))


def largest_by_hand(layer: quant.IntegerLinear, lif: quant.IntegerLIF, x: Any) -> int:
    """The largest partial sum over every step, of any order of its events; the states are those of summed inputs."""
    weights = layer.codes.astype(np.int64) << layer.left_shift
    sums = layer.run(x)
    states = lif.states(sums)[1 if lif.synapse is None else 2]
    largest = 0
    for t, b, n in np.ndindex(*sums.shape):
        before = int(states[t - 1, b, n]) if t else 0
        changes = [int(w) * int(count) for w, count in zip(weights[n], x[t, b], strict=True)]
        up, down = sum(c for c in changes if c > 0), sum(c for c in changes if c < 0)
        largest = max(largest, before + up, -(before + down))
    return largest


@pytest.mark.parametrize("gain", [0.3, 30.0])
@pytest.mark.parametrize("name", ["reckon", "xylo"])
def test_largest_partial_sums(name: str, gain: float) -> None:
    net = network(name, gain)
    x = np.random.default_rng(0).integers(0, 2, (10, 3, 12))
    found = event_sums(net, x)
    signal: Any = x
    for index, sums in enumerate(found):
        layer, lif = net.layers[2 * index], net.layers[2 * index + 1]
        assert isinstance(layer, quant.IntegerLinear)
        assert isinstance(lif, quant.IntegerLIF)
        assert sums.largest == largest_by_hand(layer, lif, signal)
        assert (sums.layer, sums.limit) == (lif.name, 2**15 - 1)
        assert (sums.beyond > 0) == (sums.largest > sums.limit)
        signal = lif.run(layer.run(signal))[0]
    assert len(found) == 2
    assert (found[0].beyond > 0) == (gain > 1)


def test_chips_that_add_at_once_have_none() -> None:
    assert event_sums(network("loihi2", 0.3), np.zeros((2, 1, 12), np.int64)) == []
