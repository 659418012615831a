"""The network in a file that `to_onnx` wrote in the dialect integer or flat."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from spikelut._checks import require
from spikelut.export.network_file import check_digest, network_of, placed_layers, reading
from spikelut.export.onnx_graph.forms import input_names
from spikelut.export.onnx_graph.model import Choice, build_model
from spikelut.export.onnx_graph.safe_load import inside, load_model
from spikelut.export.runtimes._case import is_network
from spikelut.export.runtimes._description import Description, describe
from spikelut.hw_profiles import from_dict
from spikelut.quant.network.layers import IntegerRepeat
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.neuron_numbers import DELAYED, untapped
from spikelut.quant.network.signal import Sizes

DIALECTS = ("integer", "flat")


def network_of_file(path: Path, given: IntegerNetwork | None) -> tuple[IntegerNetwork, tuple[int, ...] | None]:
    """The network of a file, or the one `given`, and the sizes of inputs that it leaves free and the file does not.

    What was read is made into a file again, which must be the same, so that nothing is taken for what it is not. Raises
    ValueError for another file or network, OSError if it cannot be read.
    """
    model = load_model(path)
    file = describe(model)
    network_file = file.dialect in DIALECTS and is_network(file)
    require(network_file, "to_c", f"dialect must be {' or '.join(DIALECTS)}", file.dialect)
    network = _network(model, path.name, file.dialect) if given is None else given
    shapes = _shapes(network, file)
    same = _graph(model) in _made_again(network, file, shapes)
    who = "a network that this version of spikelut wrote" if given is None else "that of the network given"
    require(same, "to_c", f"{path.name} must be {who}", "another")
    free = [n for one in network.inputs for n, own in zip(shapes[one.name], one.shape, strict=True) if not _known(own)]
    return network, tuple(free) if free and all(map(_known, free)) else None


def network_in(model: onnx.ModelProto) -> IntegerNetwork:
    """What a model says that its network is, whatever its graph computes."""
    return _network(model, "model", describe(model).dialect)


def _known(size: Any) -> bool:
    return isinstance(size, int)


def _network(model: onnx.ModelProto, name: str, dialect: str) -> IntegerNetwork:
    texts = {entry.key: entry.value for entry in model.metadata_props}
    described = texts.get("spikelut.network")
    message = f"{name} must say what its network is; give that as the model, or as network="
    require(described is not None, "to_c", message, "nothing")
    with reading(name):
        about = json.loads(described or "") | {"profile": json.loads(texts["spikelut.profile"])}
        check_digest(about, {})
        constants = {tensor.name: tensor for tensor in inside(model, onnx.TensorProto) if tensor.name}
        arrays: dict[str, Any] = {}
        placed = list(placed_layers(about, from_dict(about["profile"], name), name))
        for index, (entry, unit, profile) in enumerate(placed):
            # Of a layer's own spikes each is worth 1, as those of all neurons are.
            steps = (profile.current_step / unit, profile.current_step) if dialect == "flat" else (None, None)
            _restore(entry, str(index), arrays, constants, *steps)
        return network_of(about, arrays, name)


def _restore(
    entry: Any,
    key: str,
    arrays: dict[str, Any],
    constants: dict[str, Any],
    step: float | None,
    back: float | None = None,
) -> None:
    """Add the integers of a layer.

    `step`: the real weight of a membrane code, None where weights are integers; `back`: the same of a layer's own
    spikes.
    """
    name, kind = entry["name"], entry["kind"]
    if kind in ("linear", "conv2d", DELAYED):
        codes = _codes(f"weight.{name}", constants)
        if step is not None:
            codes = codes / (2.0 ** (int(entry["lsb"]).bit_length() - 1 + entry["exponent"] + entry["shift"]) * step)
        narrow = np.int8 if entry["bits"] <= 8 else np.int16
        codes = codes if kind == "conv2d" else codes.T
        codes = codes if kind != DELAYED else untapped(codes, entry, key)
        arrays[f"{key}.codes"] = np.ascontiguousarray(codes.astype(narrow))
    entry.pop("table", None)  # of the backward pass, so that the file has none
    if "bias_exponent" in entry:
        bias = numpy_helper.to_array(constants[f"bias.{name}"]).astype(np.int64).ravel()
        arrays[f"{key}.bias"] = bias >> entry["bias_exponent"]
    if "weights" in entry:
        _restore(entry["weights"], f"{key}.weights", arrays, constants, step)
    if "recurrent" in entry:
        _restore(entry["recurrent"], f"{key}.recurrent", arrays, constants, back)


def _codes(name: str, constants: dict[str, Any]) -> NDArray[np.float64]:
    """Weights as they are stored: at once, in two halves, or in a high and a low byte."""
    ways = ({name: 1}, {f"{name}.half0": 1, f"{name}.half1": 1}, {f"{name}.high": 256, f"{name}.low": 1})
    way = next((way for way in ways if way.keys() <= constants.keys()), None)
    require(way is not None, "to_c", "weights must be in the file", name)
    assert way is not None  # as was just required
    parts = [numpy_helper.to_array(constants[part]).astype(np.float64) * worth for part, worth in way.items()]
    total: NDArray[np.float64] = sum(parts[1:], parts[0])
    return total


def _shapes(network: IntegerNetwork, file: Description) -> dict[str, Sizes]:
    """What follows time and batch in the inputs of a file, by name; ValueError if these are others."""
    names, ports = input_names(network), {port.name: port for port in file.entries}
    require(sorted(names.values()) == sorted(ports), "to_c", f"inputs must be {', '.join(ports)}", list(names.values()))
    lead = 1 if file.form == "step" else 2
    shapes = {name: tuple(ports[port].shape[lead:]) for name, port in names.items()}
    fits = all(len(shapes[one.name]) == len(one.shape) for one in network.inputs)
    require(fits, "to_c", "inputs must be those of the network", [list(shape) for shape in shapes.values()])
    return shapes


def _made_again(network: IntegerNetwork, file: Description, shapes: dict[str, Sizes]) -> Iterator[bytes]:
    """The graphs of the same kind of file of `network`, with the outputs that there can be."""
    form = file.form
    repeats = [layer.steps for layer in network.layers if isinstance(layer, IntegerRepeat)]
    lengths = [n for port in file.entries for n in port.shape[:1] if form == "unrolled" and isinstance(n, int)]
    steps = repeats[0] if repeats else max(lengths, default=1)
    free = {one.name: shapes[one.name] for one in network.inputs if not one.signal.known and form != "scan"}
    known: Any = form
    for hidden in dict.fromkeys((len(file.results) > len(network.outputs), True)):
        packed = "INT4" in file.operators
        choice = Choice(file.dialect, known, steps, free, hidden_spikes=hidden, packed=packed)
        yield _graph(build_model(network, choice))


def _graph(model: onnx.ModelProto) -> bytes:
    content: bytes = model.graph.SerializeToString(deterministic=True)
    return content
