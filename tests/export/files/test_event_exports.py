"""Layers that take event after event, in ONNX, C, NIR and files: every state is that of the reference."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import compiled, said
from event_networks import CHIPS, Count, conv, dense, events, in_c, in_onnx, mixed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lif_profiles import taken
from numpy.typing import NDArray
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.quant import IntegerNetwork
from spikelut.surrogates import Arctan

IMAGE = (7, 6)


def drawn(name: str, seed: int, gain: float, largest: int, **options: Any) -> tuple[Any, IntegerNetwork, NDArray[Any]]:
    """A mixed network, its integers, and inputs of so many events, if the chip takes them."""
    largest = taken(hw_profiles.load(name), largest)
    model = mixed(name, gain, seed, **options)
    x = events((5, 2, 2, *IMAGE), 0.4, largest, seed)
    return model, quant.integer(model, example=x, largest_input=largest), x.numpy()


def exact(counts: Iterable[Count]) -> int:
    """How many files there were, of which nothing differs, and something is not zero."""
    number = 0
    for compared, nonzero, different in counts:
        assert different == 0
        assert nonzero > compared / 50
        number += 1
    return number


@pytest.mark.parametrize("name", CHIPS)
def test_onnx_in_every_form_and_dialect(name: str, tmp_path: Path) -> None:
    forms, dialects = ("step", "scan", "unrolled"), ("integer", "flat")
    for largest, groups in ((1, 2), (3, 1)):
        _, network, x = drawn(name, 0, 0.5, largest, groups=groups)
        assert exact(in_onnx(network, x, tmp_path, dialects, forms)) == 6
    assert exact(in_onnx(network, x, tmp_path, ("functions", "qcdq", "qonnx"), ("step",))) == 3


@pytest.mark.parametrize("name", CHIPS)
def test_c(name: str, tmp_path: Path) -> None:
    for number, (largest, groups) in enumerate(((1, 2), (3, 1))):
        _, network, x = drawn(name, 0, 0.5, largest, groups=groups)
        folder = tmp_path / str(number)
        folder.mkdir()
        assert exact([in_c(network, x, folder)]) == 1


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(CHIPS),
    seed=st.integers(0, 2**16),
    gain=st.sampled_from([0.4, 0.8, 30.0]),
    largest=st.integers(1, 3),
    geometry=st.sampled_from([{"stride": 1, "padding": (0, 1)}, {"dilation": (1, 2), "padding": 2}, {"groups": 2}]),
)
def test_random_networks(
    name: str, seed: int, gain: float, largest: int, geometry: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    profile = hw_profiles.load(name)
    largest = taken(profile, largest)
    x = events((5, 2, 2, *IMAGE), 0.4, largest, seed)
    options = {"bias": profile.bias is not None and seed % 2 == 0}
    model = nn.Sequential(conv(name, gain, seed, **geometry, **options), conv_again(name, gain, seed))
    network = quant.integer(model, example=x, largest_input=largest)
    folder = tmp_path_factory.mktemp("net")
    found = network.run(x.numpy())
    assert np.array_equal(found["1"], model(x).detach().numpy())
    assert found["0"].any()
    assert all(different == 0 for *_, different in in_onnx(network, x.numpy(), folder, ("integer",), ("step", "scan")))
    assert in_c(network, x.numpy(), folder)[2] == 0


def conv_again(name: str, gain: float, seed: int) -> Any:
    """A second convolution, whose inputs are counts of the first one's spikes."""
    profile = hw_profiles.load(name)
    assert profile.step is not None
    layer = quant.EventConv2d(4, 2, 2, profile=profile, surrogate=Arctan(), max_spikes=profile.step.output_spikes)
    layer.conv.weight.data = torch.randn(2, 4, 2, 2, generator=torch.Generator().manual_seed(seed)) * gain
    return layer


def test_images_of_other_sizes(tmp_path: Path) -> None:
    network = quant.integer(nn.Sequential(conv("speck2f"), quant.SumPool2d(2), conv_again("speck2f", 0.5, 1)))
    assert network.input_shape == [2, "H", "W"]
    for size in ((9, 8), (12, 10)):
        x = events((4, 2, 2, *size), 0.4, 1).numpy()
        assert exact(in_onnx(network, x, tmp_path, ("integer",), ("scan",))) == 1


def test_channels_and_weights_of_few_bits(tmp_path: Path) -> None:
    """Weights whose channels have shifts of their own, of which no such profile has any yet."""
    _, network, x = drawn("xylo", 3, 0.5, 2)
    first: Any = network.layers[0]
    shifted = replace(first, weights=replace(first.weights, channels=(0, 2, 1, 0), bits=4))
    network = replace(network, layers=(shifted, *network.layers[1:]))
    assert exact(in_onnx(network, x, tmp_path, ("integer", "flat"), ("step", "scan"))) == 4
    assert exact([in_c(network, x, tmp_path)]) == 1


