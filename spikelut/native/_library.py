"""The library of kernels and the types of its arguments."""

import ctypes
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

ABI = 21
"""The number of `abi.c`: a library left over from other sources is not used."""

_INT, _LONG, _FLOAT, _POINTER = ctypes.c_int32, ctypes.c_int64, ctypes.c_float, ctypes.c_void_p


class NativeCurve(ctypes.Structure):
    """See `curve.h`."""

    _fields_ = [("slopes", _POINTER), ("parameters", ctypes.c_double * 8)]


class NativeTable(ctypes.Structure):
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


class NativeFloatSpec(ctypes.Structure):
    """See `float_lif.c`."""

    _fields_ = [
        *((name, _FLOAT) for name in ("alpha", "beta", "threshold", "drop")),
        *((name, _INT) for name in ("cuba", "to_zero", "readout")),
        ("truncate", _LONG),
    ]


MOST_NUMBERS = 5
"""As in `step.h`."""


class NativeNumbers(ctypes.Structure):
    """What of a layer's integers is not built into its kernel; see `step.h`."""

    _fields_ = [
        ("amounts", _INT * MOST_NUMBERS),
        *((name, _INT) for name in ("threshold", "most")),
        *((name, _FLOAT) for name in ("scale", "step")),
        ("betas", ctypes.c_double * MOST_NUMBERS),
    ]


class NativeGrid(ctypes.Structure):
    """See `spike_loops.h`."""

    _fields_ = [
        *((name, _FLOAT) for name in ("low", "high", "up", "down")),
        *((name, _INT) for name in ("even", "bits", "least", "most", "per_channel")),
    ]


class NativeEventGeometry(ctypes.Structure):
    """See `event.h`."""

    _fields_ = [
        (name, _INT)
        for name in (
            *("channels", "height", "width", "out", "rows", "columns", "groups", "tall", "wide"),
            *("down", "right", "apart", "aside", "low", "high", "spike_at", "threshold", "each"),
        )
    ]


class NativeReckonGenerator(ctypes.Structure):
    """See `reckon.h`."""

    _fields_ = [("length", _INT), ("words", _INT), ("outputs", _POINTER), ("after", _POINTER), ("state", _LONG)]


class NativeReckonSpec(ctypes.Structure):
    """See `reckon.h`."""

    _fields_ = [
        *((name, _INT) for name in ("inputs", "neurons", "outputs", "rst_mode", "kappa", "noise_en", "noise_str")),
        *((name, _INT) for name in ("en_stoch_round", "do_eprop", "force_traces")),
        *(("fp_loc_w", _INT * 2), ("fp_loc_wout", _INT), ("fp_loc_t", _INT * 2), ("fp_loc_tout", _INT)),
        *(("thr_h", _INT * 4), ("h", _INT * 5), ("learn_sig_scale", _INT)),
        *(("lr_p_w", _INT * 2), ("lr_r_w", _INT * 2), ("lr_p_wout", _INT), ("lr_r_wout", _INT)),
        *((name, _INT) for name in ("regression", "no_out_act", "regul_mode", "regul_w", "regul_f0")),
        *(("regul_k_p", _INT * 2), ("regul_k_r", _INT * 2), ("regul_k_mul", _INT)),
        *(("curve", _POINTER), ("curve_frac", _INT)),
        ("generators", NativeReckonGenerator * 13),
        ("calls", _LONG * 3),
    ]


_STRUCTS = (
    NativeCurve,
    NativeTable,
    NativeFloatSpec,
    NativeNumbers,
    NativeGrid,
    NativeEventGeometry,
    NativeReckonSpec,
)
"""Those whose sizes the library has to share."""

_BACK = (
    [_INT, _POINTER, _LONG]
    + [_POINTER] * 3
    + [_INT, _POINTER, _INT]
    + [_POINTER, _INT, _INT]
    + [_POINTER] * 3
    + [_INT, _POINTER, _POINTER, _POINTER, _POINTER]
)
"""Of the way back through a layer's integers: all but recurrent weights and sizes."""

