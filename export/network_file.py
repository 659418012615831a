"""An integer network in one safetensors file: arrays as tensors, everything else as JSON in the header."""

import hashlib
import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

import numpy as np

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut._files import read_file, write_whole
from spikelut.hw_profiles import NumberFormat, Profile, from_dict
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.network.check import check_network
from spikelut.quant.network.layers import (
    IntegerBias,
    IntegerConv2d,
    IntegerFlatten,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
    IntegerRepeat,
    IntegerSumPool2d,
)
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.neuron_numbers import apart_names, described_parts, parts_of, set_apart
from spikelut.quant.network.synapses import IntegerWeights
from spikelut.quant.tables.table import Table, TableWarning
from spikelut.surrogates import ALL, Surrogate, by_name, name_of

FORMAT = "spikelut integer network 3"
KINDS: dict[type, str] = {
    IntegerLinear: "linear",
    IntegerConv2d: "conv2d",
    IntegerSumPool2d: "sum_pool2d",
    IntegerFlatten: "flatten",
    IntegerRepeat: "repeat",
    IntegerLIF: "lif",
}


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
    layers = [_entry(layer, str(index), arrays, network.profile, who) for index, layer in enumerate(network.layers)]
    if apart:
        for index, entry in enumerate(layers):
            set_apart(entry, str(index), arrays)
    about: dict[str, Any] = {"format": FORMAT, "profile": asdict(network.profile), "layers": layers}
    return about | {"largest_input": network.largest_input, "input_step": network.input_step}, arrays


def _entry(layer: IntegerLayer, key: str, arrays: dict[str, Any], profile: Profile, who: str) -> dict[str, Any]:
    """What JSON says of a layer; its arrays are added to `arrays`, under names that begin with `key`."""
    entry: dict[str, Any] = {"kind": KINDS[type(layer)]}
    if not isinstance(layer, IntegerLIF):
        given = {f.name: getattr(layer, f.name) for f in fields(layer)}
        if "codes" in given:
            arrays[f"{key}.codes"] = np.ascontiguousarray(given.pop("codes"))
        return entry | given
    entry |= {"name": layer.name, **described_parts(layer)}
    if layer.surrogate is not None:
        own = type(layer.surrogate) in ALL
        require(own, who, "surrogates must be spikelut's", type(layer.surrogate).__name__)
        entry["surrogate"] = [name_of(type(layer.surrogate)), asdict(layer.surrogate)]
        if layer.table is not None:
            arrays[f"{key}.table"], entry["table"] = layer.table.codes.numpy(), True
            _table(layer.surrogate, profile, arrays[f"{key}.table"], who)
    if layer.bias is not None:
        arrays[f"{key}.bias"], entry["bias_exponent"] = layer.bias.mantissa, layer.bias.exponent
    if layer.recurrent is not None:
        entry["recurrent"] = _entry(layer.recurrent, f"{key}.recurrent", arrays, profile, who)
    return entry


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
    require(about["format"] == FORMAT, "load_network", f"format must be {FORMAT!r}", about["format"])
    profile = from_dict(about["profile"], file)
    used = {name for index, entry in enumerate(about["layers"]) for name in apart_names(entry, str(index))}
    layers = tuple(_layer(entry, arrays, str(index), profile) for index, entry in enumerate(about["layers"]))
    network = IntegerNetwork(profile, layers, about["largest_input"], about["input_step"])
    check_network(network, "load_network")
    used |= {name for index, layer in enumerate(layers) for name in _names(layer, str(index))}
    require(used == arrays.keys(), "load_network", f"arrays must be {', '.join(sorted(used))}", sorted(arrays))
    return network


def _names(layer: IntegerLayer, key: str) -> Iterator[str]:
    """The names of the arrays of a layer."""
    if isinstance(layer, IntegerWeights):
        yield f"{key}.codes"
    elif isinstance(layer, IntegerLIF):
        yield from (f"{key}.{name}" for name in ("table", "bias") if getattr(layer, name) is not None)
        if layer.recurrent is not None:
            yield f"{key}.recurrent.codes"


