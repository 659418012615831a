"""Neurons against what the VHDL of Spiker+ computed in GHDL; see golden/README.md."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, numbered
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.event_lif import EventDynamics
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.dynamics.specification_events import summing_step
from spikelut.quant.network.check import check_network
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden

NAME = "spikerplus"
RESETS = ("zero", "subtract", None)
"""As the file numbers them; the last are read-outs."""


def profile_of(c: dict[str, Ints]) -> Profile:
    """The profile with the widths of a configuration."""
    return hw_profiles.load(NAME).with_table(entries=8).with_grid(0).with_membrane(int(c["bits"]))


def spec_of(c: dict[str, Ints]) -> LIFSpec:
    """The integers of a configuration; its threshold is one number, or one of each neuron."""
    reset, beta = RESETS[int(c["reset"])], 1 - 2.0 ** -int(c["shift"])
    spec = LIFSpec.from_profile(profile_of(c), beta, None if reset is None else 1.0, reset)
    assert spec.leak.amount == c["shift"]
    return spec if reset is None else replace(spec, threshold=c["v_th"])


def equal_thresholds(c: dict[str, Ints]) -> bool:
    return len(set(c["v_th"].tolist())) == 1


@pytest.mark.parametrize("ops", [NumpyOps, TorchOps])
def test_events_one_by_one(ops: Any) -> None:
    of = np.asarray if ops is NumpyOps else torch.from_numpy
    spikes = limits = 0
    for c in numbered(NAME, "n_configs", "c"):
        spec, register = spec_of(c), profile_of(c).membrane_format
        if ops is TorchOps and spec.threshold is not None:
            spec = replace(spec, threshold=of(c["v_th"]))
        events = EventDynamics(dynamics_of(spec), each=False)
        counts, weights = of(c["spikes_in"]), of(c["weights"].T)
        for t, step in enumerate(events.steps(ops, weights, counts, of(np.zeros_like(c["v_th"])))):
            assert different(NAME, step.full, c["v"][t]) == 0
            fired = np.zeros_like(c["v_th"]) if step.spikes is None else np.asarray(step.spikes)
            assert different(NAME, fired, c["spikes"][t]) == 0
        spikes += int(c["spikes"].sum())
        limits += int(np.isin(c["v"], (register.min_code, register.max_code)).sum())
    assert spikes > 100
    assert limits > 100


def test_the_specification_is_the_vhdl() -> None:
    for c in numbered(NAME, "n_configs", "c"):
        spec = spec_of(c)
        for n, weights in enumerate(c["weights"].tolist()):
            one = spec if spec.threshold is None else replace(spec, threshold=int(c["v_th"][n]))
            mem, found = 0, []
            for counts in c["spikes_in"].tolist():
                step, _ = summing_step(one, None, mem, 0, weights, counts)
                mem = step.mem
                found.append((step.full, step.spikes))
            assert different(NAME, found, np.stack([c["v"][:, n], c["spikes"][:, n]], 1)) == 0


def test_event_lif() -> None:
    """As users call it: real weights, spikes in, spikes out."""
    compared = 0
    for c in numbered(NAME, "n_configs", "c"):
        reset, profile = RESETS[int(c["reset"])], profile_of(c)
        if reset is None or not equal_thresholds(c):
            continue
        layer = quant.EventLIF(
            *c["weights"].T.shape,
            profile=profile,
            surrogate=Arctan(),
            beta=1 - 2.0 ** -int(c["shift"]),
            threshold=int(c["v_th"][0]),
            reset=reset,  # type: ignore[arg-type]  # one of the two
            weight_bits=int(c["weight_bits"]),
        )
        layer.linear.weight.data.copy_(torch.from_numpy(c["weights"]))
        assert torch.equal(layer.weight_codes(), torch.from_numpy(c["weights"].T))
        spikes = layer(torch.from_numpy(c["spikes_in"])[:, None].float())
        assert different(NAME, spikes.detach().numpy()[:, 0].astype(np.int64), c["spikes"]) == 0
        compared += c["spikes"].size
    assert compared > 0


def sums_of(c: dict[str, Ints]) -> Ints | None:
    """What arrives in each step, if no partial sum leaves the register on its way; else None."""
    reach = abs(c["v"]).max() + c["spikes_in"].max() * abs(c["weights"]).sum(1).max()
    return None if reach >= 2 ** (int(c["bits"]) - 1) else c["spikes_in"] @ c["weights"].T


def test_layers_that_add_at_once() -> None:
    """`LIF` with thresholds of each neuron's own, `LI`, and their integers: membranes too."""
    compared = 0
    for c in numbered(NAME, "n_configs", "c"):
        sums, reset, profile = sums_of(c), RESETS[int(c["reset"])], profile_of(c)
        if sums is None:
            continue
        beta = 1 - 2.0 ** -int(c["shift"])
        if reset is None:
            layer: Any = quant.LI(profile, beta=beta)
        else:
            layer = quant.LIF(profile, Arctan(), beta=beta, threshold=c["v_th"].astype(float), reset=reset)  # type: ignore[arg-type]
        layer = layer.double()
        # The file has membranes with the input of a step, layers give them after its spike or leak.
        ended = c["v"][1:] - sums[1:]
        weights = quant.QuantLinear(sums.shape[1], sums.shape[1], profile=profile)
        integers: Any = quant.integer(nn.Sequential(weights, layer)).layers[-1]
        fired, membranes = (array[:-1, 0] for array in integers.states(sums[:, None])[:2])
        assert different(NAME, membranes, ended) == 0
        mem = None
        for t, arriving in enumerate(torch.from_numpy(sums[:-1]).double()):
            ended_by_torch = layer.run(arriving[None, None], mem)
            mem = ended_by_torch.mem
            assert different(NAME, mem.detach().numpy()[0], ended[t]) == 0
            if reset is not None:
                assert different(NAME, ended_by_torch.out.detach().numpy()[0, 0], c["spikes"][t]) == 0
        if reset is not None:
            assert different(NAME, fired, c["spikes"][:-1]) == 0
        compared += ended.size
    assert compared > 0


def test_recurrent_layers_are_refused() -> None:
    """There a spike comes back after two steps."""
    neurons = quant.LIF(hw_profiles.load(NAME), Arctan())
    message = "^Recurrent: profile must be one that feeds .* after 1 step, as .* does after 2, got 'spikerplus'$"
    with pytest.raises(ValueError, match=message):
        quant.Recurrent(neurons, 4)
    network = quant.integer(nn.Sequential(quant.QuantLinear(4, 4, profile=hw_profiles.load(NAME)), neurons))
    layers: Any = network.layers
    fed_back = replace(layers[1], recurrent=replace(layers[0], name=f"{layers[1].name}.linear"))
    with pytest.raises(ValueError, match="spikerplus feeds spikes back after 2 steps, so recurrent must not be given"):
        check_network(replace(network, layers=(layers[0], fed_back)), "test")
