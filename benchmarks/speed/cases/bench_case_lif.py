"""LIF layers, with and without a synaptic current, in floats and in a chip's integers."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, ClassVar

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Unavailable, Work, equal
from bench_peers import ALPHA, BETA, CUBA, LIF, Layer
from bench_readable import integer_lif, lif
from bench_remote import remote
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

CURVE = Arctan(alpha=2.0)
SHAPES = {"A": (100, 128, 512), "B": (25, 64, 32, 14, 14)}
SHORT = (20, 16, 300)
"""What is compared."""


def profile(alpha: float | None) -> hw_profiles.Profile:
    """A chip with 256 entries of 8 bits and either reset; with a synaptic current Loihi 2, which resets to zero."""
    return hw_profiles.load("generic8" if alpha is None else "loihi2")


def table(alpha: float | None) -> quant.LUTSurrogate:
    """The curve's table there."""
    return quant.LUTSurrogate(CURVE, profile(alpha))


def float_layer(slope: Any, reset: str, alpha: float | None) -> nn.Module:
    """Ours in floats; `Unavailable` if it takes no such slope."""
    try:
        return quant.FloatLIF(slope, beta=BETA, reset=reset, alpha=alpha)
    except TypeError as error:
        raise Unavailable(str(error)) from None


def integer_layer(slope: Any, reset: Any, alpha: float | None) -> nn.Module:
    """Ours in integers."""
    if alpha is None:
        return quant.LIF(profile(alpha), slope, beta=BETA, reset=reset)
    return quant.CubaLIF(profile(alpha), slope, alpha=alpha, beta=BETA, reset=reset)


OURS: dict[str, Callable[[str, float | None], nn.Module]] = {
    "float, analytic": lambda reset, alpha: float_layer(CURVE, reset, alpha),
    "float, table": lambda reset, alpha: float_layer(table(alpha), reset, alpha),
    "integer, analytic": lambda reset, alpha: integer_layer(CURVE, reset, alpha),
    "integer, table": lambda reset, alpha: integer_layer(table(alpha), reset, alpha),
}


