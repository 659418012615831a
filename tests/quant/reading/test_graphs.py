"""Models of any shape are read as their forward says, and the integers compute what it computes."""

from typing import Any

import numpy as np
import pytest
import torch
from graph_models import GRAPHS, graph
from torch import Tensor

from spikelut import quant
from spikelut.quant import IntegerLIF, IntegerNetwork

ONE_NEEDS_NO_EXAMPLE = [
    name for name, (_, shapes) in GRAPHS.items() if len(shapes) == 1 and name not in ("spikformer", "decoder")
]


def given(network: IntegerNetwork, inputs: tuple[Tensor, ...]) -> dict[str, Any]:
    """Inputs as arrays by name."""
    return {one.name: x.numpy() for one, x in zip(network.inputs, inputs, strict=True)}


def compared(model: Any, network: IntegerNetwork, inputs: tuple[Tensor, ...]) -> tuple[int, int]:
    """How many values were compared with the model's own, and how many of them are not zero."""
    with torch.no_grad():
        found = model(*inputs)
    wanted = list(found.values()) if isinstance(found, dict) else [found]
    wanted = list(found)[: len(network.outputs)] if isinstance(found, tuple) else wanted
    arrays = network.run(given(network, inputs), keep=network.outputs)
    compared = nonzero = 0
    for name, own in zip(network.outputs, wanted, strict=True):
        real = torch.from_numpy(arrays[name]) * network.signals[name].step
        if real.shape != own.shape:  # averaged over time, in float32
            torch.testing.assert_close(real.mean(0).float(), own, atol=1e-6, rtol=1e-6)
        else:
            assert torch.equal(real.to(own.dtype), own)
        compared, nonzero = compared + own.numel(), nonzero + int((own != 0).sum())
    return compared, nonzero


def active(network: IntegerNetwork, inputs: tuple[Tensor, ...]) -> dict[str, float]:
    """The share of values other than zero that each layer of neurons gives."""
    names = [layer.name for layer in network.layers if isinstance(layer, IntegerLIF)]
    arrays = network.run(given(network, inputs))
    return {name: float((arrays[name] != 0).mean()) for name in names}


@pytest.mark.parametrize("name", GRAPHS)
def test_the_network_computes_what_the_model_does(name: str) -> None:
    model, inputs = graph(name)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    total, nonzero = compared(model, network, inputs)
    assert nonzero > total / 20
    assert min(active(network, inputs).values()) > 0.01, active(network, inputs)
    for one, x in zip(network.inputs, inputs, strict=True):
        assert one.shape == tuple(x.shape[2:])
    for layer, array in network.passed(given(network, inputs)):
        signal = network.signals[layer]
        assert array.shape[2:] == signal.shape
        assert signal.least <= array.min()
        assert array.max() <= signal.largest


@pytest.mark.parametrize("name", ONE_NEEDS_NO_EXAMPLE)
def test_sizes_are_told_by_the_layers(name: str) -> None:
    model, inputs = graph(name)
    network = quant.integer(model)
    total, nonzero = compared(model, network, inputs)
    assert nonzero > total / 20


@pytest.mark.parametrize("name", ["u-net", "two heads"])
def test_images_of_any_size_are_taken_where_no_layer_says_one(name: str) -> None:
    model, _ = graph(name)
    network = quant.integer(model)
    assert network.inputs[0].shape == (2, "H", "W")
    larger = torch.rand(4, 2, 2, 12, 16).lt(0.4).float()
    total, nonzero = compared(model, network, (larger,))
    assert nonzero > total / 20


def test_outputs_have_the_names_of_their_layers() -> None:
    model, inputs = graph("gated")
    network = quant.integer(model, example=inputs[0])
    assert network.outputs == ("out_1", "take")
    assert [network.named(name) for name in network.outputs] == ["membrane.out_1", "spikes.take"]
    model, inputs = graph("spikformer")
    network = quant.integer(model, example=inputs[0])
    assert [network.named(name) for name in network.outputs] == ["sums.head"]


def test_any_layer_is_kept_on_request() -> None:
    model, inputs = graph("spikes added")
    network = quant.integer(model, example=inputs[0])
    found = network.run(inputs[0].numpy(), keep=["2_add"])
    own = network.run(inputs[0].numpy(), keep=["1", "2_neurons"])
    assert np.array_equal(found["2_add"], own["1"] + own["2_neurons"])
    assert found["2_add"].max() == 2
    with pytest.raises(ValueError, match=r"^IntegerNetwork: keep must hold names of layers, got \['nothing'\]"):
        network.run(inputs[0].numpy(), keep=["nothing"])


def test_layers_on_two_chips_have_their_own_profiles() -> None:
    model, inputs = graph("two chips")
    network = quant.integer(model, example=inputs[0])
    assert [node.profile.name for node in network.nodes] == ["loihi2", "loihi2", "generic16", "generic16"]
    assert network.profile.name == "loihi2"


def test_reading_leaves_the_model_and_torch_as_they_were() -> None:
    model, _ = graph("step by step")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    call, step = torch.nn.Module.__call__, quant.LIF.step
    model.train()
    quant.integer(model)
    assert model.training
    assert torch.nn.Module.__call__ is call
    assert quant.LIF.step is step
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_several_inputs_must_have_as_many_steps_and_samples() -> None:
    model, inputs = graph("two inputs")
    network = quant.integer(model, example=inputs)
    arrays = given(network, inputs)
    with pytest.raises(ValueError, match=r"^IntegerNetwork: inputs must have as many time steps each, got \[1, 5\]"):
        network.run(arrays | {"audio": arrays["audio"][:1]})
    with pytest.raises(ValueError, match=r"^IntegerNetwork: inputs must have as many samples each, got \[1, 3\]"):
        network.run(arrays | {"audio": arrays["audio"][:, :1]})


def test_signals_of_other_shapes_are_not_repeated_to_be_added() -> None:
    with pytest.raises(ValueError, match=r"^layer 'add': what is merged must have one shape"):
        quant.IntegerAdd("add").run(np.ones((2, 1, 3, 1), np.int64), np.ones((2, 1, 3, 4), np.int64))
