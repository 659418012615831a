"""The neurons of lava-dl's files as those of `loihi2`: LIF, with a current or adaptive, sigma-delta; a read-out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.lava.fields import Entry
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.adaptive.spec import AdaptationSpec
from spikelut.quant.dynamics.graded.spec import graded_integers, graded_of, state_format
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.network.layers import IntegerBias, IntegerLIF
from spikelut.quant.network.synapses import IntegerLinear
from spikelut.surrogates import Surrogate

BIAS_EXPONENT = 6
"""netx gives LIF neurons `bias_exp` 6, and sigma-delta neurons `spike_exp` and `state_exp` 6."""
UNITY = 4096
LIF_TYPES, ADAPTIVE, SIGMA_DELTA = ("LOIHI", "CUBA"), "ALIF", "SDNN"
TRAINING = ("theta", "scaleRho", "tauRho")
"""Fields that say nothing that is not in others, or how a network was trained."""
LIF_FIELDS = ("type", "iDecay", "vDecay", "vThMant", "refDelay", "gradedSpike", "messageBits", "wgtExp", "weight_exp")
ADAPTIVE_FIELDS = ("type", "iDecay", "vDecay", "thDecay", "refDecay", "vThMant", "vThStep", "refDelay", "gradedSpike")
SIGMA_DELTA_FIELDS = ("type", "activation", "vThMant", "sigma_output", "messageBits")
WITHOUT_EFFECT = (
    ("refDelay", 1, "netx knows no refractory period"),
    ("wgtExp", 0, "netx shifts no weights by it"),
    ("weight_exp", 0, "netx shifts no currents by it"),
    ("gradedSpike", 0, "netx sends spikes without a number"),
)
"""Fields that netx does not read, each with the value that changes nothing."""
MOST_THRESHOLD = 2**17 - 1
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
    types = (*LIF_TYPES, ADAPTIVE, SIGMA_DELTA)
    require(kind in types, entry.where, f"type must be one of {', '.join(types)}", kind)
    if kind == SIGMA_DELTA:
        require(recurrent is None, entry.where, "sigma-delta neurons must have no recurrent weights", "some")
        return _sigma_delta(entry, place, bias)
    return _lif(entry, place, bias, recurrent)


def read_out(name: str, profile: Profile) -> IntegerLIF:
    """What netx makes of a layer without neurons: sums that add up and never leak, nor spike."""
    return IntegerLIF(name, LIFSpec.from_profile(profile, 1.0, None, None, "from_lava"), None, None)


def _lif(entry: Entry, place: Place, bias: Any, recurrent: IntegerLinear | None) -> IntegerLIF:
    adapts = entry.text("type") == ADAPTIVE
    entry.only(*(ADAPTIVE_FIELDS if adapts else (*LIF_FIELDS, *TRAINING)))
    where, profile, count = entry.where, place.profile, place.count
    for key, wanted, why in WITHOUT_EFFECT:
        found = entry.whole(key, -(2**16), 2**16, wanted)
        require(found == wanted, where, f"{key} must be {wanted}: {why}", found)
    entry.whole("messageBits", 0, 24, 0)  # a spike is 0 or 1 in any number of bits
    kept = UNITY - entry.each("vDecay", 0, UNITY - 1, count)
    current = UNITY - entry.each("iDecay", 1, UNITY, count)
    fades, unit = bool(np.any(current)), 2.0 ** (BIAS_EXPONENT - profile.grid.frac)
    message = "iDecay must be 4096 of an input: lava-dl trains with its current, netx drives the membrane"
    require(not (fades and place.first), where, message, "less")
    threshold = entry.whole("vThMant", 1, MOST_THRESHOLD) * unit
    spec, others = LIFSpec.from_profile(profile, kept / UNITY, threshold, "zero", where), {}
    if adapts:
        plain = not place.first and not (fades and bias is not None)
        require(plain, where, "ALIF must not be an input, nor have a bias and a current that decays", "one")
        slow, tired = (UNITY - entry.each(key, 0, UNITY, count) for key in ("thDecay", "refDecay"))
        step = entry.whole("vThStep", 0, MOST_THRESHOLD) * unit
        adaptation = AdaptationSpec.from_profile(profile, slow / UNITY, tired / UNITY, step, where)
        spec, others = adaptation.membrane(profile, spec), {"adaptation": adaptation}
    synapse = SynapseSpec.from_profile(profile, current / UNITY, where) if fades else None
    held = None if bias is None else IntegerBias(bias, BIAS_EXPONENT)
    parts: dict[str, Any] = {"synapse": synapse, "bias": held, "recurrent": recurrent, "others": others}
    return IntegerLIF(place.name, spec, place.surrogate, None, **parts)


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
