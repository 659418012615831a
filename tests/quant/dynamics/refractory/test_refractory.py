"""Refractory periods: forward to the last integer on every backend, backward against autograd in float64."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import spikelut
from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic.straight_through import straight_through
from spikelut.quant.dynamics.refractory.specification import refractory_steps
from spikelut.surrogates import Arctan

PROFILES = [name for name in hw_profiles.names() if hw_profiles.load(name).refractory is not None]
SHAPE = (40, 2, 5)
CURVE = Arctan(alpha=2.0)


@pytest.fixture(params=["auto", "torch"])
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    before = spikelut.get_backend()
    spikelut.set_backend(request.param)
    yield request.param
    spikelut.set_backend(before)


def layers(name: str, steps: int = 3, **options: Any) -> list[Any]:
    """Neurons with a period on a profile: of each reset, and with a current where it has those."""
    profile = hw_profiles.load(name)
    step = profile.step
    assert step is not None  # it has neurons
    made: list[Any] = [
        quant.LIF(profile, CURVE, beta=0.75, reset=reset, refractory=steps, **options) for reset in step.resets
    ]
    if profile.current_decay is not None:
        made.append(quant.CubaLIF(profile, CURVE, alpha=0.5, beta=0.75, refractory=steps, **options))
    return made


def currents(name: str) -> Tensor:
    step = hw_profiles.load(name).state_step
    drawn = torch.randn(SHAPE, generator=torch.Generator().manual_seed(5), dtype=torch.float64) * 0.7 + 0.6
    drawn = drawn / (0.25 if name.startswith("spinnaker") else 1.0)  # which take in a quarter of it
    return (drawn / step).round() * step


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("name", PROFILES)
def test_forward_is_the_specification(name: str) -> None:
    for layer in layers(name):
        current, unit = currents(name).float(), layer.profile.state_step
        codes = (current / unit).round().long().numpy()
        ended = layer.sequence(current)
        trace = quant.IntegerLIF("x", layer.spec, CURVE, None, layer.synapse, None, None, layer.others).trace(codes)
        assert np.array_equal(ended[0].detach().numpy(), trace["spikes"])
        assert 0.05 < trace["spikes"].mean() <= 0.25
        for state, value in ended.states.items():
            assert np.array_equal((value / unit).numpy(), trace[state][-1]), state
            assert np.count_nonzero(trace[state]) > trace[state].size // 8, state
        for n in range(SHAPE[2]):
            steps = refractory_steps(layer.spec, layer.others["refractory"], layer.synapse, codes[:, 0, n].tolist())
            for state in ("mem", "wait", "spikes", *(["syn"] if layer.synapse else [])):
                assert [getattr(step, state) for step in steps] == trace[state][:, 0, n].tolist(), state


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("name", ["loihi2", "generic8", "spinnaker1"])
def test_backward_is_autograd(name: str) -> None:
    """A step that is waited hands the membrane's gradient on; nothing that came in then has one."""
    for layer in layers(name):
        current = currents(name).float()
        weights, unit = torch.rand(SHAPE), layer.profile.state_step
        ours = current.clone().requires_grad_()
        out = layer(ours)
        torch.autograd.backward((out * weights).sum())
        trace = quant.IntegerLIF("x", layer.spec, CURVE, None, layer.synapse, None, None, layer.others).trace(
            (current / unit).round().long().numpy()
        )
        theirs = current.double().requires_grad_()
        mem = syn = torch.zeros(SHAPE[1:], dtype=torch.float64)
        wait, twin = np.zeros(SHAPE[1:]), []
        share = 1 - layer.beta if name == "spinnaker1" else 1.0
        for t, arriving in enumerate(theirs):
            if layer.synapse is not None:
                syn = straight_through(layer.alpha * syn + arriving, torch.tensor(trace["syn"][t] * unit))
                arriving = syn
            free = torch.tensor(wait == 0)
            full = layer.beta * mem + arriving * share
            # Compared is what the step leaves, and where it spiked what was there before the reset: x of the step.
            x = _compared(layer, trace, t, arriving.detach(), unit)
            fired = CURVE(straight_through(full, x) - layer.threshold) * free
            assert np.array_equal(fired.detach().numpy(), trace["spikes"][t])
            twin.append(fired)
            after = (
                full * (1 - fired.detach()) if layer.spec.reset == "zero" else full - layer.threshold * fired.detach()
            )
            mem = torch.where(free, straight_through(after, torch.tensor(trace["mem"][t] * unit)), mem)
            wait = trace["wait"][t]
        torch.autograd.backward((torch.stack(twin) * weights.double()).sum())
        assert ours.grad is not None
        assert theirs.grad is not None
        # A synaptic current hands what came in while it waited to later steps.
        assert (0.0 if layer.synapse else 0.2) < (ours.grad == 0).double().mean() < 0.9
        torch.testing.assert_close(ours.grad.double(), theirs.grad, rtol=2e-4, atol=2e-5)  # float32 and its slopes


