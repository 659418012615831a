"""Integer networks as ONNX graphs: `integer` and `functions`."""

import json
from dataclasses import asdict
from typing import Any

import onnx
from onnx import helper

from spikelut._checks import require
from spikelut.export._graph import INT32, INT64, Graph, Var
from spikelut.export._layers import Dialect, Floats, Integers, flattened, repeated
from spikelut.export._spike_op import DOMAIN, VERSION, spike_function
from spikelut.quant.dynamics import lif_step, synapse_step
from spikelut.quant.integer import IntegerNetwork
from spikelut.quant.integer_layers import (
    IntegerConv2d,
    IntegerFlatten,
    IntegerLIF,
    IntegerLinear,
    IntegerRepeat,
    IntegerSumPool2d,
)

OPSET = 18


def integer_model(network: IntegerNetwork, hidden_spikes: bool) -> onnx.ModelProto:
    """Integers only: uint8 events in and out, int8 weights, int32 arithmetic."""
    largest = network.largest_input
    require(largest <= 255, "to_onnx", "inputs must be at most 255 in the integer dialect", largest)
    return _model(network, hidden_spikes, Integers(), [])


def functions_model(network: IntegerNetwork, hidden_spikes: bool) -> onnx.ModelProto:
    """Float spikes and weights; every comparison with a threshold is an `org.spikelut::Spike` node."""
    return _model(network, hidden_spikes, Floats(network.profile.state_step), [spike_function(OPSET)])


def _model(
    network: IntegerNetwork, hidden_spikes: bool, dialect: Dialect, functions: list[onnx.FunctionProto]
) -> onnx.ModelProto:
    graph = Graph()
    signal = Var(graph, "input", dialect.events)
    shape = network.input_shape[1:]
    inputs = helper.make_tensor_value_info("input", dialect.events, ["T", "B", *network.input_shape])
    unit, channels, outputs = network.input_step, network.in_features, []
    for layer in network.layers:
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            signal, unit, channels = dialect.sums(layer, signal, unit), 1.0, len(layer.codes)
            shape = [f"{layer.name}.H", f"{layer.name}.W"] if isinstance(layer, IntegerConv2d) else []
        elif isinstance(layer, IntegerSumPool2d):
            signal = dialect.pooled(layer, signal, channels)
            shape = [f"{layer.name}.H", f"{layer.name}.W"]
        elif isinstance(layer, IntegerFlatten):
            signal = flattened(graph, signal)
        elif isinstance(layer, IntegerRepeat):
            signal = repeated(graph, signal, layer.steps)
        else:
            features = [channels, *shape]
            signal = _scan(graph, signal, layer, dialect, features)
            outputs.append(helper.make_tensor_value_info(signal.name, signal.dtype, [None, "B", *features]))
    kept = outputs if hidden_spikes else outputs[-1:]
    graph.prune([Var(graph, v.name, INT32) for v in kept])
    name = f"spikelut_{network.profile.name}"
    proto = helper.make_graph(graph.nodes, name, [inputs], kept, initializer=list(graph.constants.values()))
    opsets = [helper.make_opsetid("", OPSET)] + ([helper.make_opsetid(DOMAIN, VERSION)] if functions else [])
    model = helper.make_model(proto, opset_imports=opsets, functions=functions, producer_name="spikelut")
    model.ir_version = helper.find_min_ir_version_for(opsets, ignore_unknown=True)
    helper.set_model_props(model, {"spikelut.profile": json.dumps(asdict(network.profile), sort_keys=True)})
    onnx.checker.check_model(model, full_check=True)
    return model


def _scan(graph: Graph, current: Var, layer: IntegerLIF, dialect: Dialect, features: list[Any]) -> Var:
    """Spikes, or membranes, [T, B, ...] of a layer whose time loop is a Scan over `current`, from rest."""
    # Sums of two 32-bit registers need more than 32 bits.
    kind = INT64 if layer.spec.wide else INT32
    current = current.cast(kind)
    body, ops = Graph(prefix=f"{layer.name}_"), dialect.ops(layer)
    mem, drive = Var(body, f"{body.prefix}mem", kind), Var(body, f"{body.prefix}current", kind)
    before, arriving = [mem], drive
    if layer.recurrent:
        last = Var(body, f"{body.prefix}last", dialect.events)
        before.append(last)
        arriving = arriving + dialect.fed_back(layer.recurrent, last).cast(kind)
    after: list[Var] = []
    if layer.synapse:
        syn = Var(body, f"{body.prefix}syn", kind)
        before.append(syn)
        arriving = synapse_step(ops, layer.synapse, syn, arriving)[0]
        after.append(arriving)
    bias: Any = 0 if layer.bias is None else body.constant(layer.bias.codes(1 + len(features)), kind)
    step = lif_step(ops, layer.spec, mem, arriving, bias)
    out = _readout(step.mem, layer, dialect) if layer.reads_out else step.spikes.cast(dialect.events)
    # A state that is handed on twice needs two names.
    after = [step.mem, *([body.node("Identity", [out], out.dtype)] if layer.recurrent else []), *after]
    out = body.node("Identity", [out], out.dtype)
    body.prune([*after, out])
    state: list[Any] = ["B", *features]
    proto = helper.make_graph(
        body.nodes,
        f"{body.prefix}step",
        [helper.make_tensor_value_info(v.name, v.dtype, state) for v in (*before, drive)],
        [helper.make_tensor_value_info(v.name, v.dtype, state) for v in (*after, out)],
        initializer=list(body.constants.values()),
    )
    shape = graph.node("Shape", [current], INT64, start=1)
    rest = [
        graph.node("ConstantOfShape", [shape], v.dtype, value=helper.make_tensor("zero", v.dtype, [1], [0]))
        for v in before
    ]
    name = f"{'membrane' if layer.reads_out else 'spikes'}.{layer.name}"
    states = [f"{name}.state{i}" for i in range(len(after))]
    node = helper.make_node("Scan", [*[v.name for v in rest], current.name], [*states, name], f"scan.{layer.name}")
    node.attribute.extend([helper.make_attribute("body", proto), helper.make_attribute("num_scan_inputs", 1)])
    graph.nodes.append(node)
    return Var(graph, name, out.dtype)


def _readout(mem: Var, layer: IntegerLIF, dialect: Dialect) -> Var:
    """The membrane as the dialect gives it: codes, or real values."""
    return mem.cast(dialect.membrane) * layer.spec.membrane.step if isinstance(dialect, Floats) else mem
