"""Second statements of the library's definitions, to compare with: curves in 30 digits.

Nothing here imports `spikelut`. A curve is transcribed from its formula as published, not from the code under test.
"""

from collections.abc import Callable
from typing import Any

import mpmath

DIGITS = 30

Formula = Callable[..., Any]


def _sigma(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def _normal(x: Any, mean: Any, sigma: Any) -> Any:
    return mpmath.exp(-((x - mean) ** 2) / (2 * sigma**2)) / (sigma * mpmath.sqrt(2 * mpmath.pi))


def _phi(x: Any) -> Any:
    return (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2


def _triangle_below(x: Any, alpha: Any, width: Any) -> Any:
    """The area of the triangle alpha * (width - |x|) between 0 and x, with the sign of x."""
    u = min(abs(x), width)
    return mpmath.sign(x) * alpha * (width * u - u**2 / 2)


def _lobes(x: Any, h: Any, s: Any, sigma: Any) -> Any:
    """The integral from 0 of (1+h) N(x; 0, sigma) - h N(x; sigma, s sigma) - h N(x; -sigma, s sigma)."""

    def up_to(y: Any) -> Any:
        sides = _phi((y - sigma) / (s * sigma)) + _phi((y + sigma) / (s * sigma))
        return (1 + h) * _phi(y / sigma) - h * sides

    return up_to(x) - up_to(mpmath.mpf(0))


HALF = mpmath.mpf(1) / 2

# The derivative g(x, **parameters) that stands in for Dirac's delta, by the name of the surrogate's class.
SLOPES: dict[str, Formula] = {
    "Sigmoid": lambda x, alpha: alpha * _sigma(alpha * x) * _sigma(-alpha * x),
    "PiecewiseQuadratic": lambda x, alpha: max(mpmath.mpf(0), alpha - alpha**2 * abs(x)),
    "PiecewiseExp": lambda x, alpha: alpha / 2 * mpmath.exp(-alpha * abs(x)),
    "SoftSign": lambda x, alpha: alpha / 2 / (1 + alpha * abs(x)) ** 2,
    "Arctan": lambda x, alpha: alpha / 2 / (1 + (mpmath.pi * alpha * x / 2) ** 2),
    "NonzeroSignLog": lambda x, alpha: 1 / (1 / alpha + abs(x)),
    "ERF": lambda x, alpha: alpha / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(alpha**2) * x**2),
    "PiecewiseLeakyRelu": lambda x, c, w: 1 / (2 * w) if abs(x) <= w else c,
    "SquarewaveFourierSeries": lambda x, n, t_period: (
        4 / t_period * sum(mpmath.cos((2 * i - 1) * 2 * mpmath.pi * x / t_period) for i in range(1, n + 1))
    ),
    "S2NN": lambda x, alpha, beta, epsilon: (
        alpha * _sigma(alpha * x) * _sigma(-alpha * x) if x < 0 else beta / (x + 1 + epsilon)
    ),
    "QPseudoSpike": lambda x, alpha: (1 + 2 * abs(x) / (alpha + 1)) ** (-alpha),
    "LeakyRelu": lambda x, alpha, beta: alpha if x < 0 else beta,
    "LogTailedRelu": lambda x, alpha: alpha if x <= 0 else mpmath.mpf(1) if x <= 1 else 1 / x,
    "ReluGrad": lambda x, alpha, width: max(mpmath.mpf(0), alpha * (width - abs(x))),
    "GaussianGrad": lambda x, sigma, alpha: alpha * _normal(x, 0, sigma),
    "InvSquareGrad": lambda x, alpha: 1 / (1 + alpha * abs(x)) ** 2,
    "MultiGaussianGrad": lambda x, h, s, sigma, scale: (
        scale * ((1 + h) * _normal(x, 0, sigma) - h * _normal(x, sigma, s * sigma) - h * _normal(x, -sigma, s * sigma))
    ),
    "SlayerGrad": lambda x, alpha: mpmath.exp(-alpha * abs(x)),
}

# The primitive of the slope, likewise.
PRIMITIVES: dict[str, Formula] = {
    "Sigmoid": lambda x, alpha: _sigma(alpha * x),
    "PiecewiseQuadratic": lambda x, alpha: (
        mpmath.mpf(0)
        if x < -1 / alpha
        else mpmath.mpf(1)
        if x > 1 / alpha
        else (1 - alpha * abs(x) / 2) * alpha * x + HALF
    ),
    "PiecewiseExp": lambda x, alpha: mpmath.exp(alpha * x) / 2 if x < 0 else 1 - mpmath.exp(-alpha * x) / 2,
    "SoftSign": lambda x, alpha: alpha * x / (2 * (1 + alpha * abs(x))) + HALF,
    "Arctan": lambda x, alpha: mpmath.atan(mpmath.pi * alpha * x / 2) / mpmath.pi + HALF,
    "NonzeroSignLog": lambda x, alpha: mpmath.sign(x) * mpmath.log(1 + alpha * abs(x)),
    "ERF": lambda x, alpha: (1 + mpmath.erf(alpha * x)) / 2,
    "PiecewiseLeakyRelu": lambda x, c, w: (
        c * x + c * w if x < -w else c * x - c * w + 1 if x > w else x / (2 * w) + HALF
    ),
    "SquarewaveFourierSeries": lambda x, n, t_period: (
        HALF
        + 2
        / mpmath.pi
        * sum(mpmath.sin((2 * i - 1) * 2 * mpmath.pi * x / t_period) / (2 * i - 1) for i in range(1, n + 1))
    ),
    "S2NN": lambda x, alpha, beta, epsilon: _sigma(alpha * x) if x < 0 else beta * mpmath.log(x + 1 + epsilon) + HALF,
    "QPseudoSpike": lambda x, alpha: (
        HALF + mpmath.sign(x) * mpmath.log(1 + abs(x))
        if alpha == 1
        else HALF
        + mpmath.sign(x) * (alpha + 1) / (2 * (1 - alpha)) * ((1 + 2 * abs(x) / (alpha + 1)) ** (1 - alpha) - 1)
    ),
    "LeakyRelu": lambda x, alpha, beta: alpha * x if x < 0 else beta * x,
    "LogTailedRelu": lambda x, alpha: alpha * x if x <= 0 else x if x <= 1 else 1 + mpmath.log(x),
    "ReluGrad": lambda x, alpha, width: HALF + _triangle_below(x, alpha, width),
    "GaussianGrad": lambda x, sigma, alpha: alpha * (_phi(x / sigma) - HALF) + HALF,
    "InvSquareGrad": lambda x, alpha: mpmath.sign(x) * (1 - 1 / (1 + alpha * abs(x))) / alpha + HALF,
    "MultiGaussianGrad": lambda x, h, s, sigma, scale: HALF + scale * _lobes(x, h, s, sigma),
    "SlayerGrad": lambda x, alpha: mpmath.sign(x) * (1 - mpmath.exp(-alpha * abs(x))) / alpha + HALF,
}

# Where the slope is not smooth (a corner or a jump); a class that is not named here is smooth everywhere.
KINKS: dict[str, Formula] = {
    "PiecewiseQuadratic": lambda alpha: (-1 / alpha, 0.0, 1 / alpha),
    "ReluGrad": lambda alpha, width: (-width, 0.0, width),
    "PiecewiseLeakyRelu": lambda c, w: (-w, w),
    "LogTailedRelu": lambda alpha: (0.0, 1.0),
    **dict.fromkeys(
        (
            "PiecewiseExp",
            "SoftSign",
            "NonzeroSignLog",
            "QPseudoSpike",
            "InvSquareGrad",
            "SlayerGrad",
            "S2NN",
            "LeakyRelu",
        ),
        lambda **parameters: (0.0,),
    ),
}


def kinks(class_name: str, parameters: dict[str, Any]) -> tuple[float, ...]:
    """The `x` at which the slope of a class is not smooth."""
    return tuple(KINKS[class_name](**parameters)) if class_name in KINKS else ()


def evaluate(formula: Formula, x: float, parameters: dict[str, Any]) -> float:
    """`formula(x, **parameters)` in 30 digits, rounded once to a float. Integer parameters stay integers."""
    with mpmath.workdps(DIGITS):
        exact = {name: v if isinstance(v, int) else mpmath.mpf(v) for name, v in parameters.items()}
        return float(formula(mpmath.mpf(x), **exact))
