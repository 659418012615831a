"""`quant.convert`: float networks brought onto a chip's grid."""

from typing import Any

import numpy as np
import pytest
import torch
from float_networks import LOIHI, SPIKE, dense, events, seeded
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant.conversion.calibration import best_clip, membrane_peak, scale_of


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