def _layer(entry: Any, arrays: dict[str, Any], key: str, profile: Profile) -> IntegerLayer:
    kinds = {name: cls for cls, name in KINDS.items()}
    cls = kinds[entry["kind"]]
    if cls is IntegerLIF:
        return _neurons(entry, arrays, key, profile)
    given = {f.name: entry[f.name] for f in fields(cls) if f.name != "codes"}
    if issubclass(cls, IntegerWeights):
        codes, rank = arrays[f"{key}.codes"], 4 if cls is IntegerConv2d else 2
        valid = codes.ndim == rank and codes.dtype in (np.int8, np.int16) and codes.size > 0
        require(valid, "load_network", f"weights must be int8 or int16 of rank {rank}", f"{codes.dtype} {codes.shape}")
        bits = entry["bits"]
        fits = type(bits) is int and 2 <= bits <= 16 and abs(codes.astype(np.int32) * 2 + 1).max() < 2**bits
        require(fits, "load_network", "weights must fit their bits", bits)
        channels = len(entry["channels"])
        require(channels in (0, len(codes)), "load_network", "channels must be one for each output", channels)
        given["codes"] = codes
    for name, value in given.items():
        if isinstance(value, list):
            given[name] = value = tuple(value)
        numbers = value if isinstance(value, tuple) else (value,)
        whole = name in ("codes", "name") or all(type(n) is int and -64 <= n <= 2**20 for n in numbers)
        require(whole, "load_network", f"{name} must be whole numbers", value)
    return cast(IntegerLayer, cls(**given))


def _neurons(entry: Any, arrays: dict[str, Any], key: str, profile: Profile) -> IntegerLIF:
    surrogate, table, bias, recurrent = None, None, None, None
    if "surrogate" in entry:
        name, parameters = entry["surrogate"]
        surrogate = by_name(name, **parameters)
        table = _table(surrogate, profile, arrays.get(f"{key}.table"), "load_network")
    said = entry.get("table", table is not None)
    require(said is (table is not None), "load_network", "table must be true where there is one, and left out", said)
    parts = parts_of(entry, key, arrays)
    spec = _build(LIFSpec, parts["spec"])
    reads_out = spec.threshold is None
    require(reads_out == (surrogate is None), "load_network", "read-outs, and no others, have no surrogate", reads_out)
    synapse = _build(SynapseSpec, parts["synapse"]) if "synapse" in parts else None
    if "bias_exponent" in entry:
        mantissa, exponent = arrays[f"{key}.bias"], entry["bias_exponent"]
        valid = mantissa.ndim == 1 and mantissa.dtype == np.int64 and type(exponent) is int and 0 <= exponent < 32
        require(valid, "load_network", "a bias must be int64 [N] and an exponent", f"{mantissa.dtype} {exponent}")
        bias = IntegerBias(mantissa, exponent)
    if "recurrent" in entry:
        layer = _layer(entry["recurrent"], arrays, f"{key}.recurrent", profile)
        square = isinstance(layer, IntegerLinear) and layer.codes.shape[0] == layer.codes.shape[1]
        require(square, "load_network", "recurrent weights must be square", type(layer).__name__)
        recurrent = cast(IntegerLinear, layer)
    return IntegerLIF(entry["name"], spec, surrogate, table, synapse, bias, recurrent)


def _table(surrogate: Surrogate, profile: Profile, codes: Any, who: str) -> Table | None:
    if codes is None:
        return None
    table = rebuilt_table(surrogate, profile)
    same = np.array_equal(table.codes.numpy(), codes)
    require(same, who, "the table must be the one that profile and surrogate give", "another")
    return table


def rebuilt_table(surrogate: Surrogate, profile: Profile) -> Table:
    """The table of a curve that a network on `profile` has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)  # said when the table was first built
        return Table.from_surrogate(surrogate, profile, saturate=True)


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
