"""What a file says of itself: dialect, form, inputs and outputs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from spikelut._checks import require
from spikelut.export.onnx_graph.safe_load import inside
from spikelut.quant.weights.input_events import MOST_EVENTS

INPUT, NEXT = "input", ".next"
UNKNOWN = "-"
PACKED, WIDE = "INT4", "INT64"


@dataclass(frozen=True)
class Port:
    """An input or output; free dimensions are names."""

    name: str
    dtype: "np.dtype[Any]"
    shape: tuple[int | str, ...]

    def zeros(self, sizes: Mapping[str, int]) -> NDArray[Any]:
        """Zeros of its type; ValueError if a free dimension is none of `sizes`."""
        free = [n for n in self.shape if isinstance(n, str) and n not in sizes]
        require(not free, self.name, f"dimensions must be numbers or {', '.join(sizes)}", free)
        return np.zeros([n if isinstance(n, int) else sizes[n] for n in self.shape], self.dtype)


@dataclass(frozen=True)
class Description:
    """A file as its metadata and its graph describe it.

    Attributes:
        dialect: as `spikelut.export.to_onnx` takes it; `-` if the file does not say.
        form: `scan`, `unrolled`, `step` or `train-step`; `-` likewise.
        inputs: those that have to be given.
        outputs: all of them.
        operators: the names of all operators, wherever they stand; `INT4` among them if constants have four bits, and
            `INT64` if values are cast to 64.
        input_range: what one event is worth in the input, the most there may be at once, and the least, below zero of
            signed ones; None if nothing says so.
    """

    dialect: str
    form: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    operators: frozenset[str] = frozenset()
    input_range: tuple[float, int, int] | None = None

    @property
    def events(self) -> Port | None:
        """The input of events."""
        return next((port for port in self.inputs if port.name == INPUT), None)

    @property
    def integers(self) -> bool:
        """Whether the file computes in integers only, so that all runtimes must agree."""
        return self.events is not None and self.events.dtype.kind in "iu"

    @property
    def states(self) -> tuple[Port, ...]:
        """Inputs that an output `NAME.next` is to be fed back to."""
        names = {port.name for port in self.outputs}
        return tuple(port for port in self.inputs if port.name + NEXT in names)

    @property
    def results(self) -> tuple[Port, ...]:
        """Outputs that are not fed back."""
        back = {port.name + NEXT for port in self.states}
        return tuple(port for port in self.outputs if port.name not in back)

    def at_rest(self, events: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Its states of zero, for the events of one step. Raises ValueError if these do not tell their sizes."""
        port = self.events
        shape = () if port is None else port.shape
        sizes = {name: n for name, n in zip(shape, events.shape, strict=True) if isinstance(name, str)}
        return {state.name: state.zeros(sizes) for state in self.states}


def describe(model: onnx.ModelProto) -> Description:
    """What a model says of itself. Raises ValueError if an input or output is no tensor."""
    about = {entry.key: entry.value for entry in model.metadata_props}
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = _ports(value for value in model.graph.input if value.name not in constants)
    outputs = _ports(model.graph.output)
    dialect, form = (about.get(f"spikelut.{key}", UNKNOWN) for key in ("dialect", "form"))
    operators = frozenset(node.op_type for node in inside(model, onnx.NodeProto))
    if any(tensor.data_type == onnx.TensorProto.INT4 for tensor in inside(model, onnx.TensorProto)):
        operators |= {PACKED}
    casts = (a.i for node in inside(model, onnx.NodeProto) if node.op_type == "Cast" for a in node.attribute)
    if onnx.TensorProto.INT64 in casts:
        operators |= {WIDE}
    return Description(dialect, form, inputs, outputs, operators, _input_range(about, inputs))


def _input_range(about: Mapping[str, str], inputs: Iterable[Port]) -> tuple[float, int, int] | None:
    """By the metadata, or else by the type of the input."""
    integers = any(port.name == INPUT and port.dtype.kind in "iu" for port in inputs)
    texts = [about.get(f"spikelut.{key}", "") for key in ("largest_input", "input_step")]
    if not any(texts):
        return (1.0, 255, 0) if integers else None
    try:
        largest, step, least = int(texts[0]), float(texts[1]), int(about.get("spikelut.least_input", 0))
        valid = 1 <= largest <= MOST_EVENTS and 2.0**-24 <= step <= 2.0**24 and -MOST_EVENTS - 1 < least <= 0
    except ValueError:
        valid = False
    require(valid, "file", "largest_input and input_step of its metadata must be a count and a step", texts)
    return (1.0 if integers else step), largest, least


def _ports(values: Iterable[onnx.ValueInfoProto]) -> tuple[Port, ...]:
    return tuple(_port(value) for value in values)


def _port(value: onnx.ValueInfoProto) -> Port:
    kind = value.type.tensor_type
    if not kind.elem_type:
        raise ValueError(f"{value.name!r} must be a tensor, as inputs and outputs are")
    shape = tuple(d.dim_value if d.HasField("dim_value") else d.dim_param or "?" for d in kind.shape.dim)
    return Port(value.name, np.dtype(helper.tensor_dtype_to_np_dtype(kind.elem_type)), shape)