def _compared(layer: Any, trace: dict[str, Any], t: int, arriving: Tensor, unit: float) -> Tensor:
    """The membrane that is compared in step `t`, of the layer without a period, from the membrane before it."""
    before = trace["mem"][t - 1] if t else np.zeros(SHAPE[1:], np.int64)
    codes = (arriving / unit).round().long().numpy()
    done = quant.IntegerLIF("x", layer.spec, CURVE, None).steps(codes[None], mem=before)
    return torch.tensor(next(iter(done))[0].full * unit)


def test_states_go_on() -> None:
    for layer in layers("loihi2"):
        current = currents("loihi2").float()
        whole, first = layer.sequence(current), layer.sequence(current[:11])
        assert first.states["wait"].any()
        rest = layer.sequence(current[11:], states=first.states)
        assert torch.equal(torch.cat((first[0], rest[0])), whole[0])
        single = layer.step(current[11], states=first.states)
        assert torch.equal(single[0], whole[0][11])
        assert len(whole) == (3 if layer.synapse else 2)


def test_registers_that_are_cut_and_learned_values() -> None:
    """A threshold and a decay that are learned have no gradient of a step that is waited."""
    layer = layers("generic16", 2, learn_threshold=True, learn_beta=True)[0]
    current = torch.full((3, 1, 1), 1.5)
    out = layer(current)
    assert out.flatten().tolist() == [1, 0, 0]
    slope = CURVE.surrogate_grad(torch.tensor(0.5))
    torch.autograd.backward(out.sum())
    torch.testing.assert_close(layer.raw_threshold.grad, -slope)
    assert layer.raw_beta.grad == 0


@pytest.mark.parametrize(
    ("name", "steps", "message"),
    [
        ("loihi2", 63, r"LIF: refractory must be an integer in 0\.\.62, got 63"),
        ("loihi2", 1.0, r"LIF: refractory must be an integer in 0\.\.62, got 1.0"),
        ("reckon", 2, "LIF: refractory must be 0 on reckon, which has no refractory period, got 2"),
    ],
)
def test_periods_that_are_refused(name: str, steps: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        quant.LIF(hw_profiles.load(name), CURVE, refractory=steps)


@pytest.mark.parametrize("name", PROFILES)
def test_recurrent_layers_are_the_same_in_kernels(name: str) -> None:
    profile = hw_profiles.load(name)
    torch.manual_seed(3)
    layer = quant.Recurrent(quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), refractory=2), 5)
    torch.nn.init.normal_(layer.linear.weight, 0.1, 0.5)
    found = []
    before = spikelut.get_backend()
    for backend in ("auto", "torch"):
        spikelut.set_backend(backend)
        current = currents(name).float().requires_grad_()
        out = layer(current)
        torch.autograd.backward(out.sum())
        found.append((out, current.grad))
    spikelut.set_backend(before)
    assert torch.equal(found[0][0], found[1][0])
    assert found[0][1] is not None
    assert found[1][1] is not None
    assert torch.equal(found[0][1], found[1][1])
    assert found[0][1].any()
