"""The deployed network as plain integers: what the chip holds, and a NumPy reference that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics import MAX_CURRENT, LIFSpec, SynapseSpec, lif_step, synapse_step
from spikelut.quant.lut_surrogate import LUTSurrogate
from spikelut.quant.neurons import LIF, CubaLIF
from spikelut.quant.ops import NumpyOps
from spikelut.quant.table import Table
from spikelut.surrogates import Surrogate

if TYPE_CHECKING:
    from spikelut.quant.layers import QuantLinear

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class IntegerLinear:
    """Weights as integers: a spike adds code * lsb * 2**(exponent + shift) membrane codes.

    `codes` is [out, in], int8 or int16; `lsb` a power of two; `exponent` the layer's shift; `shift` the chip's.
    """

    name: str
    codes: NDArray[np.int8] | NDArray[np.int16]
    lsb: int
    exponent: int
    shift: int

    @property
    def weight(self) -> Ints:
        """The weights as the chip stores them, code * lsb."""
        return self.codes.astype(np.int64) * self.lsb

    @property
    def left_shift(self) -> int:
        """log2 of the membrane codes that one weight code adds."""
        return self.lsb.bit_length() - 1 + self.exponent + self.shift

    @property
    def largest_sum(self) -> int:
        """The largest magnitude of any synaptic sum of 0/1 spikes, in membrane codes."""
        codes = self.codes.astype(np.int64)
        reach = np.maximum(np.where(codes > 0, codes, 0).sum(1), -np.where(codes < 0, codes, 0).sum(1))
        return int(reach.max(initial=0)) * (1 << self.left_shift)

    def run(self, spikes: Ints) -> Ints:
        """Synaptic sums [T, B, out] of spikes [T, B, in]."""
        return (spikes @ self.codes.astype(np.int64).T) << self.left_shift


@dataclass(frozen=True, eq=False)
class IntegerLIF:
    """A spiking layer: its integers, the curve it was trained with, and the table if that was one."""

    name: str
    spec: LIFSpec
    surrogate: Surrogate
    table: Table | None
    synapse: SynapseSpec | None = None

    def run(self, current: Ints) -> tuple[Ints, Ints]:
        """Spikes and membranes [T, B, ...] for synaptic sums [T, B, ...], from rest."""
        mem = np.zeros(current.shape[1:], np.int64)
        spikes, membranes = np.zeros_like(current), np.zeros_like(current)
        for t, arriving in enumerate(self.currents(current) if self.synapse else current):
            step = lif_step(NumpyOps, self.spec, mem, arriving)
            mem = step.mem
            spikes[t], membranes[t] = step.spikes, mem
        return spikes, membranes

    def currents(self, current: Ints) -> Ints:
        """The synaptic currents [T, B, ...] of neurons that have one, for synaptic sums [T, B, ...], from rest."""
        if self.synapse is None:
            raise ValueError(f"IntegerLIF: {self.name!r} has no synaptic current")
        syn, states = np.zeros(current.shape[1:], np.int64), np.zeros_like(current)
        for t, arriving in enumerate(current):
            states[t] = syn = synapse_step(NumpyOps, self.synapse, syn, arriving)[0]
        return states


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """Layers in the order they run, on one profile."""

    profile: Profile
    layers: tuple[IntegerLinear | IntegerLIF, ...]

    @property
    def in_features(self) -> int:
        first = next(layer for layer in self.layers if isinstance(layer, IntegerLinear))
        return int(first.codes.shape[1])

    def run(self, spikes: NDArray[np.generic]) -> dict[str, Ints]:
        """The spikes [T, B, out] of every spiking layer, by name, for input spikes [T, B, in] of 0 and 1.

        Raises ValueError for another rank, another number of inputs, or values other than 0 and 1.
        """
        expected = spikes.ndim == 3 and spikes.shape[2] == self.in_features
        require(expected, "IntegerNetwork", f"spikes must be [T, B, {self.in_features}]", spikes.shape)
        binary = bool(((spikes == 0) | (spikes == 1)).all())
        require(binary, "IntegerNetwork", "spikes must be 0 or 1", "other values")
        signal, trains = spikes.astype(np.int64), {}
        for layer in self.layers:
            if isinstance(layer, IntegerLinear):
                signal = layer.run(signal)
            else:
                signal, _ = layer.run(signal)
                trains[layer.name] = signal
        return trains


def integer(model: nn.Module) -> IntegerNetwork:
    """The integers of a trained `torch.nn.Sequential` of `QuantLinear` and `LIF` layers.

    Dropout and identity layers fall away. Raises ValueError for other modules, for layers that do not alternate, are of
    different profiles, or whose synaptic sums could leave 30 bits.
    """
    from spikelut.quant.layers import QuantLinear  # Brevitas is heavy and optional

    require(isinstance(model, nn.Sequential), "integer", "model must be a torch.nn.Sequential", type(model).__name__)
    layers: list[IntegerLinear | IntegerLIF] = []
    profiles: list[Profile] = []
    for name, module in model._modules.items():  # named_children leaves out the second use of a layer
        if isinstance(module, nn.Dropout | nn.Identity):
            continue
        where, kind = f"integer: layer {name!r}", type(module).__name__
        known = isinstance(module, QuantLinear | LIF | CubaLIF)
        require(known, where, "must be a QuantLinear, LIF, CubaLIF, Dropout or Identity", kind)
        spikes_next = bool(layers) and isinstance(layers[-1], IntegerLinear)
        message = f"QuantLinear and LIF must alternate, {'LIF' if spikes_next else 'QuantLinear'} is next"
        require(isinstance(module, LIF | CubaLIF) == spikes_next, where, message, kind)
        if isinstance(module, LIF | CubaLIF):
            layers.append(_lif(name, module))
            profiles.append(module.profile)
        elif isinstance(module, QuantLinear):
            before = layers[-1].spec.max_spikes if layers and isinstance(layers[-1], IntegerLIF) else 1
            layers.append(_linear(name, module, before))
            profiles.append(module.profile)
        require(profiles[-1] == profiles[0], where, f"profile must be {profiles[0].name}", profiles[-1].name)
    complete = bool(layers) and isinstance(layers[-1], IntegerLIF)
    require(complete, "integer", "model must end with a LIF", [type(m).__name__ for m in model.children()])
    return IntegerNetwork(profiles[0], tuple(layers))


def _linear(name: str, module: QuantLinear, spikes: int) -> IntegerLinear:
    """The integers of a layer whose inputs are at most `spikes` each in a step."""
    codes, exponent = module.integer_weight()
    array: NDArray[Any] = codes.cpu().numpy().astype(np.int8 if module.weight_bits <= 8 else np.int16)
    layer = IntegerLinear(name, array, module.weight_lsb, exponent, module.profile.weight.shift)
    message = f"synaptic sums must be at most {MAX_CURRENT} membrane codes, fan-in {array.shape[1]}"
    largest = layer.largest_sum * spikes
    require(largest <= MAX_CURRENT, f"integer: layer {name!r}", message, largest)
    exact = f"sums of weight codes must be at most 2**24 to be exact in float32, fan-in {array.shape[1]}"
    require(largest >> layer.left_shift <= 2**24, f"integer: layer {name!r}", exact, largest >> layer.left_shift)
    return layer


def _lif(name: str, module: LIF | CubaLIF) -> IntegerLIF:
    slope = module.surrogate
    if isinstance(slope, LUTSurrogate):
        return IntegerLIF(name, module.spec, slope.analytic, slope.table, module.synapse)
    return IntegerLIF(name, module.spec, slope, None, module.synapse)
