"""Measuring a case: checks first, then times in interleaved rounds, then memory."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from bench_backends import use
from bench_case import Case, Contender, Setting, Unavailable, Work
from bench_memory import peak_bytes, saved_bytes
from bench_remote import forget
from bench_rounds import Effort, Local, Timed, interleave


@dataclass(frozen=True)
class Measured:
    """One contender in one setting: seconds a call, and bytes an element where they were counted."""

    setting: Setting
    contender: str
    backend: str | None
    best: float
    median: float
    rounds: int
    calls: int
    saved: float | None = None
    peak: float | None = None

    @property
    def key(self) -> str:
        """Its name among the contenders of a setting."""
        return self.contender if self.backend is None else f"{self.contender} [{self.backend}]"


@dataclass
class Outcome:
    """What a case came to; `left_out` says of a contender why it did not take part."""

    case: str
    compared: dict[str, int] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def read(cls, record: dict[str, Any]) -> "Outcome":
        """From JSON."""
        measured = [Measured(**one) for one in record["measured"]]
        return cls(record["case"], record["compared"], measured, record["left_out"])


def measure(
    case: Case, settings: list[Setting], effort: Effort, backends: list[str], tell: Callable[[str], None]
) -> Outcome:
    """Check the case on each backend, then measure it in each setting. Raises `Unequal`."""
    outcome = Outcome(case.name)
    for backend in backends:
        use(backend)
        outcome.compared[backend] = case.check()
    for setting in settings:
        tell(" ".join(f"{key}={value}" for key, value in setting.items()))
        _measure_setting(case, setting, effort, backends, outcome)
    return outcome


def _measure_setting(case: Case, setting: Setting, effort: Effort, backends: list[str], outcome: Outcome) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(int(setting.get("threads", before)))
    try:
        works = _made(list(case.contenders(setting, backends)), outcome)
        times = interleave({key: timed for key, (_, _, timed) in works.items()}, effort)
        for key, (contender, work, _) in works.items():
            saved, peak = _memory(contender, work)
            found = asdict(times[key])
            outcome.measured.append(
                Measured(setting, contender.name, contender.backend, **found, saved=saved, peak=peak)
            )
    finally:
        forget()
        torch.set_num_threads(before)


def _made(contenders: list[Contender], outcome: Outcome) -> dict[str, tuple[Contender, Work | Timed, Timed]]:
    """Those who can take part, ready to be timed."""
    works: dict[str, tuple[Contender, Work | Timed, Timed]] = {}
    for contender in contenders:
        try:
            work = contender.make()
        except (Unavailable, ImportError) as error:
            outcome.left_out[contender.name] = str(error)
            continue
        timed = Local(work, _switch(contender)) if isinstance(work, Work) else work
        works[contender.key] = contender, work, timed
    return works


def _switch(contender: Contender) -> Callable[[], None]:
    backend = contender.backend
    return (lambda: None) if backend is None else (lambda: use(backend))


def _memory(contender: Contender, work: Work | Timed) -> tuple[float | None, float | None]:
    """Bytes an element, saved and at the peak, where the work says how many elements it has."""
    if not isinstance(work, Work) or not work.elements:
        return None, None
    _switch(contender)()
    return saved_bytes(work.forward, work.known) / work.elements, peak_bytes(work) / work.elements
