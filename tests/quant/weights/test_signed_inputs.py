"""Signed and byte inputs of first layers, and signed values as events on two lines."""

import copy
import pickle
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph import file
from spikelut.quant.weights.input_events import check_events, input_range
from spikelut.surrogates import Arctan

SOFTWARE = ["cortexm_q15", "generic16", "generic8", "hls4ml", "tflm_int16", "tflm_int8"]
STEP = 2.0**-7
LAYERS: dict[str, Any] = {
    "linear": lambda **o: quant.QuantLinear(6, 8, **o),
    "conv1d": lambda **o: quant.QuantConv1d(2, 8, 3, **o),
    "conv2d": lambda **o: quant.QuantConv2d(2, 8, 3, padding="same", **o),
    "transposed1d": lambda **o: quant.QuantConvTranspose1d(2, 8, 3, stride=2, **o),
    "transposed2d": lambda **o: quant.QuantConvTranspose2d(2, 8, 2, **o),
}
SHAPES = {"linear": (6,), "conv1d": (2, 9), "conv2d": (2, 5, 6), "transposed1d": (2, 4), "transposed2d": (2, 3, 4)}


def network(name: str, profile: Any, **options: Any) -> Any:
    torch.manual_seed(0)
    layer = LAYERS[name](profile=profile, signed_input=True, **options)
    with torch.no_grad():
        layer.weight.mul_(6)
    return nn.Sequential(layer, quant.LIF(profile, Arctan()))


def codes(name: str, low: int, high: int) -> Any:
    found = np.random.default_rng(0).integers(low, high + 1, (6, 4, *SHAPES[name]))
    found.flat[:2] = low, high
    return found


def test_profiles_of_software() -> None:
    assert [name for name in hw_profiles.names() if hw_profiles.load(name).software] == SOFTWARE


@pytest.mark.parametrize("profile", SOFTWARE)
@pytest.mark.parametrize("name", LAYERS)
def test_bytes_with_a_sign_end_to_end(name: str, profile: str) -> None:
    model = network(name, hw_profiles.load(profile), input_step=STEP)
    deployed, x = quant.integer(model), codes(name, -128, 127)
    (one,) = deployed.inputs
    assert (one.least, one.largest, one.step) == (-128, 127, STEP)
    sums = (model[0](torch.from_numpy(x).float() * STEP).detach().double() / model[0].profile.state_step).numpy()
    expected = deployed.run(x, keep=[layer.name for layer in deployed.layers])
    last = [layer.name for layer in deployed.layers][-2]
    assert np.array_equal(sums, expected[last].reshape(sums.shape))
    assert (sums < 0).any()
    assert (sums > 0).any()
    spikes = model(torch.from_numpy(x).float() * STEP).detach().numpy()
    assert np.array_equal(spikes, expected["1"])
    assert 0.02 < spikes.mean() < 0.9


def test_every_code() -> None:
    every = torch.arange(-128, 128).reshape(1, 256, 1)
    layer: Any = quant.QuantLinear(1, 3, profile=hw_profiles.load("generic8"), signed_input=True, input_step=STEP)
    weight, exponent = layer.integer_weight()
    unit = layer.weight_lsb * 2.0**exponent * layer.profile.state_step
    assert torch.equal(layer(every.float() * STEP).double(), every.double() @ weight.double().T * unit)
    # Types of whole numbers are taken as numbers: so many steps of 1.
    whole: Any = quant.QuantLinear(1, 3, profile=hw_profiles.load("generic8"), signed_input=True, largest_input=128)
    assert torch.equal(whole(every.to(torch.int16)), whole(every.float()))
    assert torch.equal(whole(every[:, :128].to(torch.int8)), whole(every[:, :128].float()))
    assert whole(every.float()).count_nonzero() == 255 * 3


