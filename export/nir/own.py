"""The quantised network in a NIR graph of this library, rebuilt from the metadata and checked against all of it."""

import json
import warnings
from collections import OrderedDict
from typing import Any, cast

import nir
import numpy as np
import torch
from torch import Tensor, nn

from spikelut._checks import is_finite, require, shown
from spikelut.export.network_file import check_digest, network_of
from spikelut.export.nir.graph_write import GRAPHS, write_graph
from spikelut.export.nir.neurons import IfNode
from spikelut.export.nir.read import ReadGraph, graph_from
from spikelut.export.nir.write import FORMAT, KINDS, graph_of
from spikelut.hw_profiles import Profile, from_dict
from spikelut.quant import (
    IF,
    LI,
    CubaLIF,
    GraphModule,
    LUTSurrogate,
    QuantConv2d,
    QuantLinear,
    Recurrent,
    Repeat,
    SumPool2d,
    from_integer,
)  # fmt: skip
from spikelut.quant.tables.table import TableWarning
from spikelut.surrogates import by_name

DTYPES = ("float16", "bfloat16", "float32", "float64")


def about_of(metadata: dict[str, Any]) -> dict[str, Any] | None:
    """What this library wrote into the metadata of a node or a graph; None if it did not."""
    text = metadata.get("spikelut")
    if text is None:
        return None
    about = json.loads(text) if isinstance(text, str) else text
    if not isinstance(about, dict):
        raise ValueError(f"metadata: spikelut must be the text of an object, got {shown(text)}")
    return about


def quantised_network(graph: ReadGraph, about: dict[str, Any], file: str) -> nn.Sequential | GraphModule:
    """The network that `graph_of` made the graph of; ValueError names the node that it would have made otherwise."""
    if about["format"] == GRAPHS:
        return _of_integers(graph, about, file)
    require(about["format"] == FORMAT, "graph", f"format must be {FORMAT!r}", about["format"])
    profile = from_dict(about["profile"], file)
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    for entry in about["layers"]:
        repeats = "repeat" in entry
        name, module = (entry["name"], Repeat(entry["repeat"])) if repeats else _module(graph, entry["node"], profile)
        taken = isinstance(name, str) and name not in modules
        require(taken, "graph", "layers must have names of their own", name)
        modules[name] = module
    made = nn.Sequential(modules)
    require("input" in graph.nodes, "graph", "must have a node 'input'", sorted(graph.nodes))
    shape = tuple(int(n) for n in np.ravel(graph.nodes["input"].input_type["input"]))
    dt = about.get("dt")
    valid = isinstance(dt, float) and is_finite(dt) and dt > 0
    require(valid, "graph", "dt must be given in its metadata, seconds > 0", dt)
    if_node: IfNode = "IF" if _holds_if(graph) else "CubaLIF"
    _check_same(graph_from(graph_of(made, cast(float, dt), shape, if_node)), graph, "graph")
    check_digest(about, {})  # older graphs have none
    return made


def _of_integers(graph: ReadGraph, about: dict[str, Any], file: str) -> nn.Sequential | GraphModule:
    """The network that `write_graph` made the graph of, from its integers."""
    arrays = {name: np.asarray(array) for name, array in graph.metadata.items() if name != "spikelut"}
    network = network_of(about["network"], arrays, file)
    check_digest(about["network"], arrays)
    sizes, dt = about["sizes"], about["dt"]
    names = [one.name for one in network.inputs]
    whole = isinstance(sizes, dict) and sorted(sizes) == sorted(names)
    whole = whole and all(type(n) is int and 0 < n <= 2**16 for shape in sizes.values() for n in shape)
    require(whole, "graph", f"sizes must be those of {', '.join(names)}", sizes)
    require(isinstance(dt, float) and is_finite(dt) and dt > 0, "graph", "dt must be seconds > 0", dt)
    if_node: IfNode = "IF" if _holds_if(graph) else "CubaLIF"
    again = write_graph(network, {name: tuple(shape) for name, shape in sizes.items()}, dt, if_node)
    _check_same(graph_from(again), graph, "graph")
    return from_integer(network)


def _holds_if(graph: ReadGraph) -> bool:
    return any(_holds_if(n) if isinstance(n, ReadGraph) else isinstance(n, nir.IF) for n in graph.nodes.values())


def _module(graph: ReadGraph, key: str, profile: Profile) -> tuple[str, nn.Module]:
    require(key in graph.nodes, "graph", f"must have a node {key!r}", sorted(graph.nodes))
    node, where = graph.nodes[key], f"node {key!r}"
    try:
        if not isinstance(node, ReadGraph):
            return _layer(node.metadata, profile)
        name, neuron = _layer(node.nodes["lif"].metadata, profile)
        _, weights = _layer(node.nodes["w_rec"].metadata, profile)
        return name, _recurrent(neuron, weights)
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError, RuntimeError) as error:
        message = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{where}: metadata: {message}") from None


def _recurrent(neuron: Any, weights: Any) -> nn.Module:
    require(isinstance(weights, QuantLinear), "Recurrent", "weights must be QuantLinear", type(weights).__name__)
    made = Recurrent(neuron, weights.in_features, weight_bits=weights.weight_bits)
    made.linear = weights
    return made


def _layer(metadata: dict[str, Any], profile: Profile) -> tuple[str, nn.Module]:
    """The name and the module that the metadata of a node tell."""
    about = about_of(metadata)
    if about is None:
        raise ValueError("spikelut must be given, got nothing")
    kind, name = about["kind"], str(about["name"])
    if kind in ("QuantLinear", "QuantConv2d"):
        return name, _weights(about, metadata, profile)
    if kind == "Flatten":
        return name, nn.Flatten(2)
    if kind == "SumPool2d":
        return name, SumPool2d(about["kernel_size"], about["stride"])
    return name, _neurons(about, metadata, profile)


