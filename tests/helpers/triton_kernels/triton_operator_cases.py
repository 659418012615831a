# mypy: disable-error-code=untyped-decorator
"""Functions of torch as Triton functions; `test_triton` runs these, in Triton's interpreter and on a GPU."""

from collections.abc import Callable

import pytest
import torch
import triton
import triton.language as tl
from torch import Tensor
from triton_cases import DEVICE

from spikelut.quant.backends.triton.slopes import Untranslatable, jit_function

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy, in which Triton interprets, at infinities


@triton.jit
def apply_kernel(x: tl.tensor, out: tl.tensor, size: tl.tensor, F: tl.constexpr, BLOCK: tl.constexpr) -> None:
    place = tl.arange(0, BLOCK)
    mask = place < size
    tl.store(out + place, F(tl.load(x + place, mask, 0)), mask)


def agrees(function: Callable[[Tensor], Tensor], x: Tensor) -> None:
    expected = function(x)
    out = torch.empty_like(expected, device=DEVICE)
    apply_kernel[(1,)](x.to(DEVICE), out, len(x), F=jit_function(function, {"x": x.dtype}), BLOCK=2048)
    tolerance = 1e-6 if out.is_floating_point() else 0
    torch.testing.assert_close(out.cpu(), expected, rtol=tolerance, atol=tolerance, equal_nan=True)


SPECIAL = [0.0, -0.0, 0.5, -0.5, 1.5, -2.5, 1e-9, -1e-9, 3e-5, 1e9, -1e9, 88.0, -200.0, 2**22 + 0.5, -(2**23) - 1.0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.round(),
        lambda x: torch.log1p(x.abs()),
        lambda x: torch.log1p(x.abs()) / x.abs().clamp(min=1e-12),  # a small error in proportion, not only a small one
        lambda x: torch.sigmoid(x),
        lambda x: torch.tanh(x),
        lambda x: torch.floor(x / 3) + torch.ceil(x * 0.25),
        lambda x: x.sign() + (x != 0).float() * (x >= 1),
        lambda x: x.clamp(-1.5, 2) + x.clamp_min(0) - x.clamp_max(0) + x.relu(),
        lambda x: torch.maximum(x, -x) - torch.minimum(x, 2 * x) + torch.full_like(x, 2.0) + torch.ones_like(x),
        lambda x: (x / 1e-3).nan_to_num(nan=-7.0).clamp(-9, 9).to(torch.int64),
        lambda x: 1 / (1 + x.abs()) + (1 - x).abs().sqrt(),
        lambda x: torch.erf(x) + torch.cos(x.clamp(-3, 3)) + torch.sin(x.clamp(-3, 3)) + torch.log(x.abs() + 1),
        lambda x: torch.where(x > 0, 1, 2),
        lambda x: torch.logical_not((x > 0) | ((x < -1) ^ (x == 0.5))),
        lambda x: (x.double() * 0.1).float(),
        lambda x: torch.bucketize(x, torch.tensor([-1.0, 0.0, 1.0]), right=True),
    ],
)
def test_operators_on_floats(function: Callable[[Tensor], Tensor]) -> None:
    x = torch.cat([torch.tensor(SPECIAL), torch.randn(1000, generator=torch.Generator().manual_seed(0)) * 4])
    agrees(function, torch.cat([x, torch.tensor([float("nan"), float("inf"), -float("inf")])]))


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: x // 7 + torch.div(x, -3, rounding_mode="floor") + x % 5 + torch.remainder(x, -4),
        lambda x: (x >> 3) + ((x & 1023) << 2) - (x ^ 5) + (~x | 1),
        lambda x: torch.where(x < 0, 5, x).clamp(max=99) * 3 + (3 - x),
        lambda x: (x > 2.5).to(torch.uint8) + (x == 0).to(torch.uint8),
        lambda x: x / 3,
    ],
)
def test_operators_on_integers(function: Callable[[Tensor], Tensor], dtype: torch.dtype) -> None:
    agrees(function, torch.arange(-1000, 1000, dtype=dtype))


def test_what_has_no_translation_is_named() -> None:
    with pytest.raises(Untranslatable, match=r"aten\.i0\.default of torch\.float32 has no translation to Triton"):
        jit_function(torch.special.i0, {"x": torch.float32})
    with pytest.raises(Untranslatable, match="of powers only the square"):
        jit_function(lambda x: x**3, {"x": torch.float32})
    with pytest.raises(Untranslatable, match=r"aten\.remainder"):
        jit_function(lambda x: x % 3, {"x": torch.float32})
    with pytest.raises(Untranslatable, match="rounding_mode=trunc"):
        jit_function(lambda x: torch.div(x, 3, rounding_mode="trunc"), {"x": torch.int32})
