"""Networks in C give every state of the integer reference: all profiles, all kinds of layers, at extremes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import SANITIZERS, Library, compiled, said
from lif_profiles import taken, with_lif
from numpy.typing import NDArray
from random_networks import drawn
from runtime_files import NETWORKS
from sample_networks import CUBA, convolutional, dense, neurons, weights
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.reference import reference_states
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear

GENERIC = hw_profiles.load("generic8")
ALL = [(p, False) for p in with_lif()] + [(p, True) for p in CUBA]
IMAGE = (6, 7)


def differences(
    network: IntegerNetwork, events: NDArray[Any], folder: Path, size: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Values that differ, and those that are not zero, of all states after all steps."""
    source = export.to_c(network, folder, "net", size=size, steps=1)[1]
    library, wanted = Library.of(network, source, size), reference_states(network, events)
    steps = len(next(iter(wanted.values())))
    found = library.run(events, steps)
    # The spikes of a recurrent layer have two names in the reference.
    names = {name for name in wanted if name not in found}
    assert all(np.array_equal(wanted[name], wanted[f"{name.partition('.')[2]}.last"]) for name in names)
    assert found.keys() <= wanted.keys()
    pairs = [(found[name], wanted[name].reshape(found[name].shape)) for name in found]
    assert sum(b.size for _, b in pairs) > 0
    return sum(int((a != b).sum()) for a, b in pairs), sum(int((b != 0).sum()) for _, b in pairs)


def random(network: IntegerNetwork, steps: int, size: tuple[int, ...] = ()) -> NDArray[Any]:
    """Dense and sparse inputs, from none to the largest in all of them."""
    numbers = np.random.default_rng(0)
    shape = (steps, 5, network.in_features, *size)
    events = numbers.integers(0, network.largest_input + 1, shape)
    events[:, 1] *= numbers.random(events[:, 1].shape) < 0.1
    events[:, 2] = network.largest_input
    events[:, 3] = 0
    return events


@pytest.mark.parametrize(("profile", "cuba"), ALL, ids=lambda v: getattr(v, "name", str(v)))
def test_fully_connected_and_recurrent(profile: Any, cuba: bool, tmp_path: Path) -> None:
    network = quant.integer(dense(profile, cuba, 0, gain=3.0), largest_input=taken(profile, 7))
    different, nonzero = differences(network, random(network, 60), tmp_path)
    assert different == 0
    assert nonzero > 1000


@pytest.mark.parametrize(("profile", "cuba"), ALL, ids=lambda v: getattr(v, "name", str(v)))
def test_images(profile: Any, cuba: bool, tmp_path: Path) -> None:
    network = quant.integer(convolutional(profile, cuba, 0, gain=1.0))
    different, nonzero = differences(network, random(network, 1, IMAGE), tmp_path, IMAGE)
    assert different == 0
    assert nonzero > 1000


def recurrent_last() -> nn.Sequential:
    torch.manual_seed(0)
    last = Recurrent(neurons(GENERIC, False, 4), 4)
    weights(last.linear, 1.0)
    return nn.Sequential(weights(QuantLinear(3, 4, profile=GENERIC), 1.0), last)


def shifts(first: bool, back: bool) -> IntegerNetwork:
    """A shift for each output, of the weights, or of those from a layer's own spikes, or of both; or of neither."""
    network, channels = quant.integer(recurrent_last()), (0, 2, 1, 3)
    feed, layer = network.layers
    assert isinstance(feed, quant.IntegerLinear)
    assert isinstance(layer, quant.IntegerLIF)
    assert layer.recurrent is not None
    # A layer's own weights count in another unit.
    own = replace(layer.recurrent, channels=channels if back else (), exponent=layer.recurrent.exponent + 1)
    feed = replace(feed, channels=channels if first else ())
    return replace(network, layers=(feed, replace(layer, recurrent=own)))


def pooled() -> nn.Sequential:
    """Counts above a byte: 5 * 5 windows of xylo's 31 spikes, twice."""
    profile = hw_profiles.load("xylo")
    torch.manual_seed(0)
    return nn.Sequential(
        weights(QuantConv2d(1, 2, 1, profile=profile), 1.0),
        neurons(profile, True, 2),
        quant.SumPool2d(5, 1),
        nn.Flatten(2),
        weights(QuantLinear(2 * 2 * 3, 2, profile=profile), 0.02),
        neurons(profile, True, 2, max_spikes=1),
    )


