"""Torch's pooling, sums and upsampling of signals, and what is done over time at the end."""

from __future__ import annotations

from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from spikelut.quant.network.signal import window_count
from spikelut.quant.reading.operations import axis_of, features, name_of, reads, scaled, shape_from
from spikelut.quant.reading.traced import Traced, Value, Writes, refuse

MAXIMA = {functional.max_pool1d: 1, functional.max_pool2d: 2}
AVERAGES = {functional.avg_pool1d: 1, functional.avg_pool2d: 2}
ADAPTIVE = {functional.adaptive_avg_pool1d: 1, functional.adaptive_avg_pool2d: 2}
ADAPTIVE_MAXIMA = {functional.adaptive_max_pool1d: 1, functional.adaptive_max_pool2d: 2}


AT_THE_END = (torch.softmax, Tensor.softmax, functional.softmax, functional.log_softmax, Tensor.argmax, torch.argmax)
"""What may follow a sum over time, as it decodes the outputs."""


def tuple_of(value: Any, rank: int) -> tuple[int, ...]:
    """One number for each dimension."""
    return (int(value),) * rank if isinstance(value, int) else tuple(int(v) for v in value)


def _bound(names: str, args: Any, kwargs: Any) -> dict[str, Any]:
    return {**dict(zip(names.split(), args, strict=False)), **kwargs}


