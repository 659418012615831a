"""`quant.convert`: float networks brought onto a chip's grid, and what is said about it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.calibration import best_clip, membrane_peak, scale_of
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")
SPIKE = Arctan(alpha=2.0)


def seeded(module: Any, gain: float, seed: int) -> Any:
    random = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=random) * gain)
    return module


def events(*shape: int, seed: int = 0) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.4).float()


def dense(bias: bool = True, **neuron: Any) -> nn.Sequential:
    return nn.Sequential(
        seeded(nn.Linear(12, 20, bias=bias), 0.4, 1),
        quant.FloatLIF(SPIKE, **neuron),
        nn.Dropout(0.3),
        seeded(nn.Linear(20, 4, bias=bias), 0.3, 2),
        quant.FloatLIF(None, beta=0.9, alpha=neuron.get("alpha")),
    ).eval()


def test_sixteen_bits_change_next_to_nothing() -> None:
    profile = hw_profiles.load("generic16")
    model, x = dense(), events(15, 16, 12)
    found = quant.convert(model, profile, x)
    spiking, readout = found.layers
    assert (spiking.weights, spiking.neurons, readout.neurons) == ("0", "1", "4")
    assert spiking.weight_error < 1e-4
    assert spiking.differing < 0.01
    assert spiking.dead == spiking.dead_before
    assert readout.threshold is None
    assert spiking.threshold is not None
    assert spiking.threshold[1] == pytest.approx(1.0, abs=1e-4)
    assert spiking.beta[0] == 0.9
    assert spiking.beta[1] == pytest.approx(0.9, abs=1e-4)
    # The read-out is scaled as its weights are.
    with torch.no_grad():
        expected, actual = model(x), found.model(x) / readout.scale
    assert float((actual - expected).norm() / expected.norm()) < 0.05


def test_the_result_deploys_and_trains() -> None:
    found = quant.convert(dense(), LOIHI, events(15, 16, 12), weight_bits=4)
    network = quant.integer(found.model)
    x = events(9, 3, 12, seed=5)
    for name, train in quant.spike_trains(found.model, x).items():
        assert (network.run(x.numpy())[name] == train.numpy()).all()
    assert all(
        layer.codes.min() >= -8 and layer.codes.max() <= 7 for layer in network.layers if hasattr(layer, "codes")
    )
    found.model(x).sum().backward()
    assert all(parameter.grad is not None for parameter in found.model.parameters())
    assert isinstance(found.model[1], quant.LIF)
    slope = found.model[1].surrogate
    assert isinstance(slope, quant.LUTSurrogate)
    assert slope.analytic == SPIKE


@pytest.mark.parametrize("name", ["loihi2", "reckon", "generic8", "hls4ml", "spinnaker1", "cortexm_q15"])
def test_every_chip_gives_much_the_same_spikes(name: str) -> None:
    profile = hw_profiles.load(name)
    assert profile.step is not None
    model = dense(bias=profile.bias is not None, beta=0.875, reset=profile.step.resets[0], order=profile.step.order)
    found = quant.convert(model, profile, events(15, 16, 12))
    assert found.layers[0].differing < 0.02
    assert found.layers[0].saturated < 0.01
    assert found.layers[0].changes == ()


@pytest.mark.parametrize("name", ["loihi2", "xylo"])
def test_synaptic_currents(name: str) -> None:
    profile = hw_profiles.load(name)
    assert profile.step is not None
    neuron: dict[str, Any] = {
        "alpha": 0.5,
        "beta": 0.875,
        "reset": profile.step.resets[0],
        "max_spikes": profile.step.max_spikes,
    }
    found = quant.convert(dense(bias=False, **neuron), profile, events(15, 16, 12))
    assert isinstance(found.model[1], quant.CubaLIF)
    assert found.layers[0].differing < 0.05
    with_bias = quant.convert(dense(**neuron), profile, events(15, 16, 12)).layers[0]
    assert with_bias.changes == ("the bias goes to the membrane, as much as the current comes to that it went to",)


def test_chips_that_floor_weights_lose_no_more_than_others() -> None:
    x, model = events(5, 4, 12), dense(bias=False)
    floors, nearest = (
        quant.convert(model, hw_profiles.load(name), x, weight_bits=4).layers[0].weight_error
        for name in ("hls4ml", "generic16")
    )
    assert floors == pytest.approx(nearest, rel=0.05)


def test_a_bias_of_the_membrane_stays_one() -> None:
    model = nn.Sequential(
        seeded(nn.Linear(12, 20, bias=False), 0.4, 1),
        quant.FloatLIF(SPIKE, alpha=0.8, reset="zero", bias=20),
        seeded(nn.Linear(20, 4, bias=False), 0.3, 2),
        quant.FloatLIF(None, alpha=0.8, bias=4),
    ).eval()
    for neuron in (model[1], model[3]):
        assert isinstance(neuron, quant.FloatLIF)
        assert neuron.bias is not None
        nn.init.normal_(neuron.bias, 0.0, 0.2)
    found = quant.convert(model, LOIHI, events(15, 16, 12))
    assert found.layers[0].changes == found.layers[1].changes == ()
    assert found.layers[0].differing < 0.02
    assert found.model[1].bias is not None


def test_recurrent() -> None:
    recurrent = seeded(quant.FloatRecurrent(quant.FloatLIF(SPIKE, reset="zero"), 20), 0.2, 3)
    model = nn.Sequential(seeded(nn.Linear(12, 20, bias=False), 0.4, 1), recurrent)
    x = events(15, 16, 12)
    found = quant.convert(model, LOIHI, x)
    assert isinstance(found.model[1], quant.Recurrent)
    assert found.layers[0].differing < 0.05
    linear = found.model[1].linear.weight.detach() / found.layers[0].scale
    torch.testing.assert_close(linear, recurrent.linear.weight.detach(), rtol=0, atol=0.02)


def test_batch_norm_is_folded_into_convolutions_and_pooling_into_the_next_weights() -> None:
    norm = nn.BatchNorm2d(6).eval()
    random = torch.Generator().manual_seed(4)
    for tensor in (norm.weight.data, norm.bias.data, norm.running_mean, norm.running_var):
        assert tensor is not None
        tensor.copy_(torch.rand(6, generator=random) + 0.2)
    model = nn.Sequential(
        quant.TimeDistributed(seeded(nn.Conv2d(2, 6, 3, padding=1, stride=(1, 2), groups=2), 0.4, 1)),
        quant.TimeDistributed(norm),
        quant.FloatLIF(SPIKE),
        quant.TimeDistributed(nn.AvgPool2d(2)),
        nn.Flatten(2),
        seeded(nn.Linear(6 * 4 * 2, 5, bias=False), 0.4, 2),
        nn.BatchNorm1d(5).eval(),
        quant.FloatLIF(None),
    )
    x = events(7, 5, 2, 8, 8)
    spikes = model[:3](x)
    found = quant.convert(model, hw_profiles.load("generic16"), x)
    assert (found.model[:2](x) != spikes).double().mean() < 0.01
    assert found.layers[0].changes == ("batch norm '1' folded into the weights",)
    assert [type(m).__name__ for m in found.model] == [
        "QuantConv2d",
        "LIF",
        "SumPool2d",
        "Flatten",
        "QuantLinear",
        "LI",
    ]
    with torch.no_grad():
        expected = quant.FloatLIF(None)(model[5](model[4](model[3](spikes))) / np.sqrt(1 + 1e-5))
        actual = found.model(x) / found.layers[1].scale
    assert float((actual - expected).norm() / expected.norm()) < 0.03


def test_constant_inputs_and_graded_spikes() -> None:
    model = nn.Sequential(
        seeded(nn.Linear(12, 20), 0.4, 1),
        quant.Repeat(9),
        quant.FloatLIF(SPIKE, reset="zero"),
    )
    x = torch.randint(0, 16, (1, 6, 12), generator=torch.Generator().manual_seed(0)) / 16
    found = quant.convert(model, LOIHI, x, input_step=1 / 16)
    assert found.model[0].input_step == 1 / 16
    assert found.model(x).shape == (9, 6, 20)
    assert found.layers[0].differing < 0.02
    network = quant.integer(found.model)
    assert (network.run((x * 16).numpy())["2"] == found.model(x).detach().numpy()).all()


@pytest.mark.parametrize("name", ["generic8", "xylo"])
def test_the_rare_membrane_that_does_not_fit_saturates(name: str) -> None:
    profile = hw_profiles.load(name)
    assert profile.step is not None
    x = events(1, 4096, 12)
    alpha = 0.5 if name == "xylo" else None
    model = dense(bias=False, alpha=alpha, beta=0.875, max_spikes=profile.step.max_spikes)
    assert quant.convert(model, profile, x).layers[0].saturated == 0
    x[0, 7] = 3000.0  # as many events in one of 4096 samples
    layer = quant.convert(model, profile, x).layers[0]
    assert 1 / 4096 / 20 <= layer.saturated <= 1 / 4096
    assert f"{layer.saturated:.2%}" in str(quant.convert(model, profile, x))


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


def test_weights_are_clipped_where_rounding_has_the_least_squared_error() -> None:
    weights = torch.randn(4000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def error(clip: float, bits: int) -> float:
        unit = clip / 2 ** (bits - 1)
        codes = (weights / unit).round().clamp(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        return float((codes * unit - weights).square().mean())

    peak = float(weights.abs().max())
    clips = [best_clip(weights, bits, False) for bits in (2, 4, 8)]
    assert clips[0] < clips[1] < clips[2] <= peak
    for clip, bits in zip(clips, (2, 4, 8), strict=True):
        assert error(clip, bits) <= min(error(peak * f, bits) for f in (1.0, 0.9, 0.7, 0.5)) * 1.02
    # For unit variance, quantisers of 4 and 16 levels have errors of 0.12 and 0.0115 (Max 1960).
    assert error(clips[1], 4) < 0.013
    assert best_clip(torch.zeros(3), 4, False) == 0


def test_the_peak_of_membranes_is_what_all_but_a_thousandth_reach() -> None:
    values = torch.arange(10000.0)
    assert membrane_peak(-values) == 9989.0
    assert membrane_peak(torch.tensor([2.0, -3.0])) == 3.0
    assert membrane_peak(torch.zeros(0)) == 0.0


def test_the_scale_brings_the_clip_to_a_power_of_two() -> None:
    found = scale_of("x", LOIHI, (-3, 5), 0.3, 1.0, 2.0)
    assert found.factor == pytest.approx(0.25 / 0.3)
    # The membrane of 32 thresholds is full at once.
    assert scale_of("x", LOIHI, (-3, 5), 0.3, 1.0, 30.0).factor == pytest.approx(0.25 / 0.3)
    assert scale_of("x", LOIHI, (-3, 5), 0.3, 1.0, 60.0).factor == pytest.approx(0.125 / 0.3)
    # All powers are too large: the weights use what they can.
    assert scale_of("x", LOIHI, (3, 5), 0.3, 1.0, 60.0).factor == pytest.approx(32 / 60, rel=1e-6)
    with pytest.raises(ValueError, match="x: no scale of loihi2 holds the threshold 1e-06 and membranes of, got"):
        scale_of("x", LOIHI, (-3, 5), 0.3, 1e-6, 1e6)


WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: nn.Linear(12, 2), "convert: model must be a torch.nn.Sequential, got 'Linear'"),
    (lambda: 42, "convert: model must be a torch.nn.Sequential, got 'int'"),
    (lambda: nn.Sequential(), "convert: model must end with neurons"),
    (lambda: nn.Sequential(nn.Linear(12, 2)), "convert: model must end with neurons"),
    (lambda: nn.Sequential(nn.Linear(12, 2), nn.ReLU()), "convert: layer '1': must be Linear, Conv2d"),
    (lambda: nn.Sequential(nn.Linear(12, 2), nn.Linear(2, 2)), "convert: layer '1': must come after neurons"),
    (lambda: nn.Sequential(quant.FloatLIF(SPIKE)), "convert: layer '0': must come after weights"),
    (lambda: nn.Sequential(nn.Flatten()), "convert: layer '0': must come after neurons, got 'Flatten'"),
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
        lambda: nn.Sequential(nn.Conv2d(1, 2, 3, dilation=2), quant.FloatLIF(SPIKE)),
        "convert: layer '0': must have zero padding in numbers and no dilation",
    ),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), quant.FloatLIF(None), nn.Linear(2, 2), quant.FloatLIF(None)),
        "convert: layer '1': must be the last one, as a read-out",
    ),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), quant.FloatLIF(SPIKE), nn.AvgPool2d(2, padding=1)),
        "convert: layer '2': must be square, without padding",
    ),
    (
        lambda: nn.Sequential(nn.Linear(12, 2), quant.FloatLIF(SPIKE, alpha=0.5, beta=0.99999)),
        "CubaLIF: beta must not be rounded to 1, as loihi2 does, got 0.99999",
    ),
]


@pytest.mark.parametrize(("build", "message"), WRONG)
def test_networks_that_cannot_be_read(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  # the message is a parameter
        quant.convert(build(), LOIHI, events(3, 2, 12))
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
