"""A float network as `convert` reads it, run in floats: what its own forward is compared with."""

from typing import Any

from torch import Tensor, nn

from spikelut.quant.conversion.float_trace import traced
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.own_forward import given_by
from spikelut.quant.conversion.plan import Part, Plan, arriving
from spikelut.quant.conversion.planned import plan_of
from spikelut.quant.weights.module_reading import as_evaluated


def read(model: nn.Module, events: Tensor) -> Plan:
    """The plan of a model for such events."""
    kinds = Kinds.now()
    with as_evaluated(model):
        return plan_of(traced(model, tuple(events.shape), kinds), kinds)


def only_neurons(plan: Plan) -> Part:
    (part,) = plan.neurons
    return part


def run(plan: Plan, events: Tensor) -> tuple[Tensor, Tensor]:
    """What the only neurons of a plan give, and their membranes."""
    values: dict[str, Any] = dict.fromkeys(plan.inputs, events)
    for part in plan.parts:
        if part.found is not None:
            return part.found.run(arriving(part, values))
        values[part.name] = given_by(part, values)
    raise AssertionError("a plan with neurons")
