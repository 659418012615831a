"""What is recorded computes what was run, for every value; and with few operators."""

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest

from spikelut.hw_profiles import Rounding
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.arithmetic.rounding import multiply_shift, round_shift
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.codegen.operators import OPS

MODES: list[Rounding] = [mode for mode in get_args(Rounding) if mode != "stochastic"]
TWELVE = np.arange(-(2**11), 2**11)
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "quotient": lambda a, b: a // b,
    "shift": lambda a, b: a >> b,
    "low_bits": lambda a, b: a & b,
    "power": lambda a: 2**a,
    "maximum": lambda a, b: np.where(a > b, a, b),
    "minimum": lambda a, b: np.where(a < b, a, b),
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "equal": lambda a, b: a == b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "not": lambda a: ~a,
    "select": np.where,
    "spike": lambda a: a >= 0,
    "number": lambda a: a.astype(np.int64),
    "round": np.rint,
    "floor": np.floor,
    "whole": lambda a: a.astype(np.int64),
}
product: Any = multiply_shift  # its factor may be an array, or what is known later
TYPES = {"int": np.int64, "truth": np.bool_, "float32": np.float32, "float64": np.float64, "scalar": np.float64}


def evaluated(result: Expression, **inputs: Any) -> Any:
    """The value of what was recorded, by NumPy."""
    value: dict[int, Any] = {}
    for part in result.home.needed(result):
        args = [value[arg.index] for arg in part.args]
        if part.op == "input":
            value[part.index] = inputs[part.name]
        elif part.op == "constant":
            value[part.index] = TYPES[part.kind](part.low)
        elif part.op == "real":
            value[part.index] = np.asarray(args[0]).astype(TYPES[part.kind])
        else:
            value[part.index] = FUNCTIONS[part.op](*args)
        if part.kind in ("int", "truth"):
            assert np.all((part.low <= value[part.index]) & (value[part.index] <= part.high)), part
    return value[result.index]


def test_every_operator_is_known() -> None:
    assert set(OPS) == {*FUNCTIONS, "input", "constant", "real"}


@pytest.mark.parametrize("mode", MODES)
def test_roundings_of_every_number(mode: Rounding) -> None:
    for shift in range(1, 14):
        home = Recording()
        x, given = home.input("x", -(2**11), 2**11 - 1), home.input("shift", 1, 13)
        wanted = round_shift(NumpyOps, TWELVE, shift, mode)
        found = evaluated(round_shift(ExpressionOps, x, shift, mode), x=TWELVE)
        assert np.array_equal(np.broadcast_to(found, wanted.shape), wanted)  # of large shifts a number is left
        later = round_shift(ExpressionOps, x, given, mode)
        assert np.array_equal(evaluated(later, x=TWELVE, shift=np.int64(shift)), wanted)
        assert np.count_nonzero(wanted) > 0.2 * len(wanted) or shift > 10


@pytest.mark.parametrize("mode", MODES)
def test_products_of_every_number(mode: Rounding) -> None:
    """Small ones are made at once, larger ones in two halves, and where runtimes are less exact, all."""
    factors = np.array([0, 1, 2047, 2048, 3686, 4095, 4096])[:, None]
    for low, exact in ((-(2**11), None), (-(2**23), None), (-(2**11), 2**12)):
        codes = np.unique(np.linspace(low, -low - 1, 4099).astype(np.int64))
        home = Recording(exact=exact)
        found = product(ExpressionOps, home.input("x", low, -low - 1), home.input("f", 0, 4096, shared=True), 12, mode)
        wanted = product(NumpyOps, codes, factors, 12, mode)
        assert np.array_equal(evaluated(found, x=codes, f=factors), wanted)
        assert np.count_nonzero(wanted) > 0.5 * wanted.size


@pytest.mark.parametrize(("mode", "operators"), list(zip(MODES, (2, 5, 3, 5, 7, 9), strict=True)))
def test_a_rounded_product_takes_few_operators(mode: Rounding, operators: int) -> None:
    home = Recording()
    found = product(ExpressionOps, home.input("x", -(2**15), 2**15 - 1), home.input("f", 0, 2**15), 15, mode)
    parts = [part for part in home.needed(found) if part.op not in ("input", "constant", "number")]
    assert len(parts) == operators


def test_a_current_is_limited_once() -> None:
    """In floats, and compared there: what is limited twice, to the second limits, is limited to these."""
    home = Recording()
    codes = ExpressionOps.whole(ExpressionOps.clip(ExpressionOps.round(home.real_input("x")), -(2**30), 2**30))
    cut = ExpressionOps.clip(codes, -(2**15), 2**15 - 1)
    passes = cut == codes
    x = np.array([-2e9, -32769, -32768.5, -32768, -0.5, 0.5, 1.5, 32767, 32767.5, 32768, 2e9, np.nan], np.float32)
    limited = np.where(np.isnan(x), -(2**15), np.clip(np.rint(x), -(2**15), 2**15 - 1))
    assert np.array_equal(evaluated(cut, x=x), limited)
    assert np.array_equal(evaluated(passes, x=x), np.rint(x) == limited)
    assert [part.op for part in home.needed(cut, passes) if part.args] == [
        "round",
        "maximum",
        "minimum",
        "whole",
        "equal",
    ]


def test_limits_that_are_shared_are_no_cut() -> None:
    home = Recording()
    codes = ExpressionOps.whole(ExpressionOps.clip(ExpressionOps.round(home.real_input("x")), -100, 100))
    for low, high in ((-100, 50), (-50, 100)):
        cut = ExpressionOps.clip(codes, low, high)
        x = np.array([-2e9, -101, -100, -60, 0, 60, 100, 101, 2e9], np.float32)
        wanted = np.clip(np.clip(x, -100, 100), low, high) == np.clip(x, -100, 100)
        assert np.array_equal(evaluated(cut == codes, x=x), wanted)


def test_of_32_bits_a_current_is_limited_in_float64() -> None:
    home = Recording()
    codes = ExpressionOps.whole(ExpressionOps.clip(ExpressionOps.round(home.real_input("x")), -(2**40), 2**40))
    cut = ExpressionOps.clip(codes, -(2**31), 2**31 - 1)
    assert not cut.wide
    x = np.array([-1e12, -(2.0**31), -5.0, 2.0**31 - 128, 2.0**31, 1e12], np.float32)
    assert evaluated(cut, x=x).tolist() == [-(2**31), -(2**31), -5, 2**31 - 128, 2**31 - 1, 2**31 - 1]


def test_what_branches_on_a_value_is_refused() -> None:
    x = Recording("mine").input("x", 0, 9)
    with pytest.raises(ValueError, match=r"^mine: a branch must be on what all inputs have in common, got"):
        bool(x > 3)
    assert bool(x < 10)
