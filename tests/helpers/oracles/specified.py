"""Neurons of all profiles, and what the scalar specification says of whole arrays of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from lif_profiles import with_lif
from numpy.typing import NDArray
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.dynamics.specification import Recorded, neuron_steps
from spikelut.surrogates import Arctan

Ints = NDArray[np.int64]
# Additions, products and one division: torch rounds them as IEEE 754 says, whatever the shape of a tensor.
CURVE = Arctan(alpha=2.0)
# Sums with more fraction bits than the membrane, and a bias that is added to them.
PRECISE = (
    {"inputs": (8, 1)},
    {"inputs": (8, 1), "membrane": "fixed<12,4,RND,SAT>"},
    {"membrane": "fixed<14,6,TRN_ZERO,SAT_SYM>", "weight": (8, 4)},
)
WITH_NEURONS = [p for p in map(hw_profiles.load, hw_profiles.names()) if p.decay is not None]
WITH_NEURONS += [hw_profiles.load("hls4ml").with_precision(**types) for types in PRECISE]
CUBA = [p for p in WITH_NEURONS if p.current_decay is not None]
WITH_LIF = [p.name for p in with_lif()]


@dataclass(frozen=True)
class Specified:
    """Every step of every neuron [N] of a layer, as the specification has them."""

    steps: list[list[Recorded]]

    def of(self, name: str) -> Ints:
        """A number of the steps, [T, N]."""
        rows = [[getattr(r.neuron, name, None) for r in neuron] for neuron in self.steps]
        return np.array(rows, np.int64).T

    @property
    def syn(self) -> Ints:
        """The synaptic currents, [T, N]."""
        return np.array([[r.syn for r in neuron] for neuron in self.steps], np.int64).T


def specified(
    spec: LIFSpec,
    synapse: SynapseSpec | None,
    currents: Any,
    bias: Sequence[int] | None = None,
    mem: Any = None,
    syn: Any = None,
) -> Specified:
    """The steps of neurons with membrane codes `currents` [T, N] and states [N]."""
    columns = np.asarray(currents).T.tolist()
    bias, mem, syn = ([0] * len(columns) if v is None else list(v) for v in (bias, mem, syn))
    each = zip(columns, bias, mem, syn, strict=True)
    return Specified([neuron_steps(spec, synapse, c, int(b), int(m), int(s)) for c, b, m, s in each])


@cache
def slope(profile: Profile, kind: str) -> Any:
    """The table of `CURVE` on a profile, or the curve itself."""
    return CURVE if kind == "curve" else quant.LUTSurrogate(CURVE, profile, saturate=True)


def neuron_layers(kind: str, features: int, **options: Any) -> list[Any]:
    """A layer of every kind on every profile, in all its resets and numbers of spikes, with a bias where it has one."""
    layers: list[Any] = []

    def add(make: Any, profile: Profile, *arguments: Any, **more: Any) -> None:
        bias = features if profile.bias is not None else None
        layer = make(profile, *arguments, bias=bias, **more, **options)
        if layer.bias is not None:
            nn.init.normal_(layer.bias, 0.0, 0.3, generator=torch.Generator().manual_seed(len(layers)))
        layers.append(layer)

    for profile in WITH_NEURONS:
        assert profile.step is not None
        assert profile.decay is not None
        # A sixteenth lost makes ties of rounding; a tenth, the default, a factor without trailing zeros.
        ties: dict[str, Any] = {} if profile.decay.kind in ("none", "linear") else {"beta": 0.9375}
        # A relaxing membrane takes in no more of its input than it loses.
        some: dict[str, Any] = {
            "reset": profile.step.resets[0],
            "threshold": 0.125 if profile.decay.kind == "relax" else 1.0,
        }
        for number, reset in enumerate(profile.step.resets):
            if profile.name in WITH_LIF:
                leak = ties if number == 0 else {}
                add(quant.LIF, profile, slope(profile, kind), **some | {"reset": reset} | leak)
        if profile in CUBA:
            add(quant.CubaLIF, profile, slope(profile, kind), **some, alpha=0.75)
        if profile.step.max_spikes > 1:
            add(quant.CubaLIF, profile, slope(profile, kind), **some, max_spikes=1)
        if profile.step.order != "event-compare-reset":
            add(quant.LI, profile, alpha=0.5 if profile in CUBA else None, **ties)
    return layers


def bias_codes_of(layer: Any, features: int) -> list[int]:
    """The bias of each neuron in membrane codes."""
    found = layer.integer_bias()
    if found is None:
        return [0] * features
    mantissas, exponent = found
    return [int(m) * 2**exponent for m in mantissas.tolist()]


def named(layer: Any) -> str:
    """An id for a test."""
    spec, kind = layer.spec, type(layer).__name__
    end = "" if spec.threshold is None else f"-{spec.reset}-{spec.max_spikes}"
    return f"{layer.profile.name}-{kind}{end}{'-syn' if layer.synapse and kind == 'LI' else ''}"
