"""Neurons whose threshold adapts against Lava's ATRLIF, bit for bit; see golden/README.md."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from atrlif_vectors import FILE, NAMES, PROFILE, UNIT, Recorded, edge, kind_of, nets, recorded, shifted, stacked
from golden_vectors import Ints, different

from spikelut import quant
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.adaptive.specification import adaptive_step
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.specification import synapse_step
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden

Feedback = Callable[[Any], Any]


def by_ops(ops: Any, kind: Dynamics, given: Recorded, fed_back: Feedback) -> dict[str, Ints]:
    """Every state after every step, and the spikes."""

    def of(x: Any) -> Any:
        return torch.as_tensor(x) if ops is TorchOps else x

    states = tuple(of(given.first[name]) for name in NAMES[:-1])
    rows, spikes = [], np.zeros_like(given.bias)
    for arriving in given.arriving:
        step = kind.step(ops, states, of(arriving + fed_back(spikes)), of(given.bias))
        states, spikes = step.states, np.asarray(step.spikes).astype(np.int64)
        rows.append((*states, spikes))
    return stacked(rows)


def by_specification(kind: Dynamics, given: Recorded, fed_back: Feedback) -> dict[str, Ints]:
    """The same neuron by neuron in plain integers."""
    spec, adaptation, synapse = kind.spec, kind.parts["adaptation"], kind.synapse
    assert synapse is not None  # ATRLIF has a current
    states: list[Any] = [tuple(int(given.first[name][n]) for name in NAMES[:-1]) for n in range(len(given.bias))]
    rows, spikes = [], np.zeros_like(given.bias)
    for arriving in given.arriving:
        sums, row = arriving + fed_back(spikes), []
        for n, (mem, risen, refractory, syn) in enumerate(states):
            syn, _ = synapse_step(synapse, syn, int(sums[n]))
            done = adaptive_step(spec, adaptation, mem, risen + spec.threshold, refractory, syn, int(given.bias[n]))
            states[n] = (done.mem, done.theta - spec.threshold, done.refractory, syn)
            row.append((*states[n], done.spikes))
        rows.append(tuple(np.array(row).T))
        spikes = rows[-1][-1]
    return stacked(rows)


WAYS: dict[str, Callable[[Dynamics, Recorded, Feedback], dict[str, Ints]]] = {
    "numpy": lambda *given: by_ops(NumpyOps, *given),
    "torch": lambda *given: by_ops(TorchOps, *given),
    "specification": by_specification,
}


def nothing(spikes: Any) -> Any:
    return 0


def check(found: dict[str, Ints], given: Recorded) -> None:
    assert found.keys() == given.expected.keys()
    for name, expected in given.expected.items():
        assert different(FILE, found[name], expected) == 0, name


@pytest.mark.parametrize("way", WAYS)
def test_every_configuration(way: str) -> None:
    within = 0
    for given in recorded():
        check(WAYS[way](kind_of(given.arrays), given, nothing), given)
        if given.in_24_bits:  # then the chip's registers do not matter
            check(WAYS[way](kind_of(given.arrays, 24), given, nothing), given)
            within += 1
    assert within > 0


@pytest.mark.parametrize("way", WAYS)
def test_networks(way: str) -> None:
    """Neurons that get the spikes of the step before, their own too."""
    for c, given in nets():

        def fed_back(spikes: Any, c: dict[str, Ints] = c) -> Any:
            return UNIT * shifted(c["weights_rec_eff"] @ spikes, int(c["weight_exp"]))

        check(WAYS[way](kind_of(c), given, fed_back), given)


def test_the_current_at_the_ends_of_its_register() -> None:
    """From each recorded state one step on: all is the same but +2**23, where a register of 24 bits holds -2**23.

    A record of the simulator, not of silicon, as that of Lava's LIF.
    """
    given = edge()
    kind = kind_of(given.arrays)
    before = {name: np.concatenate([given.first[name][None], given.expected[name][:-1]]) for name in NAMES[:-1]}
    step = kind.step(NumpyOps, tuple(before[name] for name in NAMES[:-1]), given.arriving, given.bias)
    odd = given.expected["syn"] == 2**23
    assert odd.any()
    assert (step.states[3][odd] == -(2**23)).all()
    for name, found in zip(NAMES, (*step.states, step.spikes), strict=True):
        assert different(FILE, found[~odd], given.expected[name][~odd]) == 0, name


def test_layers_that_train() -> None:
    """`AdaptiveLIF` itself, with the numbers of a configuration, where the profile offers them and there is no bias."""
    compared = 0
    for given in recorded():
        c = given.arrays
        offered = all(int(c[f"delta_{name}"]) < 4096 for name in "iv") and int(c["theta_0"]) > 0
        if not (offered and given.in_24_bits) or given.bias.any():
            continue
        kept = {name: (4096 - int(c[f"delta_{name}"])) / 4096 for name in ("v", "theta", "r")}
        layer = quant.AdaptiveLIF(
            PROFILE,
            Arctan(),
            alpha=(4095 - int(c["delta_i"])) / 4096,
            beta=kept["v"],
            threshold=UNIT * int(c["theta_0"]) * PROFILE.state_step,
            threshold_step=UNIT * int(c["theta_step"]) * PROFILE.state_step,
            threshold_beta=kept["theta"],
            refractory_beta=kept["r"],
        )
        states: Any = {name: torch.tensor(a[None] * PROFILE.state_step) for name, a in given.first.items()}
        rows = []
        for arriving in torch.tensor(given.arriving * PROFILE.state_step):
            ended = layer.step(arriving[None], states=states)
            states = ended.states
            codes = [(states[name][0] / PROFILE.state_step).numpy().astype(np.int64) for name in NAMES[:-1]]
            rows.append((*codes, ended.out[0].numpy().astype(np.int64)))
        check(stacked(rows), given)
        compared += 1
    assert compared > 0
