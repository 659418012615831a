"""Delays as real numbers that are learned: whole steps in force, and the derivative by interpolation between steps."""

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor

from spikelut._checks import require, require_int, shown
from spikelut.hw_profiles import Profile
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.arithmetic.full_precision import exact
from spikelut.quant.arithmetic.traceable import is_unbranched

Delays = float | Sequence[Any] | Tensor
"""A number of steps, or several."""
LONGEST = 2**20


def most_steps(who: str, profile: Profile | None, max_delay: int | None, per_synapse: bool = False) -> int | None:
    """The longest delay there may be: that of the profile, or a shorter one; None where there is no limit."""
    chip = None
    if profile is not None:
        require_profile(who, profile)
        if profile.delay is None:
            raise ValueError(f"{who}: {profile.name} delays no events: leave delays out, or take a profile of software")
        own = profile.delay.per_synapse or not per_synapse
        require(
            own, who, f"{profile.name} has delays of axons alone: use quant.Delay before the weights", "of synapses"
        )
        chip = profile.delay.most
    if max_delay is not None:
        require_int(who, "max_delay", max_delay, 1, LONGEST if chip is None else chip)
    return chip if max_delay is None else max_delay


def delays_of(who: str, delay: Delays, most: int | None, learned: bool) -> Tensor:
    """The delays as a float tensor; ValueError unless they are in 0..`most`, and whole unless they are learned."""
    try:
        found = delay.detach().clone() if isinstance(delay, Tensor) else torch.as_tensor(delay)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{who}: delay must be numbers of steps, got {shown(delay)}") from None
    require(not (found.is_complex() or found.dtype is torch.bool), who, "delay must be numbers of steps", found.dtype)
    found = exact(found.to(torch.get_default_dtype()) if not found.is_floating_point() else found)
    high = LONGEST if most is None else most
    inside = (found >= 0) & (found <= high)
    require(bool(inside.all()), who, f"delay must be in 0..{high} steps", found[~inside].flatten()[:1].tolist())
    whole = learned or bool((found == found.round()).all())
    message = "delay must be whole steps (learn_delay=True takes others, and rounds them)"
    require(whole, who, message, found[found != found.round()].flatten()[:1].tolist())
    return found


def refuse_learned(who: str) -> None:
    """ValueError where a graph is recorded: it would hold what is learned as it is now."""
    message = "learned delays must not be recorded, as a graph would hold the steps that they are now"
    instead = "fix what is learned, as quant.from_integer(quant.integer(model)) does"
    require(not is_unbranched(), who, f"{message}; {instead}", "a recorder of graphs")


def in_range(delay: Tensor, most: int | None) -> Tensor:
    """Delays in 0..`most`. Of one outside, the gradient that would lead it further out is dropped."""
    return cast(Tensor, _InRange.apply(delay, most))  # type: ignore[no-untyped-call]  # torch's


def whole_steps(who: str, delay: Tensor, most: int | None, learned: bool) -> Tensor:
    """The steps in force, int64: of delays that are learned those in 0..`most`, rounded half to even.

    ValueError for NaN, and of others, as they may have been loaded, for what are no such steps.
    """
    held = delay.detach()
    require(bool(held.isfinite().all()), who, "delays must be finite", "NaN or infinity")
    steps = held.clamp(0, most).round()
    if not learned:
        range_of = "0 on" if most is None else f"0..{most}"
        require(torch.equal(steps, held), who, f"delays must be whole steps in {range_of}", "others")
    return steps.long()


def steps_below(delay: Tensor, most: int | None) -> Tensor:
    """The lower of the two steps that delays lie between, int64; of the longest the one before it."""
    lower = delay.detach().floor().long()
    return lower if most is None else lower.clamp(max=most - 1)


def distinct(steps: Tensor) -> list[int]:
    """The different values of whole numbers from 0 on, in their order."""
    return cast("list[int]", torch.bincount(steps.flatten()).nonzero().flatten().tolist())


class _InRange(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, delay: Tensor, most: int | None) -> Tensor:
        ctx.save_for_backward(delay)
        ctx.most = most
        return delay.clamp(0, most)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (delay,) = ctx.saved_tensors
        outwards = (delay <= 0) & (grad > 0)
        if ctx.most is not None:
            outwards |= (delay >= ctx.most) & (grad < 0)
        return grad.masked_fill(outwards, 0), None
