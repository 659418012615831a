"""Writing a trained network as an ONNX file."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

import onnx
from onnx import helper
from torch import Tensor, nn

from spikelut._checks import require, require_flags, require_int, require_one_of, require_type
from spikelut._files import write_whole
from spikelut.export.onnx_graph.forms import Form
from spikelut.export.onnx_graph.model import DIALECTS, Choice, SpikeNode, build_model
from spikelut.export.onnx_graph.table import table_model
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork, NetworkInput
from spikelut.quant.reading.chains import chain_of
from spikelut.quant.reading.from_model import Example, integer
from spikelut.quant.tables.table import Table
from spikelut.quant.weights.input_events import check_events
from spikelut.quant.weights.module_reading import as_evaluated

Given = Tensor | tuple[int, ...]
Dialect = Literal["functions", "flat", "integer", "arith", "qcdq", "qonnx", "table"]

MAX_UNROLLED = 1024
"""Steps of the form unrolled: every one adds some twenty nodes a layer."""


def to_onnx(
    model: nn.Module | IntegerNetwork,
    example_input: Example,
    path: str | os.PathLike[str],
    dialect: Dialect = "functions",
    *,
    form: Form | None = None,
    hidden_spikes: bool = False,
    packed: bool = False,
    spike_node: SpikeNode = "standard",
) -> onnx.ModelProto:
    """Export a trained network as an ONNX graph that computes the chip's integers, spike by spike; returns the model.

    `model` is a network that `quant.integer` reads or has read, a chain or one that branches; it is written to `path`.

    `dialect` is one of

    - `functions`: weights through `org.spikelut::FakeQuant`, thresholds as `org.spikelut::Spike` with surrogate and
      table, each with a body in standard operators; `export.load` reads it back.
    - `flat`: the same in standard operators only.
    - `integer`: uint8 events (int8 of signed inputs, int32 of counts beyond a byte), int8 weights, int32 arithmetic;
      int64 where registers have more than 30 bits.
    - `arith`: floats without comparisons; refused where float32 could round a whole number.
    - `qcdq`: int8 (or int16) weights and DequantizeLinear.
    - `qonnx`: weights through QONNX's Quant, with a body; `spike_node`: thresholds as its MultiThreshold (FINN) or
      BipolarQuant (hls4ml).
    - `table`: nothing but the lookup of the surrogate's table: `derivative` [N] for real `x` [N].

    All compute the chip's integers. Float dialects have real values as inputs and outputs: an event is worth
    `input_step`, and membranes of a read-out are real. In all dialects, the states of a step are membrane codes.

    - `form` `scan`: any number of steps, [T, B, ...]; `unrolled`: as many as the example has; `step`: one, [B, ...],
      with the states as inputs `LAYER.mem` (`.syn`, `.last`, `.line`) and outputs `LAYER.mem.next`. None takes `scan`,
      and `step` for arith and qonnx. Reversed time needs scan or unrolled.
    - `example_input`: [T, B, ...], or its shape; for several inputs a tuple, or a dictionary by name. Sizes that the
      network leaves free, such as height and width, are free in the form scan, otherwise those of the example. The
      values must be valid inputs: real ones or, for an `IntegerNetwork`, event counts.
    - A single input is called `input`; several have their own names. Outputs are those of the network: `spikes.LAYER`,
      `membrane.LAYER` for a read-out, and `sums.LAYER` for weights without neurons. `hidden_spikes` adds all layers of
      neurons.
    - `packed`: weights of up to 4 bits are stored in 4 (integer and qcdq), which needs opset 21.

    The same model gives the same bytes. The file appears whole or not at all.

    Raises ValueError for a model that `quant.integer` cannot read, for an example of the wrong rank or size, and for an
    unknown dialect or combination. Raises OSError if the file cannot be written.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> graph = export.to_onnx(model, (10, 1, 8), "model.onnx", dialect="integer").graph
    >>> [node.op_type for node in graph.node], [value.name for value in graph.output]
    (['MatMulInteger', 'Mul', 'Shape', 'ConstantOfShape', 'Scan'], ['spikes.1'])
    ```
    """
    require_type("to_onnx", "model", model, (nn.Module, IntegerNetwork), "a torch.nn.Module or an IntegerNetwork")
    require_one_of("to_onnx", "dialect", dialect, Dialect)
    require_flags("to_onnx", hidden_spikes=hidden_spikes, packed=packed)
    usual: Form = "step" if dialect in ("arith", "qonnx") else "scan"
    chosen = usual if form is None else form
    require_one_of("to_onnx", "form", chosen, Form)
    network = model if isinstance(model, IntegerNetwork) else _read(model, example_input)
    if dialect == "table":
        return _written(table_model(_table_of(network)), path)
    nodes = DIALECTS[dialect]
    known = isinstance(spike_node, str) and spike_node in nodes
    require(known, "to_onnx", f"spike_node must be {' or '.join(nodes)} in {dialect}", spike_node)
    fits = not packed or dialect in ("integer", "qcdq")
    require(fits, "to_onnx", "packed must be False but in integer and qcdq", packed)
    fits = dialect != "arith" or chosen != "scan"
    require(fits, "to_onnx", "form must be step or unrolled in arith, whose runtimes know no Scan", chosen)
    loops = dialect == "arith" and any(isinstance(layer, IntegerEventLIF) for layer in network.layers)
    message = "dialect must be another than arith for layers that take event after event: theirs is a loop"
    require(not loops, "to_onnx", message, dialect)
    given = _examples_of(network, example_input)
    _check_examples(network, given, isinstance(model, IntegerNetwork))
    shapes = {name: _shape_of(x) for name, x in given.items()}
    # Of inputs that come once in several steps, the others say how many there are.
    steps = max(shape[0] for shape in shapes.values())
    if chosen == "unrolled":
        require_int("to_onnx", "steps of the example", steps, 1, MAX_UNROLLED)
    free = {one.name: shapes[one.name][2:] for one in network.inputs if not one.signal.known}
    choice = Choice(dialect, chosen, steps, free if chosen != "scan" else {}, hidden_spikes, packed, spike_node)
    return _written(build_model(network, choice), path)


def _read(model: nn.Module, example: Example) -> IntegerNetwork:
    """The integers of a model; what has to be run for that runs on the example."""
    with as_evaluated(model):
        chain = isinstance(model, nn.Sequential) and chain_of("integer", model) is not None
    return integer(model, example=None if chain else example)


def _shape_of(x: Given) -> tuple[int, ...]:
    """The shape [T, B, ...]."""
    return tuple(map(int, x.shape if isinstance(x, Tensor) else x))


def _examples_of(network: IntegerNetwork, example: Any) -> dict[str, Given]:
    """The example of each input, by name. Raises ValueError if there are others than inputs."""
    require_type("to_onnx", "example_input", example, (Tensor, Mapping, tuple, list), "a tensor or a shape [T, B, ...]")
    names = [one.name for one in network.inputs]
    if isinstance(example, Mapping):
        found = dict(example)
    elif isinstance(example, Tensor) or all(isinstance(n, int) for n in example):
        found = {names[0]: example}
    else:
        require(len(example) == len(names), "to_onnx", f"example_input must be of {', '.join(names)}", len(example))
        found = dict(zip(names, example, strict=True))
    require(sorted(found) == sorted(names), "to_onnx", f"example_input must be of {', '.join(names)}", sorted(found))
    return found


def _check_examples(network: IntegerNetwork, given: Mapping[str, Given], counts: bool) -> None:
    """ValueError unless inputs are such as the network takes: [T, B, ...], real, or where that is allowed `counts`."""
    several = len(network.inputs) > 1
    for one in network.inputs:
        x, name = given[one.name], f"example_input of {one.name!r}" if several else "example_input"
        shape, sizes = _shape_of(x), list(one.shape)
        fits = len(shape) == 2 + len(sizes) and all(
            n == m or not isinstance(n, int) for n, m in zip(sizes, shape[2:], strict=True)
        )
        require(fits, "to_onnx", f"{name} must be [T, B, {', '.join(map(str, sizes))}]", shape)
        if isinstance(x, Tensor):
            _check_values(name, x, one, counts)
    times = {int(_shape_of(given[one.name])[0]) for one in network.inputs if one.steps != 1}
    require(len(times) < 2, "to_onnx", "example_input must have as many steps in all inputs", sorted(times))


def _check_values(name: str, x: Tensor, one: NetworkInput, counts: bool) -> None:
    if counts:
        with suppress(ValueError):
            check_events("to_onnx", name, x, 1.0, one.largest, one.least)
            return
    check_events("to_onnx", name, x, one.step, one.largest, one.least)


def _written(model: onnx.ModelProto, path: str | os.PathLike[str]) -> onnx.ModelProto:
    write_whole(path, model.SerializeToString(deterministic=True))
    return model


def _table_of(network: IntegerNetwork) -> Table:
    """The table that all layers share."""
    found = [n.table for n in network.layers if isinstance(n, IntegerLIF) and n.table is not None]
    tables = {json.dumps([table.rule(), table.codes.tolist()]): table for table in found}
    message = "layers must share one surrogate table in the dialect table"
    require(len(tables) == 1, "to_onnx", message, f"{len(tables)} tables")
    return tables.popitem()[1]


def model_facts(model: onnx.ModelProto) -> dict[str, Any]:
    """What a file needs, takes and gives."""

    def described(values: Any) -> dict[str, str]:
        found = {}
        for value in values:
            tensor = value.type.tensor_type
            sizes = [d.dim_param or (str(d.dim_value) if d.HasField("dim_value") else "?") for d in tensor.shape.dim]
            kind = helper.tensor_dtype_to_string(tensor.elem_type).removeprefix("TensorProto.").lower()
            found[value.name] = f"{kind} [{', '.join(sizes)}]"
        return found

    return {
        "opsets": {entry.domain or "ai.onnx": entry.version for entry in model.opset_import},
        "ir_version": model.ir_version,
        "nodes": len(model.graph.node),
        "inputs": described(model.graph.input),
        "outputs": described(model.graph.output),
    }
