"""What goes into a network in C and comes out: arguments of its step, their sizes and limits, and words for them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from spikelut.export.c.arrays import Values
from spikelut.export.c.names import comment, suffixes
from spikelut.export.c.plan import Plan
from spikelut.quant.network.layers import IntegerLIF, IntegerRepeat


@dataclass(frozen=True)
class Port:
    """An argument of the step, with the names of the macros for its size and its limits."""

    values: Values
    size: str
    largest: str
    least: str

    @property
    def wrong(self) -> list[str]:
        """C conditions, of the value at `i`, for what the network does not take though the type holds it."""
        signal, holds = self.values.signal, np.iinfo(self.values.c_type.removesuffix("_t"))
        found = [f"{self.values.text}[i] < {self.least}"] if signal.least != holds.min else []
        return found + ([f"{self.values.text}[i] > {self.largest}"] if signal.largest != holds.max else [])

    @property
    def sizes(self) -> Iterator[tuple[str, int]]:
        """The macros with their numbers; of what comes out the size alone."""
        yield self.size, self.values.count
        if self.largest:
            yield self.largest, self.values.signal.largest
            if self.values.signal.least:
                yield self.least, self.values.signal.least


def inputs_of(plan: Plan) -> list[Port]:
    """What goes in; where there are several, names of macros end in that of the input."""
    macro = plan.name.upper()
    ports = zip(plan.inputs.values(), _endings(plan.inputs), strict=True)
    return [
        Port(v, *(f"{macro}_{what}{end}" for what in ("INPUTS", "LARGEST_INPUT", "LEAST_INPUT"))) for v, end in ports
    ]


def outputs_of(plan: Plan) -> list[Port]:
    """What comes out, in the same way."""
    ports = zip(plan.outputs.values(), _endings(plan.outputs), strict=True)
    return [Port(values, f"{plan.name.upper()}_OUTPUTS{end}", "", "") for values, end in ports]


def _endings(names: Iterable[str]) -> list[str]:
    found = list(suffixes(names).values())
    if len(found) == 1:
        return [""]
    # Names that differ by capitals alone are numbered.
    upper = [name.upper() for name in found]
    return [f"_{name}_{i}" if upper.count(name) > 1 else f"_{name}" for i, name in enumerate(upper)]


def arguments(plan: Plan) -> str:
    """Those of the step, behind the state."""
    given = [f"const {v.c_type} *{v.text}" for v in plan.inputs.values()]
    return ", ".join([*given, *(f"{v.c_type} *{v.text}" for v in plan.outputs.values())])


def described(plan: Plan) -> Iterator[str]:
    """What goes in and comes out, in words."""
    for values, one in zip(plan.inputs.values(), plan.network.inputs, strict=True):
        worth = f", each worth {one.step:g}" if one.step != 1 else ""
        what = "numbers" if one.least else "event counts"
        yield f"{values.text}: {what} [{_shape(values)}], {one.least}..{one.largest}{worth}."
    if any(isinstance(layer, IntegerRepeat) for layer in plan.network.layers):
        yield "The same input is given in every step."
    layers = {layer.name: layer for layer in plan.network.layers}
    for name, values in plan.outputs.items():
        signal, layer, of = values.signal, layers[name], comment(repr(name))
        if signal.kind == "membranes":
            what = f"membranes of the read-out {of}, in codes worth {signal.step:g}"
        elif signal.kind == "sums":
            what = f"synaptic sums of layer {of}, in codes worth {signal.step:g}"
        else:
            kind = "event counts"
            if isinstance(layer, IntegerLIF):
                kind = "graded spikes" if signal.graded else "spikes"
            worth = f", each worth {signal.step:g}" if signal.graded else ""
            what = f"{kind} of layer {of}, {signal.least}..{signal.largest}{worth}"
        yield f"{values.text}: {what} [{_shape(values)}]."


def _shape(values: Values) -> str:
    return " x ".join(map(str, values.shape)) or "1"
