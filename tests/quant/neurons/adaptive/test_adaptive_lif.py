"""Neurons whose threshold adapts: forward to the last integer, backward against autograd in float64."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

import spikelut
from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.arithmetic.straight_through import straight_through
from spikelut.quant.dynamics.adaptive.specification import adaptive_backward, adaptive_steps
from spikelut.quant.dynamics.leak import leak_step
from spikelut.surrogates import Arctan

PROFILES = [name for name in hw_profiles.names() if hw_profiles.load(name).adaptation is not None]
SHAPE = (30, 3, 6)
CURVE = Arctan(alpha=2.0)
EACH = [0.75, 0.875, 0.9375, 0.5, 0.75, 0.875]


def layer_of(name: str, own: bool, slope: Any = CURVE, **options: Any) -> quant.AdaptiveLIF:
    """Neurons on a profile, with a current where it has those, and with `own` numbers each."""
    profile = hw_profiles.load(name)
    given: dict[str, Any] = {"beta": 0.75, "threshold_step": 0.25, "threshold_beta": 0.875, "refractory_beta": 0.75}
    if own:
        steps = [0.0, 0.25, 0.5, 0.125, 0.25, 0.5]
        given = {"beta": EACH, "threshold_step": steps, "threshold_beta": EACH[::-1], "refractory_beta": EACH}
        given["threshold"] = [1.0, 0.5, 1.0, 0.75, 1.25, 1.0]
    given["alpha"] = None if profile.current_decay is None else 0.5
    return quant.AdaptiveLIF(profile, slope, **{**given, **options})


def currents(name: str, scale: float = 0.6) -> Tensor:
    step = hw_profiles.load(name).state_step
    drawn = torch.randn(SHAPE, generator=torch.Generator().manual_seed(5), dtype=torch.float64) * 0.5 + scale
    return (drawn / step).round() * step


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("name", PROFILES)
def test_forward_is_the_specification(name: str, own: bool) -> None:
    layer, current = layer_of(name, own), currents(name)
    ended = layer.sequence(current)
    codes = (current / layer.profile.state_step).round().long().numpy()
    trace = quant.IntegerLIF("x", layer.spec, CURVE, None, layer.synapse, None, None, layer.others).trace(codes)
    assert np.array_equal(ended.out.detach().numpy(), trace["spikes"])
    assert 0.05 < trace["spikes"].mean() < 0.8
    for state, value in ended.states.items():
        assert np.array_equal((value / layer.profile.state_step).numpy(), trace[state][-1]), state
        assert np.count_nonzero(trace[state]) > trace[state].size // 4, state
    for n in range(SHAPE[2]):
        kind = layer.dynamics.neuron(n)
        steps = adaptive_steps(kind.spec, kind.parts["adaptation"], kind.synapse, codes[:, 0, n].tolist())
        rows: NDArray[Any] = np.array(
            [(s.mem, s.theta - kind.spec.threshold, s.refractory, s.spikes) for s, _ in steps]
        )
        for column, state in enumerate(("mem", "adaptation", "refractory", "spikes")):
            assert np.array_equal(rows[:, column], trace[state][:, 0, n]), state


def test_states_go_on() -> None:
    layer, current = layer_of("loihi2", False), currents("loihi2")
    whole, first = layer.sequence(current), layer.sequence(current[:11])
    rest = layer.sequence(current[11:], states=first.states)
    assert torch.equal(torch.cat((first.out, rest.out)), whole.out)
    assert whole.out[11:].any()
    single = layer.step(current[11], states=first.states)
    assert torch.equal(single.out, whole.out[11])
    assert torch.equal(single.states["refractory"], layer.sequence(current[:12]).states["refractory"])


class Twin:
    """The same step in real numbers of float64, which torch differentiates, with the numbers in force.

    What is rounded, and the comparison, come from the layer's integers, straight through.
    """

    def __init__(self, layer: quant.AdaptiveLIF, current: Tensor) -> None:
        codes = (current.detach() / layer.profile.state_step).round().long().numpy()
        integers = quant.IntegerLIF("x", layer.spec, CURVE, None, layer.synapse, None, None, layer.others)
        self.layer, self.trace = layer, integers.trace(codes)

    def left(self, t: int, name: str, leak: str) -> Tensor:
        """What the leak leaves of a state in step `t`."""
        own = self.layer.dynamics.spread(2).parts["adaptation"]
        before = self.trace[name][t - 1] if t else np.zeros_like(self.trace[name][0])
        return torch.tensor(leak_step(NumpyOps, getattr(own, leak), before) * self.layer.profile.state_step)

    def cut(self, t: int, name: str, value: Tensor) -> Tensor:
        """Nothing passes a register at its end, unless it wraps."""
        register = next(state.register for state in self.layer.dynamics.states if state.name == name)
        codes = torch.tensor(self.trace[name][t])
        at_end = ((codes == register.max_code) | (codes == register.min_code)) & (register.overflow == "saturate")
        return torch.where(at_end, value.detach(), value)

    def run(self, current: Tensor, threshold: Tensor, beta: Tensor, bias: Tensor) -> Tensor:
        layer, unit = self.layer, self.layer.profile.state_step
        mem = risen = tired = syn = torch.zeros(current.shape[1:], dtype=torch.float64)

        def exact(t: int, name: str, value: Tensor) -> Tensor:
            return self.cut(t, name, straight_through(value, torch.tensor(self.trace[name][t] * unit)))

        outs = []
        for t, arriving in enumerate(current):
            if layer.synapse is not None:
                syn = exact(t, "syn", layer.alpha * syn + arriving)
                arriving = syn
            mem = exact(t, "mem", beta * mem + arriving + bias)
            risen = straight_through(layer.threshold_beta * risen, self.left(t, "adaptation", "threshold_leak"))
            tired = straight_through(layer.refractory_beta * tired, self.left(t, "refractory", "refractory_leak"))
            theta = threshold + risen
            spikes = CURVE(mem - tired - theta)
            assert np.array_equal(spikes.detach().numpy(), self.trace["spikes"][t])
            outs.append(spikes)
            tired, risen = tired + 2 * theta * spikes, risen + layer.threshold_step * spikes
            tired, risen = self.cut(t, "refractory", tired), self.cut(t, "adaptation", risen)
        return torch.stack(outs)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("name", PROFILES)
def test_backward_is_autograd(name: str, own: bool) -> None:
    layer, weights = layer_of(name, own, learn_threshold=True, learn_beta=True).double(), torch.rand(SHAPE).double()
    ours = currents(name, 0.5).requires_grad_()
    out = layer(ours)
    torch.autograd.backward((out * weights).sum())
    theirs, threshold, beta = currents(name, 0.5).requires_grad_(), layer.threshold, layer.beta
    threshold, beta = (torch.as_tensor(v, dtype=torch.float64).requires_grad_() for v in (threshold, beta))
    twin = Twin(layer, theirs).run(theirs, threshold, beta, torch.zeros((), dtype=torch.float64))
    assert torch.equal(out, twin)
    torch.autograd.backward((twin * weights).sum())
    assert layer.raw_threshold is not None
    assert layer.raw_beta is not None
    for mine, other in ((ours, theirs), (layer.raw_threshold, threshold), (layer.raw_beta, beta)):
        assert mine.grad is not None
        assert mine.grad.count_nonzero() > mine.numel() // 2
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-9, atol=1e-12)  # sums in another order


def test_backward_is_the_specification() -> None:
    layer = layer_of("loihi2", False)
    current = currents("loihi2").requires_grad_()
    given = torch.rand(SHAPE, dtype=torch.float64)
    torch.autograd.backward((layer(current) * given).sum())
    assert current.grad is not None
    unit = layer.profile.state_step
    codes = (current.detach() / unit).round().long()
    steps = [
        step
        for step, _ in adaptive_steps(layer.spec, layer.others["adaptation"], layer.synapse, codes[:, 1, 2].tolist())
    ]
    slopes = [float(CURVE.surrogate_grad(torch.tensor(step.x * unit, dtype=torch.float64))) for step in steps]
    found = adaptive_backward(
        layer.spec, layer.others["adaptation"], layer.synapse, steps, slopes, given[:, 1, 2].tolist()
    )
    assert any(step.spikes for step in steps)
    torch.testing.assert_close(torch.tensor(found, dtype=torch.float64), current.grad[:, 1, 2], rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", PROFILES)
def test_a_table_has_the_gradient_of_its_entries(name: str) -> None:
    """With the entries at each x as slopes of the specification, also in recurrent layers, every backend."""
    profile = hw_profiles.load(name)
    layer = layer_of(name, False, quant.LUTSurrogate(CURVE, profile))
    found = []
    for backend in ("auto", "torch"):
        before = spikelut.get_backend()
        spikelut.set_backend(backend)
        current = currents(name).float().requires_grad_()
        out = layer(current)
        torch.autograd.backward(out.sum())
        spikelut.set_backend(before)
        assert current.grad is not None
        found.append((out, current.grad))
    assert torch.equal(found[0][0], found[1][0])
    assert found[0][1].count_nonzero() > found[0][1].numel() // 2
    torch.testing.assert_close(found[0][1], found[1][1], rtol=0, atol=0)


@pytest.mark.parametrize("backend", ["auto", "torch"])
def test_registers_that_end_pass_nothing(backend: str) -> None:
    """The threshold's rise at the end of its register takes no gradient back to the spikes that raise it further."""
    profile = hw_profiles.load("generic8")
    layer = quant.AdaptiveLIF(profile, CURVE, beta=0.5, threshold_step=7.0, threshold_beta=0.9375, refractory_beta=0.5)
    end = profile.membrane_format.max_code * profile.state_step
    low = {"adaptation": torch.full((1, 1), 6.0, requires_grad=True), "mem": torch.full((1, 1), 7.9)}
    before = spikelut.get_backend()
    spikelut.set_backend(backend)
    ended = layer.sequence(torch.full((1, 1, 1), 7.0), states=low)
    spikelut.set_backend(before)
    assert ended.out.all()
    assert ended.states["adaptation"].item() == end
    (grad,) = torch.autograd.grad(ended.states["adaptation"].sum(), low["adaptation"])
    assert not grad.any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold_step": -0.5}, r"AdaptiveLIF: threshold_step must be in 0\.\.31\.\d+ on loihi2, got -0.5"),
        ({"threshold_beta": 1.5}, r"AdaptiveLIF: threshold_beta must be in 0\.\.1 on loihi2, got 1.5"),
        ({"refractory_beta": float("nan")}, r"AdaptiveLIF: refractory_beta must be in 0\.\.1 on loihi2, got nan"),
        ({"threshold": [1.0, -1.0]}, r"AdaptiveLIF: threshold\[1\] must be in"),
    ],
)
def test_values_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quant.AdaptiveLIF(hw_profiles.load("loihi2"), CURVE, **options)


def test_profiles_without_such_neurons_are_refused() -> None:
    refused = [name for name in hw_profiles.names() if name not in PROFILES and hw_profiles.load(name).step is not None]
    assert "reckon" in refused
    for name in refused:
        with pytest.raises(ValueError, match=f"AdaptiveLIF: profile must have neurons that adapt, got {name}"):
            quant.AdaptiveLIF(hw_profiles.load(name), CURVE)


def test_a_saturated_membrane_passes_no_gradient() -> None:
    layer = layer_of("generic8", False)
    current = torch.full((4, 1, 1), 9.0, requires_grad=True)
    ended = layer.sequence(current)
    torch.autograd.backward(ended.mem.sum())
    assert current.grad is not None
    assert not current.grad.any()
