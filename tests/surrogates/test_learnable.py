"""Surrogates with trainable parameters."""

import copy
import dataclasses
import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import surrogates
from spikelut.surrogates import Arctan, Learnable, MultiGaussianGrad, QPseudoSpike, SquarewaveFourierSeries, Surrogate

CASES = [(cls, f.name) for cls in surrogates.ALL for f in dataclasses.fields(cls) if not f.metadata["integer"]]
every_parameter = pytest.mark.parametrize(("cls", "name"), CASES, ids=lambda v: v if isinstance(v, str) else v.__name__)


def primitive_gradient(s: Surrogate, name: str, x: Tensor, upstream: Tensor) -> Tensor:
    """sum(upstream * dF/dp) by central differences of the primitive in float64."""
    value = getattr(s, name)
    h = 1e-6 * max(1.0, value)
    # Where the domain ends at the value, the difference is one-sided.
    low = value if value - h < 0 else value - h
    up, down = (dataclasses.replace(s, **{name: v}).surrogate_fun(x) for v in (value + h, low))
    total: Tensor = (upstream * (up - down)).sum() / (value + h - low)
    return total


@every_parameter
def test_gradient_of_a_parameter_is_that_of_the_primitive(cls: type[Surrogate], name: str) -> None:
    s = cls()
    learnable = Learnable(s, name).double()
    x = torch.linspace(-2.3, 2.4, 40, dtype=torch.float64)
    upstream = torch.cos(torch.arange(40, dtype=torch.float64))
    (got,) = torch.autograd.grad((learnable(x) * upstream).sum(), list(learnable.parameters()))
    # Central differences are good to about 1e-8 here.
    torch.testing.assert_close(got, primitive_gradient(s, name, x, upstream), rtol=1e-5, atol=1e-6)
    # The same from autograd on the primitive itself.
    (exact,) = torch.autograd.grad((learnable.surrogate_fun(x) * upstream).sum(), list(learnable.parameters()))
    torch.testing.assert_close(got, exact, rtol=1e-12, atol=1e-14)


@every_parameter
def test_spikes_and_gradient_of_x_are_the_surrogates(cls: type[Surrogate], name: str) -> None:
    s, x = cls(), torch.tensor([-torch.inf, -3.0, -0.2, -0.0, 0.0, 0.4, 5.0, torch.inf, torch.nan])
    learnable = Learnable(s, name)
    assert torch.equal(learnable(x), s(x))
    finite = x[x.isfinite()].requires_grad_()
    (grad,) = torch.autograd.grad(learnable(finite).sum(), finite)
    torch.testing.assert_close(grad, s.surrogate_grad(finite.detach()))
    assert learnable.current() == s or dataclasses.asdict(learnable.current()) == pytest.approx(dataclasses.asdict(s))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_the_spikes_keep_the_dtype_of_x(dtype: torch.dtype) -> None:
    learnable = Learnable(Arctan(), "alpha")
    spikes = learnable(torch.linspace(-60000, 60000, 11, dtype=dtype))
    assert spikes.dtype == dtype
    spikes.sum().backward()
    (parameter,) = learnable.parameters()
    assert parameter.grad is not None
    assert parameter.grad.dtype == torch.float32
    assert bool(parameter.grad.isfinite())


def test_a_slope_per_neuron_and_a_shared_parameter() -> None:
    slopes = torch.tensor([0.5, 1.0, 4.0])
    own = Learnable(Arctan(), alpha=slopes)
    shared = nn.Parameter(slopes.clone())
    given = Learnable(Arctan(), alpha=shared)
    assert given.alpha is shared
    assert own.alpha is not slopes
    x = torch.linspace(-1, 1, 12).reshape(4, 3).requires_grad_()
    (grad,) = torch.autograd.grad(own(x).sum(), x, retain_graph=True)
    for column, alpha in enumerate(slopes.tolist()):
        torch.testing.assert_close(grad[:, column], Arctan(alpha).surrogate_grad(x.detach()[:, column]))
    (grad,) = torch.autograd.grad(given(x).sum(), shared)
    assert grad.shape == (3,)


