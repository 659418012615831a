"""The neurons of lava-dl's files as those of `loihi2`: LIF with and without a current, sigma-delta; a read-out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.lava.fields import Entry
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.graded.spec import graded_integers, graded_of, state_format
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.network.layers import IntegerBias, IntegerLIF
from spikelut.quant.network.synapses import IntegerLinear
from spikelut.surrogates import Surrogate

BIAS_EXPONENT = 6
"""netx gives LIF neurons `bias_exp` 6, and sigma-delta neurons `spike_exp` and `state_exp` 6."""
UNITY = 4096
LIF_TYPES, SIGMA_DELTA = ("LOIHI", "CUBA"), "SDNN"
TRAINING = ("theta", "scaleRho", "tauRho")
"""Fields that say nothing that is not in others, or how a network was trained."""
LIF_FIELDS = ("type", "iDecay", "vDecay", "vThMant", "refDelay", "gradedSpike", "messageBits", "wgtExp", "weight_exp")
SIGMA_DELTA_FIELDS = ("type", "activation", "vThMant", "sigma_output", "messageBits")
MESSAGE_BITS = 16
"""Of the messages of sigma-delta neurons, where a file does not say."""


@dataclass(frozen=True)
class Place:
    """Where neurons stand: the layer's name, how many neurons or channels it has, and whether it is the input."""

    name: str
    count: int
    first: bool
    profile: Profile
    surrogate: Surrogate


def neurons_of(entry: Entry, place: Place, bias: NDArray[np.int64] | None, recurrent: IntegerLinear | None) -> Any:
    """The neurons that a group says."""
    kind = entry.text("type")
    known = kind in (*LIF_TYPES, SIGMA_DELTA)
    message = f"type must be one of {', '.join((*LIF_TYPES, SIGMA_DELTA))}, which netx runs on loihi2's integers"
    require(known, entry.where, message, kind)
    if kind == SIGMA_DELTA:
        require(recurrent is None, entry.where, "sigma-delta neurons must have no recurrent weights", "some")
        return _sigma_delta(entry, place, bias)
    return _lif(entry, place, bias, recurrent)


def read_out(name: str, profile: Profile) -> IntegerLIF:
    """What netx makes of a layer without neurons: sums that add up and never leak, nor spike."""
    return IntegerLIF(name, LIFSpec.from_profile(profile, 1.0, None, None, "from_lava"), None, None)


def _lif(entry: Entry, place: Place, bias: Any, recurrent: IntegerLinear | None) -> IntegerLIF:
    entry.only(*LIF_FIELDS, *TRAINING)
    where, profile, count = entry.where, place.profile, place.count
    for key, wanted, why in (
        ("refDelay", 1, "netx knows no refractory period"),
        ("wgtExp", 0, "netx shifts no weights by it"),
        ("weight_exp", 0, "netx shifts no currents by it"),
        ("gradedSpike", 0, "netx sends spikes without a number"),
    ):
        found = entry.whole(key, -(2**16), 2**16, wanted)
        require(found == wanted, where, f"{key} must be {wanted}: {why}", found)
    entry.whole("messageBits", 0, 24, 0)  # a spike is 0 or 1 in any number of bits
    leaks = UNITY - entry.each("vDecay", 0, UNITY - 1, count)
    current = UNITY - entry.each("iDecay", 1, UNITY, count)
    threshold = entry.whole("vThMant", 1, 2**17 - 1) * 2.0 ** (6 - profile.grid.frac)
    spec = LIFSpec.from_profile(profile, leaks / UNITY, threshold, "zero", where)
    # The input drives the membrane, as a bias, so that nothing is ever in its current.
    none = place.first or not np.any(current)
    synapse = None if none else SynapseSpec.from_profile(profile, current / UNITY, where)
    held = None if bias is None else IntegerBias(bias, BIAS_EXPONENT)
    return IntegerLIF(place.name, spec, place.surrogate, None, synapse=synapse, bias=held, recurrent=recurrent)


def _sigma_delta(entry: Entry, place: Place, bias: Any) -> IntegerLIF:
    entry.only(*SIGMA_DELTA_FIELDS, *TRAINING)
    where, profile = entry.where, place.profile
    if "activation" in entry:
        found = entry.text("activation")
        require(found == "relu", where, "activation must be relu, which is what netx computes of any", found)
    unit, most = state_format(profile, where).step, graded_of(profile, where).message_bits
    bits = entry.whole("messageBits", 2, most, MESSAGE_BITS)
    drop = 2.0**BIAS_EXPONENT * unit
    common: dict[str, Any] = {"message_bits": bits, "who": where}
    if "sigma_output" in entry and not place.first:
        require(bias is None, where, "neurons with sigma_output must have no bias", "some")
        spec, graded = graded_integers(profile, "sigma", who=where)  # which sends no messages
        return IntegerLIF(place.name, spec, None, None, others={"graded": graded})
    threshold = entry.whole("vThMant", 0, 2**20) * 2.0 ** (2 * BIAS_EXPONENT) * unit
    common |= {"threshold": threshold, "message_step": drop}
    if place.first:
        spec, graded = graded_integers(profile, "delta", input_step=2.0 ** (2 * BIAS_EXPONENT) * unit, **common)
        return IntegerLIF(place.name, spec, None, None, others={"graded": graded})
    spec, graded = graded_integers(profile, "sigma_delta", relu=True, **common)
    held = None if bias is None else IntegerBias(bias << BIAS_EXPONENT, BIAS_EXPONENT)
    return IntegerLIF(place.name, spec, None, None, bias=held, others={"graded": graded})
