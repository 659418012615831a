"""Random branching models: the integers compute what torch does."""

import warnings
from collections import Counter

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import RandomGraph, random_graph

from spikelut import quant


@settings(max_examples=60)
@given(st.integers(0, 2**20), st.integers(2, 10))
def test_integers_are_what_torch_computes(seed: int, size: int) -> None:
    model, x = random_graph(seed, size)
    network = quant.integer(model, example=x)
    with torch.no_grad():
        own = model(x)
    found = network.run(x.numpy(), keep=network.outputs)
    assert len(own) == len(network.outputs)
    for name, wanted in zip(network.outputs, own, strict=True):
        assert torch.equal(torch.from_numpy(found[name]) * network.signals[name].step, wanted.double())


def test_random_models_are_of_every_kind_and_wake() -> None:
    """What the property test runs on: which layers there are, and how much of what it compares is not zero."""
    kinds: Counter[str] = Counter()
    nonzero = total = 0
    for seed in range(80):
        model, x = random_graph(seed)
        assert isinstance(model, RandomGraph)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = quant.integer(model, example=x)
        kinds.update({type(layer).__name__ for layer in network.layers})
        for array in network.run(x.numpy(), keep=network.outputs).values():
            nonzero, total = nonzero + int((array != 0).sum()), total + array.size
    wanted = "Add Concat MaxPool2d SumPool2d Upsample Flatten Take Transpose Product Linear Conv2d LIF"
    assert {f"Integer{kind}" for kind in wanted.split()} <= kinds.keys()
    assert nonzero > total / 10
