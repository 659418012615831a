"""SpiNNaker's membrane, which relaxes towards its input in s16.15: in Python integers, and its derivative."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.file import Dialect, to_onnx
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.chips.spinnaker import decay_factor
from spikelut.quant.dynamics.lif import lif_step
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Sigmoid

LIMIT = 2**31
INT32 = st.one_of(st.integers(-LIMIT, LIMIT - 1), st.integers(-(2**17), 2**17))


@settings(deadline=None)
@given(INT32, INT32, st.integers(0, 2**15), st.integers(1, 2**20), st.sampled_from(["zero", "subtract"]))
def test_a_step_in_python_integers(v: int, u: int, factor: int, threshold: int, reset: Any) -> None:
    profile = hw_profiles.load("spinnaker2" if reset == "subtract" else "spinnaker1")
    step = profile.state_step
    spec = LIFSpec.from_profile(profile, factor / 2**15, threshold * step, reset)
    assert (spec.leak.amount, spec.threshold, spec.wide) == (factor, threshold, True)
    # V = alpha - exp_TC * (alpha - V), the product rounded half up.
    full = max(-LIMIT, min(LIMIT - 1, u - (((u - v) * factor + 2**14) >> 15)))
    spike = full >= threshold
    after = full if not spike else 0 if reset == "zero" else full - threshold
    for ops, of in ((NumpyOps, np.array), (TorchOps, torch.tensor)):
        done = lif_step(ops, spec, of([v]), of([u]))
        assert (int(done.mem[0]), bool(done.spikes[0])) == (after, spike)
        assert int(done.x[0]) == full - threshold


def test_decay_of_a_time_constant() -> None:
    profile = hw_profiles.load("spinnaker1")
    factor = decay_factor(20.0)
    lif = quant.LIF(profile, Sigmoid(), beta=factor / 2**15)
    assert lif.spec.leak.amount == factor


def test_sums_of_more_than_32_bits() -> None:
    profile = hw_profiles.load("spinnaker2")
    lif = quant.LIF(profile, Sigmoid(), beta=0.75)
    random = torch.Generator().manual_seed(1)
    codes = torch.randint(-3 * 2**31, 3 * 2**31, (30, 5, 4), generator=random)
    spikes, mem = lif.sequence(codes.double() * profile.state_step)
    expected, membranes = IntegerLIF("", lif.spec, Sigmoid(), None).run(codes.numpy())
    assert spikes.tolist() == expected.tolist()
    assert (mem / profile.state_step).tolist() == membranes[-1].tolist()
    assert int(np.abs(membranes).max()) > 2**30


@pytest.mark.parametrize("reset", ["zero", "subtract"])
def test_backward_is_the_derivative(reset: Any) -> None:
    profile = hw_profiles.load("spinnaker2")
    lif, step = quant.LIF(profile, Sigmoid(alpha=3.0), beta=0.75, reset=reset), profile.state_step
    random = torch.Generator().manual_seed(0)
    current = (torch.randint(-(2**15), 2**17, (15, 4, 6), generator=random).double() * step).requires_grad_()
    mem = (torch.randint(-(2**15), 2**15, (4, 6), generator=random).double() * step).requires_grad_()
    spikes, last = lif.sequence(current, mem)
    trains: list[Tensor] = []
    v = mem / step
    for u in current / step:
        real = 0.75 * v + 0.25 * u
        whole = u - torch.floor((u - v) * 0.75 + 0.5)
        full = whole.detach() + real - real.detach()
        fired = (full >= 2**15).double().detach()
        x = (full.detach() - 2**15) * step
        assert lif.surrogate is not None
        trains.append(fired + (full - full.detach()) * step * lif.surrogate.surrogate_grad(x))
        v = full * (1 - fired) if reset == "zero" else full - fired * 2**15
    expected = torch.stack(trains)
    assert torch.equal(spikes, expected)
    assert torch.equal(last, v * step)
    assert 0.05 < float(spikes.detach().mean()) < 0.95
    probe = torch.randn(expected.shape, generator=random, dtype=torch.float64)
    actual = torch.autograd.grad((spikes * probe).sum() + last.sum(), (current, mem))
    wanted = torch.autograd.grad((expected * probe).sum() + (v * step).sum(), (current, mem))
    for a, b in zip(actual, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("kind", "most"), [("none", 0), ("linear", 100)])
def test_neurons_that_leak_by_a_constant_or_not_at_all(kind: Any, most: int) -> None:
    profile = hw_profiles.load("generic8")
    assert profile.decay is not None
    decay = replace(profile.decay, kind=kind, min=0, max=most, rounding="floor")
    lif = quant.LIF(replace(profile, decay=decay), Sigmoid())
    assert (lif.spec.leak.amount, lif.beta) == (0, 1.0)
    current = torch.full((5, 1, 1), 0.3)
    assert lif(current).flatten().tolist() == [0, 0, 0, 1, 0]
    if most:
        leaky = quant.LIF(replace(profile, decay=decay), Sigmoid(), beta=1 - 100 / 2**12)
        assert leaky.spec.leak.amount == 100
        assert round(float(leaky.sequence(current[:2])[1]) * 2**12) == 2 * round(0.3 * 2**12) - 100


@pytest.mark.parametrize("dialect", ["integer", "functions"])
def test_exported_sums_of_more_than_32_bits(dialect: Dialect, tmp_path: Path) -> None:
    profile = hw_profiles.load("generic16")
    assert profile.current is not None
    assert profile.threshold is not None
    wide = replace(
        profile,
        current=replace(profile.current, bits=32),
        membrane=replace(profile.membrane, bits=32),
        threshold=replace(profile.threshold, bits=32),
    )
    linear = QuantLinear(2, 1, profile=wide)
    linear.weight.data = torch.tensor([[500.0, -500.0]])
    top = (2**31 - 1) * wide.state_step
    model = nn.Sequential(linear, quant.LIF(wide, Sigmoid(), beta=1.0, threshold=top, reset="subtract"))
    # Five times 500 * 2**20 saturate at the threshold; a sum that wrapped would be far below it.
    x = np.array([[[1, 0]]] * 6 + [[[0, 1]]] * 6)
    reference = quant.integer(model).run(x)
    assert reference["1"].ravel().tolist() == [0, 0, 0, 0, 1, *[0] * 7]
    to_onnx(model, torch.zeros(1, 1, 2), tmp_path / "x.onnx", dialect)
    assert export.count_differences(reference, export.run_onnx(tmp_path / "x.onnx", x)).different == 0
    assert export.count_differences(reference, quant.spike_trains(model, torch.from_numpy(x).float())).different == 0
