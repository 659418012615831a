"""Batch norm of torch in networks that branch, folded into weights and neurons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from torch import nn

from spikelut._checks import require
from spikelut.quant.folding.fold_into import NORMS, fold_into
from spikelut.quant.neurons.bias_layers import bias_layers_of
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.reading.operations import features
from spikelut.quant.reading.qat_layers import NEURONS, WEIGHTED, QatLayers
from spikelut.quant.reading.shapes_of_inputs import traced
from spikelut.quant.reading.trace import Trace
from spikelut.quant.weights.module_reading import LAYERS, as_evaluated, copy_of, kind_of, require_plain
from spikelut.quant.wiring.call import Call

PASSES = ("add", "repeat")
"""What sums of weights may go through on their way to neurons, which then add the shift."""


class LayersAndNorms(QatLayers):
    """The layers that are read, and batch norm of torch."""

    def takes(self, module: nn.Module) -> bool:
        """Whether a module is one of them."""
        return isinstance(module, NORMS) or super().takes(module)

    def problem(self, who: str, path: str, module: nn.Module) -> str:
        """Why such a layer is not read, or nothing."""
        if not isinstance(module, NORMS):
            return super().problem(who, path, module)
        try:
            require_plain(f"{who}: layer {path!r}", module, kind_of(module, NORMS) or nn.BatchNorm2d, LAYERS)
        except ValueError as error:
            return str(error)
        return ""

    def call(self, trace: Trace, path: str, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What such a layer gives."""
        if not isinstance(module, NORMS):
            return super().call(trace, path, module, args, kwargs)
        (x,) = args
        return trace.tensor(trace.add("norm", (x.value,), features(x), stem=path, module=module), features(x))


def fold_in_graph(model: nn.Module, example: Any) -> nn.Module:
    """A copy of a module of the user's own with its batch norms folded; see `fold_batch_norm`."""
    who, folded = "fold_batch_norm", cast(nn.Module, copy_of(model))
    with as_evaluated(folded):
        read = traced(who, folded, example, LayersAndNorms())
    calls = {call.name: call for call in read.calls}
    outputs = set(read.outputs.values())
    for call in read.calls:
        if call.op != "norm":
            continue
        where, before = f"{who}: layer {call.where!r}", calls.get(call.inputs[0])
        behind = before is not None and isinstance(before.module, WEIGHTED)
        require(behind, where, "must stand right behind quantised weights", before.op if before else "an input")
        assert before is not None  # as was just required
        alone = [c.name for c in read.calls if before.name in c.inputs] == [call.name] and before.name not in outputs
        require(alone, where, f"must be all that takes what layer {before.where!r} gives", before.name)
        neurons = list(dict.fromkeys(_neurons(read.calls, call.name, outputs, where)))
        require(bool(neurons), where, "must stand before neurons, which add its shift", call.name)
        fold_into(before.module, call.module, neurons[0])
        for other in neurons[1:]:
            one: Any = getattr(other, "neuron", other)
            require(
                one.bias is None, where, "must stand before neurons without a bias of their own", type(one).__name__
            )
            one.bias_layers = bias_layers_of(who, (*one.bias_layers, before.module), one.profile)
        _leave_out(folded, call)
    return folded


def _neurons(calls: list[Call], name: str, outputs: set[str], where: str) -> Iterator[Any]:
    """The layers of neurons that sums come to as they are, or added to others."""
    require(name not in outputs, where, "must stand before neurons, which add its shift", "an output")
    for call in calls:
        if name not in call.inputs:
            continue
        if isinstance(call.module, NEURONS):
            yield call.module
        else:
            allowed = "must stand right before neurons, or be added to other currents"
            require(call.op in PASSES, where, allowed, call.op)
            yield from _neurons(calls, call.name, outputs, where)


def _leave_out(model: nn.Module, call: Call) -> None:
    """Put nothing in the place of a batch norm."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            inner = child.module if isinstance(child, TimeDistributed) else child
            if inner is call.module:
                setattr(parent, name, nn.Identity())
