"""Networks with other bits, made and run to see what their output is off by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.quant.conversion.making.assembled import quantised
from spikelut.quant.conversion.making.made import Quantised
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.result.report import LayerReport, as_run, membrane_error
from spikelut.quant.conversion.wanted import Wanted
from spikelut.quant.conversion.widths.allocation import Unit
from spikelut.quant.conversion.widths.asked import LEAST, Asked
from spikelut.quant.conversion.widths.search import Outcome, Search, Widths
from spikelut.quant.wiring.graph_module import values_of

SAMPLES = 256
"""Of the calibration data, at most, on which networks are tried."""
WIDE = (10, 12, 14)
"""Widths above 8 bits that are tried, beside the most."""


def found_widths(
    plan: Plan,
    peaks: Mapping[str, Any],
    wanted: Wanted,
    own: Mapping[str, Tensor],
    events: Mapping[str, Tensor],
    asked: Asked,
    labels: Tensor | None,
) -> Widths:
    """The bits that meet what is asked for on `events`, of which labels are the classes; ValueError if none do."""
    few = {name: x[:, :SAMPLES] for name, x in events.items()}
    trials = Trials(plan, peaks, wanted, {name: x[:, :SAMPLES] for name, x in own.items()}, few, labels)
    trials.check(asked)
    return Search(units_of(plan, wanted), trials).run(asked)


def units_of(plan: Plan, wanted: Wanted) -> list[Unit]:
    """All that has weights, by the names that `weight_bits` goes by, in their order."""
    counts: dict[str, int] = {}
    tops: dict[str, int] = {}
    for part in plan.parts:
        weights = [] if part.weights is None else [part.weights.weight]
        weights += [] if part.found is None or part.found.recurrent is None else [part.found.recurrent]
        for weight in weights:
            meeting = next(names for names in plan.scales if part.name in names)
            chip = wanted.chip([other for other in plan.parts if other.name in meeting])
            counts[part.title] = counts.get(part.title, 0) + weight.numel()
            tops[part.title] = chip.weight.bits
    widths = {top: tuple(b for b in (*range(LEAST, 9), *WIDE, top) if b <= top) for top in set(tops.values())}
    return [Unit(name, count, tuple(sorted(set(widths[tops[name]])))) for name, count in counts.items()]


def with_sensitivity(layers: tuple[LayerReport, ...], found: Widths) -> tuple[LayerReport, ...]:
    """Reports that say what the output is off by if weights alone have the bits they were given."""

    def of(layer: LayerReport) -> tuple[float, ...]:
        names = [*layer.weights.split(", "), layer.neurons][: len(layer.bits)]
        known = [name for name in names if name in found.bits]
        return tuple(found.sensitivity[name][found.bits[name]] for name in known)

    return tuple(replace(layer, sensitivity=of(layer)) for layer in layers)


@dataclass
class Trials:
    """Called with bits by name of layer."""

    plan: Plan
    peaks: Mapping[str, Any]
    wanted: Wanted
    own: Mapping[str, Tensor]
    events: Mapping[str, Tensor]
    labels: Tensor | None

    def check(self, asked: Asked) -> None:
        """ValueError for labels that are missing or wrong, and for answers that there are not."""
        if asked.bound == "mean":
            return
        part = self.ends[0]
        wanted = f"weight_bits='auto:{asked.bound}>=...' needs"
        answers = len(part.shape) == 1 and part.shape[0] > 1
        require(answers, "convert", f"{wanted} a first output of classes [T, B, K]", ["T", "B", *part.shape])
        if asked.bound == "accuracy":
            require(self.labels is not None, "convert", f"{wanted} labels, one class for each of the events", None)

    @property
    def ends(self) -> list[Part]:
        """The layers that the outputs are made of."""
        found = []
        for name, _ in self.plan.outputs.values():
            part = self.plan[name]
            while part.found is None and part.weights is None:
                part = self.plan[part.inputs[0]]
            found.append(part)
        return found

    def __call__(self, bits: Mapping[str, int]) -> Outcome:
        try:
            _, made = quantised(self.plan, self.peaks, replace(self.wanted, weight_bits=dict(bits)))
        except ValueError as error:  # no scale holds it
            return Outcome(float("inf"), refused=str(error))
        with torch.no_grad():
            values = values_of(made.calls, self.events, sorted({part.name for part in self.ends}))
        pairs = [self._scores(part, made, values[part.name]) for part in self.ends]
        distances = [membrane_error(out, before) for out, before in pairs]
        answers, theirs = (scores.argmax(1) for scores in pairs[0])
        right = None if self.labels is None else float((answers == self.labels[: len(answers)]).double().mean())
        return Outcome(sum(distances) / len(distances), float((answers == theirs).double().mean()), right)

    def _scores(self, part: Part, made: Quantised, out: Tensor) -> tuple[Tensor, Tensor]:
        """Sums over time [B, N] on the scale of the float network, and what they were there."""
        before = as_run({call.name: call for call in made.calls}, part, self.own[self.plan.own[part.name]])
        spikes = part.found is not None and not part.found.reads_out
        factor = 1.0 if spikes else made.scales[part.name].factor
        return out.double().sum(0).flatten(1) / factor, before.double().sum(0).flatten(1)
