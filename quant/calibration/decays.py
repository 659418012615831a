"""Decay codes of neurons whose own decays a chip lacks, chosen by the spikes that they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spikelut.hw_profiles import Decay, Profile
from spikelut.quant.arithmetic.per_neuron import is_each, read_only, shown_values
from spikelut.quant.calibration.unit import Unit, apart
from spikelut.quant.dynamics.leak import Leak, has_own_decays
from spikelut.quant.dynamics.spec import neuron_of
from spikelut.quant.neurons.own_values import set_threshold

SHARES = (0.0, 0.5, 1.0)
"""How much of what another decay does to a neuron's gain its threshold makes up for, as a power."""
MEASURED = 128
"""Samples that each decay is tried on."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Place:
    """A leak of neurons: `name`, beta or alpha; the leak as it was; the codes to be tried, its own first, [K, N].

    `relaxes`: its state goes towards the input. `input_first`: the input of a step decays in it.
    """

    name: str
    leak: Leak
    codes: Codes
    relaxes: bool = False
    input_first: bool = False

    def of(self, chosen: Codes) -> Leak:
        """With other codes [N]; one number where they are all the same, as they were."""
        one = not is_each(self.leak.amount) and bool((chosen == chosen[0]).all())
        return replace(self.leak, amount=int(chosen[0]) if one else read_only(chosen))

    def gain(self, chosen: Codes) -> NDArray[np.float64]:
        """By what these codes multiply the sum over time of the states that an input event leaves, [N].

        Of a decay factor b that is 1 / (1 - b); b / (1 - b) where the input decays first, 1 where the state relaxes.
        """
        if self.relaxes:
            return np.ones(len(chosen))
        before, after = (np.asarray(leak.beta, np.float64) for leak in (self.leak, self.of(chosen)))
        first = after / before if self.input_first else 1.0
        return np.broadcast_to(first * (1 - before) / (1 - after), chosen.shape)


def choose_decays(unit: Unit, tick: Callable[[], None]) -> tuple[str, ...]:
    """Give neurons the codes that bring the spikes nearest, of their own and the next ones: each, or the layer."""
    said = []
    for name, neuron in unit.spiking():
        places = tuple(places_of(unit, name, neuron))
        if places:
            _searched(unit, name, neuron, places, tick)
            for place in places:
                before, after = place.leak.beta, leak_at(neuron, place.name).beta
                if not np.array_equal(before, after):
                    said.append(f"{place.name} {shown_values(before, 'g')} -> {shown_values(after, 'g')}")
    return tuple(said)


def has_choice(unit: Unit) -> bool:
    """Whether there are neurons that spike and whose decays the chip lacks."""
    return any(True for name, neuron in unit.spiking() for _ in places_of(unit, name, neuron))


def places_of(unit: Unit, name: str, neuron: Any) -> Iterator[Place]:
    """The leaks of neurons, if any of these is not as it was asked for; those without another code are left out."""
    asked = unit.asked.get(name)
    if asked is None or not any(True for _ in apart(asked, neuron)):
        return
    for what, decay in _decays(neuron).items():
        leak = leak_at(neuron, what)
        codes = beside(leak, decay, unit.count(name))
        if len(codes) > 1:
            first = what == "alpha" and bool(neuron.synapse.input_first)
            yield Place(what, leak, codes, decay.kind == "relax", first)


def beside(leak: Leak, decay: Decay, count: int) -> Codes:
    """The codes of a leak and those next to them that a chip has, [K, N]; what keeps nothing, or all, stays."""
    own = np.broadcast_to(np.asarray(leak.amount, np.int64), (count,))
    if decay.kind in ("none", "linear"):
        return own[None]
    most = decay.max if decay.kind == "shift" else min(decay.max, 2**decay.frac - 1)
    low, high = max(1, decay.min), most
    stays = (own < low) | (own > high)
    found = [np.where(stays, own, (own + step).clip(low, high)) for step in (-1, 1)]
    return np.stack([own, *(one for one in found if bool((one != own).any()))])


def leak_at(neuron: Any, name: str) -> Leak:
    """The leak of the membrane, beta, or of the synaptic current, alpha."""
    leak: Leak = neuron.synapse.leak if name == "alpha" else neuron._spec.leak
    return leak


def _decays(neuron: Any) -> dict[str, Decay]:
    """What the chip says of the leaks of neurons."""
    profile: Profile = neuron.profile
    found = {"beta": neuron_of(profile)[1]}
    if neuron.synapse is not None and profile.current_decay is not None:
        found["alpha"] = profile.current_decay
    return found


def _searched(unit: Unit, name: str, neuron: Any, places: tuple[Place, ...], tick: Callable[[], None]) -> None:
    """Try all codes, with thresholds that make up for them; each neuron gets its best if all are better for it."""
    count, samples = unit.count(name), unit.fitted[:MEASURED]
    codes = list(product(*(range(len(place.codes)) for place in places)))
    tries = [(k, share) for k in codes for share in SHARES if any(k) or not share]
    put = _putter(unit, name, neuron, places, tries)
    alone, only = name in unit.distances, list(unit.distances) == [name]
    found: list[Tensor] = []
    totals: list[float] = []
    for i in range(len(tries)):
        put(np.full(count, i))
        losses = unit.each(name, samples) if alone else torch.zeros(count)
        found.append(losses)
        totals.append(float(losses.mean()) if only else unit.measured(samples))
        tick()
    at = min(range(len(totals)), key=lambda i: (totals[i], i))
    if alone and unit.has_each(neuron) and all(has_own_decays(decay) for decay in _decays(neuron).values()):
        put(torch.stack(found).argmin(0).numpy())
        if unit.measured(samples) < totals[at]:
            return
    put(np.full(count, at))


def _putter(
    unit: Unit, name: str, neuron: Any, places: tuple[Place, ...], tries: list[tuple[tuple[int, ...], float]]
) -> Callable[[Codes], None]:
    """What gives each neuron one of the tries, by their numbers [N]."""
    threshold = torch.as_tensor(neuron.threshold, dtype=torch.float64)
    bias = None if neuron.bias is None else neuron.bias.detach().clone()
    columns, shares = np.array([codes for codes, _ in tries]), np.array([share for _, share in tries])
    all_of = np.arange(unit.count(name))

    def put(index: Codes) -> None:
        gains = {}
        for k, place in enumerate(places):
            chosen = place.codes[columns[index, k], all_of]
            leak = place.of(chosen)
            if place.name == "alpha":
                neuron.synapse = replace(neuron.synapse, leak=leak)
            else:
                neuron._spec = replace(neuron._spec, leak=leak)
            gains[place.name] = place.gain(chosen) ** shares[index]
        factor = torch.from_numpy(np.prod(list(gains.values()), 0))
        set_threshold(neuron, threshold * (factor if unit.has_each(neuron) else factor.mean()))
        if bias is not None:  # of the membrane, whose own leak does to it what it does to the rest
            neuron.bias = nn.Parameter(bias * torch.as_tensor(gains.get("alpha", 1.0)).to(bias.dtype))

    return put
