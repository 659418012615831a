"""The smallest tables with which networks keep their accuracy: one for the network, then one for each layer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from spikelut.cli.sweep.choice import described, interval_data
from spikelut.cli.sweep.results import Curve, Result, interval

LAYERS_ARE = "each layer in turn, from the first on, got the smallest table with which the network stayed as accurate"
"""How tables of single layers are found."""


@dataclass(eq=False)
class Layered:
    """Tables of single layers, by the names of their neurons, and by seed the accuracy of networks that have them."""

    tables: dict[str, Result]
    accuracy: dict[int, float] = field(default_factory=dict)

    @property
    def bits(self) -> int:
        """Memory of all of them, one for each layer."""
        return sum(result.bits for result in self.tables.values())

    def __str__(self) -> str:
        return ", ".join(f"{name} {result.configuration.shape}" for name, result in self.tables.items())


Train = Callable[[Result | Layered], None]
"""Trains networks with a table, or with tables of single layers, from every seed."""


@dataclass
class Smallest:
    """What a search found: the `table` of the network, None if none keeps the accuracy; the tables of its layers.

    `tried`: how many tables networks were trained with; `ended`: whether the search came to its end before `most`.
    """

    curve: Curve
    loss: float
    most: int
    train: Train
    table: Result | None = None
    layered: Layered | None = None
    tried: int = 0
    ended: bool = True

    def run(self, layers: Sequence[str]) -> None:
        """Search by halving along the tables of least error for their memory; then, from the first on, for `layers`."""
        best = self.curve.error_front
        found = self._first(best, lambda result: result)
        if found is None:
            return
        self.table = best[found]
        if len(layers) < 2:
            return
        tables = dict.fromkeys(layers, self.table)
        for name in layers:
            smaller = [result for result in best if result.bits <= self.table.bits]

            def candidate(result: Result, name: str = name) -> Result | Layered:
                made = Layered({**tables, name: result})
                return made if set(made.tables.values()) != {self.table} else result

            place = self._first(smaller, candidate)
            if place is not None and smaller[place] is not tables[name]:
                tables[name] = smaller[place]
                self.layered = self._kept(tables)

    def _kept(self, tables: dict[str, Result]) -> Layered:
        found: Layered = next(one for one in self.curve.layered if one.tables == tables)
        return found

    def _first(self, results: Sequence[Result], candidate: Callable[[Result], Result | Layered]) -> int | None:
        """The place of the first that keeps the accuracy, if those after it do; None if the last one does not."""
        if not results or not self._keeps(candidate(results[-1])):
            return None
        low, high = 0, len(results) - 1
        while low < high and self.ended:
            middle = (low + high) // 2
            if self._keeps(candidate(results[middle])):
                high = middle
            elif self.ended:
                low = middle + 1
        return high

    def _keeps(self, what: Result | Layered) -> bool:
        """Whether networks are at most `loss` points below those with the analytic gradient, on average over seeds."""
        if isinstance(what, Layered):
            known = next((one for one in self.curve.layered if one.tables == what.tables), None)
            what = known or what
            if known is None:
                self.curve.layered.append(what)
        if not what.accuracy:
            if self.tried >= self.most:
                self.ended = False
                return False
            self.tried += 1
            self.train(what)
        analytic = self.curve.analytic
        differences = [value - analytic[seed] for seed, value in what.accuracy.items() if seed in analytic]
        mean = interval(differences)
        return mean is not None and mean.mean >= -self.loss / 100 - 1e-12

    def as_data(self) -> dict[str, Any]:
        """Plain data; the tables of layers under `layers`, None where one for all is the smallest."""
        found: dict[str, Any] = {"tried": self.tried, "ended": self.ended, "layers_are": LAYERS_ARE}
        found["table"] = None if self.table is None else described(self.curve, self.table)
        found["layers"] = None
        if self.layered is not None:
            tables = {name: described(self.curve, result) for name, result in self.layered.tables.items()}
            accuracy = interval_data(interval(self.layered.accuracy.values()))
            found["layers"] = {"tables": tables, "bits": self.layered.bits, "accuracy": accuracy}
        return found


def sentences(found: Iterable[dict[str, Any]], loss: float) -> list[str]:
    """What a search for the smallest found, a line for each curve, and one where layers got tables of their own."""
    lines = []
    for entry in found:
        small = entry.get("smallest")
        if small is None:
            continue
        who = f"{entry['surrogate']}, {entry['profile']}"
        ended = "" if small["ended"] else ", as far as max-networks let it search"
        if small["table"] is None:
            lines.append(f"{who}: no table of the grid is within {loss:g} points of the analytic gradient{ended}")
            continue
        table = small["table"]
        shape = f"{table['entries']} x {table['value_bits']}, {table['bits']} bits"
        lines.append(f"{who}: found by halving, the smallest table within {loss:g} points is {shape}{ended}")
        if small["layers"] is not None:
            tables = small["layers"]["tables"].items()
            shapes = ", ".join(f"{name} {one['entries']} x {one['value_bits']}" for name, one in tables)
            lines.append(f"{who}: a table for each layer: {shapes}, {small['layers']['bits']} bits in all")
    return lines
