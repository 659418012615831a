"""Neurons as NIR nodes: what NIR's equations, one forward Euler step at a time, say of a chip's neuron."""

from typing import Any, Literal

import nir
import numpy as np

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.network.layers import IntegerLIF

IfNode = Literal["CubaLIF", "IF"]
"""The node of a neuron that only integrates."""

ENDLESS = 2.0**60
"""Time steps of a time constant with which 1 - dt / tau is 1 in any float."""


def bias_values(layer: IntegerLIF, profile: Profile) -> Any:
    """The bias in real units [N]; None without one."""
    return None if layer.bias is None else layer.bias.codes(2).reshape(-1) * profile.state_step


def _steps(beta: Any) -> Any:
    """The time constant, in time steps, of a state that keeps `beta` of itself."""
    kept = np.asarray(beta, np.float64)
    return np.where(kept == 1, ENDLESS, 1 / np.where(kept == 1, 1.0, 1 - kept))


def _gain(spec: LIFSpec) -> Any:
    """What of its input arrives in what a reader calls the membrane: compared, or of a read-out given out."""
    if spec.leak_first:
        return 1.0
    return spec.beta if spec.threshold is None else 1.0


def neuron_node(layer: IntegerLIF, profile: Profile, shape: tuple[int, ...], dt: float, if_node: IfNode) -> Any:
    """The node for neurons of `shape`: I or `if_node` where nothing leaks, else LIF, LI, CubaLIF or CubaLI."""
    message = "NIR must have a node for its neurons, and has none"
    require(not layer.others, f"to_nir: layer {layer.name!r}", message, f"neurons with {' and '.join(layer.others)}")
    spec, synapse = layer.spec, layer.synapse
    relaxes = spec.leak.kind == "relax" and spec.leak_first
    steps = _steps(spec.beta)
    resistance = 1.0 if relaxes else steps * _gain(spec)

    def full(value: Any) -> Any:
        each = np.asarray(value, np.float64)
        return np.full(shape, each.reshape(-1, *[1] * (len(shape) - 1)) if each.ndim else each)

    firing: dict[str, Any] = {}
    if not layer.reads_out:
        # On the grid of membranes, > and >= are one from halfway between two codes.
        firing = {"v_threshold": full((spec.spike_at - 0.5) * spec.membrane.step), "v_reset": full(0.0)}
    if synapse is None and (steps == ENDLESS).all() and not relaxes:
        if layer.reads_out or if_node == "IF":
            return (nir.I if layer.reads_out else nir.IF)(r=full(1.0), **firing)
        # A current that keeps nothing, and a membrane that keeps everything.
        states = {"tau_syn": full(dt), "tau_mem": full(dt * ENDLESS), "w_in": full(1.0)}
        return nir.CubaLIF(**states, r=full(ENDLESS), v_leak=full(0.0), **firing)
    common = {"r": full(resistance), "v_leak": full(0.0), **firing}
    if synapse is None:
        return (nir.LI if layer.reads_out else nir.LIF)(tau=full(dt * steps), **common)
    bias = bias_values(layer, profile)
    if bias is not None:
        common["v_leak"] = full(bias * resistance)
    slow = _steps(synapse.leak.beta)
    arriving = slow * (synapse.leak.beta if synapse.input_first else 1.0)
    times = {"tau_mem": full(dt * steps), "tau_syn": full(dt * slow), "w_in": full(arriving)}
    return (nir.CubaLI if layer.reads_out else nir.CubaLIF)(**times, **common)
