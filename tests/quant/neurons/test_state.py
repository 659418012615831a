"""Membranes on a grid, or on levels that crowd around the threshold."""

import math
from typing import Any

import pytest
import torch
from backends import equal
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikelut.quant import Affine, FixedPoint, quantize_state, threshold_levels
from spikelut.quant.neurons.nearest_level import level_search


@pytest.mark.parametrize("bits", range(2, 9))
def test_levels(bits: int) -> None:
    levels = threshold_levels(bits, threshold=0.7, low=-1.3, high=2.0)
    assert levels.shape == (2**bits,)
    assert (levels.diff() > 0).all()
    assert {0.0, 0.7, -1.3, 2.0} <= set(levels.tolist())
    gaps, at = levels.diff(), levels.tolist().index(0.7)
    if bits > 4:
        assert gaps[at] < gaps[-1] / 8
        assert gaps[at - 1] < gaps[0] / 8
        # Away from zero, where a level was moved, the gaps only grow.
        assert (gaps[at:].diff() > 0).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_nearest_level(dtype: torch.dtype) -> None:
    levels = threshold_levels(4)
    mem = torch.linspace(-3, 4, 5001, dtype=dtype)
    quantised = quantize_state(mem, levels)
    assert quantised.dtype == dtype
    distance = (mem[:, None].double() - levels.to(dtype).double()).abs().min(1).values
    # Halfway between two levels rounding of the middle decides, in float32 to one part in 2**24.
    assert ((mem.double() - quantised.double()).abs() <= distance + 1e-6).all()
    assert set(quantised.tolist()) == set(levels.to(dtype).tolist())
    fixed = quantize_state(levels.to(dtype), levels)
    assert torch.equal(fixed, levels.to(dtype))


def searched(x: Tensor, levels: Tensor) -> Tensor:
    """The nearest of the levels by a binary search, of half precision in float32."""
    wide = torch.promote_types(x.dtype, torch.float32)
    middles = ((levels[1:].double() + levels[:-1].double()) / 2).to(wide)
    return levels.to(wide).to(x.dtype)[torch.bucketize(x.to(wide).contiguous(), middles, right=True)]


def around(levels: Tensor, dtype: torch.dtype, seed: int) -> Tensor:
    """x everywhere, at the middles between levels and next to them."""
    middles = ((levels[1:].double() + levels[:-1].double()) / 2).to(dtype)
    wild = torch.tensor([0.0, -0.0, 1e-45, -1e-45, 3e38, -3e38, torch.inf, -torch.inf], dtype=torch.float64).to(dtype)
    ends = [torch.full_like(middles, end) for end in (torch.inf, -torch.inf)]
    spread = 1.5 * (levels[-1] - levels[0]).double()
    near = torch.randn(3000, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * spread
    return torch.cat([middles, *(torch.nextafter(middles, end) for end in ends), wild, near.to(dtype)])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    levels=st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=40, unique=True),
    dtype=st.sampled_from([torch.float32, torch.float64, torch.bfloat16, torch.float16]),
    seed=st.integers(0, 9),
)
def test_any_levels(levels: list[float], dtype: torch.dtype, seed: int) -> None:
    grid = torch.tensor(sorted(levels), dtype=torch.float64)
    if not bool((grid.diff() > 0).all()):
        return
    x = around(grid, dtype, seed)
    assert equal(quantize_state(x, grid), searched(x, grid))


@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("levels", [threshold_levels, lambda bits: torch.linspace(-1.0, 1.2, 2**bits)], ids=["c", "u"])
def test_levels_found_by_buckets(levels: Any, bits: int) -> None:
    grid = levels(bits)
    x = around(grid, torch.float32, bits)
    assert level_search(grid, torch.float32, x.device).bounds is not None
    assert equal(quantize_state(x, grid), searched(x, grid))
    assert equal(quantize_state(x[:3000].reshape(60, 50).T, grid), searched(x[:3000].reshape(60, 50).T, grid))


@pytest.mark.parametrize(
    "levels", [[0.0, 1.0], [0.0, 1e-3, 2e-3, 9.0], [0.0, 1e-9, 2e-9, 1e9], [1, 1 + 1e-12, 1 + 2e-12, 3]], ids=str
)
def test_levels_of_which_two_share_a_bucket(levels: list[float]) -> None:
    grid = torch.tensor(levels, dtype=torch.float64)
    x = around(grid, torch.float32, 0)
    assert level_search(grid, torch.float32, x.device).bounds is None
    assert equal(quantize_state(x, grid), searched(x, grid))


def test_levels_that_change_are_followed() -> None:
    levels, x = threshold_levels(4), torch.linspace(-2, 3, 999)
    before = quantize_state(x, levels)
    levels.mul_(0.5)
    assert not equal(quantize_state(x, levels), before)
    assert equal(quantize_state(x, levels), searched(x, levels))
    with torch.inference_mode():
        made = threshold_levels(4)
        assert equal(quantize_state(x, made), before)
        made.mul_(0.5)
        assert equal(quantize_state(x, made), searched(x, levels))


