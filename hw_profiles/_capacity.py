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
    - `inputs`: lines for input events, where these lines are numbered apart from neurons.
    - `outputs`: neurons of the last layer, where the chip keeps output neurons apart from the others.
    - `fan_in`: synapses that one neuron receives. `fan_out`: synapses that start at one neuron, to neurons that are no
      outputs.
    - `chip_neurons`, `chip_synapses`: how many the whole chip holds. `chip_bits`: memory of weights that all cores
      share.

    Of a core (a list has one number for each core):

    - `neurons`: neurons of the core, not counting those of `outputs`.
    - `axons_in`: sources, which are neurons or inputs, whose events the core takes. With `signs_apart`, the sign of
      weights belongs to the source; a source with weights of both signs then counts twice.
    - `axons_out`: pairs of a neuron of the core and a core that receives this neuron's events.
    - `synapses`: weights that the core stores. `padded`: kernels are stored with their numbers of weights and outputs
      rounded up to powers of two.
    - `synapse_bits`: the memory of weights. The weights of a source are stored in lists of `list_synapses`. Each list
      takes `list_bits` more, and is rounded up to whole words of `list_word` bits.
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

    - `synaptic_event`: an event at a synapse; `convolution_event`: the same through a kernel, where that takes another
      energy.
    - `sweep`: the synapses that an event passes in any case, such as those of a row of a crossbar.
    - `neuron`: each neuron in each step. `update`: what is added if the neuron has something to do (a state or bias
      other than zero, or an event that comes). `spike`: what is added if it spikes.
    - `message`: an event that is sent to a core.

    An energy computed from these constants is modelled, not measured. It leaves out whatever the constants leave out.

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
