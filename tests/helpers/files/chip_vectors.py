"""The networks of the recorded runs of chips, from the numbers in the files."""

from dataclasses import replace
from typing import Any

import numpy as np
from golden_vectors import Ints

from spikelut import hw_profiles, quant
from spikelut.quant.network.events.layer import IntegerEventLIF


def _spec(profile: hw_profiles.Profile, threshold: Ints | None, leak: Ints, reset: str) -> quant.LIFSpec:
    """Neurons with these codes; a single number where all have the same."""
    spec = quant.LIFSpec.from_profile(profile, beta=0.9, threshold=None if threshold is None else 1.0, reset=reset)
    level = None if threshold is None else _codes(threshold)
    return replace(spec, threshold=level, leak=replace(spec.leak, amount=_codes(leak)))


def _codes(values: Ints) -> Any:
    return int(values.flat[0]) if len(np.unique(values)) == 1 else values


def _linear(name: str, codes: Ints, shift: int, bits: int) -> quant.IntegerLinear:
    return quant.IntegerLinear(name, codes.astype(np.int8), 1, shift, 0, bits)


def crossbar(chip: str, arrays: dict[str, Ints]) -> quant.IntegerNetwork:
    """Layers of event neurons: `weights{l}` [out, in], `threshold{l}`, `leak{l}` [out]; `largest` input."""
    profile, layers = hw_profiles.load(chip), []
    for number in range(int(arrays["n_layers"])):
        spec = _spec(profile, arrays[f"threshold{number}"], arrays[f"leak{number}"], "zero")
        weights = _linear(f"{number}.weights", arrays[f"weights{number}"], 0, 4)
        layers.append(IntegerEventLIF(str(number), spec, None, None, weights=weights, each=True))
    return quant.IntegerNetwork(profile, tuple(layers), largest_input=int(arrays["largest"]))


def recurrent(arrays: dict[str, Ints]) -> quant.IntegerNetwork:
    """Layers on ReckOn; `kind{l}`: 0 adds at once, 1 event after event, 2 is a read-out, whose `leak` is kappa."""
    profile = hw_profiles.load("reckon")
    layers: list[Any] = []
    reset = "zero" if arrays["reset_to_zero"] else "subtract"
    for number in range(int(arrays["n_layers"])):
        kind, shift = int(arrays[f"kind{number}"]), int(arrays[f"shift{number}"])
        threshold = None if kind == 2 else arrays[f"threshold{number}"]
        spec = _spec(profile, threshold, arrays[f"leak{number}"], reset)
        if kind == 2:
            out = quant.LIFSpec.from_profile(profile, beta=0.9, threshold=None, reset=None)
            spec = replace(out, leak=replace(out.leak, amount=_codes(arrays[f"leak{number}"])))
        weights = _linear(f"w{number}", arrays[f"weights{number}"], shift, 8)
        if kind == 1:
            layers.append(IntegerEventLIF(str(number), spec, None, None, weights=weights, each=False))
            continue
        own = arrays.get(f"own{number}")
        back = None if own is None else _linear(f"own{number}", own, int(arrays[f"own_shift{number}"]), 8)
        layers += [weights, quant.IntegerLIF(str(number), spec, None, None, recurrent=back)]
    return quant.IntegerNetwork(profile, tuple(layers))
