"""Integer networks as ONNX models, in every dialect and form."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

import onnx
from onnx import helper

from spikelut._checks import require
from spikelut.export.network_file import described, digest
from spikelut.export.onnx_graph.arithmetic_only import check_exact
from spikelut.export.onnx_graph.dialects import Floats, Integers
from spikelut.export.onnx_graph.float_dialects import (
    Arith,
    Dequantised,
    Functions,
    Qonnx,
    QonnxBipolar,
    QonnxThresholds,
)
from spikelut.export.onnx_graph.forms import FORMS, NEXT, Building, Form, input_names
from spikelut.export.onnx_graph.functions import BODY_OPSET, functions_of, opsets_of
from spikelut.export.onnx_graph.graph import Graph, Var
from spikelut.export.onnx_graph.neurons import Dialect
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.signal import Sizes

SpikeNode = Literal["standard", "MultiThreshold", "BipolarQuant"]

DIALECTS: dict[str, dict[str, type[Dialect]]] = {
    "functions": {"standard": Functions},
    "flat": {"standard": Floats},
    "integer": {"standard": Integers},
    "arith": {"standard": Arith},
    "qcdq": {"standard": Dequantised},
    "qonnx": {"standard": Qonnx, "MultiThreshold": QonnxThresholds, "BipolarQuant": QonnxBipolar},
}
"""The dialects, by the node that compares with the threshold."""

DESCRIBED = ("functions", "flat", "integer")
"""Those whose files say what their network is: `export.load` and `export.to_c` read it."""

OPSETS = range(11, 22)
"""Those that are tried: converters of today begin at 11 or so."""


@dataclass(frozen=True)
class Choice:
    """What is to be made of a network.

    `steps`: of the form unrolled. `shapes`: what follows time and batch in inputs, by name, where the network leaves
    sizes free and the file must not.
    """

    dialect: str
    form: Form
    steps: int = 1
    shapes: Mapping[str, Sizes] = field(default_factory=dict)
    hidden_spikes: bool = False
    packed: bool = False
    spike_node: SpikeNode = "standard"


def build_model(network: IntegerNetwork, choice: Choice) -> onnx.ModelProto:
    """The model, checked, in the smallest opset and IR version that can say it."""
    if not choice.hidden_spikes and choice.form != "step":  # whose states all come out
        network = _reached(network)
    sized = _sized(network, choice.shapes)
    made = DIALECTS[choice.dialect][choice.spike_node]
    dialect = made(network.profile.state_step, choice.form == "scan", choice.packed).on(network.profile)
    if choice.dialect == "integer":
        _check_bytes(network)
    graph = Graph(taken=frozenset(input_names(network).values()))
    inputs, outputs = FORMS[choice.form](Building(graph, sized, dialect), choice.steps)
    kept = [outputs[name] for name in _kept(network, choice.hidden_spikes)]
    kept += [value for name, value in outputs.items() if name.endswith(NEXT)]
    graph.prune([Var(graph, v.name, 0) for v in kept])
    check_exact(graph)
    name = f"spikelut_{network.profile.name}"
    proto = helper.make_graph(graph.nodes, name, inputs, kept, initializer=list(graph.constants.values()))
    model = in_smallest_opset(proto)
    helper.set_model_props(model, _texts(network, choice))
    return model


def _sized(network: IntegerNetwork, shapes: Mapping[str, Sizes]) -> IntegerNetwork:
    """The network for inputs of known shapes. Raises ValueError if a layer does not take these."""
    if not shapes:
        return network
    made = replace(network, given=tuple(replace(i, shape=shapes.get(i.name, i.shape)) for i in network.inputs))
    try:
        _ = made.signals
    except ValueError as error:
        raise ValueError(f"to_onnx: {error}") from None
    return made


def _check_bytes(network: IntegerNetwork) -> None:
    """ValueError unless inputs fit in bytes."""
    for one in network.inputs:
        most, least = (127, -128) if one.least < 0 else (255, 0)
        limits = f"in {least}..{most}" if least else f"at most {most}"
        fits = least <= one.least and one.largest <= most
        got = (one.least, one.largest) if least else one.largest
        require(fits, "to_onnx", f"inputs must be {limits} in the integer dialect", got)


def _kept(network: IntegerNetwork, hidden_spikes: bool) -> list[str]:
    """The names of outputs: the network's in their order, or with all layers of neurons in the order of the layers."""
    if not hidden_spikes:
        return [network.named(name) for name in dict.fromkeys(network.outputs)]
    wanted = [x.name for x in network.layers if isinstance(x, IntegerLIF) or x.name in network.outputs]
    return [network.named(name) for name in wanted]


def _texts(network: IntegerNetwork, choice: Choice) -> dict[str, str]:
    """What the file says of itself."""
    texts = {"spikelut.dialect": choice.dialect, "spikelut.form": choice.form}
    names, (first, *others) = input_names(network), network.inputs
    if others or first.least:
        listed = [
            {"name": names[i.name], "least": i.least, "largest": i.largest, "step": i.step} for i in network.inputs
        ]
        texts["spikelut.inputs"] = json.dumps(listed)
    else:
        texts |= {"spikelut.largest_input": str(first.largest), "spikelut.input_step": repr(first.step)}
    texts["spikelut.profile"] = json.dumps(asdict(network.profile), sort_keys=True)
    if choice.dialect in DESCRIBED:
        # A surrogate or table of the user's own cannot be described; the graph is complete without.
        with suppress(ValueError):
            about = described(network)[0]
            about["sha256"] = digest(about, {})
            texts["spikelut.network"] = json.dumps({k: v for k, v in about.items() if k != "profile"}, sort_keys=True)
    return texts


def _reached(network: IntegerNetwork) -> IntegerNetwork:
    """The network without layers that no output hangs on, whose weights are not in the file."""
    wanted = set(network.outputs)
    for node in reversed(network.nodes):
        wanted.update(node.inputs if node.layer.name in wanted else ())
    nodes = [node for node in network.nodes if node.layer.name in wanted]
    if len(nodes) == len(network.layers):
        return network
    return replace(
        network,
        layers=tuple(node.layer for node in nodes),
        wiring=tuple(node.inputs for node in nodes),
        given=network.inputs,
        returned=network.outputs,
        profiles={name: chip for name, chip in network.profiles.items() if name in wanted},
    )


def in_smallest_opset(graph: onnx.GraphProto) -> onnx.ModelProto:
    """A model with the functions that `graph` calls, in the smallest opset, and IR version, that the checker takes."""
    functions = functions_of(graph)
    # Runtimes put the bodies of functions into the graph, whose opset must then hold them.
    for version in OPSETS[OPSETS.index(BODY_OPSET) if functions else 0 :]:
        opsets = [helper.make_opsetid("", version), *opsets_of(functions)]
        model = helper.make_model(graph, opset_imports=opsets, functions=functions, producer_name="spikelut")
        model.ir_version = helper.find_min_ir_version_for(opsets, ignore_unknown=True)
        try:
            onnx.checker.check_model(model, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError):
            if version == OPSETS[-1]:
                raise
        else:
            return model
    raise AssertionError("the last opset either passed or raised")
