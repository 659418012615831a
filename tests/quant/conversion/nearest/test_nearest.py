"""`convert(substitute=True)`: neurons that a chip lacks become the nearest that it has."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.conversion.nearest.leaks import nearest_neurons
from spikelut.quant.conversion.neuron_values import Found
from spikelut.surrogates import Arctan


def events(steps: int = 30, n: int = 5, rate: float = 0.3) -> Tensor:
    return (torch.rand(steps, 6, n, generator=torch.Generator().manual_seed(0)) < rate).float()


def floats(bias: bool = False, alpha: Any = 0.5, beta: Any = 0.875) -> nn.Sequential:
    """A recurrent layer and an output layer, active, with biases that decide."""
    torch.manual_seed(1)
    first = quant.FloatRecurrent(quant.FloatLIF(Arctan(), alpha=alpha, beta=beta, reset="zero"), 7)
    last = quant.FloatLIF(Arctan(), alpha=alpha, beta=0.9, reset="zero")
    weights = nn.Linear(5, 7, bias=bias), nn.Linear(7, 3, bias=bias)
    with torch.no_grad():
        for layer in (weights[0], first.linear, weights[1]):
            layer.weight.normal_(0.2, 0.4)
        if bias:
            weights[0].bias.uniform_(-0.1, 0.2)
            weights[1].bias.uniform_(-0.1, 0.3)
    return nn.Sequential(weights[0], first, weights[1], last)


def impulse(neuron: quant.FloatLIF, gain: float = 1.0, steps: int = 2000) -> Tensor:
    """The membrane after an event, in float64, of a neuron that never spikes."""
    x = torch.zeros(steps, 1, 1, dtype=torch.float64)
    x[0] = gain
    return quant.FloatLIF(None, alpha=neuron.alpha, beta=neuron.beta).run(x)[1].flatten()


@pytest.mark.parametrize(("alpha", "beta"), [(0.55, 0.9), (0.75, 0.85), (0.5, 0.5), (0.0, 0.9)])
def test_one_leak_for_two_keeps_the_sum_and_the_mean_delay(alpha: float, beta: float) -> None:
    before = quant.FloatLIF(Arctan(), alpha=alpha, beta=beta)
    found = nearest_neurons(Found(before), hw_profiles.load("spinnaker1"))
    answers = impulse(before), impulse(found.neuron, found.gain)
    times = torch.arange(len(answers[0]), dtype=torch.float64)
    sums, means = [float(a.sum()) for a in answers], [float((a * times).sum() / a.sum()) for a in answers]
    assert found.neuron.alpha is None
    assert sums[0] == pytest.approx(sums[1], rel=1e-9)  # of 2,000 steps in float64
    assert means[0] == pytest.approx(means[1], rel=1e-9)
    assert sums[0] == pytest.approx(1 / (1 - alpha) / (1 - beta))


def test_two_leaks_for_one_on_a_chip_whose_currents_always_decay() -> None:
    before = quant.FloatLIF(Arctan(), beta=0.9)
    found = nearest_neurons(Found(before), hw_profiles.load("xylo"))
    answers = impulse(before), impulse(found.neuron, found.gain)
    times = torch.arange(len(answers[0]), dtype=torch.float64)
    assert found.neuron.alpha == 0.5
    assert float(answers[0].sum()) == pytest.approx(float(answers[1].sum()), rel=1e-9)
    assert float((answers[0] * times).sum()) == pytest.approx(float((answers[1] * times).sum()), rel=1e-9)
    converted = quant.convert(floats(alpha=None), hw_profiles.load("xylo"), events(), substitute=True)
    assert any("became two" in change for change in converted.layers[0].changes)
    with pytest.raises(ValueError, match="xylo has currents that decay, use CubaLIF"):
        quant.convert(floats(alpha=None), hw_profiles.load("xylo"), events())


def test_a_decay_out_of_reach_is_the_next_one_and_the_input_makes_up_for_it() -> None:
    found = nearest_neurons(Found(quant.FloatLIF(Arctan(), beta=0.5)), hw_profiles.load("reckon"))
    assert (found.neuron.beta, found.gain) == (0.875, 0.25)  # (1 - 0.875) / (1 - 0.5)
    assert found.changes == ("beta 0.5 became 0.875 (reckon has no other)",)
    near = nearest_neurons(Found(quant.FloatLIF(Arctan(), beta=1 - 1e-7)), hw_profiles.load("loihi2"))
    assert (near.neuron.beta, near.gain) == (1.0, 1.0)
    each = quant.FloatLIF(Arctan(), beta=[0.2, 0.75], alpha=[0.3, 0.5])
    found = nearest_neurons(Found(each, torch.ones(2, 2).double()), hw_profiles.load("generic8"))
    assert found.neuron.beta.tolist() == [0.5, 0.75]
    assert found.neuron.alpha is not None
    assert found.neuron.alpha.tolist() == [0.3, 0.5]  # within reach: rounded by who makes the layer
    assert found.recurrent is not None
    assert found.recurrent.tolist() == [[0.625, 0.625], [1.0, 1.0]]


def test_what_a_chip_has_stays_as_it_is() -> None:
    model, chip = floats(bias=True), hw_profiles.load("loihi2")
    plain, changed = (quant.convert(model, chip, events(), substitute=asked) for asked in (False, True))
    assert str(plain) == str(changed)
    assert torch.equal(plain.model(events()), changed.model(events()))
    odd = quant.FloatLIF(Arctan(), beta=[0.3, 0.4])
    assert nearest_neurons(Found(odd), hw_profiles.load("reckon")).neuron is odd  # one decay for all: refused later


@pytest.mark.parametrize("chip", ["spinnaker1", "hls4ml"])
def test_current_based_neurons_without_a_current(chip: str) -> None:
    model, profile = floats(bias=True), hw_profiles.load(chip)
    with pytest.raises(ValueError, match=f"profile must have a current that decays, got {chip}$"):
        quant.convert(model, profile, events())
    converted = quant.convert(model, profile, events(), substitute=True)
    first = converted.layers[0]
    assert any(
        change.startswith("the leaks of synaptic current and membrane, 0.5 and 0.875") for change in first.changes
    )
    assert 0 < first.differing < 0.25
    assert first.dead < 1
    found, given = quant.integer(converted.model), events()
    assert np.array_equal(found.run(given.numpy())["3"], converted.model(given).detach().numpy())


@pytest.mark.parametrize("chip", ["reckon", "spinnaker2"])
def test_biases_become_weights_of_an_input_that_is_always_on(chip: str) -> None:
    model, profile = floats(bias=True, alpha=None, beta=0.9), hw_profiles.load(chip)
    with pytest.raises(ValueError, match="layer '0': must have no bias"):
        quant.convert(model, profile, events(), substitute=False)
    converted = quant.convert(model, profile, events(), substitute=True)
    assert (
        "'input' has one line more, for biases, which is 1 in every step: quant.AlwaysOn()(events)" in converted.notes
    )
    given = quant.AlwaysOn()(events())
    hidden = converted.model[:2](given)
    assert tuple(converted.model[0].weight.shape) == (8, 6)
    assert bool((hidden[..., -1] == 1).all())  # the neuron that carries them on
    with torch.no_grad():
        spikes = model(events())
        apart = float((converted.model(given) != spikes).float().mean())
        for name, value in model.named_parameters():
            if name.endswith("bias"):
                value.zero_()
        without = float((model(events()) != spikes).float().mean())
    assert 0.05 < float(spikes.mean()) < 0.95
    assert apart < 0.5 * without  # without biases far more are others
    assert converted.layers[1].differing == pytest.approx(apart)
    run = quant.integer(converted.model).run(given.numpy())
    assert np.array_equal(run["3"], converted.model(given).detach().numpy())


def test_layers_with_a_line_are_calibrated_by_spikes() -> None:
    """On a chip whose neurons have thresholds of their own, rows of weights, which are one more, get factors."""
    model, profile = floats(bias=True, beta=0.9), hw_profiles.load("spinnaker2")
    search = quant.Calibration(iterations=1, rounding="nearest", progress=False)
    found = quant.convert(model, profile, events(), substitute=True, weight_bits=4, calibrate=search)
    given = quant.AlwaysOn()(events())
    assert {step.name for step in found.steps} >= {"nearest", "equalization"}
    run = quant.integer(found.model).run(given.numpy())
    assert np.array_equal(run["3"], found.model(given).detach().numpy())
    assert run["1"][..., -1].all()


def test_biases_that_no_line_can_carry_are_refused() -> None:
    conv = nn.Sequential(
        quant.TimeDistributed(nn.Conv2d(1, 2, 3)), quant.FloatLIF(Arctan(), beta=0.9, reset="zero"), nn.Flatten(2)
    )
    x = (torch.rand(6, 2, 1, 5, 5, generator=torch.Generator().manual_seed(0)) < 0.5).float()
    message = "layer '1': has a bias, and its chip none: an input that is always on is made for dense layers"
    with pytest.raises(ValueError, match=message):
        quant.convert(conv, hw_profiles.load("reckon"), x, substitute=True)
    with pytest.raises(ValueError, match=r"AlwaysOn: x must be \[T, B, N\]"):
        quant.AlwaysOn()(x)
