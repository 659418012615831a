"""The leak of a state in one step, in the chip's integers."""

from dataclasses import dataclass
from typing import Any

from spikelut._checks import is_finite, require
from spikelut.hw_profiles import Decay, DecayKind, NumberFormat, Rounding
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import multiply_shift, round_shift


@dataclass(frozen=True)
class Leak:
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

    @classmethod
    def nearest(cls, who: str, name: str, decay: Decay, beta: float, register: NumberFormat) -> "Leak":
        """The leak nearest to a real decay factor `beta`, for `linear` the codes nearest to a loss of 1 - beta of 1.0.

        Raises ValueError, in the name of `who` on profile `name`, for a `beta` the chip does not offer, or one between
        0 and 1 that would be rounded to 0 or to 1, and so keep nothing or never leak.
        """
        low, high = betas(decay, register)
        valid = is_finite(beta) and low <= beta <= high
        require(valid, who, f"beta must be in {low:.6g}..{high:.6g} on {name}", beta)
        leak = cls.rounded(decay, beta, register)
        none = leak.amount == 0 if decay.kind == "linear" else leak.beta == 1
        lost = decay.kind != "none" and ((none and beta < 1) or (leak.beta == 0 and beta > 0))
        require(not lost, who, f"beta must not be rounded to {1 if none else 0}, as {name} does", beta)
        return leak

    @classmethod
    def rounded(cls, decay: Decay, beta: float, register: NumberFormat) -> "Leak":
        """The leak nearest to `beta`, a decay factor in `betas`, whatever it is."""
        fmt = NumberFormat(register.bits, register.frac, register.signed, overflow=decay.overflow)
        if decay.kind == "shift":
            amount = min(range(decay.min, decay.max + 1), key=lambda k: abs(1 - 2.0**-k - beta))
        elif decay.kind == "linear":
            amount = round((1 - beta) * 2**register.frac)
        else:
            amount = round(beta * 2**decay.frac) if decay.frac else 0
        return cls(decay.kind, amount, decay.frac, decay.rounding, fmt, decay.minimum_step)

    @property
    def beta(self) -> Any:
        """The decay factor in force: the derivative of the state after the leak by the state before."""
        if self.kind == "shift":
            return 1 - 2.0**-self.amount
        return self.amount * 2.0**-self.frac if self.kind in ("multiply", "relax") else 1.0


def input_share(decay: Decay | None, beta: float) -> float:
    """The factor of a step's input: 1 - beta where the membrane relaxes towards its input, else 1."""
    return 1 - beta if decay is not None and decay.kind == "relax" and beta < 1 else 1.0


def betas(decay: Decay, register: NumberFormat) -> tuple[float, float]:
    """The smallest and the largest beta that `decay` offers."""
    if decay.kind == "shift":
        return 1 - 2.0**-decay.min, 1 - 2.0**-decay.max
    if decay.kind == "linear":
        return 1 - decay.max / 2**register.frac, 1 - decay.min / 2**register.frac
    return (decay.min * 2.0**-decay.frac, decay.max * 2.0**-decay.frac) if decay.frac else (1.0, 1.0)


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
    grows = bool((leak.amount > 2**leak.frac) if isinstance(leak.amount, int) else (leak.amount > 2**leak.frac).any())
    return apply_overflow(ops, leaked, leak.register) if grows else leaked
