"""hls4ml's spiking layers, of all recorded types, against what its header and its converter's networks computed."""

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
from golden_vectors import Ints, different, numbered
from hls4ml_vectors import layer, reset_of, type_of

from spikelut.hw_profiles import ApFixed
from spikelut.quant import hls4ml

pytestmark = pytest.mark.golden

RULES = get_args(hls4ml.DecisionRule)
MODES = get_args(hls4ml.OutputMode)


def neurons(c: dict[str, Ints], membrane: str, threshold: str, data: ApFixed) -> hls4ml.Neurons:
    """Neurons of a configuration, or of a layer of a network."""
    leaks = bool(c["kind"])
    return hls4ml.Neurons(
        threshold=c["threshold"],
        beta=c["beta"] if leaks else None,
        reset=reset_of(c),
        window_size=int(c["window_size"]),
        data=data,
        membrane=type_of(c, membrane),
        beta_type=type_of(c, "beta") if leaks else hls4ml.DEFAULT,
        threshold_type=type_of(c, threshold),
    )


def test_neurons() -> None:
    wrong = 0
    for c in numbered("hls4ml_snn", "n_configs", "c"):
        spikes, mem = neurons(c, "mem", "thr", type_of(c, "data")).run(c["x"])
        wrong += different("hls4ml_snn", spikes, c["spikes"]) + different("hls4ml_snn", mem, c["mem"])
    assert wrong == 0


def test_readouts() -> None:
    wrong = 0
    for c in numbered("hls4ml_readout", "n_configs", "c"):
        readout = hls4ml.Readout(
            output_mode=MODES[int(c["output_mode"])],
            decision_rule=RULES[int(c["decision_rule"])],
            window_size=int(c["window_size"]),
            class_threshold=int(c["class_threshold"]),
            beta=int(c["beta"]),
            data=type_of(c, "data"),
            membrane=type_of(c, "mem"),
            result=type_of(c, "res"),
        )
        out, state = readout.run(c["x"])
        wrong += different("hls4ml_readout", out, c["out"]) + different("hls4ml_readout", state, c["state"])
    assert wrong == 0


def dense(c: dict[str, Ints], data: ApFixed) -> hls4ml.Dense:
    accum, result, weight, bias = (type_of(c, name) for name in ("accum", "result", "weight", "bias"))
    return hls4ml.Dense(c["weight"], c["bias"], accum, result, data, weight, bias)


def test_networks() -> None:
    """Each layer is given what the one before was recorded to give, so that none hides behind another."""
    wrong, one = 0, ApFixed(2, 2)
    for c in numbered("hls4ml_snn_net", "n_configs", "c"):
        given, kind = c["x"], type_of(c, "x")
        for n in ("1", "2"):
            fc = layer(c, f"fc{n}")
            wrong += different("hls4ml_snn_net", dense(fc, kind).run(given), fc["out"])
            given, kind = fc["out"], type_of(fc, "result")
            if f"lif{n}_spikes" in c:
                lif = layer(c, f"lif{n}")
                spikes, _ = neurons(lif, "membrane", "threshold", kind).run(given)
                wrong += different("hls4ml_snn_net", spikes, lif["spikes"])
                given, kind = lif["spikes"], one
        if "readout_out" in c:
            last = layer(c, "readout")
            readout = hls4ml.Readout(
                output_mode=MODES[int(last["output_mode"])],
                decision_rule=RULES[int(last["decision_rule"])],
                window_size=int(last["window_size"]),
                beta=int(last["beta"]),
                data=kind,
                membrane=type_of(last, "membrane"),
                result=type_of(last, "result"),
            )
            wrong += different("hls4ml_snn_net", readout.run(given)[0], last["out"])
    assert wrong == 0


def test_decisions() -> None:
    """Of equal ones the first; by threshold the first that has enough, not the largest."""
    counts = np.array([[5, 9, 9], [1, 0, 1], [9, 8, 9], [1, 2, 3]])
    assert hls4ml.decide(counts, "argmax_spike_count").tolist() == [1, 0, 0, 2]
    assert hls4ml.decide(counts, "first_to_threshold", 4).tolist() == [0, 0, 0, 2]
    assert hls4ml.decide(counts, "threshold_then_argmax", 2).tolist() == [0, 0, 0, 1]
    assert hls4ml.decide(counts[:, :2], "binary_logit").tolist() == [4, -1, -1, 1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: hls4ml.decide(np.zeros((1, 3), np.int64), "binary_logit"),
            "decide: binary_logit needs 2 classes, got 3",
        ),
        (lambda: hls4ml.Readout("membrane"), "decision_rule must be one of binary_logit, argmax_membrane in mode"),
        (lambda: hls4ml.Readout("spike", "argmax_membrane"), "threshold_then_argmax, binary_logit in mode 'spike'"),
        (lambda: hls4ml.Readout(window_size=0), r"Readout: window_size must be an integer in 1\.\.2147483647, got 0"),
    ],
)
def test_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
