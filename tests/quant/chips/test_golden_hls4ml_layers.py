"""Layers on profiles with hls4ml's types against what its header computed; see golden/README.md."""

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, numbered
from hls4ml_vectors import constants, layer, reset_of, type_of

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import ApFixed
from spikelut.quant import hls4ml
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.lif import LIFDynamics
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden


def profile_of(c: dict[str, Ints]) -> hw_profiles.Profile:
    """The profile with the types of a configuration; its weights are whole numbers, so that sums are as the data."""
    types: dict[str, Any] = {"membrane": type_of(c, "mem"), "threshold": type_of(c, "thr")}
    types |= {"beta": type_of(c, "beta")} if c["kind"] else {}
    return hw_profiles.load("hls4ml").with_precision(weight=(4, 4), inputs=type_of(c, "data"), **types)


def made(c: dict[str, Ints]) -> quant.LIF:
    """The layer; ValueError where a profile cannot express it."""
    beta = constants(c, "beta") if c["kind"] else 1.0
    threshold = constants(c, "threshold", "thr")
    options: dict[str, Any] = {"window_size": int(c["window_size"])} if c["window_size"] else {}
    lif = quant.LIF(profile_of(c), Arctan(), beta=beta, threshold=threshold, reset=reset_of(c), **options)
    raw = np.broadcast_to(np.asarray(lif.threshold) * 2.0 ** type_of(c, "thr").frac, c["threshold"].shape)
    if (raw != c["threshold"]).any():
        raise ValueError("a threshold between two codes of the membrane is rounded")
    return lif


def expressed() -> Iterator[tuple[dict[str, Ints], quant.LIF]]:
    for c in numbered("hls4ml_snn", "n_configs", "c"):
        if not why_not(c):
            yield c, made(c)


def why_not(c: dict[str, Ints]) -> str:
    """What of a configuration no profile says; empty for those that layers compute."""
    membrane, threshold, beta = (type_of(c, name) for name in ("mem", "thr", "beta"))
    if membrane.quantisation in ("RND_ZERO", "RND_MIN_INF"):
        return "quantisation must be one of"
    if c["kind"] and beta.frac > 15:
        return "beta must have 1 to 15 fraction bits"
    if c["kind"] and (c["beta"].min() < 0 or c["beta"].max() > 2**beta.frac):
        return "beta.* must be in"
    if c["threshold"].min() <= 0:
        return "threshold.* must be in"
    between = threshold.frac > membrane.frac and (c["threshold"] % 2 ** (threshold.frac - membrane.frac)).any()
    return "between two codes" if between else ""


def test_what_layers_do_not_express_is_refused() -> None:
    found = {i: why_not(c) for i, c in enumerate(numbered("hls4ml_snn", "n_configs", "c"))}
    assert 0 < sum(map(bool, found.values())) < len(found)
    for c in numbered("hls4ml_snn", "n_configs", "c"):
        if reason := why_not(c):
            with pytest.raises(ValueError, match=reason):
                made(c)


def numpy_trace(lif: quant.LIF, current: torch.Tensor) -> tuple[Ints, Ints]:
    """Spikes and membrane codes [T, N] of the deployed layer."""
    network = quant.IntegerLIF("lif", lif.spec, Arctan(), None, others=lif.others)
    codes = (current / lif.profile.current_step).to(torch.int64).numpy()
    trace = network.trace(codes)
    return trace["spikes"][:, 0], trace["mem"][:, 0]


def torch_trace(lif: quant.LIF, current: torch.Tensor) -> tuple[Ints, Ints]:
    """The same of the layer in torch; one step after the other shows the membranes."""
    ended, spikes, mems = None, [], []
    for now in current:
        ended = lif.run(now.unsqueeze(0), states=ended and ended.states)
        spikes.append(ended.out[0, 0])
        mems.append(ended.mem[0] / lif.profile.state_step)
    together = torch.stack(spikes)
    assert torch.equal(lif(current)[:, 0], together)
    return together.to(torch.int64).numpy(), torch.stack(mems).to(torch.int64).numpy()


@pytest.mark.parametrize("run", [numpy_trace, torch_trace])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_layers(run: Any, dtype: torch.dtype) -> None:
    wrong = 0
    for c, lif in expressed():
        current = torch.from_numpy(c["x"] * 2.0 ** -type_of(c, "data").frac).to(dtype).unsqueeze(1)
        spikes, mem = run(lif, current)
        wrong += different("hls4ml_snn", spikes, c["spikes"]) + different("hls4ml_snn", mem, c["mem"])
    assert wrong == 0


