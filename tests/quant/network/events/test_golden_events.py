"""Layers that take event after event, as networks, against Xylo's simulator and the RTL of ReckOn, ODIN and tinyODIN.

Of NumPy, C and onnxruntime each whole sequence is compared: spikes and all states after every step.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import Library
from golden_vectors import Ints, different, numbered, vectors

from spikelut import export, hw_profiles
from spikelut.quant import IntegerBias, IntegerEventLIF, IntegerLinear, IntegerNetwork, LIFSpec
from spikelut.quant.dynamics.spec import SynapseSpec
from spikelut.quant.network.reference import reference_states
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden


def linear(codes: Ints, exponent: int = 0) -> IntegerLinear:
    """Weights [in, out] whose codes count in membrane codes times 2**exponent."""
    kind = np.int8 if abs(codes * 2 + 1).max() < 2**8 else np.int16
    return IntegerLinear("n.weights", np.ascontiguousarray(codes.T).astype(kind), 1, exponent, 0, 16)


def with_numbers(profile: hw_profiles.Profile, leak: Any, threshold: Any, reset: str | None = None) -> LIFSpec:
    """The integers of a chip's neurons with a leak and a threshold of each."""
    assert profile.decay is not None
    beta = {"multiply": 1.0, "shift": 0.5, "linear": 1.0}[profile.decay.kind]
    usual = LIFSpec.from_profile(profile, beta, 1.0, reset)
    return replace(usual, leak=replace(usual.leak, amount=leak), threshold=threshold)


def ran(network: IntegerNetwork, x: Ints, folder: Path) -> Iterator[dict[str, Ints]]:
    """Spikes and states after each step in NumPy, in C, and in onnxruntime, by the reference's names."""
    yield reference_states(network, x)
    source = export.to_c(network, folder, "net", steps=1)[1]
    yield Library.of(network, source, None).run(x, len(x))
    export.to_onnx(network, torch.from_numpy(x[:, :1]), folder / "net.onnx", dialect="integer", form="step")
    found = export.run_onnx(folder / "net.onnx", x)
    yield {("spikes.n" if name == "n" else name): values for name, values in found.items()}


def same(file: str, made: dict[str, Ints], **golden: Ints) -> None:
    """What was recorded, [T, N], is what was made of one sample."""
    for name, values in golden.items():
        key = {"spikes": "spikes.n", "mem": "n.mem", "syn": "n.syn"}[name]
        assert different(file, made[key].reshape(values.shape), values) == 0


@pytest.mark.parametrize("last", ["", "_out"], ids=["hidden", "output"])
def test_xylo(last: str, tmp_path: Path) -> None:
    """All neurons of a configuration as one layer, whose sources are the inputs and the recorded hidden spikes.

    Left out are neurons with two synaptic currents, which no kind has.
    """
    profile, g, layers = hw_profiles.load("xylo"), vectors("xylo_lif"), 0
    assert profile.step is not None
    for c in numbered("xylo_lif", "n_configs", "c"):
        if len(c["w_in"]) > 1:
            continue
        before = np.concatenate([np.zeros_like(c["spikes"][:1]), c["spikes"][:-1]])
        if last:
            parts = [(c["w_out"][0], int(c["weight_shift"][2]), before)]
        else:
            parts = [(c["w_in"][0], int(c["weight_shift"][0]), c["spikes_in"].clip(max=int(g["max_in"])))]
            parts.append((c["w_rec"][0], int(c["weight_shift"][1]), before))
        least = min(shift for _, shift, _ in parts)
        codes = np.concatenate([weights << shift - least for weights, shift, _ in parts])
        x = np.concatenate([counts for *_, counts in parts], 1)[:, None]
        spec = with_numbers(profile, c[f"dash_mem{last}"], c[f"threshold{last}"])
        spec = replace(spec, max_spikes=profile.step.output_spikes if last else profile.step.max_spikes)
        synapse = SynapseSpec.from_profile(profile, 0.5, "xylo")
        synapse = replace(synapse, leak=replace(synapse.leak, amount=c[f"dash_syn{last}"][0]))
        bias = IntegerBias(c[f"bias{last}"], 0) if c["has_bias"] else None
        neurons = IntegerEventLIF("n", spec, Arctan(), None, synapse, bias, weights=linear(codes, least), each=False)
        network = IntegerNetwork(profile, (neurons,), int(x.max()))
        folder = tmp_path / str(layers)  # a library of that path is loaded once
        folder.mkdir()
        for made in ran(network, x, folder):
            golden = {name: c[f"{key}{last}"] for name, key in (("spikes", "spikes"), ("mem", "vmem"), ("syn", "isyn"))}
            same("xylo_lif", made, **golden)
        layers += 1
    assert layers >= 1


