"""Arithmetic recorded as C is that of Python's integers, in 32 bits and in 64, at the ends of the ranges."""

import ctypes
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from c_networks import SANITIZERS, compiled, said
from looping import each

from spikelut.hw_profiles import NumberFormat, Overflow, Rounding
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import multiply_shift, round_shift
from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, ExpressionOps, Recording


class Numbers:
    """The same operations on Python's integers, which have no width."""

    @staticmethod
    def where(condition: int, a: int, b: int) -> int:
        return a if condition else b

    @staticmethod
    def clip(x: int, low: int, high: int) -> int:
        return min(max(x, low), high)

    @staticmethod
    def divide(x: int, by: int) -> int:
        return x // by


Operation = Callable[[Any, Any, Any], Any]
MODES: list[Rounding] = [mode for mode in get_args(Rounding) if mode != "stochastic"]
OVERFLOWS: tuple[Overflow, ...] = get_args(Overflow)
FORMATS = [
    NumberFormat(bits, 0, signed, overflow=overflow)
    for bits, signed, overflow in product((8, 16, 24), (True, False), OVERFLOWS)
]


def with_mode(function: Any, *numbers: int) -> dict[str, Operation]:
    """A rounding function with `numbers`, in each mode."""

    def operation(mode: Rounding) -> Operation:
        return lambda ops, x, y: function(ops, x, *numbers, mode)

    return {f"{function.__name__} {mode}": operation(mode) for mode in MODES}


def brought_into(fmt: NumberFormat) -> Operation:
    return lambda ops, x, y: apply_overflow(ops, x + y, fmt)


OPERATIONS: dict[str, Operation] = {
    "sum": lambda ops, x, y: x + y,
    "difference": lambda ops, x, y: x - y,
    "product": lambda ops, x, y: x * y,
    "product, shifted": lambda ops, x, y: (x * y) >> 15,
    "number less": lambda ops, x, y: 100 - x,
    "there and back": lambda ops, x, y: (x + 5 - 5) * 3 + 7 - 8,
    "shift": lambda ops, x, y: x >> 3,
    "shift by all bits": lambda ops, x, y: x >> 40,
    "left": lambda ops, x, y: x << 4,
    "low bits": lambda ops, x, y: x & 255,
    "all low bits": lambda ops, x, y: x & (2**32 - 1),
    "low bits of few": lambda ops, x, y: (ops.clip(x, -3, 3) & 7) + y,
    "divided by 7": lambda ops, x, y: ops.divide(x, 7),
    "divided by 1024": lambda ops, x, y: ops.divide(x, 1024),
    "clipped": lambda ops, x, y: ops.clip(x, -5, 100),
    "clipped sum": lambda ops, x, y: ops.clip(x + y, -(2**31), 2**31 - 1),
    "clipped to one": lambda ops, x, y: ops.clip(x, 3, 3) + y,
    "larger": lambda ops, x, y: ops.where(x > y, x, y),
    "larger or a number": lambda ops, x, y: ops.where(x >= 2**31 - 1, -(2**31), ops.where(x < y, 0, y)),
    "equal": lambda ops, x, y: ops.where((x == y) | (x > 3), 1, 0),
    "both": lambda ops, x, y: ops.where((x > 0) & (y > 0), x, -7),
    "wide choice": lambda ops, x, y: ops.where(x > 0, x * y, y),
    "several thresholds": lambda ops, x, y: ops.clip(ops.divide(x - 1, 1000), 0, 31) * 1000,
    **with_mode(round_shift, 4),
    **with_mode(multiply_shift, 29491, 15),
    **{f"{fmt.overflow} {fmt.short_name}": brought_into(fmt) for fmt in FORMATS},
    "wrap 32": brought_into(NumberFormat(32, overflow="wrap")),
}
RANGES = [(-128, 127), (0, 255), (-32768, 32767), (-(2**24), 2**24 - 1), (-(2**31), 2**31 - 1)]


