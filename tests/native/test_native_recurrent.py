"""Recurrent layers in the compiled kernels, step by step: what torch's operations give, to the last bit."""

from typing import Any

import pytest
import torch
from backends import backend
from torch import Tensor

import spikelut
from spikelut import hw_profiles, native, quant
from spikelut.quant.backends.native import step_by_step
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.skipif(native.library() is None, reason="there is no compiled library")
PROFILES = ("loihi2", "generic8", "generic16", "reckon", "xylo", "tflm_int8")
FEATURES, SHAPE = 9, (12, 4, 9)
CURVE = Arctan(alpha=2.0)


def layers(name: str) -> dict[str, quant.Recurrent]:
    """Of each kind that the profile has, with a table and a curve, a bias and numbers of each neuron."""
    profile = hw_profiles.load(name)
    slope = quant.LUTSurrogate(CURVE, profile)
    own = torch.linspace(0.5, 0.875, FEATURES) if profile.decay and profile.decay.per_neuron else 0.875
    own = 0.9375 if name in ("reckon", "xylo") else own
    made: dict[str, Any] = {}
    if name != "xylo":
        made["lif"] = quant.LIF(profile, slope, beta=own, bias=FEATURES if profile.bias else None)
        made["curve"] = quant.LIF(profile, CURVE, beta=0.9375 if name == "reckon" else 0.875, truncate=5)
    if profile.current_decay is not None:
        made["cuba"] = quant.CubaLIF(profile, slope, alpha=0.5, beta=own)
    if profile.adaptation is not None:
        made["adaptive"] = quant.AdaptiveLIF(profile, slope, beta=own, threshold_step=0.25, truncate=5)
        alpha = None if profile.current_decay is None else 0.5
        made["adaptive curve"] = quant.AdaptiveLIF(profile, CURVE, alpha=alpha, beta=0.5, threshold_step=0.125)
    for neuron in made.values():
        if neuron.bias is not None:
            torch.nn.init.normal_(neuron.bias, 0.1, 0.2)
    return {key: quant.Recurrent(neuron, FEATURES) for key, neuron in made.items()}


def run(layer: quant.Recurrent, current: Tensor, backend: str, **before: Tensor) -> list[Tensor]:
    """What comes out, the last states, and all gradients."""
    previous = spikelut.get_backend()
    spikelut.set_backend(backend)
    given = [current.clone().requires_grad_(), *(state.clone().requires_grad_() for state in before.values())]
    layer.zero_grad()
    states = dict(zip(before, given[1:], strict=True))
    last = states.pop("last", None)
    ended = layer.sequence(given[0], last=last, states=states)
    weights = torch.rand(ended.out.shape, generator=torch.Generator().manual_seed(4))
    total = (ended.out * weights).sum() + sum((i + 1) * state.sum() for i, state in enumerate(ended.states.values()))
    torch.autograd.backward(total)
    spikelut.set_backend(previous)
    grads = [x.grad for x in (*given, *layer.parameters())]
    return [x.detach().clone() for x in (ended.out, *ended.states.values(), *grads) if x is not None]


def check_same(ours: list[Tensor], theirs: list[Tensor]) -> None:
    """Equal, but for the gradient of the weights: one product, whose order of sums depends on where its factors lie."""
    for mine, other in zip(ours[:-1], theirs[:-1], strict=True):
        assert torch.equal(mine, other)
    torch.testing.assert_close(ours[-1], theirs[-1], rtol=1e-5, atol=1e-6)


@pytest.fixture(autouse=True)
def weights() -> None:
    torch.manual_seed(3)


@pytest.mark.parametrize("name", PROFILES)
def test_the_same_to_the_last_bit(name: str) -> None:
    step = hw_profiles.load(name).state_step
    for key, layer in layers(name).items():
        torch.nn.init.normal_(layer.linear.weight, 0.05, 0.4)
        scale = 4.0 if key == "curve" else 0.6  # registers saturate, too
        current = (torch.randn(SHAPE) * scale / step).round() * step
        ours, theirs = run(layer, current, "auto"), run(layer, current, "torch")
        check_same(ours, theirs)
        assert ours[0].mean() > 0.02, key
        count = 1 + len(layer.neuron.state_names)
        assert ours[count].count_nonzero() > ours[count].numel() // 8, key  # the gradient of the currents
        assert all(x.any() for x in ours), key


def test_it_is_these_kernels_that_run() -> None:
    from spikelut.quant.backends.dispatch import BACKWARD, FORWARD

    assert [b.name for b in FORWARD].index("native steps") < [b.name for b in FORWARD].index("reference")
    assert [b.name for b in BACKWARD].index("native steps") < [b.name for b in BACKWARD].index("reference")
    for key, layer in layers("loihi2").items():
        neuron: Any = layer.neuron
        spec = spikelut.quant.backends.contract.LayerSpec(neuron.dynamics, neuron.surrogate)
        rest = tuple(torch.zeros(SHAPE[1:]) for _ in neuron.dynamics.states)
        given = spikelut.quant.backends.contract.Inputs(torch.zeros(SHAPE), rest, torch.zeros(FEATURES, FEATURES))
        assert step_by_step.takes(spec, given), key


@pytest.mark.parametrize("name", ["loihi2", "generic8"])
def test_from_states_and_spikes_before(name: str) -> None:
    step = hw_profiles.load(name).state_step
    layer = layers(name)["adaptive"]
    names = layer.neuron.state_names
    before = {state: (torch.rand(SHAPE[1:]) * 0.25 / step).round() * step for state in names}
    before["last"] = (torch.rand(SHAPE[1:]) < 0.5).float()
    current = (torch.randn(SHAPE) * 0.6 / step).round() * step
    ours, theirs = run(layer, current, "auto", **before), run(layer, current, "torch", **before)
    check_same(ours, theirs)
    assert ours[0].any()


@pytest.mark.parametrize("name", ["loihi2", "generic8"])
def test_sums_beyond_what_float32_holds(name: str) -> None:
    """A current and what is fed back are rounded each by itself, and their sum wraps or saturates as integers do."""
    profile = hw_profiles.load(name)
    layer = quant.Recurrent(quant.LIF(profile, CURVE, beta=0.5), 4)
    torch.nn.init.constant_(layer.linear.weight, 1.9)
    step = profile.state_step
    current = torch.full((6, 1, 4), 2.0) + torch.tensor([0.5, 1.5, 1e6, -3e5]) * step * torch.ones(6, 1, 4)
    ours, theirs = run(layer, current, "auto"), run(layer, current, "torch")
    check_same(ours, theirs)
    assert ours[0].any()


@pytest.mark.parametrize("which", ["torch", "native"])
def test_gradients_of_recurrent_weights_are_not_rounded_in_autocast(which: str) -> None:
    profile = hw_profiles.load("loihi2")
    layer = quant.Recurrent(quant.LIF(profile, CURVE, beta=0.875), FEATURES)
    generator = torch.Generator().manual_seed(0)
    current, towards = (torch.randn(SHAPE, generator=generator) for _ in range(2))
    with backend(which):
        (wanted,) = torch.autograd.grad((layer(current) * towards).sum(), layer.linear.weight)
        with torch.autocast("cpu", torch.bfloat16):
            (found,) = torch.autograd.grad((layer(current) * towards).sum(), layer.linear.weight)
    assert bool(wanted.any())
    assert torch.equal(found, wanted)
