"""Which implementation runs a layer of neurons, in integers or in floats: it is decided here, and nowhere else.

Each list is gone through from the top, and the first that takes a layer runs it. All give the same: spikes, states and,
in float32, the gradients of tables to the last bit, but for large products with recurrent weights, to rounding.
"""

from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut._backend import uses_triton
from spikelut._checks import require
from spikelut.quant.arithmetic.full_precision import exact, full_precision
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import (
    Forward,
    Inputs,
    LayerSpec,
    Saved,
    Upstream,
    given_dtype,
    largest_magnitude,
    with_spikes,
)
from spikelut.quant.backends.eager import exact_floats, reference
from spikelut.quant.backends.eager import float_lif as eager_floats
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.backends.native import fed_back, integer_lif, step_by_step
from spikelut.quant.backends.native import float_lif as native_floats
from spikelut.quant.backends.reduced import run_reduced


class Backend(NamedTuple):
    """One way to run a layer forward: `takes` gives what `run` needs besides, or something false.

    `run` gives None where it finds, by the values, that it does not take them. `any_values`: it does so too for what is
    not finite, which it finds while it computes: looking ahead takes as long as a fifth of a step. The others are given
    finite values, and the largest magnitude of a current.
    """

    name: str
    takes: Callable[[LayerSpec, Inputs], Any]
    run: Callable[[LayerSpec, Inputs, Any], Forward | None]
    any_values: bool = False


class Derivative(NamedTuple):
    """One way to run it backward: `takes` gives what `run` needs besides, or something false."""

    name: str
    takes: Callable[[LayerSpec, Saved, Upstream], Any]
    run: Callable[[LayerSpec, Saved, Upstream, Any], Inputs]


FORWARD = (
    Backend("native", integer_lif.takes, integer_lif.run_forward, any_values=True),
    Backend("native, fed back", fed_back.takes, fed_back.run_forward, any_values=True),
    Backend("native steps", step_by_step.takes, step_by_step.run_forward),
    Backend("exact floats", exact_floats.takes, exact_floats.run_forward),
    Backend("reference", reference.takes, reference.run_forward),
)
BACKWARD = (
    Derivative("native", integer_lif.takes_back, integer_lif.run_backward),
    Derivative("native, fed back", fed_back.takes_back, fed_back.run_backward),
    Derivative("native steps", step_by_step.takes_back, step_by_step.run_backward),
    Derivative("exact floats", exact_floats.takes_back, exact_floats.run_backward),
    Derivative("reference", reference.takes_back, reference.run_backward),
)


def run_layer(layer: LayerSpec, x: Inputs, who: str) -> tuple[Tensor, tuple[Tensor, ...]]:
    """What a layer gives, and its last states; `x` may be in half precision, and states None are zero.

    Raises ValueError, in the name of `who`, for currents or states that are not finite.
    """
    simpler = run_reduced(run_layer, layer, x, who)
    if simpler is not None:
        return simpler
    if not torch.compiler.is_exporting() and uses_triton(x.current.device.type):
        from spikelut.quant.backends.triton import support

        if support.takes(layer, x):
            from spikelut.quant.backends.triton.run import run_integers

            return run_integers(layer, x, who)
    given, current = given_dtype(layer, x.current), exact(x.current)
    rest = torch.zeros(current.shape[1:], dtype=current.dtype, device=current.device)
    states = tuple(rest if state is None else exact(state) for state in x.states)
    x = x._replace(current=current, states=states)
    with full_precision(current):
        if torch.compiler.is_exporting():  # which records no gradients
            out, states, *_ = reference.run_forward(layer, x, True)
        else:
            out, *states = cast(Any, Sequence.apply(layer, who, *x.flat))  # type: ignore[no-untyped-call]  # torch's
    return out.to(given), tuple(states)


class Sequence(torch.autograd.Function):
    """All time steps at once. Returns spikes, or membranes, [T, B, ...] and the last states [B, ...]."""

    @staticmethod
    def forward(ctx: Any, layer: LayerSpec, who: str, *tensors: Tensor | None) -> tuple[Tensor, ...]:
        x = Inputs.of(layer.kind, tensors)
        if not is_unbranched():
            x = x.in_one_piece()
        ctx.set_materialize_grads(False)
        out, states, saved, passes = run_forward(layer, x, who)
        # Where spikes are only subtracted, nothing on the way back depends on them.
        needed = layer.kind.reads_spikes or x.threshold is not None or x.weight is not None
        if not needed:
            saved = saved._replace(spikes=out.new_empty(0))
        ctx.save_for_backward(x.weight, x.last, *saved[:-1], *saved.noted)
        ctx.layer, ctx.passes, ctx.shapes = layer, passes, [None if v is None else v.shape for v in tensors]
        ctx.unseen = native.no_saved_tensor_hooks()
        ctx.like = x.current.new_empty(()), [state.dtype for state in x.states]
        return out, *states

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_out: Tensor | None, *grad_states: Tensor | None) -> tuple[Any, ...]:
        weight, last, spikes, read, flags, leaking, *noted = ctx.saved_tensors
        layer, saved, (like, kinds) = ctx.layer, Saved(spikes, read, flags, leaking, tuple(noted)), ctx.like
        wanted = Inputs.of(layer.kind, ctx.needs_input_grad[2:])
        zero = [
            like.new_zeros(ctx.shapes[1], dtype=kind) if grad is None and needed else grad
            for grad, kind, needed in zip(grad_states, kinds, wanted.states, strict=True)
        ]
        up = Upstream(
            out=like.new_zeros(ctx.shapes[0]) if grad_out is None else grad_out,
            states=tuple(zero),
            kinds=tuple(kinds),
            wanted=wanted,
            weight=weight,
            last=last,
            passes=ctx.passes,
            may_reuse_saved=ctx.unseen and native.graph_is_freed(),
        )
        pairs = zip(run_backward(layer, saved, up).flat, ctx.shapes, strict=True)
        fitted = (None if g is None or shape is None else g.sum_to_size(shape) for g, shape in pairs)
        return (None, None, *fitted)


