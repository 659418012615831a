"""The way back of a recurrent layer in one call: what single steps give, whatever the threads and the vectors."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from backends import backend, equal, needs_native, threads
from torch import Tensor
from watched_kernels import at_most, watched

from spikelut import hw_profiles, quant
from spikelut.quant.backends import dispatch
from spikelut.quant.backends.native import fed_back
from spikelut.surrogates import Arctan, SquarewaveFourierSeries

pytestmark = needs_native
ONE_CALL = "native, fed back"
FEATURES = 131
"""More than one block of rows of the weights, and no whole number of panels of any width."""


def made(name: str, kind: str = "table", **options: Any) -> Any:
    """A recurrent layer whose weights do something."""
    profile, curve = hw_profiles.load(name), Arctan(alpha=2.0)
    slopes = {"curve": curve, "none": SquarewaveFourierSeries()}
    neuron = options.pop("neuron", quant.LIF)(profile, slopes.get(kind, quant.LUTSurrogate(curve, profile)), **options)
    torch.manual_seed(3)
    if neuron.bias is not None:
        torch.nn.init.normal_(neuron.bias, 0.1, 0.2)
    layer = quant.Recurrent(neuron, FEATURES)
    torch.nn.init.normal_(layer.linear.weight, 0.01, 0.15)
    return layer


LAYERS: dict[str, Any] = {
    "to zero": lambda: made("loihi2", beta=0.875, reset="zero", bias=FEATURES),
    "subtracted, saturates": lambda: made("generic8", beta=0.875, reset="subtract"),
    "wraps": lambda: made("loihi2", beta=0.875, bias=FEATURES),
    "curve, truncated": lambda: made("loihi2", "curve", beta=0.5, truncate=2),
    "slopes, truncated": lambda: made("loihi2", "none", beta=0.5, truncate=3),
    "current": lambda: made("loihi2", neuron=quant.CubaLIF, alpha=0.5, beta=0.875),
    "adapts": lambda: made("loihi2", neuron=quant.AdaptiveLIF, beta=0.875, threshold_step=0.25),
    "own factors": lambda: made("generic16", beta=torch.linspace(0.5, 0.9375, FEATURES)),
}


@pytest.fixture(params=[64, 32, 16])
def width(request: pytest.FixtureRequest) -> Iterator[int]:
    """Vectors of so many bytes."""
    yield from at_most(request.param)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As many as there were calls of the kernel."""
    return watched(monkeypatch, "spikelut_integer_fed_backward")


def gradients(layer: Any, steps: int = 5, batch: int = 17, odd: float | None = None, gain: float = 0.6) -> list[Tensor]:
    """Spikes, states, and the gradients of the currents, of states and spikes before, and of parameters."""
    random, step = torch.Generator().manual_seed(5), layer.neuron.profile.state_step
    shape = (batch, FEATURES)
    current = (torch.randn(steps, *shape, generator=random) * gain / step).round() * step
    before = [(torch.rand(shape, generator=random) * 0.25 / step).round() * step for _ in layer.neuron.state_names]
    last = (torch.rand(shape, generator=random) < 0.3).float()
    leaves = [x.requires_grad_() for x in (current, last, *before)]
    ended = layer.sequence(current, last=last, states=dict(zip(layer.neuron.state_names, before, strict=True)))
    given = torch.randn(ended.out.shape, generator=random)
    if odd is not None:
        given[-1, 0, 0] = odd
    outs = [ended.out, *ended.states.values()]
    grads = [given, *(torch.randn(shape, generator=random) for _ in outs[1:])]
    wanted = [*leaves, *(p for p in layer.parameters() if p.requires_grad)]
    return [*(out.detach() for out in outs), *torch.autograd.grad(outs, wanted, grads, materialize_grads=True)]


def step_by_step(monkeypatch: pytest.MonkeyPatch, *given: Any, **named: Any) -> list[Tensor]:
    """The same, one step after the other."""
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "BACKWARD", tuple(d for d in dispatch.BACKWARD if d.name != ONE_CALL))
        return gradients(*given, **named)


def check_near(layer: Any, found: list[Tensor], wanted: list[Tensor]) -> None:
    """Spikes and states are equal; gradients, sums of 131 products in another order, are to 1e-5 of the largest."""
    outs = 1 + len(layer.neuron.state_names)
    for i, (one, other) in enumerate(zip(found, wanted, strict=True)):
        largest = float(other.abs().max())
        torch.testing.assert_close(one, other, rtol=0, atol=0 if i < outs else 1e-5 * largest)
        cut_off = layer.neuron.truncate and outs < i <= outs + outs  # before the first step nothing is learned
        assert one.count_nonzero() > one.numel() // 50 or cut_off


