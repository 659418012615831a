"""A neuron kind that is stated here alone runs in torch, forward and backward, in NumPy, and as a graph's operators."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from adaptive_kind import JUMP, Adaptive
from torch import Tensor

import spikelut
from spikelut import hw_profiles
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.backends.dispatch import run_layer
from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.dynamics.kind import Gradients, StepResult
from spikelut.quant.dynamics.lif import LIFDynamics
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.surrogates import Arctan

KIND = Adaptive(LIFSpec.from_profile(hw_profiles.load("generic8"), 0.75, 1.0, "zero"))
CURVE = Arctan(alpha=2.0)
UNIT = KIND.spec.membrane.step


def currents(*shape: int) -> Tensor:
    codes = torch.randint(-3000, 6000, shape, generator=torch.Generator().manual_seed(7))
    return codes * UNIT


def in_numpy(current: Tensor) -> tuple[Any, tuple[Any, ...]]:
    """Spikes, and the last states, from rest."""
    states: tuple[Any, ...] = (np.zeros(current.shape[1:], np.int64),) * 3
    spikes = []
    for codes in np.rint(current.detach().numpy() / UNIT).astype(np.int64):
        step = KIND.step(NumpyOps, states, codes)
        states = step.states
        spikes.append(step.spikes)
    return np.stack(spikes), states


def straight_through(exact: Tensor, code: Tensor) -> Tensor:
    return exact + (code - exact).detach()


def by_autograd(current: Tensor, rest: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The same in real numbers of float64, whose derivative torch finds; whole codes come straight through."""
    mem, slow, rise = rest
    beta, out = KIND.spec.beta, []
    for arriving in current:

        def floored(x: Tensor) -> Tensor:
            return straight_through(x, (x.detach() / UNIT).floor() * UNIT)

        def leaked(x: Tensor) -> Tensor:
            codes = (x.detach() / UNIT).round()
            return straight_through(beta * x, (codes - (codes / 4).floor()) * UNIT)

        full = leaked(mem) + arriving + floored(slow / 4)
        slow = leaked(slow) + floored(full / 8)
        spikes = CURVE(full - rise - KIND.spec.spike_at * UNIT)
        out.append(spikes)
        mem = full * (1 - spikes.detach())
        rise = leaked(rise) + JUMP * UNIT * spikes.detach()
    return torch.stack(out), (mem, slow, rise)


@pytest.fixture(params=["auto", "torch"])
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """The fastest way there is, and that of torch's operations."""
    before = spikelut.get_backend()
    spikelut.set_backend(request.param)
    yield request.param
    spikelut.set_backend(before)


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_forward_is_that_of_numpy(dtype: torch.dtype) -> None:
    current = currents(40, 3, 5).to(dtype)
    rest = (torch.zeros(3, 5, dtype=dtype),) * 3
    got = run_layer(LayerSpec(KIND, CURVE), Inputs(current, rest), "Adaptive")
    spikes, states = in_numpy(current)
    assert 0.05 < spikes.mean() < 0.95
    assert np.array_equal(got[0].numpy(), spikes)
    assert len(got[1]) == 3
    for state, codes in zip(got[1], states, strict=True):
        assert np.count_nonzero(codes) > len(codes.flat) // 2
        assert np.array_equal(state.numpy(), codes * UNIT)


@pytest.mark.usefixtures("backend")
def test_backward_is_the_derivative_straight_through() -> None:
    shape = (25, 2, 4)
    grads = []
    for run in (lambda x, rest: run_layer(LayerSpec(KIND, CURVE), Inputs(x, rest), "Adaptive"), by_autograd):
        current = currents(*shape).double().requires_grad_()
        rest = tuple(torch.full(shape[1:], 4 * UNIT, dtype=torch.float64, requires_grad=True) for _ in range(3))
        out, states = run(current, rest)
        total = out.sum() + sum((i + 1) * state.sum() for i, state in enumerate(states))
        torch.autograd.backward(total)
        grads.append([out.detach(), *[v.grad for v in (current, *rest)]])
    for ours, torchs in zip(*grads, strict=True):
        assert ours.count_nonzero() > ours.numel() // 8
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=0)  # sums in another order


@dataclass(frozen=True)
class Halved(LIFDynamics):
    """The library's neurons, but that half of the input arrives: the same states and the same integers."""

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        return super().step(ops, states, arriving >> 1, bias)

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        back = super().backward(grads, through, out, spikes, passes)
        return back._replace(arriving=back.arriving / 2)


@pytest.mark.usefixtures("backend")
def test_a_kind_is_not_run_as_another_with_the_same_integers() -> None:
    results = []
    for kind, current in ((Halved(KIND.spec), 2 * currents(40, 3, 5)), (LIFDynamics(KIND.spec), currents(40, 3, 5))):
        current.requires_grad_()
        out = run_layer(LayerSpec(kind, CURVE), Inputs(current, (torch.zeros(3, 5),)), "LIF")[0]
        torch.autograd.backward(out.sum())
        assert current.grad is not None
        results.append((out, current.grad))
    (halved, grad), (whole, expected) = results
    assert 0.05 < whole.mean() < 0.95
    assert torch.equal(halved, whole)
    torch.testing.assert_close(2 * grad, expected)


def test_it_is_written_as_c() -> None:
    """The writer prints it as it prints the kinds of the library; each state is assigned."""
    home = Recording("a test")
    names = [state.name for state in KIND.states]
    states = tuple(home.input(s.name, s.register.min_code, s.register.max_code) for s in KIND.states)
    step = KIND.step(ExpressionOps, states, home.input("arriving", -(2**14), 2**14))
    written = write(home, step.states)
    text = "\n".join((*written.shared, *written.lines))
    assert all(name in text for name in names)
    assert len(set(written.texts)) == 3
