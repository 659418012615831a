"""Any number of time steps: each layer of neurons is a Scan over its currents."""

from typing import Any

from onnx import helper

from spikelut.export.onnx_graph.graph import Graph, Var
from spikelut.export.onnx_graph.neurons import NeuronGraph


def scan(graph: Graph, current: Var, neurons: NeuronGraph) -> Var:
    """Spikes, or membranes, [T, B, ...] of a layer for synaptic sums, from rest."""
    drive = neurons.drive(current)
    body = Graph(prefix=f"{neurons.layer.name}_")
    before = {name: Var(body, f"{body.prefix}{name}", kind) for name, kind in neurons.states.items()}
    arriving = Var(body, f"{body.prefix}current", drive.dtype)
    neurons.hoist(graph, body)
    out, after = neurons.step(body, before, arriving)
    # A value that is handed on twice needs two names.
    handed = [body.node("Identity", [v], v.dtype) if name == "last" else v for name, v in after.items()]
    out = body.node("Identity", [out], out.dtype)
    body.prune([*handed, out])
    state: list[Any] = ["B", *neurons.features]
    proto = helper.make_graph(
        body.nodes,
        f"{body.prefix}step",
        [
            *(helper.make_tensor_value_info(v.name, v.dtype, state) for v in before.values()),
            helper.make_tensor_value_info(arriving.name, arriving.dtype, neurons.arriving_shape),
        ],
        [helper.make_tensor_value_info(v.name, v.dtype, state) for v in (*handed, out)],
        initializer=list(body.constants.values()),
    )
    shape = neurons.state_shape(graph, drive)
    rest = [
        graph.node("ConstantOfShape", [shape], v.dtype, value=helper.make_tensor("zero", v.dtype, [1], [0]))
        for v in before.values()
    ]
    name = neurons.output
    outputs = [*(f"{name}.state{i}" for i in range(len(after))), name]
    node = helper.make_node("Scan", [*[v.name for v in rest], drive.name], outputs, f"scan.{neurons.layer.name}")
    node.attribute.extend([helper.make_attribute("body", proto), helper.make_attribute("num_scan_inputs", 1)])
    graph.nodes.append(node)
    return Var(graph, name, out.dtype)