@lru_cache(maxsize=4)
def currents(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Input that makes a fifth or so of the neurons spike in a step, and the gradient of the spikes.

    All read the same memory: whether it lies in small or in large pages makes a factor of two.
    """
    x, g = torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))
    return x.requires_grad_(), g


def work(layer: Layer, shape: tuple[int, ...]) -> Work:
    """Forward and backward of a layer."""
    x, g = currents(shape)
    return Work(lambda: layer(x), lambda y: torch.autograd.grad(y, x, g), (x, g), x.numel())


def floor(shape: tuple[int, ...]) -> Work:
    """What memory allows: read x and write spikes, read a gradient and write one, in memory that is there already."""
    x, g = (v.detach() for v in currents(shape))
    s, d = torch.zeros_like(x), torch.zeros_like(x)
    return Work(lambda: torch.mul(x, 0.5, out=s), lambda y: torch.mul(g, 0.5, out=d))


class Layers(Case):
    """LIF layers without a synaptic current."""

    name = "lif"
    title = "LIF layer, forward and backward"
    text = (
        "Layer A has T = 100 and 128 × 512 neurons; layer B has T = 25 and 64 × 32 × 14 × 14. The curve is the "
        "arctangent, and beta is 0.5. Our integer layers have the profile `generic8`. sinabs, norse and brainpy "
        "have neurons of their own kind (norse's always with a synaptic current), so their times are only a "
        "rough comparison. `braintools` is a loop over time that we wrote in JAX, with the curve of braintools. "
        "`memory floor` only reads and writes the currents, spikes and gradients. With a reset to zero, the "
        "backward pass needs the spikes, which the next layer keeps as well; with a subtraction, it does not."
    )
    main = ("float, analytic", "float, table", "integer, table")
    alpha: ClassVar[float | None] = None
    peers: ClassVar[dict[str, Callable[[str], Layer]]] = LIF

    def settings(self) -> list[Setting]:
        chosen = (("A", "subtract"), ("A", "zero"), ("B", "subtract"))
        return [{"layer": name, "reset": reset, "threads": 2} for name, reset in chosen]

    def quick(self) -> list[Setting]:
        return [self.settings()[0], self.settings()[-1]]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        shape, reset, threads = SHAPES[str(setting["layer"])], str(setting["reset"]), int(setting["threads"])
        for name, make in OURS.items():
            yield from ours(name, lambda make=make: work(make(reset, self.alpha), shape), backends)  # type: ignore[misc]  # a default binds the loop's value
        for name, layer in self.peers.items():
            turned = (shape[1], shape[0], *shape[2:]) if name == "sinabs" else shape
            yield Contender(name, lambda layer=layer, turned=turned: work(layer(reset), turned))  # type: ignore[misc]  # a default binds the loop's value
        given = {"shape": list(shape), "reset": reset}
        yield Contender(
            "braintools", lambda: remote(threads, "braintools", "scan_lif", **given, beta=BETA, alpha=self.alpha)
        )
        if self.alpha is None:
            yield Contender("brainpy", lambda: remote(threads, "brainpy", "brainpy_lif", **given, tau=1 / (1 - BETA)))
            yield Contender("memory floor", lambda: floor(shape))

    def check(self) -> int:
        compared = 0
        for reset in ("zero", "subtract") if self.alpha is None else ("zero",):
            compared += _float_is_readable(reset, self.alpha) + _integer_is_readable(reset, self.alpha)
            compared += _peers_are_equal(reset) if self.alpha is None else 0
        return compared


class CubaLayers(Layers):
    """LIF layers with a synaptic current."""

    name = "cuba"
    title = "LIF layer with a synaptic current, forward and backward"
    text = (
        "The layers are those above, with a synaptic current of alpha 0.5 and a reset to zero. Our integer "
        "layers have the profile `loihi2`. SpikingJelly has no such layer."
    )
    alpha = ALPHA
    peers = CUBA

    def settings(self) -> list[Setting]:
        return [{"layer": name, "reset": "zero", "threads": 2} for name in SHAPES]


def spikes_and_gradient(layer: Layer) -> tuple[Tensor, Tensor]:
    """Of the benchmark's input, in short."""
    x, g = currents(SHORT)
    spikes = layer(x)
    return spikes.detach(), torch.autograd.grad(spikes, x, g)[0]


def _same(who: str, found: Layer, wanted: Layer, tolerance: float) -> int:
    ours_, theirs = spikes_and_gradient(found), spikes_and_gradient(wanted)
    assert 0.05 < theirs[0].mean() < 0.95
    return equal(f"{who}, spikes", ours_[0], theirs[0]) + equal(f"{who}, gradients", ours_[1], theirs[1], tolerance)


def _float_is_readable(reset: str, alpha: float | None) -> int:
    compared = 0
    for slope, tolerance in ((CURVE, 1e-6), (table(alpha), 0.0)):
        try:
            layer = float_layer(slope, reset, alpha)
        except Unavailable:
            continue
        readable = partial(lif, spike=slope, beta=BETA, reset=reset, alpha=alpha)
        compared += _same(f"FloatLIF, {type(slope).__name__}", layer, readable, tolerance)
    return compared


def _integer_is_readable(reset: str, alpha: float | None) -> int:
    compared = 0
    for slope, tolerance in ((CURVE, 1e-6), (table(alpha), 0.0)):
        layer: Any = integer_layer(slope, reset, alpha)
        who = f"{type(layer).__name__}, {type(slope).__name__}"
        compared += _same(who, layer, partial(integer_lif, layer=layer), tolerance)
    return compared


def _peers_are_equal(reset: str) -> int:
    """SpikingJelly's layer is ours; snnTorch's subtracts before the leak of the next step, which ours can do too."""
    compared = 0
    makers = {"SpikingJelly": float_layer(CURVE, reset, None)}
    if reset == "subtract":
        makers["snnTorch"] = quant.FloatLIF(CURVE, beta=BETA, reset=reset, order="input-compare-leak-reset")
    for peer, same in makers.items():
        try:
            layer = LIF[peer](reset)
        except Unavailable:
            continue
        # float32 through twenty steps, and sums that cancel.
        compared += _same(peer, same, layer, 1e-5)
    return compared
