"""Networks written for lava-dl's netx: read back the same; what the layout cannot say; the same network elsewhere."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import compared
from lava_files import FILES, written
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant, surrogates
from spikelut.export.network_file import described
from spikelut.quant.wiring.call import Call

h5py: Any = pytest.importorskip("h5py", reason="h5py is not installed")

STEP = 2.0**-6
LOIHI = hw_profiles.load("loihi2")
EVENTS = {
    "images": np.random.default_rng(0).integers(-20, 80, (30, 2, 2, 6, 7)),
    "events": (np.random.default_rng(1).random((90, 2, 12)) < 0.3).astype(np.int64),
    "changes": np.cumsum(np.random.default_rng(2).integers(-3, 4, (30, 2, 2, 6, 7)), 0),
    "pooled": (np.random.default_rng(3).random((30, 2, 2, 6, 9)) < 0.3).astype(np.int64),
}


def network_of(name: str, folder: Path, **options: Any) -> quant.IntegerNetwork:
    (folder / f"{name}.net").write_bytes(written(FILES[name]()))
    return export.from_lava(folder / f"{name}.net", largest_input=int(np.abs(EVENTS[name]).max()), **options)


def same(one: quant.IntegerNetwork, other: quant.IntegerNetwork) -> bool:
    """Whether two networks hold the same, names included."""
    (about, arrays), (others, other_arrays) = (described(n, apart=True) for n in (one, other))
    return about == others and all(np.array_equal(a, other_arrays[key]) for key, a in arrays.items())


@pytest.mark.parametrize("layer_delays", [True, False])
@pytest.mark.parametrize("name", FILES)
def test_written_and_read_again(name: str, layer_delays: bool, tmp_path: Path) -> None:
    network = network_of(name, tmp_path, layer_delays=layer_delays)
    transform = (40, 36) if name == "images" else None
    export.to_lava(network, tmp_path / "b.net", transform=transform)
    largest = network.inputs[0].largest
    again = export.from_lava(tmp_path / "b.net", layer_delays=layer_delays, largest_input=largest)
    assert same(network, again)
    if transform:
        assert export.lava_transform(tmp_path / "b.net") == transform
    with h5py.File(tmp_path / f"{name}.net") as first, h5py.File(tmp_path / "b.net") as second:
        for number, layer in first["layer"].items():
            if name != "pooled":  # pooling is written as the convolution it is
                assert np.array_equal(layer["type"], second[f"layer/{number}/type"])
            for key in layer.keys() - {"type", "neuron", "delay", "weight"}:
                values = np.array(second[f"layer/{number}/{key}"]).ravel() if name != "pooled" else None
                assert values is None or np.array_equal(np.array(layer[key]).ravel(), values), (number, key)


@pytest.mark.parametrize("name", FILES)
def test_the_same_in_onnx_c_torch_nir_and_files(name: str, tmp_path: Path) -> None:
    network, x = network_of(name, tmp_path), EVENTS[name]
    expected = network.run(x)
    assert all(values.any() for values in expected.values())
    export.to_onnx(network, x.shape, tmp_path / "a.onnx", dialect="integer", hidden_spikes=True)
    count = export.count_differences(expected, export.run_onnx(tmp_path / "a.onnx", x))
    assert (count.different, count.compared) == (0, sum(values.size for values in expected.values()))
    model = quant.from_integer(network).double()
    (last,) = network.outputs
    assert np.array_equal(model(torch.from_numpy(x).double()).detach(), expected[last] * network.signals[last].step)
    export.save_network(network, tmp_path / "a.safetensors")
    assert same(export.load_network(tmp_path / "a.safetensors"), network)
    if name == "changes":
        with pytest.raises(ValueError, match="NIR must have a node for its neurons"):
            export.to_nir(model, None)
        return
    again: Any = export.from_nir(export.to_nir(quant.from_integer(network), None))
    assert all(np.array_equal(values, expected[key]) for key, values in quant.integer(again).run(x).items())


@pytest.mark.parametrize("name", FILES)
def test_the_same_in_c(name: str, tmp_path: Path) -> None:
    network, x = network_of(name, tmp_path), EVENTS[name][:, :1]
    total, nonzero = compared(network, x, tmp_path)
    assert nonzero > total // 10


def layers(threshold: Any = 2.0**-10, step: float = 2.0**-12, inputs: int = 6, **options: Any) -> tuple[Any, Any]:
    """Weights and neurons as small as lava-dl's."""
    linear: Any = quant.QuantLinear(inputs, 4, profile=LOIHI, weight_bits=8)
    nn.init.uniform_(linear.weight, -100 * step, 100 * step)
    return linear, quant.LIF(LOIHI, surrogates.Arctan(), threshold=threshold, **options)


def test_a_network_of_our_own(tmp_path: Path) -> None:
    torch.manual_seed(0)
    linear, neurons = layers(beta=0.75, bias=4)
    neurons.bias.data = torch.tensor([-2.0, 1.0, 0.0, 3.0]) * 2.0**-12
    model = nn.Sequential(linear, neurons)
    network = quant.integer(model)
    export.to_lava(network, tmp_path / "a.net")
    again = export.from_lava(tmp_path / "a.net", layer_delays=False)
    x = np.random.default_rng(0).integers(0, 2, (40, 3, 6))
    (found,), (expected,) = again.run(x).values(), network.run(x).values()
    assert np.array_equal(found, expected)
    assert found.any()


