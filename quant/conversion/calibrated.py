"""The layers of a converted network calibrated one after the other, on what reaches them in integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from spikelut.quant.calibration.distance import Distance
from spikelut.quant.calibration.engine import Engine, parts
from spikelut.quant.calibration.settings import Calibration
from spikelut.quant.calibration.shown import Shown
from spikelut.quant.calibration.steps import ConversionStep
from spikelut.quant.calibration.unit import AT_ONCE, Unit
from spikelut.quant.conversion.calibration import Peak
from spikelut.quant.conversion.making.assembled import assembled
from spikelut.quant.conversion.making.made import Quantised, Tuning
from spikelut.quant.conversion.making.scaled import may_have_rows, scaled
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.result.report import as_run
from spikelut.quant.conversion.wanted import Wanted
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import values_of

CLIPS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25)
"""What the best clip of weights is multiplied by."""
REACHES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18)
"""Shares of the way to the membranes' peak that a register is to hold."""
NARROW = 12
"""Bits of the widest register for which these are tried: a wider one has codes enough for all of the way."""


@dataclass(eq=False)
class Calibrating:
    """A network that is being calibrated; `signals`: by name, the inputs and what layers that are done give."""

    plan: Plan
    peaks: Mapping[str, Peak]
    wanted: Wanted
    made: Quantised
    own: Mapping[str, Tensor]
    events: Mapping[str, Tensor]
    settings: Calibration
    signals: dict[str, Tensor] = field(default_factory=dict)

    def run(self) -> tuple[nn.Module, tuple[ConversionStep, ...]]:
        """The calibrated model, and what each step won."""
        self.signals = dict(self.events)
        meetings = sorted(self.plan.scales, key=self._last)
        with Shown(self.settings.progress, len(meetings)) as shown:
            engine = Engine(self.settings, shown)
            for meeting in meetings:
                found = [part for part in self.plan.parts if part.name in meeting]
                self._meeting(engine, found)
                shown.unit()
            if self.settings.end_to_end:
                self._end(engine)
        return assembled(self.plan, self.made), tuple(engine.steps)

    def _last(self, meeting: set[str]) -> int:
        return max(i for i, part in enumerate(self.plan.parts) if part.name in meeting)

    def _meeting(self, engine: Engine, found: list[Part]) -> None:
        """Calibrate the layers whose currents meet, and run them."""
        reported = [part for part in self.plan.reported if part in found]
        aimed = [part for part in reported if self.plan.own.get(part.name) in self.own]
        if aimed:
            unit = self._unit(found, aimed)
            if unit.silent():
                why = "nothing comes of it in the float network, on these events: there is nothing to calibrate by"
                engine.skip(unit.title, why, unit.differing())
            else:
                self._remade(engine, unit, found)
                engine.corrections(unit)
        elif reported:
            engine.skip(reported[-1].title, "what it gives in the float network was not taken down")
        self._run([part.name for part in found if part.found is not None])

    def _unit(self, found: list[Part], aimed: list[Part]) -> Unit:
        calls = {call.name: call for call in self.made.calls}
        targets = {part.name: as_run(calls, part, self.own[self.plan.own[part.name]]) for part in aimed}
        spiking = {part.name: part.found is not None and not part.found.reads_out for part in aimed}
        distances = {name: Distance(target, spikes=spiking[name]) for name, target in targets.items()}
        needed = self._needed(list(distances))
        modules: dict[str, Any] = {p.name: calls[p.name].module for p in found if calls[p.name].module is not None}
        inputs = {name: self.signals[name] for call in needed for name in call.inputs if name in self.signals}
        return Unit(
            aimed[-1].title,
            tuple(needed),
            inputs,
            modules,
            distances,
            {name: self.made.scales[name].factor for name in distances if not spiking[name]},
            *parts(next(iter(inputs.values())).shape[1], self.settings.seed),
            {part.name: part.found.neuron for part in found if part.found is not None},
        )

    def _needed(self, names: list[str]) -> list[Call]:
        """The calls that lead from signals that there are to these, in their order."""
        wanted, found = set(names), []
        for call in reversed(self.made.calls):
            if call.name in wanted and call.name not in self.signals:
                found.append(call)
                wanted.update(call.inputs)
        return found[::-1]

    def _remade(self, engine: Engine, unit: Unit, found: list[Part]) -> None:
        """The steps that make the layers anew: factors of rows, and clips."""
        if not any(part.weights is not None for part in found) or any(part.op == "unweighted" for part in found):
            return
        profile, kept = self.wanted.chip(found), Tuning()
        trials: dict[Tuning, tuple[dict[str, nn.Module], Quantised]] = {}

        def nearest(tunings: list[Tuning]) -> Tuning:
            """The one with the least distance, put into the unit."""
            best, least = None, float("inf")
            for tuning in tunings:
                if tuning not in trials and not self._made(tuning, found, trials):
                    continue
                self._swap(unit, *trials[tuning])
                distance = unit.measured(unit.fitted)
                engine.shown.tick()
                if distance < least:
                    best, least = tuning, distance
            assert best is not None  # one of them is in force
            self._swap(unit, *trials[best])
            return best

        trials[kept] = unit.modules.copy(), self._as_made(found)
        if self.settings.equalization and may_have_rows(self.plan, found, profile):
            recurrent = any(part.found is not None and part.found.recurrent is not None for part in found)
            kinds = ("weights", "recurrent", "both") if recurrent else ("weights",)
            chosen = kept

            def equalized() -> tuple[str, ...]:
                nonlocal chosen
                chosen = nearest([Tuning(1.0, rows) for rows in kinds])
                return (f"rows of weights use all codes, by {chosen.rows}" if recurrent else "rows use all codes",)

            kept = chosen if engine.step("equalization", unit, equalized) else kept
        if self.settings.scales:
            rows, clipped = kept.rows, kept

            def rescaled() -> tuple[str, ...]:
                nonlocal clipped
                reaches = REACHES if profile.membrane_format.bits <= NARROW else REACHES[:1]
                reach = nearest(self._scales([Tuning(1.0, rows, reach) for reach in reaches], found, trials)).reach
                clipped = nearest([Tuning(clip, rows, reach) for clip in CLIPS])
                said = f"weights are clipped at {clipped.clip:g} of where their rounding is best"
                over = f"membranes saturate beyond {reach:g} of their peak, which leaves finer codes"
                return (said,) if reach == 1 else (said, over)

            kept = clipped if engine.step("scales", unit, rescaled) else kept
        self._swap(unit, *trials[kept])
        self.made.take(trials[kept][0], trials[kept][1])

    def _scales(self, tunings: list[Tuning], found: list[Part], trials: dict[Any, Any]) -> list[Tuning]:
        """Of these tunings one for each scale that comes of them: where membranes have room, all are the same."""
        kept: dict[tuple[float, ...], Tuning] = {}
        for tuning in tunings:
            if tuning in trials or self._made(tuning, found, trials):
                kept.setdefault(tuple(scale.factor for scale in trials[tuning][1].scales.values()), tuning)
        return list(kept.values())

    def _made(self, tuning: Tuning, found: list[Part], trials: dict[Any, Any]) -> bool:
        """Make the layers so, if the chip has what that takes."""
        modules: dict[str, nn.Module] = {}
        others = Quantised()
        try:
            scaled(self.plan, found, self.peaks, self.wanted, modules, others, tuning)
        except ValueError:  # no scale holds the threshold, or the membranes
            return False
        trials[tuning] = modules, others
        return True

    def _as_made(self, found: list[Part]) -> Quantised:
        names = [part.name for part in found]
        made = self.made
        return Quantised(
            scales={name: made.scales[name] for name in names if name in made.scales},
            gains={name: made.gains[name] for name in names if name in made.gains},
            changes={name: made.changes[name] for name in names if name in made.changes},
        )

    def _swap(self, unit: Unit, modules: Mapping[str, nn.Module], made: Quantised) -> None:
        unit.modules.update(modules)
        unit.factors.update({name: made.scales[name].factor for name in unit.factors})

    def _run(self, names: list[str]) -> None:
        """Note what these neurons give in integers."""
        wanted = [self.made.renamed.get(name, name) for name in names]
        wanted = [name for name in wanted if any(name in call.inputs for call in self.made.calls)]
        if wanted:
            self.signals |= _values(self._needed(wanted), self.signals, wanted)

    def _end(self, engine: Engine) -> None:
        """All layers together, by what the network gives."""
        outputs = {name for name, _ in self.plan.outputs.values()}
        aimed = [p for p in self.plan.reported if p.name in outputs and self.plan.own.get(p.name) in self.own]
        if not aimed:
            return
        self.signals = dict(self.events)
        unit = self._unit(self.plan.parts, aimed)
        unit.title = ""
        if not unit.silent():
            engine.end(unit)


def _values(calls: list[Call], given: Mapping[str, Tensor], wanted: list[str]) -> dict[str, Tensor]:
    """Signals of all samples, run some at a time."""
    count = next(iter(given.values())).shape[1]
    found: dict[str, list[Tensor]] = {name: [] for name in wanted}
    with torch.no_grad():
        for part in torch.split(torch.arange(count), AT_ONCE):
            inputs = {name: x[:, part] for name, x in given.items()}
            for name, value in values_of(calls, inputs, wanted).items():
                found[name].append(value)
    return {name: torch.cat(values, 1) for name, values in found.items()}
