"""`quant.convert` on networks of snnTorch and SpikingJelly: their neurons are read as what they compute.

The frameworks are not dependencies: where one is not installed, its tests are skipped.
"""

from typing import Any

import pytest
import torch
from float_networks import only_neurons, read, run
from torch import Tensor, nn

from spikelut import hw_profiles, quant

pytestmark = [
    pytest.mark.interop,
    pytest.mark.filterwarnings("ignore"),  # the frameworks call deprecated parts of torch and Python
]

PROFILE = hw_profiles.load("generic16")
PROFILE_CUBA = hw_profiles.load("loihi2")


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
    plan = read(nn.Sequential(linear, neuron), events())
    assert theirs.any()
    differing = float((run(plan, events())[0] != theirs).double().mean())
    if name == "Synaptic" and delay and reset == "zero":
        # snnTorch drops the input of the step after a spike.
        assert 0 < differing < 0.2
        assert "the step after a spike takes in its input, as in other neurons" in only_neurons(plan).changes
    else:
        assert differing == 0
    assert len(only_neurons(plan).changes) == 1 + (differing > 0) + (not delay)


def test_a_snntorch_readout() -> None:
    snntorch = pytest.importorskip("snntorch")
    linear = weights()
    neuron = snntorch.Leaky(beta=0.85, reset_mechanism="none", init_hidden=True, output=True).double()
    membranes = torch.stack([neuron(drive)[1] for drive in linear(events())]).detach()
    plan = read(nn.Sequential(linear, neuron), events())
    torch.testing.assert_close(run(plan, events())[0], membranes)


@pytest.mark.parametrize("v_reset", [None, 0.0])
@pytest.mark.parametrize("decay_input", [True, False])
@pytest.mark.parametrize("name", ["IFNode", "LIFNode"])
def test_spikingjelly(name: str, decay_input: bool, v_reset: float | None) -> None:
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    options = {"tau": 3.0, "decay_input": decay_input} if name == "LIFNode" else {}
    node = getattr(neuron, name)(v_threshold=0.8, v_reset=v_reset, step_mode="m", **options)
    linear = weights()
    theirs = node(linear(events())).detach()
    plan = read(nn.Sequential(linear, node), events())
    # Both multiply in another order: a membrane within rounding of the threshold may fall on the other side.
    assert (run(plan, events())[0] != theirs).double().mean() < 1e-3
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
        (snntorch.Leaky(beta=torch.rand(2, 6)), "beta must be one number for the layer, or one for each neuron"),
        (snntorch.Leaky(beta=0.9, inhibition=True), "inhibition must be False"),
        (snntorch.Leaky(beta=0.9, graded_spikes_factor=2.0), "graded_spikes_factor must be 1, got 2.0"),
        (snntorch.Alpha(alpha=0.9, beta=0.8), "must be Linear"),
        (neuron.LIFNode(v_reset=0.1), "v_reset must be 0 or None, got 0.1"),
        (neuron.QIFNode(), "must be Linear"),
    ):
        with pytest.raises(ValueError, match=f"convert: layer '1': {message}"):
            quant.convert(nn.Sequential(weights().float(), module), PROFILE, events().float())


def stepwise(model: nn.Module, x: Tensor) -> Tensor:
    """What a model whose neurons take a step at a time gives, as its library's users run it."""
    with torch.no_grad():
        return torch.stack([model(arriving) for arriving in x])


def lively(inputs: int, outputs: int, gain: float = 2.5) -> nn.Linear:
    torch.manual_seed(inputs)
    linear = nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.mul_(gain)
    return linear


def test_the_report_compares_with_snntorch_step_by_step() -> None:
    snntorch = pytest.importorskip("snntorch")
    model: Any = nn.Sequential(
        lively(10, 12),
        nn.Dropout(),
        snntorch.Leaky(beta=0.9, init_hidden=True),
        lively(12, 5),
        snntorch.Leaky(beta=0.9),
    )
    model[4].init_hidden = True
    x = events().float()
    stepwise(model, x[:3])  # states that are not at rest
    loss = model(x[3]).sum()
    loss.backward()  # and have a history, which torch refuses to copy
    held = [model[2].mem, model[4].mem]
    assert held[0].grad_fn is not None
    kept = [state.detach().clone() for state in held]
    found = quant.convert(model.train(), PROFILE, x)
    assert found.compared_with == "model(events[t]), step by step"
    assert model[2].mem is held[0]
    assert all(torch.equal(state.detach(), before) for state, before in zip(held, kept, strict=True))
    for neuron in (model[2], model[4]):
        neuron.reset_mem()
    spikes = stepwise(model[:3].eval(), x)
    assert 0.02 < float(spikes.mean()) < 0.98
    made = found.model[:2](x)
    assert found.layers[0].differing == pytest.approx(float((made != spikes).double().mean()))
    assert found.layers[0].misread == found.layers[1].misread == 0


def test_what_snntorch_does_otherwise_is_said_aloud() -> None:
    snntorch = pytest.importorskip("snntorch")
    neuron = snntorch.Synaptic(alpha=0.7, beta=0.8, reset_mechanism="zero", init_hidden=True)
    model = nn.Sequential(lively(10, 12), neuron)
    found = quant.convert(model, PROFILE_CUBA, events().float())
    assert found.layers[0].misread > 0.01
    neuron.reset_mem()
    differs = found.model(events().float()) != stepwise(model, events().float())
    assert found.layers[0].differing == pytest.approx(float(differs.double().mean()))
    assert f"WARNING: by these changes alone {found.layers[0].misread:.2%} of what 1 gives are others" in str(found)
    # A function of the state that is not that of the reset.
    neuron = snntorch.Leaky(beta=0.9, init_hidden=True)
    neuron.reset_mechanism = "zero"
    with pytest.raises(
        ValueError, match=r"layer '1', with all .* must give in model\(events\[t\]\), step by step what"
    ):
        quant.convert(nn.Sequential(lively(10, 12), neuron), PROFILE, events().float())