@pytest.mark.parametrize("name", ["odin", "tinyodin"])
def test_odin_sequences(name: str, tmp_path: Path) -> None:
    """The recorded sequence as time steps, each of which its leak ends; every event is a source of its own."""
    profile, g = hw_profiles.load(name), vectors(name)
    if name == "odin":
        leaks, change = g["seq_event"] == 0, g["seq_weight"] * np.array([0, -1, 1])[g["seq_event"]]
        happens = ~leaks
    else:
        leaks = (g["seq_event"] & g["seq_time_ref"]) == 1
        happens = (g["seq_event"] == 1) & ~leaks
        change = g["seq_weight"] * happens
    ends = np.flatnonzero(leaks)
    groups = np.split(np.arange(ends[-1] + 1), ends[:-1] + 1)
    x = np.zeros((len(ends), 1, ends[-1] + 1), np.int64)
    for t, members in enumerate(groups):
        x[t, 0, members] = happens[members]
    spec = with_numbers(profile, int(g["seq_leak"]), int(g["seq_threshold"]))
    weights = linear(change[: ends[-1] + 1, None])
    network = IntegerNetwork(profile, (IntegerEventLIF("n", spec, Arctan(), None, weights=weights, each=True),))
    spikes = np.array([g["seq_spike"][members].sum() for members in groups])
    for made in ran(network, x, tmp_path):
        same(name, made, mem=g["seq_v"][ends, None], spikes=spikes[:, None])


@pytest.mark.parametrize("name", ["odin", "tinyodin"])
def test_single_events_of_odin(name: str) -> None:
    """A neuron for each recorded call, with its own leak and threshold, from the recorded state: an event, or a leak.

    What ends a step compares once more, which the RTL does at every call too: thresholds of 0 are left out, where that
    is a second spike.
    """
    profile, g = hw_profiles.load(name), vectors(name)
    if name == "odin":
        leaks, synaptic = (g["event_leak"] * g["leak_enable"]) == 1, (g["event_exc"] + g["event_inh"]) == 1
        change = g["weight"] * (g["event_exc"] - g["event_inh"])
    else:
        leaks, synaptic = (g["event"] * g["time_ref"]) == 1, (g["event"] == 1) & (g["time_ref"] == 0)
        change = g["weight"]
    usable, compared = (g["threshold"] >= 1) & ~(leaks & synaptic), 0
    for happens in (0, 1):
        chosen = usable & (synaptic == happens)
        # A leak of nothing where the call was none.
        spec = with_numbers(profile, np.where(leaks, g["leak"], 0)[chosen], g["threshold"][chosen])
        weights = linear(change[None, chosen])
        neurons = IntegerEventLIF("n", spec, Arctan(), None, weights=weights, each=True)
        trace = neurons.trace(np.full((1, 1, 1), happens), mem=g["v"][None, chosen])
        assert different(name, trace["mem"][0, 0], g["v_next"][chosen]) == 0
        assert different(name, trace["spikes"][0, 0], g["spike"][chosen]) == 0
        compared += int(chosen.sum())
    assert compared > 0


def test_single_events_of_reckon() -> None:
    """A neuron for each recorded event, which does not leak, whose weights of one index are one event.

    It spikes where the register is full, and loses that: the RTL's adder alone was recorded.
    """
    profile, g = hw_profiles.load("reckon"), vectors("reckon")
    change = (g["syn_w_inp"] << g["syn_shift_inp"]) + (g["syn_w_rec"] << g["syn_shift_rec"])
    spec = with_numbers(profile, 2**15, 2**15 - 1, "subtract")
    neurons = IntegerEventLIF("n", spec, Arctan(), None, weights=linear(change[None]), each=False)
    trace = neurons.trace(np.ones((1, 1, 1), np.int64), mem=g["syn_u"][None])
    full = g["syn_u_next"] == 2**15 - 1
    assert np.array_equal(trace["spikes"][0, 0], full)
    assert different("reckon", trace["mem"][0, 0] + full * (2**15 - 1), g["syn_u_next"]) == 0
    assert full.any()


def test_time_steps_of_reckon() -> None:
    """A neuron for each recorded step, with its own decay and threshold, without an event."""
    profile, g = hw_profiles.load("reckon"), vectors("reckon")
    rows = {k.removeprefix("step_"): a for k, a in g.items() if k.startswith("step_")}
    alpha, compared = (7 + rows["alpha_ge1"]) * 4096 + rows["alpha_low12"], 0
    for zero in (0, 1):
        # Thresholds below one code are none that a layer takes.
        chosen = (rows["stochastic"] == 0) & (rows["threshold"] >= 1) & (rows["reset_to_zero"] == zero)
        spec = with_numbers(profile, alpha[chosen], rows["threshold"][chosen], "zero" if zero else "subtract")
        weights = linear(np.ones((1, chosen.sum()), np.int64))
        neurons = IntegerEventLIF("n", spec, Arctan(), None, weights=weights, each=False)
        trace = neurons.trace(np.zeros((1, 1, 1), np.int64), mem=rows["u"][None, chosen])
        assert different("reckon", trace["mem"][0, 0], rows["u_next"][chosen]) == 0
        assert different("reckon", trace["spikes"][0, 0], rows["spike"][chosen]) == 0
        compared += int(chosen.sum())
    assert compared > 0
