"""Whole networks of every kind of layer: torch, the NumPy reference, the saved file and both ONNX dialects agree."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lif_profiles import taken
from sample_networks import CURVE, KINDS, convolutional, dense
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.network.synapses import product_of
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear


def test_weights_that_no_event_meets_are_not_read() -> None:
    events, weights = np.zeros((2, 3, 40), np.int64), np.full((40, 5), np.nan)
    events[1, 2, 7], events[0, 0, 30] = 3, -2
    weights[7], weights[30] = np.arange(5), 10
    found = product_of(events, weights)
    assert found.dtype == np.int64
    assert np.array_equal(found, np.einsum("tbi,io->tbo", events, np.nan_to_num(weights)).astype(np.int64))
    assert found.any()


def agree(model: nn.Sequential, events: Tensor, step: float, folder: Path) -> dict[str, Any]:
    """Compare everything that can run `model`; the trains."""
    network = quant.integer(model)
    trains = {k: v.numpy() for k, v in quant.spike_trains(model, events * step).items()}
    counts = events.numpy()
    others: dict[str, Any] = {"reference": network.run(counts)}
    export.save_network(network, folder / "net")
    others["file"] = export.load_network(folder / "net").run(counts)
    for dialect in ("integer", "functions"):
        file = folder / f"{dialect}.onnx"
        export.to_onnx(model, events * step, file, dialect, hidden_spikes=True)
        others[dialect] = export.run_onnx(file, counts if dialect == "integer" else counts * step)
    last = list(trains)[-1]
    others["functions"][last] = others["functions"][last].astype(np.float64) / network.profile.state_step
    for name, other in others.items():
        found = export.count_differences(trains, other)
        assert found.different == 0, name
        assert found.compared == sum(t.size for t in trains.values())
    return trains


@pytest.mark.parametrize(("profile", "cuba"), KINDS)
@pytest.mark.parametrize("gain", [0.4, 6.0])
def test_dense_and_recurrent(profile: Profile, cuba: bool, gain: float, tmp_path: Path) -> None:
    model = dense(profile, cuba, 0, gain)
    events = torch.randint(0, 2, (12, 3, 5), generator=torch.Generator().manual_seed(1)).float()
    trains = agree(model, events, 1.0, tmp_path)
    assert all(train.any() for train in trains.values())
    assert not all(train.astype(bool).all() for train in trains.values())


@pytest.mark.parametrize(("profile", "cuba"), KINDS)
def test_convolutional(profile: Profile, cuba: bool, tmp_path: Path) -> None:
    model = convolutional(profile, cuba, 0)
    largest = taken(profile, 3)
    events = torch.randint(0, largest + 1, (1, 2, 2, 6, 7), generator=torch.Generator().manual_seed(1)).float()
    trains = agree(model, events, 0.25 if largest > 1 else 1.0, tmp_path)
    assert [train.shape[0] for train in trains.values()] == [6] * 4
    assert next(iter(trains)) == "2"
    assert all(train.any() for train in trains.values())


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    case=st.sampled_from(KINDS),
    seed=st.integers(0, 10**6),
    gain=st.sampled_from([0.1, 0.5, 2.0, 50.0]),
    shape=st.tuples(st.integers(1, 9), st.integers(1, 3)),
    bits=st.integers(0, 4),
)
def test_any_dense(
    case: tuple[Profile, bool], seed: int, gain: float, shape: tuple[int, int], bits: int, tmp_path: Path
) -> None:
    bits = bits if taken(case[0], 2) > 1 else 0
    step = 2.0**-bits
    model = dense(*case, seed, gain, step)
    largest = max(1, 2**bits - 1)
    events = torch.randint(0, largest + 1, (*shape, 5), generator=torch.Generator().manual_seed(seed)).float()
    agree(model, events, step, tmp_path)


def small(profile: Profile, weight: float, inputs: int = 4, step: float = 1.0) -> nn.Sequential:
    linear = QuantLinear(inputs, 3, profile=profile, input_step=step)
    nn.init.constant_(linear.weight, weight)
    neuron: Any = quant.CubaLIF if profile.name == "xylo" else quant.LIF
    return nn.Sequential(linear, neuron(profile, CURVE))


def test_an_accumulator_that_the_fan_in_could_leave_is_refused() -> None:
    loihi = hw_profiles.load("loihi2")
    assert loihi.current is not None
    profile = replace(loihi, current=replace(loihi.current, accumulator_bits=22))
    limit = 2**21 - 1
    fitting = int(limit // (0.9921875 * 2**18))
    quant.integer(small(profile, 0.99, fitting))
    message = (
        rf"layer '0': synaptic sums must be at most {limit} in the 22-bit accumulator of loihi2, fan-in {fitting + 1}"
    )
    with pytest.raises(ValueError, match=message):
        quant.integer(small(profile, 0.99, fitting + 1))
    # Graded spikes count as many times as they can be.
    with pytest.raises(ValueError, match="22-bit accumulator of loihi2, fan-in 4"):
        quant.integer(small(profile, 0.99), largest_input=15)
    quant.integer(small(loihi, 0.99, fitting + 1))


def test_pooled_spikes_count_as_many_times() -> None:
    loihi = hw_profiles.load("loihi2")
    assert loihi.current is not None
    profile = replace(loihi, current=replace(loihi.current, accumulator_bits=22))
    conv, linear = QuantConv2d(1, 2, 1, profile=profile), QuantLinear(2, 3, profile=profile)
    nn.init.constant_(linear.weight, 0.99)
    layers: list[nn.Module] = [conv, quant.LIF(profile, CURVE), nn.Flatten(2), linear, quant.LIF(profile, CURVE)]
    quant.integer(nn.Sequential(*layers))
    layers.insert(2, quant.SumPool2d(3))
    with pytest.raises(ValueError, match="layer '4': synaptic sums must be at most 2097151 in the 22-bit accumulator"):
        quant.integer(nn.Sequential(*layers))


def test_more_events_than_a_line_takes_are_refused() -> None:
    profile = hw_profiles.load("xylo")
    quant.integer(small(profile, 0.5, step=1 / 16))
    message = "integer: largest_input must be at most 15, the events of an input that xylo takes in a step, got 31"
    with pytest.raises(ValueError, match=message):
        quant.integer(small(profile, 0.5, step=1 / 32))


def test_if_only_integrates() -> None:
    for name in ("loihi2", "speck2f", "reckon"):
        profile = hw_profiles.load(name)
        if name == "speck2f":
            with pytest.raises(ValueError, match="IF: speck2f compares after every event, which IF does not"):
                quant.IF(profile, CURVE)
            continue
        neuron = quant.IF(profile, CURVE)
        assert neuron.beta == 1.0
        current = torch.full((10, 1, 1), 0.25)
        assert neuron(current).flatten().tolist() == (
            [0, 0, 0, 0, 1] * 2 if name == "loihi2" else [0, 0, 0, 1] * 2 + [0, 0]
        )
    with pytest.raises(ValueError, match="IF: beta must be in"):
        quant.IF(hw_profiles.load("generic8"), CURVE)


def test_the_chips_weights_of_fewer_bits() -> None:
    """What the chip stores is its own width, its own shift, and gives the same sums."""
    for name in ("reckon", "generic8", "loihi2"):
        profile = hw_profiles.load(name)
        linear = QuantLinear(4, 3, profile=profile, weight_bits=4)
        nn.init.normal_(linear.weight, 0.0, 0.01)
        layer = quant.integer(nn.Sequential(linear, quant.LIF(profile, CURVE))).layers[0]
        assert isinstance(layer, quant.IntegerLinear)
        assert profile.weight.exponent_min <= layer.exponent <= profile.weight.exponent_max
        assert abs(layer.weight).max() <= 2 ** (profile.weight.bits - 1) * profile.weight.step
        real = torch.from_numpy(layer.weight) * 2.0 ** (layer.exponent + layer.shift) * profile.state_step
        assert torch.equal(real, linear.quant_weight().value.detach().double())
        assert real.any()
