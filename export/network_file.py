"""An integer network in one safetensors file: arrays as tensors, everything else as JSON in the header."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from spikelut._checks import require, require_path, require_type
from spikelut._extras import names_extra
from spikelut._files import read_file, write_whole
from spikelut.export.network_layers import (
    BEFORE_GRAPHS,
    entry_of,
    has_own_values,
    kind_name,
    layer_of,
    names_of,
    step_of,
)
from spikelut.hw_profiles import Profile, from_dict
from spikelut.quant.network.check import check_network
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import INPUT, IntegerNetwork, NetworkInput
from spikelut.quant.network.neuron_numbers import apart_names, set_apart
from spikelut.quant.network.shapes.pooling import IntegerSumPool2d
from spikelut.quant.network.synapses import IntegerConv2d

FORMAT = "spikelut integer network 4"
CHAINS = "spikelut integer network 3"
"""The format of chains of the layers that older versions know, so that these read them."""


@names_extra
def save_network(network: IntegerNetwork, path: str | os.PathLike[str]) -> None:
    """Save the integers of a trained network in one safetensors file, which appears whole or not at all.

    Raises ValueError for a surrogate of the user's own, which a file cannot hold, or a table built with options.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> export.save_network(quant.integer(model), "network.safetensors")
    >>> export.load_network("network.safetensors").layers[0].codes.shape
    (4, 8)
    ```
    """
    require_type("save_network", "network", network, IntegerNetwork, "an IntegerNetwork, as quant.integer makes")
    from safetensors.numpy import save

    about, arrays = described(network, apart=True)
    about["sha256"] = digest(about, arrays)
    write_whole(path, bytes(save(arrays, {"spikelut": json.dumps(about, sort_keys=True)})))


def described(
    network: IntegerNetwork, who: str = "save_network", apart: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A network as what JSON holds, and arrays: `INDEX.codes` and so on. Raises what `save_network` does.

    Decays and thresholds of each neuron are lists, or, `apart`, in the arrays: `INDEX.spec.threshold` and so on.
    """
    arrays: dict[str, Any] = {}
    layers = [entry_of(node.layer, str(index), arrays, node.profile, who) for index, node in enumerate(network.nodes)]
    about: dict[str, Any] = {"format": FORMAT, "profile": asdict(network.profile), "layers": layers}
    about |= {"largest_input": network.largest_input, "input_step": network.input_step}
    old = _is_old_chain(network, layers)
    if apart:
        for index, entry in enumerate(layers):
            set_apart(entry, str(index), arrays)
    if old:
        return about | {"format": CHAINS}, arrays
    profiles = {name: asdict(profile) for name, profile in network.profiles.items()}
    inputs = [asdict(one) for one in network.given]
    graph = {"inputs": inputs, "wiring": network.wiring, "outputs": network.returned, "profiles": profiles}
    return about | graph, arrays


def _is_old_chain(network: IntegerNetwork, layers: list[dict[str, Any]]) -> bool:
    """Whether a network is what versions without graphs, and without values of each neuron, read."""
    return is_plain_chain(network) and not any(has_own_values(entry) for entry in layers)


def is_plain_chain(network: IntegerNetwork) -> bool:
    """Whether a network is a chain of the layers that there were before graphs."""
    stated = network.wiring or network.given or network.returned or network.profiles
    if stated or not isinstance(network.layers[-1], IntegerLIF):
        return False
    known = all(kind_name(layer) in BEFORE_GRAPHS for layer in network.layers)
    pools = [layer for layer in network.layers if isinstance(layer, IntegerSumPool2d)]
    square = all(type(n) is int for layer in pools for n in (layer.kernel_size, layer.stride))
    dilated = any(isinstance(layer, IntegerConv2d) and layer.dilation != (1, 1) for layer in network.layers)
    return known and square and not dilated and not any(layer.padding for layer in pools)


@names_extra
def load_network(path: str | os.PathLike[str]) -> IntegerNetwork:
    """Load the integers of a network from the file that `save_network` wrote; nothing that the file holds is executed.

    Needs safetensors.

    Raises ValueError for anything but a network of this version that layers of its profile make: see `check_network`;
    for one whose tables this library builds otherwise, or that was changed after it was written (`digest`, which older
    files do not have); OSError if the file cannot be read.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> export.save_network(quant.integer(model), "network.safetensors")
    >>> export.load_network("network.safetensors").profile.name
    'loihi2'
    ```
    """
    require_path("load_network", "path", path)
    content, file = read_file(path, "load_network"), Path(path).name
    with reading(file):
        about, arrays = _parse(content)
        network = network_of(about, arrays, file)
        check_digest(about, arrays)
        return network


def digest(about: dict[str, Any], arrays: dict[str, Any]) -> str:
    """The SHA-256 of a description, but for its `sha256`, and of arrays, as hexadecimal digits."""
    text = json.dumps({k: v for k, v in about.items() if k != "sha256"}, sort_keys=True)
    found = hashlib.sha256(text.encode())
    for name, array in sorted(arrays.items()):
        found.update(f"{name} {array.dtype.str} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def check_digest(about: dict[str, Any], arrays: dict[str, Any]) -> None:
    """ValueError if `about` has a digest, and it is another one."""
    found = digest(about, arrays)
    said = about.get("sha256", found)
    require(said == found, "sha256", "must be that of the contents, which were changed after they were written", said)


@contextmanager
def reading(file: str) -> Iterator[None]:
    """ValueError in one line for whatever is wrong with what `file` says."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, RecursionError, ArithmeticError, ValueError) as error:
        message = " ".join(str(error).split())
        raise ValueError(f"{file}: not an integer network: {message or type(error).__name__}") from None


