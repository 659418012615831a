"""What of a layer of neurons is built into a kernel, and what is a number that the kernel is given.

A kernel is made for a structure: registers, kinds of leak, rounding, order, reset. Layers that differ in a decay factor
or a threshold share it. `structure_of` finds a layer's; its `key` is the name under which the library has its kernel.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of, is_plain
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec

MOST_SPIKES = 255
"""In a step; see `hw_profiles.Step`."""

MOST_STATES = 2
"""Of a neuron; `step.h` has the same number."""

Limits = tuple[int, int]


@dataclass(frozen=True)
class Numbers:
    """Those that a kernel is given: amounts of the leaks, the threshold (0 of a read-out), the most spikes.

    Amounts and thresholds of each neuron's own come apart, and are 0 here.
    """

    amounts: tuple[int, ...]
    threshold: int
    most: int


@dataclass(frozen=True)
class Structure:
    """A neuron kind with the numbers taken out: `amounts` has the range of that of each leak.

    `own`: each neuron has amounts and a threshold of its own.
    """

    kind: Dynamics
    amounts: tuple[Limits, ...]
    own: bool = False

    @property
    def key(self) -> str:
        """What tells it from others, in words."""
        spec, synapse = self.kind.spec, self.kind.synapse
        words = [f"current {_register(spec.current)}", f"membrane {_register(spec.membrane)}"]
        words += [_leak(spec.leak, self.amounts[0]), "leaks first" if spec.leak_first else "leaks last"]
        words += ["change saturates"] * spec.change_saturates
        if synapse is not None:
            words += [f"synapse {_register(synapse.register)}", _leak(synapse.leak, self.amounts[1])]
            words += ["input first" if synapse.input_first else "leaks first"]
        words += ["numbers of each neuron"] * self.own
        if self.kind.reads_out:
            return ", ".join([*words, "read-out"])
        words += ["v > threshold" if spec.strict else "v >= threshold"]
        if spec.max_spikes > 1:
            return ", ".join([*words, "several spikes", *["reset to zero"] * (spec.reset == "zero")])
        to = "to zero" if spec.reset == "zero" else f"by subtraction in {_register(spec.reset_format)}"
        to += " instead of the leak" if spec.spares else ""
        return ", ".join([*words, f"reset {to}", f"read {spec.read}"])

    @property
    def back_key(self) -> str:
        """What tells its derivative from others, in words: no register does, and no rounding."""
        spec, synapse = self.kind.spec, self.kind.synapse
        words = [f"reset {'to zero' if spec.reset == 'zero' else 'by subtraction'}"]
        words += ["instead of the leak"] * spec.spares
        words = ["read-out"] if self.kind.reads_out else words
        words += ["factors of each neuron"] * self.own
        words += ["leaks first" if spec.leak_first else "leaks last", *["relaxes"] * (spec.leak.kind == "relax")]
        if synapse is not None:
            words += ["synapse", "input first" if synapse.input_first else "synapse leaks first"]
        return ", ".join(words)

    @property
    def thresholds(self) -> Limits:
        """The range of the threshold."""
        return 1, self.kind.spec.membrane.max_code


def structure_of(kind: Dynamics) -> tuple[Structure, Numbers] | None:
    """The structure of a layer and the numbers beside it; None of a kind, or of numbers, that kernels do not take."""
    spec, synapse = kind.spec, kind.synapse
    if not is_plain(kind) or spec.finer or spec.bias_with_sum:
        return None
    leaks = [spec.leak, *([synapse.leak] if synapse else [])]
    still = synapse and SynapseSpec(_plain(synapse.register), _without_amount(synapse.leak), synapse.input_first)
    own = kind.count is not None
    made = Structure(dynamics_of(_without_numbers(spec), still), tuple(map(_amounts, leaks)), own)
    inside = all(_inside(leak.amount, limits) for leak, limits in zip(leaks, made.amounts, strict=True))
    if not inside or not (kind.reads_out or _inside(spec.threshold, made.thresholds)):
        return None
    if own:
        return made, Numbers((0,) * len(leaks), 0, spec.max_spikes)
    return made, Numbers(tuple(leak.amount for leak in leaks), spec.threshold or 0, spec.max_spikes)


def _inside(number: Any, limits: Limits) -> bool:
    """Whether a number, or each of an array, is in a range."""
    ends = (number.min(), number.max()) if is_each(number) else (number, number)
    return isinstance(number, int | np.ndarray) and bool(limits[0] <= ends[0] and ends[1] <= limits[1])


def _without_numbers(spec: LIFSpec) -> LIFSpec:
    """The membrane's integers without what differs between layers of a structure, or does not matter."""
    spikes = spec.threshold is not None
    several = spikes and spec.max_spikes > 1
    one = spikes and not several
    return replace(
        spec,
        current=_plain(spec.current),
        membrane=_plain(spec.membrane),
        leak=_without_amount(spec.leak),
        threshold=0 if spikes else None,
        strict=spikes and spec.strict,
        reset=spec.reset if spikes else "subtract",
        reset_format=_plain(spec.reset_format if one and spec.reset == "subtract" else spec.membrane),
        read=spec.read if one else "after_leak",
        max_spikes=MOST_SPIKES if several else 1,
        leak_or_reset=spec.spares,
    )


def _plain(fmt: NumberFormat) -> NumberFormat:
    """The register without what only tells the value of a code."""
    return NumberFormat(fmt.bits, signed=fmt.signed, overflow=fmt.overflow, narrow=fmt.narrow)


def _without_amount(leak: Leak) -> Leak:
    fields: dict[str, Any] = {"register": _plain(leak.register), "amount": 0}
    return replace(leak, **fields)


def _amounts(leak: Leak) -> Limits:
    """The range of the amount; factors above one have their own, as their states can leave the register."""
    if leak.kind == "none":
        return 0, 0
    if leak.kind == "linear":
        return 0, 2**16
    if leak.kind == "shift":
        # All but the floor take other operators for each shift, so it is built in.
        return (0, 31) if leak.rounding == "floor" else (leak.amount, leak.amount)
    one = 2**leak.frac
    return (0, one) if np.min(leak.amount) <= one else (one + 1, 2 * one)


def _register(fmt: NumberFormat) -> str:
    sign = "signed" if fmt.signed else "unsigned"
    return f"{sign} {fmt.bits}{' narrow' if fmt.narrow else ''} {fmt.overflow}"


def _leak(leak: Leak, amounts: Limits) -> str:
    words: list[str] = [leak.kind]
    if leak.kind in ("multiply", "relax"):
        words += [f"/ 2**{leak.frac}", leak.rounding]
        if amounts[0] > 0:
            words += [f"above one into {_register(leak.register)}"]
    elif leak.kind == "shift":
        words += [f"by {amounts[0]}"] * (amounts[0] == amounts[1])
        words += [leak.rounding, *["at least one"] * leak.minimum_step]
    return " ".join(words)
