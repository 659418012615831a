"""Counts and modelled energy are those of SANA-FE for Loihi 1: events equal, energy to rounding."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil, prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden_vectors import different, vectors
from numpy.typing import NDArray
from packages import ROOT

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.network.reference import stages
from spikelut.surrogates import Arctan

NAME = "sanafe_loihi"
FILE = Path(__file__).parents[2] / "golden" / f"{NAME}.npz"
PICO = 1e-12


def recorded() -> Iterator[dict[str, NDArray[Any]]]:
    """The arrays of each network, energies as floats."""
    with np.load(FILE) as file:
        for i in range(int(file["n_configs"])):
            yield {key.removeprefix(f"c{i}_"): file[key] for key in file.files if key.startswith(f"c{i}_")}


NETWORKS = list(recorded())


def loihi(case: dict[str, Any]) -> Profile:
    """Loihi 1; where a layer was split, with cores so small that it must be."""
    profile = hw_profiles.load(ROOT / "examples" / "loihi1.toml")
    sizes = [(case[f"l{k}_spikes"].shape[2], int(case[f"l{k}_parts"])) for k in range(int(case["layers"]))]
    if max(parts for _, parts in sizes) == 1:
        return profile
    assert profile.capacity is not None
    most = max(ceil(size / parts) for size, parts in sizes)
    return replace(profile, capacity=replace(profile.capacity, neurons=(most,)))


def network(case: dict[str, Any], profile: Profile) -> quant.IntegerNetwork:
    """The network as integers."""
    layers: list[Any] = []
    for k in range(int(case["layers"])):
        codes = (case[f"l{k}_weight"] // 2).astype(np.int8)
        kind = quant.IntegerConv2d if codes.ndim == 4 else quant.IntegerLinear
        if codes.ndim == 2 and k and case["l0_weight"].ndim == 4:
            layers.append(quant.IntegerFlatten("flat"))
        beta, threshold = int(case[f"l{k}_decay"]) / 4096, int(case[f"l{k}_threshold"]) * 64 / 2**18
        spec = quant.LIFSpec.from_profile(profile, beta=beta, threshold=threshold, reset="zero")
        layers += [kind(f"w{k}", codes, 2, 0, 6, 8), quant.IntegerLIF(f"n{k}", spec, Arctan(), None)]
    return quant.IntegerNetwork(profile, tuple(layers))


def sample(case: dict[str, Any], s: int) -> NDArray[np.int64]:
    """The input of a sample [T, 1, ...]."""
    x: NDArray[np.int64] = case["x"][s].astype(np.int64)[:, None]
    return x.reshape(*x.shape[:2], *case["image"]) if case["image"].size else x


def trailing(case: dict[str, Any], net: quant.IntegerNetwork, s: int) -> int:
    """How often a membrane other than zero was updated while later layers had not yet come to their end."""
    found, depth = 0, int(case["layers"])
    for k, layer in enumerate(one for one in net.layers if isinstance(one, quant.IntegerLIF)):
        last = case[f"l{k}_potential"][s, -1].astype(np.int64)[None]
        steps = depth - 1 - k
        states = layer.trace(np.zeros((steps, *last.shape), np.int64), mem=last)["mem"]
        found += int(np.count_nonzero(np.concatenate([last[None], states])[:steps]))
    return found


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_spikes_and_membranes(number: int) -> None:
    """Else equal counts would say nothing."""
    case, values = NETWORKS[number], vectors(NAME)
    net = network(case, loihi(case))
    for s in range(len(case["x"])):
        states = {stage.layer.name: stage for stage in stages(net, sample(case, s))}
        for k in range(int(case["layers"])):
            one = states[f"n{k}"]
            spikes, potential = (values[f"c{number}_l{k}_{name}"][s] for name in ("spikes", "potential"))
            assert different(NAME, one.spikes.reshape(len(spikes), -1), spikes) == 0
            assert different(NAME, one.states["mem"].reshape(len(potential), -1), potential) == 0
            assert spikes.any()


@pytest.mark.parametrize("number", range(len(NETWORKS)))
def test_counts_and_energy(number: int) -> None:
    case = NETWORKS[number]
    profile = loihi(case)
    net, constants = network(case, profile), profile.energy
    assert constants is not None
    depth, image = int(case["layers"]), prod(case["x"].shape[2:])
    for s in range(len(case["x"])):
        x = sample(case, s)
        assert x[0].size == image
        found = quant.cost(net, x)
        assert found.energy is not None
        cores = {f"n{k}": int(case[f"l{k}_parts"]) for k in range(depth)}
        assert (found.fit.fits, found.fit.cores) == (True, cores)
        active = sum(layer.active or 0 for layer in found.layers) + trailing(case, net, s)
        counts = {
            "synaptic_events": found.synaptic_events,
            "messages": found.energy.sent,
            "updated": active + x.sum(),
            "fired": (found.spikes or 0) + x.sum(),
            "steps": found.steps + depth,
        }
        for name, value in counts.items():
            assert different(NAME, value, case[name][s]) == 0, name
        assert case["hops"][s] == 0
        later = found.neurons * depth * constants.neuron + trailing(case, net, s) * constants.update
        energies = {
            "energy_synapse": found.energy.synaptic_events,
            "energy_soma": found.energy.neurons + found.energy.spikes + later,
            "energy_network": found.energy.messages,
            "energy_total": found.energy.total + later,
        }
        for name, value in energies.items():
            assert value * PICO == pytest.approx(float(case[name][s]), rel=1e-9), name
