"""Networks of layers that take event after event, and all who run them beside the reference."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from c_networks import Library
from numpy.typing import NDArray
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.reference import reference_states
from spikelut.quant.neurons.event_lif import EventConv2d, EventLIF
from spikelut.surrogates import Arctan

CHIPS = ("odin", "tinyodin", "sne", "speck2f", "spikerplus", "reckon", "xylo")
LEAKING = {"odin": 1 - 3 / 32, "tinyodin": 1 - 2 / 32, "sne": 1 - 3 / 64}
"""Of chips that lose a constant in every step, some of it."""


Count = tuple[int, int, int]
"""Values compared, those that are not zero, those that differ."""


def scaled(layer: Any, gain: float, seed: int = 0) -> Any:
    """The layer with random weights, most of them positive, and biases of both signs."""
    made = torch.Generator().manual_seed(seed)
    weight = layer.weights.weight
    weight.data = (torch.randn(weight.shape, generator=made) + 0.3) * gain
    if layer.bias is not None:
        layer.bias.data = torch.randn(layer.bias.shape, generator=made) * 0.2
    return layer


def conv(name: str, gain: float = 0.5, seed: int = 0, **options: Any) -> EventConv2d:
    """A convolution of 2 to 4 channels, strided, padded."""
    profile = hw_profiles.load(name)
    given: dict[str, Any] = {"stride": (2, 1), "padding": (1, 2), "beta": LEAKING.get(name), **options}
    made: EventConv2d = scaled(EventConv2d(2, 4, 3, profile=profile, surrogate=Arctan(), **given), gain, seed)
    return made


def dense(name: str, inputs: int, outputs: int, gain: float = 0.5, seed: int = 1, **options: Any) -> EventLIF:
    """A layer with the table of the chip."""
    profile = hw_profiles.load(name)
    given: dict[str, Any] = {"beta": LEAKING.get(name), **options}
    table = quant.LUTSurrogate(Arctan(), profile)
    made: EventLIF = scaled(EventLIF(inputs, outputs, profile=profile, surrogate=table, **given), gain, seed)
    return made


def mixed(name: str, gain: float = 0.5, seed: int = 0, **options: Any) -> nn.Sequential:
    """A convolution, pooling, and a dense layer, of images of 2 x 7 x 6."""
    profile = hw_profiles.load(name)
    assert profile.step is not None
    bias = profile.bias is not None
    last = dense(name, 4 * 2 * 4, 5, gain, seed + 1, max_spikes=profile.step.output_spikes)
    return nn.Sequential(conv(name, gain, seed, bias=bias, **options), quant.SumPool2d(2), nn.Flatten(2), last)


def events(shape: tuple[int, ...], rate: float = 0.4, largest: int = 3, seed: int = 0) -> Tensor:
    """Event counts."""
    made = torch.Generator().manual_seed(seed)
    return torch.poisson(torch.full(shape, rate), generator=made).clamp(max=largest)


def counted(wanted: dict[str, NDArray[Any]], found: dict[str, NDArray[Any]]) -> Count:
    """How what was found compares, name by name."""
    assert found.keys() <= wanted.keys()
    pairs = [(wanted[name].reshape(found[name].shape), found[name]) for name in found]
    sums = [(a.size, np.count_nonzero(a), int((a != b).sum())) for a, b in pairs]
    compared, nonzero, different = (sum(column) for column in zip(*sums, strict=True))
    return compared, nonzero, different


def in_c(network: IntegerNetwork, x: NDArray[Any], folder: Path, size: tuple[int, ...] | None = None) -> Count:
    """All states and spikes of the network in C."""
    source = export.to_c(network, folder, "net", size=size, steps=2)[1]
    found = Library.of(network, source, size).run(x.astype(np.int64), len(x))
    return counted(reference_states(network, x), found)


def in_onnx(
    network: IntegerNetwork, x: NDArray[Any], folder: Path, dialects: tuple[str, ...], forms: tuple[str, ...]
) -> Iterator[Count]:
    """The spikes of all layers, and in files of one step the states, in onnxruntime."""
    wanted = reference_states(network, x)
    for dialect in dialects:
        for form in forms:
            options: dict[str, Any] = {"dialect": dialect, "form": form, "hidden_spikes": True}
            export.to_onnx(network, torch.from_numpy(x), folder / "net.onnx", **options)
            ran = export.run_onnx(folder / "net.onnx", x.astype(np.float32))
            # Of membranes and spikes onnxruntime's names are those of the layers.
            yield counted(wanted, {name if name in wanted else f"spikes.{name}": ran[name] for name in ran})
