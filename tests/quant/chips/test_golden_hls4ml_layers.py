"""Layers on profiles with hls4ml's types against what its header computed; see golden/README.md."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, numbered
from hls4ml_vectors import constants, reset_of, type_of

from spikelut import hw_profiles, quant
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
    if c["window_size"]:
        raise ValueError("windows")
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
    if c["window_size"]:
        return "windows"
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
    network = quant.IntegerLIF("lif", lif.spec, Arctan(), None)
    codes = (current / lif.profile.current_step).to(torch.int64).numpy()
    trace = network.trace(codes)
    return trace["spikes"][:, 0], trace["mem"][:, 0]


def torch_trace(lif: quant.LIF, current: torch.Tensor) -> tuple[Ints, Ints]:
    """The same of the layer in torch; one step after the other shows the membranes."""
    states, spikes, mems = None, [], []
    for now in current:
        fired, states = lif.sequence(now.unsqueeze(0), states)
        spikes.append(fired[0, 0])
        mems.append(states[0] / lif.profile.state_step)
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
