"""`quant.LIF`: the chip's integers forward, their straight-through derivative backward."""

from collections.abc import Iterator
from itertools import product
from typing import Any, cast

import numpy as np
import pytest
import torch
from lif_profiles import with_lif
from looping import each
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import LIFSpec, neuron_of
from spikelut.quant.network.layers import IntegerLIF
from spikelut.surrogates import Arctan, HasSurrogateGrad, Sigmoid, Surrogate

PROFILES = with_lif()
STATED = ("generic8", "loihi2", "reckon")


def cases() -> Iterator[Any]:
    """Profile, reset, beta (also a growing one where the chip has it), whether the surrogate is a table."""
    for profile in PROFILES:
        _, decay, _, step = neuron_of(profile)
        grows = decay.kind == "multiply" and decay.max > 2**decay.frac
        for reset, beta, tabulated in product(step.resets, (0.93, 1.1) if grows else (0.93,), (True, False)):
            name = f"{profile.name}-{reset}-{beta}-{'table' if tabulated else 'analytic'}"
            yield pytest.param(profile, reset, beta, tabulated, id=name)


CASES = list(cases())
CURVE = Sigmoid(alpha=3.0)


def layer(
    profile: Profile, reset: str | None = None, beta: float = 0.93, tabulated: bool = True, threshold: float = 1.0
) -> quant.LIF:
    surrogate = quant.LUTSurrogate(CURVE, profile) if tabulated else CURVE
    return quant.LIF(profile, surrogate, beta=beta, threshold=threshold, reset=cast(Any, reset))


