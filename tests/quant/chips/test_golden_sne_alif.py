"""SNE's adaptive neuron against what its RTL computed; see golden/README.md."""

from typing import Any, get_args

import pytest
import torch
from golden_vectors import Ints, different, numbered

from spikelut import quant
from spikelut.quant import sne

pytestmark = pytest.mark.golden

NAME = "sne_alif"
OPERATIONS: dict[int, Any] = dict(zip((1, 6, 4, 0, 5), get_args(sne.Operation), strict=True))
"""As the RTL numbers them."""
STATES = ("v", "adaptation", "updated", "spiked")


def neuron_of(c: dict[str, Ints]) -> sne.ALIF:
    return sne.ALIF(*(int(c[name]) for name in ("threshold", "rest", "step", "refractory", "time_scale")))


def weights_of(c: dict[str, Ints]) -> Ints:
    """As they reach the membrane: the low 8 bits of the shifted ones."""
    shifted: Ints = c["weight"] * c["enable"] << c["weight_scale"]
    return ((shifted + 128) & 255) - 128


def test_one_operation_after_the_other() -> None:
    spikes = negative = full = 0
    for c in numbered(NAME, "n_configs", "c"):
        state = sne.ALIFState(*(torch.tensor([int(c[f"{name}0"])]) for name in STATES))
        for i, weight in enumerate(torch.from_numpy(weights_of(c))):
            operation = OPERATIONS[int(c["op"][i])]
            state, fired = sne.alif_event(neuron_of(c), state, int(c["time"][i]), weight[None], operation)
            for part, name in zip(state, STATES, strict=True):
                assert different(NAME, part[0], c[name][i]) == 0, (name, i)
            assert different(NAME, fired[0], c["spikes"][i]) == 0
        spikes, negative = spikes + int(c["spikes"].sum()), negative + int((c["v"] < 0).sum())
        full += int((c["v"] == 127).sum())
    assert spikes > 100
    assert negative > 100
    assert full > 0


def test_operations_of_many_neurons_at_once() -> None:
    """Every row as a neuron of its own, from the state that the row before it recorded."""
    for c in numbered(NAME, "n_configs", "c"):
        for code, operation in OPERATIONS.items():
            rows = torch.from_numpy((c["op"][1:] == code).nonzero()[0])
            state = sne.ALIFState(*(torch.from_numpy(c[name])[rows] for name in STATES))
            weight, time = (torch.from_numpy(a)[rows + 1] for a in (weights_of(c), c["time"]))
            after, fired = sne.alif_event(neuron_of(c), state, time, weight, operation)
            for part, name in zip(after, STATES, strict=True):
                assert different(NAME, part, c[name][rows + 1]) == 0
            assert different(NAME, fired, c["spikes"][rows + 1]) == 0


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^ALIF: step must be an integer in 0\.\.15, got 16$"):
        sne.ALIF(threshold=40, step=16)
    neuron, state = sne.ALIF(threshold=40), sne.ALIFState.at_rest(2)
    with pytest.raises(ValueError, match=r"^alif_event: weight must be in -128\.\.127, got 'others'$"):
        sne.alif_event(neuron, state, 0, torch.tensor([128, 0]))
    with pytest.raises(ValueError, match=r"^alif_event: operation must be one of spike, .*, got 'leak'$"):
        sne.alif_event(neuron, state, 0, torch.zeros(2), "leak")  # type: ignore[arg-type]  # what is refused
    assert quant.sne is sne
