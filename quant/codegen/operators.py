"""The operators that are recorded, the kinds of values, and how far these reach."""

from typing import Literal

Kind = Literal["int", "truth", "float32", "float64", "scalar"]


"""`truth`: 0 or 1. `scalar`: a real number that takes the type of the float it meets, as Python's do with arrays."""


OPS = {
    "input": "a value from outside, called `name`",
    "constant": "the number `low`",
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a * b",
    "divide": "a / b, of floats",
    "quotient": "the floor of a / b, of integers, b > 0",
    "shift": "the floor of a / 2**b, of integers, b >= 0",
    "low_bits": "a & b, of integers, b = 2**n - 1",
    "power": "2**a, of integers, a >= 0",
    "maximum": "a > b ? a : b",
    "minimum": "a < b ? a : b",
    "less": "a < b",
    "less_equal": "a <= b",
    "equal": "a == b",
    "and": "a & b, of truth values",
    "or": "a | b, of truth values",
    "not": "!a, of a truth value",
    "select": "a ? b : c",
    "spike": "a >= 0, of a membrane above its threshold, for languages with an operator of its own for that",
    "number": "a truth value as an integer",
    "round": "a float to the nearest whole one, half to even",
    "floor": "the largest whole float that is not above a float",
    "whole": "a whole float as an integer",
    "real": "an integer, or another float, as a float of the kind",
}


"""What an `Expression.op` means for its arguments a, b, c."""


INT32 = (-(2**31), 2**31 - 1)


INT64 = (-(2**63), 2**63 - 1)


UNBOUNDED = (-(2**1024), 2**1024)


"""The range of a float of which nothing is known."""


FLOAT32_BITS = 24


"""Bits of a whole number that a float32 holds."""


def fits32(low: int, high: int) -> bool:
    """Whether integers of a range fit 32 bits."""
    return INT32[0] <= low and high <= INT32[1]
