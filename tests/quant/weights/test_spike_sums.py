"""Sums over spikes in kernels: those of a product of matrices to the last bit, and gradients as good as its own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
import torch
from looping import each
from torch import Tensor
from torch.autograd import forward_ad
from watched_kernels import at_most, take_small_products, watched

from spikelut import native
from spikelut.hw_profiles import load
from spikelut.quant import QuantLinear, packed_spikes
from spikelut.quant.arithmetic import spike_products
from spikelut.quant.weights import spike_sums as module
from spikelut.quant.weights.grid import WeightGrid
from spikelut.quant.weights.spike_sums import spike_sums

pytestmark = pytest.mark.skipif(bool(native.reason_missing()), reason="there are no kernels")

PROFILE = load("loihi2")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    take_small_products(monkeypatch)


@pytest.fixture(params=[64, 32, 16])
def vectors(request: pytest.FixtureRequest) -> Iterator[int]:
    """Vectors of so many bytes at most."""
    yield from at_most(request.param)


def summed(x: Tensor, weight: Tensor, bits: int = 8, step: float = 1.0, unit: int = -7) -> Tensor | None:
    """The sums by weights of so many bits, a code of which is 2**unit."""
    half, reach = 2 ** (bits - 1), unit + bits - 1
    grid = WeightGrid(bits, (-half, half - 1), (reach, reach), "half_even", per_channel=False)
    return spike_sums(x, weight, grid, step, lambda _: pytest.fail("no modules are asked"))


def drawn(rows: int, inputs: int, outputs: int, density: float, bits: int = 8) -> tuple[Tensor, Tensor]:
    """Spikes, and weights in codes of 2**-7."""
    generator = torch.Generator().manual_seed(rows + inputs + outputs)
    x = (torch.rand(rows, inputs, generator=generator) < density).float()
    codes = torch.randint(-(2 ** (bits - 1)), 2 ** (bits - 1), (outputs, inputs), generator=generator)
    return x, codes.float() * 2.0**-7


def drawn_gradient(rows: int, outputs: int) -> Tensor:
    """One of each sum."""
    return torch.randn(rows, outputs, generator=torch.Generator().manual_seed(rows))


def layer(x: Tensor, **options: Any) -> tuple[QuantLinear, QuantLinear]:
    """A layer, and another one with the same weights, as many outputs as 40."""
    torch.manual_seed(0)
    made = [QuantLinear(x.shape[-1], 40, profile=PROFILE, **options) for _ in range(2)]
    made[1].load_state_dict(made[0].state_dict())
    return made[0], made[1]


@contextmanager
def products() -> Iterator[None]:
    """While entered, products of matrices are made instead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spike_products, "LEAST_ROWS", 10**9)
        patch.setattr(module, "LEAST_ROWS", 10**9)
        yield


@each(
    ("rows", "inputs", "outputs", "density", "bits"),
    [(70, 33, 10, 0.3, 2), (130, 200, 97, 0.4, 4), (65, 300, 577, 0.1, 8), (9, 90, 40, 0.4, 12), (64, 31, 1, 0.2, 8)],
)
def test_sums_are_those_of_a_product(
    vectors: int, rows: int, inputs: int, outputs: int, density: float, bits: int
) -> None:
    x, weight = drawn(rows, inputs, outputs, density, bits)
    x *= 0.25
    found = summed(x, weight, bits, 0.25)
    assert found is not None
    assert torch.equal(found, x @ weight.T)
    assert torch.equal(found.double(), x.double() @ weight.double().T)
    assert (found != 0).float().mean() > 0.5


def test_sums_beyond_16_bits(vectors: int) -> None:
    x = torch.zeros(4, 1300)
    x[1, ::2], x[2, 1:600], x[3, 5:261] = 1, 1, 1
    for bits, code in ((8, -128), (8, 127), (12, -2048)):
        found = summed(x, torch.full((40, 1300), code * 0.5), bits, unit=-1)
        assert found is not None
        assert found.tolist() == [[n * code * 0.5] * 40 for n in (0, 650, 599, 256)]


