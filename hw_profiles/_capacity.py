"""What a chip holds, and what published constants say that its events take."""

from dataclasses import dataclass, fields
from math import isfinite
from typing import Literal

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles._group import Group

Convolutions = Literal["shared", "expanded"]
MOST = 2**40
LIMITS = (
    "cores",
    "inputs",
    "outputs",
    "fan_in",
    "fan_out",
    "chip_neurons",
    "chip_synapses",
    "chip_bits",
    "axons_in",
    "axons_out",
    "synapse_bits",
    "list_synapses",
    "state_bits",
    "memory_bits",
)
"""The keys of `Capacity` that are one number, or left out."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Capacity(Group):
    """How large a network the chip holds. A limit that nobody published is left out: it is not known.

    Of the chip:

    - `cores`: that compute neurons.
    - `inputs`: lines on which events of the input come, where these are numbered apart from neurons.
    - `outputs`: neurons of the last layer, where the chip has these apart from the others.
    - `fan_in`, `fan_out`: synapses that come to a neuron, or go from one to neurons that are no outputs.
    - `chip_neurons`, `chip_synapses`: in all. `chip_bits`: memory of weights that all cores share.

    Of a core, where a list is one number for each core:

    - `neurons`: without those of `outputs`.
    - `axons_in`: sources, neurons or inputs, whose events it takes; where the sign of weights is the source's
      (`signs_apart`), one with weights of both signs counts twice.
    - `axons_out`: pairs of one of its neurons and a core that the neuron's events go to.
    - `synapses`: weights that it stores; `padded`: kernels are stored with numbers of weights and outputs that are
      rounded up to powers of two.
    - `synapse_bits`: the memory of weights. Those of a source are stored `list_synapses` at a time, with `list_bits`
      more for each such list, in whole words of `list_word` bits.
    - `state_bits`: the memory of what neurons keep: states, numbers of their own, delay lines.
    - `memory_bits`: the memory for everything: weights, delays, states, numbers of neurons.

    `convolutions`: whether a kernel is stored once (`shared`) or each synapse by itself (`expanded`). `whole_layers`:
    whether a layer lies on one core.

    ```pycon
    >>> capacity = hw_profiles.load("odin").capacity
    >>> capacity.cores, capacity.neurons, capacity.axons_in, capacity.synapse_bits is None
    (1, (256,), 256, True)
    ```
    """

    cores: int | None = None
    inputs: int | None = None
    outputs: int | None = None
    fan_in: int | None = None
    fan_out: int | None = None
    chip_neurons: int | None = None
    chip_synapses: int | None = None
    chip_bits: int | None = None
    neurons: tuple[int, ...] = ()
    axons_in: int | None = None
    signs_apart: bool = False
    axons_out: int | None = None
    synapses: tuple[int, ...] = ()
    padded: bool = False
    synapse_bits: int | None = None
    list_synapses: int | None = None
    list_bits: int = 0
    list_word: int = 1
    state_bits: int | None = None
    memory_bits: int | None = None
    convolutions: Convolutions | None = None
    whole_layers: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in LIMITS:
            if getattr(self, name) is not None:
                require_int(self, name, getattr(self, name), 1, MOST)
        require_int(self, "list_bits", self.list_bits, 0, MOST)
        require_int(self, "list_word", self.list_word, 1, MOST)
        self._require_bool("padded", "whole_layers", "signs_apart")
        if self.convolutions is not None:
            require_one_of(self, "convolutions", self.convolutions, Convolutions)
        for name in ("neurons", "synapses"):
            each = getattr(self, name)
            message = f"{name} must be one number for all cores, or for each of {self.cores}"
            require(len(each) in (0, 1, self.cores), self, message, each)
            for number in each:
                require_int(self, name, number, 1, MOST)
        split = len(self.neurons) > 1 or len(self.synapses) > 1
        require(self.whole_layers or not split, self, "cores must be alike unless whole_layers", self.neurons)


@dataclass(frozen=True, kw_only=True, repr=False)
class Energy(Group):
    """What published constants say that the chip takes, in picojoules; 0 where they are for something else.

    - `synaptic_event`, and `convolution_event` where one through a kernel takes another: an event at a synapse.
    - `sweep`: the synapses that an event passes in any case, such as those of a row of a crossbar.
    - `neuron`: each neuron in each step; `update`: more, if it has something to do (a state or bias other than zero, or
      an event that comes); `spike`: more, if it spikes.
    - `message`: an event that is sent to a core.

    What is computed from them is modelled: it is no measurement, and leaves out what these constants do.

    ```pycon
    >>> energy = hw_profiles.load("odin").energy
    >>> energy.synaptic_event, energy.sweep
    (12.7, 256)
    ```
    """

    synaptic_event: float = 0.0
    convolution_event: float | None = None
    sweep: int = 0
    neuron: float = 0.0
    update: float = 0.0
    spike: float = 0.0
    message: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "sweep", self.sweep, 0, MOST)
        constants = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("source", "status", "sweep")}
        for name, value in constants.items():
            fits = value is None or (isfinite(value) and 0 <= value <= 1e12)
            require(fits, self, f"{name} must be a number in 0..1e12", value)
        require(any(constants.values()), self, "some constant must be above 0", constants)
