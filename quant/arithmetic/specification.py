"""What rounding and registers mean, for one number: the specification that the arithmetic of arrays is compared with.

Plain integers and exact fractions, as a datasheet says it; nothing of the library computes with this. In words:

| mode | a number between two integers becomes | for example |
|---|---|---|
| `floor` | the one below: an arithmetic shift right drops bits | ReckOn's leak, Xylo's `v >> dash` |
| `trunc0` | the one nearer to zero: the magnitude is cut | Loihi's decay, a C cast to int |
| `half_up` | the nearest; halfway the one above | SpiNNaker's MULT_ROUND_NEAREST_ACCUM |
| `half_away` | the nearest; halfway the one away from zero | C's `round`, TFLite |
| `half_even` | the nearest; halfway the even one | IEEE 754, NumPy, torch |
| `dpu` | the nearest; halfway the even one above zero, the one above below zero | Vitis AI DPU |
"""

import math
from fractions import Fraction

from spikelut.hw_profiles import NumberFormat, Rounding

HALF = Fraction(1, 2)


def rounded(x: Fraction | int, mode: Rounding) -> int:
    """The integer that the exact number `x` becomes; ValueError for `stochastic`, which is no function of `x`."""
    below, above = math.floor(x), math.ceil(x)
    rest = x - below
    halfway = rest == HALF
    nearest = below if rest < HALF else above
    even = below if below % 2 == 0 else above
    match mode:
        case "floor":
            return below
        case "trunc0":
            return below if x > 0 else above
        case "half_up":
            return above if halfway else nearest
        case "half_away":
            return (above if x > 0 else below) if halfway else nearest
        case "half_even":
            return even if halfway else nearest
        case "dpu":
            return (even if x > 0 else above) if halfway else nearest
        case "stochastic":
            raise ValueError("rounded: mode 'stochastic' needs random numbers")


def in_register(code: int, register: NumberFormat) -> int:
    """What a register holds after `code` was written to it.

    One that saturates holds its smallest or largest code instead of what lies beyond; one that wraps drops the bits
    above its own, so that the code after its largest is its smallest.
    """
    smallest, largest = register.min_code, register.max_code
    if register.overflow == "saturate":
        if code < smallest:
            return smallest
        if code > largest:
            return largest
        return code
    number_of_codes = largest - smallest + 1
    return smallest + (code - smallest) % number_of_codes


def passes(code: int, register: NumberFormat) -> bool:
    """Whether a gradient passes where `code` was written: not where it was cut; a wrap is taken for the identity."""
    return register.overflow == "wrap" or in_register(code, register) == code
