"""Hidden layers, read from their text or from a list of settings for each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from spikelut.cli.shared.settings import check_settings, option_name, setting

MAX_LAYERS, MAX_WIDTH = 16, 16384
NEURONS = ("lif", "cuba", "adaptive")
ADAPTIVE = ("threshold_step", "threshold_beta", "refractory_beta")
"""Settings of adaptive neurons alone."""


@dataclass(frozen=True)
class LayerSettings:
    """A hidden layer as a config file has it; what is None is as for all layers, or the profile's."""

    size: int | None = setting(None, "Number of neurons or, with kernel, of channels.", low=1, high=MAX_WIDTH)
    kernel: int | None = setting(None, "Width of the square kernels of a convolution.", low=1, high=99)
    pool: int | None = setting(
        None, "A pooling layer without neurons: it sums spikes over squares of this width.", low=2, high=99
    )
    neuron: str | None = setting(
        None, "lif, cuba (with a synaptic current) or adaptive (with a threshold that rises).", allowed=NEURONS
    )
    beta: float | None = setting(None, "Decay factor of membranes.", low=0, high=1.125)
    learn_beta: bool = setting(False, "Train beta.")
    alpha: float | None = setting(None, "Decay factor of the synaptic current.", low=0, high=1)
    threshold: float | None = setting(None, "Threshold. Default: 1.", low=1e-3, high=1e3)
    learn_threshold: bool = setting(False, "Train the threshold.")
    reset: str | None = setting(
        None, "What a spike does to the membrane: zero or subtract.", allowed=("zero", "subtract")
    )
    threshold_step: float | None = setting(None, "What a spike adds to an adaptive threshold.", low=0, high=1e3)
    threshold_beta: float | None = setting(None, "Decay factor of the adaptation.", low=0, high=1)
    refractory_beta: float | None = setting(None, "Decay factor of the refractory state.", low=0, high=1)
    refractory: int | None = setting(
        None, "Number of steps after a spike in which the neuron cannot spike.", low=0, high=2**16
    )
    weight_bits: int | None = setting(None, "Bits of the weights before the neurons.", low=2, high=16)
    recurrent: bool | None = setting(None, "Feed the layer's spikes back into it.")
    recurrent_bits: int | None = setting(None, "Bits of the recurrent weights.", low=2, high=16)
    delays: str | None = setting(
        None, "Delay spikes before the weights, with one delay per axon or per synapse.", allowed=("axons", "synapses")
    )
    delay: int | None = setting(None, "The same delay for all, in steps.", low=0, high=1024)
    learn_delay: bool = setting(False, "Train the delays, from a random start in 0..max_delay.")
    max_delay: int | None = setting(None, "Longest delay that can be learned.", low=1, high=1024)

    def __post_init__(self) -> None:
        check_settings(self)
        kinds = {"pool": self.pool is not None, "size": self.size is not None}
        if sum(kinds.values()) != 1:
            raise ValueError("size or pool must be given, one of them")
        if self.pool is not None and (given := sorted(self.given.keys() - {"pool"})):
            raise ValueError(f"pool must be alone, got {', '.join(given)}")
        if self.neuron != "adaptive" and (given := sorted(self.given.keys() & set(ADAPTIVE))):
            raise ValueError(f"{', '.join(map(option_name, given))} needs neuron: adaptive")
        if self.neuron == "adaptive" and (given := sorted(self.given.keys() & {"reset", "refractory"})):
            raise ValueError(f"{', '.join(given)} must not be given for adaptive neurons, which have their own")
        if self.neuron == "lif" and self.alpha is not None:
            raise ValueError("alpha needs neuron: cuba or adaptive")
        if self.recurrent_bits is not None and self.recurrent is False:
            raise ValueError("recurrent-bits needs recurrent")
        if self.kernel is not None and (self.recurrent or self.recurrent_bits or self.delays == "synapses"):
            raise ValueError("kernel must not be given with recurrent, or with delays of synapses")
        if self.delays is None and (self.delay is not None or self.learn_delay or self.max_delay is not None):
            raise ValueError("delay, learn-delay and max-delay need delays: axons or synapses")
        if self.learn_delay != (self.max_delay is not None):
            raise ValueError("learn-delay and max-delay must be given together")
        if self.delay is not None and self.learn_delay:
            raise ValueError("delay must not be given with learn-delay, which begins at random")

    @property
    def given(self) -> dict[str, Any]:
        """What is not as by default."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}

    @property
    def own(self) -> "LayerSettings":
        """What is said of its neurons and weights, without its shape."""
        return replace(self, size=1, kernel=None)


PLAIN = LayerSettings(size=1)
"""A layer of which nothing is said."""


@dataclass(frozen=True)
class Dense:
    """A layer of so many neurons."""

    size: int
    own: LayerSettings = PLAIN


@dataclass(frozen=True)
class Conv:
    """A convolution with so many channels and a square kernel, without padding."""

    size: int
    kernel: int
    own: LayerSettings = PLAIN


@dataclass(frozen=True)
class Pool:
    """The sum of spikes in squares."""

    kernel: int


Layer = Dense | Conv | Pool
Layers = str | tuple[LayerSettings, ...]


def parse_layers(given: Layers) -> list[Layer]:
    """Hidden layers: sizes as `128,64`; `16C5` are 16 channels of 5x5 weights, `P2` pools by 2; dense ones last.

    Or the settings of each.
    """
    found = _parse_text(given) if isinstance(given, str) else list(map(_layer, given))
    shown = short_form(given)
    if not 1 <= len(found) <= MAX_LAYERS:
        raise ValueError(f"layers must be 1 to {MAX_LAYERS}, got {len(found)}")
    for layer in found:
        if not isinstance(layer, Pool) and not 1 <= layer.size <= MAX_WIDTH:
            raise ValueError(f"layers must have sizes in 1..{MAX_WIDTH}, got {shown!r}")
        if isinstance(layer, Conv) and layer.kernel < 1:
            raise ValueError(f"layers must have kernels of 1 or more, got {shown!r}")
        if isinstance(layer, Pool) and layer.kernel < 2:
            raise ValueError(f"layers must pool by 2 or more, got {shown!r}")
    kinds = [isinstance(layer, Dense) for layer in found]
    if kinds != sorted(kinds) or isinstance(found[0], Pool):
        raise ValueError(f"layers must begin with a convolution or a size, and end with the sizes, got {shown!r}")
    return found


def short_form(given: Layers) -> str:
    """As text, as `16C5,P2,128`; what is said of single layers is left out."""
    if isinstance(given, str):
        return given
    return ",".join(f"P{s.pool}" if s.pool else f"{s.size}C{s.kernel}" if s.kernel else str(s.size) for s in given)


def _parse_text(text: str) -> list[Layer]:
    found: list[Layer] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(?:(\d{1,6})|(\d{1,4})[cC](\d{1,2})|[pP](\d{1,2}))\s*", part)
        if match is None or len(found) == MAX_LAYERS:
            example = "as 128,64 or 16C5,P2,64C5,P2"
            raise ValueError(f"layers must be 1 to {MAX_LAYERS} sizes separated by commas, {example}, got {text!r}")
        dense, channels, kernel, pool = match.groups()
        if dense:
            found.append(Dense(int(dense)))
        elif channels:
            found.append(Conv(int(channels), int(kernel)))
        else:
            found.append(Pool(int(pool)))
    return found


def _layer(of: LayerSettings) -> Layer:
    if of.pool is not None:
        return Pool(of.pool)
    size = of.size or 0
    return Dense(size, of.own) if of.kernel is None else Conv(size, of.kernel, of.own)


def layers_of(items: Sequence[LayerSettings | str]) -> tuple[LayerSettings, ...]:
    """Settings of layers, of which single ones may be in the short form."""
    found: list[LayerSettings] = []
    for item in items:
        found += [item] if isinstance(item, LayerSettings) else map(_settings, _parse_text(item))
    return tuple(found)


def _settings(layer: Layer) -> LayerSettings:
    if isinstance(layer, Pool):
        return LayerSettings(pool=layer.kernel)
    return replace(layer.own, size=layer.size, kernel=layer.kernel if isinstance(layer, Conv) else None)
