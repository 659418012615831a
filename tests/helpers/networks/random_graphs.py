"""Models that branch at random: merges, pools, shapes and products between layers of weights and neurons."""

from collections.abc import Callable
from random import Random
from typing import Any

import torch
from graph_models import C, conv, events, lif, linear, woken
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile

PROFILES = ("generic8", "generic16", "cortexm_q15", "loihi2", "reckon", "tflm_int8", "spinnaker1")
SIDE, STEPS, BATCH = 6, 4, 2


class RandomGraph(nn.Module):
    """Images through random layers: each takes one or two of the signals so far, by their numbers."""

    def __init__(self, seed: int, size: int = 6) -> None:
        super().__init__()
        self.draw = Random(seed)
        self.profile: Profile = hw_profiles.load(self.draw.choice(PROFILES))
        self.software = self.profile.kind != "neuromorphic"
        self.parts = nn.ModuleList()
        self.plan: list[tuple[str, tuple[int, ...], Any]] = []
        self.shapes: list[tuple[int, ...]] = [(2, SIDE, SIDE)]
        self.largest = [1]
        self._stem()
        for _ in range(size):
            self._grow()
        self._end()

    def _add(self, op: str, inputs: tuple[int, ...], shape: tuple[int, ...], largest: int, what: Any = None) -> int:
        self.plan.append((op, inputs, what))
        self.shapes.append(shape)
        self.largest.append(largest)
        return len(self.shapes) - 1

    def _module(self, *modules: nn.Module) -> int:
        self.parts.append(nn.Sequential(*modules))
        return len(self.parts) - 1

    def _neurons(self) -> nn.Module:
        return lif(self.profile, beta=None, max_spikes=1)

    def _weights(self, shape: tuple[int, ...]) -> tuple[nn.Module, tuple[int, ...]]:
        """A layer of weights for events of a shape, and the shape of its sums."""
        if len(shape) == 3 and self.draw.random() < 0.8:
            kernel, groups = self.draw.choice((1, 3)), self.draw.choice((1, 1, 2)) if shape[0] % 2 == 0 else 1
            dilation = self.draw.choice((1, 2)) if kernel == 3 else 1
            padding = dilation * (kernel // 2)
            return conv(shape[0], C, kernel, groups=groups, dilation=dilation, padding=padding, profile=self.profile), (
                C,
                *shape[1:],
            )
        return linear(shape[-1], 5, self.profile), (*shape[:-1], 5)

    def _stem(self) -> None:
        weights, shape = conv(2, C, profile=self.profile), (C, SIDE, SIDE)
        self._add("module", (0,), shape, 1, self._module(weights, self._neurons()))

    def _pick(self, fits: Callable[[int], bool] = lambda _: True) -> int | None:
        found = [i for i in range(1, len(self.shapes)) if fits(i)]
        return self.draw.choice(found) if found else None

    def _grow(self) -> None:
        kinds = ("neurons", "neurons", "currents", "add", "cat", "max", "sum", "up", "flat", "take", "turn", "and")
        kind = self.draw.choice(kinds)
        at = self._pick(lambda i: self.largest[i] <= 8)
        if at is None:
            return
        shape = self.shapes[at]
        other = self._pick(lambda i: self.shapes[i] == shape and self.largest[i] <= 8)
        assert other is not None  # itself
        if kind == "neurons":
            weights, sums = self._weights(shape)
            self._add("module", (at,), sums, 1, self._module(weights, self._neurons()))
        elif kind == "currents":
            one, sums = self._weights(shape)
            two = self._like(one)
            pool = self.draw.random() < 0.3 and self.software and len(sums) == 3 and min(sums[1:]) >= 2
            after = [quant.MaxPool2d(2)] if pool else []
            sums = (sums[0], sums[1] // 2, sums[2] // 2) if pool else sums
            parts = self._module(one), self._module(two), self._module(*after, self._neurons())
            self._add("currents", (at, other), sums, 1, parts)
        else:
            self._rearrange(kind, at, other)

    def _rearrange(self, kind: str, at: int, other: int) -> None:
        """A layer without weights, where it fits."""
        shape, largest = self.shapes[at], self.largest[at]
        image = len(shape) == 3 and min(shape[1:]) >= 2
        if kind == "add":
            self._add("add", (at, other), shape, largest + self.largest[other])
        elif kind == "cat":
            axis = self.draw.randrange(len(shape))
            joined = tuple(2 * n if i == axis else n for i, n in enumerate(shape))
            self._add("cat", (at, other), joined, max(largest, self.largest[other]), axis + 2)
        elif kind == "max" and image:
            self._add(
                "module", (at,), (shape[0], shape[1] // 2, shape[2] // 2), largest, self._module(quant.MaxPool2d(2))
            )
        elif kind == "sum" and image:
            height = (shape[1] + 2 - 3) // 2 + 1
            pool = quant.SumPool2d((3, 2), 2, (1, 0))
            self._add("module", (at,), (shape[0], height, shape[2] // 2), largest * 6, self._module(pool))
        elif kind == "up" and image and max(shape) <= 12:
            self._add("module", (at,), (shape[0], 2 * shape[1], 2 * shape[2]), largest, self._module(quant.Upsample(2)))
        elif kind == "flat":
            count = 1
            for n in shape:
                count *= n
            if count <= 600:
                self._add("module", (at,), (count,), largest, self._module(nn.Flatten(2)))
        elif kind == "take":
            axis = self.draw.randrange(len(shape))
            if shape[axis] >= 2:
                less = tuple(-(-n // 2) if i == axis else n for i, n in enumerate(shape))
                self._add("take", (at,), less, largest, axis + 2)
        elif kind == "turn" and len(shape) == 3:
            self._add("turn", (at,), (shape[0], shape[2], shape[1]), largest)
        elif kind == "and" and (self.software or largest == self.largest[other] == 1):
            self._add("and", (at, other), shape, largest * self.largest[other])

    def _like(self, layer: Any) -> nn.Module:
        """Another layer of weights of the same geometry."""
        if hasattr(layer, "kernel_size"):
            return conv(
                layer.in_channels, layer.out_channels, layer.kernel_size[0], groups=layer.groups,
                dilation=layer.dilation[0], padding=layer.padding[0], profile=self.profile,
            )  # fmt: skip
        return linear(layer.in_features, layer.out_features, self.profile)

    def _end(self) -> None:
        """One or two outputs: neurons, a read-out, or sums of weights."""
        self.ends = sorted({len(self.shapes) - 1, self._pick() or 1})
        for i, at in enumerate(list(self.ends)):
            kind = self.draw.choice(("sums", "neurons", "read-out"))
            weights = linear(self.shapes[at][-1], 3, self.profile)
            after: list[nn.Module] = [] if kind == "sums" else [self._neurons()]
            after = [quant.LI(self.profile)] if kind == "read-out" else after
            shape = (*self.shapes[at][:-1], 3)
            self.ends[i] = self._add("module", (at,), shape, 1, self._module(weights, *after))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """What the layers in the plan give."""
        found = [x]
        for op, inputs, what in self.plan:
            given = [found[i] for i in inputs]
            if op == "module":
                found.append(self.parts[what](given[0]))
            elif op == "currents":
                one, two, neurons = (self.parts[i] for i in what)
                found.append(neurons(one(given[0]) + two(given[1])))
            elif op == "take":
                found.append(given[0].index_select(what, torch.arange(0, given[0].shape[what], 2)))
            elif op == "turn":
                found.append(given[0].transpose(3, 4))
            else:
                ops: dict[str, Any] = {"add": torch.add, "and": torch.mul}
                found.append(torch.cat(given, what) if op == "cat" else ops[op](*given))
        return tuple(found[i] for i in self.ends)


def random_graph(seed: int, size: int = 6) -> tuple[nn.Module, Tensor]:
    """A model whose layers spike mostly, and an input."""
    torch.manual_seed(seed)
    return woken(RandomGraph(seed, size), seed), events(STEPS, BATCH, 2, SIDE, SIDE, seed=seed)
