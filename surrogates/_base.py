"""The spike function and the base class of the curves that stand in for its derivative."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, Protocol, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut._checks import is_finite, require, require_slope, require_type
from spikelut.surrogates._eager import curve_product, eager_spike, in_chunks, slope_product
from spikelut.surrogates._formula import Unrecordable
from spikelut.surrogates._passes import Passes

P = ParamSpec("P")


class HasSurrogateGrad(Protocol):
    """The slope of a spike function, a pseudo-derivative in place of Dirac's delta: a formula or a table."""

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The pseudo-derivative g(x) at membranes above threshold `x`, same shape and dtype."""
        ...


class _Spike(torch.autograd.Function):
    # No `jvp` on purpose: dynamo rejects a Function with a custom one under fullgraph=True.
    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, slope: HasSurrogateGrad) -> Tensor:
        return (x >= 0).to(x.dtype)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, HasSurrogateGrad], output: Tensor) -> None:
        x, ctx.slope = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return slope_product(grads[0], x, ctx.slope), None


def spike(x: Tensor, slope: HasSurrogateGrad) -> Tensor:
    """A spike with a surrogate gradient: the Heaviside step forward, a pseudo-derivative backward.

    `z = H(x) = 1 if x >= 0 else 0`, and `dL/dx = dL/dz * slope.surrogate_grad(x)`. `x` is the membrane potential minus
    the threshold, any shape, any floating dtype; the spikes have its shape and dtype. `H(0) = H(-0.0) = 1` and
    `H(nan) = 0`. Raises TypeError for another dtype, and NotImplementedError for a forward-mode derivative. Neftci,
    Mostafa, Zenke 2019, arXiv:1901.09948.

    ```pycon
    >>> x = torch.tensor([-0.5, 0.0, 0.5], requires_grad=True)
    >>> z = spike(x, Arctan(alpha=2.0))
    >>> z.sum().backward()
    >>> z.tolist(), x.grad
    ([0.0, 1.0, 1.0], tensor([0.2884, 1.0000, 0.2884]))
    ```
    """
    require_slope("spike", slope)
    require_type("spike", "x", x, Tensor, "a floating-point tensor")
    if not x.is_floating_point():
        raise TypeError(f"spike: x must be a floating-point tensor, got {x.dtype}")
    if native.is_eager(x):
        return eager_spike(x, slope)
    try:
        return cast(Tensor, _Spike.apply(x, slope))  # type: ignore[no-untyped-call]  # torch leaves apply untyped
    except NotImplementedError as error:
        message = "spike: has no forward-mode derivative; use torch.func's vjp, grad or jacrev, not jvp or jacfwd"
        raise NotImplementedError(message) from error


def param(default: float, *, gt: float | None = None, ge: float | None = None, integer: bool = False) -> Any:
    """A parameter of a surrogate: a dataclass field with a default and the values that are allowed.

    `value > gt`, or `value >= ge`; `integer` refuses fractions. `Surrogate` raises ValueError for a value outside.

    ```pycon
    >>> Arctan(alpha=-1.0)
    Traceback (most recent call last):
    ValueError: Arctan: alpha must be > 0, got -1.0
    ```
    """
    return field(default=default, metadata={"gt": gt, "ge": ge, "integer": integer})


@dataclass(frozen=True)
class Surrogate:
    """Base class of spike functions with a surrogate gradient: `H(x)` forward, `surrogate_grad(x)` backward.

    `z = s(x) = H(x)` with `dz/dx := g(x)`, where g is `surrogate_grad`; see `spike` for shapes and dtypes.

    Subclass it as a frozen dataclass whose fields are made with `param`; give it `surrogate_grad` and, where a closed
    form exists, the primitive `surrogate_fun`. Instances are immutable values: hashable, comparable, `asdict`-able.

    ```pycon
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Box(Surrogate):
    ...     width: float = param(1.0, gt=0)
    ...
    ...     def surrogate_grad(self, x):
    ...         return (x.abs() <= self.width).to(x.dtype) / (2 * self.width)
    >>> x = torch.tensor([-1.5, -0.5, 0.5], requires_grad=True)
    >>> Box(width=1.0)(x).sum().backward()
    >>> x.grad.tolist()
    [0.0, 0.5, 0.5]
    ```
    """

    powers = cast(tuple[tuple[str, int], ...], ())
    """By which power of s parameters are multiplied to make g(x / s) / s of g(x); none of a curve that has lengths or
    heights which no parameter changes."""

    def __post_init__(self) -> None:
        for f in fields(self):
            if "integer" not in f.metadata:  # a field of the user's own, not made with `param`
                continue
            value, gt, ge = getattr(self, f.name), f.metadata["gt"], f.metadata["ge"]
            allowed = f"> {gt:g}" if gt is not None else f">= {ge:g}" if ge is not None else "any real"
            integer = f.metadata["integer"]
            kind = "an integer" if integer else "a finite number"
            fits = is_finite(value) and (not integer or isinstance(value, int))
            require(fits, self, f"{f.name} must be {kind}, {allowed}", value)
            inside = (gt is None or value > gt) and (ge is None or value >= ge)
            require(inside, self, f"{f.name} must be {allowed}", value)
            if not integer:
                object.__setattr__(self, f.name, float(value))  # one spelling of a value: 2 prints as 2.0

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The surrogate derivative at `x`, same shape and dtype."""
        raise NotImplementedError(f"{type(self).__name__} has no surrogate_grad")

    def surrogate_fun(self, x: Tensor) -> Tensor:
        """The primitive: the smooth function whose derivative `surrogate_grad` is, 1/2 at the threshold."""
        raise NotImplementedError(f"{type(self).__name__} has no surrogate_fun")

    @cached_property
    def shipped_as(self) -> type[Surrogate] | None:
        """Which of spikelut's curves has the formula in force; None of a formula of the user's own."""
        return FORMULAS.get(getattr(self.surrogate_grad, "__func__", None))

    @cached_property
    def native_curve(self) -> native.NativeCurve | None:
        """The compiled kernel of the formula in force; None if there is none."""
        cls = self.shipped_as
        return None if cls is None else native.curve(name_of(cls), {f.name: getattr(self, f.name) for f in fields(cls)})

    @cached_property
    def passes(self) -> Passes | None:
        """The formula in force in few passes over memory, of float32 on the CPU; None if it cannot be had."""
        try:
            return Passes(self) if self.shipped_as else None
        except Unrecordable:
            return None

    def __getstate__(self) -> dict[str, Any]:
        # Kernels are those of this process.
        return {
            name: value for name, value in vars(self).items() if name not in ("shipped_as", "native_curve", "passes")
        }

    def through(self, grad: Tensor, x: Tensor) -> Tensor:
        """`grad * surrogate_grad(x)`, without temporaries of that size where the formula is one of spikelut's."""
        return curve_product(grad, x, self) if self.shipped_as else slope_product(grad, x, self)

    def slopes(self, x: Tensor) -> Tensor:
        """`surrogate_grad(x)`, without temporaries of that size where the formula is one of spikelut's."""
        return in_chunks(self.surrogate_grad, torch.empty_like(x), x) if self.shipped_as else self.surrogate_grad(x)

    def turning_points(self) -> tuple[float, ...] | None:
        """The `x`, ascending, between which `surrogate_grad` is monotone; None if they are not known.

        Of a periodic derivative they are those of -T/2 to T/2, both included. Tables derive their error bound from
        them; without, they evaluate the curve at every code.
        """
        return None

    def repeats(self) -> float | None:
        """The period T of `surrogate_grad`; None if it has none."""
        return None

    def __call__(self, x: Tensor) -> Tensor:
        """Spikes `H(x)`; see `spike`."""
        return spike(x, self)


