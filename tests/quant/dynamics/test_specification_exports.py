"""Exported networks, as ONNX and as C, against the scalar specification: every state after every step."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from c_networks import Library
from specified import Ints, named, neuron_layers, specified
from torch import nn

from spikelut import export, quant
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes._c import CProgram
from spikelut.export.runtimes._description import describe
from spikelut.export.runtimes._in_process import OnnxRuntime
from spikelut.export.runtimes._replay import replay
from spikelut.export.runtimes._runtime import Runtime
from spikelut.quant.network.layers import IntegerLIF, IntegerLinear
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.weights.layers import QuantLinear

STEPS, SAMPLES, INPUTS, HIDDEN, OUTPUTS = 9, 4, 5, 6, 3
KINDS = {named(layer): i for i, layer in enumerate(neuron_layers("curve", HIDDEN)) if layer.spec.threshold is not None}
BY_EMX = ("reckon-LIF-subtract-1", "xylo-CubaLIF-subtract-31")


def network_of(kind: str) -> IntegerNetwork:
    """Neurons of a kind between two layers of weights, and a read-out."""
    layer = neuron_layers("curve", HIDDEN)[KINDS[kind]]
    profile = layer.profile
    torch.manual_seed(0)
    first, second = QuantLinear(INPUTS, HIDDEN, profile=profile), QuantLinear(HIDDEN, OUTPUTS, profile=profile)
    for weights in (first, second):
        nn.init.normal_(weights.weight, 0.3, 3.0)
    readout = quant.LI(profile, bias=OUTPUTS if profile.bias else None, alpha=0.75 if layer.synapse else None)
    if readout.bias is not None:
        nn.init.normal_(readout.bias, 0.0, 0.3)
    return quant.integer(nn.Sequential(first, layer, second, readout))


def events_for(network: IntegerNetwork) -> Ints:
    random = np.random.default_rng(1)
    events = random.integers(0, network.largest_input + 1, (STEPS, SAMPLES, INPUTS))
    events[:, 1] *= random.random((STEPS, INPUTS)) < 0.3
    return events


def by_specification(network: IntegerNetwork, events: Ints) -> dict[str, Ints]:
    """What each layer gives and holds after every step, [T, B, n], as exported files name it."""
    found: dict[str, Ints] = {}
    signal = events
    for layer in network.layers:
        if isinstance(layer, IntegerLinear):
            signal = signal @ layer.weight.T * 2 ** (layer.exponent + layer.shift)
            continue
        layer, shape = cast(IntegerLIF, layer), signal.shape
        bias = [0] * shape[2]
        if layer.bias is not None:
            bias = [int(m) << layer.bias.exponent for m in layer.bias.mantissa.tolist()]
        made = specified(layer.spec, layer.synapse, signal.reshape(STEPS, -1), bias * SAMPLES)
        signal = made.of("mem" if layer.reads_out else "spikes").reshape(shape)
        found["membrane." + layer.name if layer.reads_out else "spikes." + layer.name] = signal
        found[f"{layer.name}.mem"] = made.of("mem").reshape(shape)
        if layer.synapse:
            found[f"{layer.name}.syn"] = made.syn.reshape(shape)
    for name, array in found.items():
        assert np.count_nonzero(array) > 0.1 * array.size, name
    return found


def compare(found: dict[str, Any], expected: dict[str, Ints], names: set[str]) -> None:
    """All of `names` are there, and everything that is there is what the specification has."""
    assert names <= set(found)
    for name, array in found.items():
        assert np.array_equal(array, expected[name]), name


@pytest.mark.parametrize("kind", KINDS)
def test_onnx_and_c(kind: str, tmp_path: Path) -> None:
    network = network_of(kind)
    events = events_for(network)
    expected = by_specification(network, events)
    results = {name for name in expected if name.startswith(("spikes", "membrane"))}
    for form in ("scan", "step"):
        file = tmp_path / f"{form}.onnx"
        export.to_onnx(network, events.shape, file, "integer", form=cast(Any, form), hidden_spikes=True)
        compare(in_runtime(OnnxRuntime(), file, events), expected, results if form == "scan" else set(expected))
    source = export.to_c(network, tmp_path, "net", steps=1)[1]
    found = Library.of(network, source, None).run(events, STEPS)
    compare(found, expected, {name for name in expected if name.endswith((".mem", ".syn")) or "membrane" in name})


def in_runtime(runtime: Runtime, file: Path, events: Ints) -> dict[str, Any]:
    """All outputs, and the states after each step."""
    model = load_model(file)
    described = describe(model)
    assert described.events is not None
    with runtime.session(file) as session:
        return replay(session, described, events.astype(described.events.dtype))


@pytest.mark.parametrize("kind", BY_EMX)
def test_c_of_a_compiler_for_onnx(kind: str, tmp_path: Path) -> None:
    runtime = CProgram()
    if runtime.missing():
        pytest.skip(runtime.missing())
    network = network_of(kind)
    events = events_for(network)
    export.to_onnx(network, (1, SAMPLES, INPUTS), tmp_path / "x.onnx", "integer", form="step", hidden_spikes=True)
    expected = by_specification(network, events)
    compare(in_runtime(runtime, tmp_path / "x.onnx", events), expected, set(expected))
