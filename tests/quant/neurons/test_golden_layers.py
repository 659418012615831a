"""The torch layers and the NumPy reference as users call them, against Lava, Xylo's simulator and the ReckOn RTL."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, numbered, vectors
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden


@cache
def weights(profile: hw_profiles.Profile, neurons: int) -> nn.Module:
    """What a network has in front of its neurons."""
    return quant.QuantLinear(1, neurons, profile=profile)


def run(layer: Any, drive: Ints, mem: Ints | None = None, syn: Ints | None = None) -> list[dict[str, Ints]]:
    """Spikes, membranes and currents [T, N] of a layer, step by step, and of its integers, for codes [T, N]."""
    step = layer.profile.state_step
    real = torch.from_numpy(drive).double()[:, None] * step
    states = [None if s is None else torch.from_numpy(s).double()[None] * step for s in (mem, syn)]
    spikes: list[Any] = []
    membranes: list[Any] = []
    currents: list[Any] = []
    for arriving in real.split(1):
        traces = layer.run(arriving, *states)
        states = [traces.mem, traces.syn]
        for found, tensor in ((spikes, traces.out[0]), (membranes, traces.mem / step), (currents, traces.syn / step)):
            found.append(tensor[0].detach().numpy())
    torch_made = {"spikes": np.stack(spikes), "mem": np.stack(membranes), "syn": np.stack(currents)}
    integers = quant.integer(nn.Sequential(weights(layer.profile, drive.shape[1]), layer)).layers[-1]
    assert isinstance(integers, quant.IntegerLIF)
    made = integers.states(drive[:, None], *(None if s is None else s[None] for s in (mem, syn)))
    return [torch_made, {key: a[:, 0] for key, a in zip(("spikes", "mem", "syn"), made, strict=True)}]


def test_loihi() -> None:
    profile = hw_profiles.load("loihi2")
    compared = left_out = 0
    for c in numbered("loihi_lif", "n_configs", "c"):
        layer = quant.CubaLIF(
            profile,
            Arctan(),
            alpha=(4095 - int(c["du"])) / 4096,
            beta=(4096 - int(c["dv"])) / 4096,
            threshold=64 * int(c["vth"]) * profile.state_step,
            bias=len(c["u0"]),
        ).double()
        shift = c["bias_exp"]
        bias = np.where(shift >= 0, c["bias_mant"] << shift.clip(0), c["bias_mant"] >> -shift.clip(None, 0))
        assert layer.bias is not None
        layer.bias.data.copy_(torch.from_numpy(bias) * profile.state_step)
        mantissa, exponent = layer.integer_bias() or (torch.zeros(0), 0)
        # The layer has one exponent for all of its neurons, the vectors have one for each.
        same = (mantissa.numpy() << exponent) == bias
        left_out += int((~same).sum())
        power = c["weight_exp"]
        sums = c["spikes_in"] @ c["weights_eff"].T
        sums = (sums << power if power > 0 else sums >> -power) << profile.weight.shift
        drive = np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])
        for made in run(layer, drive, c["v0"], c["u0"]):
            for name, golden in (("spikes", "spikes_out"), ("mem", "v"), ("syn", "u")):
                assert different("loihi_lif", made[name][:, same], c[golden][:, same]) == 0
                compared += int(c[golden][:, same].size)
    assert compared > 20 * left_out * 200


def test_loihi_neurons_with_numbers_of_their_own() -> None:
    """The neurons of all configurations side by side in one layer: decays and thresholds are arrays."""
    profile = hw_profiles.load("loihi2")
    parts: dict[str, list[Ints]] = {
        name: [] for name in ("drive", "du", "dv", "vth", "bias", "u0", "v0", "u", "v", "s")
    }
    for c in numbered("loihi_lif", "n_configs", "c"):
        sums = c["spikes_in"] @ c["weights_eff"].T
        power, shift = int(c["weight_exp"]), c["bias_exp"]
        sums = (sums << power if power > 0 else sums >> -power) << profile.weight.shift
        bias = np.where(shift >= 0, c["bias_mant"] << shift.clip(0), c["bias_mant"] >> -shift.clip(None, 0))
        count = len(c["u0"])
        found = [np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])]
        found += [np.full(count, c[name]) for name in ("du", "dv", "vth")]
        found += [bias, c["u0"], c["v0"], c["u"], c["v"], c["spikes_out"]]
        for values, some in zip(parts.values(), found, strict=True):
            values.append(some)
    steps = min(map(len, parts["drive"]))
    g = {name: np.concatenate([p[:steps] if p.ndim == 2 else p for p in values], -1) for name, values in parts.items()}
    # One exponent holds the biases of a layer: neurons whose own is finer are left out.
    layer = quant.LIF(profile, Arctan(), bias=len(g["bias"])).double()
    assert layer.bias is not None
    layer.bias.data.copy_(torch.from_numpy(g["bias"]) * profile.state_step)
    mantissa, exponent = layer.integer_bias() or (torch.zeros(0), 0)
    chosen = (mantissa.numpy() << exponent) == g["bias"]
    g = {name: values[..., chosen] for name, values in g.items()}
    cuba = quant.CubaLIF(
        profile,
        Arctan(),
        alpha=(4095 - g["du"]) / 4096,
        beta=(4096 - g["dv"]) / 4096,
        threshold=64 * g["vth"] * profile.state_step,
        bias=len(g["bias"]),
    ).double()
    assert cuba.bias is not None
    cuba.bias.data.copy_(torch.from_numpy(g["bias"]) * profile.state_step)
    assert len(set(g["du"])) > 3
    for made in run(cuba, g["drive"], g["v0"], g["u0"]):
        for name, golden in (("spikes", "s"), ("mem", "v"), ("syn", "u")):
            assert different("loihi_lif", made[name], g[golden]) == 0


@pytest.mark.parametrize("last", ["", "_out"], ids=["hidden", "output"])
def test_xylo(last: str) -> None:
    """Each hidden neuron by itself, with the spikes that the simulator recorded arriving at it.

    The simulator adds spike by spike and saturates each time, the layer adds once: neurons with a step in which that
    could differ are left to `quant.EventLIF` and to the tests of the arithmetic.
    """
    profile = hw_profiles.load("xylo")
    limit, compared = int(vectors("xylo_lif")["max_in"]), 0
    assert profile.step is not None
    for c in numbered("xylo_lif", "n_configs", "c"):
        if len(c["w_in"]) > 1:
            continue  # two synapses
        before = np.concatenate([np.zeros_like(c["spikes"][:1]), c["spikes"][:-1]])
        arriving = [(c["w_out"][0] << c["weight_shift"][2], before)]
        if not last:
            arriving = [(c["w_in"][0] << c["weight_shift"][0], c["spikes_in"].clip(max=limit))]
            arriving.append((c["w_rec"][0] << c["weight_shift"][1], before))
        sums = sum(counts @ weights for weights, counts in arriving)
        reach = sum(counts @ abs(weights) for weights, counts in arriving)
        held = c[f"isyn{last}"]
        rest = np.concatenate([np.zeros_like(held[:1]), held[:-1]])
        for n in np.flatnonzero((abs(rest) + reach < 2**15).all(0)):
            layer = quant.CubaLIF(
                profile,
                Arctan(),
                alpha=1 - 2.0 ** -int(c[f"dash_syn{last}"][0, n]),
                beta=1 - 2.0 ** -int(c[f"dash_mem{last}"][n]),
                threshold=int(c[f"threshold{last}"][n]) * profile.state_step,
                max_spikes=profile.step.output_spikes if last else None,
                bias=1 if c["has_bias"] else None,
            ).double()
            if layer.bias is not None:
                layer.bias.data.fill_(int(c[f"bias{last}"][n]) * profile.state_step)
            for made in run(layer, sums[:, [n]]):
                for name, golden in (("spikes", "spikes"), ("mem", "vmem"), ("syn", "isyn")):
                    assert different("xylo_lif", made[name][:, 0], c[f"{golden}{last}"][:, n]) == 0
                    compared += len(made[name])
    assert compared > 0


def reckon_groups(rows: dict[str, Ints], names: list[str]) -> Any:
    """Row numbers by their values of `names`."""
    keys, group = np.unique(np.stack([rows[name] for name in names]), axis=1, return_inverse=True)
    for number, key in enumerate(keys.T):
        yield tuple(map(int, key)), np.flatnonzero(group.ravel() == number)


def test_reckon_hidden_neurons() -> None:
    profile, g, compared = hw_profiles.load("reckon"), vectors("reckon"), 0
    # Thresholds below one code are not thresholds that a layer takes.
    chosen = (g["step_stochastic"] == 0) & (g["step_threshold"] >= 1)
    rows = {k.removeprefix("step_"): a[chosen] for k, a in g.items() if k.startswith("step_")}
    rows["alpha"] = (7 + rows["alpha_ge1"]) * 4096 + rows["alpha_low12"]
    for (alpha, threshold, zero), members in reckon_groups(rows, ["alpha", "threshold", "reset_to_zero"]):
        layer = quant.LIF(
            profile,
            Arctan(),
            beta=alpha / 2**15,
            threshold=threshold * profile.state_step,
            reset="zero" if zero else "subtract",
        )
        u = rows["u"][members]
        for made in run(layer, np.zeros((1, len(u)), np.int64), u):
            assert different("reckon", made["spikes"][0], rows["spike"][members]) == 0
            assert different("reckon", made["mem"][0], rows["u_next"][members]) == 0
            compared += len(u)
    assert compared > 0


def test_reckon_output_neurons() -> None:
    profile, g, compared = hw_profiles.load("reckon"), vectors("reckon"), 0
    rows = {k.removeprefix("oleak_"): a[g["oleak_stochastic"] == 0] for k, a in g.items() if k.startswith("oleak_")}
    for (kappa,), members in reckon_groups(rows, ["kappa"]):
        u = rows["u"][members]
        for made in run(quant.LI(profile, beta=kappa / 128), np.zeros((1, len(u)), np.int64), u):
            assert different("reckon", made["mem"][0], rows["u_next"][members]) == 0
            compared += len(u)
    assert compared > 0


@pytest.mark.parametrize("name", ["odin", "tinyodin"])
def test_odin_sequences_of_events(name: str) -> None:
    """The recorded sequence as time steps, each of which its leak ends; every event is an input line of its own."""
    profile, whole = hw_profiles.load(name), vectors(name)
    # The first part is enough: all of it goes through the arithmetic in other tests, and here each event costs a step.
    g = {key: a[:400] if key.startswith("seq_") and a.ndim else a for key, a in whole.items()}
    if name == "odin":
        leaks, change = g["seq_event"] == 0, g["seq_weight"] * np.array([0, -1, 1])[g["seq_event"]]
    else:
        leaks = (g["seq_event"] & g["seq_time_ref"]) == 1
        change = g["seq_weight"] * g["seq_event"] * (1 - g["seq_time_ref"])
    ends = np.flatnonzero(leaks)
    steps = len(ends)
    counts = np.zeros((steps, 1, len(change)), np.int64)
    groups = np.split(np.arange(ends[-1] + 1), ends[:-1] + 1)
    for t, members in enumerate(groups):
        counts[t, 0, members] = change[members] != 0
    layer = quant.EventLIF(
        len(change),
        1,
        profile=profile,
        surrogate=Arctan(),
        beta=1 - int(g["seq_leak"]) * profile.state_step,
        threshold=int(g["seq_threshold"]) * profile.state_step,
    )
    layer.linear.weight.data.copy_(torch.from_numpy(change)[None] * profile.state_step)
    assert torch.equal(layer.weight_codes()[:, 0], torch.from_numpy(change))
    spikes = layer(torch.from_numpy(counts).float())
    expected = np.array([g["seq_spike"][members].sum() for members in groups])
    assert different(name, spikes.detach().numpy()[:, 0, 0], expected) == 0
    for ops, of in ((NumpyOps, np.asarray), (TorchOps, torch.tensor)):
        made = layer.events.steps(ops, of(change[:, None]), of(counts), of(np.zeros((1, 1), np.int64)))
        membranes = [int(step.mem[0, 0]) for step in made]
        assert different(name, membranes, g["seq_v"][ends]) == 0
    assert steps > 0
    assert expected.any()
