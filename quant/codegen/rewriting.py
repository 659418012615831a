"""What is recognised in recorded arithmetic, and written with fewer operators: the same for all values.

The functions look at an `Expression` and at what it is made of, and make others by its operators.
"""

from typing import Any

INT64 = (-(2**63), 2**63 - 1)


def limits(x: Any) -> tuple[Any, Any, Any] | None:
    """What a clip between two numbers clips, and these; None of anything else."""
    if x.op != "minimum" or x.args[0].op != "maximum" or not (x.args[1].is_constant and x.args[0].args[1].is_constant):
        return None
    return x.args[0].args[0], x.args[0].args[1].low, x.args[1].low


def outer(x: Any, clipped: Any) -> Any:
    """What can be compared with `clipped` in place of `x`: of a clip that `clipped` lies within, what it clips."""
    wide, narrow = limits(x), limits(clipped)
    if wide is None or narrow is None or wide[0] is not before_real(narrow[0]):
        return x
    return wide[0] if wide[1] < narrow[1] and narrow[2] < wide[2] else x


def before_real(x: Any) -> Any:
    return x.args[0] if x.op == "real" else x


def is_whole(x: Any) -> bool:
    """Whether all values are whole numbers that fit 64 bits."""
    if x.low < INT64[0] or x.high > INT64[1]:
        return False
    while x.op in ("maximum", "minimum", "real"):
        x = x.args[0]
    return bool(x.op == "round")


def whole_product(a: Any, b: Any) -> Any:
    """`(x * f) >> s` of `(x >> s) * f + ((x & m) * f >> s)` with m = 2**s - 1, where the product is small enough."""
    for upper, lower in ((a, b), (b, a)):
        if upper.op == "multiply" and lower.op == "shift" and lower.args[0].op == "multiply":
            (high, factor), (low, same) = upper.args, lower.args[0].args
            shifted = high.op == "shift" and low.op == "low_bits" and high.args[0] is low.args[0] and factor is same
            if shifted and high.args[1] is lower.args[1] and low.args[1].low == (1 << high.args[1].low) - 1:
                product = high.args[0] * factor
                if a.home.holds(product):
                    return product >> high.args[1].low
    return None


def without_low_bits(x: Any, mask: int) -> Any:
    """`x * f` of `(x & mask) * f`, the low bits of which are the same, where it is small enough."""
    if x.op == "multiply" and x.args[0].op == "low_bits" and x.args[0].args[1].low == mask:
        product = x.args[0].args[0] * x.args[1]
        return product if x.home.holds(product) else x
    return x


def rounded(floor: Any, carry: Any) -> Any:
    """`floor + carry` of a rounding to a multiple of 2**s, with what is added before the shift: None of anything else.

    With half = 2**(s - 1) and rest = p & (2**s - 1), whatever q and n are:

        (p >> s) + (rest > half | rest == half & q) == (p + half - 1 + q) >> s
        (p >> s) + (n & rest > 0) == (p + (2**s - 1 where n)) >> s
    """
    beside, shifted = _with_shift(floor)
    if shifted is None or floor.home.exact is not None:
        return None
    p, s = shifted.args
    ones, half = 2**s - 1, 2 ** (s - 1)
    rest = p & ones
    added = _of_nearest(carry, rest, half)
    if added is None:
        added = _of_truncation(carry, rest, ones)
    if added is None or (p + added).wide > p.wide:
        return None
    return beside + ((p + added) >> s)


def _with_shift(floor: Any) -> tuple[Any, Any]:
    """The two parts of a sum of which one is a shift, or 0 and the shift that it is itself."""
    if floor.op == "shift":
        return 0, floor
    if floor.op == "add":
        for beside, shifted in (floor.args, floor.args[::-1]):
            if shifted.op == "shift":
                return beside, shifted
    return 0, None


def _of_nearest(carry: Any, rest: Any, half: Any) -> Any:
    """What is added for `rest > half | rest == half & q`; q may be left out."""
    if carry.op != "or":
        return None
    tie = rest == half
    for above, rests in (carry.args, carry.args[::-1]):
        if above is (rest > half):
            if rests is tie:
                return half
            if rests.op == "and" and any(part is tie for part in rests.args):
                q = next(part for part in rests.args if part is not tie)
                return half - 1 + q
    return None


def _of_truncation(carry: Any, rest: Any, ones: Any) -> Any:
    """What is added for `n & rest > 0`."""
    nonzero = rest > 0
    if carry.op != "and" or not any(part is nonzero for part in carry.args):
        return None
    n = next(part for part in carry.args if part is not nonzero)
    return n.home.made("select", (n, ones, n.home.constant(0)), "int", 0, ones.high)
