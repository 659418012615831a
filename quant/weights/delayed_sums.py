"""The sums of events that each synapse delays, a product of matrices for each delay, and their derivatives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.full_precision import full_precision, weighted
from spikelut.quant.weights.delay import shifted
from spikelut.quant.weights.delay_steps import distinct

FEW = 3
"""Products of matrices that are quicker than the kernels."""


@dataclass(frozen=True, eq=False)
class Shares:
    """How much of each weight counts in which step back.

    - `steps`: the whole delays, int64 [out, in]. `lower`: of delays that are learned the lower of the two steps around.
    - `between`: weights are shared out between these two, else `steps` has all.
    """

    steps: Tensor
    lower: Tensor | None
    between: bool

    def used(self) -> list[int]:
        """The steps back in which any weight counts."""
        if not self.between or self.lower is None:
            return distinct(self.steps)
        return distinct(torch.cat([self.lower, self.lower + 1]))

    def around(self) -> list[int]:
        """Those, and the steps around delays that are learned."""
        if self.lower is None:
            return self.used()
        return distinct(torch.cat([self.steps, self.lower, self.lower + 1]))

    def parts(self, delay: Tensor) -> list[tuple[Tensor, Any]]:
        """The steps, int32 [out, in], in which weights count, with how much of them does."""
        if not self.between or self.lower is None:
            return [(self.steps.int(), 1.0)]
        share = delay - self.lower
        return [(self.lower.int(), 1 - share), (self.lower.int() + 1, share)]

    def of(self, step: int, delay: Tensor) -> Tensor:
        """What counts of each weight so many steps back: a truth value, or a share."""
        if not self.between or self.lower is None:
            return self.steps == step
        share = delay - self.lower
        return torch.where(self.lower == step, 1 - share, torch.where(self.lower + 1 == step, share, 0.0))


def delayed_sums(x: Tensor, weight: Tensor, delay: Tensor, shares: Shares) -> Tensor:
    """Sums [T, B, out] of events [T, B, in] by weights [out, in], each so many steps later as `shares` says.

    `delay` [out, in] is what `shares` was made of; it gets the gradient weight * (x[t - d - 1] - x[t - d]), d = lower.
    In kernels where there are several delays, which take the same time however many: each sum is exact in any order.
    """
    compiled = native.usable(x.detach().contiguous()) and native.in_memory(weight.detach().contiguous())
    several = len(shares.used()) > FEW
    made: Any = _CompiledSums if compiled and several and x.numel() else _DelayedSums
    return cast(Tensor, made.apply(x, weight, delay, shares))


def recorded_sums(x: Tensor, weight: Tensor, delay: Tensor, most: int | None) -> Tensor:
    """`delayed_sums` of fixed delays up to `most` for recorders of graphs: a product for each that there could be."""
    steps = x.shape[0] if most is None else min(x.shape[0], most + 1)
    parts = [shifted(weighted(x, torch.where(delay == step, weight, 0.0)), step) for step in range(steps)]
    return torch.stack(parts).sum(0) if parts else x.new_zeros(*x.shape[:2], len(weight))


def _inputs_of(counts: Tensor) -> Tensor | None:
    """The inputs of which any weight counts, where these are half of them at most; None for all."""
    used = (counts != 0).any(0)
    return used.nonzero().flatten() if 2 * int(used.sum()) <= len(used) else None


class _CompiledSums(torch.autograd.Function):
    """As `_DelayedSums`, on rows of time and batch: one pass over two of them for each synapse."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, delay: Tensor, shares: Shares) -> Tensor:
        ctx.save_for_backward(x, weight, delay)
        ctx.shares = shares
        rows, out = _rows(x), x.new_zeros(len(weight), x.shape[0] * x.shape[1])
        for steps, share in shares.parts(delay):
            part = torch.empty_like(out)
            _run("forward", rows, (weight * share).contiguous(), steps, part, x.shape[1])
            out += part
        return out.view(len(weight), *x.shape[:2]).permute(1, 2, 0).contiguous()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None]:
        x, weight, delay = ctx.saved_tensors
        of_x, of_weight, of_delay, _ = ctx.needs_input_grad
        shares: Shares = ctx.shares
        if not bool(grad.isfinite().all()):  # kernels leave out zeros, times which it is no zero
            return *_by_products(grad, x.contiguous(), weight, delay, shares, ctx.needs_input_grad), None
        rows, batch = _rows(grad), x.shape[1]
        by_x = by_weight = by_delay = None
        if of_x:
            total = grad.new_zeros(x.shape[2], x.shape[0] * batch)
            for steps, share in shares.parts(delay):
                part = torch.empty_like(total)
                _run("by_x", rows, (weight * share).contiguous(), steps, part, batch)
                total += part
            by_x = total.view(x.shape[2], *x.shape[:2]).permute(1, 2, 0).contiguous()
        if of_weight or of_delay:
            given = _rows(x)

            def met(steps: Tensor) -> Tensor:
                found = torch.empty_like(weight, memory_format=torch.contiguous_format)
                _run("met", rows, given, steps, found, batch)
                return found

            if of_delay and shares.lower is not None:
                near, far = met(shares.lower.int()), met(shares.lower.int() + 1)
                by_delay = ((far - near) * weight).to(delay.dtype)
                upper = (delay - shares.lower) if shares.between else (shares.steps != shares.lower).to(near.dtype)
                by_weight = near + upper * (far - near) if shares.between else torch.where(upper > 0, far, near)
            else:
                by_weight = sum((share * met(steps) for steps, share in shares.parts(delay)), torch.zeros_like(weight))
        return by_x, by_weight, by_delay, None


