"""The layers of an integer network as entries of JSON and arrays beside them, and back."""

import warnings
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

import numpy as np

from spikelut._checks import require
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.quant.dynamics.kinds import PARTS
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import (
    IntegerBias,
    IntegerDelay,
    IntegerDelayedLinear,
    IntegerLayer,
    IntegerLIF,
)
from spikelut.quant.network.merges import IntegerAdd, IntegerConcat, IntegerMatMul, IntegerProduct
from spikelut.quant.network.neuron_numbers import LATER, delays_of, described_parts, parts_of
from spikelut.quant.network.shapes.order import (
    IntegerFlatten,
    IntegerRepeat,
    IntegerReshape,
    IntegerReverse,
    IntegerTake,
    IntegerTranspose,
)
from spikelut.quant.network.shapes.pooling import (
    IntegerMaxPool2d,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerTotal,
    IntegerUpsample,
)
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerScale, IntegerWeights
from spikelut.quant.tables.table import Table, TableWarning
from spikelut.surrogates import ALL, Surrogate, by_name, name_of

KINDS: dict[type, str] = {
    IntegerLinear: "linear",
    IntegerConv2d: "conv2d",
    IntegerSumPool2d: "sum_pool2d",
    IntegerFlatten: "flatten",
    IntegerRepeat: "repeat",
    IntegerLIF: "lif",
    IntegerEventLIF: "event_lif",
    IntegerScale: "scale",
    IntegerMaxPool2d: "max_pool2d",
    IntegerTotal: "total",
    IntegerUpsample: "upsample",
    IntegerSpread: "spread",
    IntegerReshape: "reshape",
    IntegerReverse: "reverse",
    IntegerTranspose: "transpose",
    IntegerTake: "take",
    IntegerAdd: "add",
    IntegerConcat: "concat",
    IntegerProduct: "product",
    IntegerMatMul: "matmul",
    IntegerDelay: "delay",
    IntegerDelayedLinear: "delayed_linear",
}
OF_PARTS = "neurons"
"""Neurons with further parts, which older versions would read as neurons without them."""
BEFORE_GRAPHS = ("linear", "conv2d", "sum_pool2d", "flatten", "repeat", "lif")
"""The kinds of layers that files had when networks were chains."""
SINCE_GRAPHS: dict[type, str] = {IntegerConv2d: "dilation", IntegerSumPool2d: "padding"}
"""The field of a layer that files of chains did not have: left out where it is what the layer has by default."""
LARGEST = 2**20


def kind_name(layer: IntegerLayer) -> str:
    """What an entry calls the kind of a layer."""
    return OF_PARTS if type(layer) is IntegerLIF and layer.others else KINDS[type(layer)]


def entry_of(layer: IntegerLayer, key: str, arrays: dict[str, Any], profile: Profile, who: str) -> dict[str, Any]:
    """What JSON says of a layer; its arrays are added to `arrays`, under names that begin with `key`."""
    entry: dict[str, Any] = {"kind": kind_name(layer)}
    if not isinstance(layer, IntegerLIF):
        later = SINCE_GRAPHS.get(type(layer))
        said = (f for f in fields(layer) if f.name != later or getattr(layer, f.name) != f.default)
        given = {f.name: getattr(layer, f.name) for f in said}
        if "codes" in given:
            arrays[f"{key}.codes"] = np.ascontiguousarray(given.pop("codes"))
        if isinstance(layer, IntegerDelayedLinear):
            given["delays"] = layer.delays.tolist()
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
        entry["recurrent"] = entry_of(layer.recurrent, f"{key}.recurrent", arrays, profile, who)
    if isinstance(layer, IntegerEventLIF):
        entry["weights"] = entry_of(layer.weights, f"{key}.weights", arrays, profile, who)
        entry |= {"each": layer.each, "ticks": layer.ticks}
    return entry


def has_own_values(data: Any) -> bool:
    """Whether an entry says a number for each neuron where files of chains said one."""
    parts = data.items() if isinstance(data, dict) else ()
    return any(isinstance(v, list) if k in ("amount", "threshold") else has_own_values(v) for k, v in parts)


def step_of(entry: Any, step: float) -> float:
    """The real value of one event that a layer gives, of an entry, for that of those that it takes."""
    if "graded" in entry:
        return float(2.0 ** -entry["graded"]["message"]["frac"])
    return 1.0 if entry["kind"] in (KINDS[IntegerLIF], KINDS[IntegerEventLIF], OF_PARTS) else step


def names_of(layer: IntegerLayer, key: str) -> Iterator[str]:
    """The names of the arrays of a layer."""
    if isinstance(layer, IntegerWeights):
        yield f"{key}.codes"
    elif isinstance(layer, IntegerLIF):
        yield from (f"{key}.{name}" for name in ("table", "bias") if getattr(layer, name) is not None)
        if layer.recurrent is not None:
            yield f"{key}.recurrent.codes"
        if isinstance(layer, IntegerEventLIF):
            yield f"{key}.weights.codes"


