"""Rates that follow the scale of a layer: training does not depend on it, and converted networks train better."""

import pytest
import torch
from torch import nn

from spikelut import hw_profiles, quant, surrogates, training

INPUTS, CLASSES, STEPS = 8, 3, 6


def samples(count: int = 90, seed: int = 1) -> training.SpikeDataset:
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(count) % CLASSES
    busy = torch.arange(INPUTS) % CLASSES == y[:, None]
    x = torch.rand(count, STEPS, INPUTS, generator=generator) < 0.2 + 0.3 * busy[:, None]
    return training.SpikeDataset(x.to(torch.uint8), y)


def network(scale: float = 1.0) -> nn.Sequential:
    """Two layers in loihi2's integers, of the first of which all is `scale` times larger: the spikes are the same."""
    torch.manual_seed(5)
    profile = hw_profiles.load("loihi2")
    # The same curve over membranes that are so much larger: 1/s of the derivative, at s times the distance.
    slope, plain = surrogates.Arctan(alpha=2.0 / scale), surrogates.Arctan(alpha=2.0)
    first = quant.QuantLinear(INPUTS, 16, profile=profile)
    first.weight.data *= scale
    hidden = quant.LIF(profile, slope, beta=0.9, threshold=0.5 * scale, bias=16, learn_threshold=True)
    last = quant.QuantLinear(16, CLASSES, profile=profile)
    return nn.Sequential(first, hidden, last, quant.LIF(profile, plain, beta=0.9, threshold=1.0))


def curve(scale: float, optimizer: object = None, clip: float | None = 1.0) -> list[float]:
    """Losses of the epochs of training that network."""
    options = {"epochs": 5, "batch_size": 30, "learning_rate": 0.02, "optimizer": optimizer, "clip_norm": clip}
    done = training.fit(network(scale), samples(), **options)  # type: ignore[arg-type]  # they are of any type
    return [epoch.loss for epoch in done.history]


def test_a_scaled_layer_trains_to_the_same_curve() -> None:
    """To the bit, as the scales are powers of two; with one rate for all it does not."""
    wanted = curve(1.0)
    assert wanted[-1] < wanted[0] - 0.05
    assert curve(8.0) == wanted
    assert curve(2.0) == wanted

    def one_rate(groups: list[dict[str, object]]) -> torch.optim.Optimizer:
        return torch.optim.AdamW([{**group, "lr": 0.02} for group in groups], weight_decay=0.0)

    assert abs(curve(8.0, one_rate)[-1] - wanted[-1]) > 0.01


def test_clipping_is_in_the_unit_of_each_layer() -> None:
    assert curve(8.0, clip=0.02) == curve(1.0, clip=0.02)
    assert curve(1.0, clip=0.02) != curve(1.0, clip=None)


def rates(model: nn.Module) -> dict[str, float]:
    """The rate of each parameter by name, for a rate of 1."""
    found = {p: g["lr"] for g in training.parameter_groups(model, 1.0) for p in g["params"]}
    return {name: found[p] for name, p in model.named_parameters()}


def test_rates_by_layer() -> None:
    profile = hw_profiles.load("generic16")
    slope = surrogates.Arctan()
    model = nn.Sequential(
        quant.Delay([0.0, 3.0], profile=profile, learn_delay=True, max_delay=12),
        quant.QuantLinear(2, 4, profile=profile),
        quant.LIF(profile, slope, beta=0.98, threshold=4.0, bias=4, learn_beta=True, learn_threshold=True),
        quant.QuantLinear(4, 4, profile=profile, batch_norm=True),
    )
    model.append(quant.LIF(profile, slope, threshold=2.0, bias=model[3]))
    model.append(quant.Recurrent(quant.LIF(profile, slope, threshold=0.5), 4))
    model.append(quant.QuantLinear(4, 2, profile=profile)).append(quant.LI(profile, beta=0.9, bias=2))
    assert rates(model) == {
        "0.delay": 12.0,
        "1.weight": 4.0,
        "2.raw_beta": pytest.approx(0.2, rel=1e-5),  # float32
        "2.raw_threshold": 4.0,
        "2.bias": 4.0,
        "3.weight": 1.0,
        "3.batch_norm.weight": 2.0,
        "3.batch_norm.bias": 2.0,
        "5.linear.weight": 0.5,
        "6.weight": 1.0,
        "7.bias": 1.0,
    }


def test_converted_networks_have_the_rates_of_their_scales() -> None:
    torch.manual_seed(3)
    first = nn.Linear(INPUTS, 16)
    first.weight.data *= 1000  # more than the chip's weights reach
    floats = nn.Sequential(
        first,
        quant.FloatLIF(surrogates.Arctan(), beta=0.9, reset="zero", threshold=1000.0),
        nn.Linear(16, CLASSES),
        quant.FloatLIF(None, beta=0.9),
    )
    data = samples()
    events = data.batch(torch.arange(60)).x
    found = quant.convert(floats, hw_profiles.load("loihi2"), events, weight_bits=4)
    hidden, readout = (layer.scale for layer in found.layers)
    assert abs(readout - 1) > 0.005
    # As the float network's own rates, times the scales; a threshold is rounded to the chip's.
    before, by_name = rates(floats), rates(found.model)
    assert before["0.weight"] == pytest.approx(1000)
    assert before["2.weight"] == 1
    for name, scale in (("0.weight", hidden), ("1.bias", hidden), ("2.weight", readout), ("3.bias", readout)):
        assert by_name[name] == pytest.approx(
            before[name.replace("1.b", "0.b").replace("3.b", "2.b")] * scale, rel=1e-3
        )
    assert by_name["0.weight"] > 2 * by_name["2.weight"]


def test_what_relaxing_neurons_divide_by_is_in_their_rates() -> None:
    """Membranes of SpiNNaker relax towards their input, so `convert` multiplies weights by 1 / (1 - beta)."""
    torch.manual_seed(3)
    floats = nn.Sequential(
        nn.Linear(INPUTS, CLASSES), quant.FloatLIF(surrogates.Arctan(), beta=0.9, reset="zero", threshold=2.0)
    )
    found = quant.convert(floats, hw_profiles.load("spinnaker1"), samples().batch(torch.arange(60)).x)
    scale = found.layers[0].scale
    assert rates(found.model)["0.weight"] == pytest.approx(2 * scale * 10, rel=0.05)
