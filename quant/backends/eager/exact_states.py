"""States of neurons as integers in floats that are exact: their leak, their register, and a synaptic current's way."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.backends.contract import flag, largest_magnitude, to_codes
from spikelut.quant.dynamics.current import CurrentDynamics
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import SynapseSpec
from spikelut.surrogates._eager import operand

_ROUNDED: dict[str, Callable[[Tensor], Tensor]] = {
    "floor": Tensor.floor_,
    "trunc0": Tensor.trunc_,
    "half_up": lambda x: x.add_(0.5).floor_(),
    "half_even": Tensor.round_,
}


def is_exact(leak: Leak) -> bool:
    """Whether `Decaying` computes this leak: that of a plain state, with one amount for all neurons."""
    if leak.kind not in ("none", "shift", "multiply") or not isinstance(leak.amount, int) or leak.minimum_step:
        return False
    grows = leak.kind == "multiply" and leak.amount > 2**leak.frac
    return not grows and leak.rounding in (("floor",) if leak.kind == "shift" else _ROUNDED)


def factor(leak: Leak) -> tuple[int, int]:
    """What is kept of a state in a step: an odd numerator, or zero, and a power of two below it."""
    if leak.kind == "none":
        return 1, 1
    top, below = (2**leak.amount - 1, 2**leak.amount) if leak.kind == "shift" else (leak.amount, 2**leak.frac)
    shared = min(top & -top, below) if top else below
    return top // shared, below // shared


def most(register: NumberFormat) -> int:
    """The largest magnitude that a register holds of either sign."""
    return min(int(-register.min_code), int(register.max_code))


def bits(register: NumberFormat, leak: Leak, added: float) -> int:
    """Bits of the numbers in a step of a state: the sum before it is cut, and the leak before it is rounded."""
    end: int = 2 ** (register.bits - 1)
    top, below = factor(leak)
    return max((end + int(added)).bit_length(), (end * top + below).bit_length())


class Decaying:
    """A state that leaks and takes in currents, in codes.

    `reach`: its largest magnitude, or a bound of that; only where it is beyond the register are values looked at.
    """

    def __init__(self, kind: Dynamics, name: str, register: NumberFormat, leak: Leak, codes: Tensor, reach: float):
        self.codes, self.leak, self.register, self.reach = codes, leak, register, reach
        self.bit, self.limit, self.beta = flag(kind, name), most(register), float(leak.beta)
        top, below = factor(leak)
        self.stays, self.kept = top == below, operand(top / below, codes)

    def leaked(self) -> Tensor:
        """The state after its leak, in its own memory."""
        if self.stays:
            return self.codes
        self.codes.mul_(self.kept)
        # What a shift takes away is rounded down, so that what it leaves is rounded up.
        return self.codes.ceil_() if self.leak.kind == "shift" else _ROUNDED[self.leak.rounding](self.codes)

    def bring_in(self, full: Tensor, added: float, t: int, flags: Tensor, shape: torch.Size) -> Tensor:
        """Bring `full`, the leaked state and at most `added`, into the register; the flags of all steps."""
        self.reach = self.beta * self.reach + 1 + added
        if self.reach > self.limit:
            self.reach = largest_magnitude(full)
            if self.reach > self.limit:
                flags = cut(full, self.register, self.bit, t, flags, shape)
                self.reach = largest_magnitude(full)
        return flags

    def take(self, arriving: Tensor, most_of_it: float, t: int, flags: Tensor, shape: torch.Size) -> Tensor:
        """A step of a current: `arriving`, at most `most_of_it`, becomes the state after it; the flags of all steps."""
        arriving.add_(self.leaked())
        flags = self.bring_in(arriving, most_of_it, t, flags, shape)
        self.codes.copy_(arriving)
        return flags


def cut(full: Tensor, register: NumberFormat, bit: int, t: int, flags: Tensor, shape: torch.Size) -> Tensor:
    """Bring states into their register; the flags, of all steps, with those that saturated in step `t`."""
    codes = full.to(torch.int32)
    brought = apply_overflow(TorchOps, codes, register)
    full.copy_(brought)
    saturated = brought != codes
    if register.overflow == "wrap" or not bool(saturated.any()):
        return flags
    flags = flags if len(flags) else torch.zeros(shape, dtype=torch.uint8, device=full.device)
    flags[t] += saturated.to(torch.uint8) * bit
    return flags


def membrane_of(kind: Dynamics) -> Dynamics:
    """The kind itself, or of one behind a synaptic current that behind it."""
    return kind.membrane if type(kind) is CurrentDynamics else kind


def is_exact_synapse(synapse: SynapseSpec | None, taken: NumberFormat) -> bool:
    """Whether there is none, or one that leaks first and that the register `taken` holds."""
    if synapse is None:
        return True
    held = taken.min_code <= synapse.register.min_code and synapse.register.max_code <= taken.max_code
    return held and not synapse.input_first and is_exact(synapse.leak)


def current_of(kind: Dynamics, state: Tensor, dtype: torch.dtype) -> Decaying | None:
    """The synaptic current of a layer before its first step, real `state`; None without one."""
    if kind.synapse is None:
        return None
    codes = to_codes(state, kind.spec).to(dtype)
    return Decaying(kind, "syn", kind.synapse.register, kind.synapse.leak, codes, largest_magnitude(codes))


class CurrentBack:
    """What the way back through a synaptic current has: its gradient, at first that of the last one, and its factor."""

    def __init__(self, kind: Dynamics, synapse: SynapseSpec, grad: Tensor | None, like: Tensor) -> None:
        self.grad = torch.zeros_like(like) if grad is None else grad.to(like.dtype, copy=True)
        self.alpha, self.bit, self.wanted = operand(float(synapse.leak.beta), like), flag(kind, "syn"), grad is not None


def back_of(kind: Dynamics, grads: tuple[Any, ...], like: Tensor) -> CurrentBack | None:
    """That of a layer; None without a current."""
    return None if kind.synapse is None else CurrentBack(kind, kind.synapse, grads[-1], like)
