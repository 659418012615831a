"""The same samples by the compiled kernel: `native/src/reckon.c` equals the NumPy of this room to the bit."""

import ctypes
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut import native
from spikelut.quant.chips.reckon.chip import Chip
from spikelut.quant.chips.reckon.generators import ALL, Generator
from spikelut.quant.chips.reckon.registers import Registers

Ints = NDArray[np.int64]
_KINDS = ("inp", "rec")


def run_native(chip: Chip, events: Ints, goals: Ints, target_from: int) -> tuple[Ints, Ints, Ints]:
    """Run a sample; its outputs [ticks, outputs], spikes [ticks, neurons] and votes [outputs]."""
    reg = chip.registers
    # Of what the kernel reads in place: it has to outlive the call.
    slopes = None if chip.curve is None else chip.curve.slopes.astype(np.int32)
    spec = _spec(reg, chip, slopes)
    pairs = [np.ascontiguousarray(x, np.int32) for x in (chip.alpha, chip.threshold)]
    weights = [np.array(w, np.int32, order="C") for w in chip.weights]
    came, aims = np.ascontiguousarray(events, np.uint8), np.ascontiguousarray(goals, np.int32)
    outputs = np.zeros((len(came), reg.outputs), np.int32)
    spikes = np.zeros((len(came), reg.neurons), np.uint8)
    votes = np.zeros(reg.outputs, np.int32)
    given: list[NDArray[Any]] = [*pairs, *weights, came, aims, outputs, spikes, votes]
    arrays = [array.ctypes.data for array in given]
    native.library().spikelut_reckon(ctypes.addressof(spec), *arrays, len(came), target_from)
    for old, new in zip(chip.weights, weights, strict=True):
        old[...] = new
    for name, found in zip(ALL, spec.generators, strict=True):
        chip.generators[name] = np.array([found.state >> j & 1 for j in range(found.length)], np.int64)
    chip.calls = np.array(spec.calls, np.int64)
    return outputs.astype(np.int64), spikes.astype(np.int64), votes.astype(np.int64)


def _spec(reg: Registers, chip: Chip, slopes: NDArray[np.int32] | None) -> native.NativeReckonSpec:
    spec = native.NativeReckonSpec()
    for name in (field[0] for field in spec._fields_ if field[1] is ctypes.c_int32 and field[0] != "curve_frac"):
        setattr(spec, name, getattr(reg, name))
    for name in ("fp_loc_w", "fp_loc_t", "lr_p_w", "lr_r_w"):
        _fill(spec, name, [getattr(reg, f"{name}{kind}") for kind in _KINDS])
    for name in ("p", "r"):
        _fill(spec, f"regul_k_{name}", [getattr(reg, f"regul_k_{kind}_{name}") for kind in _KINDS])
    if slopes is not None and chip.curve is not None:
        spec.curve, spec.curve_frac = slopes.ctypes.data, chip.curve.frac
    _fill(spec, "thr_h", reg.edges)
    _fill(spec, "h", reg.slopes)
    _fill(spec, "calls", chip.calls.tolist())
    for place, (name, (kind, _, _)) in zip(spec.generators, ALL.items(), strict=True):
        outputs, after = _tables(kind)
        place.length, place.words = kind.length, outputs.shape[1]
        place.outputs, place.after = outputs.ctypes.data, after.ctypes.data
        place.state = int(chip.generators[name] @ (1 << np.arange(kind.length)))
    return spec


def _fill(spec: Any, name: str, values: Any) -> None:
    getattr(spec, name)[:] = list(values)


@cache
def _tables(kind: Generator) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """For each value of each byte of a state what it adds to a call's bits, in words, and to the state after it."""
    words = -(-kind.bits // 64)
    padded = np.zeros((words * 64, kind.length), np.uint8)
    padded[: kind.bits] = kind.outputs
    packed = np.ascontiguousarray(np.packbits(padded.T, axis=1, bitorder="little"))
    after = (kind.after.T.astype(np.uint32) << np.arange(kind.length, dtype=np.uint32)).sum(1, dtype=np.uint32)
    return _by_byte(packed.view("<u8").astype(np.uint64)), _by_byte(after[:, None])


def _by_byte(of_bits: NDArray[Any]) -> NDArray[Any]:
    """Sums without carries of the rows of eight bits each, by the value of these, [bytes * 256, words]."""
    count, words = of_bits.shape
    padded = np.zeros((-(-count // 8), 8, words), of_bits.dtype)
    padded.reshape(-1, words)[:count] = of_bits
    chosen = np.arange(256)[:, None] >> np.arange(8) & 1
    sums = np.bitwise_xor.reduce(np.where(chosen[None, :, :, None] == 1, padded[:, None], 0), axis=2)
    return np.ascontiguousarray(sums.reshape(-1, words), of_bits.dtype)
