"""A recorded formula in few passes over memory, of float32 on the CPU: how torch computes it without kernels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from spikelut.surrogates._eager import ZERO
from spikelut.surrogates._formula import Term, Unrecordable, factors, is_varying, record

Last = tuple[Callable[..., Tensor], float]
"""A last operation, `torch.addcmul` or `torch.addcdiv`, and its `value`."""

SAFE = (1e-6, 1e6)
"""Factors c of which `(c * x)**2` may be `c**2 * x**2`: where x**2 overflows, every curve is at its end."""

_UNARY = {name: getattr(torch, name) for name in ("abs", "exp", "log1p", "sigmoid", "cos", "reciprocal")}
_LIMITS = {"clamp_min": "min", "clamp_max": "max"}
_COMPARED = {"less": (torch.lt, torch.gt), "less_equal": (torch.le, torch.ge)}


class Passes:
    """The slope of a surrogate but for its last operation, which multiplies by a gradient. Raises Unrecordable."""

    def __init__(self, surrogate: Any) -> None:
        plan = _Plan()
        self.last = plan.finish(record(surrogate))
        self.steps, self.spare = plan.steps()

    def write(self, x: Tensor, out: Tensor) -> Last:
        """With `out` set, `op, value = write(x, out)` leave it to `op(base, grad, out, value=value)` to be
        `base + grad * surrogate_grad(x)`: a pass for the product and the sum."""
        held = [x, out, *(torch.empty_like(out) for _ in range(self.spare))]
        for function, inputs, made in self.steps:
            function(*(held[i] for i in inputs), out=held[made])
        return self.last


class _Plan:
    """Operations of torch, in order, that compute a term; operators are joined where torch has both in one."""

    def __init__(self) -> None:
        self.operations: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = []
        self.made: dict[Any, Any] = {}

    def finish(self, slope: Term) -> Last:
        """All but the last operation, and that one."""
        value, factor = factors(slope)
        divides = value.op == "reciprocal"
        self.result = self.need(value.args[0] if divides else value)
        if self.result.op == "x":
            raise Unrecordable("the slope is x")
        return (torch.addcdiv if divides else torch.addcmul), _factor(factor)

    def steps(self) -> tuple[list[tuple[Callable[..., Any], tuple[int, ...], int]], int]:
        """The operations with places for tensors: x is 0, the result 1, spare ones follow; and how many these are."""
        last = {v: i for i, (_, inputs, _) in enumerate(self.operations) for v in inputs}
        place: dict[Any, int] = {}
        free: list[int] = []
        placed = []
        for i, (function, inputs, made) in enumerate(self.operations):
            at = tuple(place.get(v, 0) for v in inputs)
            free += {place[v] for v in inputs if v in place and last[v] == i}
            place[made] = free.pop() if free else 1 + max(place.values(), default=0)
            placed.append((function, at, place[made]))
        end = place[self.result]
        swap = {end: 1, 1: end}
        steps = [(f, tuple(swap.get(i, i) for i in at), swap.get(made, made)) for f, at, made in placed]
        return steps, max(place.values()) - 1

    def need(self, term: Any) -> Any:
        """What stands for the tensor of `term`, which will have been computed."""
        if term.op != "x" and term not in self.made:
            special = getattr(self, f"_{term.op}", None)
            self.made[term] = special(*term.args) if special else self._plain(term.op, *term.args)
        return self.made.get(term, term)

    def add(self, function: Callable[..., Any], *inputs: Any) -> Any:
        """An operation on what `need` gave."""
        result = _Result()
        self.operations.append((function, inputs, result))
        return result

    def _plain(self, op: str, *args: Any) -> Any:
        if op in _UNARY:
            return self.add(_UNARY[op], self.need(args[0]))
        if op in _LIMITS:
            return self.add(partial(torch.clamp, **{_LIMITS[op]: float(args[1])}), self.need(args[0]))
        if op in _COMPARED:
            return self._compared(*_COMPARED[op], *args)
        raise Unrecordable(f"{op} has no place in few passes")

    def _compared(self, function: Any, turned: Any, a: Any, b: Any) -> Any:
        """1 where it holds, else 0."""
        if is_varying(a) and is_varying(b):
            return self.add(function, self.need(a), self.need(b))
        varying, number = (a, b) if is_varying(a) else (b, a)
        return self.add(partial(_against, function if varying is a else turned, _number(number)), self.need(varying))

    def _scale(self, a: Term, c: float) -> Any:
        if a.op == "square":
            return self._plus(ZERO, a, c)
        return self.add(partial(_against, torch.mul, _number(c)), self.need(a))

    def _multiply(self, a: Term, b: Term) -> Any:
        return self.add(torch.mul, self.need(a), self.need(b))

    def _square(self, a: Term) -> Any:
        return self._multiply(a, a)

    def _logistic_slope(self, u: Term) -> Any:
        # It is even; and s = sigmoid(-|u|) is 1/2 at most, so that 1 - s loses no digits.
        s = (-abs(u)).sigmoid()
        return self.need(s - s**2)

    def _add(self, a: Any, b: Any) -> Any:
        return self._plus(a, b, 1.0) if is_varying(b) else self._plus(b, a, 1.0)

    def _subtract(self, a: Any, b: Any) -> Any:
        return self._plus(a, b, -1.0)

    def _plus(self, base: Any, b: Term, factor: float) -> Any:
        """`base + factor * b`, of the base a tensor or a number."""
        b, c = factors(b)
        factor *= c
        squared = b.op == "square"
        if squared:
            b, c = factors(b.args[0])
            if c != 1 and not SAFE[0] <= abs(c) <= SAFE[1]:
                b, c = b * c, 1.0
            factor *= c * c
        factor = _factor(factor)
        add: Callable[..., Any] = partial(_added_square, value=factor) if squared else partial(torch.add, alpha=factor)
        if is_varying(base):
            return self.add(add, self.need(base), self.need(b))
        return self.add(partial(add, base if isinstance(base, Tensor) else _number(base)), self.need(b))

    def _where(self, holds: Term, a: Any, b: Any) -> Any:
        """Either is multiplied by 1 or 0, for torch.where takes several times as long; so both must be finite."""
        truth = self.need(holds)
        if is_varying(b):
            rest = self.need(b)
            rest = self.add(partial(torch.addcmul, value=-1.0), rest, rest, truth)
        else:
            rest = self.add(
                partial(_against, torch.mul, _number(b)), self.add(partial(_against, torch.eq, ZERO), truth)
            )
        if is_varying(a):
            return self.add(torch.addcmul, rest, self.need(a), truth)
        return self.add(partial(torch.add, alpha=_factor(a)), rest, truth)


class _Result:
    """Stands for the tensor that an operation makes."""

    op = "made"


def _factor(value: Any) -> float:
    """A number as a factor inside an operation, which float32 must hold: torch refuses others."""
    if not abs(value) <= torch.finfo(torch.float32).max:
        raise Unrecordable(f"float32 does not hold {value}")
    return float(value)


def _number(value: Any) -> Tensor:
    """A number as an operand, which costs half of what one of Python does."""
    return torch.tensor(float(value), dtype=torch.float32, device="cpu")


def _against(function: Callable[..., Any], number: Tensor, x: Tensor, out: Tensor) -> None:
    function(x, number, out=out)


def _added_square(base: Tensor, x: Tensor, value: float, out: Tensor) -> None:
    torch.addcmul(base, x, x, value=value, out=out)
