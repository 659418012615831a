"""What a file says of itself: dialect, form, inputs and outputs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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


class Range(NamedTuple):
    """What an input takes: multiples of `step`, `least` to `largest` of them."""

    step: float
    largest: int
    least: int = 0


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
        ranges: what inputs of events take, by name, as far as something says so.
        named: the names of inputs of events, where they are others than `input`.
    """

    dialect: str
    form: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    operators: frozenset[str] = frozenset()
    ranges: Mapping[str, Range] = field(default_factory=dict)
    named: tuple[str, ...] = (INPUT,)

    @property
    def entries(self) -> tuple[Port, ...]:
        """The inputs of events."""
        return tuple(port for port in self.inputs if port.name in self.named)

    @property
    def events(self) -> Port | None:
        """The input of events, or the first of several."""
        return next(iter(self.entries), None)

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

    def at_rest(self, events: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Its states of zero, for the events of one step. Raises ValueError if these do not tell their sizes."""
        pairs = [pair for port in self.entries for pair in zip(port.shape, events[port.name].shape, strict=True)]
        sizes = {name: n for name, n in pairs if isinstance(name, str)}
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
    ranges = _ranges(about, inputs)
    named = tuple(ranges) if "spikelut.inputs" in about else (INPUT,)
    return Description(dialect, form, inputs, outputs, operators, ranges, named)


def _ranges(about: Mapping[str, str], inputs: tuple[Port, ...]) -> dict[str, Range]:
    """By the metadata, or else by the type of the input."""
    integers = {port.name for port in inputs if port.dtype.kind in "iu"}
    texts = [about.get(f"spikelut.{key}", "") for key in ("largest_input", "input_step")]
    if "spikelut.inputs" in about:
        found = _listed(about["spikelut.inputs"], inputs)
    elif any(texts):
        try:
            found = {INPUT: Range(float(texts[1]), int(texts[0]))}
            valid = _is_range(found[INPUT])
        except ValueError:
            valid = False
        require(valid, "file", "largest_input and input_step of its metadata must be a count and a step", texts)
    else:
        found = {INPUT: Range(1.0, 255)} if INPUT in integers else {}
    return {name: one._replace(step=1.0) if name in integers else one for name, one in found.items()}


def _listed(text: str, inputs: tuple[Port, ...]) -> dict[str, Range]:
    """The inputs that the metadata list."""
    try:
        found = {one["name"]: Range(one["step"], one["largest"], one["least"]) for one in json.loads(text)}
        valid = bool(found) and all(map(_is_range, found.values())) and found.keys() <= {port.name for port in inputs}
    except (ValueError, TypeError, LookupError, RecursionError):
        valid = False
    require(valid, "file", "inputs of its metadata must be those of the graph, with step, least and largest", text)
    return found


def _is_range(one: Range) -> bool:
    counts = type(one.least) is int and type(one.largest) is int and type(one.step) in (int, float)
    return (
        counts
        and -MOST_EVENTS <= one.least <= 0
        and 1 <= one.largest <= MOST_EVENTS
        and 2.0**-24 <= one.step <= 2.0**24
    )


def _ports(values: Iterable[onnx.ValueInfoProto]) -> tuple[Port, ...]:
    return tuple(_port(value) for value in values)


def _port(value: onnx.ValueInfoProto) -> Port:
    kind = value.type.tensor_type
    if not kind.elem_type:
        raise ValueError(f"{value.name!r} must be a tensor, as inputs and outputs are")
    shape = tuple(d.dim_value if d.HasField("dim_value") else d.dim_param or "?" for d in kind.shape.dim)
    return Port(value.name, np.dtype(helper.tensor_dtype_to_np_dtype(kind.elem_type)), shape)
