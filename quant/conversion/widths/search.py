"""The search for bits of each layer, by what few bits in one layer alone do to the output."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from spikelut._checks import require
from spikelut.quant.conversion.widths.allocation import Allocation, Unit, front
from spikelut.quant.conversion.widths.asked import Asked


@dataclass(frozen=True)
class Outcome:
    """A network with some bits on the calibration data: what its output is off by, and the shares of answers.

    `distance`: the root mean square of what the outputs, summed over time, differ by, over that of the float network's;
    infinite if the chip has no such layer. `agreement`: the share of samples whose answer is the float network's;
    `accuracy`: of those whose answer is right, None without labels; `refused`: why the chip has no such layer.
    """

    distance: float
    agreement: float = 0.0
    accuracy: float | None = None
    refused: str = ""

    def share(self, asked: Asked) -> float:
        """What a bound is about."""
        return (self.accuracy or 0.0) if asked.bound == "accuracy" else self.agreement


@dataclass(frozen=True)
class Widths:
    """What was found: `bits` by name of layer, their `mean` over all weights; the `outcome`, and that of others.

    `sensitivity`: by name of layer and width, the distance of the output if that layer alone has so few bits.
    """

    bits: dict[str, int]
    mean: float
    outcome: Outcome
    sensitivity: dict[str, dict[int, float]]
    uniform: tuple[int, Outcome] | None = None

    def lines(self, text: str) -> list[str]:
        """What a report says of it."""
        beside = ""
        if self.uniform is not None and set(self.bits.values()) != {self.uniform[0]}:
            beside = f"; with {self.uniform[0]} bits everywhere {self.uniform[1].distance:.2%}"
        found = [
            f"{text}: {self.mean:.3g} bits on average, rounded to nearest the output is off by "
            f"{self.outcome.distance:.2%}{beside}"
        ]
        for name, harms in self.sensitivity.items():
            each = ", ".join(f"{bits}: {harm:.2%}" for bits, harm in harms.items() if math.isfinite(harm))
            found.append(f"{name}: {self.bits[name]} bits; the output is off with this layer alone at {each}")
        return found


Trial = Callable[[Mapping[str, int]], Outcome]


@dataclass
class Search:
    """Tries networks, each once. `top`: the most bits of each unit."""

    units: list[Unit]
    trial: Trial
    known: dict[tuple[int, ...], Outcome] = field(default_factory=dict)

    def run(self, asked: Asked) -> Widths:
        """The bits that meet what is asked for; ValueError if none do."""
        require(bool(self.units), "convert", "weight_bits='auto:...' needs layers with weights", "none")
        self._require_top(asked)
        sensitivity = {unit.name: self._sensitivity(i) for i, unit in enumerate(self.units)}
        best = front(self.units, sensitivity)
        chosen, uniform = self._mean(best, asked.value) if asked.bound == "mean" else (self._bound(best, asked), None)
        bits = {unit.name: width for unit, width in zip(self.units, chosen.widths, strict=True)}
        beside = None if uniform is None else (max(uniform.widths), self.outcome(uniform.widths))
        return Widths(bits, chosen.size / self.weights, self.outcome(chosen.widths), sensitivity, beside)

    @property
    def weights(self) -> int:
        """Of all units."""
        return sum(unit.weights for unit in self.units)

    @property
    def top(self) -> tuple[int, ...]:
        return tuple(unit.widths[-1] for unit in self.units)

    def outcome(self, widths: tuple[int, ...]) -> Outcome:
        """Of a network, which is tried if it was not yet."""
        if widths not in self.known:
            self.known[widths] = self.trial({u.name: w for u, w in zip(self.units, widths, strict=True)})
        return self.known[widths]

    def _require_top(self, asked: Asked) -> None:
        if refused := self.outcome(self.top).refused:  # whatever the bits
            raise ValueError(refused)
        if asked.bound != "mean":
            most = self.outcome(self.top).share(asked)
            message = f"weight_bits='auto:{asked.bound}>=...' must be at most what all bits of the chip reach"
            require(most >= asked.value, "convert", f"{message}, {most:g}", asked.value)

    def _sensitivity(self, place: int) -> dict[int, float]:
        """By width; more bits are never worse, as far as that is noise."""
        found: dict[int, float] = {}
        least = 0.0
        for bits in reversed(self.units[place].widths):
            widths = (*self.top[:place], bits, *self.top[place + 1 :])
            least = found[bits] = max(least, self.outcome(widths).distance)
        return dict(sorted(found.items()))

    def _of(self, widths: tuple[int, ...]) -> Allocation:
        size = sum(unit.weights * bits for unit, bits in zip(self.units, widths, strict=True))
        return Allocation(size, self.outcome(widths).distance, widths)

    def _uniform(self) -> list[Allocation]:
        """The same bits everywhere, or the most that a unit has."""
        widths = sorted({bits for unit in self.units for bits in unit.widths})
        return [
            self._of(tuple(max(w for w in u.widths if w <= bits or w == u.widths[0]) for u in self.units))
            for bits in widths
        ]

    def _mean(self, best: list[Allocation], mean: float) -> tuple[Allocation, Allocation | None]:
        """The allocation expected to do the least harm, if it does less than as many bits everywhere; these."""
        fitting = [one for one in best if one.size <= mean * self.weights]
        require(
            bool(fitting),
            "convert",
            f"weight_bits='auto:...' must be a mean of {best[0].size / self.weights:g} or more",
            mean,
        )
        even = [one for one in self._uniform() if one.size <= mean * self.weights]
        chosen, uniform = fitting[-1], max(even, default=None)
        if uniform is not None and self.outcome(uniform.widths).distance < self.outcome(chosen.widths).distance:
            chosen = uniform
        return chosen, uniform

    def _bound(self, best: list[Allocation], asked: Asked) -> Allocation:
        """The smallest that meets a bound: found by halving among the best, or as many bits everywhere if these do."""
        order = [*(one for one in best if one.widths != self.top), self._of(self.top)]
        low, high = 0, len(order) - 1
        while low < high:
            middle = (low + high) // 2
            if self.outcome(order[middle].widths).share(asked) >= asked.value:
                high = middle
            else:
                low = middle + 1
        even = [one for one in self._uniform() if self.outcome(one.widths).share(asked) >= asked.value]
        return min(order[high], *even)
