"""Surrogates whose parameters are learned."""

from __future__ import annotations

from dataclasses import asdict, fields, replace

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_type
from spikelut.surrogates._base import Surrogate, spike
from spikelut.surrogates._crossing import CrossingSurrogate


class Learnable(nn.Module):
    r"""A spike function with trainable parameters of its surrogate.

    `Learnable(Arctan(alpha=2.0), "alpha")` makes `alpha` a scalar `nn.Parameter`; `Learnable(Arctan(), alpha=tensor)`
    takes a tensor or an `nn.Parameter` instead, of any shape that broadcasts with x (a slope per neuron, say).

    Forward is `H(x)`. The gradient with respect to x is the surrogate's. The gradient with respect to a parameter p is
    that of the primitive F = `surrogate_fun`, straight through the spike z:
    :math:`\partial L/\partial p = \sum_x \partial L/\partial z \cdot \partial F(x; p)/\partial p`.
    So the spike behaves towards x and p as the smooth function F would. Mixed second derivatives are not propagated.

    ```pycon
    >>> spike = Learnable(Arctan(alpha=2.0), "alpha")
    >>> spike(torch.tensor([0.2, -0.1])).sum().backward()
    >>> spike.alpha.grad
    tensor(0.0262)
    >>> spike.current()
    Arctan(alpha=2.0)
    ```

    An optimiser may push a value out of the parameter's domain. It is then used at the domain's edge (at 1e-6 where the
    edge is excluded), and its gradient is still passed, so that it can return. Raises ValueError for an unknown or an
    integer parameter, none at all, or a start outside the domain.
    """

    def __init__(self, surrogate: Surrogate, *names: str, **values: Tensor) -> None:
        super().__init__()
        require_type("Learnable", "surrogate", surrogate, Surrogate, "a Surrogate")
        kind = type(surrogate).__name__
        require(not isinstance(surrogate, CrossingSurrogate), "Learnable", "surrogate must have one input", kind)
        # Fields made with `param`, integers apart.
        reals = [f.name for f in fields(surrogate) if f.metadata.get("integer") is False]
        learned = (*names, *values)
        require(bool(learned), "Learnable", f"name one or more parameters of {kind}", learned)
        self.start = surrogate
        self.names = learned
        for name in learned:
            require(
                name in reals, "Learnable", f"parameters of {kind} that can be learned are {', '.join(reals)}", name
            )
            require(
                not hasattr(self, name), "Learnable", "a parameter is named once, and none as an nn.Module's own", name
            )
            given = values.get(name)
            if given is None:
                given = torch.tensor(float(getattr(surrogate, name)))
            for value in (given.min(), given.max()):
                replace(surrogate, **{name: float(value.detach())})  # checks the domain
            self.register_parameter(
                name, given if isinstance(given, nn.Parameter) else nn.Parameter(given.detach().clone())
            )

    def value(self, name: str) -> Tensor:
        """The parameter in force: inside its domain, with the gradient of the parameter."""
        learned: Tensor = getattr(self, name)
        field = next(f for f in fields(self.start) if f.name == name)
        low = field.metadata["ge"] if field.metadata["gt"] is None else field.metadata["gt"] + 1e-6
        if low is None:
            return learned
        # In this order: a learned value far below its domain would take the lowest bits of the end with it.
        return learned.detach().clamp(min=low) + (learned - learned.detach())

    def current(self) -> Surrogate:
        """The surrogate with the present values, as a plain value; for scalar parameters."""
        return replace(self.start, **{name: float(self.value(name).detach()) for name in self.names})

    def _curve(self, x: Tensor, *, detach: bool) -> Surrogate:
        """The surrogate with tensors for parameters, in the dtype of `x`."""
        curve = object.__new__(type(self.start))
        learned = {name: self.value(name).to(x.dtype) for name in self.names}
        for name, number in {**asdict(self.start), **learned}.items():
            tensor = isinstance(number, Tensor) and detach
            object.__setattr__(curve, name, number.detach() if tensor else number)
        return curve

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The surrogate derivative at `x` with the present parameters, which get no gradient from it."""
        return self._curve(x, detach=True).surrogate_grad(x)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        """The primitive at `x`, differentiable in x and in the parameters."""
        return self._curve(x, detach=False).surrogate_fun(x)

    def forward(self, x: Tensor) -> Tensor:
        # The primitive minus itself is exactly zero and carries the parameters' gradient. Infinity minus itself is not,
        # so x is cut far out, and half precision, which overflows early, goes through float32.
        wide = x.detach().to(torch.promote_types(x.dtype, torch.float32))
        held = torch.nan_to_num(wide).clamp(-1e15, 1e15)
        primitive = self._curve(held, detach=False).surrogate_fun(held)
        return spike(x, self) + (primitive - primitive.detach()).to(x.dtype)

    def extra_repr(self) -> str:
        return f"{self.start}, learned: {', '.join(self.names)}"