def currents(profile: Profile, *shape: int, seed: int = 0, saturate: bool = True) -> Tensor:
    """Currents on the grid, float64, around the threshold; some far beyond the registers."""
    random = torch.Generator().manual_seed(seed)
    one = 2**profile.grid.frac
    codes = torch.randint(-one // 2, one, shape, generator=random)
    if saturate:
        rare = torch.rand(shape, generator=random) < 0.15
        top = min(2**29, 4 * 2**profile.membrane.bits)
        codes = torch.where(rare, torch.randint(-top, top, shape, generator=random), codes)
    return codes.to(torch.float64) * profile.state_step


@pytest.mark.parametrize(("profile", "reset", "beta", "tabulated"), CASES)
@pytest.mark.parametrize("threshold", [1.0, 0.3])
def test_forward_is_the_reference(profile: Profile, reset: str, beta: float, tabulated: bool, threshold: float) -> None:
    lif = layer(profile, reset, beta, tabulated, threshold)
    current = currents(profile, 40, 5, 7)
    spikes, mem = lif.sequence(current)
    codes = (current.numpy() * 2**profile.grid.frac).astype(np.int64)
    expected, membranes = IntegerLIF("", lif.spec, CURVE, None).run(codes)
    assert 0 < expected.sum() < expected.size
    assert (spikes.numpy() != expected).sum() == 0
    assert (mem.numpy() * 2**profile.grid.frac != membranes[-1]).sum() == 0
    assert torch.equal(lif(current), spikes)


class _Through(torch.autograd.Function):
    """`value` forward; backward as if it were `slope * x`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, value: Tensor, slope: Tensor) -> Tensor:
        ctx.save_for_backward(slope)
        return value.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        (slope,) = ctx.saved_tensors
        return grads[0] * slope, None, None


def through(x: Tensor, value: Tensor, slope: Tensor | float) -> Tensor:
    slope = torch.as_tensor(slope, dtype=x.dtype).expand(x.shape)
    return cast(Tensor, _Through.apply(x, value.detach(), slope))  # type: ignore[no-untyped-call]  # torch's


def wrapped(x: Tensor, bits: int) -> Tensor:
    return torch.remainder(x + 2.0 ** (bits - 1), 2.0**bits) - 2.0 ** (bits - 1)


def model(
    name: str, spec: LIFSpec, slope: HasSurrogateGrad, current: Tensor, mem: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The layer step by step, differentiated by autograd; membrane codes as float64, which holds them exactly.

    Straight through: a decay is its factor, a spike its surrogate, a reset a constant; a register that saturated passes
    nothing on, and a wrapped one is the identity. Returns spikes, final membrane, and where nothing saturated.
    """
    step, theta = 2.0**-spec.membrane.frac, spec.threshold
    v, codes = mem / step, current / step
    low, high = spec.membrane.min_code, spec.membrane.max_code
    trains, passes = [], []

    def leak(x: Tensor) -> Tensor:
        if name == "loihi2":
            return through(x, torch.trunc(x * spec.leak.amount / 4096), spec.leak.amount / 4096)
        if name == "reckon":
            return through(x, wrapped(torch.floor(x * spec.leak.amount / 32768), 16), spec.leak.amount / 32768)
        return through(x, x - torch.floor(x / 2.0**spec.leak.amount), 1 - 0.5**spec.leak.amount)

    for t in range(len(current)):
        drive = wrapped(codes[t], 24) if name == "loihi2" else codes[t].clamp(low, high)
        kept = torch.ones_like(drive) if name == "loihi2" else (drive == codes[t]).to(drive.dtype)
        exact = (v if name == "reckon" else leak(v)) + through(codes[t], drive, kept)
        full = exact.clamp(low, high)
        unsaturated = (full == exact) & (kept > 0)
        full = through(exact, full, (full == exact).to(exact.dtype))
        reached = (full > theta if name == "loihi2" else full >= theta).to(full.dtype).detach()
        lowest = theta + (name == "loihi2")
        leaked = leak(full) if name == "reckon" else full
        if spec.reset == "zero":
            v = leaked * (1 - reached)
        elif name == "reckon":
            v = through(leaked, torch.where(reached > 0, wrapped(leaked - theta, 16), leaked), 1.0)
        else:
            v = leaked - theta * reached
        read = v if name == "reckon" else full
        slopes = slope.surrogate_grad((read.detach() - lowest) * step)
        trains.append(through(full, reached, slopes * step))
        passes.append(unsaturated)
    return torch.stack(trains), v * step, torch.stack(passes)


def gradients(spikes: Tensor, mem: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
    """The gradients of a random linear function of spikes and final membrane."""
    random = torch.Generator().manual_seed(1)
    weights = [torch.randn(x.shape, generator=random, dtype=torch.float64).to(x.dtype) for x in (spikes, mem)]
    loss = (spikes * weights[0]).sum() + (mem * weights[1]).sum()
    return torch.autograd.grad(loss, inputs)


def close(actual: Tensor, expected: Tensor, rtol: float) -> None:
    torch.testing.assert_close(actual, expected, rtol=rtol, atol=rtol * float(expected.abs().max()))


@pytest.mark.parametrize(
    ("profile", "reset", "beta", "tabulated"), [case for case in CASES if case.values[0].name in STATED]
)
@pytest.mark.parametrize("saturate", [False, True])
def test_backward_is_the_derivative(profile: Profile, reset: str, beta: float, tabulated: bool, saturate: bool) -> None:
    lif = layer(profile, reset, beta, tabulated)
    current = currents(profile, 12, 4, 6, seed=3, saturate=saturate).requires_grad_()
    mem = currents(profile, 4, 6, seed=4, saturate=False).requires_grad_()
    slope = cast(HasSurrogateGrad, lif.surrogate)
    *expected, passes = model(profile.name, lif.spec, slope, current, mem)
    actual = lif.sequence(current, mem)
    assert torch.equal(actual[0], expected[0])
    assert torch.equal(actual[1], expected[1])
    assert not saturate or 0 < int(passes.sum()) < passes.numel()
    wanted = gradients(expected[0], expected[1], current, mem)
    assert all(float(g.abs().max()) > 0 for g in wanted)
    # Both multiply the same factors in float64, in another order: a dozen steps of a few roundings of 1e-16.
    for a, b in zip(gradients(*actual, current, mem), wanted, strict=True):
        close(a, b, 1e-12)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_float32_is_float64_rounded(profile: Profile) -> None:
    lif = layer(profile)
    # Below 2**24 codes float32 holds every current, so spikes are equal; gradients round a dozen times by 6e-8.
    current = currents(profile, 12, 3, 5, saturate=False)
    results = []
    for dtype in (torch.float32, torch.float64):
        x = current.to(dtype).requires_grad_()
        spikes, mem = lif.sequence(x)
        assert spikes.dtype == mem.dtype == dtype
        results.append((spikes, mem, *gradients(spikes, mem, x)))
    for a, b in zip(results[0][:2], results[1][:2], strict=True):
        assert torch.equal(a.double(), b)
    close(results[0][2].double(), results[1][2], 1e-5)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_two_halves_are_the_whole(profile: Profile) -> None:
    lif = layer(profile)
    current = currents(profile, 10, 3, 4).requires_grad_()
    mem = currents(profile, 3, 4, seed=8, saturate=False).requires_grad_()
    whole = lif.sequence(current, mem)
    first, between = lif.sequence(current[:4], mem)
    second, last = lif.sequence(current[4:], between)
    assert torch.equal(torch.cat([first, second]), whole[0])
    assert torch.equal(last, whole[1])
    assert torch.equal(lif.sequence(current[:0], mem)[1], mem)
    expected = gradients(*whole, current, mem)
    for a, b in zip(gradients(torch.cat([first, second]), last, current, mem), expected, strict=True):
        close(a, b, 1e-12)
    state, trains = mem, []
    for drive in current:
        spikes, state = lif.step(drive, state)
        trains.append(spikes)
    assert torch.equal(torch.stack(trains), whole[0])
    for a, b in zip(gradients(torch.stack(trains), state, current, mem), expected, strict=True):
        close(a, b, 1e-12)


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