def _parse(content: bytes) -> tuple[Any, dict[str, Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(content)
    except SafetensorError as error:
        raise ValueError(str(error)) from None
    size = int.from_bytes(content[:8], "little")
    return json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["spikelut"]), arrays


def network_of(about: Any, arrays: dict[str, Any], file: str) -> IntegerNetwork:
    """The network that `described` described. Raises an error that `reading` takes if these are no such things."""
    known = f"of graphs format must be {FORMAT!r}, of chains format must be {CHAINS!r}"
    require(about["format"] in (FORMAT, CHAINS), "load_network", known, about["format"])
    profile = from_dict(about["profile"], file)
    graph = _graph(about, file) if about["format"] == FORMAT else {}
    profiles = graph.get("profiles", {})
    used = {name for index, entry in enumerate(about["layers"]) for name in apart_names(entry, str(index))}
    layers = tuple(
        layer_of(entry, arrays, str(index), profiles.get(entry["name"], profile))
        for index, entry in enumerate(about["layers"])
    )
    network = IntegerNetwork(profile, layers, about["largest_input"], about["input_step"], **graph)
    check_network(network, "load_network")
    ends = about["format"] == FORMAT or isinstance(layers[-1], IntegerLIF)
    require(ends, "load_network", "neurons must come last", type(layers[-1]).__name__)
    used |= {name for index, layer in enumerate(layers) for name in names_of(layer, str(index))}
    require(used == arrays.keys(), "load_network", f"arrays must be {', '.join(sorted(used))}", sorted(arrays))
    return network


def _graph(about: Any, file: str) -> dict[str, Any]:
    """What a description says of inputs, wiring, outputs and profiles, as a network takes it."""
    inputs, names = about["inputs"], [f.name for f in fields(NetworkInput)]
    fits = isinstance(inputs, list) and all(isinstance(one, dict) and sorted(one) == sorted(names) for one in inputs)
    require(fits, "load_network", f"inputs must each have {', '.join(names)}", inputs)
    shapes = all(isinstance(one["shape"], list) for one in inputs)
    require(shapes, "load_network", "shape must be a list of sizes", [one["shape"] for one in inputs])
    given = tuple(NetworkInput(**{**one, "shape": tuple(one["shape"])}) for one in inputs)
    wiring, profiles = about["wiring"], about["profiles"]
    require(isinstance(wiring, list), "load_network", "wiring must be names of inputs, of each layer", wiring)
    require(isinstance(profiles, dict), "load_network", "profiles must be those of layers, by name", profiles)
    return {
        "wiring": tuple(_texts("wiring", names) for names in wiring),
        "given": given,
        "returned": _texts("outputs", about["outputs"]),
        "profiles": {name: from_dict(data, file) for name, data in profiles.items()},
    }


def placed_layers(about: Any, profile: Profile, file: str) -> Iterator[tuple[Any, float, Profile]]:
    """The entries of layers, each with the real value of an event that comes to it, and its chip."""
    graph = _graph(about, file) if about["format"] == FORMAT else {}
    steps = {one.name: one.step for one in graph.get("given", ())} or {INPUT: about["input_step"]}
    before, wiring = INPUT, graph.get("wiring", ())
    for index, entry in enumerate(about["layers"]):
        name = entry["name"]
        step = steps[wiring[index][0] if wiring else before]
        yield entry, step, graph.get("profiles", {}).get(name, profile)
        before, steps[name] = name, step_of(entry, step)


def _texts(what: str, names: Any) -> tuple[str, ...]:
    fits = isinstance(names, list) and all(isinstance(name, str) for name in names)
    require(fits, "load_network", f"{what} must be lists of names", names)
    return tuple(names)
