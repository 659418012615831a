"""Decays and thresholds of each neuron, or channel: layers against the scalar specification, neuron by neuron."""

import copy
import re
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend
from specified import CURVE, Specified, slope, specified
from torch import Tensor, nn

from spikelut import hw_profiles, native, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.backends.native.integer_lif import kernels_of
from spikelut.quant.dynamics.specification_backward import neuron_backward
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.tables.specification import slope_of

EACH = [
    p
    for p in map(hw_profiles.load, hw_profiles.names())
    if p.threshold and p.threshold.per_neuron and p.decay and p.decay.per_neuron
]
NEURONS, STEPS = 12, 20


def values_of(profile: Profile, seed: int = 0) -> tuple[Any, Any]:
    """Decay factors and thresholds, one for each neuron, of which none leaves the chip's range."""
    random = np.random.default_rng(seed)
    return random.uniform(0.5, 0.96, NEURONS), random.uniform(0.2, 1.5, NEURONS)


def layers_of(profile: Profile, **options: Any) -> list[Any]:
    """Spiking neurons in every reset and read-outs, behind synaptic currents too where the chip has them."""
    beta, threshold = values_of(profile)
    assert profile.step is not None
    made: list[Any] = []
    for reset in profile.step.resets:
        given = {"beta": beta, "threshold": threshold, "reset": reset, **options}
        made.append(quant.LIF(profile, slope(profile, "table"), **given))
        if profile.current_decay is not None and not options:
            made.append(quant.CubaLIF(profile, slope(profile, "table"), alpha=beta[::-1].copy(), **given))
    learned = {key: value for key, value in options.items() if key == "learn_beta"}
    return [*made, quant.LI(profile, beta=beta.tolist(), **learned)]


def drive(profile: Profile, *shape: int) -> Tensor:
    """Currents on the grid, some beyond what a membrane holds."""
    random = np.random.default_rng(1)
    one = 2.0**profile.grid.frac / (0.25 if profile.decay and profile.decay.kind == "relax" else 1)
    codes = np.rint(random.normal(0.2, 0.5, shape) * one)
    codes.ravel()[::29] *= 64
    return torch.from_numpy(np.clip(codes, -(2**24), 2**24) * profile.state_step)


def of_each(layer: Any, currents: Tensor) -> Specified:
    """The steps of every neuron [T, N] for its own integers, as the specification has them."""
    codes, made = currents / layer.spec.membrane.step, []
    for n in range(currents.shape[1]):
        own = layer.dynamics.neuron(n)
        assert own.count is None
        made += specified(own.spec, own.synapse, codes[:, n : n + 1].long().numpy()).steps
    return Specified(made)


@pytest.mark.parametrize("profile", EACH, ids=lambda p: p.name)
def test_each_neuron_has_its_own_integers(profile: Profile) -> None:
    """In torch, in kernels where there are some, and in NumPy; as neurons [T, B, N], as channels [T, B, N, H, W]."""
    current, share = drive(profile, STEPS, 2, NEURONS, 2, 3), []
    for layer in layers_of(profile):
        step = layer.spec.membrane.step
        columns = current.permute(0, 1, 3, 4, 2).reshape(STEPS, -1, NEURONS)
        made = [of_each(layer, columns[:, place]) for place in range(columns.shape[1])]
        name = "spikes" if layer.surrogate else "mem"
        wanted = np.stack([m.of(name) for m in made], 1).reshape(STEPS, 2, 2, 3, NEURONS).transpose(0, 1, 4, 2, 3)
        share.append(np.count_nonzero(wanted) / wanted.size)
        for runner in ("torch", "auto"):
            with backend(runner):
                found = layer(current).double() / (1 if layer.surrogate else step)
                assert np.array_equal(found.numpy(), wanted), runner
                flat = layer(columns).reshape(STEPS, 2, 2, 3, NEURONS) / (1 if layer.surrogate else step)
                assert np.array_equal(flat.numpy().transpose(0, 1, 4, 2, 3), wanted), runner
        reference = IntegerLIF("x", layer.spec, layer.surrogate and CURVE, None, layer.synapse)
        trace = reference.trace((current / step).long().numpy())
        assert np.array_equal(trace[name], wanted)
    assert min(share) > 0.05, share
    print(f"{profile.name}: {len(share)} layers, at least {min(share):.0%} of what comes out is not zero")


