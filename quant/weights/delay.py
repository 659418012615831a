"""Delays of axons: each channel of spikes some time steps later, fixed or learned."""

from functools import cached_property
from itertools import accumulate
from typing import Any, cast

import torch
from torch import Tensor, nn

from spikelut import native
from spikelut._checks import require, require_flags
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.full_precision import exact_dtype
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.weights.delay_steps import (
    Delays,
    delays_of,
    distinct,
    in_range,
    most_steps,
    refuse_learned,
    steps_below,
    whole_steps,
)
from spikelut.quant.weights.input_events import as_real


class Delay(nn.Module):
    """Axonal delays: pass on the spikes of each channel some time steps later.

    Input and output are [T, B, N] or [T, B, N, ...]: out[t, b, n] = x[t - delay[n], b, n], and 0 where t < delay[n].
    Put it before weights of any kind; for delays of single synapses, use `DelayedLinear`. Values keep their type;
    integers and booleans become float32.

    - `delay`: whole steps, one number for all or one for each of the N features or channels.
    - `learn_delay`: make the delays a parameter of real numbers. The delays that are used, in training too, are
      `delays`: clipped to 0..`max_delay` and rounded half to even. The gradient is that of interpolation between the
      steps around the real delay, d = floor(delay): out' = x[t - d - 1] - x[t - d]. At the ends of the range, a
      gradient that leads out of it is dropped.
    - `interpolate`: in training, the forward pass interpolates: (1 - f) * x[t - d] + f * x[t - d - 1] for delay = d +
      f, which no chip computes. In evaluation it rounds. `quant.check` says how far apart the two are.
    - `profile`: the chip, which limits delays; None for networks in floats.
    - `max_delay`: the longest delay that can be learned, at most the chip's, which is the default.

    Raises ValueError for delays the chip does not have.

    ```pycon
    >>> delay = quant.Delay([0, 2], profile=hw_profiles.load("loihi2"))
    >>> delay(torch.tensor([[1.0, 1.0], [0.0, 0.0], [1.0, 0.0]]).unsqueeze(1))[:, 0].tolist()
    [[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]]
    >>> learned = quant.Delay(torch.rand(8) * 10, learn_delay=True, max_delay=20)
    >>> learned(torch.rand(30, 4, 8)).sum().backward()
    >>> learned.delay.grad.shape, learned.delays.dtype
    (torch.Size([8]), torch.int64)
    ```
    """

    delay: Tensor

    def __init__(
        self,
        delay: Delays,
        *,
        profile: Profile | None = None,
        max_delay: int | None = None,
        learn_delay: bool = False,
        interpolate: bool = False,
    ) -> None:
        super().__init__()
        require_flags("Delay", learn_delay=learn_delay, interpolate=interpolate)
        most = most_steps("Delay", profile, max_delay)
        found = delays_of("Delay", delay, most, learn_delay)
        require(found.ndim < 2 and found.numel() > 0, "Delay", "delay must be a number, or [N]", tuple(found.shape))
        message = "interpolate must be False of delays that are not learned"
        require(learn_delay or not interpolate, "Delay", message, interpolate)
        self.profile, self.max_delay, self.interpolate = profile, most, interpolate
        if learn_delay:
            self.delay = nn.Parameter(found)
        else:
            self.register_buffer("delay", found)

    @property
    def learned(self) -> bool:
        """Whether delays are a parameter; in the place of one `functional_call` puts any tensor."""
        return "delay" in dict(self.named_parameters(recurse=False))

    @property
    def delays(self) -> Tensor:
        """The steps in force, int64 [] or [N]; ValueError where the parameter is NaN."""
        return whole_steps("Delay", self.delay, self.max_delay, self.learned)

    def forward(self, spikes: Tensor) -> Tensor:
        """The spikes, or event counts, [T, B, N, ...], delayed."""
        x = as_real("Delay", spikes, torch.float32)
        count = self.delay.numel() if self.delay.ndim else None
        fits = x.ndim >= 3 and (count is None or x.shape[2] == count)
        wanted = "[T, B, N, ...]" if count is None else f"[T, B, {count}, ...]"
        require(fits, "Delay", f"spikes must be {wanted}", tuple(x.shape))
        if self.learned:
            refuse_learned("Delay")
            return self._learned(x)
        if is_unbranched():
            return _gathered(x, self.delay.long(), LONGEST_RECORDED if self.max_delay is None else self.max_delay)
        return delayed(x, self.delays)

    def _learned(self, x: Tensor) -> Tensor:
        real = in_range(self.delay, self.max_delay)
        lower, steps = steps_below(real, self.max_delay), self.delays
        if self.interpolate and self.training:
            share = (real - lower).to(exact_dtype(x)).reshape(-1, *[1] * (x.ndim - 3))
            near = delayed(x, lower)
            return near + share * (delayed(x, lower + 1) - near)
        out = delayed(x, steps)
        if not (torch.is_grad_enabled() and self.delay.requires_grad):
            return out
        return cast(Tensor, _BetweenSteps.apply(out, x, real, lower))  # type: ignore[no-untyped-call]  # torch's

    def _apply(self, *args: Any, **kwargs: Any) -> Any:
        before, learned = self.delay, self.learned
        super()._apply(*args, **kwargs)  # type: ignore[no-untyped-call]  # torch's
        if not learned and torch.finfo(self.delay.dtype).bits < 32:  # which rounds long ones
            self.delay = before.to(self.delay.device)
        return self

    def extra_repr(self) -> str:
        steps = self.delay.detach()
        size = f"{steps.item():g}" if steps.ndim == 0 else f"{len(steps)} of {steps.min():g}..{steps.max():g}"
        chip = "" if self.profile is None else f", {self.profile.name}"
        learned = ", learn_delay=True" if self.learned else ""
        return f"{size}{chip}{learned}{', interpolate=True' if self.interpolate else ''}"


