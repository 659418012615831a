"""Small exported files for the tests of runtimes, and what they must give."""

from pathlib import Path
from typing import Any, cast

import pytest
import torch
from sample_networks import dense, neurons, readout, weights
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import Case, Runtime, by_name, describe, network_case, random_events
from spikelut.quant import IntegerNetwork
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear

FORMS = {
    "functions": ("scan", "step", "unrolled"),
    "flat": ("scan", "step", "unrolled"),
    "integer": ("scan", "step", "unrolled"),
    "arith": ("step", "unrolled"),
    "qcdq": ("scan", "step", "unrolled"),
    "qonnx": ("scan", "step", "unrolled"),
}
PAIRS = [(dialect, form) for dialect, forms in FORMS.items() for form in forms]


def images() -> nn.Sequential:
    """Graded images through a convolution and a pool."""
    profile = hw_profiles.load("generic8")
    torch.manual_seed(0)
    return nn.Sequential(
        weights(QuantConv2d(1, 3, 3, profile=profile, input_step=0.25), 0.4),
        quant.Repeat(4),
        neurons(profile, False, 3),
        quant.SumPool2d(2),
        nn.Flatten(2),
        weights(QuantLinear(3 * 2 * 2, 2, profile=profile), 0.4),
        neurons(profile, False, 2),
    )


def plain(weight_bits: int | None = None) -> nn.Sequential:
    """Two layers, one after the other."""
    profile = hw_profiles.load("generic8")
    torch.manual_seed(0)
    return nn.Sequential(
        weights(QuantLinear(5, 12, profile=profile, weight_bits=weight_bits), 0.4),
        neurons(profile, False, 12),
        weights(QuantLinear(12, 4, profile=profile, weight_bits=weight_bits), 0.4),
        readout(profile, 4),
    )


NETWORKS = {
    "plain": lambda: quant.integer(plain()),
    "four bits": lambda: quant.integer(plain(4)),
    "recurrent": lambda: quant.integer(dense(hw_profiles.load("generic8"), False, 0)),
    "images": lambda: quant.integer(images()),
    # Registers of 32 bits: int64 in the graph, and more than float32 holds.
    "wide": lambda: quant.integer(dense(hw_profiles.load("spinnaker1"), False, 1, gain=8.0)[:2]),
}
SHAPES = {
    "plain": (4, 2, 5),
    "four bits": (4, 2, 5),
    "recurrent": (4, 2, 5),
    "images": (1, 2, 1, 6, 6),
    "wide": (4, 2, 5),
}


def case(name: str, dialect: str, form: str, folder: Path, samples: int = 3, **options: Any) -> Case:
    """A network's file with events, and what the integer reference makes of them; skips what cannot be."""
    network: IntegerNetwork = NETWORKS[name]()
    path = folder / f"{dialect}.{form}.onnx"
    export.to_onnx(network, SHAPES[name], path, cast(Any, dialect), form=cast(Any, form), hidden_spikes=True, **options)
    file = describe(load_model(path))
    shape = SHAPES[name][2:]
    events = random_events(file, samples, network.largest_input, 0, repeats=name == "images", shape=shape, steps=4)
    made = network_case(path, events, network)
    assert any(train.any() for train in made.expected.values())
    return made


def runtime(name: str) -> Runtime:
    """A runtime; skips if it is missing."""
    found = by_name(name)
    if found.missing():
        pytest.skip(found.missing())
    return found
