"""One neuron with a refractory period, one time step, in plain integers: see `dynamics.specification`.

On SpiNNaker and Loihi alike: after a spike the membrane rests for `steps` steps, in which it neither leaks nor takes in
what arrives, nor is compared; a synaptic current decays and takes in its input meanwhile.
"""

from collections.abc import Sequence
from typing import NamedTuple

from spikelut.quant.dynamics.refractory.spec import RefractorySpec
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.dynamics.specification import neuron_step, synapse_step


class RefractoryStep(NamedTuple):
    """What one neuron does in one step; `x`: where the surrogate is read, None in a step that is waited."""

    mem: int
    wait: int
    syn: int
    spikes: int
    x: int | None


def refractory_steps(
    spec: LIFSpec, period: RefractorySpec, synapse: SynapseSpec | None, currents: Sequence[int], bias: int = 0
) -> list[RefractoryStep]:
    """All steps of one neuron for the synaptic sums of each, from rest."""
    mem = wait = syn = 0
    steps = []
    for arriving in currents:
        if synapse is not None:
            syn, _ = synapse_step(synapse, syn, arriving)
            arriving = syn
        if wait > 0:
            wait -= 1
            steps.append(RefractoryStep(mem, wait, syn, 0, None))
            continue
        done = neuron_step(spec, mem, arriving, bias)
        mem, wait = done.mem, period.steps if done.spikes else 0
        steps.append(RefractoryStep(mem, wait, syn, done.spikes, done.x))
    return steps
