"""The leak of a state in one step, in the chip's integers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spikelut._checks import is_finite, require
from spikelut._text import Brief
from spikelut.hw_profiles import Decay, DecayKind, NumberFormat, Rounding
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.per_neuron import (
    ByValue,
    is_each,
    read_only,
    require_each,
    require_per_neuron,
    shown_values,
    whole,
    within,
)
from spikelut.quant.arithmetic.rounding import multiply_shift, round_shift
from spikelut.quant.arithmetic.traceable import is_unbranched


@dataclass(frozen=True, eq=False, repr=False)
class Leak(ByValue, Brief):
    """The integers of a leak; `kind` as in a profile's `[decay]`.

    - `amount`: the factor (`multiply`, `relax`), the shift (`shift`) or the codes (`linear`); an integer, or an array
      of one for each neuron.
    - `frac`: the fraction bits of a factor. `register`: what a state is brought into that a factor above one has grown.
    """

    kind: DecayKind
    amount: Any
    frac: int
    rounding: Rounding
    register: NumberFormat
    minimum_step: bool = False

    def _parts(self) -> Iterator[str]:
        yield self.kind
        amount = shown_values(self.amount, "d")
        yield "" if self.kind == "none" else f"{amount} / {2**self.frac}" if self.frac else amount

    @property
    def leaks(self) -> bool:
        """Whether it changes a state at all, of any neuron."""
        if self.kind in ("none", "shift"):
            return self.kind == "shift"
        return bool(np.any(self.amount != (0 if self.kind == "linear" else 2**self.frac)))

    @property
    def short_name(self) -> str:
        """The decay factor in force, or what is lost in every step."""
        if self.kind in ("none", "linear"):
            return "none" if self.kind == "none" else f"{shown_values(self.amount, 'd')} codes"
        return shown_values(self.beta, ".6g")

    @classmethod
    def nearest(
        cls, who: str, name: str, decay: Decay, beta: Any, register: NumberFormat, what: str = "beta"
    ) -> "Leak":
        """The leak nearest to a real decay factor, for `linear` the codes nearest to a loss of 1 - beta of 1.0.

        `beta` is a float, or float64 [N] with one for each neuron; errors call it `what`. Raises ValueError, in the
        name of `who` on profile `name`, for one the chip does not offer, or one between 0 and 1 that would be rounded
        to 0 or to 1, and so keep nothing or never leak. One factor for all within `decay.one_within` of 1 is 1.
        """
        if decay.one_within and is_finite(beta) and abs(1 - beta) <= decay.one_within:
            beta = 1.0
        require_per_neuron(who, what, beta, has_own_decays(decay), name)
        low, high = betas(decay, register)
        require_each(who, what, beta, lambda b: low <= b <= high, f"must be in {low:.6g}..{high:.6g} on {name}")
        leak = cls.rounded(decay, beta, register)
        each = beta.tolist() if is_each(beta) else [beta]
        amounts = leak.amount.tolist() if is_each(beta) else [leak.amount]
        for i, (real, amount) in enumerate(zip(each, amounts, strict=True)):
            one = replace(leak, amount=amount)
            none = amount == 0 if decay.kind == "linear" else one.beta == 1
            lost = decay.kind != "none" and ((none and real < 1) or (one.beta == 0 and real > 0))
            where = f"{what}[{i}]" if is_each(beta) else what
            require(not lost, who, f"{where} must not be rounded to {1 if none else 0}, as {name} does", real)
        return leak

    @classmethod
    def rounded(cls, decay: Decay, beta: Any, register: NumberFormat) -> "Leak":
        """The leak nearest to `beta`, a decay factor in `betas` or float64 [N] of them, whatever it is."""
        fmt = NumberFormat(register.bits, register.frac, register.signed, overflow=decay.overflow)
        amount: Any = 0
        if decay.kind == "shift":
            # Halfway between two shifts it is the smaller one.
            halfway = [1 - (2.0**-k + 2.0 ** -(k + 1)) / 2 for k in range(decay.min, decay.max)]
            amount = read_only(decay.min + sum(1 * (beta > limit) for limit in halfway))
        elif decay.kind == "linear":
            amount = whole((1 - beta) * 2**register.frac)
        elif decay.frac:
            amount = whole(beta * 2**decay.frac, decay.factor_rounding)
        return cls(decay.kind, amount, decay.frac, decay.rounding, fmt, decay.minimum_step)

    @property
    def beta(self) -> Any:
        """The decay factor in force: the derivative of the state after the leak by the state before."""
        if self.kind == "shift":
            return 1 - 1 / (1 << self.amount)
        return self.amount * 2.0**-self.frac if self.kind in ("multiply", "relax") else 1.0


def has_own_decays(decay: Decay) -> bool:
    """Whether each neuron can have a decay of its own; other roundings of a shift than floor need to know it."""
    return decay.per_neuron and (decay.kind != "shift" or decay.rounding == "floor")


def input_share(decay: Decay | None, beta: Any) -> Any:
    """The factor of a step's input: 1 - beta where the membrane relaxes towards its input, else 1.

    `beta` is a number, or a tensor of one for each neuron.
    """
    if decay is None or decay.kind != "relax":
        return 1.0
    if isinstance(beta, float | int):
        return 1 - beta if beta < 1 else 1.0
    return 1 - beta * (beta < 1)


def betas(decay: Decay, register: NumberFormat) -> tuple[float, float]:
    """The smallest and the largest beta that `decay` offers."""
    if decay.kind == "shift":
        return 1 - 2.0**-decay.min, 1 - 2.0**-decay.max
    if decay.kind == "linear":
        return 1 - decay.max / 2**register.frac, 1 - decay.min / 2**register.frac
    return (decay.min * 2.0**-decay.frac, decay.max * 2.0**-decay.frac) if decay.frac else (1.0, 1.0)


def amount_of(leak: Leak, decay: Decay, where: str) -> Any:
    """The factor, shift or codes of a leak, of each neuron where they differ; ValueError if the chip has it not."""
    fits = within(leak.amount, decay.min, decay.max, decay.per_neuron)
    require(fits, where, f"amount must be an integer in {decay.min}..{decay.max}", leak.amount)
    return leak.amount


def leak_step(ops: Any, leak: Leak, v: Any) -> Any:
    """The state `v` after its leak; `relax` leaks what is left of the way to the input, which its caller subtracts."""
    if leak.kind == "none":
        return v
    if leak.kind == "linear":
        return v - ops.clip(v, -leak.amount, leak.amount)
    if leak.kind == "shift":
        drop = round_shift(ops, v, leak.amount, leak.rounding)
        if leak.minimum_step:
            drop = ops.where(drop == 0, ops.clip(v, -1, 1), drop)
        return v - drop
    leaked = multiply_shift(ops, v, leak.amount, leak.frac, leak.rounding)
    # Only a factor above one can leave the register.
    above = leak.amount > 2**leak.frac
    if isinstance(leak.amount, int):
        return apply_overflow(ops, leaked, leak.register) if above else leaked
    # Of a recorded amount only its range may be known.
    some = above.any()
    if not is_unbranched() and getattr(some, "is_constant", True) and not some:
        return leaked
    return ops.where(above, apply_overflow(ops, leaked, leak.register), leaked)
