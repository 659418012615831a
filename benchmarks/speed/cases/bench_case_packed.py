"""What LIF layers and the linear layers behind them keep for the backward pass, spikes packed or not."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Work, equal
from bench_case_lif import OURS, SHAPES, SHORT, currents
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from spikelut.quant.neurons.packed_spikes import packed_spikes


def network(layer: str, width: int, depth: int) -> nn.Sequential:
    """`depth` times LIF layers and linear layers of `width` outputs, with weights that keep all of them spiking."""
    model = nn.Sequential()
    generator = torch.Generator().manual_seed(1)  # not the numbers of `currents`
    for _ in range(depth):
        linear = nn.Linear(width, width)
        nn.init.normal_(linear.weight, std=2 / width**0.5, generator=generator)
        nn.init.zeros_(linear.bias)
        model += nn.Sequential(OURS[layer]("subtract", None), linear)
    return model


def shown(hooks: saved_tensors_hooks) -> saved_tensors_hooks:
    """The same, but hooks around it, of which torch takes the innermost alone, see what is kept."""
    around = torch._C._autograd._top_saved_tensors_default_hooks(True)
    if around is None:
        return hooks

    def pack(tensor: Tensor) -> tuple[Any, Any]:
        kept: Any = hooks.pack_hook(tensor)
        return kept, around[0](kept.held)

    return saved_tensors_hooks(pack, lambda pair: hooks.unpack_hook(pair[0]))


KEPT: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "packed spikes": lambda: shown(packed_spikes()),
    "unpacked": nullcontext,
}


def work(layer: str, shape: tuple[int, ...], depth: int, kept: str) -> Work:
    """Forward and backward; the gradients are those of the currents, weights and biases."""
    x, g = currents(shape)
    model, elements = network(layer, shape[-1], depth), depth * x.numel()
    parameters = list(model.parameters())

    def forward() -> Any:
        with KEPT[kept]():
            return model(x)

    return Work(forward, lambda y: torch.autograd.grad(y, [x, *parameters], g), (x, g, *parameters), elements)


class Packed(Case):
    """LIF layers of either kind, each with a linear layer behind it."""

    name = "packed"
    title = "LIF layers with tables and linear layers, forward and backward"
    text = (
        "T = 100. Each LIF layer has 128 × 512 neurons, and 512 × 512 weights follow it. Memory is counted per "
        "neuron and step: the place in the table takes one byte. The spike that the linear layer keeps takes "
        "four, and with `quant.packed_spikes()` an eighth."
    )
    main = ("packed spikes",)
    layers: ClassVar[tuple[str, ...]] = ("float, table", "integer, table")

    def settings(self) -> list[Setting]:
        return [{"neurons": layer, "layers": depth, "threads": 2} for depth in (1, 4) for layer in self.layers]

    def quick(self) -> list[Setting]:
        return [setting for setting in self.settings() if setting["neurons"] == "integer, table"]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        layer, depth = str(setting["neurons"]), int(setting["layers"])
        for kept in KEPT:
            yield from ours(kept, lambda kept=kept: work(layer, SHAPES["A"], depth, kept), backends)  # type: ignore[misc]  # a default binds the loop's value

    def check(self) -> int:
        """Packed or not, gradients are the same."""
        compared = 0
        for layer in self.layers:
            packed, unpacked = (_gradients(work(layer, SHORT, 2, kept)) for kept in KEPT)
            for found, wanted in zip(packed, unpacked, strict=True):
                compared += equal(f"{layer}, packed", found, wanted)
        return compared


def _gradients(work: Work) -> list[Tensor]:
    out = work.forward()
    assert work.backward is not None
    return [out, *work.backward(out)]