def _rows(x: Tensor) -> Tensor:
    """[T, B, N] as [N, T * B]."""
    return x.permute(2, 0, 1).reshape(x.shape[2], -1).contiguous()


def _run(what: str, one: Tensor, other: Tensor, steps: Tensor, into: Tensor, batch: int) -> None:
    """One of the kernels; `steps` are [out, in], the rows of `one` have time and batch."""
    (outputs, inputs), whole = steps.shape, steps.contiguous()  # a name keeps a copy until the kernel is done
    function = getattr(native.library(), f"spikelut_delayed_{what}")
    at = (t.data_ptr() for t in (one, other, whole, into))
    function(*at, inputs, outputs, one.shape[1], batch, torch.get_num_threads())


class _DelayedSums(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, delay: Tensor, shares: Shares) -> Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x, weight, delay)
        ctx.shares = shares
        out = x.new_zeros(*x.shape[:2], len(weight))
        for step in shares.used():
            if step >= len(x):
                continue
            counts = shares.of(step, delay)
            part, at, given = weight * counts, _inputs_of(counts), x[: len(x) - step].flatten(0, 1)
            if at is not None:
                part, given = part.index_select(1, at), given.index_select(1, at)
            out[step:].view(-1, len(weight)).addmm_(given, part.T)
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None, None]:
        x, weight, delay = ctx.saved_tensors
        return *_by_products(grad, x, weight, delay, ctx.shares, ctx.needs_input_grad), None


def _by_products(
    grad: Tensor, x: Tensor, weight: Tensor, delay: Tensor, shares: Shares, wanted: Sequence[bool]
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """The gradients of x, weights and delays that are wanted."""
    of_x, of_weight, of_delay, *_ = wanted
    grad = grad.contiguous()
    with full_precision(grad):
        by_x = _by_x(grad, x, weight, delay, shares) if of_x else None
        if of_weight or of_delay:
            return by_x, *_by_weight(grad, x, weight, delay, shares, of_delay)
    return by_x, None, None


def _by_x(grad: Tensor, x: Tensor, weight: Tensor, delay: Tensor, shares: Shares) -> Tensor:
    out = torch.zeros_like(x)
    for step in shares.used():
        if step >= len(x):
            continue
        counts = shares.of(step, delay)
        part, at, given = weight * counts, _inputs_of(counts), grad[step:].flatten(0, 1)
        into = out[: len(x) - step].view(-1, x.shape[2])
        if at is None:
            into.addmm_(given, part)
        else:
            into.index_add_(1, at, given @ part.index_select(1, at))
    return out


def _by_weight(
    grad: Tensor, x: Tensor, weight: Tensor, delay: Tensor, shares: Shares, of_delay: bool
) -> tuple[Tensor, Tensor | None]:
    """The gradients of weights and delays, of what each sum is worth together with the events of each step back."""
    by_weight = torch.zeros_like(weight)
    slope = torch.zeros_like(weight) if of_delay and shares.lower is not None else None
    for step in shares.used() if slope is None else shares.around():
        if step >= len(x):
            continue
        counts = shares.of(step, delay)
        at = _inputs_of(counts) if slope is None else None
        given = x[: len(x) - step].flatten(0, 1)
        if at is not None:
            met = grad[step:].flatten(0, 1).T @ given.index_select(1, at)
            by_weight[:, at] += met * counts.index_select(1, at)
            continue
        met = grad[step:].flatten(0, 1).T @ given
        by_weight += met * counts
        if slope is not None:
            lower = shares.lower
            assert lower is not None  # as there is a slope
            slope += met * ((lower + 1 == step).to(met.dtype) - (lower == step).to(met.dtype))
    return by_weight, None if slope is None else (slope * weight).to(delay.dtype)
