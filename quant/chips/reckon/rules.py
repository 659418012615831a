"""The chip's arithmetic, one rule a function: of NumPy and torch integers, and of what is recorded for C and ONNX.

Each works element by element on integers wide enough for its products (64 bits). `ops` is what that arithmetic needs
besides operators. Random numbers come from outside; of rounding that is off the number is `never(frac)`, which no
fraction reaches. ChFrenkel/ReckOn 5e5c0bea src/srnn.v.
"""

from collections.abc import Sequence
from typing import Any

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import round_shift

STATE = NumberFormat(16)
"""Membranes, outputs, errors and learning signals, where they saturate."""
WRAPPING = NumberFormat(16, overflow="wrap")
"""Membranes and outputs, where they wrap: in leaks and resets."""
TRACE = NumberFormat(12, signed=False, overflow="wrap")
"""Eligibility traces of inputs and of recurrent neurons."""
OUTPUT_TRACE = NumberFormat(10, signed=False, overflow="wrap")
"""Eligibility traces of the weights of outputs."""
WEIGHT = NumberFormat(8)
PRODUCT = NumberFormat(32, overflow="wrap")
ALPHA_FRAC, KAPPA_FRAC = 15, 7
"""Fraction bits of the decay factors of neurons and of outputs."""
ONE = 2048
"""The target of the right class, and the top of the hard sigmoid."""
EVENT, OUTPUT_EVENT = 8, 2
"""What an event adds to a trace, before its shift."""
LEAST = -(2**31)


def never(frac: int) -> int:
    """A random number that no fraction of `frac` bits reaches: nothing is rounded up."""
    return 1 << frac


def leak(ops: Any, state: Any, factor: Any, frac: int, random: Any, register: NumberFormat) -> Any:
    """A state times the unsigned `factor` / 2**frac in the wrapping `register`, rounded up by chance.

    The floor gets one more where the `frac` bits below it are at least `random`, unless the floor is zero or the factor
    exactly one.
    """
    product = state * factor
    floor = apply_overflow(ops, product >> frac, register)
    up = ((product & (2**frac - 1)) >= random) & ~(floor == 0) & ~(factor == 2**frac)
    return ops.where(up, apply_overflow(ops, floor + 1, register), floor)


def after_reset(ops: Any, spike: Any, leaked: Any, threshold: Any, to_zero: Any) -> Any:
    """The membrane after the step: where it spiked zero, or the leaked membrane less the threshold, which wraps."""
    reset = ops.where(to_zero, 0, apply_overflow(ops, leaked - threshold, WRAPPING))
    return ops.where(spike, reset, leaked)


def arrive(ops: Any, state: Any, weight: Any) -> Any:
    """A membrane or an output after a weight that was shifted into place; both saturate."""
    return apply_overflow(ops, state + apply_overflow(ops, weight, STATE), STATE)


def arrive_noisy(ops: Any, state: Any, weight: Any, noise: Any) -> Any:
    """The same with noise: whether the sum saturates is decided from the signs of what it is added to.

    So it does where membrane and weights are of one sign and the sum has the other; else it wraps.
    """
    weight = apply_overflow(ops, weight, STATE)
    total = apply_overflow(ops, state + weight + noise, WRAPPING)
    above = (state >= 0) & (weight >= 0) & (total < 0)
    below = (state < 0) & (weight < 0) & (total >= 0)
    return ops.where(above, STATE.max_code, ops.where(below, STATE.min_code, total))


def grow(ops: Any, trace: Any, by: Any, register: NumberFormat) -> Any:
    """A trace after an event: the sum without its carry, or all ones where that came out smaller than before."""
    total = apply_overflow(ops, trace + by, register)
    return ops.where(total < trace, register.max_code, total)


def output_error(ops: Any, potential: Any, target: Any, linear: Any) -> Any:
    """sat16(target - y); y is the output's potential, or its hard sigmoid."""
    # Limited before the shift, as the RTL does.
    low = potential < -ONE
    sigmoid = ops.where(potential > ONE - 1, ONE, ops.where(low, 0, (potential + ONE) >> 1))
    return apply_overflow(ops, target - ops.where(linear, potential, sigmoid), STATE)


def learning_signal(ops: Any, total: Any, scale: Any) -> Any:
    """sat16((total << scale) >> 12), of the sum over outputs of error times weight."""
    return apply_overflow(ops, round_shift(ops, total * 2**scale, 12, "floor"), STATE)


def pseudo_derivative(ops: Any, potential: Any, edges: Sequence[Any], values: Sequence[Any]) -> Any:
    """The value of the first edge that the potential is below, in order; the last value if there is none."""
    found = values[-1]
    for edge, value in zip(reversed(edges), reversed(values[:-1]), strict=True):
        found = ops.where(potential < edge, value, found)
    return found


def excess(ops: Any, trace: Any, allowed: Any) -> Any:
    """How far the shifted trace of a neuron is above what regularisation allows."""
    over = trace - allowed
    return ops.where(over < 0, 0, over)


def share_left(ops: Any, over: Any, shift: Any) -> Any:
    """What multiplicative regularisation leaves of positive products, in sixteenths."""
    sixteenths = over >> shift
    return ops.where(sixteenths > 15, 0, 16 - sixteenths)


def taken_away(ops: Any, over: Any, left: Any, right: Any) -> Any:
    """What additive regularisation takes from products: (over << left) in 32 bits, >> right."""
    return apply_overflow(ops, ((over * 2**left) & (2**32 - 1)) >> right, PRODUCT)


def product(ops: Any, signal: Any, trace: Any, slope: Any, sixteenths: Any, less: Any, frac: Any = 0) -> Any:
    """The product that a weight's update is drawn from: learning signal * trace * slope, regularised.

    Positive ones are left in `sixteenths`, and `less` is taken from all. Where the outcome is not negative and bit 31
    of the sixteenfold is set, it becomes -2**31: the RTL's test for saturation looks at that bit, and the weight goes
    down. Without regularisation (16 and 0) that is bit 27 of a positive product. On the chip slopes have no `frac`
    bits of fraction.
    """
    made = (signal * trace * slope) >> frac
    sixteenfold = made * ops.where(made < 0, 16, sixteenths)
    less_that = apply_overflow(ops, (sixteenfold >> 4) - less, PRODUCT)
    flipped = (less_that >= 0) & (((sixteenfold >> 31) & 1) == 1)
    return ops.where(flipped, LEAST, less_that)


def moves(ops: Any, product: Any, left: Any, right: Any, random: Any, bits: int) -> Any:
    """Whether a weight moves: |product| << left, limited to `bits` bits, then >> right, is at least `random`.

    A product of zero never moves one, and one of -2**(bits-1) always does.
    """
    likely = ops.clip(ops.absolute(product) * 2**left, 0, 2**bits - 1) >> right
    return ~(product == 0) & ((product == -(2 ** (bits - 1))) | (likely >= random))


def moved(ops: Any, weight: Any, product: Any, move: Any) -> Any:
    """The 8-bit weight after a step of one in the direction of the product, where it moves; it saturates."""
    step = ops.where(move, ops.where(product < 0, -1, 1), 0)
    return apply_overflow(ops, weight + step, WEIGHT)
