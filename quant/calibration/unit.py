"""The layers that are calibrated at once: weights whose currents meet, and the neurons that take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._defaults import as_tensor
from spikelut.quant.arithmetic.per_neuron import shown_values
from spikelut.quant.calibration.distance import Distance
from spikelut.quant.neurons.base import real_values
from spikelut.quant.neurons.float_lif import FloatLIF
from spikelut.quant.neurons.own_values import fix_threshold
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import values_of

COARSE = 1e-3
"""What a decay factor may be off by without a word."""

AT_ONCE = 64
"""Samples that are run at once where no gradient is wanted."""


def neuron_of(module: Any) -> Any:
    """The neurons of a layer: those of a recurrent one."""
    return module.neuron if isinstance(module, Recurrent) else module


def apart(asked: FloatLIF, neuron: Any) -> Iterator[str]:
    """Where the decay factors of neurons are not those asked for but for a thousandth, in words."""
    for name in ("beta", "alpha"):
        wanted = getattr(asked, name)
        if wanted is None or (name == "alpha" and neuron.synapse is None):
            continue
        there = neuron.beta if name == "beta" else real_values(neuron.synapse.leak.beta)
        off = (as_tensor(wanted).double() - as_tensor(there).double()).abs().max()
        if float(off) > COARSE:
            yield f"{name} {shown_values(wanted, 'g')} -> {shown_values(there, 'g')}"


@dataclass(eq=False)
class Unit:
    """The layers that are calibrated at once.

    - `calls`: what leads from `inputs`, signals [T, B, ...] by name, to the outputs. `modules`: the layers by the names
      of their calls, those with weights and those of neurons; they stand in for those of `calls`.
    - `distances`: by the name of an output, how far it is from its target. `factors`: by name, what outputs that are
      membranes were multiplied by.
    - `asked`: by the names of calls, the neurons that the float network asks for.
    - `fitted`, `judged`: the samples that are searched on, and those that say whether a step is kept.
    """

    title: str
    calls: tuple[Call, ...]
    inputs: Mapping[str, Tensor]
    modules: dict[str, nn.Module]
    distances: dict[str, Distance]
    factors: dict[str, float]
    fitted: Tensor
    judged: Tensor
    asked: Mapping[str, FloatLIF] = field(default_factory=dict)

    @property
    def samples(self) -> Tensor:
        """All."""
        count = next(iter(self.inputs.values())).shape[1]
        return torch.arange(count)

    def run(self, samples: Tensor) -> dict[str, Tensor]:
        """What the outputs give for some samples; membranes as those of the float network."""
        calls = [_with(call, self.modules.get(call.name)) for call in self.calls]
        given = {name: x[:, samples] for name, x in self.inputs.items()}
        found = values_of(calls, given, list(self.distances))
        return {name: out / self.factors[name] if name in self.factors else out for name, out in found.items()}

    def loss(self, samples: Tensor) -> Tensor:
        """The distance of the outputs for some samples, the sum of all."""
        losses = [self.distances[name](out, samples) for name, out in self.run(samples).items()]
        return torch.stack(losses).sum()

    def measured(self, samples: Tensor) -> float:
        """The same as a number, without a gradient, in parts."""
        parts = self._parts(samples, lambda out, part, name: self.distances[name](out, part))
        return sum(len(part) * float(loss) for part, loss in parts) / len(samples)

    def each(self, name: str, samples: Tensor) -> Tensor:
        """The distances of each neuron or channel of one output, [N]."""
        parts = self._parts(samples, lambda out, part, of: self.distances[of].each(out, part), name)
        return torch.stack([len(part) * losses for part, losses in parts]).sum(0) / len(samples)

    def differing(self) -> float:
        """The share of spikes that differ, or the relative error of membranes, of all samples; of outputs the mean."""
        found = []
        with torch.no_grad():
            for part in torch.split(self.samples, AT_ONCE):
                outs = self.run(part)
                shares = [self.distances[name].differing(out, part) for name, out in outs.items()]
                found.append(len(part) * sum(shares) / len(shares))
        return sum(found) / len(self.samples)

    def silent(self) -> bool:
        """Whether all that is aimed at is zero, so that nothing can be found by it."""
        return not any(bool((distance.target != 0).any()) for distance in self.distances.values())

    def _parts(
        self, samples: Tensor, measure: Callable[[Tensor, Tensor, str], Tensor], only: str | None = None
    ) -> Iterator[tuple[Tensor, Tensor]]:
        with torch.no_grad():
            for part in torch.split(samples, AT_ONCE):
                outs = self.run(part)
                names = list(outs) if only is None else [only]
                yield part, torch.stack([measure(outs[name], part, name) for name in names]).sum(0)

    def neurons(self) -> Iterator[tuple[str, Any]]:
        """The neurons that spike, by the names of their calls."""
        for name, module in self.modules.items():
            neuron = neuron_of(module)
            if hasattr(neuron, "raw_threshold"):
                yield name, neuron

    def spiking(self) -> Iterator[tuple[str, Any]]:
        """Those of them that have a threshold."""
        return ((name, neuron) for name, neuron in self.neurons() if neuron._spec.threshold is not None)

    def decays(self) -> tuple[str, ...]:
        """The decay factors that are off by more than a thousandth, in words."""
        found = ((self.asked.get(name), neuron) for name, neuron in self.neurons())
        return tuple(text for asked, neuron in found if asked is not None for text in apart(asked, neuron))

    def count(self, name: str) -> int:
        """How many neurons, or channels, are at the call of that name."""
        return int(next(call.shape[0] for call in self.calls if call.name == name))

    def size(self, name: str) -> float:
        """What is much for their membranes: the mean threshold, of a read-out the membranes aimed at."""
        neuron = neuron_of(self.modules[name])
        if neuron._spec.threshold is not None:
            return float(torch.as_tensor(neuron.threshold, dtype=torch.float64).mean())
        distance = self.distances.get(name)
        return 1.0 if distance is None else distance.energy**0.5 * self.factors.get(name, 1.0)

    @staticmethod
    def has_each(neuron: Any) -> bool:
        """Whether each neuron can have a threshold of its own."""
        return bool(neuron.profile.threshold is not None and neuron.profile.threshold.per_neuron)

    def weights(self) -> Iterator[Any]:
        """The layers that have weights, those of recurrent ones among them."""
        for module in self.modules.values():
            if isinstance(module, Recurrent):
                yield module.linear
            elif hasattr(module, "quant_weight"):
                yield module

    def kept(self) -> Callable[[], None]:
        """What brings everything back to what it is now."""
        modules, factors = dict(self.modules), dict(self.factors)
        weights = [(layer, layer.weight.detach().clone()) for layer in self.weights()]
        neurons = [
            (neuron, neuron._spec, neuron.synapse, None if neuron.bias is None else neuron.bias.detach().clone())
            for _, neuron in self.neurons()
        ]

        def back() -> None:
            self.modules.clear()
            self.modules.update(modules)
            self.factors.clear()
            self.factors.update(factors)
            with torch.no_grad():
                for layer, weight in weights:
                    layer.weight.copy_(weight)
                for neuron, spec, synapse, bias in neurons:
                    neuron._spec, neuron.synapse, neuron.raw_threshold = spec, synapse, None
                    neuron.bias = None if bias is None else nn.Parameter(bias)

        return back

    def fix(self) -> None:
        """What was learned is in force from now on, and learned no more."""
        for _, neuron in self.neurons():
            if neuron.raw_threshold is not None:
                fix_threshold(neuron)


def _with(call: Call, module: nn.Module | None) -> Call:
    return call if module is None else Call(**{**vars(call), "module": module})
