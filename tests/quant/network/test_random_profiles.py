"""Networks of profiles that are drawn at random: all who run them agree. And what such profiles have shown."""

import random
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend
from c_networks import in_c
from random_networks import Draw, convolutional, dense, differences
from random_profiles import drawn_profile
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.network.reference import reference_states
from spikelut.surrogates import Arctan, ReluGrad


def changed(profile: Profile, **groups: dict[str, Any]) -> Profile:
    return replace(profile, **{name: replace(getattr(profile, name), **keys) for name, keys in groups.items()})


# A table that needs no cells of whole codes takes any grid.
BASE = replace(changed(hw_profiles.load("generic16"), table={"index": "ratio"}), current_decay=None)


def last(outputs: Any) -> Any:
    """What the last layer of a network gives."""
    return [*outputs.values()][-1]


def drawn(seed: int, folder: Path) -> tuple[nn.Sequential, quant.IntegerNetwork] | None:
    """A network on the profile of a seed; None where a layer, or all, is refused, always in words."""
    with suppress(ValueError):
        profile = drawn_profile(seed, folder)
        draw = Draw(seed, (profile, profile.current_decay is not None))
        model = (convolutional if draw.maybe(0.2) else dense)(draw)
        return model, quant.integer(model)
    return None


@pytest.mark.filterwarnings("ignore::spikelut.quant.SilentLayerWarning")
def test_any_profile(tmp_path: Path) -> None:
    compared = nonzero = 0
    for seed in range(150):
        made = drawn(seed, tmp_path)
        if made is None:
            continue
        model, network = made
        flat = isinstance(network.layers[0], quant.IntegerLinear)
        shape = (5, 2, network.in_features) if flat else (5, 2, 2, 6, 7)
        repeats = any(isinstance(layer, quant.Repeat) for layer in model)
        events = np.random.default_rng(seed).integers(0, network.largest_input + 1, shape)[: 1 if repeats else 5]
        wanted = last(network.run(events))
        unit = model[-1].profile.state_step if isinstance(model[-1], quant.LI) else 1.0
        for who in ("torch", "native"):
            with backend(who), torch.no_grad():
                found = model.double()(torch.as_tensor(events).double() * network.input_step)
            assert np.array_equal(found.numpy() / unit, wanted), (seed, who)
        export.save_network(network, tmp_path / "network.safetensors")
        assert differences(network, export.load_network(tmp_path / "network.safetensors")) == [], seed
        compared, nonzero = compared + 2 * wanted.size, nonzero + 2 * int(np.count_nonzero(wanted))
    assert compared > 2000
    assert nonzero > 200


@pytest.mark.parametrize("overflow", ["saturate", "wrap"])
def test_sums_pass_their_own_register_before_they_are_rounded(overflow: str) -> None:
    profile = changed(
        BASE, current={"bits": 7, "frac": 12, "overflow": overflow}, membrane={"overflow": "wrap"}, grid={"frac": 8}
    )
    layer = quant.LI(profile, beta=1.0)
    model = nn.Sequential(quant.QuantLinear(3, 4, profile=profile, largest_input=9), layer)
    linear: Any = model[0]
    linear.weight.data = torch.linspace(-0.3, 1.0, 12).reshape(4, 3)
    events = np.random.default_rng(0).integers(0, 9, (5, 2, 3))
    wanted = last(quant.integer(model).run(events))
    assert np.count_nonzero(wanted)
    for who in ("torch", "native"):
        with backend(who):
            assert np.array_equal(model(torch.tensor(events).float()).detach() / layer.profile.state_step, wanted)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("overflow", ["saturate", "wrap"])
def test_finer_sums_of_32_bits(signed: bool, overflow: str) -> None:
    sums = {"bits": 32, "frac": 12, "signed": signed, "overflow": overflow}
    profile = changed(BASE, current=sums, grid={"frac": 8})
    model = nn.Sequential(quant.QuantLinear(3, 4, profile=profile), quant.LIF(profile, Arctan(), beta=1.0))
    linear: Any = model[0]
    linear.weight.data = torch.linspace(-0.3, 1.0, 12).reshape(4, 3)
    events = np.random.default_rng(0).integers(0, 2, (9, 2, 3))
    wanted = last(quant.integer(model).run(events))
    assert np.count_nonzero(wanted)
    for who in ("torch", "native"):
        with backend(who):
            assert np.array_equal(model(torch.tensor(events).float()).detach(), wanted)


@pytest.mark.parametrize("signed", [True, False])
def test_events_of_wide_registers(signed: bool) -> None:
    profile = changed(
        hw_profiles.load("xylo"), membrane={"bits": 32, "signed": signed}, current={"bits": 32, "signed": signed}
    )
    if profile.current_decay is not None:
        profile = replace(profile, current_decay=None)
    layer = quant.EventLIF(4, 3, profile=profile, surrogate=Arctan(), largest_input=15)
    layer.linear.weight.data = torch.tensor([[3.0, 2.0, -1.0, 2.0]] * 3) * 2**6
    events = np.full((9, 1, 4), 15)
    network = quant.integer(nn.Sequential(layer))
    found = layer(torch.tensor(events).float()).detach().numpy()
    assert np.array_equal(found, last(network.run(events)))
    assert np.count_nonzero(found)