FORMULAS: dict[Any, type[Surrogate]] = {}
"""The curves of `ALL` by their `surrogate_grad`: what stands in for a formula belongs to the function itself, so that
none is used for a formula of the user's own."""


def at_zero(self: Surrogate) -> tuple[float, ...]:
    """`turning_points` of a curve that is monotone on either side of the threshold."""
    return (0.0,)


def name_of(cls: type[Surrogate]) -> str:
    """The name of a surrogate's function, by which `by_name` and the command line know it: its class in snake case.

    ```pycon
    >>> name_of(PiecewiseQuadratic)
    'piecewise_quadratic'
    ```
    """
    require_type("name_of", "cls", cls, type, "a class of surrogates")
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).lower()


def function_form(cls: Callable[P, Surrogate]) -> Callable[Concatenate[Tensor, P], Tensor]:
    """The function of a surrogate class: `arctan(x, alpha=2.0)` is `Arctan(alpha=2.0)(x)`."""

    def spikes(x: Tensor, /, *args: P.args, **kwargs: P.kwargs) -> Tensor:
        return cls(*args, **kwargs)(x)

    # Named as the package exports it, so that it prints, documents and pickles as what it is.
    spikes.__name__ = spikes.__qualname__ = name_of(cast(type[Surrogate], cls))
    spikes.__module__ = "spikelut.surrogates"
    spikes.__doc__ = f"Spikes of `{cls.__name__}` with the given parameters: `{cls.__name__}(...)(x)`."
    return spikes
