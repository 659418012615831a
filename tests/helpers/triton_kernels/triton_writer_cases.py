# mypy: disable-error-code=untyped-decorator
"""Arithmetic recorded as Triton beside Python's integers; `test_triton` runs these, interpreted and on a GPU."""

from itertools import product
from typing import Any

import pytest
import torch
import triton
import triton.language as tl
from looping import each
from operations import OPERATIONS, RANGES, Numbers, Operation, values
from triton_cases import DEVICE

from spikelut.quant.backends.triton.jit import compiled
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.codegen.triton_writer import write

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of NumPy, in which Triton interprets


@triton.jit
def apply_kernel(x: tl.tensor, y: tl.tensor, out: tl.tensor, size: tl.tensor, F: tl.constexpr) -> None:
    place = tl.arange(0, 2048)
    mask = place < size
    tl.store(out + place, F(tl.load(x + place, mask, 1), tl.load(y + place, mask, 1)), mask)


def function(found: Expression, wanted: str) -> Any:
    made = write([(found, wanted)], shape_of="x")
    return compiled(
        "\n".join(["def hook(x, y):", *(f"    {line}" for line in made.lines), f"    return {made.texts[0]}\n"])
    )


def results(made: Any, x: torch.Tensor, y: torch.Tensor, dtype: torch.dtype) -> list[Any]:
    out = torch.zeros(len(x), dtype=dtype, device=DEVICE)
    apply_kernel[(1,)](x.to(DEVICE), y.to(DEVICE), out, len(x), F=made)
    return out.tolist()


@pytest.mark.parametrize("name", OPERATIONS)
@each("place", range(len(RANGES)))
def test_numbers(name: str, place: int) -> None:
    operation: Operation = OPERATIONS[name]
    home = Recording("a test")
    found = operation(ExpressionOps, *(home.input(n, *RANGES[place]) for n in "xy"))
    pairs = list(product(values(*RANGES[place]), repeat=2))
    x, y = torch.tensor(pairs, dtype=torch.int32).T.contiguous()
    got = results(function(found, "tl.int64"), x, y, torch.int64)
    assert got == [int(operation(Numbers, *pair)) for pair in pairs]
    assert len(set(got)) > 1 or name in ("equal", "shift by all bits", "divided by 1024", "several thresholds")


FLOATS: dict[str, Operation] = {
    "rounded": lambda ops, x, y: ops.round(x) + y,
    "quotient": lambda ops, x, y: x / 3 - y / 0.7,
    "floor": lambda ops, x, y: ops.floor(x) * y,
    "limited": lambda ops, x, y: ops.clip(x, -1, 2) + y,
    "chosen": lambda ops, x, y: ops.where(x > y, x, 1.5),
    "turned": lambda ops, x, y: 1 - x * 2.0,
}


@pytest.mark.parametrize("name", FLOATS)
def test_floats(name: str) -> None:
    """As torch has them, rounded after each operation."""

    class Torch:
        round, floor, clip, where = torch.round, torch.floor, torch.clamp, torch.where

    home, operation = Recording("a test"), FLOATS[name]
    found = operation(ExpressionOps, *(home.real_input(n) for n in "xy"))
    random = torch.Generator().manual_seed(0)
    x, y = torch.cat([torch.randn(2, 900, generator=random) * 4, torch.tensor([[0.5, 1.5, -2.5, -0.0]] * 2)], 1)
    got = results(function(found, "tl.float32"), x, y, torch.float32)
    assert got == operation(Torch, x, y).tolist()
    assert len(set(got)) > 400


def test_a_product_with_a_truth_value_is_chosen() -> None:
    """Where it is false nothing is left of an infinity."""
    home = Recording("a test")
    made = function(home.real_input("x") * (home.real_input("y") > 0), "tl.float32")
    infinity = float("inf")
    x, y = torch.tensor([[infinity, -infinity, 3.0, 3.0], [-1.0, 1.0, 0.0, 2.0]])
    assert results(made, x, y, torch.float32) == [0, -infinity, 0, 3]
