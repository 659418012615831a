"""Cases for the harness of the benchmark."""

from collections.abc import Iterator

import torch
from bench_case import Case, Contender, Setting, Unavailable, Unequal, Work
from bench_rounds import Effort

FAST = Effort(least=2, most=2, seconds=0.0, sample=0.0)


class Scripted:
    """Takes the seconds it is told, over and over, and notes that it was asked."""

    def __init__(self, name: str, log: list[str], *seconds: float) -> None:
        self.name, self.log, self.script, self.asked = name, log, seconds, 0

    def seconds(self, count: int) -> float:
        self.log.append(self.name)
        self.asked += 1
        return count * self.script[(self.asked - 1) % len(self.script)]


class Fake(Case):
    """Ours takes one second on torch and half of it on native, a peer two, another one is not there."""

    name = "fake"
    title = "A case"
    text = "Made up."
    main = ("ours",)
    wrong = False

    def __init__(self) -> None:
        self.log: list[str] = []

    def settings(self) -> list[Setting]:
        return [{"size": 1, "threads": 1}, {"size": 2, "threads": 1}]

    def quick(self) -> list[Setting]:
        return self.settings()[:1]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        seconds = {"torch": 1.0, "native": 0.5}
        size = int(setting["size"])
        for backend in backends:
            made = Scripted(backend, self.log, size * seconds[backend])
            yield Contender("ours", lambda made=made: made, backend)  # type: ignore[misc]
        yield Contender("peer", lambda: Scripted("peer", self.log, 2.0 * size * size))
        yield Contender("absent", self.absent)
        x = torch.ones(100, requires_grad=True)
        yield Contender("work", lambda: Work(lambda: x.exp(), lambda y: y.sum().backward(), (x,), 100))

    def absent(self) -> Work:
        raise Unavailable("absent is not installed")

    def check(self) -> int:
        if self.wrong:
            raise Unequal("fake: it differs")
        return 7