def test_self_test_of_c_sees_a_changed_weight(tmp_path: Path) -> None:
    _, network, x = drawn("speck2f", 1, 0.5, 1)
    files = export.to_c(network, tmp_path, "net", steps=6, events=x)
    status, text = said(compiled(files[1:], tmp_path / "test", "-O1"))
    assert status == 0, text
    source = files[1].read_text(encoding="utf-8")
    head, _, rest = source.partition("weight_net_0[2][3][3][4] = {")
    assert rest
    numbers, _, behind = rest.partition("};")
    files[1].write_text(
        f"{head}weight_net_0[2][3][3][4] = {{{numbers.replace('-', '', 3)}}};{behind}", encoding="utf-8"
    )
    assert said(compiled(files[1:], tmp_path / "broken", "-O1"))[0] != 0


@pytest.mark.parametrize("name", CHIPS)
def test_files_and_graphs_come_back(name: str, tmp_path: Path) -> None:
    model, network, x = drawn(name, 2, 0.5, 1)
    given_x, out = torch.from_numpy(x), model(torch.from_numpy(x))
    assert out.detach().any()
    export.save_network(network, tmp_path / "net.safetensors")
    found = export.load_network(tmp_path / "net.safetensors").run(x)
    assert all(np.array_equal(found[key], values) for key, values in network.run(x).items())
    export.to_onnx(network, given_x, tmp_path / "net.onnx", dialect="functions")
    assert torch.equal(export.load(tmp_path / "net.onnx")(given_x), out)
    for dialect in ("integer", "flat"):
        export.to_onnx(network, given_x, tmp_path / "net.onnx", dialect=dialect, form="step")
        assert len(export.to_c(tmp_path / "net.onnx", tmp_path / dialect, "net", steps=2, events=x[:2])) == 3
    nir = pytest.importorskip("nir")
    graph = export.to_nir(model, tmp_path / "net.nir", input_shape=(2, *IMAGE))
    kinds = [type(node) for node in graph.nodes.values()]
    assert kinds[1:] == [nir.Conv2d, kinds[2], nir.SumPool2d, nir.Flatten, nir.Linear, kinds[6], nir.Output]
    assert {kinds[2], kinds[6]} <= {nir.CubaLIF, nir.LIF}
    assert torch.equal(export.from_nir(tmp_path / "net.nir")(given_x), out)


def test_files_of_no_such_layer_are_refused(tmp_path: Path) -> None:
    _, network, _ = drawn("speck2f", 2, 0.5, 1)
    neurons: Any = network.layers[0]
    wrong = {
        r"layer '0': each must be True on speck2f, got False": {"each": False},
        r"layer '0': ticks must be True where a leak or a bias": {"ticks": False},
        r"layer '0': weights must be called '0.weights', got 'w'": {"weights": replace(neurons.weights, name="w")},
        r"layer '0': weights: exponent must be": {"weights": replace(neurons.weights, exponent=3)},
        r"layer '0': spec.max_spikes must be": {"spec": replace(neurons.spec, max_spikes=2)},
    }
    for message, changes in wrong.items():
        broken = replace(network, layers=(replace(neurons, **changes), *network.layers[1:]))
        export.save_network(broken, tmp_path / "net.safetensors")
        with pytest.raises(ValueError, match=message):
            export.load_network(tmp_path / "net.safetensors")
    reckon = quant.integer(nn.Sequential(conv("reckon")))
    export.save_network(replace(reckon, profile=hw_profiles.load("generic16")), tmp_path / "net.safetensors")
    with pytest.raises(ValueError, match="generic16 adds events at once, so it has no such neurons"):
        export.load_network(tmp_path / "net.safetensors")
    with pytest.raises(ValueError, match="dialect must be another than arith for layers that take event after event"):
        export.to_onnx(network, (3, 1, 2, *IMAGE), tmp_path / "net.onnx", dialect="arith")


def test_networks_of_one_dense_layer_have_no_loop_in_a_loop(tmp_path: Path) -> None:
    """Where each source comes once at most there is one loop, over the sources."""
    network = quant.integer(nn.Sequential(dense("odin", 9, 4)))
    model = export.to_onnx(network, (3, 1, 9), tmp_path / "net.onnx", dialect="integer", form="step")
    assert [node.op_type for node in model.graph.node].count("Scan") == 1
    assert "Loop" not in json.dumps([str(node) for node in model.graph.node])
    counts = quant.integer(nn.Sequential(dense("odin", 9, 4)), largest_input=2)
    model = export.to_onnx(counts, (3, 1, 9), tmp_path / "net.onnx", dialect="integer", form="step")
    assert '"Loop' in json.dumps([str(node) for node in model.graph.node]).replace("\\", "")
