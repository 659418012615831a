"""What Lava's sigma-delta processes recorded, and the integers of layers with the same numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from golden_vectors import Ints, numbered, vectors

from spikelut import hw_profiles
from spikelut.quant.dynamics.graded.neurons import KINDS, GradedDynamics
from spikelut.quant.dynamics.graded.spec import graded_integers
from spikelut.quant.network.layers import IntegerLinear

FILE = "loihi_sigma_delta"
PROFILE = hw_profiles.load("loihi2")
ZERO = np.zeros((), np.int64)
NAMES = ("sigma", "delta", "sigma_delta")
SHIFT = PROFILE.weight.shift
"""By how many bits the library's synaptic sums are finer than Lava's, which LIF shifts and these processes do not."""


def kind_of(number: int, c: dict[str, Ints]) -> GradedDynamics:
    """The kind of a configuration on the profile, with the integers of the configuration."""
    name: Any = NAMES[number]
    if name == "sigma":
        spec, graded = graded_integers(PROFILE, name)
        return KINDS[name](spec, graded)
    exponent, state = int(c["spike_exp"] + c["state_exp"]), int(c["state_exp"])
    unit = graded_integers(PROFILE, "sigma")[0].membrane.step
    spec, graded = graded_integers(
        PROFILE,
        name,
        threshold=int(c["vth"]) * 2**exponent * unit,
        message_step=2**state * unit,
        input_step=2**exponent * unit if name == "delta" else None,
        cumulative=bool(c["cum_error"]),
        relu=name == "sigma_delta" and int(c["act_mode"]) == 1,
    )
    return KINDS[name](spec, graded)


@dataclass(frozen=True)
class Recorded:
    """A configuration: its kind, the synaptic sums and the bias in codes, and what each state and the output were."""

    kind: GradedDynamics
    arriving: Ints
    bias: Any
    expected: dict[str, Ints]


def recorded() -> Iterator[Recorded]:
    """All configurations; `output` is what is sent."""
    for c in numbered(FILE, "n_configs", "c"):
        kind = kind_of(int(c["kind"]), c)
        shift = 0 if kind.graded.kind == "delta" else SHIFT
        bias: Any = 0
        if kind.graded.kind == "sigma_delta":
            bias = c["bias"] << int(c["spike_exp"] + c["state_exp"])
        expected = {state.name: c[state.name] for state in kind.states} | {"output": c["s_out"]}
        if "error" in c and "error" not in expected:
            assert not c["error"].any()
        yield Recorded(kind, c["a_in"] << shift, bias, expected)


@dataclass(frozen=True)
class RecordedNet:
    """A network of an encoder, weights, sigma-delta neurons, weights and a decoder."""

    encoder: GradedDynamics
    first: IntegerLinear
    hidden: GradedDynamics
    bias: Ints
    second: IntegerLinear
    decoder: GradedDynamics
    arrays: dict[str, Ints]

    @property
    def given(self) -> Ints:
        """The values to encode."""
        return self.arrays["x"]


def recorded_nets() -> Iterator[RecordedNet]:
    """The networks of the file."""
    for net in _nets():
        encoder = kind_of(1, {**dict.fromkeys(("spike_exp", "state_exp", "cum_error"), ZERO), "vth": net["vth_in"]})
        exponent = int(net["spike_exp"] + net["state_exp"])
        layers = [_weights(f"dense{n}", net[f"weights{n}_eff"], int(net[f"weight_exp{n}"])) for n in (1, 2)]
        hidden, decoder = kind_of(2, net), kind_of(0, {})
        yield RecordedNet(encoder, layers[0], hidden, net["bias"] << exponent, layers[1], decoder, net)


def _nets() -> Iterator[dict[str, Ints]]:
    data, i = vectors(FILE), 0
    while f"net{i}_x" in data:
        yield {key.removeprefix(f"net{i}_"): a for key, a in data.items() if key.startswith(f"net{i}_")}
        i += 1


def _weights(name: str, weights: Ints, exponent: int) -> IntegerLinear:
    """The weights that were used, with the largest power of two that all are multiples of as the smallest."""
    common = int(np.gcd.reduce(np.abs(weights).ravel())) or 1
    lsb = common & -common
    return IntegerLinear(name, (weights // lsb).astype(np.int16), lsb, exponent, SHIFT, 16)
