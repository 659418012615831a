"""A network's summary: every number beside what the layers do, of all kinds of layers; text, rows, frames."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from graph_models import GRAPHS, graph, lif, linear, woken
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.network.layers import IntegerLIF, weights_of
from spikelut.quant.network.synapses import IntegerWeights
from spikelut.surrogates import Arctan

GENERIC, LOIHI, HLS = (hw_profiles.load(name) for name in ("generic16", "loihi2", "hls4ml"))
ODIN, SPECK, XYLO = (hw_profiles.load(name) for name in ("odin", "speck2f", "xylo"))
X = (torch.rand(6, 3, 12, generator=torch.Generator().manual_seed(0)) < 0.5).float()
IMAGES = (torch.rand(4, 2, 2, 6, 6, generator=torch.Generator().manual_seed(0)) < 0.5).float()


def own(low: float, high: float, count: int = 10) -> Tensor:
    return torch.linspace(low, high, count)


def on(profile: Any) -> dict[str, Any]:
    return {"profile": profile, "surrogate": Arctan()}


def dense(neurons: Any, profile: Any = GENERIC, **options: Any) -> nn.Module:
    return woken(nn.Sequential(quant.QuantLinear(12, 10, profile=profile, **options), neurons))


def signed(model: Any) -> nn.Module:
    """With as many weights below zero as above."""
    model[0].weight.data[:, ::2] *= -1
    return model  # type: ignore[no-any-return]


def recurrent() -> nn.Sequential:
    """Weights of 5 bits, decays and thresholds of each neuron, recurrent weights, bias, a read-out behind a delay."""
    spike = quant.LUTSurrogate(Arctan(alpha=2.0), GENERIC)
    neurons = quant.LIF(GENERIC, spike, beta=own(0.5, 0.9), threshold=own(0.5, 2.0), bias=10)
    layers = quant.QuantLinear(12, 10, profile=GENERIC, per_channel=True), quant.Recurrent(neurons, 10, weight_bits=5)
    late = quant.Delay(torch.arange(10) % 4, profile=GENERIC), quant.QuantLinear(10, 3, profile=GENERIC, weight_bits=8)
    model = woken(nn.Sequential(*layers, *late, quant.LI(GENERIC, beta=0.95)))
    assert isinstance(model, nn.Sequential)
    return model


KINDS: dict[str, tuple[Any, Tensor]] = {
    "recurrent": (recurrent, X),
    "cuba": (lambda: dense(quant.CubaLIF(LOIHI, Arctan(), alpha=0.5, refractory=3), LOIHI), X),
    "adaptive": (lambda: dense(quant.AdaptiveLIF(GENERIC, Arctan(), threshold_step=0.25)), X),
    "window": (lambda: dense(quant.LIF(HLS, Arctan(), window_size=5), HLS), X),
    "graded": (lambda: signed(dense(quant.SigmaDelta(LOIHI, threshold=0.25), LOIHI, graded_input=True)), X),
    "events": (lambda: woken(nn.Sequential(quant.EventLIF(12, 6, **on(ODIN)))), X),
    "event images": (lambda: woken(nn.Sequential(quant.EventConv2d(2, 4, 3, **on(SPECK)))), IMAGES),
    "several spikes": (lambda: dense(quant.CubaLIF(XYLO, Arctan(), alpha=0.5), XYLO), X),
}


def read(name: str) -> tuple[quant.IntegerNetwork, tuple[Tensor, ...]]:
    """A network and its inputs."""
    if name in GRAPHS:
        model, x = graph(name)
        return quant.integer(model, example=x if len(x) > 1 else x[0]), x
    make, given = KINDS[name]
    torch.manual_seed(0)
    return quant.integer(make(), example=given), (given,)


@pytest.mark.parametrize("name", [*GRAPHS, *KINDS])
def test_rows_are_what_the_layers_do(name: str) -> None:
    network, x = read(name)
    names = [one.name for one in network.inputs]
    events = {key: part.numpy() / one.step for key, part, one in zip(names, x, network.inputs, strict=True)}
    found = dict(network.passed(events if len(events) > 1 else next(iter(events.values()))))
    rows = {row["layer"]: row for row in network.summary().rows}
    parts = {part.name: part for layer in network.layers for part in weights_of(layer)}
    for node in network.nodes:
        row, value = rows[node.layer.name], found[node.layer.name]
        shape = [n if isinstance(n, int) else m for n, m in zip(row["shape"], value.shape[2:], strict=True)]
        assert shape == list(value.shape[2:])
        assert row["least"] <= value.min()
        assert value.max() <= row["largest"]
        assert (row["gives"] == "membranes") == getattr(node.layer, "reads_out", False)
        assert row["inputs"] == list(node.inputs)
        assert row["profile"] == node.profile.name
        if isinstance(node.layer, IntegerLIF):
            check_neurons(row, node.layer)
        elif isinstance(node.layer, IntegerWeights):
            given = network.signals[node.inputs[0]]
            check_weights(row, node.layer, given.least, given.largest)
    total = sum(part.codes.size for part in parts.values())
    total += sum(len(layer.bias.mantissa) for layer in network.layers if isinstance(layer, IntegerLIF) and layer.bias)
    assert network.summary().parameters == total > 0
    assert set(rows) == {layer.name for layer in network.layers} | {n for n in parts if n.endswith(".linear")}
    json.dumps(network.summary().rows)


def check_weights(row: dict[str, Any], layer: IntegerWeights, least: int, largest: int) -> None:
    """Against sums that were made: of the inputs that drive each output furthest up, and down."""
    codes = layer.codes.astype(np.int64).reshape(len(layer.codes), -1)
    assert row["codes"] == [codes.min(), codes.max()]
    assert -(2 ** (row["bits"] - 1)) <= row["codes"][0]
    assert row["codes"][1] < 2 ** (row["bits"] - 1)
    shifts = row["shift"] if isinstance(row["shift"], list) else [row["shift"]] * 2
    factors = layer.factors(1).ravel()
    assert [1 << n for n in shifts] == [factors.min(), factors.max()]
    up, down = np.where(codes > 0, largest, least), np.where(codes > 0, least, largest)
    ends = [(codes * one).sum(1) * factors for one in (up, down)]
    assert row["reach"] == np.abs(ends).max() == max(-row["least"], row["largest"])
    assert row["share"] == row["reach"] / row["limit"] <= 1
    assert row["fan_in"] == codes.shape[1]


def check_neurons(row: dict[str, Any], layer: IntegerLIF) -> None:
    """Against the registers, and a step of a neuron without an input."""
    spec = layer.spec
    assert list(row["states"]) == [state.name for state in layer.kind.states]
    sign = "s" if spec.membrane.signed else "u"
    assert next(iter(row["states"].values())) == f"{sign}{spec.membrane.bits}.{spec.membrane.frac}"
    if spec.threshold is not None and "graded" not in layer.others:
        assert np.all(np.array(row["numbers"]["threshold"]) == spec.threshold * 2.0**-spec.membrane.frac)
        assert row["numbers"].get("reset", "none") == spec.reset
    if "graded" in layer.others:
        assert row["numbers"] == {"threshold": 0.25, "message": f"s16.{spec.membrane.frac - 6}"}
    if spec.leak.kind == "multiply" and "graded" not in layer.others and "beta" in row["numbers"]:
        assert np.all(np.array(row["numbers"]["beta"]) == spec.leak.amount * 2.0**-spec.leak.frac)
    assert row["numbers"].get("max_spikes", 1) == spec.max_spikes
    assert row["bias"] == (None if layer.bias is None else len(layer.bias.mantissa))


def test_kinds_are_named() -> None:
    wanted = {
        "recurrent": ["linear", "LIF", "recurrent linear", "delay", "linear", "LI"],
        "cuba": ["linear", "CubaLIF"],
        "adaptive": ["linear", "AdaptiveLIF"],
        "window": ["linear", "LIF"],
        "graded": ["linear", "SigmaDelta"],
        "events": ["IF, event by event"],
        "event images": ["IF, event by event"],
        "several spikes": ["linear", "CubaLIF"],
    }
    rows = {name: read(name)[0].summary().rows for name in KINDS}
    assert {name: [row["kind"] for row in found] for name, found in rows.items()} == wanted
    assert rows["cuba"][1]["numbers"]["refractory"] == 3
    assert rows["cuba"][1]["numbers"]["alpha"] == 0.5
    assert rows["cuba"][1]["states"] == {"mem": "s24.18", "wait": "u6.18", "syn": "s24.18"}
    assert rows["adaptive"][1]["numbers"]["threshold_step"] == 0.25
    assert rows["window"][1]["numbers"]["window_size"] == 5
    assert rows["several spikes"][1]["numbers"]["max_spikes"] == 31
    assert rows["several spikes"][1]["largest"] == 31
    assert rows["recurrent"][3]["delays"] == [0, 3]
    assert rows["events"][0]["bits"] == 4
    assert rows["events"][0]["parameters"] == 72
    assert len(rows["recurrent"][1]["numbers"]["beta"]) == 10
    delayed = {row["kind"] for row in read("delayed")[0].summary().rows}
    assert delayed >= {"delayed linear", "delay", "convolution", "add"}


def test_the_text_of_a_network() -> None:
    text = str(read("recurrent")[0].summary())
    assert text == (Path(__file__).parent / "recurrent.txt").read_text(encoding="utf-8").rstrip("\n")


def test_what_is_not_the_layer_before_is_said() -> None:
    chain, branching = (str(read(name)[0].summary()) for name in ("adaptive", "two heads"))
    assert "takes" not in chain
    assert "takes" in branching
    assert " on " not in branching
    chips = str(read("two chips")[0].summary()).splitlines()
    assert chips[2].endswith("on loihi2")
    assert chips[4].endswith("on generic16")


def test_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    summary = read("recurrent")[0].summary()
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=list))
    frame: Any = summary.to_frame()
    assert [row["layer"] for row in frame] == [row["layer"] for row in summary.rows]
    assert frame[1]["threshold"] == summary.rows[1]["numbers"]["threshold"]
    assert "numbers" not in frame[1]
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match=r"^NetworkSummary.to_frame: pandas is needed; run: pip install pan"):
        summary.to_frame()


def test_names_of_users_stay_in_their_line() -> None:
    model = nn.Sequential()
    model.add_module("a\nb", linear(12, 10))
    model.add_module("c", lif())
    text = str(quant.integer(woken(model)).summary())
    assert len(text.splitlines()) == 4
