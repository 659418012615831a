"""Torch's functions on signals, and what each is in a network: merges, shapes, pooling, products."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from spikelut.quant.reading.traced import Traced, Value, Writes, plain, refuse, traced_in

LATER = "quant.Delay delays what is in time"
WHOLE = f"time and batch are taken whole, or one step x[t] ({LATER})"
Handler = Callable[[Writes, Any, Any, Any], Any]
OPERATIONS: dict[Any, Handler] = {}
"""By torch's function: what it writes down, and what it gives."""


def reads(*functions: Any) -> Callable[[Handler], Handler]:
    """Register the handler of functions."""

    def register(handler: Handler) -> Handler:
        OPERATIONS.update(dict.fromkeys(functions, handler))
        return handler

    return register


def name_of(function: Any) -> str:
    """What a function is called in messages."""
    name = getattr(function, "__name__", str(function))
    owner = getattr(function, "__objclass__", None)
    return f"{owner.__name__}.{name}" if owner is not None else name


def shape_from(function: Any, args: Any, kwargs: Any) -> tuple[int, ...]:
    """The shape that torch gives."""
    return tuple(function(*plain(args), **plain(kwargs)).shape)


def features(x: Traced) -> tuple[int, ...]:
    """The shape after time and batch."""
    return tuple(x.shape[x.value.leading :])


def axis_of(trace: Writes, x: Traced, dim: int) -> int:
    """A dimension counted after time and batch."""
    at = dim % x.ndim - x.value.leading
    if at < 0:
        refuse(
            trace.place, f"time and batch stay as they are ({LATER}): dimensions from {x.value.leading} on, got {dim}"
        )
    return at


EXACT = (torch.float32, torch.float64)
"""The types in which spikes and sums stay what they are."""


