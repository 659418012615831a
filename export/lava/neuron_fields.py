"""The fields that say what neurons of `loihi2` are, in files of lava-dl."""

from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut.export.lava.neurons import BIAS_EXPONENT, MESSAGE_BITS, UNITY
from spikelut.quant.dynamics.graded.spec import GradedSpec
from spikelut.quant.network.layers import IntegerLIF


def fields_of(layer: IntegerLIF, where: str) -> dict[str, Any]:
    """The fields of a layer's neurons; none of a read-out that netx makes of a layer without them.

    Raises ValueError for neurons that netx has not.
    """
    parts = sorted(layer.others)
    if parts == ["graded"]:
        return _sigma_delta(layer.others["graded"], layer, where)
    require(not parts, where, "netx has no neurons with", ", ".join(parts))
    spec = layer.spec
    if layer.reads_out:
        adds_up = layer.synapse is None and layer.bias is None and np.all(np.equal(spec.leak.amount, UNITY))
        require(bool(adds_up), where, "a read-out must add up: no leak (beta=1), current (alpha) or bias", "others")
        return {}
    current = 0 if layer.synapse is None else layer.synapse.leak.amount
    threshold = spec.threshold
    require(isinstance(threshold, int), where, "threshold must be one for the layer", "one for each neuron")
    return {
        "type": "CUBA",
        "iDecay": UNITY - current,
        "vDecay": UNITY - spec.leak.amount,
        "vThMant": threshold >> BIAS_EXPONENT,
        "refDelay": 1,
        "gradedSpike": False,
    }


def _sigma_delta(graded: GradedSpec, layer: IntegerLIF, where: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"type": "SDNN", "activation": "relu", "vThMant": 0}
    if graded.kind == "sigma":
        return {**fields, "sigma_output": True}
    bits = graded.message.bits
    require(bits == MESSAGE_BITS, where, f"message_bits must be {MESSAGE_BITS}: netx fails on files with others", bits)
    unit, threshold = 2 * BIAS_EXPONENT, layer.spec.threshold
    require(isinstance(threshold, int), where, "threshold must be one for the layer", "one for each neuron")
    whole = threshold % (1 << unit) == 0
    require(whole, where, "threshold must be a whole number, in real values", threshold * layer.spec.membrane.step)
    require(not graded.cumulative, where, "cumulative must be False: netx adds up no errors", True)
    message = "message_step must be 2**-6, as netx has it (state_exp)"
    require(graded.drop == BIAS_EXPONENT, where, message, graded.message.step)
    if graded.kind == "delta":
        message = "input_step must be 1, as netx has it (spike_exp)"
        require(-graded.drop_in == unit, where, message, 2.0**-layer.kind.arriving_frac)
    else:
        require(graded.relu, where, "the activation must be ReLU, the only one netx computes", "none")
    return {**fields, "vThMant": threshold >> unit}