def run_forward(layer: LayerSpec, x: Inputs, who: str) -> Forward:
    """What the first backend gives that takes the layer."""
    for backend in FORWARD:
        if not backend.any_values and layer.largest is None and not is_unbranched():
            layer = replace(layer, largest=_largest(x, who))
        taken = backend.takes(layer, x)
        made = backend.run(layer, x, taken) if taken else None
        if made is not None:
            return made
    raise AssertionError("the readable way takes every layer")


def run_backward(layer: LayerSpec, saved: Saved, up: Upstream) -> Inputs:
    """The gradients by the first derivative that takes the layer."""
    run, taken = next((d.run, taken) for d in BACKWARD if (taken := d.takes(layer, saved, up)))
    saved = saved if run is integer_lif.run_backward else with_spikes(layer, saved, up.out.dtype)
    return run(layer, saved, up, taken)


def _largest(x: Inputs, who: str) -> float:
    """The largest magnitude of a current; ValueError where currents or states are not finite."""
    largest = [largest_magnitude(v) for v in (x.current, *x.states)]
    require(all(map(isfinite, largest)), who, "current and states must be finite", "NaN or infinity")
    return largest[0]


class FloatBackend(NamedTuple):
    """One way to run a layer of float neurons, forward and backward."""

    name: str
    takes: Callable[[FloatSpec, Tensor, Tensor | None], bool]
    run: Callable[[FloatSpec, Tensor, Tensor | None, Tensor, Tensor], None]
    takes_back: Callable[[FloatSpec, Tensor, Tensor | None, Tensor], bool]
    run_back: Callable[[FloatSpec, Tensor, Tensor | None, Tensor, Tensor | None, bool], Tensor]


FLOATS = tuple(
    FloatBackend(name, of.takes, of.run_forward, of.takes_back, of.run_backward)
    for name, of in (("native", native_floats), ("torch", eager_floats))
)


def run_float_layer(spec: FloatSpec, current: Tensor, bias: Tensor | None) -> Tensor | None:
    """Spikes, or of a read-out membranes, [T, B, ...] for a bias that broadcasts with [B, ...].

    None where a layer is run step by step in what torch differentiates: where a graph is recorded or transformed, and
    of several spikes a step.
    """
    if not current.is_floating_point() or current.ndim < 2:
        return None
    if uses_triton(current.device.type):
        from spikelut.quant.backends.triton import support

        if support.takes_floats(spec, current):
            from spikelut.quant.backends.triton.float_lif import run_floats

            return run_floats(spec, current, bias=bias)[0]
    if spec.max_spikes > 1 or not native.is_eager(current) or is_unbranched():
        return None
    whole = None if bias is None else bias.expand(current.shape[1:]).contiguous()
    return cast(Tensor, FloatSequence.apply(spec, exact(current), whole))  # type: ignore[no-untyped-call]  # torch's


class FloatSequence(torch.autograd.Function):
    """All time steps of float neurons at once, for currents [T, B, ...] and a bias [B, ...] or None."""

    @staticmethod
    def forward(ctx: Any, spec: FloatSpec, current: Tensor, bias: Tensor | None) -> Tensor:
        current, kept = current.contiguous(), current.new_empty((0,))
        if spec.surrogate is not None and any(ctx.needs_input_grad):
            kept = torch.empty(current.shape, dtype=spec.places or current.dtype, device=current.device)
        out = torch.empty_like(current)
        next(b.run for b in FLOATS if b.takes(spec, current, bias))(spec, current, bias, kept, out)
        ctx.spec, ctx.unseen = spec, native.no_saved_tensor_hooks()
        # The spikes are not needed where they are only subtracted.
        ctx.save_for_backward(kept, out if spec.drop is None and spec.surrogate is not None else None)
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[None, Tensor, Tensor | None]:
        spec, (kept, spikes), grad_out = ctx.spec, ctx.saved_tensors, grad_out.contiguous()
        bias = torch.zeros_like(grad_out[0]) if ctx.needs_input_grad[2] else None
        may_reuse = ctx.unseen and native.graph_is_freed()
        run = next(b.run_back for b in FLOATS if b.takes_back(spec, kept, spikes, grad_out))
        return None, run(spec, kept, spikes, grad_out, bias, may_reuse), bias
