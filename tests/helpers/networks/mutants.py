"""Networks in which one weight is negated: a proof that does not notice them proves nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from runtime_files import images
from sample_networks import CUBA, dense

from spikelut import export, hw_profiles, quant
from spikelut.quant.network.layers import IntegerConv2d, IntegerLIF, IntegerLinear
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.stimuli import stimuli

DEMO = Path(__file__).with_name("demo_network.safetensors")
"""The integers of `spikelut train --epochs 8`: 64-128-10, Loihi 2, 96 % of the digits right."""


@dataclass(frozen=True)
class Mutant:
    """The weight at `place` of the codes of layer `layer`, negated: `code` instead of what is there."""

    layer: str
    place: tuple[int, ...]
    code: int

    def network(self, network: IntegerNetwork) -> IntegerNetwork:
        """The network with that weight."""
        return replace(network, layers=tuple(self._changed(layer) for layer in network.layers))

    def codes(self, codes: NDArray[Any]) -> NDArray[Any]:
        """A copy of the codes of its layer with that weight."""
        made = codes.copy()
        made[self.place] = self.code
        return made

    def _changed(self, layer: Any) -> Any:
        if isinstance(layer, IntegerLinear | IntegerConv2d) and layer.name == self.layer:
            return replace(layer, codes=self.codes(layer.codes))
        if isinstance(layer, IntegerLIF) and layer.recurrent is not None:
            return replace(layer, recurrent=self._changed(layer.recurrent))
        return layer


def weights_of(network: IntegerNetwork) -> dict[str, IntegerLinear | IntegerConv2d]:
    """Every layer of weights, recurrent ones among them, by name."""
    found: dict[str, IntegerLinear | IntegerConv2d] = {}
    for layer in network.layers:
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            found[layer.name] = layer
        elif isinstance(layer, IntegerLIF) and layer.recurrent is not None:
            found[layer.recurrent.name] = layer.recurrent
    return found


def mutants(network: IntegerNetwork) -> Iterator[Mutant]:
    """Each weight that is not zero, negated; of the lowest code the highest is the nearest to that."""
    for name, layer in weights_of(network).items():
        most = 2 ** (layer.bits - 1) - 1
        for place in zip(*np.nonzero(layer.codes), strict=True):
            at = tuple(int(i) for i in place)
            yield Mutant(name, at, min(most, -int(layer.codes[at])))


NETWORKS: dict[str, Any] = {
    "demo": lambda: export.load_network(DEMO),
    "images": lambda: quant.integer(images()),
    "recurrent": lambda: quant.integer(dense(hw_profiles.load("generic8"), False, 0)),
    "xylo": lambda: quant.integer(dense(CUBA[1], True, 0)),
}
"""The demo; convolution and pool; recurrent, with a read-out; currents that decay, likewise."""
SHAPES: dict[str, tuple[int, ...]] = {"demo": (64,), "images": (1, 6, 6), "recurrent": (5,), "xylo": (5,)}


def inputs(name: str, network: IntegerNetwork, steps: int | None = None) -> NDArray[Any]:
    """Event counts [T, B, ...] that make every layer of a network spike."""
    found: NDArray[Any] = stimuli(network, SHAPES[name], steps=steps if name != "images" else None).events
    return found
