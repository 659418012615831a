# mypy: disable-error-code=untyped-decorator
"""Functions that run on the device, of which the generated ones are made."""

import torch
import triton
import triton.language as tl
from triton.language.extra import libdevice

INTERPRETED = tl.constexpr(triton.knobs.runtime.interpret)


@triton.jit
def round_half_even(x: tl.tensor) -> tl.tensor:
    """The nearest whole number, of two the even one; float32."""
    if not INTERPRETED:
        return libdevice.rint(x)
    # Where a unit is the last place, adding and subtracting it rounds as torch.round does.
    up = (x + 8388608.0) - 8388608.0
    down = (x - 8388608.0) + 8388608.0
    return tl.where(tl.abs(x) < 8388608.0, tl.where(x >= 0, up, down), x)


@triton.jit
def floor_divide(a: tl.tensor, b: tl.tensor) -> tl.tensor:
    """The floor of a / b for integers: Triton's `//` goes towards zero."""
    quotient = a // b
    rest = a - quotient * b
    return tl.where((rest != 0) & ((rest < 0) != (b < 0)), quotient - 1, quotient)


@triton.jit
def log1p(x: tl.tensor) -> tl.tensor:
    """The logarithm of 1 + x, exact for small x too; float32."""
    # What 1 + x has lost of x, its logarithm has lost in the same proportion.
    one = 1.0 + x
    kept = one - 1.0
    corrected = tl.log(one) * tl.div_rn(x, tl.where(kept == 0, 1.0, kept))
    return tl.where(kept == x, tl.log(one), tl.where(kept == 0, x, corrected))


@triton.jit
def sigmoid(x: tl.tensor) -> tl.tensor:
    """The logistic function; float32."""
    # Of the negative magnitude alone the exponential is taken, so that it does not overflow.
    small = tl.exp(-tl.abs(x))
    return tl.div_rn(tl.where(x >= 0, 1.0, small), 1.0 + small)


@triton.jit
def look_up(where: tl.tensor, values: tl.tensor) -> tl.tensor:
    """The values at places."""
    return tl.load(values + where.to(tl.int32))


@triton.jit
def _probe_kernel(out: tl.tensor) -> None:
    tl.store(out, 1.0)


def probe() -> None:
    """Run a kernel on the GPU; whatever is missing for that is raised."""
    _probe_kernel[(1,)](torch.zeros(1, device="cuda"))
