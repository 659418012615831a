"""What a runtime made of a file."""

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spikelut.export.runtimes._case import Case, Outputs
from spikelut.export.runtimes._expected import why_not
from spikelut.export.runtimes._runtime import Runtime

Status = Literal["agrees", "differs", "failed", "not expected", "missing"]


@dataclass(frozen=True)
class Outcome:
    """A row of the comparison.

    Attributes:
        status: `agrees`: every value is as expected. `not expected` and `missing`: it was not run.
        compared: values of all outputs.
        different: those that are not as expected, or not the same when run again.
        largest: the largest difference of a float.
        seconds: per sample, after the model is loaded and ran once.
        reason: why it did not run or did not agree.
    """

    runtime: str
    version: str
    file: str
    dialect: str
    form: str
    status: Status
    samples: int = 0
    compared: int = 0
    different: int = 0
    largest: float = 0.0
    seconds: float = 0.0
    oracle: str = ""
    reason: str = ""

    @property
    def bad(self) -> bool:
        """Whether the runtime was expected to agree, and did not."""
        return self.status in ("differs", "failed")


def check(runtime: Runtime, case: Case) -> Outcome:
    """Run a file twice and compare; whatever the runtime raises is the reason of a `failed`."""
    file = case.file
    common = (runtime.name, runtime.version(), case.path.name, file.dialect, file.form)
    missing = runtime.missing()
    if missing:
        return Outcome(*common, "missing", reason=missing)
    reason = why_not(runtime.name, file.dialect, file.form, file.operators)
    if reason:
        return Outcome(*common, "not expected", reason=reason)
    try:
        with runtime.session(case.path) as session:
            first = case.run(session)
            started = time.perf_counter()
            second = case.run(session)
            seconds = (time.perf_counter() - started) / case.samples
        compared, different, largest = compare(case, first, second)
    except Exception as error:
        text = " ".join(str(error).split()) or "no message"
        return Outcome(*common, "failed", oracle=case.oracle, reason=f"{type(error).__name__}: {text}"[:400])
    return Outcome(
        *common,
        "differs" if different else "agrees",
        case.samples,
        compared,
        different,
        largest,
        seconds,
        case.oracle,
        f"{different} of {compared} values differ" if different else "",
    )


def compare(case: Case, *runs: Outputs) -> tuple[int, int, float]:
    """Values compared, those that differ in any of the runs, and the largest difference of a float.

    Raises ValueError if names or shapes are not those expected.
    """
    compared, different, largest = 0, 0, 0.0
    for name, expected in case.expected.items():
        wrong = np.zeros(expected.shape, bool)
        for outputs in runs:
            if name not in outputs or outputs[name].shape != expected.shape:
                got = {key: value.shape for key, value in outputs.items()}
                raise ValueError(f"output {name!r} must have shape {expected.shape}, got {got}")
            away = np.abs(outputs[name].astype(np.float64) - expected)
            # Not "away > slack", which NaN would pass.
            wrong |= ~(away <= case.slack[name])
            if outputs[name].dtype.kind == "f" and away.size:
                largest = max(largest, float(away.max()))
        compared, different = compared + wrong.size, different + int(wrong.sum())
    return compared, different, largest
