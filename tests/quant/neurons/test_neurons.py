"""`quant.LIF`: the chip's integers forward, their straight-through derivative backward."""

from collections.abc import Iterator
from itertools import product
from typing import Any, cast

import numpy as np
import pytest
import torch
from lif_layers import CURVE, PROFILES, currents, layer
from torch import Tensor

from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import LIFSpec, neuron_of
from spikelut.quant.network.layers import IntegerLIF
from spikelut.surrogates import HasSurrogateGrad

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