@pytest.mark.parametrize("key", LAYERS)
def test_it_gives_what_steps_give(key: str, calls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    layer = LAYERS[key]()
    gain = 40.0 if "wraps" in key or "saturates" in key else 0.6
    spec = layer.neuron.spec
    # A spread of 40 is beyond the register of currents at four in ten values of loihi2, at eight of generic8.
    assert (gain > spec.current.max_code * spec.membrane.step) == (gain > 1)
    found = gradients(layer, gain=gain)
    assert len(calls) == 1
    assert 0.02 < found[0].mean() < 0.7
    check_near(layer, found, step_by_step(monkeypatch, layer, gain=gain))
    assert len(calls) == 1


def test_with_every_width_of_vectors(width: int, calls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    layer = LAYERS["to zero"]()
    check_near(layer, gradients(layer), step_by_step(monkeypatch, layer))
    assert len(calls) == 1


def test_threads_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last bit: each takes samples of its own, and a row of a product is the same whatever the others."""
    layer = LAYERS["current"]()
    with threads(1):
        alone = gradients(layer, 18, 31)
    with threads(2):
        assert all(map(torch.equal, alone, gradients(layer, 18, 31)))
    assert 18 * 31 * FEATURES >= 2 * 32768, "enough for a team"


def test_gradients_that_are_exact_are_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all factors are of few bits, no sum is rounded, and any order gives the same."""
    layer = made("loihi2", beta=0.5)
    with torch.no_grad():
        layer.linear.weight.copy_((layer.linear.weight * 8).round() / 8)
        layer.linear.weight[0, 0] = 0.5
    current = (torch.randn(2, 5, FEATURES, generator=torch.Generator().manual_seed(1)) * 8).round() / 8
    found = []
    for named in (None, ONE_CALL):
        with monkeypatch.context() as patch:
            patch.setattr(dispatch, "BACKWARD", tuple(d for d in dispatch.BACKWARD if d.name != named))
            x = current.clone().requires_grad_()
            found.append(torch.autograd.grad(layer(x).sum(), [x, layer.linear.weight]))
    assert all(map(torch.equal, *found))
    assert all(x.count_nonzero() > x.numel() // 8 for x in found[0])


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_what_is_not_finite_stays_in_its_sample(odd: float, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = LAYERS["to zero"]()
    found, stepped, plain = (
        gradients(layer, odd=odd),
        step_by_step(monkeypatch, layer, odd=odd),
        gradients(layer),
    )
    at = 2  # of the currents, after spikes and membranes
    assert equal(found[at].isnan(), stepped[at].isnan())
    assert not found[at][:, 0].isfinite().all()
    assert torch.equal(found[at][:, 1:], plain[at][:, 1:])


@pytest.mark.parametrize("neuron", [quant.LIF, quant.CubaLIF])
@pytest.mark.parametrize("features", [5, FEATURES])
def test_nothing_goes_back_over_a_truncation(neuron: Any, features: int) -> None:
    """Not even what is no number, whoever computes, with recurrent weights and without."""
    profile, found = hw_profiles.load("loihi2"), []
    options = {"alpha": 0.5} if neuron is quant.CubaLIF else {}
    cell = neuron(profile, Arctan(), beta=0.875, truncate=3, **options)
    for layer in (cell, quant.Recurrent(cell, features)):
        for who in ("torch", "native"):
            with backend(who):
                random = torch.Generator().manual_seed(1)
                current = torch.randn(9, 17, features, generator=random).requires_grad_()
                given = torch.randn(current.shape, generator=random)
                given[7, 2, 1] = float("nan")
                (back,) = torch.autograd.grad(layer(current), current, given)
                assert back[6:, 2].isnan().any()
                assert back[:6].isfinite().all(), (who, type(layer).__name__)
                assert back[:6].count_nonzero() > back[:6].numel() // 2
                found.append(back.isnan())
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[2], found[3])


@pytest.mark.parametrize("name", ["loihi2", "generic16"])
def test_currents_whose_sums_float32_does_not_hold(name: str) -> None:
    """The call gives up, and others add integers; of what is not finite they say so."""
    layer = made(name, beta=0.5)
    random, step = torch.Generator().manual_seed(7), layer.neuron.profile.state_step
    current = torch.randn(6, 3, FEATURES, generator=random).div(step).round() * step
    current[2:, :, ::2], current[2:, :, 1::4] = (
        (2**24 + 2) * step,
        2**31 * step,
    )  # which is cut before what is fed back comes
    found = []
    for who in ("native", "torch"):
        with backend(who), torch.no_grad():
            ended = layer.sequence(current)
            found.append([ended.out, *ended.states.values()])
    assert all(map(torch.equal, *found))
    assert all(x.any() for x in found[0])
    for odd in (float("nan"), float("-inf")):
        current[3, 1, 5] = odd
        with pytest.raises(ValueError, match="LIF: current and states must be finite"):
            layer(current)


@pytest.mark.parametrize(("steps", "batch"), [(0, 3), (1, 3), (4, 0), (1, 1)])
def test_nothing_and_one_step(steps: int, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = LAYERS["to zero"]()
    monkeypatch.setattr(fed_back, "LEAST_PRODUCTS", 0)
    found, wanted = gradients(layer, steps, batch), step_by_step(monkeypatch, layer, steps, batch)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5)


def test_frozen_weights_get_no_gradient(calls: list[int]) -> None:
    layer = LAYERS["to zero"]()
    learned = gradients(layer)
    layer.linear.weight.requires_grad_(False)
    frozen = gradients(layer)
    assert len(frozen) == len(learned) - 1
    assert len(calls) == 2
    assert all(map(torch.equal, frozen, learned))


def test_what_is_left_to_steps(calls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Learned factors; doubles; few weights, whose gradients stay what they were; and very many."""
    layer = LAYERS["to zero"]()
    gradients(made("loihi2", beta=0.875, learn_beta=True))
    gradients(LAYERS["to zero"]().double())
    gradients(layer, batch=3)
    with monkeypatch.context() as patch:
        patch.setattr(fed_back, "MOST_FEATURES", FEATURES - 1)
        gradients(layer)
    assert not calls
    gradients(layer)
    assert calls
