"""Ratios, and the goals they must reach."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench_case import Setting, geometric_mean
from bench_measure import Measured, Outcome

FILE = Path(__file__).parent / "bench_goals.toml"
ITSELF = "bytes an element"
ALONE = "alone"
"""Stands for the backend of what has none, such as C."""


@dataclass(frozen=True)
class Goal:
    """One goal for one contender of ours on one backend; see bench_goals.toml."""

    case: str
    where: Setting
    ours: str
    backend: str
    of: Literal["time", "saved", "peak"]
    least: bool
    value: float
    peer: str | None = None
    against: tuple[tuple[str, int | str], ...] = ()
    limit: str = ""
    each: bool = False

    @property
    def title(self) -> str:
        """What is measured."""
        where = " ".join(f"{key}={value}" for key, value in self.where.items())
        kind = {"time": "time", "saved": "bytes saved", "peak": "peak memory"}[self.of]
        mine = self.ours if self.backend == ALONE else f"{self.ours} [{self.backend}]"
        return f"{self.case} {where}: {mine}, {kind}{', in every setting' * self.each}"

    @property
    def other(self) -> str:
        """What it is compared with."""
        if self.against:
            return "itself, " + " ".join(f"{key}={value}" for key, value in self.against)
        return self.peer or ("seconds" if self.of == "time" else ITSELF)

    @property
    def text(self) -> str:
        """The bound."""
        return f"{'>=' if self.least else '<='} {self.value:g}"

    def met(self, ratio: float) -> bool:
        """Whether `ratio` reaches it."""
        return ratio >= self.value if self.least else ratio <= self.value

    def ratio(self, measured: Iterable[Measured]) -> float | None:
        """The geometric mean over the settings in which both were measured, or of `each` the worst; None if none."""
        chosen = [one for one in measured if self.where.items() <= one.setting.items()]
        ours = {_frozen(m.setting): figure(m, self.of) for m in chosen if self._is_ours(m)}
        if self.peer is None and not self.against:
            values = [value for value in ours.values() if value is not None]
            return geometric_mean(values) if values else None
        changed = dict(self.against)
        pool = list(measured) if self.against else chosen
        theirs = {
            _frozen(m.setting): figure(m, self.of)
            for m in pool
            if (self._is_ours(m) if self.against else m.contender == self.peer and m.backend in (None, self.backend))
        }
        ratios = []
        for setting, value in ours.items():
            other = theirs.get(_frozen({**dict(setting), **changed}))
            if value is not None and other is not None:
                ratios.append(other / value if self.least else value / other)
        if self.each and ratios:
            return (min if self.least else max)(ratios)
        return geometric_mean(ratios) if ratios else None

    def _is_ours(self, one: Measured) -> bool:
        return one.contender == self.ours and one.backend == (None if self.backend == ALONE else self.backend)


def _frozen(setting: Setting) -> frozenset[tuple[str, int | str]]:
    return frozenset(setting.items())


def figure(one: Measured, of: str) -> float | None:
    """The figure that ratios are of."""
    return {"time": one.best, "saved": one.saved, "peak": one.peak}[of]


def goals(text: str) -> list[Goal]:
    """The goals of a .toml file."""
    found = []
    for row in tomllib.loads(text)["goal"]:
        bounds: dict[str, Any] = row.get("at_least") or row["at_most"]
        for ours in row["ours"]:
            for backend, value in bounds.items():
                against = tuple(row.get("against", {}).items())
                found.append(
                    Goal(
                        row["case"],
                        row["where"],
                        ours,
                        backend,
                        row["of"],
                        "at_least" in row,
                        value,
                        row.get("peer"),
                        against,
                        row.get("limit", ""),
                        row.get("each", False),
                    )
                )
    return found


def verdicts(every: list[Goal], outcomes: list[Outcome]) -> Iterator[dict[str, Any]]:
    """{case, peer, ratio, goal, met} of each goal that could be measured."""
    for goal in every:
        measured = [one for outcome in outcomes if outcome.case == goal.case for one in outcome.measured]
        ratio = goal.ratio(measured)
        if ratio is not None:
            yield {
                "case": goal.title,
                "peer": goal.other,
                "ratio": round(ratio, 3),
                "goal": goal.text,
                "met": goal.met(ratio),
            }


def without_goal(every: list[Goal], outcome: Outcome, main: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The same, goal and met null, of the other peers in each setting: how many times as long as ours they take."""
    known = {(goal.case, goal.ours, goal.peer) for goal in every}
    settings = {_frozen(one.setting): one.setting for one in outcome.measured}
    for frozen, setting in settings.items():
        here = [one for one in outcome.measured if _frozen(one.setting) == frozen]
        for mine in (one for one in here if one.contender in main and one.backend):
            for peer in (one for one in here if one.backend is None):
                if (outcome.case, mine.contender, peer.contender) not in known:
                    where = " ".join(f"{key}={value}" for key, value in setting.items())
                    yield {
                        "case": f"{outcome.case} {where}: {mine.key}, time",
                        "peer": peer.contender,
                        "ratio": round(peer.best / mine.best, 3),
                        "goal": None,
                        "met": None,
                    }