def _latent(values: Any, dtype: Any) -> Tensor:
    require(dtype in DTYPES, "parameter", f"dtype must be one of {', '.join(DTYPES)}", dtype)
    array = np.asarray(values)
    require(array.dtype in (np.float32, np.float64), "parameter", "must be float32 or float64", str(array.dtype))
    return torch.from_numpy(array.copy()).to(getattr(torch, dtype))


def _weights(about: dict[str, Any], metadata: dict[str, Any], profile: Profile) -> nn.Module:
    latent = _latent(metadata["latent"], about["dtype"])
    options = {"profile": profile, "weight_bits": about["weight_bits"], "input_step": about["input_step"]}
    options |= {"per_channel": about.get("per_channel", False), "largest_input": about.get("largest_input")}
    options |= {name: about.get(name, False) for name in ("signed_input", "graded_input")}
    if about["kind"] == "QuantLinear":
        require(latent.ndim == 2, "QuantLinear", "weights must be [out, in]", tuple(latent.shape))
        made: Any = QuantLinear(latent.shape[1], latent.shape[0], **options)
    else:
        require(latent.ndim == 4, "QuantConv2d", "weights must be [out, in, H, W]", tuple(latent.shape))
        out, fan_in, height, width = latent.shape
        geometry = {"stride": tuple(about["stride"]), "padding": tuple(about["padding"]), "groups": about["groups"]}
        made = QuantConv2d(fan_in * about["groups"], out, (height, width), **geometry, **options)
    made.weight.data = latent
    return made  # type: ignore[no-any-return]  # Brevitas publishes no types


def _neurons(about: dict[str, Any], metadata: dict[str, Any], profile: Profile) -> nn.Module:
    kinds = {cls.__name__: cls for cls in KINDS}
    require(about["kind"] in kinds, "layer", f"kind must be one of {', '.join(kinds)}", about["kind"])
    cls, learned = kinds[about["kind"]], about["learned"]
    options: dict[str, Any] = {"truncate": about["truncate"], **dict.fromkeys(learned, True)}
    if cls is not IF:
        options["beta"] = about["beta"]
    if "alpha" in about and cls in (CubaLIF, LI):
        options["alpha"] = about["alpha"]
    if "bias" in metadata:
        options["bias"] = len(metadata["bias"])
    if cls is LI:
        made: Any = LI(profile, **options)
    else:
        options |= {"threshold": about["threshold"], "reset": about["spec"]["reset"]}
        options["max_spikes"] = about["spec"]["max_spikes"]
        name, parameters = about["surrogate"]
        slope: Any = by_name(name, **parameters)
        if "table" in about:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", TableWarning)  # said when the table was first built
                slope = LUTSurrogate(slope, profile, saturate=True)
        made = cls(profile, slope, **options)
    for key, (value, dtype) in learned.items():
        getattr(made, key.replace("learn_", "raw_")).data = _latent(np.array(value), dtype)
    if "bias" in metadata:
        made.bias.data = _latent(metadata["bias_latent"], about["dtype"])
    return made  # type: ignore[no-any-return]  # as above


def _check_same(made: ReadGraph, read: ReadGraph, where: str) -> None:
    """ValueError unless both graphs hold the same, to the last bit of their metadata."""
    same = set(made.edges) == set(read.edges) and made.nodes.keys() == read.nodes.keys()
    require(same, where, "nodes and edges must be those of its layers", sorted(read.nodes))
    _check_values(_of_then(made.metadata, read.metadata), read.metadata, f"{where}: metadata")
    for name, node in made.nodes.items():
        other, at = read.nodes[name], f"node {name!r}"
        require(type(node) is type(other), at, f"must be a {type(node).__name__}", type(other).__name__)
        if isinstance(node, ReadGraph):
            _check_same(node, other, at)
        else:
            _check_values(node.to_dict(), other.to_dict(), at)


def _of_then(made: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a graph as the version that wrote `read` had them: of a profile it may say less, and no digest.

    What it does not say of the profile is what a profile has by default, with which the graph was made again. Integers
    of a network are those that it was made of, as long as their digest says so.
    """
    now, then = about_of(made), about_of(read)
    if now is None or then is None:
        return made
    network = then.get("network")
    if isinstance(network, dict) and "sha256" in network:
        now |= {"network": network, "profile": network["profile"]}
    elif "network" not in now:
        now["profile"] = _common(now.get("profile"), then.get("profile"))
        now = {key: value for key, value in now.items() if key != "sha256" or key in then}
    return made | {"spikelut": json.dumps(now, sort_keys=True)}


def _common(now: Any, then: Any) -> Any:
    """Of groups, what both name, as it is now."""
    if not (isinstance(now, dict) and isinstance(then, dict)):
        return now
    return {key: _common(value, then[key]) for key, value in now.items() if key in then}


def _check_values(made: dict[str, Any], read: dict[str, Any], where: str) -> None:
    require(made.keys() <= read.keys(), where, "must hold all that its integers say", sorted(read))
    for key, value in made.items():
        if isinstance(value, dict):
            require(isinstance(read[key], dict), where, f"{key} must be a group", shown(read[key]))
            _check_values(value, read[key], f"{where}: {key}")
        else:
            same = np.array_equal(np.asarray(value), np.asarray(read[key]))
            require(same, where, f"{key} must be what its integers say", read[key])
