"""Kernels that are printed from the arithmetic, beside those that were written by hand before."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bench_case import Case, Contender, Setting, Unavailable
from generated_kernels import Worker, cases

ROOT = Path(__file__).parent.parent.parent.parent

BEFORE = "SPIKELUT_BEFORE"
"""The variable with the path of a checkout of 20901bb, with built kernels; without it this case is left out."""


@lru_cache
def worker(checkout: Path) -> Worker:
    """The process of a checkout."""
    return Worker(checkout)


@dataclass(frozen=True)
class Kernel:
    """The kernels of a layer in a checkout, forward and backward."""

    worker: Worker
    threads: int
    case: tuple[str, str, str]

    def seconds(self, count: int) -> float:
        """So many times what the fastest of three calls takes."""
        found = self.worker.times(self.threads, self.case)
        assert found is not None
        return count * sum(found)


def kernel(checkout: Path, setting: Setting) -> Kernel:
    """`Unavailable` where a checkout does not have the layer."""
    made = Kernel(
        worker(checkout),
        int(setting["threads"]),
        (str(setting["profile"]), str(setting["neurons"]), str(setting["input"])),
    )
    if made.worker.times(made.threads, made.case) is None:
        raise Unavailable("a checkout does not have some of the layers")
    return made


class Kernels(Case):
    """Neuron layers of all profiles."""

    name = "kernels"
    title = "Printed kernels beside those by hand, forward and backward"
    text = (
        "Kernels used to be written by hand, and are now printed from the neuron's step. Only the time in the "
        "kernels counts, for 24 steps of 64 × 512 neurons with tables. `by hand` is commit 20901bb, the last one "
        "before. A `quiet` input saturates no register, a `full` one saturates many. `make bench` measures this "
        f"only if {BEFORE} names a checkout of that commit with built kernels."
    )
    main = ("printed",)
    drawn = False

    @property
    def missing(self) -> str:
        return "" if BEFORE in os.environ else f"{BEFORE} must name a checkout of 20901bb with built kernels"

    def settings(self) -> list[Setting]:
        return [{"profile": profile, "neurons": layer, "input": gain, "threads": 1} for profile, layer, gain in cases()]

    def quick(self) -> list[Setting]:
        return [one for one in self.settings() if one["profile"] == "generic8"]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        yield Contender("printed", lambda: kernel(ROOT, setting), "native")
        yield Contender("by hand", lambda: kernel(Path(os.environ[BEFORE]).resolve(), setting))

    def check(self) -> int:
        """Tests compare kernels with the arithmetic."""
        return 0
