"""A copy of a network's file that gives what stays inside: hidden spikes, membranes and currents at every step."""

from collections.abc import Iterator, Mapping
from typing import Any

import onnx
from numpy.typing import NDArray
from onnx import helper

from spikelut.export.onnx_graph.model import DIALECTS
from spikelut.export.runtimes._description import Description
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork

Outputs = dict[str, NDArray[Any]]


def exposed(
    model: onnx.ModelProto, file: Description, network: IntegerNetwork, states: Mapping[str, NDArray[Any]]
) -> tuple[onnx.ModelProto, Outputs]:
    """A copy of `model` with those of `states` [T, B, ...] as outputs that it computes but does not give, and these.

    A file of `to_onnx` has them in the body of `scan.LAYER`, or by their names with `.STEP`. What a file does not
    compute, as a membrane after the last step, is left out.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    given = {port.name for port in (*file.outputs, *file.states)}
    added: Outputs = {}
    for layer, name, kind in _inner(file, network):
        if name in states and name not in given:
            steps = _add(copy.graph, file, layer, name, kind, states[name])
            added |= {name: states[name][:steps]} if steps else {}
    return copy, added


def _inner(file: Description, network: IntegerNetwork) -> Iterator[tuple[str, str, int]]:
    """Layer, name and type of what may stay inside. Last spikes are left out, which are spikes."""
    if file.dialect not in DIALECTS or not file.entries:
        return
    numbers = DIALECTS[file.dialect]["standard"](network.profile.state_step)
    for layer in network.layers:
        if isinstance(layer, IntegerLIF):
            name, kind, names = layer.name, numbers.number(layer), [state.name for state in layer.kind.states]
            if not layer.reads_out:
                yield name, f"spikes.{name}", numbers.events
            yield from ((name, f"{name}.{state}", kind) for state in names)


def _add(graph: onnx.GraphProto, file: Description, layer: str, name: str, kind: int, values: NDArray[Any]) -> int:
    """Make a value an output [T, B, ...], or of a file of one step [B, ...]; how many of the steps it has."""
    computed = {value for node in graph.node for value in node.output}
    shape: list[Any] = ["B", *values.shape[2:]]
    parts = [f"{name}.{step}" for step in range(len(values))]
    present = [part for part in parts if part in computed]
    scan = next((node for node in graph.node if node.op_type == "Scan" and node.name == f"scan.{layer}"), None)
    if present and file.states:
        graph.node.append(helper.make_node("Identity", present[:1], [name], name=f"seen.{name}"))
    elif present:
        _join(graph, present, name)
        shape, values = [len(present), *shape], values[: len(present)]
    elif name in computed or (scan is not None and _from_body(scan, name, name.replace(".", "_"))):
        shape = [None, *shape]
    else:
        return 0
    graph.output.append(helper.make_tensor_value_info(name, kind, shape))
    return len(values)


def _from_body(scan: onnx.NodeProto, name: str, before: str) -> bool:
    """Give a state, which is `before` at the start of a step, after every step; False if the body has none."""
    body = next(attribute.g for attribute in scan.attribute if attribute.name == "body")
    names = [value.name for value in body.input]
    if before not in names:
        return False
    after = body.output[names.index(before)]
    body.node.append(helper.make_node("Identity", [after.name], [f"{before}.seen"], name=f"seen.{name}"))
    body.output.append(after)
    body.output[-1].name = f"{before}.seen"
    scan.output.append(name)
    return True


def _join(graph: onnx.GraphProto, parts: list[str], name: str) -> None:
    """The steps one after the other."""
    axis = f"seen.axis.{name}"
    graph.initializer.append(helper.make_tensor(axis, onnx.TensorProto.INT64, [1], [0]))
    for part in parts:
        graph.node.append(helper.make_node("Unsqueeze", [part, axis], [f"seen.{part}"], name=f"row.{part}"))
    graph.node.append(helper.make_node("Concat", [f"seen.{part}" for part in parts], [name], name=name, axis=0))
