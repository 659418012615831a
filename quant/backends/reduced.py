"""Layers that come to simpler ones, for which there are compiled kernels: the same values and gradients.

A sequence with windows is its windows, one after the other. Sums with more fraction bits than the membrane are rounded
before the layer, where that is a function of the sum alone.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.full_precision import exact
from spikelut.quant.arithmetic.rounding import round_real
from spikelut.quant.arithmetic.straight_through import straight_through
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.dynamics.kinds import is_plain
from spikelut.quant.dynamics.spec import MAX_CURRENT
from spikelut.quant.dynamics.windows.neurons import WindowDynamics

Outcome = tuple[Tensor, tuple[Tensor, ...]]
Run = Callable[[LayerSpec, Inputs, str], Outcome]


def run_reduced(run: Run, layer: LayerSpec, x: Inputs, who: str) -> Outcome | None:
    """What a layer gives, and its last states, by `run` of a simpler one; None where there is none.

    Not where a graph is recorded, whose values only the graph will know, and where steps are compiled as they are.
    """
    if is_unbranched() or layer.kernel is not None or x.weight is not None or not len(x.current):
        return None
    if type(layer.kind) is WindowDynamics:
        return _in_windows(run, layer, layer.kind, x, who)
    spec = layer.spec
    wraps = spec.membrane.overflow == "wrap" and not spec.bias_with_sum
    if not spec.finer or not wraps or not is_plain(layer.kind) or not _passes_all(spec.current):
        return None
    plain = replace(spec, finer=0, current=spec.membrane)
    simpler = replace(layer, kind=layer.kind.with_spec(plain))
    return run(simpler, x._replace(current=_rounded(layer, x.current)), who)


def _passes_all(register: NumberFormat) -> bool:
    """Whether the gradient of every sum passes the register of sums: none saturates."""
    holds = register.min_code <= -MAX_CURRENT and register.max_code >= MAX_CURRENT
    return holds or register.overflow == "wrap"


def _rounded(layer: LayerSpec, current: Tensor) -> Tensor:
    """Sums in real units on the grid of the membrane, straight through."""
    spec, current = layer.spec, exact(current)
    codes = torch.round(current.detach() * 2.0 ** (spec.membrane.frac + spec.finer)).clamp(-MAX_CURRENT, MAX_CURRENT)
    codes = apply_overflow(TorchOps, codes.to(torch.int64), spec.current).to(codes)
    return straight_through(current, round_real(codes * 2.0**-spec.finer, spec.membrane.rounding) * spec.membrane.step)


def _in_windows(run: Run, layer: LayerSpec, kind: WindowDynamics, x: Inputs, who: str) -> Outcome | None:
    """Window after window, without the state that counts; None where the neurons are not all at one step of theirs."""
    done = _steps_done(kind, x.states[-1])
    if done is None or layer.truncate is not None:
        return None
    size, plain, outs = kind.window.size, replace(layer, kind=kind.neurons), []
    rest: Any = (None,) * (len(x.states) - 1)
    states: Any = x.states[:-1]
    start, steps = 0, len(x.current)
    while start < steps:
        if kind.reads_out and done >= size:
            states, done = rest, 0
        end = min(start + max(1, size - done), steps)
        out, states = run(plain, x._replace(current=x.current[start:end], states=states), who)
        outs.append(out)
        start, done = end, done + end - start
        if not kind.reads_out and done >= size:
            states, done = tuple(map(torch.zeros_like, states)), 0
    counted = torch.full_like(states[0], done * kind.window.register.step)
    return torch.cat(outs), (*states, counted)


def _steps_done(kind: WindowDynamics, state: Tensor | None) -> int | None:
    """The steps of the window that are over, if they are as many for all neurons."""
    if state is None:
        return 0
    if not state.numel() or not bool(state.isfinite().all()):
        return None
    least, most = (float(v) / kind.window.register.step for v in state.detach().aminmax())
    return round(most) if least == most else None
