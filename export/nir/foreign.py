"""NIR graphs of other libraries as float networks."""

import math
from collections import OrderedDict
from typing import Any, NamedTuple

import nir
import numpy as np
import torch
from torch import nn

from spikelut._checks import require
from spikelut.export.nir.foreign_weights import Weights, array_of, one_of, rows_of, weights_of, whole_numbers
from spikelut.export.nir.read import ReadLayer
from spikelut.quant.neurons.float_lif import FloatLIF, FloatRecurrent, TimeDistributed
from spikelut.quant.weights.pooling import SumPool2d
from spikelut.surrogates import Surrogate

LEAST_BETA = 0.01
"""What exp(-dt / tau) must leave of a state in a step: with less, dt is not the one that the writer meant."""

ROUNDING = 1e-6
"""Of a ratio of float32 numbers."""

SPIKING = (nir.IF, nir.LIF, nir.CubaLIF)
NEURONS = (*SPIKING, nir.I, nir.LI, nir.CubaLI)
WEIGHTS = (nir.Linear, nir.Affine, nir.Conv2d)


class Reading(NamedTuple):
    """How time constants and resets are read; see `from_nir`."""

    dt: float
    decay: str
    reset: str
    surrogate: Surrogate


def float_network(start: Any, layers: list[ReadLayer], reading: Reading) -> nn.Sequential:
    """The float network of a chain of NIR nodes; ValueError names the node that cannot be read, and why."""
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    waiting: Weights | None = None
    flat = start.input_type["input"] is not None and np.size(start.input_type["input"]) == 1
    for name, node, recurrent in layers:
        where, kind = f"node {name!r}", type(node).__name__
        if isinstance(node, NEURONS):
            require(waiting is not None, where, "neurons must come after weights", kind)
            assert waiting is not None  # as was just required
            waiting, neurons = neurons_of(where, node, recurrent, waiting, reading)
            _put(modules, waiting.name, waiting.module())
            _put(modules, name, neurons)
            waiting = None
            continue
        require(waiting is None, where, "must be neurons, which come after weights", kind)
        if isinstance(node, WEIGHTS):
            waiting = weights_of(where, name, node)
            flat = waiting.geometry is None
        elif isinstance(node, nir.Flatten):
            _check_flatten(where, node, flat)
            if not flat:
                _put(modules, name, nn.Flatten(2))
            flat = True
        else:
            _put(modules, name, _pooling(where, node))
    if waiting is not None:
        _put(modules, waiting.name, waiting.module())
    return nn.Sequential(modules)


def _put(modules: OrderedDict[str, nn.Module], name: str, module: nn.Module) -> None:
    clean = name.replace(".", "_") or "_"
    key = next(k for k in (clean, *(f"{clean}_{i}" for i in range(len(modules)))) if k not in modules)
    modules[key] = module


def _check_flatten(where: str, node: Any, flat: bool) -> None:
    start, end = (int(one_of(where, node, name)) for name in ("start_dim", "end_dim"))
    given = node.input_type["input"]
    size = None if given is None else int(np.size(given))
    whole = start == 0 and (end == -1 or end + 1 == size)
    require(whole or flat, where, "must flatten all dimensions, from start_dim 0 to end_dim -1", (start, end))


def _pooling(where: str, node: Any) -> nn.Module:
    kinds = "Linear, Affine, Conv2d, IF, LIF, CubaLIF, I, LI, CubaLI, SumPool2d, AvgPool2d, Flatten"
    known = isinstance(node, nir.SumPool2d | nir.AvgPool2d)
    require(known, where, f"must be one of {kinds}", type(node).__name__)
    kernel, stride = (whole_numbers(where, node, name, 1) for name in ("kernel_size", "stride"))
    padding = whole_numbers(where, node, "padding", 0)
    plain = padding == (0, 0) and kernel[0] == kernel[1] and stride[0] == stride[1]
    require(plain, where, "pooling must be square, without padding", (kernel, stride, padding))
    if isinstance(node, nir.SumPool2d):
        return SumPool2d(kernel[0], stride[0])
    return TimeDistributed(nn.AvgPool2d(kernel[0], stride[0]))


def _factor(where: str, node: Any, name: str, reading: Reading, out: int) -> Any:
    """The decay factor of a time constant, or float64 [out] with one for each neuron or channel where they differ.

    ValueError if nothing, or next to nothing, is left of a state after dt. Of a current nothing may be left, where tau
    is dt: it is then that of the present step.
    """
    taus = array_of(where, node, name)
    if np.allclose(taus, taus.flat[0], rtol=1e-6, atol=0):
        return _factor_of(where, float(taus.flat[0]), name, reading)
    return np.array([_factor_of(where, float(tau), name, reading) for tau in rows_of(where, node, name, out)])