def test_a_threshold_stays_below_the_largest_membrane() -> None:
    profile = changed(
        BASE, membrane={"bits": 6}, grid={"frac": 2}, threshold={"shift": 1, "bits": 16, "comparison": ">="}
    )
    highest = quant.LIF(profile, Arctan(), threshold=7.5)
    assert highest.spec.threshold == 30
    with pytest.raises(ValueError, match=r"LIF: threshold must be in 0.5..7.5 on generic16, got 7.75"):
        quant.LIF(profile, Arctan(), threshold=7.75)  # 31 codes, half of the way to 32, which no membrane reaches


def test_decays_near_1_are_read_back(tmp_path: Path) -> None:
    profile = changed(BASE, decay={"max": BASE.decay.max * 3 // 4 if BASE.decay else 0, "one_within": 0.5})
    model = nn.Sequential(quant.QuantLinear(3, 2, profile=profile), quant.LIF(profile, Arctan(), beta=0.25))
    network = quant.integer(model)
    export.save_network(network, tmp_path / "network.safetensors")
    assert differences(network, export.load_network(tmp_path / "network.safetensors")) == []


def test_weights_without_a_code_choose_no_large_shift(tmp_path: Path) -> None:
    profile = changed(BASE, weight={"signed": False, "exponent_max": 31})
    linear = quant.QuantLinear(3, 2, profile=profile)
    linear.weight.data.fill_(-(2.0**28))
    network = quant.integer(nn.Sequential(linear, quant.LI(profile)))
    weights: Any = network.layers[0]
    assert not weights.codes.any()
    assert weights.left_shift <= 30
    events = np.ones((2, 1, 3), np.int64)
    export.to_onnx(network, events.shape, tmp_path / "x.onnx", "integer")
    assert export.count_differences(network.run(events), export.run_onnx(tmp_path / "x.onnx", events)).different == 0
    for name, found in in_c(network, events, tmp_path).items():
        assert np.array_equal(found, reference_states(network, events)[name].reshape(found.shape))


def test_profiles_that_no_layer_could_compute() -> None:
    draw = random.Random(0)
    for exponent in (-1, draw.randint(-31, -2)):
        with pytest.raises(ValueError, match="must be a whole number of membrane codes"):
            changed(BASE, weight={"exponent_min": -31, "exponent_max": exponent, "shift": 0, "step": 1})
    with pytest.raises(ValueError, match=r"the smallest weight must add at most 2\*\*30 membrane codes, got '2\*\*31'"):
        changed(BASE, weight={"exponent_min": 0, "exponent_max": 0, "shift": 31})
    late = {"order": "input-compare-leak-reset", "resets": ("subtract",), "max_spikes": 2}
    with pytest.raises(ValueError, match="max_spikes above 1 needs a signed membrane"):
        changed(BASE, step=late, membrane={"signed": False})
    with pytest.raises(ValueError, match="'event-compare-reset' where a current decays"):
        changed(hw_profiles.load("loihi2"), step={"order": "event-compare-reset"})


def test_a_table_between_two_codes() -> None:
    shape = {"entries": 3, "order": "natural", "symmetric": False}
    profile = changed(BASE, table=shape, table_fill={"low": -3 * 2.0**-20, "high": 0.0}, grid={"frac": 2})
    with pytest.raises(ValueError, match="Table: state_step must leave a code in"):
        quant.LUTSurrogate(Arctan(), profile)


def test_adaptive_neurons_of_a_chip_whose_currents_always_decay() -> None:
    profile = changed(hw_profiles.load("loihi2"), current={"input_first": True})
    assert quant.AdaptiveLIF(profile, Arctan(), alpha=0.5).profile is profile
    with pytest.raises(ValueError, match="AdaptiveLIF: alpha must be given, as loihi2 has currents that decay"):
        quant.AdaptiveLIF(profile, Arctan())


def test_a_curve_that_is_0_at_all_codes_of_the_table() -> None:
    shape = {"entries": 32, "order": "natural", "symmetric": False, "index_rounding": "dpu"}
    fill = {"low": -1.25, "high": 0.0, "sampling": "left"}
    profile = changed(BASE, table=shape, table_fill=fill, grid={"frac": 0})
    with pytest.warns(quant.TableWarning, match="off by up to inf% of its peak"):
        quant.LUTSurrogate(ReluGrad(), profile, saturate=True)


@pytest.mark.parametrize("largest", [1, 3])
def test_files_of_neurons_that_an_event_makes_spike_several_times(largest: int, tmp_path: Path) -> None:
    profile = changed(hw_profiles.load("speck2f"), step={"max_spikes": 9, "resets": ("subtract",)})
    layer = quant.EventLIF(5, 3, profile=profile, surrogate=Arctan(), threshold=1.0)
    nn.init.uniform_(layer.linear.weight, 0.5, 3.9)
    layer.linear.largest_input = largest
    network = quant.integer(nn.Sequential(layer))
    events = np.random.default_rng(0).integers(0, largest + 1, (6, 2, 5))
    export.to_onnx(network, events.shape, tmp_path / "m.onnx", dialect="integer", form="step")
    wanted = last(network.run(events))
    assert wanted.max() > 5 * largest  # more spikes than events
    assert np.array_equal(export.run_onnx(tmp_path / "m.onnx", events)["0"], wanted)
    for who in ("torch", "native"):
        with backend(who):
            assert np.array_equal(layer(torch.tensor(events).float()).detach(), wanted)
    for name, found in in_c(network, events, tmp_path).items():
        assert np.array_equal(found, reference_states(network, events)[name].reshape(found.shape))
