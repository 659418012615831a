"""ReckOn's tick, in which it learns, as an ONNX file."""

import os
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from spikelut._checks import require, require_type
from spikelut._files import write_whole
from spikelut.export.onnx_graph.graph import BOOL, INT64, Graph, Var
from spikelut.export.onnx_graph.learning.reckon_step import Tick, updates
from spikelut.quant.chips.reckon import Chip

FLAGS = ("first", "last", "target", "learns")
NEXT = ".next"
OPSET = 17
Ints = NDArray[np.int64]


def to_learning_step(chip: Chip, path: str | os.PathLike[str]) -> onnx.ModelProto:
    """Write a tick of ReckOn, with all that it learns in it, as an ONNX file of standard operators.

    Every state goes in by its name and comes out as `NAME.next`, int64. The states are `u`, `trace_inp`, `trace_rec`,
    `trace_out`, `outputs` and `votes`, which are zero at the start of a sample; the weights `w_inp` [inputs, neurons],
    `w_rec`, `w_out`; and the random generators, `random_NAME`, the bits of each. `learning_states` gives those of a
    chip.

    Further inputs are `events` [inputs] of the tick, 0 or 1; `goal` [outputs], what outputs should be: 2048 for the
    right class and 0 for others, or the numbers of a regression; and four truth values. `first` and `last` say which
    tick of a sample this is. `target` says that there is a target, so that the tick is voted and learned. Without
    `learns`, `do_eprop` is 0 for the sample. `spikes` come out too. Registers, decays and thresholds are constants of
    the file.

    A tick is that of `quant.reckon.run`, to the bit, with rounding by chance or without. Raises ValueError for a chip
    with a curve in place of its registers.

    ```pycon
    >>> registers = quant.reckon.Registers(num_inp_neur=1, num_rec_neur=1, num_out_neur=1)
    >>> import numpy as np
    >>> chip = quant.reckon.Chip(registers, 32000, 400, np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2)))
    >>> model = export.to_learning_step(chip, "learning.onnx")
    >>> [value.name for value in model.graph.input][:5]
    ['events', 'goal', 'first', 'last', 'target']
    ```
    """
    require_type("to_learning_step", "chip", chip, Chip, "a Chip, as quant.to_reckon makes")
    require(chip.curve is None, "to_learning_step", "chip must have its registers' pseudo-derivative", "a curve")
    reg, graph = chip.registers, Graph()
    shapes = {name: value.shape for name, value in learning_states(chip).items()}
    given = {name: Var(graph, name, INT64) for name in ("events", "goal", *shapes)}
    flags = {name: Var(graph, name, BOOL) for name in FLAGS}
    tick = Tick(graph, chip, {name: given[name] for name in shapes})
    spikes = tick.step(~flags["first"])
    if not reg.regression:
        tick.vote(flags["target"])
    learned = flags["target"] & flags["learns"] & ~flags["last"]
    updates(graph, tick, given["goal"], learned)
    tick.propagate(~flags["last"], given["events"], spikes, flags["learns"])
    results = {f"{name}{NEXT}": value for name, value in tick.states.items()} | {"spikes": spikes}
    named = [graph.named(value, name) for name, value in results.items()]
    graph.prune(named)
    inputs: list[tuple[str, int, Any]] = [("events", INT64, [reg.inputs]), ("goal", INT64, [reg.outputs])]
    inputs += [(name, BOOL, []) for name in FLAGS] + [(name, INT64, list(shape)) for name, shape in shapes.items()]
    outputs = [(f"{name}{NEXT}", INT64, list(shape)) for name, shape in shapes.items()]
    outputs.append(("spikes", INT64, [reg.neurons]))
    proto = helper.make_graph(
        graph.nodes,
        "reckon_learning_step",
        [helper.make_tensor_value_info(*info) for info in inputs],
        [helper.make_tensor_value_info(*info) for info in outputs],
        initializer=list(graph.constants.values()),
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(proto, opset_imports=opsets, producer_name="spikelut")
    model.ir_version = helper.find_min_ir_version_for(opsets)
    onnx.checker.check_model(model, full_check=True)
    write_whole(path, model.SerializeToString())
    return model


def learning_states(chip: Chip) -> dict[str, Ints]:
    """What `to_learning_step` takes as states at the start of a sample, by name: the chip's memories, and zeros.

    ```pycon
    >>> import numpy as np
    >>> registers = quant.reckon.Registers(num_inp_neur=1, num_rec_neur=1, num_out_neur=1)
    >>> chip = quant.reckon.Chip(registers, 32000, 400, np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2)))
    >>> states = export.learning_states(chip)
    >>> states["w_inp"].shape, states["random_noise"].shape
    ((2, 2), (17,))
    ```
    """
    require_type("learning_states", "chip", chip, Chip, "a Chip, as quant.to_reckon makes")
    reg = chip.registers
    sizes = {"u": reg.neurons, "trace_inp": reg.inputs, "trace_rec": reg.neurons, "trace_out": reg.neurons}
    sizes |= {"outputs": reg.outputs, "votes": reg.outputs}
    rest = {name: np.zeros(size, np.int64) for name, size in sizes.items()}
    weights = dict(zip(("w_inp", "w_rec", "w_out"), (w.copy() for w in chip.weights), strict=True))
    return rest | weights | {f"random_{name}": state.copy() for name, state in chip.generators.items()}
