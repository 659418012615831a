"""The steps of a calibration, each taken back where it does not bring a layer nearer to the float network's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from spikelut.quant.calibration.corrections import correct_biases, correct_thresholds
from spikelut.quant.calibration.decays import choose_decays, has_choice
from spikelut.quant.calibration.learning import learned
from spikelut.quant.calibration.settings import Calibration
from spikelut.quant.calibration.shown import Shown
from spikelut.quant.calibration.steps import ConversionStep
from spikelut.quant.calibration.unit import Unit

Change = Callable[[], tuple[str, ...]]
HELD_OUT = 4
"""One of so many samples is held out, to say whether a step is kept."""
FEWEST = 32
"""With fewer samples none is."""
END_RATE = 0.5
"""Rates of all layers together over those of a layer."""


def parts(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The samples to fit to, and those to judge by."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    held = count // HELD_OUT if count >= FEWEST else 0
    return (order[held:], order[:held]) if held else (order, order)


def _back(before: float, after: float) -> str:
    """Why a step was taken back."""
    if after == before:
        return "taken back: nothing else was nearer"
    return f"taken back: distance {before:.4g} -> {after:.4g} on the samples that judge it"


@dataclass
class Engine:
    """Calibrates one unit after the other; `steps`: what was won."""

    settings: Calibration
    shown: Shown
    steps: list[ConversionStep] = field(default_factory=list)

    def step(self, name: str, unit: Unit, change: Change) -> bool:
        """Do something to a unit, and take it back where it is not nearer then; whether it was kept."""
        back, before, distance = unit.kept(), unit.differing(), unit.measured(unit.judged)
        started = time.perf_counter()
        self.shown.start(f"{unit.title or 'network'}: {name}")
        said = change()
        after = unit.measured(unit.judged)
        better = after < distance
        if not better:
            back()
            said = (_back(distance, after),)
        seconds = time.perf_counter() - started
        self.steps.append(ConversionStep(name, unit.title, before, unit.differing(), seconds, said))
        return better

    def skip(self, unit_title: str, why: str, differing: float = 0.0) -> None:
        """Note that layers were left as they are."""
        self.steps.append(ConversionStep("skipped", unit_title, differing, differing, 0.0, (why,)))

    def corrections(self, unit: Unit) -> None:
        """The steps that do not make the unit anew."""
        settings, tick = self.settings, self.shown.tick
        if settings.decays and has_choice(unit):
            self.step("decays", unit, lambda: choose_decays(unit, tick))
        if settings.threshold_correction and any(True for _ in unit.spiking()):
            decays = tuple(f"makes up for {decay}" for decay in unit.decays())
            self.step("threshold_correction", unit, lambda: correct_thresholds(unit, tick) + decays)
        if settings.bias_correction and any(n.profile.bias is not None for _, n in unit.neurons()):
            self.step("bias_correction", unit, lambda: correct_biases(unit, tick))
        if settings.rounding != "nearest":
            self.step("rounding", unit, lambda: self._learned(unit, 1.0))

    def end(self, unit: Unit) -> None:
        """All layers together."""
        self.step("end_to_end", unit, lambda: self._learned(unit, END_RATE))

    def _learned(self, unit: Unit, rate: float) -> tuple[str, ...]:
        before = [layer.quant_weight().value.detach().clone() for layer in unit.weights()]
        learned(unit, self.settings, torch.Generator().manual_seed(self.settings.seed), self.shown.tick, rate)
        after = [layer.quant_weight().value.detach() for layer in unit.weights()]
        moved = sum(int((a != b).sum()) for a, b in zip(after, before, strict=True))
        whole = sum(b.numel() for b in before)
        return (f"{moved} of {whole} weights have other codes than the nearest",) if whole else ()
