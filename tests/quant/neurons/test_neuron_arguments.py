"""`quant.LIF`: its arguments, shapes and types, what it refuses, and the spike trains of a whole network."""

from typing import Any, cast

import numpy as np
import pytest
import torch
from lif_layers import CURVE, PROFILES, currents, layer
from looping import each
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.surrogates import Arctan, Sigmoid, Surrogate


@each("shape", [(6, 3), (6, 3, 5), (4, 2, 3, 5, 6), (0, 3, 5), (6, 0, 5), (0, 0), (1, 1, 1)])
@each("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_shapes(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    profile = hw_profiles.load("generic8")
    lif = layer(profile)
    current = currents(profile, *shape, saturate=False).to(dtype).requires_grad_()
    spikes, mem = lif.sequence(current)
    assert (spikes.shape, mem.shape) == (shape, shape[1:])
    # Half precision does not hold a membrane.
    assert (spikes.dtype, mem.dtype) == (dtype, torch.promote_types(dtype, torch.float32))
    (grad,) = torch.autograd.grad(spikes.sum() + mem.sum(), current)
    assert (grad.shape, grad.dtype) == (shape, dtype)
    # Every neuron is on its own, so any layout of the same neurons gives the same spikes.
    flat = lif(current.detach().reshape(shape[0], shape[1], int(np.prod(shape[2:]))))
    assert torch.equal(flat.reshape(shape), spikes)


def test_values_in_force() -> None:
    profile = hw_profiles.load("generic8")
    lif = layer(profile, threshold=0.30001)
    assert lif.beta == 1 - 2**-4
    assert lif.threshold == round(0.30001 / profile.state_step) * profile.state_step
    assert f"generic8, beta=0.9375, threshold={lif.threshold:g}, reset='subtract'" in repr(lif)


X = torch.zeros(3, 2, 4)
WRONG: list[tuple[str, Tensor, Tensor | None, type[Exception]]] = [
    ("current and states must be finite", X + torch.nan, None, ValueError),
    ("current and states must be finite", X - torch.inf, None, ValueError),
    ("current and states must be finite", X, X[0] + torch.nan, ValueError),
    (r"mem must be \(2, 4\), got \(2, 5\)", X, torch.zeros(2, 5), ValueError),
    (r"mem must be \(2, 4\), got \(3, 2, 4\)", X, X, ValueError),
    (r"current must be \[T, B, ...\], got \(3,\)", X[:, 0, 0], None, ValueError),
    ("current must be a floating-point tensor, got torch.int64", X.long(), None, TypeError),
]


@pytest.mark.parametrize(("message", "current", "mem", "error"), WRONG)
def test_wrong_input(message: str, current: Tensor, mem: Tensor | None, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"^LIF: {message}"):
        layer(hw_profiles.load("generic8")).sequence(current, mem)


def test_wrong_surrogate() -> None:
    profile = hw_profiles.load("generic8")
    for wrong in (torch.sigmoid, nn.ReLU(), Sigmoid, "sigmoid"):
        with pytest.raises(TypeError, match="LIF: surrogate must be a LUTSurrogate or a Surrogate, got"):
            quant.LIF(profile, cast(Surrogate, wrong))
    with pytest.raises(ValueError, match=rf"LIF: the table's state_step must be {profile.state_step:g}, got "):
        quant.LIF(profile, quant.LUTSurrogate(CURVE, profile, profile.state_step * 2))


def test_a_table_of_another_chip_is_refused_though_its_step_is_the_same() -> None:
    loihi, xylo, reckon = (hw_profiles.load(name) for name in ("loihi2", "xylo", "reckon"))
    generic = hw_profiles.load("generic16")
    pairs = [(p, q) for p in map(hw_profiles.load, hw_profiles.names()) for q in (loihi, xylo, reckon, generic)]
    same = [(p, q) for p, q in pairs if p.name != q.name and p.state_step == q.state_step and q.step]
    assert len(same) > 3
    for theirs, profile in same:
        table = quant.LUTSurrogate(CURVE, theirs, saturate=True)
        message = f"surrogate must be a table for {profile.name}, as .* makes it, got one for {theirs.name}$"
        makers: list[Any] = [] if profile is xylo else [quant.LIF]
        makers += [quant.CubaLIF] if profile.current_decay else []
        for kind in makers:
            with pytest.raises(ValueError, match=f"^{kind.__name__}: {message}"):
                kind(profile, table)
        if profile.current and profile.current.event_by_event:
            with pytest.raises(ValueError, match=f"^EventLIF: {message}"):
                quant.EventLIF(4, 3, profile=profile, surrogate=table)
    # Of the same chip any table will do, but not one for other registers.
    for entries in (64, 128):
        other = quant.LUTSurrogate(CURVE, generic.with_table(entries=entries, value_bits=9))
        lif = quant.LIF(generic, other)
        assert lif(torch.ones(2, 3, 4)).shape == (2, 3, 4)
        assert len(other.codes) == entries
    wrong = quant.LUTSurrogate(CURVE, generic.with_membrane(22))
    with pytest.raises(ValueError, match="got one for generic16 with another membrane"):
        quant.LIF(generic, wrong)
    with pytest.raises(ValueError, match="got one for generic16 with another membrane"):
        quant.convert(
            nn.Sequential(nn.Linear(3, 2), quant.FloatLIF(CURVE)), generic, torch.ones(2, 2, 3), surrogate=wrong
        )
    lif.surrogate = wrong
    with pytest.raises(ValueError, match="layer '1': surrogate must be a table for generic16"):
        quant.integer(nn.Sequential(quant.QuantLinear(3, 2, profile=generic), lif))


def test_there_is_no_second_derivative() -> None:
    current, lif = currents(PROFILES[0], 4, 2).requires_grad_(), layer(PROFILES[0])
    (grad,) = torch.autograd.grad(lif(current).square().sum(), current, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        torch.autograd.backward(grad.sum())
    # The gradient of a linear function of the spikes is a constant to torch.
    (grad,) = torch.autograd.grad(lif(current).sum(), current, create_graph=True)
    assert not grad.requires_grad


def test_spike_trains() -> None:
    profile = hw_profiles.load("generic8")
    block = nn.Sequential(nn.Linear(4, 6), layer(profile))
    net = nn.Sequential(block, nn.Linear(6, 3), layer(profile, tabulated=False))
    torch.manual_seed(0)
    x = torch.randn(9, 2, 4) * 3
    trains = quant.spike_trains(net, x)
    assert list(trains) == ["0.1", "2"]
    assert torch.equal(trains["0.1"], block(x))
    assert torch.equal(trains["2"], net(x))
    assert trains["0.1"].sum() > 0
    assert not any(train.requires_grad for train in trains.values())
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        quant.spike_trains(nn.Sequential(block, nn.Linear(7, 1)), x)
    assert not any(module._forward_hooks for module in net.modules())
    assert quant.spike_trains(nn.Linear(4, 2), x) == {}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_lut_surrogate(profile: Profile, dtype: torch.dtype) -> None:
    curve = Arctan(alpha=2.0)
    lut = quant.LUTSurrogate(curve, profile)
    x = torch.cat([torch.linspace(-3, 3, 601), torch.tensor([0.0, -0.0, 1e9, -1e9, profile.state_step / 3])])
    x = x.to(dtype).requires_grad_()
    spikes = lut(x)
    assert torch.equal(spikes, (x >= 0).to(dtype))
    weights = torch.linspace(-1, 2, len(x), dtype=dtype)
    (grad,) = torch.autograd.grad((spikes * weights).sum(), x)
    assert torch.equal(grad, weights * lut.table.lookup(x.detach()))
    assert grad.abs().max() > 0
    assert lut.analytic is curve
    assert lut.state_dict() == {}
    assert torch.equal(lut.codes, lut.table.codes)
