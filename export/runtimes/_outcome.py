"""What a runtime made of a file."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spikelut.export.runtimes._case import Case, Outputs
from spikelut.export.runtimes._expected import why_not
from spikelut.export.runtimes._runtime import Runtime, Session

Status = Literal["agrees", "differs", "failed", "not expected", "missing"]


@dataclass(frozen=True)
class Outcome:
    """A row of the comparison.

    Attributes:
        status: `agrees`: every value is as expected. `not expected` and `missing`: it was not run.
        compared: values of all outputs, and of all that the file computes inside where the runtime shows it.
        nonzero: those of them that must be something else than zero.
        different: those that are not as expected, or not the same when run again.
        largest: the largest difference of a float.
        seconds: per sample, after the model is loaded and ran once.
        reason: why it did not run or did not agree.
        hidden: why hidden spikes and states were not compared, if they were not.
        silent: the layers that never spike on the inputs.
    """

    runtime: str
    version: str
    file: str
    dialect: str
    form: str
    status: Status
    samples: int = 0
    compared: int = 0
    nonzero: int = 0
    different: int = 0
    largest: float = 0.0
    seconds: float = 0.0
    oracle: str = ""
    reason: str = ""
    hidden: str = ""
    silent: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        """Whether the runtime was expected to agree, and did not."""
        return self.status in ("differs", "failed")


@dataclass(frozen=True)
class Tally:
    """Values compared, those expected not to be zero, the largest difference of a float; what differs, by output."""

    compared: int = 0
    nonzero: int = 0
    largest: float = 0.0
    differing: tuple[tuple[str, int], ...] = ()

    @property
    def different(self) -> int:
        """Values that are not as expected."""
        return sum(count for _, count in self.differing)

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        largest, differing = max(self.largest, other.largest), self.differing + other.differing
        return Tally(self.compared + other.compared, self.nonzero + other.nonzero, largest, differing)

    def __str__(self) -> str:
        where = ", ".join(f"{name}: {count}" for name, count in self.differing)
        return f"{self.different} of {self.compared} values differ ({where})" if self.differing else ""


def check(runtime: Runtime, case: Case) -> Outcome:
    """Run a file twice and compare; whatever the runtime raises is the reason of a `failed`.

    Then once more with what it computes inside as outputs too, if the runtime takes that.
    """
    file = case.file
    outcome = Outcome(runtime.name, runtime.version(), case.path.name, file.dialect, file.form, "failed")
    missing = runtime.missing()
    if missing:
        return replace(outcome, status="missing", reason=missing)
    reason = why_not(runtime.name, file.dialect, file.form, file.operators) or runtime.refuses(case)
    if reason:
        return replace(outcome, status="not expected", reason=reason)
    outcome = replace(outcome, oracle=case.oracle)
    try:
        with runtime.session(case.path) as session:
            first = case.run(session)
            started = time.perf_counter()
            second = case.run(session)
            seconds = (time.perf_counter() - started) / case.samples
        tally = compare(case.expected, case.slack, first, second)
    except Exception as error:
        return replace(outcome, reason=f"{type(error).__name__}: {_line(error)}"[:400])
    inner, hidden = _inside(runtime, case)
    tally = tally.plus(inner)
    return replace(
        outcome,
        status="differs" if tally.differing else "agrees",
        samples=case.samples,
        compared=tally.compared,
        nonzero=tally.nonzero,
        different=tally.different,
        largest=tally.largest,
        seconds=seconds,
        reason=str(tally),
        hidden=hidden,
        silent=case.silent,
    )


def _inside(runtime: Runtime, case: Case) -> tuple[Tally, str]:
    """What comes of hidden spikes and states; or why nothing does."""
    if case.inside is None:
        return Tally(), ""
    try:
        with Session(runtime, case.inside.model) as session:
            outputs = case.run_inside(session)
        return compare(case.inside.expected, {}, outputs), ""
    except Exception as error:
        # It takes the file itself, but not with more outputs.
        return Tally(), f"{type(error).__name__}: {_line(error)}"[:200]


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or "no message"


def compare(expected: Outputs, slack: Mapping[str, NDArray[Any] | float], *runs: Outputs) -> Tally:
    """Count the values, and those that differ by more than `slack` (0 where it says nothing) in any of the runs.

    Raises ValueError if names or shapes are not those expected.
    """
    total = Tally()
    for name, wanted in expected.items():
        wrong, largest = np.zeros(wanted.shape, bool), 0.0
        for outputs in runs:
            if name not in outputs or outputs[name].shape != wanted.shape:
                got = {key: value.shape for key, value in outputs.items()}
                raise ValueError(f"output {name!r} must have shape {wanted.shape}, got {got}")
            away = np.abs(outputs[name].astype(np.float64) - wanted)
            # Not "away > slack", which NaN would pass.
            wrong |= ~(away <= slack.get(name, 0.0))
            if outputs[name].dtype.kind == "f" and away.size:
                largest = max(largest, float(away.max()))
        differing = ((name, int(wrong.sum())),) if wrong.any() else ()
        total = total.plus(Tally(wanted.size, int(np.count_nonzero(wanted)), largest, differing))
    return total
