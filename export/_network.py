"""Integer networks as ONNX graphs: `integer` and `functions`."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import onnx
from onnx import helper

from spikelut.export._graph import FLOAT, INT32, INT64, UINT8, Graph, GraphOps, Var
from spikelut.export._spike_op import DOMAIN, VERSION, SpikeNodeOps, spike_function
from spikelut.quant.dynamics import lif_step, synapse_step
from spikelut.quant.integer import IntegerLIF, IntegerLinear, IntegerNetwork

OPSET = 18


def integer_model(network: IntegerNetwork, hidden_spikes: bool) -> onnx.ModelProto:
    """Integers only: uint8 spikes in and out, int8 weights, int32 arithmetic."""

    def linear(layer: IntegerLinear, spikes: Var) -> Var:
        weight = layer.codes.T
        if weight.dtype == np.int8:
            stored = spikes.graph.constant(weight, onnx.TensorProto.INT8)
            sums = spikes.graph.node("MatMulInteger", [spikes, stored], INT32)
        else:
            stored = spikes.graph.constant(weight, onnx.TensorProto.INT16)
            sums = spikes.graph.node("MatMul", [spikes.cast(INT32), stored.cast(INT32)], INT32)
        return sums << layer.left_shift

    return _model(network, hidden_spikes, UINT8, linear, lambda layer: GraphOps(), [])


def functions_model(network: IntegerNetwork, hidden_spikes: bool) -> onnx.ModelProto:
    """Float spikes and weights; every comparison with a threshold is an `org.spikelut::Spike` node."""
    step = network.profile.state_step

    def linear(layer: IntegerLinear, spikes: Var) -> Var:
        # Weights are multiples of a power of two, so float32 sums are exact and the cast loses nothing.
        weight = spikes.graph.constant(layer.codes.T * (2.0**layer.left_shift * step), FLOAT)
        current = spikes.graph.node("MatMul", [spikes, weight], FLOAT)
        codes = current * (1 / step)
        return spikes.graph.node("Round", [codes], FLOAT).cast(INT32)

    return _model(network, hidden_spikes, FLOAT, linear, SpikeNodeOps, [spike_function(OPSET)])


def _model(
    network: IntegerNetwork,
    hidden_spikes: bool,
    spike_type: int,
    linear: Any,
    ops_of: Any,
    functions: list[onnx.FunctionProto],
) -> onnx.ModelProto:
    graph = Graph()
    signal = Var(graph, "input", spike_type)
    outputs: list[tuple[Var, int]] = []
    width = network.in_features
    for layer in network.layers:
        if isinstance(layer, IntegerLinear):
            signal, width = linear(layer, signal), len(layer.codes)
        else:
            signal = _scan(graph, signal, layer, ops_of(layer), spike_type, width)
            outputs.append((signal, width))
    kept = outputs if hidden_spikes else outputs[-1:]
    graph.prune([v for v, _ in kept])
    info = [helper.make_tensor_value_info(v.name, spike_type, ["T", "B", n]) for v, n in kept]
    proto = helper.make_graph(
        graph.nodes,
        f"spikelut_{network.profile.name}",
        [helper.make_tensor_value_info("input", spike_type, ["T", "B", network.in_features])],
        info,
        initializer=list(graph.constants.values()),
    )
    opsets = [helper.make_opsetid("", OPSET)] + ([helper.make_opsetid(DOMAIN, VERSION)] if functions else [])
    model = helper.make_model(proto, opset_imports=opsets, functions=functions, producer_name="spikelut")
    model.ir_version = helper.find_min_ir_version_for(opsets, ignore_unknown=True)
    helper.set_model_props(model, {"spikelut.profile": json.dumps(asdict(network.profile), sort_keys=True)})
    onnx.checker.check_model(model, full_check=True)
    return model


def _scan(graph: Graph, current: Var, layer: IntegerLIF, ops: Any, spike_type: int, width: int) -> Var:
    """Spikes [T, B, N] of a layer whose time loop is a Scan over `current` [T, B, N], from rest."""
    # Sums of two 32-bit registers need more than 32 bits.
    kind = INT64 if layer.spec.wide else INT32
    current = current.cast(kind)
    body = Graph(prefix=f"{layer.name}_")
    mem, drive = Var(body, f"{body.prefix}mem", kind), Var(body, f"{body.prefix}current", kind)
    before, arriving, after = [mem], drive, []
    if layer.synapse:
        syn = Var(body, f"{body.prefix}syn", kind)
        arriving = synapse_step(ops, layer.synapse, syn, drive)[0]
        before, after = [mem, syn], [arriving]
    step = lif_step(ops, layer.spec, mem, arriving)
    spikes = step.spikes.cast(spike_type)
    after = [step.mem, *after]
    body.prune([*after, spikes])
    state: list[str | int | None] = ["B", width]
    proto = helper.make_graph(
        body.nodes,
        f"{body.prefix}step",
        [helper.make_tensor_value_info(v.name, kind, state) for v in (*before, drive)],
        [helper.make_tensor_value_info(v.name, v.dtype, state) for v in (*after, spikes)],
        initializer=list(body.constants.values()),
    )
    shape = graph.node("Shape", [current], INT64, start=1)
    zero = helper.make_tensor("zero", kind, [1], [0])
    rest = graph.node("ConstantOfShape", [shape], kind, value=zero)
    name = f"spikes.{layer.name}"
    graph.nodes.append(
        helper.make_node(
            "Scan",
            [*[rest.name] * len(before), current.name],
            [*[f"{name}.state{i}" for i in range(len(after))], name],
            name=f"scan.{layer.name}",
            body=proto,
            num_scan_inputs=1,
        )
    )
    return Var(graph, name, spike_type)
