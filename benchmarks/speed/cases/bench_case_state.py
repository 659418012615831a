"""Quantising membranes: 2 to 8 bits."""

from collections.abc import Callable, Iterator

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Unavailable, Work, equal
from bench_peers import load
from torch import Tensor

from spikelut.quant import FixedPoint, quantize_state, threshold_levels

ELEMENTS = 128 * 512


def uniform(bits: int) -> Tensor:
    """snnTorch's uniform levels at its defaults: from -1 to 1.2."""
    return torch.linspace(-1.0, 1.2, 2**bits)


def theirs(bits: int, uniform: bool) -> Callable[[Tensor], Tensor]:
    """snnTorch's quantiser."""
    made: Callable[[Tensor], Tensor] = load("snntorch.functional.quant").state_quant(
        num_bits=bits, uniform=uniform, threshold=1.0
    )
    return made


def work(function: Callable[[Tensor], Tensor]) -> Work:
    """Forward and backward of `function`."""
    x, g = torch.randn(2, ELEMENTS, generator=torch.Generator().manual_seed(0))
    x.requires_grad_()
    return Work(lambda: function(x), lambda y: torch.autograd.grad(y, x, g), (x, g), ELEMENTS)


class State(Case):
    """Membranes on few levels."""

    name = "state"
    title = "Quantised membranes, forward and backward"
    text = (
        f"{ELEMENTS:,} membranes are rounded to a fixed-point grid, to the levels that snnTorch's `state_quant` "
        "has by default, or to levels that lie closer together near the threshold."
    )
    main = ("fixed point", "levels")

    def settings(self) -> list[Setting]:
        return [{"bits": bits, "threads": 2} for bits in range(2, 9)]

    def quick(self) -> list[Setting]:
        return [{"bits": bits, "threads": 2} for bits in (2, 8)]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        bits = int(setting["bits"])
        grid = FixedPoint(bits, bits - 2)
        levels, crowded = uniform(bits), threshold_levels(bits)
        yield from ours("fixed point", lambda: work(lambda x: quantize_state(x, grid)), backends)
        yield from ours("levels", lambda: work(lambda x: quantize_state(x, levels)), backends)
        yield from ours("crowded levels", lambda: work(lambda x: quantize_state(x, crowded)), backends)
        yield Contender("snnTorch", lambda: work(theirs(bits, True)))
        yield Contender("snnTorch, not uniform", lambda: work(theirs(bits, False)))

    def check(self) -> int:
        """The nearest of the levels, found by comparing with all of them, as snnTorch does."""
        compared = 0
        x = 2 * torch.randn(5000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        for bits in range(2, 9):
            grid = FixedPoint(bits, bits - 2)
            codes = torch.arange(grid.min_code, grid.max_code + 1)
            for levels, found in (
                (grid.decode(codes, torch.float64), quantize_state(x, grid)),
                (uniform(bits).double(), quantize_state(x, uniform(bits))),
                (threshold_levels(bits), quantize_state(x, threshold_levels(bits))),
            ):
                nearest = levels[(x[:, None] - levels).abs().argmin(1)]
                compared += equal(f"{bits} bits", found, nearest)
            try:
                wanted = theirs(bits, True)(x.float())
            except Unavailable:
                continue
            compared += equal(f"{bits} bits, snnTorch", quantize_state(x.float(), uniform(bits)), wanted)
        return compared