@pytest.mark.parametrize("fmt", [FixedPoint(4, 2), FixedPoint(8, 5, False), Affine(6, 0.1, 3)], ids=str)
def test_formats(fmt: Any) -> None:
    mem = torch.linspace(-9, 9, 1801, dtype=torch.float64)
    assert torch.equal(quantize_state(mem, fmt), fmt.decode(fmt.encode(mem)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "fmt",
    [
        FixedPoint(8, 5),
        FixedPoint(24, 0),
        FixedPoint(24, 23, False),
        FixedPoint(8, 64),
        FixedPoint(8, -64),
        FixedPoint(8, 3, rounding="floor"),
        FixedPoint(32, 3),
        FixedPoint(32, 20, False),
        FixedPoint(8, 3, overflow="wrap"),
    ],
    ids=str,
)
def test_fixed_point_is_the_codes_to_the_last_bit(fmt: FixedPoint, dtype: torch.dtype) -> None:
    step, generator = fmt.step, torch.Generator().manual_seed(0)
    codes = torch.randint(-300, 300, (5000,), generator=generator)
    ties = (torch.cat([codes, torch.tensor([fmt.min_code, fmt.max_code])]).double() + 0.5) * step
    wild = torch.tensor([0.0, -0.0, 1e-45, -1e-45, 3e38, -3e38, torch.inf, -torch.inf], dtype=torch.float64)
    near = torch.randn(5000, generator=generator, dtype=torch.float64) * 100 * step
    mem = torch.cat([ties, wild, near]).to(dtype)
    mem = mem[mem.isfinite()] if fmt.overflow == "wrap" else mem
    found, wanted = quantize_state(mem, fmt), fmt.decode(fmt.encode(mem), dtype)
    kind = torch.int32 if dtype is torch.float32 else torch.int64
    assert torch.equal(found.view(kind), wanted.view(kind))


@pytest.mark.parametrize("levels", [threshold_levels(5), FixedPoint(5, 3), Affine(5, 0.07, -2)], ids=type)
def test_gradient_is_clipped(levels: Any) -> None:
    grid = (
        levels
        if isinstance(levels, torch.Tensor)
        else levels.decode(torch.arange(levels.min_code, levels.max_code + 1))
    )
    low, high = float(grid[0]), float(grid[-1])
    mem = torch.tensor([low - 0.01, low, 0.0, 0.31, high, high + 0.01, 1e9], dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad((quantize_state(mem, levels) * torch.arange(1.0, 8.0)).sum(), mem)
    assert grad.tolist() == [0, 2, 3, 4, 5, 0, 0]


@pytest.mark.parametrize("bits", [2, 12])
def test_memory_does_not_grow_with_the_levels(bits: int) -> None:
    mem = torch.randn(60_000, requires_grad=True)
    saved: list[int] = []

    def keep(x: torch.Tensor) -> torch.Tensor:
        saved.append(x.nbytes)
        return x

    with torch.autograd.graph.saved_tensors_hooks(keep, keep):
        quantize_state(mem, threshold_levels(bits))
    assert saved == [60_000]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bits": 1}, "bits must be an integer in 2..16, got 1"),
        ({"bits": 4, "low": 1.0}, r"low < threshold < high must hold, got \(1.0, 1.0, 2.0\)"),
        ({"bits": 4, "high": math.inf}, "low < threshold < high must hold"),
        ({"bits": 4, "threshold": math.nan}, "low < threshold < high must hold"),
        ({"bits": 4, "crowding": 1.0}, "crowding must be > 1, got 1.0"),
    ],
)
def test_levels_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^threshold_levels: {message}"):
        threshold_levels(**options)


def test_bad_input() -> None:
    with pytest.raises(TypeError, match=r"^quantize_state: mem must be a floating-point tensor, got torch.int64"):
        quantize_state(torch.zeros(1, dtype=torch.int64), FixedPoint(4))
    for levels in (torch.tensor([1.0]), torch.tensor([1.0, 1.0]), torch.zeros(2, 2)):
        with pytest.raises(ValueError, match=r"^quantize_state: levels must be two or more ascending numbers, got"):
            quantize_state(torch.zeros(1), levels)
    nan = torch.tensor([math.nan])
    with pytest.raises(ValueError, match="NaN"):
        quantize_state(nan, FixedPoint(4))
    with pytest.raises(ValueError, match=r"^quantize_state: mem must not hold NaN"):
        quantize_state(nan, threshold_levels(3))
    assert quantize_state(torch.zeros(0, 3), threshold_levels(3)).shape == (0, 3)
