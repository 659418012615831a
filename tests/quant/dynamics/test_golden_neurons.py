"""Neurons against what Xylo's simulator, the ODIN and tinyODIN RTL and Lava computed; see golden/README.md."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, numbered, vectors

from spikelut import hw_profiles
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.current import synapse_step
from spikelut.quant.dynamics.event_lif import add_events, event_step
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.lif import lif_step
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec

pytestmark = pytest.mark.golden

OPS = [NumpyOps, TorchOps]


def of(ops: Any, x: Ints) -> Any:
    """`x` as the arrays that `ops` works on; torch layers use 32 bits."""
    return torch.from_numpy(x.astype(np.int32)) if ops is TorchOps else x


def with_leak(leak: Leak, amount: Any) -> Leak:
    return replace(leak, amount=amount)


def xylo(ops: Any, c: dict[str, Ints], last: str) -> tuple[LIFSpec, list[SynapseSpec]]:
    """The integers of hidden neurons, or with `last` those of the output, as the shipped profile has them."""
    profile = hw_profiles.load("xylo")
    spec = LIFSpec.from_profile(profile, 0.5, 1.0, None, "CubaLIF")
    threshold, dash = of(ops, c[f"threshold{last}"]), of(ops, c[f"dash_mem{last}"])
    spec = replace(spec, threshold=threshold, leak=with_leak(spec.leak, dash))
    synapse = SynapseSpec.from_profile(profile, 0.5, "CubaLIF")
    return spec, [replace(synapse, leak=with_leak(synapse.leak, of(ops, d))) for d in c[f"dash_syn{last}"]]


class Layer:
    """Neurons of the simulator with one or two synapses each, from rest."""

    def __init__(self, ops: Any, c: dict[str, Ints], last: str, max_spikes: int) -> None:
        self.ops = ops
        spec, self.synapses = xylo(ops, c, last)
        self.spec = replace(spec, max_spikes=max_spikes)
        self.bias = of(ops, c[f"bias{last}"] * c["has_bias"])
        zero = np.zeros_like(c[f"dash_mem{last}"])
        self.mem, self.syn = of(ops, zero), [of(ops, zero) for _ in self.synapses]

    def step(self, events: list[tuple[Any, Any]]) -> tuple[Any, Any, list[Any]]:
        """Spikes, membrane and currents after events of (weights [synapse, source, N], counts [source])."""
        for s, synapse in enumerate(self.synapses):
            for weights, counts in events:
                self.syn[s] = add_events(self.ops, synapse.register, self.syn[s], weights[s], counts)
            self.syn[s] = synapse_step(self.ops, synapse, self.syn[s], 0)[0]
        done = lif_step(self.ops, replace(self.spec, current=_WIDE), self.mem, sum(self.syn), self.bias)
        self.mem = done.mem
        return done.spikes, self.mem, self.syn


# The sum of two currents has no register of its own.
_WIDE = replace(hw_profiles.load("xylo").membrane_format, bits=20)


@pytest.mark.parametrize("ops", OPS)
def test_xylo(ops: Any) -> None:
    data, wrong, compared = vectors("xylo_lif"), 0, 0
    limits = {name: int(data[f"max_{name}"]) for name in ("in", "hidden", "out")}
    for c in numbered("xylo_lif", "n_configs", "c"):
        shifts = c["weight_shift"]
        w_in, w_rec, w_out = (of(ops, c[f"w_{n}"] << s) for n, s in zip(("in", "rec", "out"), shifts, strict=True))
        hidden, out = Layer(ops, c, "", limits["hidden"]), Layer(ops, c, "_out", limits["out"])
        before = of(ops, np.zeros_like(c["dash_mem"]))
        for t, arriving in enumerate(c["spikes_in"].clip(max=limits["in"])):
            out_spikes, out_mem, out_syn = out.step([(w_out, before)])
            spikes, mem, syn = hidden.step([(w_in, of(ops, arriving)), (w_rec, before)])
            before = spikes
            expected = [(spikes, "spikes"), (mem, "vmem"), (out_spikes, "spikes_out"), (out_mem, "vmem_out")]
            expected += [(i, f"isyn{n}") for i, n in zip(syn, ("", "2"), strict=False)]
            expected += [(i, f"isyn{n}_out") for i, n in zip(out_syn, ("", "2"), strict=False)]
            for value, name in expected:
                wrong += different("xylo_lif", value, c[name][t])
                compared += c[name][t].size
    assert compared > 0
    assert wrong == 0


def rows_of(name: str) -> dict[str, Ints]:
    return {key: a for key, a in vectors(name).items() if not key.startswith("seq_")}


@pytest.mark.parametrize("ops", OPS)
@pytest.mark.parametrize("name", ["odin", "tinyodin"])
def test_one_event_of_odin(name: str, ops: Any) -> None:
    g = rows_of(name)
    spec = LIFSpec.from_profile(hw_profiles.load(name), 1.0, 1.0, None)
    if name == "odin":
        leaks = g["event_leak"] * g["leak_enable"]
        change = g["weight"] * (g["event_exc"] - g["event_inh"])
    else:
        leaks = g["event"] * g["time_ref"]
        change = g["weight"] * g["event"] * (1 - g["time_ref"])
    leak = with_leak(spec.leak, of(ops, g["leak"] * leaks))
    spec = replace(spec, threshold=of(ops, g["threshold"]), leak=leak, leak_first=True)
    step = lif_step(ops, spec, of(ops, g["v"]), of(ops, change))
    assert different(name, np.asarray(step.mem), g["v_next"]) == 0
    assert different(name, np.asarray(step.spikes), g["spike"]) == 0
    assert g["v"].size > 0


@pytest.mark.parametrize("ops", OPS)
@pytest.mark.parametrize("name", ["odin", "tinyodin"])
def test_sequence_of_events_of_odin(name: str, ops: Any) -> None:
    g = vectors(name)
    spec = LIFSpec.from_profile(hw_profiles.load(name), 1.0, 1.0, None)
    leak = with_leak(spec.leak, int(g["seq_leak"]))
    spec = replace(spec, threshold=int(g["seq_threshold"]), leak=leak, leak_first=True)
    still = replace(spec, leak=replace(leak, kind="none"))
    mem, wrong = of(ops, np.zeros(1, np.int64)), 0
    for i, (event, weight) in enumerate(zip(g["seq_event"], g["seq_weight"], strict=True)):
        if name == "odin":
            leaks, change = event == 0, weight * {0: 0, 1: -1, 2: 1}[int(event)]
        else:
            leaks = bool(event) and bool(g["seq_time_ref"][i])
            change = weight * int(event) * int(not g["seq_time_ref"][i])
        step = lif_step(ops, spec if leaks else still, mem, of(ops, np.array([change])))
        mem = step.mem
        wrong += different(name, mem[0], g["seq_v"][i]) + different(name, step.spikes[0], g["seq_spike"][i])
    assert len(g["seq_v"]) > 0
    assert wrong == 0


@pytest.mark.parametrize("ops", OPS)
@pytest.mark.parametrize("name", ["odin", "tinyodin"])
def test_a_time_step_is_its_events_and_the_leak(name: str, ops: Any) -> None:
    """`event_step` over random weights, against the single events that the RTL was compared with."""
    random = np.random.default_rng(0)
    spec = LIFSpec.from_profile(hw_profiles.load(name), 1 - 3 / 32, 1.0, None)
    weights = random.integers(-7, 8, (20, 9))
    mem = loop = of(ops, np.zeros((4, 9), np.int64))
    still = replace(spec, leak=replace(spec.leak, kind="none"), leak_first=True)
    spikes = 0
    for _ in range(30):
        counts = random.integers(0, 2, (4, 20))
        step = event_step(ops, spec, mem, of(ops, weights), of(ops, counts))
        mem, seen = step.mem, of(ops, np.zeros((4, 9), np.int64))
        for b, source in np.argwhere(counts):
            one = lif_step(ops, still, loop[b], of(ops, weights[source]))
            loop[b], seen[b] = one.mem, seen[b] + one.spikes * 1
        end = lif_step(ops, replace(spec, leak_first=True), loop, loop * 0)
        loop, seen = end.mem, seen + end.spikes * 1
        assert np.asarray(mem).tolist() == np.asarray(loop).tolist()
        assert np.asarray(step.spikes).tolist() == np.asarray(seen).tolist()
        spikes += int(np.asarray(seen).sum())
    assert spikes > 0


@pytest.mark.parametrize("ops", OPS)
def test_loihi_current_and_membrane(ops: Any) -> None:
    """The whole neuron: current and membrane in one run, the membrane driven by what the layer computed itself."""
    profile, compared = hw_profiles.load("loihi2"), 0
    for c in numbered("loihi_lif", "n_configs", "c"):
        synapse = SynapseSpec.from_profile(profile, 0.5, "CubaLIF")
        synapse = replace(synapse, leak=with_leak(synapse.leak, 4095 - int(c["du"])))
        spec = LIFSpec.from_profile(profile, 0.5, 1.0, None)
        spec = replace(spec, leak=with_leak(spec.leak, 4096 - int(c["dv"])), threshold=64 * int(c["vth"]))
        # The recorded current plus bias exceeds 24 bits; the simulator adds them without a register between.
        spec = replace(spec, current=replace(spec.membrane, bits=28))
        exponent = c["weight_exp"]
        sums = c["spikes_in"] @ c["weights_eff"].T
        sums = (sums << exponent if exponent > 0 else sums >> -exponent) << profile.weight.shift
        shift = c["bias_exp"]
        bias = np.where(shift >= 0, c["bias_mant"] << shift.clip(0), c["bias_mant"] >> -shift.clip(None, 0))
        syn, mem = of(ops, c["u0"]), of(ops, c["v0"])
        for t in range(len(sums)):
            arriving = sums[t - 1] if t else np.zeros_like(sums[0])
            syn = synapse_step(ops, synapse, syn, of(ops, arriving))[0]
            step = lif_step(ops, spec, mem, syn, of(ops, bias))
            mem = step.mem
            for value, name in ((syn, "u"), (mem, "v"), (step.spikes, "spikes_out")):
                assert different("loihi_lif", np.asarray(value), c[name][t]) == 0
                compared += c[name][t].size
    assert compared > 0