def test_what_kernels_do_not_take() -> None:
    x, weight = drawn(70, 40, 30, 0.3)
    assert summed(x, weight) is not None
    others = [x.clone() for _ in range(6)]
    for other, value in zip(others, (32.0, float("nan"), -0.0, 0.5, 1.5, -1.0), strict=True):
        other[11] = 0
        other[11, 39] = value  # a row that the first look does not see of 70
    many, crowded = (torch.rand(70, 40) < 0.9).float(), x.clone()
    crowded[11, :2] = 31  # more events in a row than inputs
    for given in (*others, many, crowded, x.double(), x[:0], torch.zeros(70, 0)):
        assert summed(given, weight) is None
    assert summed(x, weight, 13) is None
    assert summed(x, weight, unit=-60) is None  # Brevitas has no scale so small
    for value in (float("nan"), float("-inf")):
        weight[0, 0] = value
        assert summed(x, weight) is None


@each("most", [2, 3, 15, 31])
def test_counts_of_events(monkeypatch: pytest.MonkeyPatch, vectors: int, most: int) -> None:
    """As spikes: a weight is added as often as its input counts; gradients go by the digits of the counts, if few."""
    ones, _ = drawn(70, 60, 40, 0.1)
    counts = torch.randint(1, most + 1, ones.shape, generator=torch.Generator().manual_seed(most))
    counts[1:] = 1 + (counts[1:] > most - 1)  # few events in most rows
    counts[3, 5], ones[3, 5] = most, 1
    x = (ones * counts * 0.5).reshape(7, 10, 60)
    ours, other = layer(x, input_step=0.5)
    calls, grad, found = watched(monkeypatch, "spikelut_sums_forward"), drawn_gradient(70, 40).reshape(7, 10, 40), []
    by_digits = watched(monkeypatch, "spikelut_sums_by_weight")
    for taken, how in ((ours, nullcontext()), (other, products())):
        leaf = x.clone().requires_grad_()
        with how:
            out = taken(leaf)
            (by_x, by_weight) = torch.autograd.grad(out, (leaf, taken.weight), grad)
        found.append((out, by_x, by_weight))
    assert calls == [3]
    assert by_digits == [0] * {2: 2, 3: 2, 15: 4, 31: 0}[most]
    assert torch.equal(found[0][0], found[1][0])
    for mine, wanted in zip(*found, strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-5, atol=2e-5)  # sums of 70 in another order


def test_a_gradient_that_is_not_finite_reaches_all_weights() -> None:
    x, _ = drawn(70, 40, 30, 0.3)
    ours, other = layer(x)
    grad = drawn_gradient(70, 40)
    grad[66, 39], grad[3, 7] = float("inf"), float("nan")
    ours(x).backward(grad)
    with products():
        other(x).backward(grad)
    assert ours.weight.grad is not None
    assert other.weight.grad is not None
    assert torch.equal(ours.weight.grad.isfinite(), other.weight.grad.isfinite())
    assert 30 < ours.weight.grad.isfinite().all(1).sum() < 39


