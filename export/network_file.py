"""An integer network in one safetensors file: arrays as tensors, everything else as JSON in the header."""

import json
import os
import warnings
from dataclasses import asdict, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

import numpy as np

from spikelut._checks import require
from spikelut.export.files import write_whole
from spikelut.hw_profiles import NumberFormat, Profile, from_dict
from spikelut.quant.dynamics import LIFSpec, SynapseSpec
from spikelut.quant.integer import IntegerLIF, IntegerLinear, IntegerNetwork
from spikelut.quant.leak import Leak
from spikelut.quant.table import Table, TableWarning
from spikelut.surrogates import ALL, Surrogate, by_name, name_of

FORMAT = "spikelut integer network 1"


def save_network(network: IntegerNetwork, path: str | os.PathLike[str]) -> None:
    """Write `network` to `path`; the file appears whole or not at all. Needs safetensors.

    Raises ValueError for a surrogate of the user's own, which a file cannot hold, or a table built with options.
    """
    from safetensors.numpy import save

    arrays: dict[str, Any] = {}
    layers: list[dict[str, Any]] = []
    for index, layer in enumerate(network.layers):
        if isinstance(layer, IntegerLinear):
            arrays[f"{index}.codes"] = np.ascontiguousarray(layer.codes)
            numbers = {key: getattr(layer, key) for key in ("lsb", "exponent", "shift")}
            layers.append({"kind": "linear", "name": layer.name, **numbers})
            continue
        own = type(layer.surrogate) in ALL
        require(own, "save_network", "surrogates must be spikelut's", type(layer.surrogate).__name__)
        if layer.table is not None:
            arrays[f"{index}.table"] = layer.table.codes.numpy()
            _table(layer.surrogate, network.profile, arrays[f"{index}.table"], "save_network")
        entry: dict[str, Any] = {"kind": "lif", "name": layer.name, "spec": asdict(layer.spec)}
        entry["synapse"] = asdict(layer.synapse) if layer.synapse else None
        entry["surrogate"] = [name_of(type(layer.surrogate)), asdict(layer.surrogate)]
        layers.append(entry)
    about = {"format": FORMAT, "profile": asdict(network.profile), "layers": layers}
    write_whole(path, bytes(save(arrays, {"spikelut": json.dumps(about, sort_keys=True)})))


def load_network(path: str | os.PathLike[str]) -> IntegerNetwork:
    """The network in the file `path`. Executes nothing that the file holds. Needs safetensors.

    Raises ValueError for anything but a network of this version, or one whose tables this library builds otherwise;
    OSError if the file cannot be read.
    """
    content, file = Path(path).read_bytes(), Path(path).name
    try:
        return _parse(content, file)
    except (LookupError, TypeError, AttributeError, RecursionError, OverflowError, ValueError) as error:
        message = " ".join(str(error).split())
        raise ValueError(f"{file}: not an integer network: {message or type(error).__name__}") from None


def _parse(content: bytes, file: str) -> IntegerNetwork:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(content)
    except SafetensorError as error:
        raise ValueError(str(error)) from None
    size = int.from_bytes(content[:8], "little")
    about = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["spikelut"])
    require(about["format"] == FORMAT, "load_network", f"format must be {FORMAT!r}", about["format"])
    profile = from_dict(about["profile"], file)
    layers = [_layer(entry, arrays, index, profile) for index, entry in enumerate(about["layers"])]
    kinds = [isinstance(layer, IntegerLinear) for layer in layers]
    alternate = len(kinds) > 1 and len(kinds) % 2 == 0 and kinds == [i % 2 == 0 for i in range(len(kinds))]
    require(alternate, "load_network", "weights and neurons must alternate", kinds)
    for before, after in pairwise(layer for layer in layers if isinstance(layer, IntegerLinear)):
        shapes = (before.codes.shape, after.codes.shape)
        require(shapes[0][0] == shapes[1][1], "load_network", "layers must fit each other", shapes)
    return IntegerNetwork(profile, tuple(layers))


def _layer(entry: Any, arrays: dict[str, Any], index: int, profile: Profile) -> IntegerLinear | IntegerLIF:
    if entry["kind"] == "linear":
        codes = arrays[f"{index}.codes"]
        valid = codes.ndim == 2 and codes.dtype in (np.int8, np.int16)
        require(valid, "load_network", "weights must be int8 or int16 [out, in]", f"{codes.dtype} {codes.shape}")
        numbers = [entry[key] for key in ("lsb", "exponent", "shift")]
        require(
            all(type(n) is int for n in numbers), "load_network", "lsb, exponent and shift must be integers", numbers
        )
        return IntegerLinear(str(entry["name"]), codes, *numbers)
    name, parameters = entry["surrogate"]
    surrogate = by_name(name, **parameters)
    spec = _build(LIFSpec, entry["spec"])
    synapse = _build(SynapseSpec, entry["synapse"]) if entry["synapse"] else None
    table = _table(surrogate, profile, arrays.get(f"{index}.table"), "load_network")
    return IntegerLIF(str(entry["name"]), spec, surrogate, table, synapse)


def _table(surrogate: Surrogate, profile: Profile, codes: Any, who: str) -> Table | None:
    if codes is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)  # said when the table was first built
        table = Table.from_surrogate(surrogate, profile)
    same = np.array_equal(table.codes.numpy(), codes)
    require(same, who, "the table must be the one that profile and surrogate give", "another")
    return table


def _build(cls: Any, data: dict[str, Any]) -> Any:
    """A specification from its `asdict`."""
    hints = get_type_hints(cls)
    values = {f.name: data[f.name] for f in fields(cls)}
    nested = (Leak, NumberFormat)
    for key, hint in hints.items():
        inner = next((c for c in (hint, *get_args(hint)) if is_dataclass(c)), None)
        if inner in nested:
            values[key] = _build(inner, cast(dict[str, Any], values[key]))
        elif hint in (int, bool, str):
            require(type(values[key]) is hint, cls.__name__, f"{key} must be {hint.__name__}", values[key])
    return cls(**values)
