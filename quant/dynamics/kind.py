"""What a neuron kind is: the registers it keeps, one time step, and the derivative of that step.

A kind is stated once, in a file of this folder. All else loops over `kind.states`: the torch layers and what they are
given, the reference in NumPy, the states of ONNX graphs and of C, what a comparison of implementations looks at.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.per_neuron import count, is_each, spread
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, needs_int64


class State(NamedTuple):
    """A register that a neuron keeps from one time step to the next.

    `name`: in signatures, graphs, C and files. `meaning`: in words, for comments. `register`: codes of 2**-frac; those
    of all states of a kind have the membrane's.
    """

    name: str
    meaning: str
    register: NumberFormat


class Output(NamedTuple):
    """What neurons give in a step: whole numbers in `least`..`largest`, each worth a real `step`.

    `kind`: `events`, which are counts or graded spikes, or `membranes` in codes.
    """

    kind: Literal["events", "membranes"]
    least: int
    largest: int
    step: float = 1.0


class StepResult(NamedTuple):
    """What a time step gives."""

    states: tuple[Any, ...]
    """Codes after the step, in the order of `kind.states`."""
    spikes: Any
    """Truth values; where a step can give several, or graded ones, a number. None of a read-out."""
    x: Any
    """Membrane codes above the lowest that spikes, at the point where the surrogate reads. None of a read-out."""
    passes: tuple[Any, ...]
    """Where each of `kind.registers` kept its value, so that gradients pass. True: everywhere."""
    full: Any
    """Membrane codes that were compared with the threshold."""
    leaking: Any
    """The codes by which the membrane's decay factor is multiplied: the derivative of a learned one."""
    noted: tuple[Any, ...] = ()
    """Codes that `kind.to_spikes` needs on the way back, in the order of `kind.notes`."""

    @property
    def mem(self) -> Any:
        """The membrane, which is the first state of every kind."""
        return self.states[0]


class Gradients(NamedTuple):
    """What goes back through a time step."""

    states: tuple[Any, ...]
    """Gradients of the states before the step."""
    arriving: Any
    """Of the synaptic sum that came in."""
    bias: Any
    """Of what is added to the membrane in every step."""
    leaked: Any
    """Of the membrane where it has just leaked; times `StepResult.leaking`, the gradient of the decay factor."""


