"""From an exported file back to layers that train."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from torch import nn

from spikelut._checks import require, require_int, require_path
from spikelut.export.network_file import check_digest, network_of, placed_layers, reading
from spikelut.export.network_layers import rebuilt_table
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.hw_profiles import Profile, from_dict
from spikelut.quant.network.check import check_inputs
from spikelut.quant.network.neuron_numbers import DELAYED, untapped
from spikelut.quant.reading.to_model import from_integer
from spikelut.quant.wiring.graph_module import GraphModule
from spikelut.surrogates import by_name


def load(path: str | os.PathLike[str]) -> nn.Sequential | GraphModule:
    """Load an exported ONNX file as trainable torch layers: what `to_onnx` wrote in the dialect `functions`.

    The layers are a `torch.nn.Sequential` or, if the network branches, a `quant.GraphModule`, as `quant.from_integer`
    makes them. `quant.integer` of them is the same network.

    Weights, biases and tables are those of the graph. Executes nothing that the file holds. Raises ValueError for
    another file or dialect, one whose surrogates or tables were the user's own, or operators of an unknown version;
    OSError if the file cannot be read.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = export.to_onnx(model, (10, 1, 8), "model.onnx")
    >>> [type(layer).__name__ for layer in export.load("model.onnx")]
    ['QuantLinear', 'LIF']
    ```
    """
    require_path("load", "path", path)
    model, file = load_model(path), Path(path).name
    texts = {entry.key: entry.value for entry in model.metadata_props}
    dialect = texts.get("spikelut.dialect")
    require(dialect == "functions", "load", f"{file} must be of the dialect functions", dialect)
    described = texts.get("spikelut.network")
    require(described is not None, "load", f"surrogates and tables of {file} must be spikelut's", "others")
    with reading(file):
        about = json.loads(described or "") | {"profile": json.loads(texts["spikelut.profile"])}
        profile = from_dict(about["profile"], file)
        check_inputs(about["largest_input"], about["input_step"], profile, "load")
        constants = {c.name: numpy_helper.to_array(c) for c in _constants(model.graph)}
        arrays: dict[str, Any] = {}
        for index, (entry, unit, chip) in enumerate(placed_layers(about, profile, file)):
            _restore(entry, str(index), arrays, constants, chip, unit)
        network = network_of(about, arrays, file)
        check_digest(about, {})
        return from_integer(network)


def _constants(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """The constants of a graph and of the graphs in it."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _constants(attribute.g)


def _restore(
    entry: Any, key: str, arrays: dict[str, Any], constants: dict[str, Any], profile: Profile, unit: float
) -> None:
    """Add the integers of a layer, under names that begin with `key`; `unit`: the real value of an input event."""
    name, kind = entry["name"], entry["kind"]
    if kind in ("linear", "conv2d", DELAYED):
        real = constants[f"weight.{name}"].astype(np.float64)
        require_int("load", "lsb", entry["lsb"], 1, 2**20)
        for field in ("exponent", "shift"):
            require_int("load", field, entry[field], -64, 64)
        shift = entry["lsb"].bit_length() - 1 + entry["exponent"] + entry["shift"]
        step = profile.current_step / unit
        finite = real.ndim >= 2 and bool(np.isfinite(real).all())
        require(finite, "load", f"weights of layer {name!r} must be finite, in rows", real.shape)
        codes = (real if kind == "conv2d" else real.T) / (2.0**shift * step)
        whole = bool((codes == np.round(codes)).all()) and bool((abs(codes) <= 2**15).all())
        require(whole, "load", f"weights of layer {name!r} must be multiples of {2.0**shift * step:g}", "others")
        codes = codes if kind != DELAYED else untapped(codes, entry, key)
        arrays[f"{key}.codes"] = np.ascontiguousarray(codes.astype(np.int8 if entry["bits"] <= 8 else np.int16))
    if f"table.{name}" in constants and len(constants[f"table.{name}"]):
        arrays[f"{key}.table"] = constants[f"table.{name}"].astype(np.int64)
    elif entry.get("table") is True:
        # Where several spikes are counted in a step, no node carries it.
        curve, parameters = entry["surrogate"]
        arrays[f"{key}.table"] = rebuilt_table(by_name(curve, **parameters), profile).codes.numpy()
    if "bias_exponent" in entry:
        require_int("load", "bias_exponent", entry["bias_exponent"], 0, 31)
        codes = constants[f"bias.{name}"].astype(np.int64).ravel()
        arrays[f"{key}.bias"] = codes >> entry["bias_exponent"]
    if "weights" in entry:
        _restore(entry["weights"], f"{key}.weights", arrays, constants, profile, unit)
    if "recurrent" in entry:
        _restore(entry["recurrent"], f"{key}.recurrent", arrays, constants, profile, 1.0)
