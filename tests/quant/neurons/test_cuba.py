"""`quant.CubaLIF`: a synaptic current and a membrane in the chip's integers, several spikes in a step."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.file import Dialect, to_onnx
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan, Sigmoid

PROFILES = [hw_profiles.load(name) for name in ("loihi2", "xylo", "generic8", "generic16")]
LOIHI = PROFILES[0]
assert LOIHI.current is not None
PROFILES.append(replace(LOIHI, name="loihi2-saturating", current=replace(LOIHI.current, overflow="saturate")))
each_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)


def layer(profile: Any, tabulated: bool = True, **options: Any) -> quant.CubaLIF:
    curve = Sigmoid(alpha=3.0)
    slope = quant.LUTSurrogate(curve, profile) if tabulated else curve
    return quant.CubaLIF(profile, slope, **{"alpha": 0.75, "beta": 0.875, **options})


def currents(profile: Any, *shape: int, seed: int = 0, saturate: bool = True) -> Tensor:
    """Currents on the grid, float64; some far beyond the registers."""
    random = torch.Generator().manual_seed(seed)
    one = 2**profile.grid.frac
    codes = torch.randint(-one // 4, one // 2, shape, generator=random)
    if saturate:
        rare = torch.rand(shape, generator=random) < 0.1
        top = 3 * 2**profile.membrane.bits
        codes = torch.where(rare, torch.randint(-top, top, shape, generator=random), codes)
    return torch.as_tensor(codes.to(torch.float64) * profile.state_step)


@each_profile
@pytest.mark.parametrize("threshold", [1.0, 0.3])
def test_forward_is_the_reference(profile: Any, threshold: float) -> None:
    lif = layer(profile, threshold=threshold)
    current = currents(profile, 40, 5, 7)
    spikes, mem, _ = lif.sequence(current)
    codes = (current.numpy() * 2**profile.grid.frac).astype(np.int64)
    expected, membranes = IntegerLIF("", lif.spec, Sigmoid(), None, lif.synapse).run(codes)
    assert spikes.tolist() == expected.tolist()
    assert (mem.numpy() / profile.state_step).tolist() == membranes[-1].tolist()
    assert (expected.max() > 20) if profile.name == "xylo" else (expected.max() == 1)
    assert torch.equal(lif(current), spikes)


@each_profile
def test_two_halves_are_the_whole(profile: Any) -> None:
    lif, current = layer(profile), currents(profile, 12, 3, 2)
    spikes, mem, syn = lif.sequence(current)
    first, *states = lif.sequence(current[:5])
    second, *states = lif.sequence(current[5:], *states)
    assert torch.equal(torch.cat([first, second]), spikes)
    assert all(torch.equal(a, b) for a, b in zip(states, (mem, syn), strict=True))
    single: list[Tensor] = []
    held: list[Tensor] = []
    for x in current:
        s, *held = lif.step(x, *held)
        single.append(s)
    assert torch.equal(torch.stack(single), spikes)


def through(x: Tensor, value: Tensor, slope: Any) -> Tensor:
    """`value`, with `slope` for its derivative by x."""
    return torch.as_tensor(value.detach() + slope * (x - x.detach()))


def wrapped(x: Tensor, bits: int) -> Tensor:
    half = 2.0 ** (bits - 1)
    return torch.as_tensor(torch.remainder(x + half, 2 * half) - half)


def loihi(lif: quant.CubaLIF, u: Tensor, v: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Current, membrane, spikes and where the surrogate reads, in codes; straight through."""
    alpha, beta, theta, limit = lif.alpha, lif.beta, lif.spec.threshold, 2.0**23 - 1
    u = through(u, torch.trunc(u * alpha), alpha) + x
    if lif.spec.current.overflow == "wrap":
        u = through(u, wrapped(u, 24), 1.0)
    else:
        u = through(u, u.clamp(-(2.0**23), limit), ((u >= -(2.0**23)) & (u <= limit)).double())
    exact = through(v, torch.trunc(v * beta), beta) + u
    full = through(exact, exact.clamp(-limit, limit), (exact.abs() <= limit).double())
    spikes = (full > theta).double().detach()
    return u, full * (1 - spikes), spikes, full - theta - 1