def branching() -> nn.Module:
    (linear, neurons), other = layers(), layers()
    calls = [
        Call("fc", "module", ("input",), (4,), "fc", linear),
        Call("a", "module", ("fc",), (4,), "a", neurons),
        Call("gc", "module", ("input",), (4,), "gc", other[0]),
        Call("b", "module", ("gc",), (4,), "b", other[1]),
        Call("sum", "add", ("a", "b"), (4,), ""),
    ]
    return quant.GraphModule(calls, {"input": (6,)}, {"output": "sum"})


def pooling() -> nn.Module:
    convolution: Any = quant.QuantConv2d(2, 3, 3, profile=LOIHI, weight_bits=8)
    nn.init.uniform_(convolution.weight, -(2.0**-6), 2.0**-6)
    neurons = quant.LIF(LOIHI, surrogates.Arctan(), threshold=2.0**-10)
    return nn.Sequential(convolution, neurons, quant.SumPool2d(2), nn.Flatten(2), *layers(inputs=12))


def of(*modules: nn.Module) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(*modules)


def graded(input_step: float = 1.0, **options: Any) -> Callable[[], nn.Module]:
    linear: Any = quant.QuantLinear(6, 4, profile=LOIHI, input_step=2.0**-6, graded_input=True)
    nn.init.uniform_(linear.weight, -100 * STEP, 100 * STEP)
    hidden = {"threshold": 0.0, **options}
    return of(
        quant.Delta(LOIHI, 0.0, largest_input=64, input_step=input_step, message_step=STEP),
        linear,
        quant.SigmaDelta(LOIHI, bias=4, **hidden),
    )


def other_profile() -> nn.Module:
    generic = hw_profiles.load("generic16")
    return nn.Sequential(quant.QuantLinear(6, 4, profile=generic), quant.LIF(generic, surrogates.Arctan()))


ARCTAN = surrogates.Arctan()
REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "profile": (other_profile, "network must be of the profile loihi2, got ['generic16']"),
    "branches": (branching, "network must be a chain of layers, with one input"),
    "weights": (of(*layers(step=2.0**-7)), "layer '0': weights must be even numbers in -256..254, or whole ones"),
    "bias": (of(*layers(bias=4)), "layer '1': bias must be multiples of 64 membrane codes"),
    "threshold": (of(*layers(threshold=[2.0**-10] * 4)), "layer '1': threshold must be one for the layer"),
    "refractory": (of(*layers(refractory=2)), "layer '1': netx has no neurons with, got 'refractory'"),
    "adaptive": (
        of(layers()[0], quant.AdaptiveLIF(LOIHI, ARCTAN, threshold=2.0**-10)),
        "layer '1': netx has no neurons with, got 'adaptation'",
    ),
    "leaks": (of(layers()[0], quant.LI(LOIHI, beta=0.9)), "layer '1': a read-out must add up: no leak (beta=1)"),
    "pool": (pooling, "layer '2': must be weights, delays before them, neurons behind them, or Flatten: netx knows no"),
    "mixed": (
        of(quant.Delay(1, profile=LOIHI), *layers(), *layers(inputs=4)),
        "all weights must come after a delay of one step, or none (netx gives all of them one), got [True, False]",
    ),
    "message": (graded(message_bits=12), "layer '2': message_bits must be 16: netx fails on files with others, got 12"),
    "step": (
        graded(message_step=2.0**-7),
        "layer '2': message_step must be 2**-6, as netx has it (state_exp), got 0.0078125",
    ),
    "errors": (graded(cum_error=True), "layer '2': cumulative must be False: netx adds up no errors, got True"),
    "activation": (graded(activation="unit"), "layer '2': the activation must be ReLU, the only one netx computes"),
    "fine threshold": (graded(threshold=0.25), "layer '2': threshold must be a whole number, in real values, got 0.25"),
    "input": (graded(2.0**-6), "layer '0': input_step must be 1, as netx has it (spike_exp), got 0.015625"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_layout_cannot_say(name: str, tmp_path: Path) -> None:
    make, message = REFUSED[name]
    torch.manual_seed(0)
    model = make()
    for module in model.modules():
        if isinstance(bias := getattr(module, "bias", None), Tensor):
            nn.init.constant_(bias, 2.0**-6 if isinstance(module, quant.SigmaDelta) else 2.0**-17)
    network = quant.integer(model)
    if name == "pool":
        network = replace(network, given=(quant.NetworkInput("input", (2, 6, 6)),))
    with pytest.raises(ValueError, match=f"^to_lava: {re.escape(message)}"):
        export.to_lava(network, tmp_path / "a.net")
    assert not any(tmp_path.iterdir())


def test_weights_that_are_no_whole_numbers(tmp_path: Path) -> None:
    network = network_of("events", tmp_path)
    weights: Any = network.layers[1]
    finer = replace(network, layers=(network.layers[0], replace(weights, exponent=-8), *network.layers[2:]))
    with pytest.raises(
        ValueError, match="layer 'layer0_weights': weights must be whole numbers after their shift, got"
    ):
        export.to_lava(finer, tmp_path / "b.net")
    open_sizes = replace(network, given=(replace(network.inputs[0], shape=("N",)),))
    with pytest.raises(ValueError, match="to_lava: height and width of the input must be known"):
        export.to_lava(open_sizes, tmp_path / "b.net")


def test_transforms_are_checked(tmp_path: Path) -> None:
    network = network_of("events", tmp_path)
    with pytest.raises(ValueError, match=r"to_lava: transform must be two whole numbers, weight and bias, got \(1,\)"):
        export.to_lava(network, tmp_path / "b.net", transform=(1,))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="to_lava: transform must be None for an input without neurons"):
        export.to_lava(network, tmp_path / "b.net", transform=(1, 2))
    assert not (tmp_path / "b.net").exists()
