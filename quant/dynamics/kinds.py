"""The neuron kinds that a profile's integers make."""

from spikelut.quant.dynamics.current import CurrentDynamics
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.lif import LIFDynamics
from spikelut.quant.dynamics.read_out import ReadOutDynamics
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec


def dynamics_of(spec: LIFSpec, synapse: SynapseSpec | None = None) -> Dynamics:
    """The kind with these integers: spiking neurons or a read-out, behind a synaptic current or not."""
    membrane = ReadOutDynamics(spec) if spec.threshold is None else LIFDynamics(spec)
    return membrane if synapse is None else CurrentDynamics.of(membrane, synapse)


def is_of_these(kind: Dynamics) -> bool:
    """Whether `dynamics_of` makes it. What is faster than the reference knows these kinds alone.

    A kind of one's own may have the same integers, and must not be run as one of these.
    """
    return kind == dynamics_of(kind.spec, kind.synapse)
