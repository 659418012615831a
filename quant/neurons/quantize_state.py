"""Quantising a membrane by itself: on a uniform grid, or on levels that crowd around the threshold."""

from typing import Any, cast

import torch
from torch import Tensor

from spikelut._checks import is_finite, require, require_int, require_type
from spikelut.quant.arithmetic.affine import Affine, ValueFormat
from spikelut.quant.arithmetic.fixed_point import FixedPoint
from spikelut.quant.neurons.nearest_level import level_search
from spikelut.surrogates._eager import HALVES


class _Clipped(torch.autograd.Function):
    """A value in place of x; the gradient passes where x lies in the range."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, value: Tensor, low: float, high: float) -> Tensor:
        held = x.clamp(low, high)
        # A comparison is written as floats, and floats as signed bytes, in a third of the time that bools take.
        ctx.save_for_backward(torch.eq(held, x, out=held).to(torch.int8))
        return value

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        (inside,) = ctx.saved_tensors
        return grads[0] * inside.to(grads[0].dtype), None, None, None


def quantize_state(mem: Tensor, levels: ValueFormat | Tensor) -> Tensor:
    """A quantised membrane for float neurons: `mem` on the nearest of the `levels`, with a straight-through gradient.

    `levels` is a `FixedPoint` or `Affine` format, or an ascending tensor such as `threshold_levels`. Halfway between
    two levels, a format rounds in its own way, and a tensor up. Shape and dtype are those of `mem`. The gradient passes
    unchanged from the first level to the last and is zero beyond. Memory does not grow with the number of levels.
    Levels for half precision are found in float32 and rounded to it at the end.

    Raises TypeError for integers, ValueError for NaN, levels that do not ascend, or one that the dtype does not hold.

    ```pycon
    >>> mem = torch.tensor([0.3, 0.7, 9.0], requires_grad=True)
    >>> on_grid = quant.quantize_state(mem, quant.FixedPoint(bits=4, frac=2))
    >>> on_grid.sum().backward()
    >>> on_grid.tolist(), mem.grad.tolist()
    ([0.25, 0.75, 1.75], [1.0, 1.0, 0.0])
    ```
    """
    require_type("quantize_state", "mem", mem, Tensor, "a floating-point tensor")
    require_type(
        "quantize_state", "levels", levels, (FixedPoint, Affine, Tensor), "a FixedPoint, an Affine or a tensor"
    )
    if not mem.is_floating_point():
        raise TypeError(f"quantize_state: mem must be a floating-point tensor, got {mem.dtype}")
    # The sum of what has a NaN is one, and takes a part of the time.
    nan = bool(mem.detach().sum().isnan()) and bool(mem.isnan().any())
    require(not nan, "quantize_state", "mem must not hold NaN", "NaN")
    if mem.dtype in HALVES:
        return _of_half(mem, levels)
    find = _nearest if isinstance(levels, Tensor) else _encoded
    value, low, high = find(mem.detach(), cast(Any, levels))
    return cast(Tensor, _Clipped.apply(mem, value, low, high))  # type: ignore[no-untyped-call]  # torch's


def _of_half(mem: Tensor, levels: ValueFormat | Tensor) -> Tensor:
    """In half precision: found in float32, and rounded once."""
    found, largest = quantize_state(mem.float(), levels).to(mem.dtype), torch.finfo(mem.dtype).max
    held = bool(found.detach().isfinite().all())
    require(held, "quantize_state", f"levels must be within {largest:g}, what {mem.dtype} holds", "larger ones")
    return found


def _encoded(mem: Tensor, fmt: ValueFormat) -> tuple[Tensor, float, float]:
    """`mem` in the format, and its least and largest value."""
    low, high = fmt.decode(torch.tensor([fmt.min_code, fmt.max_code])).tolist()
    if not isinstance(fmt, FixedPoint):
        return fmt.decode(fmt.encode(mem.double()), mem.dtype), low, high
    # These dtypes round half to even themselves; scaling by powers of two loses nothing that reaches a code.
    exact = mem.dtype in (torch.float32, torch.float64)
    if not (exact and fmt.rounding == "half_even" and fmt.overflow == "saturate"):
        return fmt.decode(fmt.encode(mem), mem.dtype), low, high
    codes = torch.round(mem * 2.0**fmt.frac).clamp_(fmt.min_code, fmt.max_code)
    return codes.mul_(fmt.step).add_(0.0), low, high  # a code has no negative zero


def _nearest(mem: Tensor, levels: Tensor) -> tuple[Tensor, float, float]:
    """The nearest level of each, and the first and the last."""
    search = level_search(levels, mem.dtype, mem.device)
    return search.nearest(mem), search.low, search.high


def threshold_levels(
    bits: int, threshold: float = 1.0, low: float = -1.0, high: float = 2.0, crowding: float = 16.0
) -> Tensor:
    """Quantisation levels for a membrane, closest together at the threshold: 2**`bits`, ascending from `low` to `high`.

    They are float64. On either side the distance between two levels grows by the same factor, up to `crowding` times
    from the threshold to the end. The threshold is a level, and so is 0, if it lies in the range: the level nearest to
    it is moved there. The idea of levels centred on the threshold is that of SQUAT (snnTorch, `quant.state_quant`).

    Raises ValueError unless low < threshold < high, crowding > 1 and bits in 2..16.

    ```pycon
    >>> quant.threshold_levels(3, low=-1.0, high=2.0, threshold=1.0)
    tensor([-1.0000,  0.0000,  0.4296,  0.7291,  0.9012,  1.0000,  1.2000,  2.0000],
           dtype=torch.float64)
    ```
    """
    require_int("threshold_levels", "bits", bits, 2, 16)
    finite = all(is_finite(v) for v in (threshold, low, high, crowding))
    order = finite and low < threshold < high
    require(order, "threshold_levels", "low < threshold < high must hold", (low, threshold, high))
    require(crowding > 1, "threshold_levels", "crowding must be > 1", crowding)
    steps = 2**bits - 1
    below = min(max(round(steps * (threshold - low) / (high - low)), 1), steps - 1)

    def growing(count: int) -> Tensor:
        """0..1 in steps that grow."""
        u = torch.arange(count + 1, dtype=torch.float64) / count
        return (crowding**u - 1) / (crowding - 1)

    under = threshold - (threshold - low) * growing(below)
    over = threshold + (high - threshold) * growing(steps - below)
    levels = torch.cat([under.flip(0), over[1:]])
    if low < 0 < high:
        nearest = int(levels.abs().argmin())
        if levels[nearest] != threshold:
            levels[nearest] = 0.0
    return levels
