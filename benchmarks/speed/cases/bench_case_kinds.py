"""Neurons that adapt, delays, and layers that take event after event, each beside the least that it could take."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Work, equal
from bench_case_lif import CURVE, currents
from bench_peers import ALPHA, BETA, Layer
from torch import Tensor, nn

from spikelut import hw_profiles, quant

SHAPE = (25, 64, 512)
WIDTH = SHAPE[-1]
LOIHI, RECKON = (hw_profiles.load(name) for name in ("loihi2", "reckon"))


@lru_cache
def table(name: str) -> quant.LUTSurrogate:
    """The curve's table on a chip."""
    return quant.LUTSurrogate(CURVE, hw_profiles.load(name))


@lru_cache
def spikes() -> tuple[Tensor, Tensor]:
    """Events [T, B, N], a fifth of them ones, and a gradient."""
    random = torch.Generator().manual_seed(0)
    return (torch.rand(SHAPE, generator=random) < 0.2).float().requires_grad_(), torch.randn(SHAPE, generator=random)


def lif() -> Layer:
    """The neuron that the others are compared with."""
    return quant.LIF(LOIHI, table("loihi2"), beta=BETA, reset="zero")


def dense(profile: hw_profiles.Profile) -> Any:
    """Weights of which neurons spike."""
    torch.manual_seed(0)
    layer = quant.QuantLinear(WIDTH, WIDTH, profile=profile)
    nn.init.normal_(layer.weight, std=2 / WIDTH**0.5)
    return layer


def event_layer() -> nn.Module:
    """Dense weights and neurons of ReckOn, event after event."""
    layer = quant.EventLIF(WIDTH, WIDTH, profile=RECKON, surrogate=table("reckon"))
    layer.weights.weight.data.copy_(dense(RECKON).weight)
    return layer


def delayed() -> nn.Module:
    """Dense weights whose synapses have delays of 0 to 7 steps."""
    random = torch.Generator().manual_seed(1)
    delays = torch.randint(0, 8, (WIDTH, WIDTH), generator=random)
    layer = quant.DelayedLinear(WIDTH, WIDTH, profile=LOIHI, delay=delays)
    layer.weight.data.copy_(dense(LOIHI).weight)
    return layer


@dataclass(frozen=True)
class Row:
    """A layer of ours, what it is compared with, whether it takes events or currents, and seconds without kernels."""

    layer: Callable[[], Layer]
    floor: Callable[[], Layer]
    events: bool = False
    slow: bool = False


ROWS = {
    "current that decays": Row(lambda: quant.CubaLIF(LOIHI, table("loihi2"), alpha=ALPHA, beta=BETA), lif),
    "threshold that adapts": Row(lambda: quant.AdaptiveLIF(LOIHI, table("loihi2"), beta=BETA), lif),
    "delays of axons": Row(lambda: quant.Delay(torch.arange(WIDTH) % 8, profile=LOIHI), lambda: torch.clone, True),
    "delays of synapses": Row(delayed, lambda: dense(LOIHI), True, True),
    "event by event": Row(
        event_layer, lambda: nn.Sequential(dense(RECKON), quant.LIF(RECKON, table("reckon"))), True, True
    ),
}


def work(layer: Layer, events: bool) -> Work:
    """Forward and backward of a layer."""
    x, g = spikes() if events else currents(SHAPE)
    own = list(layer.parameters()) if isinstance(layer, nn.Module) else []
    return Work(lambda: layer(x), lambda y: torch.autograd.grad(y, [x, *own], g), (x, g, *own), x.numel())


class Kinds(Case):
    """Kinds of layers beside their floors."""

    name = "kinds"
    title = "Other kinds of neurons, delays, and event by event, forward and backward"
    text = (
        f"T = {SHAPE[0]}, {SHAPE[1]} × {WIDTH} neurons in integers, with tables. `floor` is the simplest layer of "
        "the same size: for kinds of neurons it is `LIF`; for delays of axons, a copy; for delays of synapses (0 "
        "to 7 steps), the same weights without delays; and for `EventLIF`, which adds event after event, weights "
        "and neurons that add all events of a step at once. A fifth of the inputs of weights and delays are "
        "events."
    )
    main = ("layer",)

    def settings(self) -> list[Setting]:
        return [{"kind": name, "threads": 2} for name in ROWS]

    def quick(self) -> list[Setting]:
        return self.settings()

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        row = ROWS[str(setting["kind"])]
        backends = backends[-1:] if row.slow else backends
        yield from ours("layer", lambda: work(row.layer(), row.events), backends)
        yield from ours("floor", lambda: work(row.floor(), row.events), backends)

    def check(self) -> int:
        """Delays move each channel by its steps; event by event gives the reference's spikes."""
        x = spikes()[0].detach()
        found, compared = quant.Delay(torch.arange(WIDTH) % 8, profile=LOIHI)(x), 0
        for step in range(8):
            wanted = torch.cat([x.new_zeros(step, *SHAPE[1:]), x[: len(x) - step]])[:, :, step::8]
            compared += equal(f"Delay, {step} steps", found[:, :, step::8], wanted)
        model, few = nn.Sequential(event_layer()), x[:, :4]
        (reference,) = quant.integer(model).run(few.numpy()).values()
        assert 0 < reference.mean() < 1
        return compared + equal("EventLIF", model(few), torch.from_numpy(reference).float())
