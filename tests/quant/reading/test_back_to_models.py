"""Graphs of integers back to modules that train: the same integers, the same outputs, and gradients."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from graph_models import GRAPHS, P, conv, events, graph, lif, linear, woken
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph
from random_networks import differences
from torch import Tensor, nn

from spikelut import export, quant
from spikelut.quant.weights.layers import QuantConv1d


class Signal(nn.Module):
    """Inputs that go to neurons without weights, and to weights after pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.here, self.there, self.out = lif(), lif(), linear(4, 3)
        self.first, self.pool = conv(4, 4, input_step=0.25, largest_input=20), quant.SumPool2d((1, 2))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        events = self.here(0.5 * x)
        return {"out": self.out(events.sum((3, 4))), "last": self.there(self.first(x))}


def integers(name: str) -> tuple[quant.IntegerNetwork, nn.Module, tuple[Tensor, ...]]:
    model, inputs = graph(name)
    return quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0]), model, inputs


def check(network: quant.IntegerNetwork, inputs: tuple[Tensor, ...]) -> tuple[int, int]:
    """That the model made of a network has its integers and gives its outputs; how many are not zero, of how many."""
    again = quant.from_integer(network)
    found = quant.integer(again)
    assert differences(network, found) == []
    for one, other in zip(network.nodes, found.nodes, strict=True):
        assert (one.inputs, one.profile) == (other.inputs, other.profile)
    assert (network.inputs, network.outputs) == (found.inputs, found.outputs)
    given = {one.name: x.numpy() for one, x in zip(network.inputs, inputs, strict=True)}
    wanted = network.run(given, keep=network.outputs)
    with torch.no_grad():
        made = again(*inputs)
    made = made if isinstance(made, dict) else dict.fromkeys(network.outputs, made)
    assert list(made) == list(network.outputs)
    nonzero = total = 0
    for name, out in made.items():
        real = torch.from_numpy(wanted[name]) * network.signals[name].step
        assert torch.equal(real, out.double()), name
        nonzero, total = nonzero + int((real != 0).sum()), total + real.numel()
    return nonzero, total


@pytest.mark.parametrize("name", GRAPHS)
def test_integers_and_outputs_are_the_same(name: str) -> None:
    network, _, inputs = integers(name)
    nonzero, total = check(network, inputs)
    assert nonzero > total / 20


@settings(max_examples=30)
@given(st.integers(0, 2**20))
def test_random_graphs(seed: int) -> None:
    model, x = random_graph(seed)
    check(quant.integer(model, example=x), (x,))


def test_random_graphs_are_awake() -> None:
    counts: Counter[str] = Counter()
    for seed in range(20):
        model, x = random_graph(seed)
        nonzero, total = check(quant.integer(model, example=x), (x,))
        counts.update(nonzero=nonzero, total=total)
    assert counts["nonzero"] > counts["total"] / 10


@pytest.mark.parametrize("name", ["decoder", "two inputs", "spikformer", "gated", "both ways"])
def test_gradients_are_those_of_the_model(name: str) -> None:
    """Of the weights of every layer, as in the model that was trained."""
    network, model, inputs = integers(name)
    again = quant.from_integer(network)

    def total(made: Any) -> Tensor:
        parts = made.values() if isinstance(made, dict) else made if isinstance(made, tuple) else [made]
        return sum((part.sum() for part in parts), torch.zeros(()))

    averaged = len(inputs[0]) if name == "spikformer" else 1  # over time, at its end, which is left to the reader
    torch.autograd.backward(total(model.train()(*inputs)))
    torch.autograd.backward(total(again.train()(*inputs)) / averaged)
    named = {key.replace(".", "_"): parameter for key, parameter in model.named_parameters()}
    compared = 0
    for key, parameter in again.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.any(), key
        wanted = named[key.replace(".", "_")].grad
        assert wanted is not None
        if name != "decoder":  # there an average is the sum with other weights, and one convolution is transposed
            torch.testing.assert_close(parameter.grad, wanted, rtol=1e-4, atol=1e-4 * float(wanted.abs().max()))
            compared += 1
    assert compared or name == "decoder"


def test_chains_are_sequentials() -> None:
    layers: list[nn.Module] = [
        conv(2, 4, dilation=2, padding=2),
        lif(),
        quant.MaxPool2d(2),
        nn.Flatten(2),
        linear(64, 3),
        lif(),
    ]
    network = quant.integer(woken(nn.Sequential(*layers)))
    again = quant.from_integer(network)
    assert type(again) is nn.Sequential
    assert [type(module) for module in again] == [type(module) for module in layers]
    assert check(network, (events(5, 2, 2, 8, 8),))[0] > 0


def test_a_chain_that_ends_in_weights() -> None:
    network = quant.integer(woken(nn.Sequential(linear(6, 5), lif(), linear(5, 3))))
    assert type(quant.from_integer(network)) is nn.Sequential
    assert check(network, (events(5, 2, 6),))[0] > 0


def test_chains_of_sequences() -> None:
    """Their inputs are [T, B, C, L], read without an example or with one."""
    model = woken(nn.Sequential(QuantConv1d(2, 4, 3, profile=P), lif(), nn.Flatten(2), linear(56, 3), lif()))
    network = quant.integer(model)
    assert network.inputs[0].shape == (2, "L")
    assert check(network, (events(5, 2, 2, 16),))[0] > 0


def test_inputs_of_their_own() -> None:
    model = woken(Signal())
    x = torch.randint(0, 5, (5, 2, 4, 4, 4), generator=torch.Generator().manual_seed(0)) * 0.25
    network = quant.integer(model, example=x)
    assert network.inputs[0].largest == 20
    assert any(isinstance(layer, quant.IntegerScale) for layer in network.layers)
    again = quant.from_integer(network)
    assert differences(network, quant.integer(again)) == []
    with torch.no_grad():
        made, own = again(x), model(x)
    assert all(bool(out.any()) for out in own.values())
    assert [torch.equal(a, b) for a, b in zip(made.values(), own.values(), strict=True)] == [True, True]


@pytest.mark.parametrize("name", GRAPHS)
def test_from_onnx_files(name: str, tmp_path: Path) -> None:
    network, _, inputs = integers(name)
    export.to_onnx(network, inputs if len(inputs) > 1 else inputs[0], tmp_path / "net.onnx", "functions")
    again = quant.integer(export.load(tmp_path / "net.onnx"))
    assert differences(network, again) == []
    assert [node.inputs for node in network.nodes] == [node.inputs for node in again.nodes]
    assert (network.inputs, network.outputs) == (again.inputs, again.outputs)


def test_from_files(tmp_path: Path) -> None:
    network, _, inputs = integers("u-net")
    export.save_network(network, tmp_path / "net")
    assert check(export.load_network(tmp_path / "net"), inputs)[0] > 0


def test_what_no_layers_have() -> None:
    network, _, _ = integers("gated")
    layers = [
        replace(layer, codes=layer.codes.astype(int) * 8 + 1) if isinstance(layer, quant.IntegerLinear) else layer
        for layer in network.layers
    ]
    with pytest.raises(ValueError, match=r"^from_integer: layer 'a_0' must be one of generic16, got 'other integers'"):
        quant.from_integer(replace(network, layers=tuple(layers)))