def test_neurons_that_stand_twice_share_their_state() -> None:
    snntorch = pytest.importorskip("snntorch")
    neuron = snntorch.Leaky(beta=0.9, init_hidden=True)
    with pytest.raises(ValueError, match=r"layer '1', with all since the neurons before it, must give"):
        quant.convert(nn.Sequential(lively(10, 12), neuron, lively(12, 12), neuron), PROFILE, events().float())


@pytest.mark.parametrize("mode", ["s", "m"])
def test_spikingjelly_s_own_layers(mode: str) -> None:
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    layer = pytest.importorskip("spikingjelly.activation_based.layer")
    functional = pytest.importorskip("spikingjelly.activation_based.functional")
    torch.manual_seed(0)
    model: Any = nn.Sequential(
        layer.Conv2d(1, 4, 3, padding=1, bias=False),
        layer.BatchNorm2d(4),
        neuron.IFNode(),
        layer.AvgPool2d(2),
        layer.Flatten(),
        layer.Dropout(0.5),
        layer.Linear(4 * 9, 5),
        neuron.LIFNode(tau=2.0),
    )
    functional.set_step_mode(model, mode)
    x = (torch.rand(9, 8, 1, 6, 6, generator=torch.Generator().manual_seed(1)) < 0.5).float()
    with torch.no_grad():
        model(x if mode == "m" else x[0])  # statistics, and states that are not at rest
    held = model[2].v.clone()
    found = quant.convert(model, PROFILE, x)
    assert found.compared_with == ("model(events)" if mode == "m" else "model(events[t]), step by step")
    assert torch.equal(model[2].v, held)
    functional.reset_net(model)
    model.eval()
    spikes = stepwise(model[:3], x) if mode == "s" else model[:3](x)
    assert 0.02 < float(spikes.mean()) < 0.98
    made = found.model[:2](x)
    assert found.layers[0].differing == pytest.approx(float((made != spikes).double().mean()))
    assert found.layers[0].differing < 0.01


def test_what_computes_anything_of_its_own_is_not_read() -> None:
    snntorch = pytest.importorskip("snntorch")
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    layer = pytest.importorskip("spikingjelly.activation_based.layer")
    surrogate = pytest.importorskip("spikingjelly.activation_based.surrogate")

    class Fire(snntorch.Leaky):  # type: ignore[misc,name-defined]  # of a module that may be missing
        def fire(self, mem: Tensor) -> Any:
            return super().fire(mem + 0.5)

    class Leak(snntorch.Leaky):  # type: ignore[misc,name-defined]
        def _base_state_function(self, input_: Tensor) -> Any:
            return super()._base_state_function(input_) * 0.5

    class Charge(neuron.LIFNode):  # type: ignore[misc,name-defined]
        def single_step_functional_forward(self, inputs: Any, states: Any) -> Any:
            return super().single_step_functional_forward((inputs[0] * 2,), states)

    class LIFNode(nn.Module):  # of the same name, elsewhere
        pass

    hooked = neuron.LIFNode(tau=2.0, step_mode="m")
    hooked.register_forward_hook(lambda *_: None)
    of_its_own = neuron.LIFNode(tau=2.0, step_mode="m")
    of_its_own.single_step_forward = lambda x: x
    scaled = layer.WSLinear(10, 12)
    cases = (
        (
            lively(10, 12),
            Fire(beta=0.9, init_hidden=True),
            "layer '1': must compute what Leaky does.*a fire of its own",
        ),
        (lively(10, 12), Leak(beta=0.9, init_hidden=True), "a _base_state_function of its own"),
        (lively(10, 12), Charge(tau=2.0, step_mode="m"), "a single_step_functional_forward of its own"),
        (lively(10, 12), LIFNode(), "layer '1': must be Linear, Conv2d"),
        (lively(10, 12), hooked, "layer '1': must compute what LIFNode does.*with a forward hook"),
        (lively(10, 12), of_its_own, "a single_step_forward of its own"),
        (scaled, neuron.LIFNode(tau=2.0, step_mode="m"), "layer '0': must compute what Linear does"),
        (
            lively(10, 12),
            neuron.LIFNode(tau=2.0, step_mode="m", surrogate_function=surrogate.Sigmoid(spiking=False)),
            "layer '1': surrogate_function must give spikes, got 'spiking=False'",
        ),
    )
    for first, second, message in cases:
        with pytest.raises(ValueError, match=message):
            quant.convert(nn.Sequential(first, second), PROFILE, events().float())


def test_subclasses_that_only_add_are_read() -> None:
    snntorch = pytest.importorskip("snntorch")

    class Named(snntorch.Leaky):  # type: ignore[misc,name-defined]  # of a module that may be missing
        def rate(self) -> float:
            return 0.0

    model = nn.Sequential(lively(10, 12), Named(beta=0.9, init_hidden=True))
    assert quant.convert(model, PROFILE, events().float()).layers[0].misread == 0