def test_ranges() -> None:
    assert [input_range(2.0**-k, None, True) for k in (0, 1, 4, 7)] == [(-1, 1), (-2, 1), (-16, 15), (-128, 127)]
    assert [input_range(2.0**-k, None, False) for k in (0, 1, 4, 7)] == [(0, 1), (0, 1), (0, 15), (0, 127)]
    assert input_range(4.0, None, True) == (-1, 1)
    assert [input_range(0.5, 9, signed) for signed in (True, False)] == [(-9, 9), (0, 9)]
    profile = hw_profiles.load("generic8")
    for options, largest, expected in (
        ({"input_step": STEP}, None, (-128, 127)),
        ({"input_step": STEP}, 100, (-100, 100)),
        ({"largest_input": 7}, None, (-7, 7)),
        ({}, None, (-1, 1)),
    ):
        (one,) = quant.integer(network("linear", profile, **options), largest_input=largest).inputs
        assert (one.least, one.largest) == expected


@pytest.mark.parametrize("options", [{"input_step": STEP}, {"largest_input": 7}, {}])
def test_networks_layers_and_files_keep_the_sign(options: dict[str, Any], tmp_path: Path) -> None:
    model = network("linear", hw_profiles.load("generic8"), **options)
    deployed = quant.integer(model)
    (one,) = deployed.inputs
    assert one.least < 0
    assert quant.integer(quant.from_integer(deployed)).inputs == deployed.inputs
    for layer in (copy.deepcopy(model[0]), pickle.loads(pickle.dumps(model[0]))):
        assert layer.signed_input
        assert type(layer)(**layer._arguments()).signed_input
        assert "signed_input=True" in repr(layer)
    x = codes("linear", one.least, one.largest)
    expected = deployed.run(x)["1"]
    assert 0.02 < expected.mean() < 0.9
    for dialect in get_args(file.Dialect)[:-1]:  # without the table
        export.to_onnx(model, x.shape, tmp_path / "m.onnx", dialect)
        given = x * (1 if dialect == "integer" else one.step)
        assert np.array_equal(export.run_onnx(tmp_path / "m.onnx", given.astype(np.float32))["1"], expected), dialect
        given[0, 0, 0] = -2 * (one.largest + 1)
        with pytest.raises(ValueError, match=r"^run_onnx: spikes must be .* in -\d"):
            export.run_onnx(tmp_path / "m.onnx", given)
    export.save_network(deployed, tmp_path / "net")
    assert export.load_network(tmp_path / "net").inputs == deployed.inputs
    again = export.from_nir(export.to_nir(model, None))
    assert quant.integer(again).inputs == deployed.inputs
    assert np.array_equal(quant.integer(again).run(x)["1"], expected)


def test_values_that_are_refused() -> None:
    profile = hw_profiles.load("generic8")
    layer = quant.QuantLinear(2, 3, profile=profile, signed_input=True, input_step=0.25, largest_input=7)
    layer(torch.tensor([[[1.75, -1.75]]]))
    for value in (-2.0, 2.0):
        message = rf"multiples of 0\.25 in -1\.75\.\.1\.75 \(largest_input= allows more than 7\), got {value}"
        with pytest.raises(ValueError, match=f"^QuantLinear: inputs must be {message}"):
            layer(torch.tensor([[[0.0, value]]]))
    with pytest.raises(ValueError, match=r"in -1\.75\.\.1\.75 \(input_step= of the first layer .*, got -0\.3"):
        layer(torch.tensor([[[0.0, -0.3]]]))
    deployed = quant.integer(network("linear", profile, largest_input=7))
    with pytest.raises(ValueError, match=r"^IntegerNetwork: spikes must be whole numbers in -7\.\.7 \(.*, got -8\.0"):
        deployed.run(np.full((1, 1, 6), -8))
    check_events("who", "x", np.array([-3, 2]), 1.0, 2, -3)
    with pytest.raises(ValueError, match=r"^who: x must be whole numbers in -3\.\.2"):
        check_events("who", "x", np.array([-4, 2]), 1.0, 2, -3)
    with pytest.raises(ValueError, match=r"quant\.OnOff\(\); or signed_input=True, for software\), got -1\.0"):
        quant.QuantLinear(2, 3, profile=profile)(-torch.ones(1, 1, 2))


