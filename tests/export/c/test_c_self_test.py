"""The self-test of a network in C can fail: it notices single weights that are negated, and arrays that are zero."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_mutants import Mutants
from c_networks import compiled, said
from runtime_files import NETWORKS
from sample_networks import convolutional, demo, dense
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.quant import IntegerNetwork

SAMPLE = 300
"""Weights of the demo network that are negated where not all of them are."""
NO_EFFECT = {"demo": 0.02, "images": 0.06, "recurrent": 0.0, "xylo": 0.0}
"""The most weights whose sign may change no state on any input tried."""


MUTATED: dict[str, tuple[Any, tuple[int, int] | None]] = {
    "demo": (demo, None),
    "images": (lambda: convolutional(hw_profiles.load("generic8"), False, 8, gain=0.8), (6, 7)),
    "recurrent": (lambda: dense(hw_profiles.load("generic8"), False, 8, gain=0.8), None),
    "xylo": (lambda: dense(hw_profiles.load("xylo"), True, 8, gain=0.8), None),
}


def network_of(name: str) -> tuple[IntegerNetwork, tuple[int, int] | None]:
    make, size = MUTATED[name]
    return quant.integer(make()), size


def others(network: IntegerNetwork, size: tuple[int, int] | None) -> Any:
    """Inputs other than those of the self-test, at four rates, and the steps they are run for."""
    repeats = [layer.steps for layer in network.layers if isinstance(layer, quant.IntegerRepeat)]
    numbers = np.random.default_rng(7)
    shape = (1 if repeats else 40, 16, network.in_features, *(size or ()))
    rates = np.repeat([0.05, 0.2, 0.5, 0.9], 4).reshape(-1, *[1] * (len(shape) - 2))
    events = numbers.integers(1, network.largest_input + 1, shape) * (numbers.random(shape) < rates)
    return events, repeats[0] if repeats else len(events)


@pytest.mark.parametrize("name", [*MUTATED, pytest.param("demo, every weight", marks=pytest.mark.mutants)])
def test_a_negated_weight_is_noticed(name: str, tmp_path: Path) -> None:
    network, size = network_of(name.partition(",")[0])
    mutants = Mutants(network, tmp_path, size)
    places = list(mutants.places())
    if name == "demo":
        chosen = np.random.default_rng(0).choice(len(places), SAMPLE, replace=False)
        places = [places[i] for i in chosen]
    found = mutants.negated(places, *others(network, size))
    print(name, found)
    assert found.tried >= 150
    # What is not noticed changes no state on 16 other inputs either: neurons that never spike come before it.
    assert found.visible == 0
    assert found.missed / found.tried <= NO_EFFECT[name.partition(",")[0]], found


@pytest.mark.parametrize("name", MUTATED)
def test_weights_of_zero_are_noticed_in_each_array(name: str, tmp_path: Path) -> None:
    network, size = network_of(name)
    _, source, test = export.to_c(network, tmp_path, "net", size=size)
    text = source.read_text()
    arrays = re.findall(r"(static const int\d+_t (weight_\w+)(?:\[\d+\])+ = \{)\n.*?\n\};", text, re.S)
    assert len(arrays) == sum(
        isinstance(layer, quant.IntegerLinear | quant.IntegerConv2d) for layer in network.layers
    ) + (name in ("recurrent", "xylo"))
    for _, array in arrays:
        changed = re.sub(rf"({array}(?:\[\d+\])+ = \{{\n).*?(\n\}};)", r"\g<1>0\2", text, count=1, flags=re.S)
        assert changed != text
        source.write_text(changed)
        words = [source, test]
        assert said(compiled(words, tmp_path / "net", "-O0", "-Wno-missing-braces"))[0] == 1, array


def test_a_step_that_is_refused_or_a_state_that_is_wrong_is_noticed(tmp_path: Path) -> None:
    network = NETWORKS["recurrent"]()
    _, source, test = export.to_c(network, tmp_path, "net")
    text = source.read_text()
    changes = [
        ("    return 0;\n}", "    return 1;\n}"),
        ("state->spikes_1[o] = (uint8_t)v", "state->spikes_1[o] = (uint8_t)!v"),
        ("state->spikes_3[o] = (uint8_t)v", "state->spikes_3[o] = (uint8_t)!v"),
        ("state->mem_5[o] = (int16_t)v", "state->mem_5[o] = (int16_t)-v"),
        ("output[o] = (int32_t)v", "output[o] = 1 + (int32_t)v"),
        ("memset(state, 0, sizeof *state);", "(void)state; (void)memset;"),
    ]
    for old, new in changes:
        assert text.count(old) == 1, old
        source.write_text(text.replace(old, new))
        code, words = said(compiled([source, test], tmp_path / "net", "-O0"))
        assert code == 1, old
        assert not words.endswith(" 0 different\n")


def test_a_silent_layer_is_named(tmp_path: Path) -> None:
    model = demo()
    nn.init.constant_(model[2].weight, -0.5)  # type: ignore[arg-type]  # a tensor
    files = export.to_c(model, tmp_path, "net", steps=4)
    assert "layer '3': 0.0% of its neurons spike (silent)" in files[2].read_text()
    code, text = said(compiled(files[1:], tmp_path / "net"))
    assert code == 0
    assert text.startswith("net: layer 3 stays silent\n")
