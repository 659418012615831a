"""How time and memory grow: of a LIF layer with time steps, neurons and batch, of a network with layers and fan-in."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Work
from bench_case_lif import CURVE, OURS, work
from bench_case_train import ours_quantised, spike_counts, table, training_step
from bench_peers import LIF

BASE: dict[str, int] = {"T": 25, "batch": 32, "width": 512}
SWEEPS: dict[str, tuple[int, ...]] = {
    "T": (10, 30, 100, 300, 1000, 10000),
    "batch": (1, 4, 16, 64, 256, 2560),
    "width": (16, 64, 256, 1024, 4096, 40960),
}
BESIDE = {"T": 1000, "batch": 256, "width": 4096}
"""Up to which sizes other libraries stand beside: beyond them they take minutes."""
TAKING_PART = ("float, analytic", "integer, table")
NETWORK: dict[str, int] = {"T": 8, "batch": 32, "width": 256}
NETWORKS: dict[str, tuple[int, ...]] = {"layers": (2, 6, 20), "fan_in": (256, 784, 2560, 7840)}
SLOPES: dict[str, Callable[[], Any]] = {"integers, table": table, "integers, analytic": lambda: CURVE}


def network_step(setting: Setting, slope: str) -> Work:
    """A training step of layers of one width, or of one layer behind so many inputs."""
    width, batch, steps = (int(setting[key]) for key in ("width", "batch", "T"))
    sizes = (int(setting.get("fan_in", width)), *[width] * int(setting.get("layers", 1)))
    random = torch.Generator().manual_seed(0)
    x = (torch.rand(steps, batch, sizes[0], generator=random) < 0.2).float()
    y = torch.randint(sizes[-1], (batch,), generator=random)
    model = ours_quantised(SLOPES[slope](), sizes)
    return training_step(model, (x, y), spike_counts, steps * batch * width)


class Growth(Case):
    """One size grows, the others stay."""

    name = "growth"
    title = "Growth of time and memory"
    text = (
        "First, a LIF layer, forward and backward. One of T, batch and width grows; the others stay at "
        f"{', '.join(map(str, BASE.values()))}. Then training steps (T = 8, batch 32) of networks with more and "
        "more layers of 256 neurons, and of one layer with more and more inputs. The last table has the "
        "exponents with which time and memory grow: 1 means in proportion."
    )
    main = ("integer, table", "float, analytic", "integers, table")

    def settings(self) -> list[Setting]:
        alone: list[Setting] = [
            {"grows": key, **BASE, key: size, "threads": 2} for key, sizes in SWEEPS.items() for size in sizes
        ]
        networks: list[Setting] = [
            {"grows": key, **NETWORK, key: size, "threads": 2} for key, sizes in NETWORKS.items() for size in sizes
        ]
        return [*alone, *networks]

    def quick(self) -> list[Setting]:
        return [{"grows": "T", **BASE, "T": size, "threads": 2} for size in (10, 100)]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        if setting["grows"] in NETWORKS:
            for slope in SLOPES:
                yield from ours(slope, lambda slope=slope: network_step(setting, slope), backends)  # type: ignore[misc]  # a default binds the loop's value
            return
        shape = (int(setting["T"]), int(setting["batch"]), int(setting["width"]))
        for name in TAKING_PART:
            yield from ours(name, lambda name=name: work(OURS[name]("subtract", None), shape), backends)  # type: ignore[misc]  # a default binds the loop's value
        grows = str(setting["grows"])
        for peer in ("SpikingJelly", "snnTorch") if int(setting[grows]) <= BESIDE[grows] else ():
            yield Contender(peer, lambda peer=peer: work(LIF[peer]("subtract"), shape))  # type: ignore[misc]  # a default binds the loop's value

    def check(self) -> int:
        """The layers are those of the case lif, which compares them."""
        return 0