@reads(*MAXIMA)
def _max_pool(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    given = _bound("input kernel_size stride padding dilation ceil_mode return_indices", args, kwargs)
    rank = MAXIMA[func]
    dilated = tuple_of(given.get("dilation") or 1, rank) != (1,) * rank
    if given.get("ceil_mode") or given.get("return_indices") or dilated:
        refuse(trace.place, "max pooling must have no dilation, ceil_mode or return_indices")
    return windowed(trace, "max_pool", rank, given)


@reads(*AVERAGES)
def _average(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    names = "input kernel_size stride padding ceil_mode count_include_pad divisor_override"
    given, rank = _bound(names, args, kwargs), AVERAGES[func]
    padded = any(tuple_of(given.get("padding") or 0, rank))
    if given.get("ceil_mode") or (padded and given.get("count_include_pad", True) is False):
        refuse(trace.place, "average pooling must have no ceil_mode, and count what is padded")
    summed = windowed(trace, "sum_pool", rank, given)
    return scaled(trace, summed, 1 / (given.get("divisor_override") or prod(tuple_of(given["kernel_size"], rank))))


def windowed(trace: Writes, op: str, rank: int, given: dict[str, Any]) -> Any:
    """What windows over the last dimensions give."""
    x = given["input"]
    kernel = tuple_of(given["kernel_size"], rank)
    stride = tuple_of(given["stride"], rank) if given.get("stride") else kernel
    padding = tuple_of(given.get("padding") or 0, rank)
    whole = features(x)
    if x.value.layout == "sequence":
        refuse(trace.place, f"windows are of [N, C, ...]: use TimeDistributed, or x.flatten(0, 1), got {list(x.shape)}")
    if len(whole) != rank + 1:
        refuse(trace.place, f"windows must be of [N, C{', H, W' if rank == 2 else ', L'}], got {list(x.shape)}")
    sizes = [window_count(n, k, s, 2 * p) for n, k, s, p in zip(whole[1:], kernel, stride, padding, strict=True)]
    if min(sizes) < 1:
        refuse(trace.place, f"images must be large enough for windows of {kernel}, got {list(whole)}")
    value = trace.add(op, (x.value,), (whole[0], *sizes), kernel_size=kernel, stride=stride, padding=padding)
    return trace.tensor(value, (whole[0], *sizes))


@reads(*ADAPTIVE, *ADAPTIVE_MAXIMA)
def _adaptive(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    given = _bound("input output_size", args, kwargs)
    maxima = func in ADAPTIVE_MAXIMA
    rank = (ADAPTIVE_MAXIMA if maxima else ADAPTIVE)[func]
    x, size = given["input"], given["output_size"]
    whole = features(x)[-rank:]
    asked = (size,) * rank if isinstance(size, int) else size
    wanted = tuple(n if w is None else w for n, w in zip(whole, asked, strict=True))
    kernel = tuple(n // w for n, w in zip(whole, wanted, strict=True))
    if any(k * w != n for k, w, n in zip(kernel, wanted, whole, strict=True)):
        refuse(trace.place, f"adaptive pooling must divide {list(whole)} evenly, got {list(wanted)}")
    pooled = windowed(trace, "max_pool" if maxima else "sum_pool", rank, {"input": x, "kernel_size": kernel})
    return pooled if maxima else scaled(trace, pooled, 1 / prod(kernel))


@reads(Tensor.mean, torch.mean, Tensor.sum, torch.sum, Tensor.amax, torch.amax, Tensor.max, torch.max)
def _reduced(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    given = _bound("input dim keepdim", args, kwargs)
    x, dim = given["input"], given.get("dim")
    if dim is None or isinstance(dim, Tensor):
        refuse(trace.place, f"{name_of(func)} must have dim=")
    dims = sorted(d % x.ndim for d in ((dim,) if isinstance(dim, int) else dim))
    name = name_of(func).rpartition(".")[2]
    if dims == [0] and x.value.layout == "sequence":
        return ended(trace, x, f"{name} over time", shape_from(torch.sum, (x, 0, bool(given.get("keepdim"))), {}))
    axes = tuple(axis_of(trace, x, d) for d in dims)
    whole = features(x)
    if name in ("max", "amax"):
        refuse(trace.place, f"the largest is taken in windows (max pooling) or over time, got {name} of {dims}")
    rest = tuple(n for axis, n in enumerate(whole) if axis not in axes)
    total = trace.tensor(trace.add("total", (x.value,), rest, axes=axes), rest)
    if given.get("keepdim"):
        shape = [1 if axis in axes else n for axis, n in enumerate(whole)]
        total = trace.tensor(trace.add("reshape", (total.value,), tuple(shape), shape=tuple(shape)), shape)
    return scaled(trace, total, 1 / prod(whole[axis] for axis in axes)) if name == "mean" else total


def ended(trace: Writes, x: Traced, what: str, shape: tuple[int, ...]) -> Any:
    """What a forward makes of an output over time: it is left to who reads the output."""
    trace.ends.append(f"{what} of {x.value.call!r}")
    value = Value(x.value.call, "ended")
    return trace.tensor(value, shape[1:] if shape[:1] == (trace.batch,) else shape)


@reads(*AT_THE_END)
def _decoded(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    if args[0].value.layout != "ended":
        refuse(trace.place, f"{name_of(func)} must come last, of sums over time")
    return args[0]


@reads(functional.interpolate)
def _interpolate(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    given = _bound("input size scale_factor mode", args, kwargs)
    x = given["input"]
    if given.get("mode", "nearest") != "nearest":
        refuse(trace.place, f"upsampling must be 'nearest', got {given['mode']!r}")
    shape = shape_from(func, args, kwargs)
    leading = x.value.leading
    if x.value.layout == "sequence":
        refuse(trace.place, f"upsampling is of [N, C, ...]: use TimeDistributed, got {list(x.shape)}")
    return repeated(trace, x, shape[leading:], shape[leading + 1 :], features(x)[1:])


def repeated(trace: Writes, x: Traced, shape: Any, larger: Any, smaller: Any) -> Any:
    """Each value several times, in the last dimensions."""
    scale = tuple(a // b for a, b in zip(larger, smaller, strict=True))
    if any(s * b != a or s < 1 for s, a, b in zip(scale, larger, smaller, strict=True)):
        refuse(trace.place, f"upsampling must be by whole numbers, got {list(smaller)} to {list(larger)}")
    return trace.tensor(trace.add("upsample", (x.value,), tuple(shape), scale=scale), shape)


@reads(Tensor.repeat_interleave, torch.repeat_interleave)
def _repeat_interleave(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    given = _bound("input repeats dim", args, kwargs)
    x, times, dim = given["input"], given["repeats"], given.get("dim")
    if dim is None or not isinstance(times, int):
        refuse(trace.place, "repeat_interleave must have a number of repeats and dim=")
    axis, whole = axis_of(trace, x, dim), features(x)
    larger = tuple(n * times if i == axis else n for i, n in enumerate(whole))
    return repeated(trace, x, larger, larger[axis:], whole[axis:])


@reads(functional.pad)
def _pad(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    given = _bound("input pad mode value", args, kwargs)
    x, pad = given["input"], list(given["pad"])
    if given.get("mode", "constant") != "constant" or given.get("value"):
        refuse(trace.place, "padding must be with zeros")
    rank = len(pad) // 2
    if rank > len(features(x)):
        refuse(trace.place, "time and batch are not padded")
    before, after = tuple(pad[-2::-2]), tuple(pad[::-2])
    shape = shape_from(func, args, kwargs)[x.value.leading :]
    value = trace.add("spread", (x.value,), shape, stride=(1,) * rank, before=before, after=after)
    return trace.tensor(value, shape)
