"""Networks of every kind that `quant.integer` makes, drawn at random, at the ends of what a chip can hold as well."""

import random
import warnings
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from lif_profiles import taken, with_lif
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.leak import betas
from spikelut.quant.dynamics.spec import thresholds
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.tables.table import TableWarning
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan, ReluGrad, Sigmoid

KINDS = [(p, False) for p in with_lif()] + [(hw_profiles.load(name), True) for name in ("loihi2", "xylo")]
"""Profiles, and whether their neurons have a current that decays."""


class Draw:
    """What is drawn for one network; the same for the same number."""

    def __init__(self, seed: int, kind: tuple[Profile, bool] | None = None) -> None:
        self.random = random.Random(seed)
        self.torch = torch.Generator().manual_seed(seed)
        self.profile, self.cuba = kind or self.random.choice(KINDS)

    def maybe(self, share: float = 0.5) -> bool:
        return self.random.random() < share

    def weights(self, layer: Any) -> Any:
        """`layer` with weights of some size, or zero, or at the ends of the codes, or of whole powers of two."""
        kind = self.random.choice(("normal", "normal", "spread", "zero", "ends", "powers", "tiny", "one sign"))
        shape, gain = layer.weight.shape, 2.0 ** self.random.randint(-7, 1)
        normal = torch.randn(shape, generator=self.torch)
        rows = torch.randint(-4, 3, (shape[0], *[1] * (len(shape) - 1)), generator=self.torch)
        made = {
            "normal": normal * gain,
            "spread": normal * gain * 2.0**rows,
            "zero": normal * (rows > 0) * gain * self.maybe(),
            "ends": normal.sign() * 2.0 ** self.random.randint(-3, 6),
            "powers": normal.sign() * gain * 2.0**rows,
            "tiny": normal * 2.0**-30,
            "one sign": -normal.abs() * gain,
        }
        layer.weight.data.copy_(made[kind])
        return layer

    def neurons(self, features: int, *, last: bool) -> Any:
        """A layer of neurons, or for the last one a read-out."""
        profile, cuba, pick = self.profile, self.cuba, self.random
        options: dict[str, Any] = {"bias": features if profile.bias and self.maybe() else None}
        readout = last and self.maybe()
        decay = (readout and profile.readout_decay) or profile.decay
        assert decay is not None
        assert profile.step is not None
        low, high = betas(decay, profile.membrane_format)
        if decay.kind not in ("none", "linear") and self.maybe(0.7):
            options["beta"] = high if low == high else self._between(low, high, decay.frac or None)
            options["learn_beta"] = self.maybe(0.3)
        if cuba and profile.current_decay is not None:
            low, high = betas(profile.current_decay, profile.membrane_format)
            options["alpha"] = self._between(low, high, profile.current_decay.frac or None)
        if readout:
            layer: Any = quant.LI(profile, **options)
        else:
            low, high = thresholds(profile)
            fixed = pick.choice((1.0, 0.5, low, high, pick.uniform(low, min(high, 4.0))))
            options |= {"threshold": fixed, "reset": pick.choice(profile.step.resets)}
            options["learn_threshold"] = self.maybe(0.3)
            most = profile.step.output_spikes if last else profile.step.max_spikes
            options["max_spikes"] = pick.choice((1, most, pick.randint(1, most)))
            layer = (quant.CubaLIF if cuba else quant.LIF)(profile, self.slope(), **options)
        if layer.bias is not None:
            gain = 2.0 ** pick.randint(-8, 12)
            ends = torch.randn(features, generator=self.torch).sign() * 2.0 ** pick.randint(-6, 6)
            normal = torch.randn(features, generator=self.torch) * gain
            layer.bias.data.copy_(ends if self.maybe(0.3) else normal)
        for name in ("raw_beta", "raw_threshold"):
            if getattr(layer, name, None) is not None:
                getattr(layer, name).data.mul_(pick.choice((1.0, 0.9, 0.3, 3.0)))
        if last or not self.maybe(0.4) or readout or profile.step.feedback > 1:
            return layer
        recurrent = Recurrent(layer, features, weight_bits=self.bits())
        self.weights(recurrent.linear)
        return recurrent

    def _between(self, low: float, high: float, frac: int | None) -> float:
        """A decay factor on the chip's grid."""
        if frac is None:
            return self.random.choice((low, high, min(0.75, high), min(0.9375, high)))
        ends = round(low * 2**frac), round(high * 2**frac)
        return float(self.random.choice((*ends, self.random.randint(*ends))) / 2**frac)

    def slope(self) -> Any:
        """A table, or the curve of one."""
        curve = self.random.choice((Arctan(alpha=2.0), Sigmoid(alpha=3.0), ReluGrad()))
        if self.maybe(0.3):
            return curve
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TableWarning)
            return quant.LUTSurrogate(curve, self.profile, saturate=True)

    def step(self, *powers: int) -> float:
        """What an event of the input is worth; of a chip that takes one in a step, all of it."""
        return 2.0 ** -self.random.choice(powers) if taken(self.profile, 2) > 1 else 1.0

    def bits(self) -> int:
        return self.random.choice((2, 3, self.profile.weight.bits, self.random.randint(2, self.profile.weight.bits)))

    def options(self, step: float) -> dict[str, Any]:
        channels = self.profile.weight.per_channel and self.maybe()
        return {"profile": self.profile, "weight_bits": self.bits(), "input_step": step, "per_channel": channels}


