"""From what a forward does, call by call, to a plan: factors and batch norm go into weights, biases to neurons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, NoReturn

from torch import Tensor

from spikelut._checks import require
from spikelut.quant.conversion.currents import (
    Currents,
    Joined,
    Tree,
    Unweighted,
    Weighted,
    joined,
    leaves_of,
    normed,
    noted,
    times,
)
from spikelut.quant.conversion.float_trace import END, FloatTrace
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.neuron_values import Found, neuron_in
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.weight_values import Weights, folded, norm_in, weights_in, with_windows
from spikelut.quant.neurons.float_lif import FloatLIF
from spikelut.quant.wiring.call import Call

AFTER_NEURONS = "must come after neurons, not after other weights"
PUT_NEURONS = "put neurons between them, or multiply the weights into one layer"


@dataclass(frozen=True)
class Events:
    """Events that a part, or an input, gives, each worth a `factor`; `steps`: one step, to be repeated so often."""

    name: str
    shape: tuple[int, ...]
    factor: float = 1.0
    steps: int | None = None


@dataclass(frozen=True)
class Membranes:
    """Membranes of a read-out, multiplied by a `factor`."""

    name: str
    shape: tuple[int, ...]
    where: str
    factor: float = 1.0

    def refuse(self, got: str) -> NoReturn:
        """Say that a read-out comes last."""
        raise ValueError(f"convert: layer {self.where!r}: must be the last one, as a read-out, got {got}")


def plan_of(read: FloatTrace, kinds: Kinds, nearest: Callable[[str, Found], Found] | None = None) -> Plan:
    """The plan of what was read; ValueError, with the layer and what to do instead, for what has none.

    `nearest`: what neurons of a layer, by its name, are replaced by.
    """
    planner = Planner(kinds, Plan({name: shape[2:] for name, shape in read.trace.inputs.items()}), nearest)
    for name, shape in planner.plan.inputs.items():
        planner.signals[name] = Events(name, shape)
    for call in read.trace.calls:
        planner.signals[call.name] = planner.call(call)
    planner.finish(read)
    has = any(kinds.of(call.module) in kinds.neurons for call in read.trace.calls)
    require(has, "convert", END, [call.where for call in read.trace.calls])
    return planner.plan


@dataclass(eq=False)
class Planner:
    """A plan that is being made; `signals`: by the name of a call, what it gives."""

    kinds: Kinds
    plan: Plan
    nearest: Callable[[str, Found], Found] | None = None
    signals: dict[str, Any] = field(default_factory=dict)
    made: dict[int, tuple[Tree, str]] = field(default_factory=dict)
    gained: dict[tuple[int, float], Tree] = field(default_factory=dict)

    def call(self, call: Call) -> Any:
        """What a call gives."""
        where = f"convert: layer {call.where or call.name!r}"
        given = [self.signals[name] for name in call.inputs]
        if call.op == "module":
            return self.module(call, where, given[0])
        if call.op == "scale":
            return self.scaled(where, given[0], call.arguments["factor"])
        merges = call.op in ("add", "cat")
        kinds = {type(one) for one in given}
        require(not (merges and Membranes in kinds), where, "read-outs are merged by who reads them", "membranes")
        if call.op in ("product", "matmul"):
            message = "currents are not multiplied: put neurons before"
            require(kinds == {Events}, where, message, sorted(kind.__name__ for kind in kinds))
        if kinds == {Events}:
            return self.of_events(call, where, given)
        message = "events are delayed, before their weights: put the Delay there"
        require(call.op != "delay", where, message, "what weights or a read-out give")
        if Membranes in kinds:
            (one,) = given
            return Membranes(self.add(call, (one.name,)), call.shape, one.where, one.factor)
        parts = [self.currents(call, one) for one in given]
        if call.op in ("sum_pool", "total"):
            return self.summed(call, where, parts[0])
        return joined(call.name, call.where, call.op, call.arguments, call.shape, parts)

    def module(self, call: Call, where: str, given: Any) -> Any:
        """Weights, batch norm or neurons."""
        kind = self.kinds.of(call.module)
        assert kind is not None  # the trace has no others
        if kind in self.kinds.weights:
            return self.weighted(call, where, given)
        if kind in self.kinds.norms:
            message = "must come between weights and neurons"
            require(isinstance(given, Currents), where, message, type(call.module).__name__)
            return normed(where, call.where, given, *norm_in(where, call.module))
        return self.neurons(call, where, given, kind)

    def scaled(self, where: str, given: Any, factor: float) -> Any:
        """A signal times a number, which goes into weights."""
        if not isinstance(given, Currents):
            return replace(given, factor=given.factor * factor)
        bias = None if given.bias is None else given.bias * factor
        return Currents(times(where, given.tree, factor), bias)

    def of_events(self, call: Call, where: str, given: list[Events]) -> Events:
        """An operation on events; what they are worth goes along."""
        if call.op == "repeat":
            return replace(given[0], steps=call.arguments["steps"])
        require(all(one.steps is None for one in given), where, "repeat what the first weights give", "Repeat before")
        factors = [one.factor for one in given]
        factor = prod(factors) if call.op in ("product", "matmul") else factors[0]
        if call.op not in ("product", "matmul"):
            message = "what is merged must be multiplied by the same: give each its own weights"
            require(len(set(factors)) == 1, where, message, factors)
        positive = call.op != "max_pool" or factor > 0
        require(positive, where, "what is pooled must be multiplied by more than 0", factor)
        return Events(self.add(call, tuple(one.name for one in given)), call.shape, factor)

    def add(self, call: Call, inputs: tuple[str, ...]) -> str:
        """Append an operation that takes these parts."""
        self.plan.parts.append(Part(call.name, call.op, inputs, call.shape, call.where, call.arguments))
        return call.name

    def currents(self, call: Call, given: Any) -> Currents:
        """Currents; of events those that each gives without weights."""
        if isinstance(given, Currents):
            return given
        assert isinstance(given, Events)  # read-outs were refused
        return Currents(Unweighted(f"{call.name}_scale", call.where, given.shape, given.name, given.factor))

    def weighted(self, call: Call, where: str, given: Any) -> Currents:
        """Weights of events; two layers of weights in a row are one where that is exact."""
        weights, bias = weights_in(where, call.module)
        axis = weights.axis(len(call.shape))
        spread = None
        if bias is not None:
            spread = bias.reshape([-1 if i == axis else 1 for i in range(len(call.shape))]).expand(call.shape)
        if isinstance(given, Currents):
            return self.after_weights(call, where, given, weights, spread)
        if isinstance(given, Membranes):
            given.refuse("weights after it")
        tree: Tree = Weighted(call.name, call.where, call.shape, weights.times(given.factor), given.name)
        if given.steps is not None:
            tree = Joined(f"{call.name}_repeat", call.where, call.shape, "repeat", (tree,), {"steps": given.steps})
        return Currents(tree, spread)

    def after_weights(self, call: Call, where: str, given: Currents, weights: Weights, bias: Tensor | None) -> Currents:
        """One layer for two."""

        def fold(tree: Tree) -> Tree:
            if isinstance(tree, Joined) and tree.op in ("add", "repeat"):
                return replace(tree, parts=tuple(map(fold, tree.parts)), shape=call.shape)
            one = folded(tree.weights, weights) if isinstance(tree, Weighted) else None
            message = f"{AFTER_NEURONS}: {PUT_NEURONS}"
            if one is None:
                raise ValueError(f"{where}: {message}, got {type(call.module).__name__}")
            made = Weighted(call.name, call.where, call.shape, one, tree.given, tree.changes)  # type: ignore[attr-defined]
            return noted(made, f"{tree.where!r} and {call.where!r}, without neurons between them, are one layer")

        tree = fold(given.tree)
        if given.bias is not None:
            through = weights.run(given.bias.expand(given.shape)[None, None])[0, 0]
            bias = through if bias is None else through + bias
        return Currents(tree, bias)

    def summed(self, call: Call, where: str, given: Currents) -> Currents:
        """Sums of currents in windows, as one convolution; those over places, as weights of sums of events."""
        tree, bias = given.tree, given.bias
        if call.op == "sum_pool" and isinstance(tree, Weighted) and not any(call.arguments["padding"]):
            kernel, stride = tuple(call.arguments["kernel_size"]), tuple(call.arguments["stride"])
            one = with_windows(tree.weights, kernel, stride)
            if one is not None:
                change = f"the pooling {call.where!r} of its currents is in the weights of {tree.where!r}"
                made = noted(replace(tree, weights=one, shape=call.shape), change)
                return Currents(made, self._pooled(call, bias, kernel))
        raise ValueError(
            f"{where}: currents are not pooled by sums and averages: pool what the neurons before or after give, "
            f"got {call.op} of {tree.where!r}"
        )

    def _pooled(self, call: Call, bias: Tensor | None, kernel: tuple[int, ...]) -> Tensor | None:
        if bias is None:
            return None
        corner = (slice(None), *(slice(0, n) for n in call.shape[1:]))
        return bias[corner] * prod(kernel)

    def neurons(self, call: Call, where: str, given: Any, kind: type) -> Any:
        """Neurons, and all that makes their currents."""
        if isinstance(given, Membranes):
            given.refuse("neurons after it")
        first = isinstance(given, Events) and given.name in self.plan.inputs
        require(not first, where, "must come after weights", type(call.module).__name__)
        found = neuron_in(where, call.module, kind, self.kinds, call.shape)
        if self.nearest is not None:
            found = self.nearest(call.where or call.name, found)
        current, gain = self.currents(call, given), spread(found, call.shape)
        bias = None if current.bias is None else current.bias * gain
        if found.bias is not None:
            # It arrives in every step, as that of the weights does.
            bias = found.bias if bias is None else bias + found.bias
        tree = self.gain(where, current.tree, gain)
        name = self.emit(tree)
        self.plan.parts.append(_neurons(call.name, call.where, name, tree, found, bias))
        self.plan.own[call.name] = call.name
        self.plan.join({self.made[id(leaf)][1] for leaf in leaves_of(tree)} | {call.name})
        if found.reads_out:
            return Membranes(call.name, call.shape, call.where)
        return Events(call.name, call.shape)

    def gain(self, where: str, tree: Tree, gain: Any) -> Tree:
        """A tree times a number, the same for all neurons of that number, or times one for each of its values."""
        key = (id(tree), id(gain) if isinstance(gain, Tensor) else gain)
        if key not in self.gained:
            self.gained[key] = times(where, tree, gain)
        return self.gained[key]

    def emit(self, tree: Tree) -> str:
        """Append the parts of a tree, each once; the name of the last."""
        if id(tree) in self.made:
            return self.made[id(tree)][1]
        options: dict[str, Any] = {}
        if isinstance(tree, Joined):
            op, inputs = tree.op, tuple(self.emit(part) for part in tree.parts)
            options["arguments"] = tree.arguments
        elif isinstance(tree, Weighted):
            op, inputs = "weights", (tree.given,)
            options |= {"weights": tree.weights, "changes": tree.changes}
        else:
            assert isinstance(tree, Unweighted)  # there are no others
            op, inputs = "unweighted", (tree.given,)
            options["factor"] = tree.factor
        name, n = tree.name, 1
        while any(part.name == name for part in self.plan.parts):
            n += 1
            name = f"{tree.name}_{n}"
        self.plan.parts.append(Part(name, op, inputs, tree.shape, tree.where, **options))
        self.made[id(tree)] = (tree, name)
        return name

    def finish(self, read: FloatTrace) -> None:
        """Note the outputs, and forget what none needs."""
        for key, name in read.trace.outputs.items():
            signal = self.signals[name]
            made = self.given_out(signal, name) if isinstance(signal, Currents) else signal.name
            factor = 1.0 if isinstance(signal, Currents) else signal.factor
            self.plan.outputs[key] = (made, factor)
        self.plan.left_out += read.trace.ends
        self.plan.prune()

    def given_out(self, signal: Currents, call: str) -> str:
        """The part that gives currents that are an output; what is added to them needs a read-out."""
        name = self.emit(signal.tree)
        meeting = {self.made[id(leaf)][1] for leaf in leaves_of(signal.tree)}
        if signal.bias is not None and bool(signal.bias.any()):
            made = self.plan[name]
            sums = Found(FloatLIF(None, beta=0.0), changes=("a read-out that keeps nothing, which adds the bias",))
            part = _neurons(f"{name}_bias", made.where, name, signal.tree, sums, signal.bias)
            self.plan.parts.append(replace(part, op="biased"))
            name, meeting = part.name, meeting | {part.name}
        self.plan.join(meeting)
        self.plan.own[name] = call
        return name


def spread(found: Found, shape: tuple[int, ...]) -> Any:
    """What the input of neurons is multiplied by: a number, or one for each of their values [*shape]."""
    if not isinstance(found.gain, Tensor):
        return found.gain
    return found.gain.reshape([-1 if i == found.axis else 1 for i in range(len(shape))]).expand(shape)


def _neurons(name: str, where: str, given: str, tree: Tree, found: Found, bias: Tensor | None) -> Part:
    """Neurons that take the currents of a tree; their changes begin with those of its weights."""
    folded_in = dict.fromkeys(c for leaf in leaves_of(tree) for c in getattr(leaf, "changes", ()))
    changes = (*folded_in, *found.changes)
    return Part(name, "neurons", (given,), tree.shape, where, found=found, bias=bias, changes=changes)