@pytest.mark.parametrize("name", [n for n in hw_profiles.names() if n not in SOFTWARE])
def test_chips_of_events_take_none(name: str) -> None:
    message = (
        rf"^QuantLinear: {name} takes events, so signed_input must be False; use quant\.OnOff\(\) before, got True$"
    )
    with pytest.raises(ValueError, match=message):
        quant.QuantLinear(2, 3, profile=hw_profiles.load(name), signed_input=True)


def test_only_first_layers() -> None:
    model = network("linear", hw_profiles.load("generic8"))
    profile = model[0].profile
    model.append(quant.QuantLinear(8, 3, profile=profile, signed_input=True)).append(quant.LI(profile))
    with pytest.raises(ValueError, match=r"layer '2': signed_input must be False after the first layer, got True"):
        quant.integer(model)


class Forked(nn.Module):
    """Two first layers of one input."""

    def __init__(self, profile: Any) -> None:
        super().__init__()
        self.one = quant.QuantLinear(6, 3, profile=profile, signed_input=True)
        self.two = quant.QuantLinear(6, 3, profile=profile)
        self.lif = quant.LIF(profile, Arctan())

    def forward(self, x: Tensor) -> Any:
        return self.lif(self.one(x) + self.two(x))


def test_layers_that_take_one_input_agree() -> None:
    with pytest.raises(
        ValueError, match=r"signed_input must be one for all that take input 'input', got \[False, True\]"
    ):
        quant.integer(Forked(hw_profiles.load("generic8")), example=(4, 2, 6))


@pytest.mark.parametrize("dim", [2, 3])
def test_on_and_off_lines(dim: int) -> None:
    x = torch.arange(-128, 128).reshape(2, 4, 8, 4)
    for dtype in (torch.int8, torch.int16, torch.float32, torch.float64, torch.bfloat16):
        out = quant.OnOff(dim)(x.to(dtype))
        on, off = out.chunk(2, dim)
        assert (out >= 0).all()
        assert torch.equal((on.double() - off.double()).long(), x)
        assert not (on * off).any()
        assert not out.signbit().any()
        assert out.dtype == (dtype if dtype.is_floating_point else torch.float32)
    real = torch.linspace(-2, 2, 41).reshape(1, 1, 41).requires_grad_()
    towards = torch.arange(1.0, 83.0)
    (grad,) = torch.autograd.grad((quant.OnOff()(real).flatten() * towards).sum(), real)
    sign = real.detach().sign().flatten()
    line = torch.where(sign > 0, towards[:41], -towards[41:])
    assert torch.equal(grad.flatten(), torch.where(sign == 0, 0.0, line))
    assert quant.OnOff()(torch.tensor([[[torch.nan]]])).isnan().all()


def test_on_and_off_lines_are_the_signed_value() -> None:
    """Weights of both signs on two lines give the sums of one signed input."""
    profile = hw_profiles.load("generic8")
    layer = quant.QuantLinear(5, 3, profile=profile, signed_input=True, input_step=0.25)
    lines = quant.QuantLinear(10, 3, profile=profile, input_step=0.25)
    with torch.no_grad():
        layer.weight.clamp_(-0.4, 0.4)
        lines.weight.copy_(torch.cat([layer.weight, -layer.weight], 1))
    x = torch.randint(-4, 4, (3, 2, 5), generator=torch.Generator().manual_seed(0)) * 0.25
    assert torch.equal(lines(quant.OnOff()(x)), layer(x))
    assert layer(x).any()


def test_wrong_lines() -> None:
    with pytest.raises(ValueError, match=r"OnOff: dim must be an integer in 2\.\.7, got 1"):
        quant.OnOff(1)
    with pytest.raises(ValueError, match=r"OnOff: x must have more than 3 dimensions, got \(1, 2, 3\)"):
        quant.OnOff(3)(torch.zeros(1, 2, 3))
    with pytest.raises(TypeError, match="OnOff: inputs must be real numbers"):
        quant.OnOff()(torch.zeros(1, 2, 3, dtype=torch.complex64))