@pytest.mark.parametrize("profile", EACH, ids=lambda p: p.name)
def test_gradients_of_what_each_neuron_learns(profile: Profile) -> None:
    """Those of the specification in float32, to the last bit: of one sample a neuron adds up in the order of time."""
    current, moved = drive(profile, STEPS, 1, NEURONS).float().clamp(-2, 2), 0
    towards = torch.from_numpy(np.random.default_rng(5).normal(size=current.shape)).float()
    for layer in layers_of(profile, learn_beta=True, learn_threshold=True):
        made = of_each(layer, current[:, 0].double())
        (layer(current) * towards).sum().backward()
        for n, steps in enumerate(made.steps):
            slopes = None
            if layer.surrogate is not None:
                table = layer.surrogate.table
                slopes = [np.float32(float(slope_of(table, recorded.neuron.x))) for recorded in steps]
            spec = layer.dynamics.neuron(n).spec
            back = neuron_backward(spec, None, steps, slopes, list(towards[:, 0, n].numpy()), number=np.float32)
            assert layer.raw_beta.grad[n].item() == float(back.beta)
            moved += float(back.beta) != 0
            if layer.surrogate is not None:
                assert layer.raw_threshold.grad[n].item() == float(back.threshold)
                moved += float(back.threshold) != 0
    assert moved > 2 * NEURONS


@pytest.mark.skipif(bool(native.reason_missing()), reason="needs the compiled kernels")
@pytest.mark.parametrize("profile", EACH, ids=lambda p: p.name)
def test_kernels_take_numbers_of_each_neuron(profile: Profile) -> None:
    """Outputs, last states and all gradients are those of torch's operations, from random states, with a bias."""
    current = drive(profile, STEPS, 2, NEURONS, 5).float()
    mem = drive(profile, 2, NEURONS, 5).float().clamp(-1, 1)
    for layer in layers_of(profile):
        assert kernels_of(layer.dynamics) is not None
        if profile.bias is not None:
            layer.bias = nn.Parameter(torch.linspace(-0.2, 0.3, NEURONS))
        found = {}
        for runner in ("native", "torch"):
            given_to = [v.clone().requires_grad_() for v in (current, mem)]
            with backend(runner):
                out, end, syn = layer.run(*given_to, *([mem] if layer.synapse else []))
                towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(3))
                layer.zero_grad()
                (out * towards).sum().add(end.square().sum()).backward()
            grads = [v.grad for v in (*given_to, *layer.parameters()) if v.grad is not None]
            found[runner] = [out, end, syn, *grads]
        assert len(found["native"]) >= 5
        for one, other in zip(*found.values(), strict=True):
            assert torch.equal(one, other)
        assert all(v.count_nonzero() > 0.03 * v.numel() for v in found["native"][3:])
        layer.truncate = 7
        one, other = (gradients(layer, current, towards, runner) for runner in ("native", "torch"))
        assert torch.equal(one, other)
        assert not torch.equal(one, found["native"][3])


def gradients(layer: Any, current: Tensor, towards: Tensor, runner: str) -> Tensor:
    """Those of the currents."""
    x = current.clone().requires_grad_()
    with backend(runner):
        return torch.autograd.grad((layer(x) * towards).sum(), x)[0]


