"""How often neurons spike in a step: Xylo's hidden ones up to 31 times, its outputs once, in layers and in files."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx_forms
import pytest
import torch
from backends import backend
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.train.network import Builder, Shape, build_network
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan

XYLO = hw_profiles.load("xylo")
SLOPE = quant.LUTSurrogate(Arctan(), XYLO)


def network(last: Any = 1, hidden: Any = None) -> nn.Sequential:
    """Two layers, loud enough for several spikes in a step."""
    torch.manual_seed(0)
    model = nn.Sequential(
        QuantLinear(6, 9, profile=XYLO),
        Recurrent(quant.CubaLIF(XYLO, SLOPE, alpha=0.9, bias=9, max_spikes=hidden), 9),
        QuantLinear(9, 4, profile=XYLO),
        quant.CubaLIF(XYLO, SLOPE, max_spikes=last),
    )
    for name, parameter in model.named_parameters():
        parameter.data.normal_(0.1, 0.1 if "linear" in name else 1.0)
    return model


def events() -> Tensor:
    return torch.randint(0, 4, (30, 3, 6), generator=torch.Generator().manual_seed(1)).float()


def test_the_chip_s_numbers() -> None:
    for name in hw_profiles.names():
        step = hw_profiles.load(name).step
        if step is not None:
            assert (step.max_spikes, step.output_spikes) == ((31, 1) if name == "xylo" else (1, 1))


def test_a_layer_spikes_at_most_as_often_as_asked() -> None:
    current = torch.linspace(0, 40, 50).reshape(50, 1, 1)
    plain = quant.CubaLIF(XYLO, SLOPE, alpha=0.97, beta=0.97)(current)
    assert plain.max() == 31
    for most in (1, 4, 31):
        layer = quant.CubaLIF(XYLO, SLOPE, alpha=0.97, beta=0.97, max_spikes=most)
        assert layer.spec.max_spikes == most
        assert layer(current).max() == most
        assert (f"max_spikes={most}" in repr(layer)) == (most < 31)
    bad: list[Any] = [0, 32, 1.0, True, "1"]
    for most in bad:
        with pytest.raises(ValueError, match=r"^CubaLIF: max_spikes must be an integer in 1\.\.31 on xylo, got "):
            quant.CubaLIF(XYLO, SLOPE, max_spikes=most)
    loihi = hw_profiles.load("loihi2")
    for kind in (quant.LIF, quant.IF, quant.CubaLIF):
        kind(loihi, Arctan(), max_spikes=1)
        with pytest.raises(ValueError, match=r"max_spikes must be an integer in 1\.\.1 on loihi2, got 2"):
            kind(loihi, Arctan(), max_spikes=2)
    once = quant.EventLIF(3, 2, profile=XYLO, surrogate=SLOPE, max_spikes=1)
    often = quant.EventLIF(3, 2, profile=XYLO, surrogate=SLOPE)
    for events in (once, often):
        nn.init.constant_(cast(Any, events.linear).weight, 3.0)
    assert (once(torch.ones(5, 1, 3)).max(), often(torch.ones(5, 1, 3)).max() > 1) == (1, True)


def test_outputs_that_spike_more_often_than_the_chip_s_are_refused() -> None:
    quant.integer(network())
    message = r"^integer: layer '3': outputs of xylo spike at most 1 times in a step, .* need max_spikes=1, got 31$"
    with pytest.raises(ValueError, match=message):
        quant.integer(network(None))
    with pytest.raises(ValueError, match="need max_spikes=1, got 2"):
        export.to_onnx(network(2), (4, 2, 6), "unused.onnx", "integer")
    # Input lines lead to hidden neurons, so that a single layer is one of them.
    quant.integer(network(None)[:2])


@pytest.mark.parametrize("hidden", [None, 3])
def test_all_that_runs_or_holds_a_network(hidden: int | None, tmp_path: Path) -> None:
    model, x = network(hidden=hidden), events()
    net = quant.integer(model, largest_input=3)
    expected = net.run(x.numpy())
    assert (expected["1"].max() == 3) if hidden else (expected["1"].max() > 20)
    assert expected["3"].max() == 1
    assert 0.05 < expected["3"].mean() < 0.95
    for name in ("auto", "torch"):
        with backend(name):
            assert export.count_differences(expected, quant.spike_trains(model, x)).different == 0
    for dialect, form in (("functions", "scan"), ("integer", "step"), ("flat", "unrolled"), ("qcdq", "scan")):
        file = tmp_path / f"{dialect}.onnx"
        export.to_onnx(model, x.shape, file, cast(Any, dialect), form=cast(Any, form), hidden_spikes=True)
        found = onnx_forms.run(file, x.numpy(), form)
        assert export.count_differences(expected, found).different == 0, dialect
    export.save_network(net, tmp_path / "net")
    made = [export.load_network(tmp_path / "net"), quant.integer(quant.from_integer(net), largest_input=3)]
    made += [quant.integer(m, largest_input=3) for m in (export.load(tmp_path / "functions.onnx"),)]
    made += [quant.integer(export.from_nir(export.to_nir(model, None)), largest_input=3)]
    for again in made:
        assert export.count_differences(expected, again.run(x.numpy())).different == 0
        assert [getattr(a, "spec", None) for a in again.layers] == [getattr(a, "spec", None) for a in net.layers]


def test_conversion_takes_the_chip_s_numbers_and_says_so() -> None:
    neurons = [quant.FloatLIF(Arctan(), alpha=0.5, beta=0.5) for _ in range(2)]
    floats = nn.Sequential(nn.Linear(1, 4, bias=False), neurons[0], nn.Linear(4, 2, bias=False), neurons[1])
    nn.init.constant_(cast(Any, floats[0]).weight, 1.1)
    nn.init.constant_(cast(Any, floats[2]).weight, 1.0)
    x = torch.ones(12, 1, 1)
    found = quant.convert(floats, XYLO, x)
    traces = quant.integer(found.model).run(x.numpy().astype(np.int64))
    assert traces["1"].max() > 1
    assert traces["3"].max() == found.model(x).max() == 1
    assert "up to 31 spikes in a step, not 1" in found.layers[0].changes
    assert "up to 1 spikes in a step, as outputs of xylo have, not 31" in found.layers[1].changes


@pytest.mark.parametrize("bits", [None, 8])
def test_networks_of_the_command_line(bits: int | None) -> None:
    recipe = Recipe(layers="8,7", surrogate="arctan")
    made = build_network(Builder(recipe, XYLO, SLOPE if bits else Arctan(), bits), Shape((5,), 3))
    neurons: list[Any] = [m for m in made if isinstance(m, quant.CubaLIF | quant.FloatLIF)]
    assert [m.max_spikes if bits is None else m.spec.max_spikes for m in neurons] == [31, 31, 1]
    if bits:
        quant.integer(made)