@each("options", [{}, {"weight_bits": 4}, {"per_channel": True}, {"input_step": 0.5}])
def test_layers_have_the_same_gradients(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> None:
    profile = load("generic8") if "per_channel" in options else PROFILE
    monkeypatch.setattr(f"{__name__}.PROFILE", profile)
    x = drawn(5 * 14, 60, 40, 0.3)[0].reshape(5, 14, 60) * options.get("input_step", 1.0)
    ours, other = layer(x, **options)
    calls = watched(monkeypatch, "spikelut_sums_by_weight")
    grad, found = drawn_gradient(70, 40).reshape(5, 14, 40), []
    for taken, how in ((ours, nullcontext()), (other, products())):
        leaf = x.clone().requires_grad_()
        with how, packed_spikes():  # which does not change what is saved
            out = taken(leaf.transpose(0, 1).contiguous().transpose(0, 1))  # with gaps
            out.backward(grad)
            out = taken(leaf)
            out.backward(grad)  # added up
        found.append((out, leaf.grad, taken.weight.grad))
    (out, by_x, by_weight), (dense_out, dense_by_x, dense_by_weight) = found
    assert calls == [0, 0]
    assert torch.equal(out, dense_out)
    torch.testing.assert_close(by_x, dense_by_x, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(by_weight, dense_by_weight, rtol=1e-5, atol=1e-5)  # sums of 70 in another order


@each("most", [1, 3])
def test_only_one_gradient_is_wanted(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Of frozen weights that of the input, and of an input from outside that of the weights: the same as with both."""
    x, _ = drawn(70, 40, 30, 0.3 / most)
    x *= torch.randint(1, most + 1, x.shape, generator=torch.Generator().manual_seed(0))
    (ours, _), grad, leaf = layer(x), drawn_gradient(70, 40), x.clone().requires_grad_()
    calls = watched(monkeypatch, "spikelut_sums_forward")
    wanted = torch.autograd.grad(ours(leaf), (leaf, ours.weight), grad)
    (by_weight,) = torch.autograd.grad(ours(x), ours.weight, grad)
    (by_x,) = torch.autograd.grad(ours.requires_grad_(False)(leaf), leaf, grad)
    assert len(calls) == 3
    assert all(v.any() for v in wanted)
    assert torch.equal(by_x, wanted[0])
    assert torch.equal(by_weight, wanted[1])


@each("most", [1, 3])
def test_second_derivatives_are_as_before(most: int) -> None:
    x, _ = drawn(70, 40, 30, 0.3 / most)
    x *= torch.randint(1, most + 1, x.shape, generator=torch.Generator().manual_seed(0))
    ours, other = layer(x)
    found = []
    for taken, how in ((ours, nullcontext()), (other, products())):
        leaf, grad = x.clone().requires_grad_(), torch.linspace(-1, 1, 70 * 40).reshape(70, 40).requires_grad_()
        with how:
            by_x, by_weight = torch.autograd.grad(taken(leaf), (leaf, taken.weight), grad, create_graph=True)
        (by_x.square().sum() + by_weight.square().sum()).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        found.append((leaf.grad, grad.grad, taken.weight.grad))
    for mine, wanted in zip(*found, strict=True):
        assert wanted is not None
        assert bool(wanted.any())
        torch.testing.assert_close(mine, wanted)


def test_nothing_is_rounded_under_autocast() -> None:
    x, _ = drawn(70, 40, 30, 0.3)
    ours, other = layer(x)
    grad, found = drawn_gradient(70, 40), []
    for taken, how in ((ours, nullcontext()), (other, products())):
        leaf = x.clone().requires_grad_()
        with how, torch.autocast("cpu", torch.bfloat16):
            out = taken(leaf)
            out.backward(grad)
        found.append((out, leaf.grad, taken.weight.grad))
    assert found[0][0].dtype is torch.float32
    for mine, wanted in zip(*found, strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is")  # by which torch finds some of them
def test_derivatives_that_go_forward_stay() -> None:
    """Kernels know none: what has one goes the way of torch."""
    x, _ = drawn(64, 30, 40, 0.2)
    made = layer(x)[0].requires_grad_(False)
    with forward_ad.dual_level():
        dual: Any = forward_ad.make_dual(x, torch.ones_like(x))  # type: ignore[no-untyped-call]  # torch's
        along = forward_ad.unpack_dual(made(dual)).tangent  # type: ignore[no-untyped-call]  # torch's
    assert along is not None
    assert torch.equal(along, made.quant_weight().value.sum(1).expand_as(along))
