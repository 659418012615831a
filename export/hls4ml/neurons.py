"""Neurons and read-outs in hls4ml's words."""

from math import prod
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut.export.hls4ml.description import At, Description, Readout, name_there
from spikelut.export.hls4ml.types import ONE_BIT, WHO, Exact, as_float32, membrane_type
from spikelut.hw_profiles._ap_fixed import ApFixed
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.windows.spec import WindowSpec
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.signal import Signal


def neurons(out: Description, layer: IntegerLIF, at: At) -> None:
    """`Leaky`, or of neurons that never spike the read-out with a membrane of its own."""
    name, spec, where = name_there(layer.name), layer.spec, f"layer {layer.name!r}"
    more = [key for key, part in layer.others.items() if not isinstance(part, WindowSpec)]
    more += ["recurrent weights"] * bool(layer.recurrent) + ["a synaptic current"] * bool(layer.synapse)
    require(not more, where, "must be neurons with a membrane alone, as hls4ml has", ", ".join(more))
    window = next((part.size for part in layer.others.values()), None)
    size = None if at.readout is None else at.readout.window_size
    message = "window_size must be the steps of the read-out, after which hls4ml clears all neurons"
    require(window in (None, size), where, message, window)
    # It is that of the weights there, which must come right before.
    after = out.layers[-1]["kind"]
    fits = layer.bias is None or after in ("dense", "conv2d")
    require(fits, where, "must come right after its weights, as it has a bias, which they have in hls4ml", after)
    membrane = membrane_type(spec, where)
    if layer.reads_out:
        _membranes(out, layer, membrane, at)
        return
    shape, frac = list(at.given.shape), spec.membrane.frac
    if len(shape) == 3:
        # One row whose order is the library's, channels last: of rows of another form it does not change the order.
        out.add("view", f"{name}_row", shape=[1, prod(shape)])
    types = {"membrane": str(membrane), "result": ONE_BIT}
    types["threshold"] = str(Exact(-1, int(np.max(spec.threshold)), frac))
    constants: dict[str, Any] = {"beta": 1.0, "threshold": spec.threshold * 2.0**-frac}
    if spec.leak.kind == "multiply":
        types["beta"] = str(Exact(-1, 2**spec.leak.frac, spec.leak.frac))
        constants["beta"] = spec.leak.beta
    for key, value in constants.items():
        if is_each(value) and len(shape) == 3:
            value = np.broadcast_to(value, (*shape[1:], shape[0])).reshape(-1)
        out.arrays[f"{name}.{key}"] = as_float32(where, key, value)
    out.add("leaky", name, precision=types, reset=spec.reset, frac=frac, shape=shape)
    if len(shape) == 3 and at.follows is not None:
        out.add("view", f"{name}_images", shape=shape)


def _membranes(out: Description, layer: IntegerLIF, membrane: ApFixed, at: At) -> None:
    """The read-out that owns the last membranes."""
    where, leak, readout = f"layer {layer.name!r}", layer.spec.leak, at.readout
    need = "must have a read-out that decides and is cleared: give steps, for io_stream"
    require(readout is not None and out.io == "io_stream", where, need, out.io)
    assert readout is not None
    rules = ("argmax_membrane", "binary_logit")
    rule = readout.decision_rule
    require(rule in rules, where, f"decision_rule must be one of {', '.join(rules)} for membranes", rule)
    require(not is_each(leak.beta), where, "beta must be one number for hls4ml's read-out", leak.beta)
    # The read-out keeps beta in the membrane's type.
    whole = float(leak.beta) * 2.0**membrane.frac
    fits = whole == int(whole) and whole < 2 ** (membrane.width - 1)
    require(fits, where, f"beta must be a value of the membrane's type, {membrane}", leak.beta)
    result = str(membrane) if rule == "binary_logit" else None
    _readout(
        out, name_there(layer.name), "membrane", readout, at.given, {"membrane": str(membrane)}, result, beta=leak.beta
    )
    out.layers[-1]["frac"] = membrane.frac


def counts(out: Description, name: str, gives: Signal, readout: Readout) -> None:
    """The read-out that counts the last spikes of the layer `name`."""
    where, rule = f"layer {name!r}", readout.decision_rule
    require(gives.kind == "events", where, "must give spikes, or membranes, for a read-out", gives.kind)
    message = "must be without a read-out for io_parallel, where that does not compile: leave steps out"
    require(out.io == "io_stream", where, message, out.io)
    require(rule != "argmax_membrane", where, "decision_rule must be one for spikes", rule)
    require(len(gives.shape) == 1, where, "must be a row of neurons for a read-out", list(gives.shape))
    _readout(out, "readout", "spike", readout, gives, {}, None)


def _readout(
    out: Description, name: str, mode: str, readout: Readout, given: Signal, types: dict[str, str],
    result: str | None, **about: Any,
) -> None:  # fmt: skip
    classes, most = given.shape[0], readout.window_size
    logit = readout.decision_rule == "binary_logit"
    require(not logit or classes == 2, WHO, "decision_rule binary_logit needs 2 classes", classes)
    # A class, or a difference of counts.
    found = Exact(-most - 1, most, 0) if logit else Exact(0, int(classes) - 1, 0)
    about |= {"window_size": most, "decision_rule": readout.decision_rule, "output_mode": mode}
    about |= {"class_threshold": readout.class_threshold, "classes": classes}
    out.add("readout", name, precision={**types, "result": result or str(found)}, **about)