LONGEST_RECORDED = 255
"""Steps that a recorded graph without a chip looks back."""


class _Moves:
    """The steps of each channel, int64 [N]."""

    def __init__(self, steps: Tensor) -> None:
        self.steps = steps

    @cached_property
    def groups(self) -> tuple[Tensor, Tensor, list[tuple[int, int, int]]]:
        """The order in which channels that wait equally long are side by side, and the way back from it.

        Of each group its steps, with the first of its channels and the end of them.
        """
        order, counts, found = self.steps.argsort(), torch.bincount(self.steps).tolist(), distinct(self.steps)
        ends = list(accumulate(counts[step] for step in found))
        return order, order.argsort(), list(zip(found, [0, *ends[:-1]], ends, strict=True))


def delayed(x: Tensor, steps: Tensor) -> Tensor:
    """`x` [T, B, N, ...] later by whole steps, one for all [] or of each channel [N]."""
    found = distinct(steps)
    if len(found) == 1:
        return shifted(x, found[0])
    return cast(Tensor, _Moved.apply(x, _Moves(steps), True))  # type: ignore[no-untyped-call]  # torch's


def shifted(x: Tensor, steps: int) -> Tensor:
    """`x` [T, ...] so many steps later, after zeros; of the same length."""
    if steps == 0:
        return x
    kept = max(0, len(x) - steps)
    return torch.cat([x.new_zeros(len(x) - kept, *x.shape[1:]), x[:kept]])


def _gathered(x: Tensor, steps: Tensor, most: int) -> Tensor:
    """`delayed` for recorders of graphs, which know no value of `steps`."""
    before = torch.cat([x.new_zeros(most, *x.shape[1:]), x])
    times = torch.arange(x.shape[0], device=x.device).unsqueeze(1) + most - steps.reshape(1, -1)
    return before.gather(0, times.reshape(x.shape[0], 1, -1, *[1] * (x.ndim - 3)).expand(x.shape))


def _ordered(x: Tensor, order: Tensor) -> Tensor:
    """Channels [T, B, N, ...] in another order."""
    if x.ndim > 3:
        return x.index_select(2, order)
    # Of matrices torch's selection of columns takes a tenth of the time.
    return x.flatten(0, 1).index_select(1, order).view(x.shape)


class _Moved(torch.autograd.Function):
    """Channels [T, B, N, ...] later, or earlier, by whole steps."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, moves: _Moves, later: bool) -> Tensor:
        ctx.saved = moves, later
        whole = x.contiguous()
        return (_in_place if native.usable(whole) else _by_groups)(whole, moves, later)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        moves, later = ctx.saved
        return _Moved.apply(grad, moves, not later), None, None  # type: ignore[no-untyped-call]  # torch's


def _in_place(x: Tensor, moves: _Moves, later: bool) -> Tensor:
    late, out = (moves.steps if later else -moves.steps).contiguous(), torch.empty_like(x)
    sizes = (*x.shape[:3], x.shape[3:].numel(), torch.get_num_threads())
    native.library().spikelut_moved(x.data_ptr(), late.data_ptr(), out.data_ptr(), *sizes)
    return out


def _by_groups(x: Tensor, moves: _Moves, later: bool) -> Tensor:
    order, back, groups = moves.groups
    together = _ordered(x, order)
    out, length = torch.zeros_like(together), len(x)
    for step, first, end in groups:
        kept = max(0, length - step)
        at, of = (slice(length - kept, None), slice(kept))[:: 1 if later else -1]
        out[at, :, first:end] = together[of, :, first:end]
    return _ordered(out, back)


class _BetweenSteps(torch.autograd.Function):
    """`out` as it is; the derivative by the delays is the difference of the steps around them."""

    @staticmethod
    def forward(ctx: Any, out: Tensor, x: Tensor, delay: Tensor, lower: Tensor) -> Tensor:
        ctx.save_for_backward(x, lower)
        ctx.like = delay.dtype
        return out.view_as(out)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, Tensor, None]:
        x, lower = ctx.saved_tensors
        # The sum of grad[t] * (near[t - 1] - near[t]): what comes a step later than the lower step is the upper one.
        near = delayed(x, lower)
        slope = near.mul(-grad)
        slope[:-1] += near[:-1] * grad[1:]
        others = [d for d in range(slope.ndim) if d != 2 or not lower.ndim]
        by_channel = slope.sum(others)
        return grad, None, by_channel.to(ctx.like), None