@pytest.mark.parametrize("ops", [NumpyOps, TorchOps])
def test_any_factor_and_threshold(ops: Any) -> None:
    """The step itself takes factors below zero and above one, thresholds at and below zero, and any fraction bits."""
    wrong = compared = 0
    for c in numbered("hls4ml_snn", "n_configs", "c"):
        membrane, beta, threshold = (type_of(c, name) for name in ("mem", "beta", "thr"))
        plain = membrane.quantisation not in ("RND_ZERO", "RND_MIN_INF") and threshold.frac <= membrane.frac
        if not plain or c["window_size"] or type_of(c, "data").frac != membrane.frac:
            continue
        register = membrane.format()
        amount = c["beta"] if c["kind"] else np.full_like(c["threshold"], 2**beta.frac)
        leak = Leak("multiply", amount, beta.frac, membrane.rounding, register)
        at = c["threshold"] << (membrane.frac - threshold.frac)
        spec = LIFSpec(register, register, leak, True, at, False, reset_of(c), register, "after_leak")
        kind: Dynamics = LIFDynamics(spec)
        if ops is TorchOps:
            kind = kind.mapped(lambda _, values: torch.from_numpy(values.copy()))
        mem: Any = np.zeros_like(c["threshold"])
        for t, x in enumerate(c["x"]):
            x, mem = (torch.from_numpy(v) if ops is TorchOps and isinstance(v, np.ndarray) else v for v in (x, mem))
            done = kind.step(ops, (mem,), x)
            mem = done.mem
            wrong += different("hls4ml_snn", done.spikes, c["spikes"][t]) + different("hls4ml_snn", mem, c["mem"][t])
        compared += 1
    assert compared > 1
    assert wrong == 0


def network_of(c: dict[str, Ints]) -> Any:
    """The layers of a network that the converter made, as this library trains them.

    None where products are brought to narrower accumulators one by one, which layers do not compute.
    """
    fcs = [layer(c, name) for name in ("fc1", "fc2")]
    for fc in fcs:
        fits = type_of(fc, "accum").frac >= type_of(fc, "weight").frac + (type_of(c, "x").frac if fc is fcs[0] else 0)
        if not fits or type_of(fc, "accum") != type_of(fc, "result"):
            return None
    layers: list[torch.nn.Module] = []
    for n, fc in enumerate(fcs, 1):
        neurons = layer(c, f"lif{n}") or layer(c, "readout")
        types = {name: type_of(neurons, name) for name in ("membrane", "threshold", "beta") if f"{name}_w" in neurons}
        types |= {"weight": type_of(fc, "weight")} | ({"bias": type_of(fc, "bias")} if fc["bias"].any() else {})
        types |= {"inputs": type_of(c, "x")} if n == 1 else {}
        types |= {"beta": types["membrane"]} if "output_mode" in neurons else {}  # a read-out's has its type
        frac_of_beta = types.get("beta", hls4ml.DEFAULT).frac
        profile = hw_profiles.load("hls4ml").with_precision(**types)
        step = 2.0 ** -type_of(c, "x").frac if n == 1 else 1.0
        size: Any = {"input_step": step, "signed_input": True, "largest_input": 2**12} if n == 1 else {}
        linear = quant.QuantLinear(*fc["weight"].shape, profile=profile, **size)
        options: dict[str, Any] = {
            "bias": len(fc["bias"]) if fc["bias"].any() else None,
            "window_size": int(neurons["window_size"]) or None,
        }
        raw = neurons.get("beta", np.array(2**frac_of_beta))
        options["beta"] = raw * 2.0**-frac_of_beta
        if n == 2 and "readout_out" in c and "lif2_spikes" not in c:
            made: Any = quant.LI(profile, **options)
        else:
            options["threshold"] = neurons["threshold"] * 2.0 ** -type_of(neurons, "threshold").frac
            made = quant.LIF(profile, Arctan(), reset=reset_of(neurons), **options)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(fc["weight"].T * 2.0 ** -type_of(fc, "weight").frac))
            if made.bias is not None:
                made.bias.copy_(torch.from_numpy(fc["bias"] * 2.0 ** -type_of(fc, "bias").frac))
        layers += [linear, made]
    return torch.nn.Sequential(*layers)


def test_networks() -> None:
    """Every layer of a whole network, each on what the one before it gave: torch, and the deployed integers."""
    wrong = compared = 0
    for c in numbered("hls4ml_snn_net", "n_configs", "c"):
        model = network_of(c)
        if model is None:
            continue
        compared += 1
        network: Any = quant.integer(model)
        names = [node.layer.name for node in network.nodes]
        found = {name: values[:, 0] for name, values in network.run(c["x"][:, None], keep=names).items()}
        for n, name in (("1", names[0]), ("2", names[2])):
            fc, frac = layer(c, f"fc{n}"), round(-np.log2(network.signals[name].step))
            sums = found[name] + (fc["bias"] << (frac - type_of(fc, "bias").frac))
            wrong += different("hls4ml_snn_net", sums << (type_of(fc, "result").frac - frac), fc["out"])
        for n, name in (("1", names[1]), ("2", names[3])):
            if f"lif{n}_spikes" in c:
                wrong += different("hls4ml_snn_net", found[name], c[f"lif{n}_spikes"])
        given = found[names[-1]]
        unit = 1.0 if "lif2_spikes" in c else model[-1].profile.state_step
        with torch.no_grad():
            last = model(torch.from_numpy(c["x"] * 2.0 ** -type_of(c, "x").frac).float()[:, None])
        assert np.array_equal(last[:, 0].numpy(), given * np.float32(unit))
        if "readout_out" in c:
            end = layer(c, "readout")
            rule = get_args(hls4ml.DecisionRule)[int(end["decision_rule"])]
            if end["output_mode"]:
                decided = hls4ml.decide(given, rule)
            else:
                decided, _ = hls4ml.Readout("spike", rule, int(end["window_size"])).run(given)
                decided = decided >> hls4ml.DEFAULT.frac
            wrong += different("hls4ml_snn_net", decided << type_of(end, "result").frac, end["out"])
    assert compared > 1
    assert wrong == 0


