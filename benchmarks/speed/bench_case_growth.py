"""How time and memory of a LIF layer grow with time steps, neurons and batch."""

from collections.abc import Iterator

from bench_backends import ours
from bench_case import Case, Contender, Setting
from bench_case_lif import OURS, work
from bench_peers import LIF

BASE: dict[str, int] = {"T": 25, "batch": 32, "width": 512}
SWEEPS: dict[str, tuple[int, ...]] = {
    "T": (10, 30, 100, 300, 1000),
    "batch": (1, 4, 16, 64, 256),
    "width": (16, 64, 256, 1024, 4096),
}
TAKING_PART = ("float, analytic", "integer, table")


class Growth(Case):
    """One size grows, the others stay."""

    name = "growth"
    title = "Growth of time and memory, LIF layer, forward and backward"
    text = (
        f"One of T, batch and width grows; the others are {', '.join(map(str, BASE.values()))}. Exponent 1 is a line."
    )
    main = ("integer, table", "float, analytic")

    def settings(self) -> list[Setting]:
        return [{"grows": key, **BASE, key: size, "threads": 2} for key, sizes in SWEEPS.items() for size in sizes]

    def quick(self) -> list[Setting]:
        return [{"grows": "T", **BASE, "T": size, "threads": 2} for size in (10, 100)]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        shape = (int(setting["T"]), int(setting["batch"]), int(setting["width"]))
        for name in TAKING_PART:
            yield from ours(name, lambda name=name: work(OURS[name]("subtract", None), shape), backends)  # type: ignore[misc]  # a default binds the loop's value
        for peer in ("SpikingJelly", "snnTorch"):
            yield Contender(peer, lambda peer=peer: work(LIF[peer]("subtract"), shape))  # type: ignore[misc]  # a default binds the loop's value

    def check(self) -> int:
        """The layers are those of the case lif, which compares them."""
        return 0