def xylo(lif: quant.CubaLIF, u: Tensor, v: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same of Xylo: add, decay, one saturated change, up to 31 spikes."""
    theta, low, high = lif.spec.threshold, -(2.0**15), 2.0**15 - 1

    def decay(s: Tensor, by: float) -> Tensor:
        drop = torch.floor(s * (1 - by))
        drop = torch.where((drop == 0) & (s != 0), s.sign(), drop)
        return through(s, s - drop, by)

    def saturated(s: Tensor) -> Tensor:
        return through(s, s.clamp(low, high), ((s >= low) & (s <= high)).double())

    u = decay(saturated(u + x), lif.alpha)
    leaked = decay(v, lif.beta)
    change = leaked.detach() - v.detach() + u.detach()
    clipped = change.clamp(low, high) - change  # straight through: no mask for the change itself
    full = saturated(leaked + u + clipped)
    count = torch.floor(full / theta).clamp(0, 31).detach()
    nearest = torch.floor((full + theta // 2) / theta).clamp(1, 31).detach()
    return u, full - count * theta, count, full - nearest * theta


def generic(lif: quant.CubaLIF, u: Tensor, v: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same of `generic8`, whose leaks are shifts, and `generic16`, whose leaks are rounded products."""
    theta, half, products = lif.spec.threshold, 2.0 ** (lif.spec.membrane.bits - 1), lif.profile.name == "generic16"

    def saturated(s: Tensor) -> Tensor:
        return through(s, s.clamp(-half, half - 1), ((s >= -half) & (s <= half - 1)).double())

    def decay(s: Tensor, by: float) -> Tensor:
        return through(s, torch.floor(s * by + 0.5) if products else s - torch.floor(s * (1 - by)), by)

    u = saturated(decay(u, lif.alpha) + x)
    full = saturated(decay(v, lif.beta) + u)
    spikes = (full >= theta).double().detach()
    return u, full - theta * spikes, spikes, full - theta


READABLE: dict[str, Any] = {"xylo": xylo, "generic8": generic, "generic16": generic}


@each_profile
@pytest.mark.parametrize("tabulated", [True, False])
@pytest.mark.parametrize("saturate", [False, True])
def test_backward_is_the_derivative(profile: Any, tabulated: bool, saturate: bool) -> None:
    lif, step = layer(profile, tabulated), profile.state_step
    current = currents(profile, 15, 4, 6, saturate=saturate).requires_grad_()
    mem = currents(profile, 4, 6, seed=1, saturate=False).requires_grad_()
    syn = currents(profile, 4, 6, seed=2, saturate=False).requires_grad_()
    spikes, last_mem, last_syn = lif.sequence(current, mem, syn)
    u, v, trains = syn / step, mem / step, []
    for x in current / step:
        u, v, count, read = READABLE.get(profile.name, loihi)(lif, u, v, x)
        assert lif.surrogate is not None
        slope = lif.surrogate.surrogate_grad(read.detach() * step)
        trains.append(through(read, count, slope * step))
    expected = (torch.stack(trains), v * step, u * step)
    random = torch.Generator().manual_seed(3)
    weights = [torch.randn(x.shape, generator=random, dtype=torch.float64) for x in expected]
    for ours, readable in zip((spikes, last_mem, last_syn), expected, strict=True):
        assert torch.equal(ours, readable)
    inputs = (current, mem, syn)
    actual = torch.autograd.grad(
        sum((a * w).sum() for a, w in zip((spikes, last_mem, last_syn), weights, strict=True)),  # type: ignore[arg-type]
        inputs,
    )
    wanted = torch.autograd.grad(
        sum((a * w).sum() for a, w in zip(expected, weights, strict=True)),
        inputs,
    )
    for a, b in zip(actual, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9 * float(b.abs().max()))
        assert b.abs().max() > 0


@each_profile
@pytest.mark.parametrize("dialect", ["integer", "functions"])
def test_exported_spikes(profile: Any, dialect: Dialect, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    torch.manual_seed(0)
    last = layer(profile, max_spikes=1)
    model = nn.Sequential(
        QuantLinear(9, 12, profile=profile), layer(profile), QuantLinear(12, 5, profile=profile), last
    )
    x = random.integers(0, 2, (25, 3, 9))
    to_onnx(model, torch.zeros(1, 1, 9), tmp_path / "x.onnx", dialect, hidden_spikes=True)
    reference = quant.integer(model).run(x)
    assert export.count_differences(reference, export.run_onnx(tmp_path / "x.onnx", x)).different == 0
    trains = quant.spike_trains(model, torch.from_numpy(x).float())
    assert export.count_differences(reference, trains).different == 0
    assert all(train.sum() > 0 for train in reference.values())


def test_what_the_chip_does_not_have() -> None:
    with pytest.raises(ValueError, match=r"^CubaLIF: profile must have a current that decays, got reckon$"):
        quant.CubaLIF(hw_profiles.load("reckon"), Arctan())
    with pytest.raises(ValueError, match=r"^LIF: xylo has currents that decay, use CubaLIF, got 'LIF'"):
        quant.LIF(hw_profiles.load("xylo"), Arctan())
    with pytest.raises(ValueError, match=r"^LIF: odin compares after every event, which LIF does not, got"):
        quant.LIF(hw_profiles.load("odin"), Arctan())
    with pytest.raises(ValueError, match=r"^CubaLIF: beta must be in 0..0.999969 on xylo, got 1.5"):
        layer(hw_profiles.load("xylo"), beta=1.5)
    with pytest.raises(ValueError, match=r"^CubaLIF: syn must be \(2, 3\), got \(3, 2\)"):
        layer(PROFILES[0]).sequence(torch.zeros(4, 2, 3), torch.zeros(2, 3), torch.zeros(3, 2))


@pytest.mark.parametrize(
    ("gain", "message"), [(0.12, r"exact in float32, fan-in 5000"), (1e9, r"at most 1073741760 mem")]
)
def test_sums_of_several_spikes_are_larger(gain: float, message: str) -> None:
    profile = hw_profiles.load("xylo")
    first, second = QuantLinear(3, 5000, profile=profile), QuantLinear(5000, 2, profile=profile)
    nn.init.constant_(second.weight, gain)
    with pytest.raises(ValueError, match=rf"^integer: layer '2': .*{message}"):
        quant.integer(nn.Sequential(first, layer(profile), second, layer(profile)))
    # A chip of one spike a step has 31 times the room.
    loihi = hw_profiles.load("generic8")
    first, second = QuantLinear(3, 5000, profile=loihi), QuantLinear(5000, 2, profile=loihi)
    nn.init.constant_(second.weight, 0.1)
    lif = [quant.LIF(loihi, Sigmoid()) for _ in range(2)]
    quant.integer(nn.Sequential(first, lif[0], second, lif[1]))
