"""ReckOn's rules as C functions; `native/src/reckon.c` runs them over its neurons and weights."""

from collections.abc import Callable, Iterator
from typing import Any

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.chips.reckon import rules
from spikelut.quant.chips.reckon.chip import CURVE_FRAC
from spikelut.quant.codegen.c_writer import c_type, write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps as Ops

_U16 = (-(2**15), 2**15 - 1)
_TRACE = (0, rules.TRACE.max_code)
_BYTE = (-128, 127)
_SHIFT = (0, 31)
_ALPHA = (28672, 36863)
_TRUTH = "truth"
_WEIGHT_SUM = (-2 * 128 << 7, 2 * 127 << 7)
_PRODUCT = (rules.LEAST, 2**31 - 1)

Range = tuple[int, int] | str


def functions() -> Iterator[str]:
    """The functions, each in one text."""
    for name, (arguments, rule) in _FUNCTIONS.items():
        yield _function(f"reckon_{name}", arguments, rule)


def _leak(frac: int, factor: Range, state: Range, register: NumberFormat) -> tuple[dict[str, Range], Any]:
    arguments = {"state": state, "factor": factor, "random": (0, rules.never(frac))}
    return arguments, lambda state, factor, random: rules.leak(Ops, state, factor, frac, random, register)


def _moves(bits: int) -> tuple[dict[str, Range], Any]:
    products = _PRODUCT if bits == 32 else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    arguments: dict[str, Range] = {"product": products, "left": _SHIFT, "right": _SHIFT, "random": (0, 2**bits - 1)}
    return arguments, lambda product, left, right, random: rules.moves(Ops, product, left, right, random, bits)


def _slope(potential: Any, e0: Any, e1: Any, e2: Any, e3: Any, h0: Any, h1: Any, h2: Any, h3: Any, h4: Any) -> Any:
    return rules.pseudo_derivative(Ops, potential, (e0, e1, e2, e3), (h0, h1, h2, h3, h4))


_FUNCTIONS: dict[str, tuple[dict[str, Range], Callable[..., Expression]]] = {
    "leak": _leak(rules.ALPHA_FRAC, _ALPHA, _U16, rules.WRAPPING),
    "leak_trace": _leak(rules.ALPHA_FRAC, _ALPHA, _TRACE, rules.TRACE),
    "leak_output": _leak(rules.KAPPA_FRAC, (0, 255), _U16, rules.WRAPPING),
    "leak_output_trace": _leak(rules.KAPPA_FRAC, (0, 255), (0, rules.OUTPUT_TRACE.max_code), rules.OUTPUT_TRACE),
    "after_reset": (
        {"spike": _TRUTH, "leaked": _U16, "threshold": _U16, "to_zero": _TRUTH},
        lambda *a: rules.after_reset(Ops, *a),
    ),
    "arrive": ({"state": _U16, "weight": _WEIGHT_SUM}, lambda *a: rules.arrive(Ops, *a)),
    "arrive_noisy": ({"state": _U16, "weight": _WEIGHT_SUM, "noise": _U16}, lambda *a: rules.arrive_noisy(Ops, *a)),
    "grow": ({"trace": _TRACE, "by": (0, 8 << 7)}, lambda trace, by: rules.grow(Ops, trace, by, rules.TRACE)),
    "grow_output": (
        {"trace": (0, rules.OUTPUT_TRACE.max_code), "by": (0, 2 << 7)},
        lambda trace, by: rules.grow(Ops, trace, by, rules.OUTPUT_TRACE),
    ),
    "output_error": ({"potential": _U16, "target": _U16, "linear": _TRUTH}, lambda *a: rules.output_error(Ops, *a)),
    "learning_signal": (
        {"total": (-(2**27), 2**27), "scale": (0, 15)},
        lambda *a: rules.learning_signal(Ops, *a),
    ),
    "slope": (
        {
            "potential": _U16,
            **dict.fromkeys(["e0", "e1", "e2", "e3"], _U16),
            **dict.fromkeys([f"h{k}" for k in range(5)], (-16, 15)),
        },
        _slope,
    ),
    "excess": ({"trace": _TRACE, "allowed": _TRACE}, lambda *a: rules.excess(Ops, *a)),
    "share_left": ({"over": _TRACE, "shift": _SHIFT}, lambda *a: rules.share_left(Ops, *a)),
    "taken_away": ({"over": _TRACE, "left": _SHIFT, "right": _SHIFT}, lambda *a: rules.taken_away(Ops, *a)),
    "product": (
        {"signal": _U16, "trace": _TRACE, "slope": (-16, 15), "sixteenths": (0, 16), "less": _PRODUCT},
        lambda *a: rules.product(Ops, *a),
    ),
    "product_of_curve": (
        {
            "signal": _U16,
            "trace": _TRACE,
            "slope": (-16 << CURVE_FRAC, (16 << CURVE_FRAC) - 1),
            "sixteenths": (0, 16),
            "less": _PRODUCT,
            "frac": (0, CURVE_FRAC),
        },
        lambda *a: rules.product(Ops, *a),
    ),
    "moves": _moves(32),
    "output_moves": _moves(28),
    "moved": ({"weight": _BYTE, "product": _PRODUCT, "move": _TRUTH}, lambda *a: rules.moved(Ops, *a)),
}


def _function(name: str, arguments: dict[str, Range], rule: Callable[..., Expression]) -> str:
    home = Recording("kernels")
    inputs = [
        home.input(argument, 0, 1, kind="truth") if isinstance(ends, str) else home.input(argument, *ends)
        for argument, ends in arguments.items()
    ]
    result = rule(*inputs)
    made = write(home, [result])
    parameters = ", ".join(f"{c_type(x)} {x.name}" for x in inputs)
    lines = [
        f"INLINE {c_type(result)} {name}({parameters})",
        "{",
        *(f"    {line}" for line in (*made.shared, *made.lines)),
        f"    return {made.texts[0]};",
        "}",
    ]
    return "\n".join(lines) + "\n"
