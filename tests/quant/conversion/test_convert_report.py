"""What `quant.convert` says about a network, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from float_networks import LOIHI, SPIKE, dense, events, seeded
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile


def test_the_report_tells_of_dead_neurons_and_the_first_difference() -> None:
    profile = hw_profiles.load("generic8")
    model, x = dense(), events(15, 16, 12)
    model[0].weight.data[0] = -0.6  # type: ignore[operator]  # a neuron that never spikes
    found = quant.convert(model, profile, x, weight_bits=2)
    layer = found.layers[0]
    assert layer.dead > 0
    assert layer.clipped > 0
    assert 0.1 < layer.weight_error < 1
    assert layer.beta == (0.9, 0.875)
    before = model[:2](x)
    after = found.model[:2](x)
    assert layer.differing == pytest.approx(float((before != after).double().mean()))
    steps = (before != after).flatten(1).any(1).nonzero()
    assert layer.first_difference == int(steps[0])
    assert found.first_difference == (layer.first_difference, "1")
    text = str(found)
    assert f"spikes first differ in step {layer.first_difference} of 1" in text
    assert f"{layer.dead:.2%} ({layer.dead_before:.2%})" in text
    same = quant.convert(nn.Sequential(nn.Linear(3, 2, bias=False), quant.FloatLIF(None)), LOIHI, events(3, 2, 3))
    assert same.first_difference is None
    assert "no spike differs" in str(same)


def test_a_layer_without_a_spike_is_named() -> None:
    profile = hw_profiles.load("generic8")
    model, x = dense(), events(15, 16, 12)
    found = quant.convert(model, profile, x)
    assert found.silent == ()
    assert "WARNING" not in str(found)
    model[0].weight.data[:] = -0.6  # type: ignore[operator]  # of a Linear
    model[0].bias.data[:] = 0.0  # type: ignore[operator]  # likewise
    found = quant.convert(model, profile, x)
    assert found.silent[0] == "1"
    assert "WARNING: no neuron of 1 spikes on these events; never did" in str(found)
    with pytest.warns(quant.SilentLayerWarning, match="layer '1' can never spike"):
        quant.integer(found.model)
    # It spiked in the float network, and rounding to two bits silenced it.
    linear = nn.Linear(64, 1, bias=False)
    linear.weight.data[:] = 0.12
    linear.weight.data[0, 0] = -3.0
    floats = nn.Sequential(linear, quant.FloatLIF(SPIKE, beta=0.9))
    found = quant.convert(floats, profile, torch.ones(4, 2, 64), weight_bits=2)
    assert found.silent == ("1",)
    assert "WARNING: no neuron of 1 spikes on these events; 100.00% of them did before" in str(found)


def test_a_reset_the_chip_does_not_have_is_reported() -> None:
    found = quant.convert(dense(reset="subtract"), LOIHI, events(5, 4, 12))
    assert found.layers[0].changes == ("reset subtract became zero, the one loihi2 has",)
    assert "  reset subtract became zero" in str(found)


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: nn.Linear(12, 2), "convert: model must end with neurons, or with weights after them"),
    (lambda: 42, "convert: model must be a torch.nn.Module, got 'int'"),
    (lambda: nn.Sequential(), "convert: model must end with neurons"),
    (lambda: nn.Sequential(nn.Linear(12, 2)), "convert: model must end with neurons"),
    (lambda: nn.Sequential(nn.Linear(12, 2), nn.ReLU()), "convert: layer '1': must be Linear, Conv2d"),
    (lambda: nn.Sequential(nn.Linear(12, 2), nn.Linear(2, 2)), "convert: model must end with neurons"),
    (
        lambda: nn.Sequential(nn.Conv1d(2, 3, 3), nn.Flatten(), nn.Linear(30, 2), quant.FloatLIF(SPIKE)),
        "convert: layer '2': must come after neurons, not after other weights: put neurons between them",
    ),
    (lambda: nn.Sequential(quant.FloatLIF(SPIKE)), "convert: layer '0': must come after weights"),
    (lambda: nn.Sequential(nn.Flatten()), "convert: model: forward must give what layers made, got input 'input'"),
    (lambda: nn.Sequential(nn.BatchNorm1d(12)), "convert: layer '0': must come between weights and neurons"),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), nn.BatchNorm1d(2, track_running_stats=False), quant.FloatLIF(SPIKE)),
        "convert: layer '1': must have running statistics",
    ),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), nn.BatchNorm1d(3), quant.FloatLIF(SPIKE)),
        "convert: layer '1': must have 2 features, as the weights before it, got 3",
    ),
    (
        lambda: nn.Sequential(nn.Conv1d(2, 2, 3, padding=1, padding_mode="circular"), quant.FloatLIF(SPIKE)),
        "convert: layer '0': must have padding with zeros, got 'circular'",
    ),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), quant.FloatLIF(None), nn.Linear(2, 2), quant.FloatLIF(None)),
        "convert: layer '1': must be the last one, as a read-out",
    ),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), quant.FloatLIF(SPIKE), nn.AvgPool2d(2, padding=1)),
        "convert: layer '2': windows must be of [N, C, H, W], got [6, 2]",
    ),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), quant.FloatLIF(SPIKE, alpha=0.5, beta=0.99999)),
        "CubaLIF: beta must not be rounded to 1, as loihi2 does, got 0.99999",
    ),
]


@pytest.mark.parametrize(("build", "message"), WRONG)
def test_networks_that_cannot_be_read(build: Callable[[], Any], message: str) -> None:
    model = build()
    lines = isinstance(model, nn.Sequential) and any(isinstance(module, nn.Conv1d) for module in model)
    with pytest.raises(ValueError) as error:  # noqa: PT011  # the message is a parameter
        quant.convert(model, LOIHI, events(3, 2, 2, 12) if lines else events(3, 2, 12))
    assert message in str(error.value)


def test_wrong_arguments() -> None:
    model = dense()
    with pytest.raises(ValueError, match=r"convert: events must be \[T, B, ...\], not empty"):
        quant.convert(model, LOIHI, events(3, 0, 12))
    with pytest.raises(ValueError, match="convert: events must be finite, got 'NaN or infinity'"):
        quant.convert(model, LOIHI, events(3, 2, 12) * torch.nan)
    with pytest.raises(ValueError, match=r"QuantLinear: weight_bits must be an integer in 2\.\.8, got 9"):
        quant.convert(model, LOIHI, events(3, 2, 12), weight_bits=9)
    message = (
        "convert: layer '0': must have no bias, which reckon has not; use an input that is always on, got one of up"
    )
    with pytest.raises(ValueError, match=message):
        quant.convert(model, hw_profiles.load("reckon"), events(3, 2, 12))
    with pytest.raises(ValueError, match="profile must have neuron arithmetic, got akida2, which has none"):
        quant.convert(dense(bias=False), hw_profiles.load("akida2"), events(3, 2, 12))
    model[0].weight.data[0, 0] = torch.nan  # type: ignore[operator]
    with pytest.raises(ValueError, match="convert: layer '0': weights and biases must be finite"):
        quant.convert(model, LOIHI, events(3, 2, 12))


def test_a_profile_of_ones_own_membrane() -> None:
    narrow: Profile = hw_profiles.load("generic8").with_grid(5).with_membrane(8)
    assert narrow.membrane_format.max_code == 127
    assert "set to 8 bits by the user" in narrow.membrane.source


def test_a_layer_called_as_the_turning_of_currents_is() -> None:
    """`n_in` is what turns currents before neurons `n` is called, where they have channels of their own."""
    model = nn.Sequential()
    model.add_module("n_in", seeded(nn.Linear(12, 6), 0.8, 0))
    model.add_module("n", quant.FloatLIF(SPIKE))
    found = quant.convert(model, hw_profiles.load("generic16"), events(20, 4, 12))
    assert found.layers[0].differing < 0.02
    assert found.silent == ()
