"""Eligibility traces of axons, in integers, as chips keep them: one for each input, not one for each synapse."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut._defaults import as_tensor
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of


def trace_format(profile: Profile) -> NumberFormat:
    """The register of a trace: the chip's, where its learning rule has one; else that of its membranes."""
    learning = profile.learning
    if learning is None or learning.trace_frac is None or learning.trace_bits is None:
        return profile.membrane_format
    return NumberFormat(learning.trace_bits, learning.trace_frac, signed=False)


def trace_kind(kind: Dynamics, register: NumberFormat) -> Dynamics:
    """The neuron that a trace is: the decays of `kind` in `register`, driven by events, and never a spike.

    One event is one, in codes of the register. ValueError where neurons decay by numbers of
    their own, or are cleared after a window.
    """
    require(
        kind.count is None, "EProp", "traces='axon' needs one decay for a layer, not one for each neuron", kind.count
    )
    require("window" not in kind.parts, "EProp", "traces='axon' needs neurons without a window", "window_size")
    spec = kind.spec
    wide = NumberFormat(32, register.frac)
    leak = replace(spec.leak, register=register)
    made = replace(spec, membrane=register, current=wide, leak=leak, threshold=None, change_saturates=False)
    # Events come in codes of the register itself, and no bias with them.
    made = replace(made, finer=0, bias_with_sum=False)
    synapse = kind.synapse
    if synapse is not None:
        synapse = replace(synapse, register=register, leak=replace(synapse.leak, register=register))
    return dynamics_of(made, synapse)


@dataclass(eq=False)
class AxonTraces:
    """A trace [B, axons] for each axon: what its events left of in a neuron that never spikes, in integer codes."""

    kind: Dynamics
    states: tuple[Any, ...] | None = None

    def step(self, x: Tensor) -> Tensor:
        """The traces, in real numbers, after a step in which `x` [B, axons] came in."""
        register = self.kind.spec.membrane
        if self.states is None:
            self.states = tuple(torch.zeros(x.shape, dtype=torch.int64, device=x.device) for _ in self.kind.states)
        events = torch.round(x * 2.0**register.frac).to(torch.int64)
        self.states = self.kind.step(TorchOps, self.states, events).states
        return as_tensor(self.states[0]).to(x.dtype) * register.step
