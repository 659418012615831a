"""One neuron of a chip that adds its inputs event by event, in plain integers: see `specification`.

An event of a source adds that source's weight. Sources come in the order of their number; one that came `n` times in a
step is `n` events.
"""

from collections.abc import Sequence
from dataclasses import replace

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.specification import in_register
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.dynamics.specification import NeuronStep, neuron_step, synapse_step


def with_events(register: NumberFormat, state: int, weights: Sequence[int], counts: Sequence[int]) -> int:
    """A state after the events of a step, brought into its register after every single one."""
    for weight, count in zip(weights, counts, strict=True):
        for _ in range(count):
            state = in_register(state + weight, register)
    return state


def summing_step(
    spec: LIFSpec, synapse: SynapseSpec | None, mem: int, syn: int, weights: Sequence[int], counts: Sequence[int]
) -> tuple[NeuronStep, int]:
    """A step of a chip that adds event by event and compares once (ReckOn, Xylo), and the synaptic current after it.

    Events go to the synaptic current, where there is one, else to the membrane itself. The derivative is that of the
    sum: an event that was cut on its way does not stop the gradient.
    """
    if synapse is None:
        return neuron_step(spec, with_events(spec.membrane, mem, weights, counts), 0), syn
    syn, _ = synapse_step(synapse, with_events(synapse.register, syn, weights, counts), 0)
    return neuron_step(spec, mem, syn), syn


def comparing_step(spec: LIFSpec, mem: int, weights: Sequence[int], counts: Sequence[int]) -> NeuronStep:
    """A step of a chip that compares after every event (ODIN, tinyODIN, Speck).

    Each event adds its weight, is compared, and resets; at the end the leak is an event too, and compared. `spikes` are
    all of the step. `x` is the largest potential above threshold that a source met or left: after an event and before
    the reset, or, of a source that did not come, the membrane as it stood. The membrane passes if no event was cut.
    """
    without_leak = replace(spec, leak=replace(spec.leak, kind="none"), leak_first=True, read="after_leak")
    spikes, read, kept = 0, [], True
    for weight, count in zip(weights, counts, strict=True):
        if count == 0:
            read.append(neuron_step(without_leak, mem, 0).x)
        for _ in range(count):
            event = neuron_step(without_leak, mem, weight)
            mem = event.mem
            spikes += event.spikes
            read.append(event.x)
            kept = kept and event.mem_passes
    end = neuron_step(replace(spec, leak_first=True, read="after_leak"), mem, 0)
    return end._replace(spikes=spikes + end.spikes, x=max(read), mem_passes=kept)
