"""What Lava's ATRLIF recorded, and the integers of layers with the same numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from golden_vectors import Ints, numbered, vectors

from spikelut import hw_profiles
from spikelut.quant.dynamics.adaptive.spec import AdaptationSpec
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec

FILE = "loihi_atrlif"
PROFILE = hw_profiles.load("loihi2")
NAMES = ("mem", "adaptation", "refractory", "syn", "spikes")
UNIT = 64
"""Membrane codes of one of Lava's inputs and thresholds."""


def kind_of(c: dict[str, Ints], bits: int = 32) -> Dynamics:
    """The kind of a configuration on the profile, with its integers, and theta and r in registers of `bits`.

    The simulator keeps these in 32 bits, and so does not say what the 24 bits of the chip do beyond their ends.
    """
    adaptation = AdaptationSpec.from_profile(PROFILE, 0.5, 0.5, 0.5, "golden")
    spec = adaptation.membrane(PROFILE, LIFSpec.from_profile(PROFILE, 0.5, 1.0, None))
    synapse = SynapseSpec.from_profile(PROFILE, 0.5, "golden")

    def leak(of: Leak, lost: int) -> Leak:
        return replace(of, amount=4096 - lost)

    adaptation = replace(
        adaptation,
        threshold_leak=leak(adaptation.threshold_leak, int(c["delta_theta"])),
        refractory_leak=leak(adaptation.refractory_leak, int(c["delta_r"])),
        threshold_step=UNIT * int(c["theta_step"]),
        register=replace(adaptation.register, bits=bits),
    )
    spec = replace(spec, leak=leak(spec.leak, int(c["delta_v"])), threshold=UNIT * int(c["theta_0"]))
    return dynamics_of(spec, replace(synapse, leak=leak(synapse.leak, int(c["delta_i"]) + 1)), adaptation=adaptation)


def bias_of(c: dict[str, Ints]) -> Ints:
    """The bias of each neuron in membrane codes."""
    mantissa, exponent = c["bias_mant"], c["bias_exp"]
    return np.where(exponent >= 0, mantissa << np.maximum(exponent, 0), mantissa >> np.maximum(-exponent, 0))


@dataclass(frozen=True)
class Recorded:
    """A configuration: what came in, in codes, from where, and every state after every step, [time, neuron]."""

    arrays: dict[str, Ints]
    arriving: Ints
    bias: Ints
    first: dict[str, Ints]
    expected: dict[str, Ints]

    @classmethod
    def of(cls, c: dict[str, Ints], arriving: Ints) -> "Recorded":
        """Of the arrays of a configuration."""
        base, rest = UNIT * c["theta_0"], np.zeros_like(c["i"][0])
        states = {"mem": c["v"], "adaptation": c["theta"] - base, "refractory": c["r"], "syn": c["i"]}
        first = {
            "mem": c.get("v0", rest),
            "adaptation": rest,
            "refractory": c.get("r0", rest),
            "syn": c.get("i0", rest),
        }
        return cls(c, arriving, bias_of(c), first, {**states, "spikes": c["spikes_out"]})

    @property
    def in_24_bits(self) -> bool:
        """Whether theta and r stay within the chip's registers."""
        states = (self.expected["adaptation"], self.expected["refractory"], self.first["refractory"])
        return max(int(abs(state).max()) for state in states) < 2**23


def recorded() -> Iterator[Recorded]:
    """Every configuration."""
    for c in numbered(FILE, "n_configs", "c"):
        yield Recorded.of(c, UNIT * c["a_in"])


def edge() -> Recorded:
    """The group in which a current lands on the ends of its register."""
    c = {k.removeprefix("edge_"): a for k, a in vectors(FILE).items() if k.startswith("edge_")}
    return Recorded.of(c, UNIT * c["a_in"])


def nets() -> Iterator[tuple[dict[str, Ints], Recorded]]:
    """Every network, with the sums of its inputs that arrive in each step, without those of its own spikes."""
    numbers = {key.split("_")[0] for key in vectors(FILE) if key.startswith("net")}
    for name in sorted(numbers):
        c = {k.removeprefix(f"{name}_"): a for k, a in vectors(FILE).items() if k.startswith(f"{name}_")}
        yield c, Recorded.of(c, UNIT * delayed(shifted(c["spikes_in"] @ c["weights_eff"].T, int(c["weight_exp"]))))


def shifted(sums: Ints, exponent: int) -> Ints:
    """Sums of weights as Lava's Dense hands them on: floored where the shift is to the right."""
    return sums << exponent if exponent >= 0 else sums >> -exponent


def delayed(sums: Ints) -> Ints:
    """What arrives a step later."""
    return np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])


def stacked(rows: list[tuple[Any, ...]]) -> dict[str, Ints]:
    """States and spikes of all steps by name."""
    return {name: np.stack([np.asarray(row[i]) for row in rows]) for i, name in enumerate(NAMES)}
