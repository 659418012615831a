"""Reading a model that may not be readable: everything that is wrong with it, not the first thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.signal import Signal
from spikelut.quant.reading.assemble import inputs_of, profile_in
from spikelut.quant.reading.build import Build
from spikelut.quant.reading.chains import Read
from spikelut.quant.reading.qat_layers import SPIKING, WEIGHTED, QatLayers
from spikelut.quant.reading.shapes_of_inputs import arguments_of, read_of, shapes_of
from spikelut.quant.reading.trace import trace
from spikelut.quant.weights.module_reading import as_evaluated
from spikelut.quant.wiring.call import Call


@dataclass
class Collecting(Build):
    """A network in which what is refused is noted, and taken for what it was meant to be."""

    problems: list[str] = field(default_factory=list)

    def call(self, call: Call) -> None:
        try:
            if call.op != "unread":  # that was noted
                super().call(call)
                return
        except ValueError as error:
            self.problems.append(str(error))
        self._meant(call)

    def _meant(self, call: Call) -> None:
        """Go on as if a call had given what it was meant to."""
        given = self.signals[self.scales[call.inputs[0]][0]]
        profile = self.near([self.scales[name][0] for name in call.inputs])
        kind = "sums" if isinstance(call.module, WEIGHTED) else "events"
        meant = given.of(call.shape, least=0, largest=1)
        if isinstance(call.module, (*WEIGHTED, *SPIKING)):
            chip = profile if kind == "sums" else None
            meant = Signal(kind, 0, 1, call.shape, 1.0, given.steps, chip)  # type: ignore[arg-type]  # as above
        self.signals[call.name] = meant
        self.scales[call.name] = (call.name, 1.0)


def collected(
    who: str, model: nn.Module, x: Any, largest_input: int | Mapping[str, int] | None
) -> tuple[IntegerNetwork | None, list[str], Sequence[str]]:
    """The network, as far as there is one; what is wrong with the model; and what it does to outputs over time."""
    problems: list[str] = []
    with as_evaluated(model):
        try:
            shapes = shapes_of(who, x, arguments_of(model))
            by_name = isinstance(x, Mapping)
            made = trace(who, model, shapes, QatLayers(), keywords=by_name, problems=problems)
            read = read_of(made, fixed=True)
            build = _assembled(who, read, largest_input)
        except ValueError as error:
            return None, [*problems, str(error)], ()
        problems += build.problems
        if problems:
            return None, list(dict.fromkeys(problems)), read.ends
        return build.network(read.outputs, read.stated), problems, read.ends


def _assembled(who: str, read: Read, largest_input: Any) -> Collecting:
    build = Collecting(who, inputs_of(who, read, largest_input), profile_in(who, read))
    for call in read.calls:
        build.call(call)
    return build
