"""The network in a file that `to_onnx` wrote in the dialect integer or flat."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from spikelut._checks import require
from spikelut.export.network_file import check_digest, network_of, reading
from spikelut.export.onnx_graph.model import Choice, build_model
from spikelut.export.onnx_graph.safe_load import inside, load_model
from spikelut.export.runtimes import Description, describe, is_network
from spikelut.quant.network.layers import IntegerConv2d, IntegerRepeat
from spikelut.quant.network.network import INPUT, IntegerNetwork

DIALECTS = ("integer", "flat")


def network_of_file(path: Path, given: IntegerNetwork | None) -> tuple[IntegerNetwork, tuple[int, int] | None]:
    """The network of a file, or the one `given`, and the size of its images where the file has one.

    What was read is made into a file again, which must be the same, so that nothing is taken for what it is not. Raises
    ValueError for another file or network, OSError if it cannot be read.
    """
    model = load_model(path)
    file = describe(model)
    network_file = file.dialect in DIALECTS and is_network(file)
    require(network_file, "to_c", f"dialect must be {' or '.join(DIALECTS)}", file.dialect)
    network = _network(model, path.name, file.dialect) if given is None else given
    size = _size(file)
    same = _made_again(network, file, size) == _graph(model)
    who = "a network that this version of spikelut wrote" if given is None else "that of the network given"
    require(same, "to_c", f"{path.name} must be {who}", "another")
    return network, size


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
        step, unit = 2.0 ** -about["profile"]["grid"]["frac"], about["input_step"]
        for index, entry in enumerate(about["layers"]):
            _restore(entry, str(index), arrays, constants, step / unit if dialect == "flat" else None)
            unit = 1.0 if f"{index}.codes" in arrays else unit
        return network_of(about, arrays, name)


def _restore(entry: Any, key: str, arrays: dict[str, Any], constants: dict[str, Any], step: float | None) -> None:
    """Add the integers of a layer; `step`: the real weight of a membrane code, None where weights are integers."""
    name, kind = entry["name"], entry["kind"]
    if kind in ("linear", "conv2d"):
        codes = _codes(f"weight.{name}", constants)
        if step is not None:
            codes = codes / (2.0 ** (int(entry["lsb"]).bit_length() - 1 + entry["exponent"] + entry["shift"]) * step)
        narrow = np.int8 if entry["bits"] <= 8 else np.int16
        arrays[f"{key}.codes"] = np.ascontiguousarray((codes if kind == "conv2d" else codes.T).astype(narrow))
    entry.pop("table", None)  # of the backward pass, so that the file has none
    if "bias_exponent" in entry:
        bias = numpy_helper.to_array(constants[f"bias.{name}"]).astype(np.int64).ravel()
        arrays[f"{key}.bias"] = bias >> entry["bias_exponent"]
    if "recurrent" in entry:
        _restore(entry["recurrent"], f"{key}.recurrent", arrays, constants, None if step is None else step)


def _codes(name: str, constants: dict[str, Any]) -> NDArray[np.float64]:
    """Weights as they are stored: at once, in two halves, or in a high and a low byte."""
    ways = ({name: 1}, {f"{name}.half0": 1, f"{name}.half1": 1}, {f"{name}.high": 256, f"{name}.low": 1})
    way = next((way for way in ways if way.keys() <= constants.keys()), None)
    require(way is not None, "to_c", "weights must be in the file", name)
    assert way is not None  # as was just required
    parts = [numpy_helper.to_array(constants[part]).astype(np.float64) * worth for part, worth in way.items()]
    total: NDArray[np.float64] = sum(parts[1:], parts[0])
    return total


def _size(file: Description) -> tuple[int, int] | None:
    port = file.events
    assert port is not None  # a network has one
    free = port.shape[1:] if file.states else port.shape[2:]
    height, width = free[-2:] if len(free) == 3 else ("", "")
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None


def _made_again(network: IntegerNetwork, file: Description, size: tuple[int, int] | None) -> bytes:
    """The graph of the same kind of file of `network`."""
    port, form = file.events, file.form
    assert port is not None  # a network has one
    repeats = [layer.steps for layer in network.layers if isinstance(layer, IntegerRepeat)]
    length = port.shape[0] if form == "unrolled" else 1
    steps = repeats[0] if repeats else length if isinstance(length, int) else 1
    known: Any = form
    conv = isinstance(network.first, IntegerConv2d)
    choice = Choice(
        file.dialect,
        known,
        steps,
        {INPUT: (*network.input_shape[:1], *size)} if size and conv and form != "scan" else {},
        hidden_spikes=len(file.results) > 1,
        packed="INT4" in file.operators,
    )
    return _graph(build_model(network, choice))


def _graph(model: onnx.ModelProto) -> bytes:
    content: bytes = model.graph.SerializeToString(deterministic=True)
    return content