def _factor_of(where: str, tau: float, name: str, reading: Reading) -> float:
    """That of one time constant."""
    dt = reading.dt
    require(tau > 0, where, f"{name} must be > 0", tau)
    if reading.decay == "exponential":
        beta, longest = math.exp(-dt / tau), -tau * math.log(LEAST_BETA)
        kept = beta >= LEAST_BETA
    else:
        # Written as dt / (1 - 0) in float32, tau may be off dt by a rounding.
        beta, longest = max(0.0, 1 - dt / tau), tau
        kept = beta > ROUNDING or (name == "tau_syn" and tau >= dt * (1 - ROUNDING))
    if not kept:
        bound = "at least" if tau < dt else "above"
        hint = f"give the writer's, at most {longest:.3g} (norse writes tau * dt: the square of its dt)"
        raise ValueError(f"{where}: {name} must be {bound} dt, {dt:g}, got {tau:g}: neurons keep nothing; {hint}")
    return beta


def _share(where: str, node: Any, name: str, reading: Reading, out: int) -> Any:
    """What of its input a state takes in during a step: 1 minus its decay factor, to the last bit of a large tau."""
    ratio = reading.dt / rows_of(where, node, name, out)
    return -np.expm1(-ratio) if reading.decay == "exponential" else ratio


def neurons_of(
    where: str, node: Any, recurrent: Any, weights: Weights, reading: Reading
) -> tuple[Weights, FloatLIF | FloatRecurrent]:
    """The neurons of `node`, and the weights before them with all that scales their input."""
    out, spiking = len(weights.weight), isinstance(node, SPIKING)
    beta: Any = 1.0
    alpha: Any = None
    gain, leak = rows_of(where, node, "r", out), np.zeros(out)
    if not isinstance(node, nir.IF | nir.I):
        slow = "tau_mem" if isinstance(node, nir.CubaLIF | nir.CubaLI) else "tau"
        beta, share = _factor(where, node, slow, reading, out), _share(where, node, slow, reading, out)
        gain, leak = gain * share, rows_of(where, node, "v_leak", out) * share
    if isinstance(node, nir.CubaLIF | nir.CubaLI):
        alpha = _factor(where, node, "tau_syn", reading, out)
        gain = gain * rows_of(where, node, "w_in", out) * _share(where, node, "tau_syn", reading, out)
    threshold, scale = 1.0, np.ones(out)
    if spiking:
        still = not array_of(where, node, "v_reset").any()
        require(still, where, "v_reset must be 0", node.v_reset)
        thresholds = rows_of(where, node, "v_threshold", out)
        require(bool((thresholds > 0).all()), where, "v_threshold must be > 0", float(thresholds.min()))
        # Neurons of different thresholds are the same ones on other scales.
        threshold = float(thresholds[0])
        scale = threshold / thresholds
    weights, leak = weights.scaled(gain * scale), leak * scale
    neuron = FloatLIF(
        reading.surrogate if spiking else None,
        beta=beta,
        alpha=alpha,
        threshold=threshold,
        reset=reading.reset,
        bias=out if leak.any() else None,
    )
    if neuron.bias is not None:
        with torch.no_grad():
            neuron.bias.copy_(torch.from_numpy(leak))
    return (weights, neuron) if recurrent is None else _fed_back(where, recurrent, weights, neuron, gain * scale)


def threshold_neurons(where: str, node: Any, out: int, reading: Reading) -> tuple[Any, FloatLIF]:
    """Neurons without memory that spike where what comes in is above a Threshold; what scales their input, [out]."""
    levels = rows_of(where, node, "threshold", out)
    require(bool((levels > 0).all()), where, "threshold must be > 0", float(levels.min()))
    # FloatLIF spikes at the threshold, and NIR above it.
    above = float(np.nextafter(np.float32(levels[0]), np.float32(np.inf)))
    return levels[0] / levels, FloatLIF(reading.surrogate, beta=0.0, threshold=above, reset="zero")


def _fed_back(where: str, node: Any, weights: Weights, neuron: FloatLIF, rows: Any) -> tuple[Weights, FloatRecurrent]:
    """`neuron` with recurrent weights; their bias arrives in every step, so it goes to the weights before."""
    found = weights_of(f"{where}, its recurrent weights", "", node).scaled(rows)
    out = len(weights.weight)
    require(found.weight.shape == (out, out), where, f"recurrent weights must be [{out}, {out}]", found.weight.shape)
    made = FloatRecurrent(neuron, out)
    with torch.no_grad():
        made.linear.weight.copy_(torch.from_numpy(found.weight))
    if found.bias is not None:
        weights = weights._replace(bias=found.bias + (0 if weights.bias is None else weights.bias))
    return weights, made