def test_values_in_force_and_what_is_kept() -> None:
    profile = hw_profiles.load("loihi2")
    options: dict[str, Any] = {"learn_beta": True, "learn_threshold": True}
    layer = quant.LIF(profile, CURVE, beta=(0.5, 0.75, 0.9), threshold=np.array([1, 0.5, 2]), **options)
    assert layer.beta.tolist() == [0.5, 0.75, 3686 / 4096]
    assert layer.threshold.tolist() == [1.0, 0.5, 2.0]
    assert (layer.beta.dtype, layer.spec.threshold.dtype) == (torch.float64, np.int64)
    assert "beta=[3 in 0.5..0.899902], threshold=[3 in 0.5..2]" in repr(layer)
    with pytest.raises(ValueError, match="read-only"):
        layer.spec.leak.amount[0] = 1
    current = torch.rand(9, 2, 3)
    other = quant.LIF(profile, CURVE, beta=[0.6] * 3, threshold=torch.ones(3), **options)
    assert not torch.equal(other(current), layer(current))
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(current), layer(current))
    assert other.spec == layer.spec
    assert hash(other.spec) == hash(layer.spec)
    again = copy.deepcopy(layer)
    assert again.raw_beta is not None
    assert layer.raw_beta is not None
    assert layer.raw_threshold is not None
    again.raw_beta.data[1] = 0.25
    assert (again.beta[1], layer.beta[1]) == (0.25, 0.75)
    assert again.spec != layer.spec
    # A step too far stays within what the chip has, each by itself.
    layer.raw_beta.data.copy_(torch.tensor([1.7, 0.5, -1.0]))
    assert layer.beta.tolist() == [1.0, 0.5, 1 / 4096]
    layer.raw_threshold.data[2] = float("nan")
    with pytest.raises(ValueError, match="LIF: the learned threshold must be a number, got nan"):
        layer(current)


def test_one_number_is_a_float_as_before() -> None:
    layer = quant.LIF(hw_profiles.load("loihi2"), CURVE, beta=torch.tensor(0.5), threshold=np.float64(0.75))
    assert (layer.beta, layer.threshold, type(layer.beta)) == (0.5, 0.75, float)
    assert type(layer.spec.threshold) is int


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("loihi2", {"beta": [0.5, 0.6]}, "LIF: current must be [T, B, 2, ...], as beta is, got (3, 1, 5)"),
        ("loihi2", {"threshold": [0.5]}, "LIF: current must be [T, B, 1, ...], as threshold is, got (3, 1, 5)"),
        ("loihi2", {"beta": [[0.5] * 5]}, "LIF: beta must be a number, or N of them, got [["),
        ("loihi2", {"beta": []}, "LIF: beta must be a number, or N of them, got []"),
        ("loihi2", {"beta": ["x"]}, "LIF: beta must be a number, or N of them, got ['x']"),
        ("loihi2", {"beta": [0.5, 1.5]}, "LIF: beta[1] must be in 0.000244141..1 on loihi2, got 1.5"),
        ("loihi2", {"beta": [0.5, float("nan")]}, "LIF: beta[1] must be in 0.000244141..1 on loihi2, got nan"),
        ("hls4ml", {"beta": [0.5, 1e-4]}, "LIF: beta[1] must not be rounded to 0, as hls4ml does, got 0.0001"),
        ("loihi2", {"threshold": [1.0, 0.0]}, "LIF: threshold[1] must be in 0.000244141..31.9998 on loihi2, got 0.0"),
        ("loihi2", {"beta": [0.5] * 5, "threshold": [1] * 4}, "threshold must be one number, or 5, as beta has, got 4"),
        (
            "reckon",
            {"beta": [0.5, 0.6]},
            "LIF: beta must be one number for the layer on reckon, got 2 numbers, 0.5, 0.6",
        ),
        (
            "reckon",
            {"threshold": [1, 2, 3, 4]},
            "threshold must be one number for the layer on reckon, got 4 numbers, 1, 2,",
        ),
    ],
)
def test_what_is_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        quant.LIF(hw_profiles.load(name), CURVE, **options)(torch.zeros(3, 1, 5))


def test_currents_of_each_neuron() -> None:
    profile = hw_profiles.load("loihi2")
    layer = quant.CubaLIF(profile, CURVE, alpha=[0.25, 0.5, 0.75])
    assert layer.alpha.tolist() == [0.25, 0.5, 0.75]
    with pytest.raises(ValueError, match=r"CubaLIF: current must be \[T, B, 3, ...\], as alpha is, got \(2, 1, 4\)"):
        layer(torch.zeros(2, 1, 4))
    with pytest.raises(ValueError, match=r"CubaLIF: alpha\[1\] must be in 0..0.999756 on loihi2, got 1.5"):
        quant.CubaLIF(profile, CURVE, alpha=[0.25, 1.5])
    with pytest.raises(ValueError, match="CubaLIF: beta must be one number for the layer on xylo"):
        quant.CubaLIF(hw_profiles.load("xylo"), CURVE, beta=[0.5, 0.75])