_ARGUMENTS: dict[str, list[Any]] = {
    "spike": [_POINTER, _POINTER, _LONG, _INT, _INT],
    "spike_table": [_POINTER] * 4 + [_LONG, _INT, _INT],
    "places": [_POINTER] * 3 + [_LONG, _INT],
    "curve_backward": [_POINTER] * 4 + [_LONG, _INT, _INT],
    "table_backward": [_POINTER, _INT, _INT] + [_POINTER] * 3 + [_LONG, _INT, _INT],
    "float_forward": [_POINTER] * 7 + [_LONG, _LONG, _INT],
    "float_backward": [_POINTER] * 5 + [_INT, _INT] + [_POINTER] * 4 + [_LONG, _LONG, _INT],
    "integer_forward": [_INT] + [_POINTER] * 11 + [_LONG, _LONG, _INT],
    "integer_fed": [_INT] + [_POINTER] * 12 + [*[_FLOAT] * 3, _LONG, _LONG, _POINTER] + [_LONG, _LONG, _INT],
    "integer_backward": [*_BACK, _LONG, _LONG, _INT],
    "integer_fed_backward": [*_BACK, *[_POINTER] * 3, _LONG, _LONG, _LONG, _INT],
    "grid_sizes": [_POINTER] * 2 + [_LONG, _LONG, _INT],
    "grid_snap": [_POINTER] * 2 + [_INT, _FLOAT, _FLOAT, _POINTER, _LONG, _LONG, _INT],
    "grid_backward": [_POINTER] * 5 + [_LONG, _LONG, _INT],
    "grid_points": [_POINTER] * 4 + [_LONG, _LONG, _INT],
    "grid_moved": [_POINTER] * 5 + [_LONG, _LONG, _INT],
    "grid_spread": [_POINTER] * 6 + [ctypes.c_double, _POINTER, _LONG, _LONG],
    "delayed_forward": [_POINTER] * 4 + [_LONG] * 4 + [_INT],
    "delayed_by_x": [_POINTER] * 4 + [_LONG] * 4 + [_INT],
    "delayed_met": [_POINTER] * 4 + [_LONG] * 4 + [_INT],
    "moved": [_POINTER] * 3 + [_LONG] * 4 + [_INT],
    "sums_codes": [_POINTER] * 2 + [_LONG, _FLOAT, _POINTER, _LONG, _LONG, _INT],
    "sums_on_grid": [_POINTER] * 2 + [_INT] + [_POINTER] * 4 + [_LONG, _LONG, _INT],
    "sums_look": [_POINTER, _FLOAT, _LONG, _LONG],
    "sums_forward": [_POINTER, _FLOAT, _POINTER, _POINTER, _INT, _POINTER, _LONG, _LONG, _LONG, _INT],
    "sums_by_weight": [_POINTER, _FLOAT, _POINTER, _POINTER, _LONG, _LONG, _LONG, _INT],
    "sums_widest": [_INT],
    "product": [_POINTER] * 3 + [_LONG] * 3 + [_INT],
    "are_spikes": [_POINTER, _FLOAT, _LONG, _INT],
    "events": [_POINTER] * 7 + [_LONG, _INT],
    "free": [_POINTER],
    "pack": [_POINTER] * 2 + [_LONG, _INT],
    "unpack": [_POINTER] * 2 + [_LONG, _INT],
    "reckon": [_POINTER] * 11 + [_LONG, _LONG],
}

_STATUS = {
    "integer_forward",
    "integer_fed",
    "pack",
    "grid_moved",
    "sums_codes",
    "sums_on_grid",
    "sums_look",
    "sums_forward",
    "sums_by_weight",
    "sums_widest",
    "product",
    "are_spikes",
}
"""Those that return whether they failed."""


@cache
def _loaded() -> tuple[Any, str]:
    """The library, or None and why there is none."""
    found = sorted(Path(__file__).parent.glob("_kernels*"))
    if not found:
        return None, "it was not built: no C compiler when spikelut was installed"
    try:
        return load(found[0]), ""
    except (OSError, AttributeError) as error:
        return None, f"{found[0].name} does not load: {error}"
    except ValueError as error:
        return None, str(error)


def load(path: Path) -> Any:
    """The library in a file; ValueError if it is of other sources, OSError or AttributeError if it is none."""
    loaded = ctypes.CDLL(str(path))
    same = loaded.spikelut_abi() == ABI
    for kind in _STRUCTS:
        loaded.spikelut_size.argtypes, loaded.spikelut_size.restype = [ctypes.c_char_p], _LONG
        same = same and loaded.spikelut_size(kind.__name__.removeprefix("Native").encode()) == ctypes.sizeof(kind)
    if not same:
        raise ValueError(f"{path.name} is of other sources: install spikelut again")
    for name, types in _ARGUMENTS.items():
        function = getattr(loaded, f"spikelut_{name}")
        function.argtypes, function.restype = types, _INT if name in _STATUS else None
    for name in ("step", "back"):
        function = getattr(loaded, f"spikelut_{name}_key")
        function.argtypes, function.restype = [_INT], ctypes.c_char_p
    return loaded


@cache
def kernels(kind: Literal["step", "back"]) -> dict[str, int]:
    """The kernels of time steps, or of the way back through them, by the `key` of what they are made for."""
    keys: dict[str, int] = {}
    key_of = getattr(library(), f"spikelut_{kind}_key")
    while (key := key_of(len(keys))) is not None:
        keys[key.decode()] = len(keys)
    return keys


def library() -> Any:
    """The loaded library; only where `reason_missing` is empty."""
    return _loaded()[0]


def reason_missing() -> str:
    """Why there is no library; empty if there is one."""
    return _loaded()[1]


def curve(name: str, parameters: dict[str, float]) -> NativeCurve | None:
    """The kernel of the surrogate called `name` with these parameters, in the order of its class; None without one.

    Its symbol has their names too: of a library that has others, or in another order, it is not taken.
    """
    function = getattr(library(), f"spikelut_curve_{name}_of_{'_'.join(parameters)}", None)
    if function is None:
        return None
    return NativeCurve(ctypes.cast(function, _POINTER), (ctypes.c_double * 8)(*parameters.values()))


def pointer(tensor: Tensor | None) -> int | None:
    """Where the memory of `tensor` begins."""
    return None if tensor is None else tensor.data_ptr()


def pointers(tensors: Sequence[Tensor | None]) -> Any:
    """Where the memories of several begin, as an array of C."""
    return (_POINTER * len(tensors))(*map(pointer, tensors))


def extent(x: Tensor) -> tuple[int, int, int]:
    """The rows of `x`, of time or of weights, the elements of each, and the threads, as the kernels take them."""
    return len(x), x.numel() // len(x) if len(x) else 0, torch.get_num_threads()
