"""The integer network of what a forward does, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.network.layers import IntegerDelay, IntegerLayer, IntegerLIF
from spikelut.quant.network.merges import IntegerAdd, IntegerConcat, IntegerMatMul, IntegerProduct
from spikelut.quant.network.network import IntegerNetwork, NetworkInput, check_reach
from spikelut.quant.network.shapes.order import (
    IntegerFlatten,
    IntegerRepeat,
    IntegerReshape,
    IntegerReverse,
    IntegerTake,
    IntegerTranspose,
)
from spikelut.quant.network.shapes.pooling import (
    IntegerMaxPool2d,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerTotal,
    IntegerUpsample,
)
from spikelut.quant.network.signal import Signal, need
from spikelut.quant.network.synapses import AFTER_NEURONS, IntegerConv2d, IntegerScale, check_sums
from spikelut.quant.reading.integers import (
    conv2d_of,
    integer_events,
    integer_neurons,
    profile_of,
    shifts_after,
    weights_of,
)
from spikelut.quant.reading.qat_layers import EVENTS, NEURONS, WEIGHTED
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import short


@dataclass
class Build:
    """The network so far, and what each of its signals is.

    `scales`: by the name of a call, the layer whose signal it is, and the number it is multiplied by: of averages.
    `shifts`: the layers with batch norm whose shift is still to be added to it.
    """

    who: str
    inputs: dict[str, NetworkInput]
    default: Profile
    layers: list[IntegerLayer] = field(default_factory=list)
    wiring: list[tuple[str, ...]] = field(default_factory=list)
    profiles: dict[str, Profile] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    scales: dict[str, tuple[str, float]] = field(default_factory=dict)
    raw: set[str] = field(default_factory=set)
    shifts: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signals |= {name: one.signal for name, one in self.inputs.items()}
        self.scales |= {name: (name, 1.0) for name in self.inputs}
        self.raw |= {*self.inputs}

    def add(self, layer: IntegerLayer, inputs: Sequence[str], profile: Profile) -> str:
        """Append a layer that takes these layers' signals; its name."""
        where = f"{self.who}: layer {layer.name!r}"
        try:
            found = layer.signal(*(self.signals[name] for name in inputs), profile=profile)
            check_reach(f"layer {layer.name!r}", found, profile)
        except ValueError as error:
            raise ValueError(f"{self.who}: {error}") from None
        require(layer.name not in self.signals, where, "name must be its own", layer.name)
        self.layers.append(layer)
        self.wiring.append(tuple(inputs))
        self.signals[layer.name] = found
        self.profiles[layer.name] = profile
        if self.raw.issuperset(inputs) and found.kind == "events" and not isinstance(layer, IntegerLIF):
            self.raw.add(layer.name)
        return layer.name

    def call(self, call: Call) -> None:
        """Append the integers of what a forward does at one place."""
        where = f"{self.who}: layer {call.where or call.name!r}"
        self.shifts[call.name] = shifts_after(call, [self.shifts.get(name, ()) for name in call.inputs], where)
        given = [self.scales[name] for name in call.inputs]
        names, factors = [name for name, _ in given], [factor for _, factor in given]
        if call.op == "module":
            name, factor = self.module(call, names[0], factors[0], call.inputs[0] != names[0])
        elif call.op == "scale":
            name, factor = names[0], factors[0] * call.arguments["factor"]
            power = factor > 0 and math.frexp(factor)[0] == 0.5
            message = "spikes must be multiplied by a power of two (or pool by sums, SumPool2d and GlobalSumPool)"
            require(power, where, message, factor)
        elif call.op == "currents":
            factor = factors[0] * call.arguments["factor"]
            name, factor = self.scaled(call.name, names[0], factor, call.arguments["profile"], where), 1.0
        elif call.op in ("product", "matmul"):
            kind = IntegerProduct if call.op == "product" else IntegerMatMul
            name, factor = self.add(kind(call.name), names, self.near(names)), math.prod(factors)
        else:
            require(len(set(factors)) == 1, where, "what is merged must be multiplied by the same", factors)
            factor = factors[0]
            name = self.shaped(call, names)
        self.scales[call.name] = (name, factor)

    def near(self, names: Sequence[str]) -> Profile:
        """The profile of layers before, or the network's."""
        return next((self.profiles[name] for name in names if name in self.profiles), self.default)

    def shaped(self, call: Call, names: list[str]) -> str:
        """A layer without weights that takes one signal or merges several."""
        given, name, profile = call.arguments, call.name, self.near(names)
        if call.op in ("max_pool", "sum_pool"):
            return self.pooled(call, names[0], profile)
        if call.op == "reshape":
            flat = len(given["shape"]) == 1
            layer: IntegerLayer = IntegerFlatten(name) if flat else IntegerReshape(name, tuple(given["shape"]))
        else:
            layer = SHAPES[call.op](name, given)
        return self.add(layer, names, profile)

    def pooled(self, call: Call, given: str, profile: Profile) -> str:
        """Pooling of images, or of sequences as images of one column."""
        kind: Any = IntegerMaxPool2d if call.op == "max_pool" else IntegerSumPool2d
        sizes = [tuple(call.arguments[key]) for key in ("kernel_size", "stride", "padding")]
        sized: Any = short if kind is IntegerSumPool2d else tuple
        if len(sizes[0]) == 2:
            return self.add(kind(call.name, *map(sized, sizes)), [given], profile)
        channels = self.signals[given].shape[0]
        columns = self.add(IntegerReshape(f"{call.name}_in", (channels, -1, 1)), [given], profile)
        images = [(*size, n) for size, n in zip(sizes, (1, 1, 0), strict=True)]
        pooled = self.add(kind(call.name, *map(sized, images)), [columns], profile)
        return self.add(IntegerReshape(f"{call.name}_out", (channels, -1)), [pooled], profile)

    def module(self, call: Call, given: str, factor: float, scaled: bool) -> tuple[str, float]:
        """A layer of weights or neurons; what it gives, and the number that is multiplied by."""
        module, where = call.module, f"{self.who}: layer {call.where!r}"
        assert module is not None  # the op says so
        if isinstance(module, NEURONS):
            profile = profile_of(module)
            if scaled and self.signals[given].kind == "events":
                given, factor = self.scaled(f"{call.name}_scale", given, factor, profile, where), 1.0
            require(factor == 1, where, "currents must not be scaled: put the factor into the weights", factor)
            return self.add(integer_neurons(call.name, module, where), [given], profile), 1.0
        if isinstance(module, EVENTS):
            self.taken(call, given, factor, where)
            return self.add(integer_events(call.name, module, where), [given], profile_of(module)), 1.0
        assert isinstance(module, WEIGHTED)  # there are no others
        return self.weighted(call, given, factor, where), 1.0

    def scaled(self, name: str, given: str, factor: float, profile: Profile, where: str) -> str:
        """Events as sums, without weights."""
        codes = factor * self.signals[given].step / profile.current_step
        message = f"spikes must be multiplied by a power of two of at least {profile.current_step:g}"
        require(codes >= 1 and math.frexp(codes)[0] == 0.5, where, message, factor)
        return self.add(IntegerScale(name, round(math.log2(codes))), [given], profile)

    def taken(self, call: Call, given: str, factor: float, where: str) -> None:
        """ValueError unless weights may take the events that come to them."""
        module: Any = call.module
        signal = self.signals[given]
        need(where, "events", signal, AFTER_NEURONS)
        first, worth = given in self.raw, signal.step * factor
        if first:
            require(factor == 1, where, "inputs must not be scaled: scale the data, and set input_step", factor)
            message = f"input_step must be {worth:g}, as of others that take this input"
        else:
            pooled = "input_step must be 1 after the first layer"
            averaged = f"input_step must be {worth:g}, what a spike is worth here (or pool by sums, SumPool2d)"
            message = pooled if worth == 1 else averaged
            single = module.largest_input is None
            require(single, where, "largest_input must be None after the first layer", module.largest_input)
            require(not module.signed_input, where, "signed_input must be False after the first layer", True)
            graded = f"graded_input must be {signal.graded} {'behind' if signal.graded else 'but behind'} graded spikes"
            takes = getattr(module, "graded_input", False)  # weights and neurons in one take counts
            require(takes == signal.graded, where, graded, takes)
        require(module.input_step == worth, where, message, module.input_step)

    def weighted(self, call: Call, given: str, factor: float, where: str) -> str:
        """Weights, with what makes their inputs images."""
        module: Any = call.module
        profile = module.profile
        self.taken(call, given, factor, where)
        layer: Any = weights_of(call.name, module, where)
        before: list[IntegerLayer] = []
        after: list[IntegerLayer] = []
        if isinstance(layer, IntegerConv2d):
            before, layer, after = conv2d_of(module, layer)
        for part in before:
            given = self.add(part, [given], profile)
        taken = self.signals[given]
        check_sums(layer, taken.largest, profile, where, taken.least, taken.graded)
        given = self.add(layer, [given], profile)
        for part in after:
            given = self.add(part, [given], profile)
        return given

    def network(self, outputs: Mapping[str, str], stated: bool) -> IntegerNetwork:
        """The whole; `outputs`: by their names the calls that give them. `stated`: with what inputs and wiring are."""
        for key, call in outputs.items():
            message = f"output {key!r} must be of neurons that add what batch norm shifts (bias=layer)"
            require(not self.shifts.get(call), self.who, message, [type(x).__name__ for x in self.shifts.get(call, ())])
        returned = [self.scales[call] for call in outputs.values()]
        for (name, factor), key in zip(returned, outputs, strict=True):
            require(factor == 1, self.who, f"output {key!r} must not be scaled: it is of {name!r}, times", factor)
        profile = next(iter(self.profiles.values()), self.default)
        others = {name: other for name, other in self.profiles.items() if other != profile}
        one = next(iter(self.inputs.values()))
        if not stated:
            chain = IntegerNetwork(profile, tuple(self.layers), one.largest, one.step, profiles=others)
            if chain.inputs == (one,):  # as its first weights tell
                return chain
        names = tuple(dict.fromkeys(name for name, _ in returned))
        given = tuple(self.inputs.values())
        return IntegerNetwork(
            profile, tuple(self.layers), one.largest, one.step, tuple(self.wiring), given, names, others
        )


SHAPES: dict[str, Any] = {
    "flatten": lambda name, given: IntegerFlatten(name),
    "transpose": lambda name, given: IntegerTranspose(name, tuple(given["axes"])),
    "take": lambda name, given: IntegerTake(name, given["axis"], tuple(given["indices"])),
    "total": lambda name, given: IntegerTotal(name, tuple(given["axes"])),
    "upsample": lambda name, given: IntegerUpsample(name, tuple(given["scale"])),
    "spread": lambda name, given: IntegerSpread(name, given["stride"], given["before"], given["after"]),
    "repeat": lambda name, given: IntegerRepeat(name, given["steps"]),
    "reverse": lambda name, given: IntegerReverse(name),
    "delay": lambda name, given: IntegerDelay(name, tuple(given["delays"])),
    "add": lambda name, given: IntegerAdd(name),
    "cat": lambda name, given: IntegerConcat(name, given["axis"]),
}
"""By operation, the layer of what a forward does to signals."""
