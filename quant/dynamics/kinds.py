"""The neuron kinds that a profile's integers make: one line for each."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from spikelut.quant.arithmetic.per_neuron import shown_values
from spikelut.quant.dynamics.adaptive.neurons import AdaptiveDynamics
from spikelut.quant.dynamics.adaptive.spec import AdaptationSpec
from spikelut.quant.dynamics.current import CurrentDynamics
from spikelut.quant.dynamics.graded.neurons import GradedDynamics
from spikelut.quant.dynamics.graded.spec import GradedSpec
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.lif import LIFDynamics
from spikelut.quant.dynamics.read_out import ReadOutDynamics
from spikelut.quant.dynamics.refractory.neurons import RefractoryDynamics
from spikelut.quant.dynamics.refractory.spec import RefractorySpec
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.dynamics.windows.neurons import WindowDynamics
from spikelut.quant.dynamics.windows.spec import WindowSpec


class Part(NamedTuple):
    """A dataclass of integers that a kind has besides those of its membrane, `spec`.

    `integers`: the dataclass. `dynamics.of(kind, integers)` makes the kind that has them of one that lacks them.
    `numbers`: its fields, leaks aside, that may be arrays of one for each neuron.
    """

    integers: Any
    dynamics: Any
    numbers: tuple[str, ...] = ()


PARTS: dict[str, Part] = {
    "adaptation": Part(AdaptationSpec, AdaptiveDynamics, ("threshold_step",)),
    "refractory": Part(RefractorySpec, RefractoryDynamics),
    "synapse": Part(SynapseSpec, CurrentDynamics),
    "window": Part(WindowSpec, WindowDynamics),
    "graded": Part(GradedSpec, GradedDynamics),
}
"""By the names that files give them, from the membrane outwards: a later one holds what the earlier ones make."""


def dynamics_of(spec: LIFSpec, synapse: SynapseSpec | None = None, **others: Any) -> Dynamics:
    """The kind with these integers: spiking neurons or a read-out, behind a synaptic current or not.

    `others`: those of further `PARTS`, by their names. Raises ValueError for a name that no part has.
    """
    unknown = sorted(set(others) - set(PARTS))
    if unknown:
        raise ValueError(f"dynamics_of: parts must be of {', '.join(PARTS)}, got {', '.join(unknown)}")
    kind: Dynamics = ReadOutDynamics(spec) if spec.threshold is None else LIFDynamics(spec)
    given = {**others, "synapse": synapse}
    for name, part in PARTS.items():
        if given.get(name) is not None:
            kind = part.dynamics.of(kind, given[name])
    return kind


def is_of_these(kind: Dynamics) -> bool:
    """Whether `dynamics_of` makes it. What is faster than the reference knows these kinds alone.

    A kind of one's own may have the same integers, and must not be run as one of these.
    """
    return kind.parts.keys() <= {"spec", *PARTS} and kind == dynamics_of(**kind.parts)


def is_plain(kind: Dynamics) -> bool:
    """Whether it is leak, add, compare and reset, or a read-out, behind a synaptic current or not."""
    return kind.parts.keys() <= {"spec", "synapse"} and is_of_these(kind)


def title_of(kind: Dynamics) -> str:
    """The name of the layer of `quant` that has neurons of the kind."""
    parts = kind.parts
    if "graded" in parts:
        return {"sigma": "Sigma", "delta": "Delta", "sigma_delta": "SigmaDelta"}[parts["graded"].kind]
    if kind.reads_out:
        return "LI"
    if "adaptation" in parts:
        return "AdaptiveLIF"
    return "CubaLIF" if "synapse" in parts else "LIF" if kind.spec.leak.leaks else "IF"


def numbers_in_force(kind: Dynamics) -> dict[str, Any]:
    """What a layer chose, in real numbers or arrays of one for each neuron, by the names of arguments.

    A decay factor has its name; of leaks that are no factor what is lost in every step, `NAME_loss`. Others are
    `threshold`, `reset`, `max_spikes` where it is not 1, those of its parts, and of graded spikes the format `message`.
    """
    spec, found = kind.spec, dict[str, Any]()
    for name, leak in kind.leaks.items():
        linear = leak.kind == "linear"
        if leak.leaks:
            found[f"{name}_loss" if linear else name] = leak.amount * leak.register.step if linear else leak.beta
    if not kind.reads_out and spec.threshold is not None:
        found["threshold"] = spec.threshold * spec.membrane.step
        found |= {"reset": spec.reset} if spec.reset != "none" and "graded" not in kind.parts else {}
        found |= {"max_spikes": spec.max_spikes} if spec.max_spikes > 1 else {}
    for part in kind.parts.values():
        found |= {"message": part.message.short_name} if isinstance(part, GradedSpec) else getattr(part, "options", {})
    return found


def shown_numbers(kind: Dynamics) -> Iterator[str]:
    """The same in words, `beta=0.9`; of each neuron's own the least and the largest."""
    for name, value in numbers_in_force(kind).items():
        yield f"{name}={value!r}" if isinstance(value, str) else f"{name}={shown_values(value, '.6g')}"
