"""Products of matrices in kernels on the way back through weights: as near to exact sums as torch's."""

from collections.abc import Iterator

import pytest
import torch
from looping import each
from torch import Tensor
from watched_kernels import at_most, take_small_products, watched

from spikelut import native
from spikelut.quant.arithmetic.spike_products import met, product

pytestmark = pytest.mark.skipif(bool(native.reason_missing()), reason="there are no kernels")

ROUNDING = 2.0**-24


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    take_small_products(monkeypatch)


@pytest.fixture(params=[64, 32, 16])
def vectors(request: pytest.FixtureRequest) -> Iterator[int]:
    """Vectors of so many bytes at most."""
    yield from at_most(request.param)


def drawn(rows: int, inputs: int, density: float) -> Tensor:
    """Spikes."""
    return (torch.rand(rows, inputs, generator=torch.Generator().manual_seed(rows + inputs)) < density).float()


def drawn_gradient(rows: int, outputs: int) -> Tensor:
    """One of each sum."""
    return torch.randn(rows, outputs, generator=torch.Generator().manual_seed(rows))


@each(
    ("rows", "inputs", "outputs", "density"),
    [(1300, 150, 140, 0.2), (63, 257, 16, 0.4), (130, 40, 3, 0.02), (90, 70, 72, 0.3), (70, 20, 37, 0.3)],
)
def test_gradients_of_weights_are_near_exact_ones(
    vectors: int, rows: int, inputs: int, outputs: int, density: float
) -> None:
    x = drawn(rows, inputs, density)
    grad = drawn_gradient(rows, outputs) * torch.logspace(-3, 3, rows).reshape(-1, 1)
    found = met(grad, x * 0.5, 0.5)
    exact, terms = 0.5 * grad.double().T @ x.double(), 0.5 * grad.double().abs().T @ x.double()
    assert (found != 0).float().mean() > 0.8
    # At most 64 additions in a block, 8 of blocks, and one for every 512 rows.
    assert bool(((found - exact).abs() <= (64 + 8 + rows / 512) * ROUNDING * terms).all())
    assert torch.equal(found == 0, exact == 0)


def test_gradients_of_weights_are_nearer_than_those_of_a_product() -> None:
    x = drawn(6400, 60, 0.2)
    grad = drawn_gradient(6400, 40)
    found, exact = met(grad, x), grad.double().T @ x.double()
    assert 0 < (found - exact).norm() < 0.8 * (grad.T @ x - exact).norm()


def test_gradients_depend_on_neither_threads_nor_vectors() -> None:
    x = drawn(700, 300, 0.2)
    grad, before, found = drawn_gradient(700, 260), torch.get_num_threads(), []
    try:
        for threads, wide in ((1, 64), (2, 64), (3, 32), (5, 16)):
            torch.set_num_threads(threads)
            native.library().spikelut_sums_widest(wide)
            found.append(met(grad, x))
    finally:
        torch.set_num_threads(before)
        native.library().spikelut_sums_widest(64)
    assert all(torch.equal(found[0], f) for f in found[1:])


@each(("inputs", "outputs"), [(300, 260), (260, 20), (40, 300), (129, 17), (33, 65), (200, 1), (20, 16)])
def test_gradients_of_few_weights_are_shared_by_many_threads(inputs: int, outputs: int) -> None:
    """Blocks are halved until each thread has one, of outputs and of inputs, down to 16 of them."""
    rows = -(-2 * 32768 // inputs)  # from here on a team is called
    x, grad = drawn(rows, inputs, 0.1), drawn_gradient(rows, outputs)

    def summed(count: int) -> Tensor:
        out = torch.full((outputs, inputs), float("nan"))  # memory that was freed may hold what is looked for
        at = (x.data_ptr(), 1.0, grad.data_ptr(), out.data_ptr())
        assert not native.library().spikelut_sums_by_weight(*at, rows, inputs, outputs, count)
        return out

    alone = summed(1)
    assert torch.equal(alone, met(grad, x))
    exact, terms = grad.double().T @ x.double(), grad.double().abs().T @ x.double()
    assert bool(((alone - exact).abs() <= (64 + 8 + rows / 512) * ROUNDING * terms).all())
    assert alone.count_nonzero() == alone.numel()
    assert all(torch.equal(summed(count), alone) for count in (2, 3, 4, 8, 13, 40))


@pytest.fixture
def multiplied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the kernel of dense products returns, call after call; skipped where the processor has none."""
    if native.library().spikelut_product(*(torch.zeros(1).data_ptr() for _ in range(3)), 0, 1, 1, 1):
        pytest.skip("this processor has no AVX-512")
    return watched(monkeypatch, "spikelut_product")


@each(("rows", "outputs", "inputs"), [(500, 300, 70), (13, 5, 1), (17, 128, 49), (4, 1, 16), (241, 129, 33)])
def test_gradients_of_inputs_are_near_exact_ones(multiplied: list[int], rows: int, outputs: int, inputs: int) -> None:
    grad, weight = drawn_gradient(rows, outputs), drawn_gradient(outputs, inputs)
    found, exact = product(grad, weight), grad.double() @ weight.double()
    assert multiplied[-1] == 0
    terms = grad.double().abs() @ weight.double().abs()
    # At most 128 additions in a block, and one for each.
    assert bool(((found - exact).abs() <= (128 + outputs / 128) * ROUNDING * terms).all())
    assert (found != 0).float().mean() > 0.99
    into = torch.full((rows, inputs), float("nan"))
    assert product(grad, weight, into) is into
    assert torch.equal(into, found)


def test_gradients_of_inputs_are_no_further_off_than_those_of_a_product(multiplied: list[int]) -> None:
    grad, weight = drawn_gradient(300, 1024), drawn_gradient(1024, 100)
    exact = grad.double() @ weight.double()
    assert 0 < (product(grad, weight) - exact).norm() < 1.05 * (grad @ weight - exact).norm()
    assert multiplied == [0]


def test_gradients_of_inputs_do_not_depend_on_threads(multiplied: list[int]) -> None:
    grad, weight, before, found = drawn_gradient(1000, 140), drawn_gradient(140, 70), torch.get_num_threads(), []
    try:
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            found.append(product(grad, weight))
    finally:
        torch.set_num_threads(before)
    assert multiplied == [0, 0, 0]
    assert all(torch.equal(found[0], f) for f in found[1:])


def test_what_is_not_finite_stays(multiplied: list[int]) -> None:
    grad, weight = drawn_gradient(30, 40), drawn_gradient(40, 20)
    grad[3, 4], weight[7, 5] = float("inf"), float("nan")
    found, wanted = product(grad, weight), grad @ weight
    assert multiplied == [0]
    assert torch.equal(found.isnan(), wanted.isnan())
    assert torch.equal(found.isinf(), wanted.isinf())
    assert 0 < int(wanted.isnan().sum()) < wanted.numel()
