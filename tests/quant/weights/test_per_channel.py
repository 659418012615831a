"""Weights with a scale for each output: in layers, integers, files and graphs."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx_forms
import pytest
import torch
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.model import DIALECTS
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Sigmoid

GENERIC = hw_profiles.load("generic8")
ALLOWED = {"generic8", "generic16", "tflm_int8", "tflm_int16"}


def spread(layer: Any, seed: int = 0) -> Any:
    """Weights that differ from output to output by powers of two."""
    torch.manual_seed(seed)
    size = torch.logspace(-5, 1, len(layer.weight), base=2.0)
    layer.weight.data.copy_(
        (torch.randn_like(layer.weight) * 0.3 + 0.1) * size.reshape(-1, *[1] * (layer.weight.ndim - 1))
    )
    return layer


def model(profile: Any = GENERIC, bits: int | None = 4) -> nn.Sequential:
    options: dict[str, Any] = {"profile": profile, "weight_bits": bits, "per_channel": True}
    return nn.Sequential(
        spread(QuantConv2d(2, 6, 3, padding=1, **options)),
        quant.LIF(profile, Sigmoid()),
        nn.Flatten(2),
        spread(QuantLinear(6 * 4 * 5, 8, **options), 1),
        quant.LIF(profile, Sigmoid()),
        spread(QuantLinear(8, 3, **options), 2),
        quant.LI(profile),
    )


def events() -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.random.default_rng(0).integers(0, 2, (5, 3, 2, 4, 5))


@pytest.mark.parametrize("name", hw_profiles.names())
def test_where_the_chip_can(name: str) -> None:
    profile = hw_profiles.load(name)
    assert profile.weight.per_channel == (name in ALLOWED)
    if name in ALLOWED:
        assert QuantLinear(3, 2, profile=profile, per_channel=True).per_channel
        return
    for make in (lambda **o: QuantLinear(3, 2, **o), lambda **o: QuantConv2d(3, 2, 1, **o)):
        with pytest.raises(
            ValueError, match=rf"{name} has one scale for a layer, so per_channel must be False, got Tr"
        ):
            make(profile=profile, per_channel=True)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_every_output_is_scaled_by_itself(bits: int) -> None:
    layer = spread(QuantLinear(50, 7, profile=GENERIC, weight_bits=bits, per_channel=True))
    codes, exponents = layer.integer_weight()
    quantised = layer.quant_weight().value
    unit = layer.weight_lsb * GENERIC.state_step
    for row, code, exponent, real in zip(layer.weight, codes, exponents, quantised, strict=True):
        one = QuantLinear(50, 1, profile=GENERIC, weight_bits=bits)
        one.weight.data.copy_(row[None])
        assert torch.equal(one.quant_weight().value[0], real)
        assert torch.equal(one.integer_weight()[0][0], code)
        assert one.integer_weight()[1] == exponent
        assert torch.equal(code * unit * 2.0**exponent, real)
    assert len(set(exponents)) > 2
    shared = spread(QuantLinear(50, 7, profile=GENERIC, weight_bits=bits))
    errors = [float((x.quant_weight().value - x.weight).detach().norm()) for x in (layer, shared)]
    assert errors[0] < errors[1]


@pytest.mark.parametrize("bits", [4, None])
def test_all_that_runs_it_agrees(bits: int | None, tmp_path: Path) -> None:
    net, x = model(bits=bits), events()
    network = quant.integer(net)
    channels = [layer.channels for layer in network.layers if isinstance(layer, quant.IntegerLinear)]
    assert all(min(c) == 0 < max(c) for c in channels)
    expected = network.run(x)
    assert all(train.any() for train in expected.values())
    trains = quant.spike_trains(net, torch.from_numpy(x).float())
    assert export.count_differences(trains, expected).different == 0
    export.save_network(network, tmp_path / "net")
    assert export.count_differences(export.load_network(tmp_path / "net").run(x), expected).different == 0
    for dialect in DIALECTS:
        for form in ("scan", "step", "unrolled"):
            if (dialect, form) == ("arith", "scan"):
                continue
            file = tmp_path / f"{dialect}-{form}.onnx"
            export.to_onnx(net, x.shape, file, cast(Any, dialect), form=cast(Any, form), hidden_spikes=True)
            found = onnx_forms.run(file, x, form)
            if dialect != "integer":
                found["6"] = found["6"].astype(np.float64) / GENERIC.state_step
            assert export.count_differences(expected, found).different == 0, (dialect, form)
    loaded = quant.integer(export.load(tmp_path / "functions-scan.onnx"))
    for one, other in zip(loaded.layers, network.layers, strict=True):
        if isinstance(one, quant.IntegerLinear | quant.IntegerConv2d):
            # Small codes may stand higher with a smaller shift, which is the same weight.
            weights = [np.asarray(n.codes * n.factors(n.codes.ndim)) for n in (one, cast(quant.IntegerLinear, other))]
            assert np.array_equal(weights[0], weights[1])


def test_sums_that_are_too_large() -> None:
    wide = QuantLinear(9000, 2, profile=hw_profiles.load("generic16"), weight_bits=8, per_channel=True)
    wide.weight.data.copy_(torch.stack([torch.full((9000,), 100.0), torch.full((9000,), 1e-4)]))
    net = nn.Sequential(wide, quant.LIF(hw_profiles.load("generic16"), Sigmoid()))
    with pytest.raises(ValueError, match=r"synaptic sums must be at most 1073741760 membrane codes"):
        quant.integer(net)


def test_conversion(tmp_path: Path) -> None:
    floats = nn.Sequential(spread(nn.Linear(20, 12, bias=False)), quant.FloatLIF(Sigmoid(), beta=0.875))
    x = (torch.rand(12, 64, 20) < 0.4).float()
    errors = {}
    for per_channel in (False, True):
        found = quant.convert(floats, GENERIC, x, weight_bits=3, per_channel=per_channel)
        errors[per_channel] = found.layers[0].weight_error
        assert cast(Any, found.model[0]).per_channel == per_channel
    assert errors[True] < errors[False]


def test_files_with_other_channels(tmp_path: Path) -> None:
    network = quant.integer(model())
    layers = list(network.layers)
    layers[3] = replace(cast(quant.IntegerLinear, layers[3]), channels=(1, 2))
    export.save_network(replace(network, layers=tuple(layers)), tmp_path / "x")
    with pytest.raises(ValueError, match=r"channels must be one for each output, got 2"):
        export.load_network(tmp_path / "x")