@reads(Tensor.contiguous, Tensor.clone, torch.clone, Tensor.detach, Tensor.float, Tensor.to, Tensor.cpu, Tensor.type_as)
def _as_it_is(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    asked = [value for value in (*args[1:], *kwargs.values()) if isinstance(value, torch.dtype | Tensor)]
    kinds = [value if isinstance(value, torch.dtype) else value.dtype for value in asked]
    if any(kind not in EXACT for kind in kinds):
        refuse(trace.place, f"signals stay in float32 or float64, got {kinds[0]}, in which a value could be another")
    return args[0]


@reads(functional.dropout, functional.dropout2d)
def _dropped(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    training = kwargs.get("training", args[2] if len(args) > 2 else True)
    if training:
        refuse(trace.place, "dropout must depend on training=self.training, got training=True")
    return args[0]


@reads(Tensor.add, torch.add, Tensor.__add__, Tensor.__radd__, operator.add, Tensor.add_, Tensor.__iadd__)
def _add(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if kwargs.get("alpha", 1) != 1:
        refuse(trace.place, "torch.add must have alpha 1; scale spikes before")
    for one, other in ((a, b), (b, a)):
        if isinstance(other, int | float) and other == 0:  # what sum() begins with
            return one
        if not isinstance(other, Traced):
            refuse(trace.place, "signals are added to signals; constants belong into the bias of neurons")
    if a.value.layout == "step" and a.value.t != b.value.t:
        return _tallied(trace, a, b)
    if a.shape != b.shape:
        refuse(trace.place, f"what is added must have one shape, got {list(a.shape)} and {list(b.shape)}")
    return trace.tensor(trace.add("add", (a.value, b.value), features(a)), features(a))


def _tallied(trace: Writes, a: Traced, b: Traced) -> Any:
    """The sum over steps that a loop adds up."""
    refuse(
        trace.place,
        "what one step gives is not added to what another does: put it in a list, and torch.stack it; sums over time "
        "are taken of what the network gives, and feedback is Recurrent's, within its layer",
    )


@reads(Tensor.mul, torch.mul, Tensor.__mul__, Tensor.__rmul__, operator.mul, Tensor.mul_, Tensor.__imul__)
def _mul(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    a, b = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if isinstance(a, Traced) and isinstance(b, Traced):
        shape = shape_from(torch.mul, (a, b), {})
        if len(a.shape) != len(b.shape):
            refuse(trace.place, f"factors must have as many dimensions, got {list(a.shape)} and {list(b.shape)}")
        value = trace.add("product", (a.value, b.value), shape[a.value.leading :])
        return trace.tensor(value, shape[value.leading :])
    x, factor = (a, b) if isinstance(a, Traced) else (b, a)
    return scaled(trace, x, factor)


@reads(Tensor.div, torch.div, Tensor.__truediv__, torch.true_divide, Tensor.div_, Tensor.__itruediv__)
def _div(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    if not isinstance(args[0], Traced) or isinstance(args[1], Tensor) or kwargs:
        refuse(trace.place, "signals are divided by numbers only")
    return scaled(trace, args[0], 1 / args[1])


def scaled(trace: Writes, x: Traced, factor: Any) -> Any:
    """A signal times a number."""
    if isinstance(factor, Tensor) and factor.numel() == 1 and not isinstance(factor, Traced):
        factor = float(factor)
    if not isinstance(factor, int | float):
        refuse(trace.place, f"signals are multiplied by numbers and signals, got a {type(factor).__name__}")
    if factor == 1:
        return x
    return trace.tensor(trace.add("scale", (x.value,), features(x), factor=float(factor)), features(x))


@reads(torch.matmul, Tensor.matmul, Tensor.__matmul__, operator.matmul, torch.bmm, Tensor.bmm)
def _matmul(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    if len(traced_in(args)) != 2:
        refuse(trace.place, "signals are multiplied by signals; weights belong into QuantLinear")
    a, b = args
    shape = shape_from(torch.matmul, (a, b), {})
    least = a.value.leading + 2
    if a.ndim < least or b.ndim != a.ndim:
        refuse(trace.place, f"matrices must follow time and batch, got {list(a.shape)} and {list(b.shape)}")
    value = trace.add("matmul", (a.value, b.value), shape[a.value.leading :])
    return trace.tensor(value, shape[value.leading :])


@reads(torch.cat, torch.concat, torch.concatenate)
def _cat(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    parts = list(args[0] if args else kwargs["tensors"])
    dim = kwargs.get("dim", kwargs.get("axis", args[1] if len(args) > 1 else 0))
    if not all(isinstance(part, Traced) for part in parts):
        refuse(trace.place, "signals are joined to signals")
    shape = shape_from(torch.cat, (parts, dim), {})
    axis = axis_of(trace, parts[0], dim)
    value = trace.add("cat", [part.value for part in parts], shape[parts[0].value.leading :], axis=axis)
    return trace.tensor(value, shape[value.leading :])


@reads(torch.stack)
def _stack(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    parts = list(args[0] if args else kwargs["tensors"])
    dim = kwargs.get("dim", args[1] if len(args) > 1 else 0)
    if not parts or not all(isinstance(part, Traced) for part in parts):
        refuse(trace.place, "signals are stacked, got other things among them")
    if parts[0].value.layout == "step" and dim % (parts[0].ndim + 1) == 0:
        return over_time(trace, parts)
    raised = [_reshaped(trace, part, _unsqueezed(part, dim)) for part in parts]
    return _cat(trace, torch.cat, (raised, dim), {})


def over_time(trace: Writes, parts: Sequence[Traced]) -> Any:
    """The steps of a loop one after the other: the whole sequence."""
    first = parts[0].value
    whole = [(p.value.call, p.value.state, p.value.layout) for p in parts]
    steps, length = [p.value.t for p in parts], trace.lengths[first.call]
    if set(whole) != {(first.call, first.state, "step")} or steps != list(range(length)):
        refuse(trace.place, f"a loop must stack what one layer gives in each of {length} steps, in their order")
    return trace.tensor(Value(first.call, "sequence", 0, first.state), features(parts[0]))


def _unsqueezed(x: Traced, dim: int) -> tuple[int, ...]:
    shape = list(x.shape)
    shape.insert(dim % (x.ndim + 1), 1)
    return tuple(shape)


def _reshaped(trace: Writes, x: Traced, shape: Sequence[int]) -> Any:
    """The same values in another shape: time and batch are told by their sizes, and stay."""
    steps, batch, value = trace.lengths[x.value.call], trace.batch, x.value
    shape = tuple(shape)
    layout: Any
    first = value.call in trace.fixed and value.layout == "step" and shape == (1, *x.shape)
    if first or (value.layout != "step" and shape[:2] == (steps, batch)):
        layout = "sequence"
    elif value.layout != "step" and shape[:1] == (steps * batch,):
        layout = "merged"
    elif value.layout == "step" and shape[:1] == (batch,):
        layout = "step"
    else:
        refuse(trace.place, f"time and batch stay as they are, or are one dimension, got {list(shape)}")
    at = Value(value.call, layout, value.t)
    rest = shape[at.leading :]
    if rest == features(x):
        return trace.tensor(at, rest)
    return trace.tensor(trace.add("reshape", (at,), rest, shape=rest), rest)


@reads(
    Tensor.reshape, torch.reshape, Tensor.view, Tensor.flatten, torch.flatten, Tensor.unflatten, torch.unflatten,
    Tensor.unsqueeze, torch.unsqueeze, Tensor.squeeze, torch.squeeze, Tensor.view_as, Tensor.reshape_as,
)  # fmt: skip
def _reshape(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    return _reshaped(trace, args[0], shape_from(func, args, kwargs))


@reads(Tensor.repeat, Tensor.expand)
def _repeat(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    x, shape = args[0], shape_from(func, args, kwargs)
    if x.value.layout != "sequence" or trace.lengths[x.value.call] != 1 or shape[1:] != tuple(x.shape[1:]):
        refuse(trace.place, f"{name_of(func)} must be of a single time step [1, B, ...], over time, got {list(shape)}")
    if shape[0] == 1:
        return x
    return trace.tensor(trace.add("repeat", (x.value,), features(x), steps=shape[0]), features(x))


@reads(
    Tensor.permute, torch.permute, Tensor.transpose, torch.transpose, torch.swapaxes, Tensor.swapaxes, Tensor.swapdims,
    Tensor.movedim, torch.movedim, Tensor.t,
)  # fmt: skip
def _transpose(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    x = args[0]
    # The order is seen in the strides of what torch makes of sizes that are all one.
    sizes = torch.empty(tuple(range(2, 2 + x.ndim)), device="meta")
    order = [n - 2 for n in func(sizes, *args[1:], **kwargs).shape]
    leading = x.value.leading
    if order[:leading] != list(range(leading)):
        refuse(trace.place, "time and batch stay in front: inputs are [T, B, ...]")
    axes = tuple(n - leading for n in order[leading:])
    if axes == tuple(range(len(axes))):
        return x
    shape = tuple(features(x)[axis] for axis in axes)
    return trace.tensor(trace.add("transpose", (x.value,), shape, axes=axes), shape)


@reads(Tensor.__getitem__)
def _getitem(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    x, index = args
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(part is None or isinstance(part, Tensor) for part in parts):
        refuse(trace.place, "signals are indexed by integers, slices and ...")
    if Ellipsis in parts:
        at = parts.index(Ellipsis)
        parts[at : at + 1] = [slice(None)] * (x.ndim - len(parts) + 1)
    parts += [slice(None)] * (x.ndim - len(parts))
    if x.value.layout == "sequence" and isinstance(parts[0], int):
        return _getitem(trace, func, (_at_step(trace, x, parts[0]), tuple(parts[1:])), {})
    for dim in range(x.value.leading):
        if parts[dim] != slice(None):
            refuse(trace.place, f"{WHOLE}, got {index!r}")
    dim = x.value.leading
    for part in parts[dim:]:
        if isinstance(part, int):
            x = _reshaped(trace, taken := _taken(trace, x, dim, [part]), _without(taken, dim))
        else:
            wanted = range(x.shape[dim])[part]
            x = x if len(wanted) == x.shape[dim] and wanted.step == 1 else _taken(trace, x, dim, list(wanted))
            dim += 1
    return x


def _without(x: Traced, dim: int) -> tuple[int, ...]:
    return tuple(n for i, n in enumerate(x.shape) if i != dim)


def _at_step(trace: Writes, x: Traced, t: int) -> Any:
    steps = trace.lengths[x.value.call]
    if not -steps <= t < steps:
        refuse(trace.place, f"time steps must be in 0..{steps - 1}, as the example has {steps}, got {t}")
    return trace.tensor(Value(x.value.call, "step", t % steps, x.value.state), features(x))


def _taken(trace: Writes, x: Traced, dim: int, indices: Sequence[int]) -> Any:
    axis = axis_of(trace, x, dim)
    whole = features(x)
    indices = tuple(i % whole[axis] for i in indices)
    shape = (*whole[:axis], len(indices), *whole[axis + 1 :])
    return trace.tensor(trace.add("take", (x.value,), shape, axis=axis, indices=indices), shape)


@reads(torch.flip, Tensor.flip, torch.chunk, Tensor.chunk, torch.split, Tensor.split, torch.narrow, Tensor.narrow,
       torch.select, Tensor.select, Tensor.unbind, torch.unbind, torch.index_select, Tensor.index_select)  # fmt: skip
def _parts(trace: Writes, func: Any, args: Any, kwargs: Any) -> Any:
    """What only rearranges is tried on numbers of the places along its dimension."""
    x = args[0]
    dims = [d for d in range(x.ndim) if _changes(func, x, args, kwargs, d)]
    if not dims and func in (torch.unbind, Tensor.unbind):
        dims = [0]
    if len(dims) > 1:
        refuse(trace.place, f"{name_of(func)} must be of one dimension")
    dim = dims[0] if dims else 0
    places = torch.arange(x.shape[dim]).reshape([-1 if d == dim else 1 for d in range(x.ndim)])
    places = places.expand(x.shape)
    found = func(places, *args[1:], **kwargs)
    several = isinstance(found, list | tuple)
    if dim < x.value.leading:
        if x.value.layout == "sequence" and dim == 0 and several and len(found) == trace.lengths[x.value.call]:
            return tuple(_at_step(trace, x, t) for t in range(len(found)))
        if x.value.layout == "sequence" and dim == 0 and func in (torch.flip, Tensor.flip):
            return trace.tensor(trace.add("reverse", (x.value,), features(x)), features(x))
        refuse(
            trace.place,
            f"time and batch are taken whole, or one step x[t] ({LATER}), got {name_of(func)} of dimension {dim}",
        )
    made = []
    for part in found if several else [found]:
        kept = part.ndim == x.ndim
        line = part.movedim(dim, 0).reshape(part.shape[dim], -1)[:, 0] if kept else part.reshape(-1)[:1]
        taken = _taken(trace, x, dim, line.tolist())
        made.append(taken if kept else _reshaped(trace, taken, _without(taken, dim)))
    return tuple(made) if several else made[0]


def _changes(func: Any, x: Traced, args: Any, kwargs: Any, dim: int) -> bool:
    """Whether a function does something along a dimension."""
    places = torch.arange(x.shape[dim]).reshape([-1 if d == dim else 1 for d in range(x.ndim)]).expand(x.shape)
    found = func(places, *args[1:], **kwargs)
    part = found[0] if isinstance(found, list | tuple) else found
    return (part.shape != places.shape and _lost(part, places, dim)) or (
        part.shape == places.shape and bool((part != places).any())
    )


def _lost(part: Tensor, whole: Tensor, dim: int) -> bool:
    """Whether a part lacks something of a dimension."""
    values = set(part.reshape(-1).tolist())
    return len(values) < whole.shape[dim]