def layer_of(entry: Any, arrays: dict[str, Any], key: str, profile: Profile) -> IntegerLayer:
    """The layer that `entry_of` described. Raises an error that `reading` takes if it is no such thing."""
    kinds = {name: cls for cls, name in KINDS.items()} | {OF_PARTS: IntegerLIF}
    require(entry["kind"] in kinds, "load_network", f"kind must be one of {', '.join(kinds)}", entry["kind"])
    cls = kinds[entry["kind"]]
    if cls is IntegerEventLIF:
        return _event_layer(entry, arrays, key, profile)
    if cls is IntegerLIF:
        return _neurons(entry, arrays, key, profile)
    hints = get_type_hints(cls)
    given: dict[str, Any] = {"codes": _codes(entry, arrays, key, cls)} if issubclass(cls, IntegerWeights) else {}
    if cls is IntegerDelayedLinear:
        given["delays"] = delays_of(entry, key, arrays)
    for field in fields(cls):
        if field.name in given:
            continue
        if field.name in entry:
            given[field.name] = _number(entry[field.name], hints[field.name], field.name)
        else:
            later = field.name == SINCE_GRAPHS.get(cls)
            require(later, "load_network", f"{field.name} must be given of a {entry['kind']}", sorted(entry))
    return cast(IntegerLayer, cls(**given))


def _number(value: Any, hint: Any, name: str) -> Any:
    """A field of a layer: a text, an integer, or several of them as a tuple."""
    if hint is str:
        require(isinstance(value, str), "load_network", f"{name} must be a text", value)
        return value
    hints = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    numbers = tuple(value) if isinstance(value, list) else (value,)
    right = (int in hints) if not isinstance(value, list) else any(get_origin(h) is tuple for h in hints)
    least = -LARGEST if name in ("before", "after") else -64
    whole = right and all(type(n) is int and least <= n <= LARGEST for n in numbers)
    require(whole, "load_network", f"{name} must be whole numbers", value)
    return numbers if isinstance(value, list) else value


def _codes(entry: Any, arrays: dict[str, Any], key: str, cls: type) -> Any:
    codes, rank = arrays[f"{key}.codes"], 4 if cls is IntegerConv2d else 2
    valid = codes.ndim == rank and codes.dtype in (np.int8, np.int16) and codes.size > 0
    require(valid, "load_network", f"weights must be int8 or int16 of rank {rank}", f"{codes.dtype} {codes.shape}")
    bits = entry["bits"]
    fits = type(bits) is int and 2 <= bits <= 16 and abs(codes.astype(np.int32) * 2 + 1).max() < 2**bits
    require(fits, "load_network", "weights must fit their bits", bits)
    channels = len(entry["channels"])
    require(channels in (0, len(codes)), "load_network", "channels must be one for each output", channels)
    return codes


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
    others = {name: _build(PARTS[name].integers, part) for name, part in parts.items() if name != "spec"}
    reads_out = spec.threshold is None
    require(
        reads_out == (surrogate is None) or "graded" in others,
        "load_network",
        "read-outs, and no others, have no surrogate",
        reads_out,
    )
    synapse = others.pop("synapse", None)
    said = entry["kind"] == OF_PARTS
    require(bool(others) == said, "load_network", f"neurons with further parts, and no others, are {OF_PARTS!r}", said)
    if "bias_exponent" in entry:
        mantissa, exponent = arrays[f"{key}.bias"], entry["bias_exponent"]
        valid = mantissa.ndim == 1 and mantissa.dtype == np.int64 and type(exponent) is int and 0 <= exponent < 32
        require(valid, "load_network", "a bias must be int64 [N] and an exponent", f"{mantissa.dtype} {exponent}")
        bias = IntegerBias(mantissa, exponent)
    if "recurrent" in entry:
        layer = layer_of(entry["recurrent"], arrays, f"{key}.recurrent", profile)
        square = isinstance(layer, IntegerLinear) and layer.codes.shape[0] == layer.codes.shape[1]
        require(square, "load_network", "recurrent weights must be square", type(layer).__name__)
        recurrent = cast(IntegerLinear, layer)
    return IntegerLIF(entry["name"], spec, surrogate, table, synapse, bias, recurrent, others)


def _event_layer(entry: Any, arrays: dict[str, Any], key: str, profile: Profile) -> IntegerEventLIF:
    plain, weights = (
        _neurons(entry, arrays, key, profile),
        layer_of(entry["weights"], arrays, f"{key}.weights", profile),
    )
    valid = isinstance(weights, IntegerLinear | IntegerConv2d)
    require(valid, "load_network", "weights must be linear or conv2d", type(weights).__name__)
    flags = {name: entry[name] for name in ("each", "ticks")}
    whole = all(type(value) is bool for value in flags.values())
    require(whole, "load_network", "each and ticks must be true or false", flags)
    inner = cast(IntegerLinear | IntegerConv2d, weights)
    kept = {f.name: getattr(plain, f.name) for f in fields(IntegerLIF)}
    return IntegerEventLIF(**kept, weights=inner, **flags)


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
    """A specification from its `asdict`, without those of `LATER` that are as by default."""
    hints = get_type_hints(cls)
    left = LATER if cls is LIFSpec else ()
    values = {f.name: data.get(f.name, f.default) if f.name in left else data[f.name] for f in fields(cls)}
    nested = (Leak, NumberFormat)
    for key, hint in hints.items():
        inner = next((c for c in (hint, *get_args(hint)) if is_dataclass(c)), None)
        if inner in nested:
            values[key] = _build(inner, cast(dict[str, Any], values[key]))
        elif hint in (int, bool, str):
            require(type(values[key]) is hint, cls.__name__, f"{key} must be {hint.__name__}", values[key])
    return cls(**values)
