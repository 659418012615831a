"""Fine-tuning of neurons' thresholds and biases alone, while weights stay on their codes."""

from typing import Any

import pytest
import torch
from torch import nn
from trained_networks import CLASSES, INPUTS, samples

from spikelut import hw_profiles, quant, surrogates, training

DATA = samples(40)


def converted(profile: str, reset: str = "zero") -> Any:
    torch.manual_seed(5)
    spike = surrogates.Arctan(alpha=2.0)
    hidden = quant.FloatRecurrent(quant.FloatLIF(spike, beta=0.875, reset=reset), 16)
    layers = nn.Linear(INPUTS, 16, bias=False), hidden, nn.Linear(16, CLASSES, bias=False)
    with torch.no_grad():
        for layer in (layers[0], layers[2]):
            layer.weight.mul_(4)  # so that all layers spike
    floats = nn.Sequential(*layers, quant.FloatLIF(spike, beta=0.875, reset=reset)).eval()
    x = DATA.batch(torch.arange(32)).x.float()
    return quant.convert(floats, hw_profiles.load(profile), x, weight_bits=4, surrogate="scaled").model


def test_thresholds_and_biases_move_and_weights_do_not() -> None:
    model = converted("loihi2")
    x = DATA.batch(torch.arange(40)).x.float()
    before = model(x)
    weights = [layer.codes.copy() for layer in quant.integer(model).layers if hasattr(layer, "codes")]
    assert training.learn_neurons(model) == ["1.neuron.raw_threshold", "1.neuron.bias", "3.raw_threshold", "3.bias"]
    assert torch.equal(model(x), before)
    training.fit(model, DATA, epochs=1, learning_rate=0.02, batch_size=10, keep_start=False)
    network = quant.integer(model.eval())
    after = [layer.codes for layer in network.layers if hasattr(layer, "codes")]
    assert all((a == b).all() for a, b in zip(after, weights, strict=True))
    for neuron, count in ((model[1].neuron, 16), (model[3], CLASSES)):
        assert neuron.raw_threshold.unique().numel() == neuron.bias.unique().numel() == count
    out = model(x)
    assert not torch.equal(out, before)
    *_, integers = network.run(x.numpy()).values()
    assert (integers == out.detach().numpy()).all()
    assert (integers != 0).any()


def test_a_chip_without_them_has_one_threshold_and_no_bias() -> None:
    model = converted("reckon", "subtract")
    assert training.learn_neurons(model) == ["1.neuron.raw_threshold", "3.raw_threshold"]
    assert model[3].raw_threshold.numel() == 1


def test_a_float_network_has_nothing_to_learn_so() -> None:
    with pytest.raises(ValueError, match="learn_neurons: model must have neurons on a chip"):
        training.learn_neurons(nn.Sequential(nn.Linear(3, 2), quant.FloatLIF(surrogates.Arctan())))
