"""Every network that `integer` makes is read back equal, every integer and specification, from all that holds one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from random_networks import KINDS, differences, drawn
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.quant.network.check import check_network
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan, Sigmoid

pytest.importorskip("nir", reason="nir is not installed")


def read_back(model: nn.Sequential, network: Any, shape: tuple[int, ...], folder: Path) -> dict[str, Any]:
    """The network as each reader gives it."""
    image = shape[2:] if len(shape) == 5 else None
    export.save_network(network, folder / "net.safetensors")
    graph = export.to_nir(model, folder / "net.nir", input_shape=image)
    export.to_onnx(network, shape, folder / "net.onnx", "functions")
    layers = {
        "from_integer": quant.from_integer(network),
        "from_nir": export.from_nir(folder / "net.nir"),
        "from_nir, graph": export.from_nir(graph),
        "load": export.load(folder / "net.onnx"),
    }
    made = {name: quant.integer(again) for name, again in layers.items()}
    return made | {"load_network": export.load_network(folder / "net.safetensors")}


def check(seed: int, kind: Any, folder: Path) -> None:
    model, network, shape = drawn(seed, kind)
    check_network(network, "integer")
    for name, found in read_back(model, network, shape, folder).items():
        assert differences(network, found) == [], (seed, name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[0].name}{'-cuba' * kind[1]}")
def test_every_profile(kind: Any, tmp_path: Path) -> None:
    for seed in range(2):
        check(seed, kind, tmp_path)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**24))
@example(seed=117)  # a table on Xylo, where no node of a graph carries it
@example(seed=252)
def test_any_network(seed: int, tmp_path: Path) -> None:
    check(seed, None, tmp_path)


# The largest codes stand on half the reach of their scale, where a smaller one would do: positive and negative ones.
EDGES = [([[0.26, -0.1]], 3), ([[-0.2501, 0.1]], 4), ([[0.2501, -0.2501]], 8), ([[1.0, -0.3]], 8), ([[-1.0, 0.3]], 2)]


@pytest.mark.parametrize(("values", "bits"), EDGES)
@pytest.mark.parametrize("name", ["generic8", "tflm_int8", "hls4ml", "loihi2", "cortexm_q15"])
def test_weights_on_a_power_of_two(name: str, values: Any, bits: int) -> None:
    profile = hw_profiles.load(name)
    for per_channel in {False, profile.weight.per_channel}:
        layer = QuantLinear(2, 1, profile=profile, weight_bits=bits, per_channel=per_channel)
        layer.weight.data = torch.tensor(values)
        network = quant.integer(nn.Sequential(layer, quant.LIF(profile, Sigmoid())))
        assert differences(network, quant.integer(quant.from_integer(network))) == []


def test_biases_at_the_end_of_an_exponent() -> None:
    loihi = hw_profiles.load("loihi2")
    for value in (-4096.6, -4097.0, -8193.4, 4095.6, -4096.0):
        lif = quant.LIF(loihi, Arctan(), bias=2)
        assert lif.bias is not None
        lif.bias.data = torch.tensor([value * loihi.state_step, 0.001])
        network = quant.integer(nn.Sequential(QuantLinear(1, 2, profile=loihi), lif))
        assert differences(network, quant.integer(quant.from_integer(network))) == []


def test_biases_that_float32_does_not_hold() -> None:
    profile = hw_profiles.load("spinnaker1")
    lif = quant.LIF(profile, Arctan(), bias=2).double()
    assert lif.bias is not None
    lif.bias.data = torch.tensor([2**30 + 1, -(2**29) - 3], dtype=torch.float64) * profile.state_step
    network = quant.integer(nn.Sequential(QuantLinear(1, 2, profile=profile), lif))
    assert differences(network, quant.integer(quant.from_integer(network))) == []


def test_a_graph_holds_the_weights_of_each_channel() -> None:
    profile = hw_profiles.load("generic8")
    layer = QuantLinear(3, 4, profile=profile, weight_bits=4, per_channel=True)
    layer.weight.data = (
        torch.randn(4, 3, generator=torch.Generator().manual_seed(0)) * 2.0 ** torch.arange(-3, 1)[:, None]
    )
    graph = export.to_nir(nn.Sequential(layer, quant.LIF(profile, Arctan())), None)
    assert np.array_equal(graph.nodes["0"].weight, layer.quant_weight().value.detach().numpy())
