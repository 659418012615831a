"""`quant.convert` on networks of snnTorch and SpikingJelly: their neurons are read as what they compute.

The frameworks are not dependencies: where one is not installed, its tests are skipped.
"""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.float_network import read_network

pytestmark = [
    pytest.mark.interop,
    pytest.mark.filterwarnings("ignore"),  # the frameworks call deprecated parts of torch and Python
]

PROFILE = hw_profiles.load("generic16")


def events() -> Tensor:
    return (torch.rand(25, 8, 10, generator=torch.Generator().manual_seed(0)) < 0.4).double()


def weights() -> nn.Linear:
    torch.manual_seed(0)
    linear = nn.Linear(10, 12, bias=False).double()
    nn.init.normal_(linear.weight, 0.1, 0.5)
    return linear


def stepped(layer: Any, current: Tensor) -> Tensor:
    """Spikes of an snnTorch neuron, whose states are its own."""
    return torch.stack([layer(drive) for drive in current]).detach()


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("delay", [True, False])
@pytest.mark.parametrize("name", ["Leaky", "Synaptic"])
def test_snntorch(name: str, delay: bool, reset: str) -> None:
    snntorch = pytest.importorskip("snntorch")
    numbers = {"beta": 0.85, "threshold": 0.9} | ({"alpha": 0.6} if name == "Synaptic" else {})
    neuron = getattr(snntorch, name)(**numbers, init_hidden=True, reset_mechanism=reset, reset_delay=delay).double()
    linear = weights()
    linear.weight.data *= 0.15  # so that no membrane gets beyond two thresholds
    theirs = stepped(neuron, linear(events()))
    (stage,) = read_network(nn.Sequential(linear, neuron))
    assert theirs.any()
    differing = float((stage.run(events())[0] != theirs).double().mean())
    if name == "Synaptic" and delay and reset == "zero":
        # snnTorch drops the input of the step after a spike.
        assert 0 < differing < 0.2
        assert "the step after a spike takes in its input, as in other neurons" in stage.changes
    else:
        assert differing == 0
    assert len(stage.changes) == 1 + (differing > 0) + (not delay)


def test_a_snntorch_readout() -> None:
    snntorch = pytest.importorskip("snntorch")
    linear = weights()
    neuron = snntorch.Leaky(beta=0.85, reset_mechanism="none", init_hidden=True, output=True).double()
    membranes = torch.stack([neuron(drive)[1] for drive in linear(events())]).detach()
    (stage,) = read_network(nn.Sequential(linear, neuron))
    torch.testing.assert_close(stage.run(events())[0], membranes)


@pytest.mark.parametrize("v_reset", [None, 0.0])
@pytest.mark.parametrize("decay_input", [True, False])
@pytest.mark.parametrize("name", ["IFNode", "LIFNode"])
def test_spikingjelly(name: str, decay_input: bool, v_reset: float | None) -> None:
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    options = {"tau": 3.0, "decay_input": decay_input} if name == "LIFNode" else {}
    node = getattr(neuron, name)(v_threshold=0.8, v_reset=v_reset, step_mode="m", **options)
    linear = weights()
    theirs = node(linear(events())).detach()
    (stage,) = read_network(nn.Sequential(linear, node))
    # Both multiply in another order: a membrane within rounding of the threshold may fall on the other side.
    assert (stage.run(events())[0] != theirs).double().mean() < 1e-3
    assert theirs.any()


def test_a_network_of_both_is_converted() -> None:
    snntorch = pytest.importorskip("snntorch")
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    model = nn.Sequential(
        weights().float(),
        snntorch.Leaky(beta=0.9, init_hidden=True),
        nn.Linear(12, 5, bias=False),
        neuron.LIFNode(tau=2.0, step_mode="m"),
    )
    found = quant.convert(model, PROFILE, events().float())
    assert [type(m).__name__ for m in found.model] == ["QuantLinear", "LIF", "QuantLinear", "LIF"]
    assert found.layers[1].changes == ("1 / tau of the input moved into the weights",)
    # generic16 subtracts before the leak, snnTorch after it.
    assert found.layers[0].differing < 0.15
    network = quant.integer(found.model)
    x = events().float()
    assert (network.run(x.numpy())["3"] == found.model(x).detach().numpy()).all()


def test_what_is_not_read() -> None:
    snntorch = pytest.importorskip("snntorch")
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    for module, message in (
        (snntorch.Leaky(beta=torch.rand(12)), "beta must be one number for the layer"),
        (snntorch.Leaky(beta=0.9, inhibition=True), "inhibition must be False"),
        (snntorch.Leaky(beta=0.9, graded_spikes_factor=2.0), "graded_spikes_factor must be 1, got 2.0"),
        (snntorch.Alpha(alpha=0.9, beta=0.8), "must be Linear"),
        (neuron.LIFNode(v_reset=0.1), "v_reset must be 0 or None, got 0.1"),
        (neuron.QIFNode(), "must be Linear"),
    ):
        with pytest.raises(ValueError, match=f"convert: layer '1': {message}"):
            quant.convert(nn.Sequential(weights().float(), module), PROFILE, events().float())