@dataclass(frozen=True)
class Dynamics:
    """A neuron kind with the integers of one layer.

    `spec`: those of its membrane, which is the first of its states.
    """

    spec: LIFSpec

    @property
    def states(self) -> tuple[State, ...]:
        """The registers that are kept from step to step; the first is the membrane."""
        return (State("mem", "membrane", self.spec.membrane),)

    @property
    def driven(self) -> tuple[str, ...]:
        """The names of the states in which the synaptic sum of a step shows at once, and not by a spike alone."""
        return tuple(state.name for state in self.states)

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers that may saturate in a step, as `StepResult.passes` has them."""
        return ("mem", "current")

    @property
    def saturating(self) -> tuple[str, ...]:
        """Those of `registers` that do; of others `StepResult.passes` says where gradients end."""
        return self.registers

    @property
    def synapse(self) -> SynapseSpec | None:
        """The integers of a synaptic current that decays by itself; None without one."""
        return None

    @property
    def parts(self) -> dict[str, Any]:
        """The dataclasses that hold its integers, by the names that files give them."""
        return {"spec": self.spec}

    @property
    def reads_out(self) -> bool:
        """Whether it gives its membrane, and never spikes."""
        return self.spec.threshold is None

    @property
    def output(self) -> Output:
        """What it gives in a step: its membrane, or as many spikes as it can."""
        register = self.spec.membrane
        if self.reads_out:
            return Output("membranes", register.min_code, register.max_code, register.step)
        return Output("events", 0, self.spec.max_spikes)

    @property
    def takes(self) -> Literal["sums", "events"]:
        """What it is given: synaptic sums, or events themselves."""
        return "sums"

    @property
    def arriving_frac(self) -> int:
        """The fraction bits of what arrives."""
        return self.spec.membrane.frac + self.spec.finer

    def given(self, least: int, largest: int) -> Output:
        """Its `output` where what arrives is in `least`..`largest`."""
        return self.output

    @property
    def wide(self) -> bool:
        """Whether a sum of two of its registers needs more than 32 bits."""
        return self.spec.wide or needs_int64(*(state.register.bits for state in self.states))

    @property
    def reads_spikes(self) -> bool:
        """Whether its derivative depends on where there were spikes."""
        return not self.reads_out and (self.spec.reset == "zero" or self.spec.spares)

    @property
    def tells_spikes(self) -> bool:
        """Whether it spikes where `StepResult.x` is at least 0 and nowhere else, but where no gradient passes."""
        return False

    @property
    def notes(self) -> tuple[str, ...]:
        """The names of what a step notes for `to_spikes`; see `StepResult.noted`."""
        return ()

    @property
    def amounts(self) -> tuple[Any, ...]:
        """Its numbers that may be arrays of one for each neuron."""
        return (0 if self.reads_out else self.spec.threshold, self.spec.leak.amount)

    @property
    def numbers(self) -> dict[str, Any]:
        """Its `amounts` by the names of `mapped`; of a read-out no threshold."""
        found: dict[str, Any] = {}
        self.mapped(lambda name, value: found.setdefault(name, value))
        return found

    @property
    def leaks(self) -> dict[str, Leak]:
        """Its leaks by the names of their decay factors."""
        found: dict[str, Leak] = {}
        self.with_leaks(lambda name, leak: found.setdefault(name, leak))
        return found

    @property
    def count(self) -> int | None:
        """How many neurons, or channels, have numbers of their own; None where there is one for all."""
        return count(*self.amounts)

    def mapped(self, change: Callable[[str, Any], Any]) -> "Dynamics":
        """The same kind with `change(name, value)` of each of its `amounts`; names are `threshold`, `beta`, `alpha`.

        Those of a leak are the name of its decay factor.
        """
        spec = self.spec
        threshold = None if spec.threshold is None else change("threshold", spec.threshold)
        leak = replace(spec.leak, amount=change("beta", spec.leak.amount))
        return self.with_spec(replace(spec, threshold=threshold, leak=leak))

    def with_leaks(self, change: Callable[[str, Leak], Leak]) -> "Dynamics":
        """The same kind with `change(name, leak)` of each of its leaks; names as of `mapped`."""
        return self.with_spec(replace(self.spec, leak=change("beta", self.spec.leak)))

    def spread(self, rank: int) -> "Dynamics":
        """The same kind with numbers in the shape of states of so many dimensions, [B, N, ...]."""
        return self if self.count is None else self.mapped(lambda _, values: spread(values, rank))

    def neuron(self, n: int) -> "Dynamics":
        """The same kind with the numbers of neuron, or channel, `n` alone."""
        return self.mapped(lambda _, values: int(values[n]) if is_each(values) else values)

    def with_spec(self, spec: LIFSpec) -> "Dynamics":
        """The same kind with other integers of its membrane."""
        raise NotImplementedError

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        """One step from codes of the `states`, for synaptic sums `arriving` and a `bias` of the membrane."""
        raise NotImplementedError

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        """What goes back through a step, straight through: a decay is its factor, a reset a constant.

        `grads`: of the states after it. `through`: the gradient of its spikes times the surrogate's slope; None of a
        read-out. `out`: the gradient of what a read-out gives. `spikes`: those of the step, where they set the membrane
        to zero. `passes`: as in `StepResult`, truth values, or True for all.
        """
        raise NotImplementedError

    def to_spikes(self, grads: tuple[Any, ...], noted: tuple[Any, ...], passes: tuple[Any, ...]) -> Any:
        """The gradient that states after a step, whose own are `grads`, give its spikes; None: they give none.

        Of a state that rises with each spike. `noted`: real values of what `notes` names; `passes` as in `backward`. It
        is added to that of what the neurons give, before the surrogate's slope is multiplied.
        """
        return None

    def of_threshold(
        self, grads: tuple[Any, ...], through: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        """What a step takes from the gradient of a learned threshold, for those of the states after it, term by term.

        The threshold stands in every comparison, and is what a spike subtracts. `passes` as in `backward`.
        """
        return (through, grads[0] * spikes) if self.spec.reset == "subtract" else (through,)


def passed(grad: Any, passes: Any) -> Any:
    """What of a gradient passes a register: nothing where it saturated."""
    return grad if passes is True else grad * passes


def kept(before: Any, after: Any, register: NumberFormat) -> Any:
    """Where a register kept the value that came in. A wrapped one is differentiated straight through."""
    return True if register.overflow == "wrap" else after == before
