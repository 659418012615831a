"""The curves that have a kernel."""

from enum import IntEnum


class CurveKind(IntEnum):
    """The kinds of `curve.c`, in its order; a, b, c, d, e are the constants of a `Curve`."""

    LOGISTIC = 0
    """a * s * (1 - s) with s = sigmoid(b * x)"""
    TRIANGLE = 1
    """a * max(0, 1 - |b * x|)"""
    EXPONENTIAL = 2
    """a * exp(-b * |x|)"""
    HYPERBOLA2 = 3
    """a / (1 + b * |x|)**2"""
    CAUCHY = 4
    """a / (1 + (b * x)**2)"""
    HYPERBOLA = 5
    """1 / (a + |x|)"""
    NORMAL = 6
    """a * exp(-b * (c * x)**2)"""
    BOX = 7
    """b for |x| <= a, else c"""
    S2NN = 8
    """a * s * (1 - s) with s = sigmoid(a * x) below 0, else b / (x + 1 + c)"""
    POWER = 9
    """(1 + b * |x|)**-a"""
    STEP = 10
    """a below 0, else b"""
    TAIL = 11
    """a up to 0, 1 up to 1, then 1 / x"""
    RAMP = 12
    """a * max(0, b - |x|)"""
    LOBES = 13
    """a * exp(-(c*x)**2 / 2) - b * (exp(-(d*(x-e))**2 / 2) + exp(-(d*(x+e))**2 / 2))"""