def test_membrane_read_outs() -> None:
    """`LI` with windows, and the class, or the score, of each step."""
    wrong = compared = 0
    for c in numbered("hls4ml_readout", "n_configs", "c"):
        if not c["output_mode"]:
            continue
        membrane, data, window = type_of(c, "mem"), type_of(c, "data"), int(c["window_size"])
        beta = (membrane.width, membrane.integer)
        types: dict[str, Any] = {"membrane": membrane, "beta": beta, "inputs": data}
        profile = hw_profiles.load("hls4ml").with_precision(weight=(4, 4), **types)
        readout = quant.LI(profile, beta=float(c["beta"]) * 2.0**-membrane.frac, window_size=window)
        current = torch.from_numpy(c["x"] * 2.0**-data.frac).unsqueeze(1)
        integers = quant.IntegerLIF("x", readout.spec, None, None, others=readout.others)
        codes = integers.run((current / profile.current_step).long().numpy())[0][:, 0]
        with torch.no_grad():
            assert np.array_equal(readout(current)[:, 0].numpy(), codes * profile.state_step)
        cleared = np.arange(1, len(codes) + 1) % window == 0
        wrong += different("hls4ml_readout", np.where(cleared[:, None], 0, codes), c["state"])
        rule = get_args(hls4ml.DecisionRule)[int(c["decision_rule"])]
        frac = membrane.frac if rule == "binary_logit" else 0
        found = hls4ml.fit(hls4ml.decide(codes, rule), frac, type_of(c, "res"))
        wrong += different("hls4ml_readout", found, c["out"])
        compared += 1
    assert compared > 1
    assert wrong == 0


def test_counts_are_a_read_out_without_a_leak() -> None:
    """Of spikes, each worth a code of the membrane: `LI` with beta 1, whose codes are the counts of the window."""
    wrong = compared = 0
    for c in numbered("hls4ml_readout", "n_configs", "c"):
        if c["output_mode"]:
            continue
        profile, window = hw_profiles.load("hls4ml"), int(c["window_size"])
        counting = quant.LI(profile, beta=1.0, window_size=window)
        spikes = torch.from_numpy(c["x"] != 0).float().unsqueeze(1)
        with torch.no_grad():
            counts = (counting(spikes * profile.state_step)[:, 0] / profile.state_step).long().numpy()
        cleared = np.arange(1, len(counts) + 1) % window == 0
        wrong += different("hls4ml_readout", np.where(cleared[:, None], 0, counts), c["state"])
        rule = get_args(hls4ml.DecisionRule)[int(c["decision_rule"])]
        found = hls4ml.decide(counts, rule, int(c["class_threshold"]))
        wrong += different("hls4ml_readout", hls4ml.fit(found, 0, type_of(c, "res")), c["out"])
        compared += 1
    assert compared > 1
    assert wrong == 0


@pytest.mark.parametrize(
    ("membrane", "inputs"),
    [("fixed<10,3,RND,SAT>", None), ("fixed<10,3,TRN_ZERO,SAT_SYM>", (8, 1)), ("fixed<9,3,RND_CONV>", (8, 1))],
)
def test_a_bias_is_added_to_the_sum(membrane: str, inputs: Any) -> None:
    """As a Dense layer does it, before the sum is cut: with what is often at the ends of the membrane."""
    types: dict[str, Any] = {} if inputs is None else {"inputs": inputs}
    profile = hw_profiles.load("hls4ml").with_precision(membrane=membrane, weight=(8, 2), bias=(8, 3), **types)
    lif = quant.LIF(profile, Arctan(), beta=0.9, bias=6, window_size=9)
    random, frac = np.random.default_rng(5), profile.current_frac
    with torch.no_grad():
        assert lif.bias is not None
        lif.bias.copy_(torch.from_numpy(random.integers(-64, 64, 6) / 32))
    sums = random.integers(-(6 << frac), 7 << frac, (40, 6))
    mantissas, exponent = lif.integer_bias() or (torch.zeros(0), 0)
    bias = mantissas.numpy() << exponent + frac - profile.grid.frac
    assert lif.spec.bias_with_sum
    data = ApFixed(32, 32 - frac)
    expected, mems = hls4ml.Neurons(
        1 << profile.grid.frac, 921, "subtract", 9, data, ApFixed.of(membrane), threshold_type=ApFixed.of(membrane)
    ).run(sums + bias)
    ended = lif.run(torch.from_numpy(sums * 2.0**-frac)[:, None])
    assert np.array_equal(ended.out[:, 0].detach().numpy(), expected)
    assert np.array_equal(ended.mem[0].detach().numpy(), mems[-1] * profile.state_step)
    assert 0.1 < expected.mean() < 0.9
