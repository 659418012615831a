"""The library of kernels and the types of its arguments."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

ABI = 6
"""The number of `abi.c`: a library left over from other sources is not used."""

_INT, _LONG, _FLOAT, _POINTER = ctypes.c_int32, ctypes.c_int64, ctypes.c_float, ctypes.c_void_p


class Curve(ctypes.Structure):
    """A `CurveKind` with its constants."""

    _fields_ = [("kind", _INT), *((name, _FLOAT) for name in "abcde")]


class Table(ctypes.Structure):
    """See `table.h`."""

    _fields_ = [
        ("low", _LONG),
        ("high", _LONG),
        ("step", _FLOAT),
        *((name, _INT) for name in ("width", "breaks", "shift", "rounding", "folded")),
        *((name, _INT) for name in ("first", "count", "twos", "beyond", "quick")),
        ("scale", _FLOAT),
        ("offset", _FLOAT),
        ("breakpoints", _INT * 32),
    ]


class FloatSpec(ctypes.Structure):
    """See `float_lif.c`."""

    _fields_ = [
        *((name, _FLOAT) for name in ("alpha", "beta", "threshold", "drop")),
        *((name, _INT) for name in ("cuba", "to_zero", "readout")),
        ("truncate", _LONG),
    ]


class Format(ctypes.Structure):
    """A register; see `common.h`."""

    _fields_ = [(name, _LONG) for name in ("low", "high", "base", "mask")]


class LeakSpec(ctypes.Structure):
    """See `neuron.h`."""

    _fields_ = [
        ("register_", Format),
        ("amount", _LONG),
        *((name, _INT) for name in ("kind", "frac", "rounding", "minimum_step", "grows")),
        ("beta", _FLOAT),
    ]


class NeuronSpec(ctypes.Structure):
    """See `neuron.h`."""

    _fields_ = [
        *((name, Format) for name in ("current", "membrane", "wrapped", "after", "synapse")),
        *((name, LeakSpec) for name in ("leak", "decay")),
        *((name, _LONG) for name in ("threshold", "spike_at", "truncate")),
        *((name, _FLOAT) for name in ("scale", "step", "limit", "share")),
        *((name, _INT) for name in ("strict", "max_spikes", "read", "leak_first", "to_zero", "change_saturates")),
        *((name, _INT) for name in ("readout", "has_synapse", "input_first", "wide")),
    ]


_ARGUMENTS: dict[str, list[Any]] = {
    "spike": [_POINTER, _POINTER, _LONG, _INT, _INT],
    "spike_table": [_POINTER] * 4 + [_LONG, _INT, _INT],
    "curve_backward": [_POINTER] * 4 + [_LONG, _INT, _INT],
    "table_backward": [_POINTER, _INT, _INT] + [_POINTER] * 3 + [_LONG, _INT, _INT],
    "float_forward": [_POINTER] * 7 + [_LONG, _LONG, _INT],
    "float_backward": [_POINTER] * 5 + [_INT, _INT] + [_POINTER] * 4 + [_LONG, _LONG, _INT],
    "integer_forward": [_POINTER] * 11 + [_LONG, _LONG, _INT],
    "integer_backward": [_POINTER] * 4 + [_INT] + [_POINTER] + [_INT] + [_POINTER] * 7 + [_LONG, _LONG, _INT],
    "grid_sizes": [_POINTER] * 2 + [_LONG, _LONG, _INT],
    "grid_snap": [_POINTER] * 2 + [_INT, _FLOAT, _FLOAT, _POINTER, _LONG, _LONG, _INT],
    "grid_backward": [_POINTER] * 5 + [_LONG, _LONG, _INT],
    "free": [_POINTER],
    "pack": [_POINTER] * 2 + [_LONG, _INT],
    "unpack": [_POINTER] * 2 + [_LONG, _INT],
}

_STATUS = {"integer_forward", "pack"}
"""Those that return whether they failed."""


@cache
def _loaded() -> tuple[Any, str]:
    """The library, or None and why there is none."""
    found = sorted(Path(__file__).parent.glob("_kernels*"))
    if not found:
        return None, "it was not built: no C compiler when spikelut was installed"
    try:
        loaded = ctypes.CDLL(str(found[0]))
        abi = loaded.spikelut_abi()
    except (OSError, AttributeError) as error:
        return None, f"{found[0].name} does not load: {error}"
    if abi != ABI:
        return None, f"{found[0].name} is of other sources: install spikelut again"
    for name, types in _ARGUMENTS.items():
        function = getattr(loaded, f"spikelut_{name}")
        function.argtypes, function.restype = types, _INT if name in _STATUS else None
    return loaded, ""


def library() -> Any:
    """The loaded library; only where `reason_missing` is empty."""
    return _loaded()[0]


def reason_missing() -> str:
    """Why there is no library; empty if there is one."""
    return _loaded()[1]


def pointer(tensor: Tensor | None) -> int | None:
    """Where the memory of `tensor` begins."""
    return None if tensor is None else tensor.data_ptr()


def extent(x: Tensor) -> tuple[int, int, int]:
    """The rows of `x`, of time or of weights, the elements of each, and the threads, as the kernels take them."""
    return len(x), x.numel() // len(x) if len(x) else 0, torch.get_num_threads()
