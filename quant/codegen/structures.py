"""What of a layer of neurons is built into a kernel, and what is a number that the kernel is given.

A kernel is made for a structure: registers, kinds of leak, rounding, order, reset. Layers that differ in a decay factor
or a threshold share it. `structure_of` finds a layer's; its `key` is the name under which the library has its kernel.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of, is_of_these
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec

MOST_SPIKES = 255
"""In a step; see `hw_profiles.Step`."""

MOST_STATES, MOST_NUMBERS = 4, 5
"""Of a neuron, and of a kind besides the threshold; `step.h` has the same."""

COMPILED = {"spec", "synapse", "adaptation", "refractory"}
"""The parts of kinds that kernels are made of."""

Limits = tuple[int, int]


@dataclass(frozen=True)
class Numbers:
    """Those that a kernel is given: those of the kind in its order, the threshold (0 of a read-out), the most spikes.

    Numbers of each neuron's own come apart, and are 0 here.
    """

    amounts: tuple[int, ...]
    threshold: int
    most: int


@dataclass(frozen=True)
class Structure:
    """A neuron kind with the numbers taken out: `amounts` has the range of each but the threshold, as `names` has them.

    `own`: each neuron has numbers of its own.
    """

    kind: Dynamics
    amounts: tuple[Limits, ...]
    own: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the numbers but the threshold: `beta`, `alpha` of a current, and what other parts have."""
        return tuple(name for name in self.kind.numbers if name != "threshold")

    @property
    def key(self) -> str:
        """What tells it from others, in words."""
        spec, synapse, limits = self.kind.spec, self.kind.synapse, dict(zip(self.names, self.amounts, strict=True))
        words = [f"current {_register(spec.current)}", f"membrane {_register(spec.membrane)}"]
        words += [_leak(spec.leak, limits["beta"]), "leaks first" if spec.leak_first else "leaks last"]
        words += ["change saturates"] * spec.change_saturates
        if synapse is not None:
            words += [f"synapse {_register(synapse.register)}", _leak(synapse.leak, limits["alpha"])]
            words += ["input first" if synapse.input_first else "leaks first"]
        for name, part in _others(self.kind):
            words += [name, *_words(part, self.kind.leaks, limits)]
        words += ["numbers of each neuron"] * self.own
        if self.kind.reads_out:
            return ", ".join([*words, "read-out"])
        words += ["v > threshold" if spec.strict else "v >= threshold"]
        if spec.max_spikes > 1:
            return ", ".join([*words, "several spikes", *["reset to zero"] * (spec.reset == "zero")])
        by = f"by subtraction in {_register(spec.reset_format)}"
        to = {"zero": "reset to zero", "subtract": f"reset {by}", "none": "no reset"}[spec.reset]
        to += " instead of the leak" if spec.spares else ""
        return ", ".join([*words, to, f"read {spec.read}"])

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
        return ", ".join([*words, *(name for name, _ in _others(self.kind))])

    @property
    def thresholds(self) -> Limits:
        """The range of the threshold."""
        return 1, self.kind.spec.membrane.max_code


def structure_of(kind: Dynamics) -> tuple[Structure, Numbers] | None:
    """The structure of a layer and the numbers beside it; None of a kind, or of numbers, that kernels do not take."""
    spec = kind.spec
    if not is_of_these(kind) or not kind.parts.keys() <= COMPILED or kind.wide != spec.wide:
        return None
    if spec.finer or spec.bias_with_sum or len(kind.states) > MOST_STATES:
        return None
    values, leaks, own = kind.numbers, kind.leaks, kind.count is not None
    threshold = values.pop("threshold", 0)
    if len(values) > MOST_NUMBERS or (not kind.reads_out and kind.output.kind != "events") or len(kind.notes) > 1:
        return None
    limits = [_amounts(leaks[name]) if name in leaks else (0, spec.membrane.max_code) for name in values]
    parts = {name: _plain_part(part) for name, part in kind.parts.items() if name != "spec"}
    still = dynamics_of(_without_numbers(spec), **parts).mapped(lambda name, value: 0)
    made = Structure(still, tuple(limits), own)
    inside = all(_inside(value, ends) for value, ends in zip(values.values(), limits, strict=True))
    if not inside or not (kind.reads_out or _inside(threshold, made.thresholds)):
        return None
    if own:
        return made, Numbers((0,) * len(limits), 0, spec.max_spikes)
    return made, Numbers(tuple(values.values()), threshold or 0, spec.max_spikes)


def _others(kind: Dynamics) -> list[tuple[str, Any]]:
    """The parts that not every kind has."""
    return [(name, part) for name, part in kind.parts.items() if name not in ("spec", "synapse")]


def _words(part: Any, leaks: dict[str, Leak], limits: dict[str, Limits]) -> list[str]:
    """What a part has that is built into a kernel."""
    words = []
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, NumberFormat):
            words.append(f"{field.name} {_register(value)}")
        elif isinstance(value, Leak):
            name = next(name for name, leak in leaks.items() if leak is value)
            words.append(f"{field.name} {_leak(value, limits[name])}")
        elif field.name not in limits:
            words.append(f"{field.name} {value}")
    return words


def _plain_part(part: Any) -> Any:
    """A part without what differs between layers of a structure."""
    plain: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, NumberFormat):
            plain[field.name] = _plain(value)
        elif isinstance(value, Leak):
            plain[field.name] = _without_amount(value)
    return replace(part, **plain)


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