def dense(draw: Draw) -> nn.Sequential:
    """One to three layers of neurons behind dense weights."""
    sizes = [draw.random.randint(1, 7) for _ in range(draw.random.randint(2, 4))]
    step = draw.step(0, 0, 1, 3)
    layers: list[nn.Module] = []
    for number, (before, after) in enumerate(pairwise(sizes), start=2):
        layers.append(draw.weights(QuantLinear(before, after, **draw.options(step))))
        if number == 2 and draw.maybe(0.3):
            layers.append(quant.Repeat(3))
        if draw.maybe(0.2):
            layers.append(nn.Identity())
        layers.append(draw.neurons(after, last=number == len(sizes)))
        step = 1.0
    return nn.Sequential(*layers)


def convolutional(draw: Draw) -> nn.Sequential:
    """Convolutions with strides, padding and groups, pooling, and dense weights after them; for images of 6 by 7."""
    step = draw.step(0, 2)
    groups, pads, stride = draw.random.choice((1, 2)), draw.random.randint(0, 2), draw.random.choice((1, 2))
    kernel = draw.random.choice(((3, 3), (2, 3), (1, 1)))
    first = QuantConv2d(2, 4, kernel, padding=(pads, 1), stride=(stride, 1), groups=groups, **draw.options(step))
    layers: list[nn.Module] = [draw.weights(first)]
    if draw.maybe(0.3):
        layers.append(quant.Repeat(3))
    layers.append(draw.neurons(4, last=False))
    if isinstance(layers[-1], Recurrent):
        layers[-1] = layers[-1].neuron
    if draw.maybe():
        layers.append(quant.SumPool2d(2, draw.random.choice((1, 2))))
    layers.append(draw.weights(QuantConv2d(4, 4, 1, groups=draw.random.choice((1, 4)), **draw.options(1.0))))
    layers.append(draw.neurons(4, last=False))
    if isinstance(layers[-1], Recurrent):
        layers[-1] = layers[-1].neuron
    layers.append(nn.Flatten(2))
    with torch.no_grad():
        probe = nn.Sequential(*layers)(torch.zeros(1, 1, 2, 6, 7))
    layers.append(draw.weights(QuantLinear(probe.shape[2], 3, **draw.options(1.0))))
    layers.append(draw.neurons(3, last=True))
    return nn.Sequential(*layers)


def drawn(seed: int, kind: tuple[Profile, bool] | None = None) -> tuple[nn.Sequential, Any, tuple[int, ...]]:
    """A model, its integers and the shape of an input [T, B, ...]; those that `integer` refuses are passed over."""
    for attempt in range(100):
        draw = Draw(seed * 100 + attempt, kind)
        images = draw.maybe(0.35)
        model = (convolutional if images else dense)(draw)
        current = draw.profile.current
        most = current.max_events if current is not None and current.max_events else 255
        largest = draw.random.choice((None, None, 1, min(7, most), most))
        first: Any = model[0]
        first.largest_input = largest
        try:
            network = quant.integer(model)
        except ValueError as error:
            refused = str(error)
            assert any(words in refused for words in ("sums of weight codes", "synaptic sums")), refused
            continue
        steps = 1 if any(isinstance(m, quant.Repeat) for m in model) else 4
        shape = (steps, 2, 2, 6, 7) if images else (steps, 2, network.in_features)
        return model, network, shape
    raise AssertionError("a hundred networks were refused")


def differences(one: Any, other: Any) -> list[str]:
    """The fields, of networks or of their layers, in which two networks are not the same."""
    found = [f for f in ("profile", "largest_input", "input_step") if getattr(one, f) != getattr(other, f)]
    if [layer.name for layer in one.layers] != [layer.name for layer in other.layers]:
        return [*found, "layers"]
    return found + [d for a, b in zip(one.layers, other.layers, strict=True) for d in _differ(a.name, a, b)]


def _differ(where: str, one: Any, other: Any) -> list[str]:
    if type(one) is not type(other):
        return [f"{where}: {type(one).__name__}, {type(other).__name__}"]
    if isinstance(one, np.ndarray):
        return [] if one.dtype == other.dtype and np.array_equal(one, other) else [where]
    if isinstance(one, quant.Table):
        same = torch.equal(one.codes, other.codes) and one.rule() == other.rule() and one.surrogate == other.surrogate
        return [] if same else [where]
    if type(one).__name__.startswith("Integer"):
        return [
            d for f in fields(one) for d in _differ(f"{where}.{f.name}", getattr(one, f.name), getattr(other, f.name))
        ]
    return [] if one == other else [f"{where}: {one}, {other}"]