def values(low: int, high: int) -> list[int]:
    """Numbers of a range, its ends and those around zero and thresholds among them."""
    near = [low, low + 1, high - 1, high, -1001, -1000, -17, -9, -8, -7, -2, -1, 0, 1, 2, 3, 7, 8, 9, 99, 1000, 1001]
    spread = [low + (high - low) * i // 11 for i in range(12)]
    return sorted({n for n in near + spread if low <= n <= high})


def function(name: str, operation: Operation, low: int, high: int) -> tuple[str, Expression]:
    """An operation as a C function of two numbers in a range."""
    home = Recording("to_c")
    found = operation(ExpressionOps, home.input("x", low, high), home.input("y", low, high))
    made = write(home, [found])
    body, (text,) = "".join(f"    {line}\n" for line in [*made.shared, *made.lines]), made.texts
    unused = "".join(f"    (void){n};\n" for n in "xy" if not re.search(rf"= {n};", body))
    return f"int64_t {name}(int32_t x, int32_t y)\n{{\n{unused}{body}    return {text};\n}}\n", found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[tuple[str, int], Expression]]:
    """All operations on all ranges in one library."""
    folder, sources, terms = tmp_path_factory.mktemp("c"), ["#include <stdint.h>\n"], {}
    for (i, (name, operation)), (j, (low, high)) in product(enumerate(OPERATIONS.items()), enumerate(RANGES)):
        source, terms[name, j] = function(f"f{i}_{j}", operation, low, high)
        sources += [source.partition("\n")[0] + ";\n", source]
    (folder / "terms.c").write_text("".join(sources))
    library = ctypes.CDLL(str(compiled([folder / "terms.c"], folder / "terms.so", "-O1", "-shared", "-fPIC")))
    return library, terms


@pytest.mark.parametrize("name", OPERATIONS)
@each("place", range(len(RANGES)))
def test_numbers(name: str, place: int, made: tuple[Any, dict[tuple[str, int], Expression]]) -> None:
    library, terms = made
    called = getattr(library, f"f{list(OPERATIONS).index(name)}_{place}")
    called.restype, called.argtypes = ctypes.c_int64, (ctypes.c_int32, ctypes.c_int32)
    term, seen = terms[name, place], set()
    for x, y in product(values(*RANGES[place]), repeat=2):
        wanted = int(OPERATIONS[name](Numbers, x, y))
        assert called(x, y) == wanted, (x, y)
        assert term.low <= wanted <= term.high, (x, y)
        seen.add(wanted)
    assert len(seen) > 1 or name in ("equal", "shift by all bits", "divided by 1024", "several thresholds")


def test_64_bits_only_where_32_do_not_suffice() -> None:
    def types(operation: Operation, low: int, high: int) -> set[str]:
        return set(re.findall(r"int\d\d_t", function("f", operation, low, high)[0].partition("\n")[2]))

    assert types(lambda ops, x, y: x + y, -(2**30), 2**30 - 1) == {"int32_t"}
    assert types(lambda ops, x, y: x + y, -(2**30), 2**30) == {"int32_t", "int64_t"}
    assert types(OPERATIONS["multiply_shift half_even"], -(2**24), 2**24) == {"int32_t"}


def test_what_is_not_known_to_be_right_is_refused() -> None:
    home = Recording("to_c")
    x, wide = home.input("x", -10, 10), home.input("y", -(2**40), 2**40)
    cases: list[Callable[[], Expression]] = [
        lambda: x & 6,
        lambda: x & x,
        lambda: x | x,
        lambda: ~x,
        lambda: ExpressionOps.divide(x, 0),
        lambda: wide * wide,
    ]
    for refused in cases:
        with pytest.raises(ValueError, match=r"^to_c: "):
            refused()


def test_nothing_is_undefined(tmp_path: Path) -> None:
    sources, calls = ["#include <stdint.h>\n#include <stdio.h>\n"], []
    for (i, (_, operation)), (j, (low, high)) in product(enumerate(OPERATIONS.items()), enumerate(RANGES)):
        sources += ["static ", function(f"f{i}_{j}", operation, low, high)[0]]
        for x, y in product((low, high, -1 if low < 0 else 1), repeat=2):
            calls.append(f"    sum += f{i}_{j}((int32_t){x}, (int32_t){y}) & 15;\n")
    body = "".join(calls)
    main = f'int main(void)\n{{\n    int64_t sum = 0;\n{body}    return printf("%d\\n", sum > 0) < 0;\n}}\n'
    (tmp_path / "main.c").write_text("".join([*sources, main]))
    code, text = said(compiled([tmp_path / "main.c"], tmp_path / "main", "-O0", *SANITIZERS))
    assert (code, text) == (0, "1\n")
