"""Arithmetic recorded as C is that of Python's integers, in 32 bits and in 64, at the ends of the ranges."""

import ctypes
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from c_networks import SANITIZERS, compiled, said
from looping import each
from operations import OPERATIONS, RANGES, Numbers, Operation, values

from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps


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


def test_limits_of_floats_that_compilers_do_not_see() -> None:
    home = Recording("to_c")
    x = home.real_input("x")
    cut = ExpressionOps.clip(x, -128, 127)
    plain, unseen = (write(home, [cut + 127.0], unseen_limits=hidden) for hidden in (False, True))
    assert plain.shared == []
    assert "127.0f" in plain.lines[-1]
    assert unseen.shared == ["const float limit0 = unseen32((-128.0f));", "const float limit1 = unseen32(127.0f);"]
    assert [line.replace("limit0", "(-128.0f)").replace("limit1", "127.0f") for line in unseen.lines] == plain.lines


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
