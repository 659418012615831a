"""Weights of 16 bits and many inputs: sums that float32 would round are the chip's everywhere, or are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend
from torch import Tensor, nn

from spikelut import export, hw_profiles, native, quant
from spikelut.quant.weights.wide_sums import needs_float64
from spikelut.surrogates import Arctan

PROFILES = [hw_profiles.load(name) for name in ("cortexm_q15", "generic16", "hls4ml", "spinnaker1")]


def full_range(layer: Any, offset: float = 0.0) -> Any:
    """With weights over all codes of the smallest scale, around `offset` of it."""
    with torch.no_grad():
        size = (torch.rand_like(layer.weight) - 0.5 + offset).clamp(-0.999, 0.999)
        layer.weight.copy_(size * 2.0 ** layer.reach[0])
        layer.weight.view(-1)[0] = 0.999 * 2.0 ** layer.reach[0]
    return layer


def linear(profile: Any) -> tuple[nn.Sequential, tuple[int, ...]]:
    recurrent = quant.Recurrent(quant.LIF(profile, Arctan()), 600)
    full_range(recurrent.linear)
    first = full_range(quant.QuantLinear(1500, 600, profile=profile))
    last = full_range(quant.QuantLinear(600, 5, profile=profile))
    return nn.Sequential(first, recurrent, last, quant.LI(profile)), (3, 2, 1500)


def convolution(profile: Any) -> tuple[nn.Sequential, tuple[int, ...]]:
    first = full_range(quant.QuantConv2d(80, 12, 3, profile=profile))
    return nn.Sequential(first, quant.LI(profile)), (3, 2, 80, 5, 5)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
@pytest.mark.parametrize("made", [linear, convolution])
def test_all_give_the_same_integers(made: Any, profile: Any, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, shape = made(profile)
    x = (torch.rand(shape) < 0.5).float()
    network = quant.integer(model)
    want = network.run(x.numpy())
    assert network.first.largest_sum >> network.first.left_shift > 2**21
    for name in ("torch", "native"):
        if name == "torch" or not native.reason_missing():
            with backend(name), torch.no_grad():
                found = quant.spike_trains(model, x)
            assert all(np.array_equal(found[key].numpy(), want[key]) for key in want)
    assert all(np.count_nonzero(values) > 0 for values in want.values())
    for dialect in ("integer", "flat", "qcdq"):
        export.to_onnx(network, shape, tmp_path / "m.onnx", dialect, hidden_spikes=True)
        outputs = export.run_onnx(tmp_path / "m.onnx", x.numpy())
        for key, values in want.items():
            unit = 1.0 if outputs[key].dtype.kind in "iu" or key != list(want)[-1] else profile.state_step
            assert np.array_equal(np.round(outputs[key] / unit), values)


def exact_sums(layer: Any, x: Tensor) -> Tensor:
    codes: Tensor = layer.integer_weight()[0]
    return x.double() @ codes.double().T


def test_sums_are_exact_on_the_way() -> None:
    # Partial sums far beyond 2**24, in whatever order, that cancel.
    layer = full_range(quant.QuantLinear(2**16, 3, profile=hw_profiles.load("cortexm_q15")))
    with torch.no_grad():
        layer.weight.abs_().add_(2 * layer.quant_weight().scale)
        layer.weight[:, 2**15 :] = -layer.weight[:, : 2**15].flip(1) + layer.quant_weight().scale * 5
    x, unit = torch.ones(1, 1, 2**16), layer.quant_weight().scale.double()
    want = exact_sums(layer, x)
    assert torch.equal(layer(x).double() / unit, want)
    assert not torch.equal(nn.functional.linear(x, layer.quant_weight().value).double() / unit, want)


def test_sums_of_a_layers_own_spikes_are_exact() -> None:
    profile = hw_profiles.load("spinnaker1")
    recurrent = quant.Recurrent(quant.LIF(profile, Arctan(), beta=0.0), 1024)
    full_range(recurrent.linear, 1.0)
    with torch.no_grad():
        recurrent.linear.weight[:, 1] = recurrent.linear.quant_weight().scale * 3
    codes, exponent = recurrent.linear.integer_weight()
    sums = codes.long().sum(1)
    assert int((sums % 2).sum()) in range(1, 1024)  # odd ones are not exact in float32
    unit = 2.0 ** (exponent + profile.weight.shift) * recurrent.linear.weight_lsb * profile.state_step
    current = torch.full((2, 1, 1024), 500.0)
    # All spike in the first step; in the second most of what they bring is taken away.
    current[1] = -(sums // 2 * 2 - 12).float() * unit
    spikes, mem, _ = recurrent.sequence(current)
    assert bool((spikes[0] == 1).all())
    (layer,) = (x for x in quant.integer(_before(recurrent)).layers if x.name == "1")
    _, membranes, _ = layer.states((current.double() / profile.state_step).long().numpy())  # type: ignore[union-attr]
    assert np.array_equal((mem.double() / profile.state_step).detach().numpy(), membranes[-1])
    assert np.count_nonzero(membranes[-1]) > 1000


def _before(recurrent: quant.Recurrent) -> nn.Sequential:
    return nn.Sequential(quant.QuantLinear(1, 1024, profile=recurrent.neuron.profile), recurrent)


@pytest.mark.parametrize("made", [quant.QuantLinear, quant.QuantConv2d])
def test_a_current_that_float32_does_not_hold_is_refused(made: Any) -> None:
    profile = hw_profiles.load("spinnaker1")
    sizes = (2000, 3) if made is quant.QuantLinear else (2000, 3, 1)
    layer = full_range(made(*sizes, profile=profile), 0.999)
    with torch.no_grad():
        layer.weight[:, 1] = layer.quant_weight().scale * 3
    x = torch.ones(1, 1, 2000) if made is quant.QuantLinear else torch.ones(1, 1, 2000, 1, 1)
    with pytest.raises(ValueError, match=r"^Quant\w+: sums of weight codes must be at most 2\*\*24 .*model.double\(\)"):
        layer(x)
    codes, _ = layer.integer_weight()
    found = layer.double()(x.double()).flatten() / layer.quant_weight().scale
    assert torch.equal(found, codes.double().flatten(1).sum(1))


def test_float_dialects_refuse_what_float32_rounds(tmp_path: Path) -> None:
    profile = hw_profiles.load("cortexm_q15")
    model = nn.Sequential(full_range(quant.QuantLinear(2000, 3, profile=profile), 0.499), quant.LI(profile))
    network = quant.integer(model)
    x = np.ones((1, 1, 2000), np.int64)
    export.to_onnx(network, x.shape, tmp_path / "m.onnx", "integer")
    assert np.array_equal(export.run_onnx(tmp_path / "m.onnx", x)["1"], network.run(x)["1"])
    for dialect in ("flat", "functions", "qcdq", "qonnx", "arith"):
        message = (
            r"^to_onnx: layer '0': sums of weight codes must be at most 2\*\*24 but in the dialect integer, got \d+"
        )
        with pytest.raises(ValueError, match=message):
            export.to_onnx(network, x.shape, tmp_path / "n.onnx", dialect)
    assert not (tmp_path / "n.onnx").exists()


def test_narrow_layers_multiply_in_float32() -> None:
    assert [needs_float64(512, 16), needs_float64(513, 16)] == [False, True]
    assert [needs_float64(2**17, 8), needs_float64(2**17 + 1, 8)] == [False, True]
    profile = hw_profiles.load("cortexm_q15")
    assert not quant.QuantLinear(512, 2, profile=profile).wide
    assert quant.QuantLinear(513, 2, profile=profile).wide


def test_gradients_are_those_of_float32() -> None:
    profile = hw_profiles.load("cortexm_q15")
    layer = quant.QuantLinear(600, 4, profile=profile)
    x = torch.rand(2, 3, 600).round().requires_grad_()
    grad = torch.randn(2, 3, 4)
    found = torch.autograd.grad(layer(x), [x, layer.weight], grad)
    layer.wide = False
    want = torch.autograd.grad(layer(x), [x, layer.weight], grad)
    for a, b in zip(found, want, strict=True):
        assert a.dtype == torch.float32
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)  # sums in float32 and float64
