"""The plan of a float network as a model of layers on a chip's grid."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from math import prod
from typing import Any

from torch import nn

from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.calibration import Peak
from spikelut.quant.conversion.chip_neurons import Place, place_of
from spikelut.quant.conversion.making.made import Quantised
from spikelut.quant.conversion.making.scaled import scaled
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.wanted import Wanted
from spikelut.quant.network.delays.axons import check_delays
from spikelut.quant.weights.delay import Delay
from spikelut.quant.weights.pooling import MaxPool1d, MaxPool2d, Repeat, SumPool1d, SumPool2d
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import GraphModule, module_of

CHAINED = (MaxPool1d, MaxPool2d, SumPool1d, SumPool2d, Repeat, Delay, nn.Flatten)
"""Layers without weights of a chain that is a Sequential."""


def quantised(plan: Plan, peaks: Mapping[str, Peak], wanted: Wanted) -> tuple[nn.Module, Quantised]:
    """The trainable model, and how it was made; `peaks`: by name of neurons, how far their membranes reach."""
    wanted.check_names(plan)
    made = Quantised()
    modules: dict[str, nn.Module] = {}
    for meeting in plan.scales:
        scaled(plan, [part for part in plan.parts if part.name in meeting], peaks, wanted, modules, made)
    for part in plan.parts:
        _append(plan, part, modules.get(part.name), made)
    return assembled(plan, made), made


def assembled(plan: Plan, made: Quantised) -> nn.Module:
    """The model of the layers that were made."""
    return _model(plan, made, {key: made.renamed.get(name, name) for key, (name, _) in plan.outputs.items()})


def _append(plan: Plan, part: Part, module: nn.Module | None, made: Quantised) -> None:
    """Append the call of a part; of neurons whose channels do not come first, between rearrangements."""
    inputs = tuple(made.renamed.get(name, name) for name in part.inputs)
    if part.found is not None:
        place = place_of(part)
        if place.axis != 0:
            _between(part, place, inputs, module, made)
            return
    if part.weights is not None or part.found is not None:
        made.calls.append(Call(part.name, "module", inputs, part.shape, part.where, module))
        return
    arguments, op = dict(part.arguments), part.op
    if op == "unweighted":
        op, arguments = (
            "currents",
            {"factor": part.factor * made.scales[part.name].factor, "profile": made.chips[part.name]},
        )
    if op == "delay":
        arguments["profile"] = _chip_near(plan, part, made)
        check_delays(f"convert: layer {part.title!r}", tuple(arguments["delays"]), arguments["profile"])
    given = part.inputs[0]
    rank = len(plan.inputs[given] if given in plan.inputs else plan[given].shape)
    made.calls.append(Call(part.name, op, inputs, part.shape, part.where, module_of(op, arguments, rank), arguments))


def _chip_near(plan: Plan, part: Part, made: Quantised) -> Profile:
    """The chip of the neurons whose spikes a part takes; of an input that of the first who take it."""
    reached = {part.name}
    given = part.inputs[0]
    while given not in plan.inputs:
        if given in made.chips:
            return made.chips[given]
        given = plan[given].inputs[0]
    for other in plan.parts:
        if reached.intersection(other.inputs):
            reached.add(other.name)
            if other.name in made.chips:
                return made.chips[other.name]
    return next(iter(made.chips.values()))


def _between(part: Part, place: Place, inputs: tuple[str, ...], module: nn.Module | None, made: Quantised) -> None:
    names, rank = (f"{part.name}_in", part.name, f"{part.name}_out"), len(part.shape)
    shape: tuple[int, ...]
    there: dict[str, Any]
    if place.axis is None:
        op, shape = "reshape", (prod(part.shape),)
        there, back = {"shape": shape}, {"shape": part.shape}
    else:
        axes = (place.axis, *(i for i in range(rank) if i != place.axis))
        op, shape = "transpose", tuple(part.shape[i] for i in axes)
        there, back = {"axes": axes}, {"axes": tuple(axes.index(i) for i in range(rank))}
    made.calls.append(Call(names[0], op, inputs, shape, part.where, module_of(op, there, rank), there))
    made.calls.append(Call(names[1], "module", names[:1], shape, part.where, module))
    made.calls.append(Call(names[2], op, names[1:2], part.shape, part.where, None, back))
    made.renamed[part.name] = names[2]


def _model(plan: Plan, made: Quantised, outputs: dict[str, str]) -> nn.Module:
    """A Sequential of a chain, else the graph."""
    before, chain = next(iter(plan.inputs)), True
    for i, call in enumerate(made.calls):
        known = call.op == "module" or (i > 0 and isinstance(call.module, CHAINED))
        chain = chain and known and call.inputs == (before,)
        before = call.name
    if chain and list(outputs.values()) == [before] and len(plan.inputs) == 1:
        return nn.Sequential(OrderedDict((call.name, call.module) for call in made.calls if call.module is not None))
    return GraphModule(made.calls, plan.inputs, outputs)