def test_several_parameters_and_training() -> None:
    # The width of the bell is learned until the gradient mass below threshold reaches what the loss asks for.
    torch.manual_seed(0)
    learnable = Learnable(MultiGaussianGrad(), "sigma", "scale")
    assert {name for name, _ in learnable.named_parameters()} == {"sigma", "scale"}
    optimiser = torch.optim.Adam(learnable.parameters(), lr=0.05)
    x = torch.linspace(-2, 2, 41)
    target = MultiGaussianGrad(sigma=0.9, scale=0.8).surrogate_fun(x)
    losses = []
    for _ in range(200):
        loss = ((learnable.surrogate_fun(x) - target) ** 2).mean()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 1e-3 * losses[0]
    assert dataclasses.asdict(learnable.current())["sigma"] == pytest.approx(0.9, abs=0.05)


def test_a_value_outside_the_domain_is_held_at_its_edge_and_can_return() -> None:
    learnable = Learnable(Arctan(), "alpha").double()
    (alpha,) = learnable.parameters()
    with torch.no_grad():
        alpha.fill_(-3.0)
    assert learnable.current().surrogate_grad(torch.zeros(1)).item() == pytest.approx(5e-7)
    (grad,) = torch.autograd.grad(learnable(torch.tensor([0.5], dtype=torch.float64)).sum(), alpha)
    assert float(grad) > 0


def test_state_copy_and_half_way_through_one() -> None:
    learnable = Learnable(QPseudoSpike(alpha=1.0), "alpha")  # alpha = 1 is where the formula has its removable pole
    twin = copy.deepcopy(learnable)
    twin.load_state_dict(learnable.state_dict())
    x = torch.linspace(-2, 2, 9)
    a, b = (torch.autograd.grad(m(x).sum(), list(m.parameters()))[0] for m in (learnable, twin))
    assert bool(a.isfinite())
    assert torch.equal(a, b)


def test_a_parameter_without_bounds_and_a_field_that_is_none() -> None:
    @dataclasses.dataclass(frozen=True)
    class Shifted(Surrogate):
        centre: float = surrogates.param(-0.5)
        note: str = "not a parameter"

        def surrogate_grad(self, x: Tensor) -> Tensor:
            return torch.exp(-((x - self.centre) ** 2))

        def surrogate_fun(self, x: Tensor) -> Tensor:
            return torch.erf(x - self.centre)

    learnable = Learnable(Shifted(), "centre")
    (grad,) = torch.autograd.grad(learnable(torch.zeros(1)).sum(), list(learnable.parameters()))
    # d erf(x - c) / dc = -2 / sqrt(pi) * exp(-(x - c)**2)
    assert float(grad) == pytest.approx(-1.1283792 * math.exp(-0.25), rel=1e-6)
    with pytest.raises(ValueError, match="that can be learned are centre, got 'note'"):
        Learnable(Shifted(), "note")


@pytest.mark.parametrize(
    ("arguments", "named", "message"),
    [
        ((Arctan(),), {}, "name one or more parameters of Arctan"),
        ((Arctan(), "beta"), {}, "parameters of Arctan that can be learned are alpha, got 'beta'"),
        ((SquarewaveFourierSeries(), "n"), {}, "that can be learned are t_period, got 'n'"),
        ((Arctan(), "alpha", "alpha"), {}, "named once"),
        ((surrogates.ReluGrad2(), "alpha"), {}, "surrogate must have one input, got 'ReluGrad2'"),
        ((Arctan(),), {"alpha": torch.tensor([1.0, -1.0])}, "Arctan: alpha must be > 0, got -1.0"),
    ],
)
def test_wrong_parameters(arguments: tuple[Any, ...], named: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Learnable(*arguments, **named)
