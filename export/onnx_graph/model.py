"""Integer networks as ONNX models, in every dialect and form."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Literal

import onnx
from onnx import helper

from spikelut._checks import require
from spikelut.export.network_file import described, digest
from spikelut.export.onnx_graph.arithmetic_only import check_exact
from spikelut.export.onnx_graph.dialects import (
    Arith,
    Dequantised,
    Floats,
    Functions,
    Integers,
    Qonnx,
    QonnxBipolar,
    QonnxThresholds,
)
from spikelut.export.onnx_graph.forms import FORMS, NEXT, Form
from spikelut.export.onnx_graph.functions import BODY_OPSET, functions_of, opsets_of
from spikelut.export.onnx_graph.graph import Graph, Var
from spikelut.export.onnx_graph.neurons import Dialect
from spikelut.quant.network.network import IntegerNetwork

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

    `steps`: of the form unrolled. `size`: height and width of images, where they are known.
    """

    dialect: str
    form: Form
    steps: int = 1
    size: tuple[int, int] | None = None
    hidden_spikes: bool = False
    packed: bool = False
    spike_node: SpikeNode = "standard"


def build_model(network: IntegerNetwork, choice: Choice) -> onnx.ModelProto:
    """The model, checked, in the smallest opset and IR version that can say it."""
    dialect = DIALECTS[choice.dialect][choice.spike_node](
        network.profile.state_step, choice.form == "scan", choice.packed
    )
    largest = network.largest_input
    fits = largest <= 255 or choice.dialect != "integer"
    require(fits, "to_onnx", "inputs must be at most 255 in the integer dialect", largest)
    graph = Graph()
    inputs, outputs = FORMS[choice.form](graph, network, dialect, choice.size, choice.steps)
    last = next(name for name in reversed(outputs) if not name.endswith(NEXT))
    kept = [v for name, v in outputs.items() if choice.hidden_spikes or name == last or name.endswith(NEXT)]
    graph.prune([Var(graph, v.name, 0) for v in kept])
    check_exact(graph)
    name = f"spikelut_{network.profile.name}"
    proto = helper.make_graph(graph.nodes, name, inputs, kept, initializer=list(graph.constants.values()))
    model = in_smallest_opset(proto)
    texts = {"spikelut.dialect": choice.dialect, "spikelut.form": choice.form}
    texts |= {"spikelut.largest_input": str(network.largest_input), "spikelut.input_step": repr(network.input_step)}
    texts["spikelut.profile"] = json.dumps(asdict(network.profile), sort_keys=True)
    if choice.dialect in DESCRIBED:
        # A surrogate or table of the user's own cannot be described; the graph is complete without.
        with suppress(ValueError):
            about = described(network)[0]
            about["sha256"] = digest(about, {})
            texts["spikelut.network"] = json.dumps({k: v for k, v in about.items() if k != "profile"}, sort_keys=True)
    helper.set_model_props(model, texts)
    return model


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