def single(layer: Any, *options: Any) -> nn.Sequential:
    torch.manual_seed(0)
    gain, profile, count = options
    return nn.Sequential(weights(layer, gain), neurons(profile, False, count))


WIDE = hw_profiles.load("generic16")
CASES: dict[str, tuple[Callable[[], Any], int, tuple[int, ...]]] = {
    "recurrent last": (recurrent_last, 1, ()),
    "own spikes in another unit": (lambda: shifts(False, False), 1, ()),
    "shifts of inputs": (lambda: shifts(True, False), 1, ()),
    "shifts of own spikes": (lambda: shifts(False, True), 1, ()),
    "shifts of both": (lambda: shifts(True, True), 1, ()),
    "pooled counts above a byte": (pooled, 15, IMAGE),
    "one neuron": (lambda: single(QuantLinear(1, 1, profile=GENERIC), 1.0, GENERIC, 1), 1, ()),
    "one place": (lambda: single(QuantConv2d(1, 1, 1, profile=GENERIC), 1.0, GENERIC, 1), 3, (1, 1)),
    "counts of two bytes": (lambda: single(QuantLinear(4, 3, profile=GENERIC), 0.1, GENERIC, 3), 300, ()),
    "weights of two bytes": (lambda: single(QuantLinear(4, 3, profile=WIDE), 0.5, WIDE, 3), 2, ()),
    "weights of four bits": (lambda: single(QuantLinear(5, 6, profile=GENERIC, weight_bits=4), 0.5, GENERIC, 6), 1, ()),
}


@pytest.mark.parametrize("name", CASES)
def test_other_networks(name: str, tmp_path: Path) -> None:
    make, largest, size = CASES[name]
    made = make()
    network = made if isinstance(made, IntegerNetwork) else quant.integer(made, largest_input=largest)
    image = (size[0], size[1]) if size else None
    different, nonzero = differences(network, random(network, 30, size), tmp_path, image)
    assert different == 0
    assert nonzero > 20
    if name == "pooled counts above a byte":
        assert "uint16_t counts_2" in (tmp_path / "net.h").read_text()
    if name == "counts of two bytes":
        assert "const uint16_t *input" in (tmp_path / "net.h").read_text()


@pytest.mark.parametrize("seed", range(12))
def test_networks_drawn_at_random(seed: int, tmp_path: Path) -> None:
    # Among them weights of zero, whose shifts nothing reads.
    _, network, shape = drawn(seed)
    repeats = any(isinstance(layer, quant.IntegerRepeat) for layer in network.layers)
    image = (shape[3], shape[4]) if len(shape) == 5 else None
    events = random(network, 1 if repeats else 25, shape[3:])
    assert differences(network, events, tmp_path, image)[0] == 0


def test_weights_of_zero_and_a_bias_of_zero(tmp_path: Path) -> None:
    network = NETWORKS["recurrent"]()
    empty: list[Any] = []
    for layer in network.layers:
        if isinstance(layer, quant.IntegerLinear):
            layer = replace(layer, codes=layer.codes * 0)
        elif isinstance(layer, quant.IntegerLIF) and layer.bias is not None:
            layer = replace(layer, bias=replace(layer.bias, mantissa=layer.bias.mantissa * 0))
        empty.append(layer)
    network = replace(network, layers=tuple(empty))
    different, nonzero = differences(network, random(network, 3), tmp_path)
    assert (different, nonzero) == (0, 0)
    assert "bias" not in (tmp_path / "net.c").read_text()


@pytest.mark.parametrize("kind", ["recurrent", "images", "wide", "loihi2 current", "xylo"])
def test_self_tests_pass_with_sanitizers(kind: str, tmp_path: Path) -> None:
    profile = hw_profiles.load("xylo" if kind == "xylo" else "loihi2")
    network = NETWORKS[kind]() if kind in NETWORKS else quant.integer(dense(profile, True, 0))
    files = export.to_c(network, tmp_path, "net", size=(6, 6) if kind == "images" else None)
    code, text = said(compiled(files[1:], tmp_path / "net", "-O1", *SANITIZERS))
    assert code == 0, text
    words = text.split()
    assert words[2:4] == ["values", "compared,"]
    assert int(words[4]) > int(words[1]) / 4
    assert words[-2:] == ["0", "different"]
