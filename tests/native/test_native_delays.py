"""The kernels of synapses with delays give what torch's products of matrices do: sums to the bit, gradients rounded."""

from typing import Any

import pytest
import torch
from backends import backend, threads
from torch import Tensor
from watched_kernels import watched

from spikelut import hw_profiles, native, quant
from spikelut.quant.weights import delayed_sums
from spikelut.quant.weights.delayed_linear import DelayedLinear

pytestmark = pytest.mark.skipif(bool(native.reason_missing()), reason=native.reason_missing() or "kernels")

P = hw_profiles.load("loihi2")
CASES = {
    "fixed": (False, False, torch.float32),
    "learned": (True, False, torch.float32),
    "interpolated": (True, True, torch.float32),
    "half precision": (True, False, torch.bfloat16),
}


def results(layer: DelayedLinear, x: Tensor, who: str) -> tuple[Tensor, ...]:
    """Sums and gradients."""
    given = x.clone().requires_grad_()
    parameters = [given, layer.weight, *([layer.delay] if layer.learned else [])]
    with backend(who):
        out = layer(given)
        grad = torch.randn(out.shape, generator=torch.Generator().manual_seed(1)).to(out.dtype)
        return out.detach(), *torch.autograd.grad(out, parameters, grad)


@pytest.mark.parametrize("shape", [(20, 3, 9, 7), (1, 1, 1, 1), (70, 2, 33, 17), (40, 64, 24, 40)])
@pytest.mark.parametrize("name", CASES)
def test_kernels_and_torch_agree(name: str, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    learned, between, kind = CASES[name]
    steps, batch, inputs, outputs = shape
    monkeypatch.setattr(delayed_sums, "FEW", 0)
    ran: list[str] = []
    run = delayed_sums._run

    def noted(what: str, *arguments: Any) -> None:
        ran.append(what)
        run(what, *arguments)

    monkeypatch.setattr(delayed_sums, "_run", noted)
    generator = torch.Generator().manual_seed(0)
    delay: Any = torch.rand(outputs, inputs, generator=generator) * 62
    delay = delay if learned else delay.round()
    layer = DelayedLinear(inputs, outputs, profile=P, delay=delay, learn_delay=learned, interpolate=between)
    x = (torch.rand(steps, batch, inputs, generator=generator) < 0.3).to(kind)
    x[..., 0] = 0  # an input in which nothing happens
    found, wanted = results(layer, x, "native"), results(layer, x, "torch")
    assert set(ran) == {"forward", "by_x", "met"}
    if not between:
        assert torch.equal(found[0], wanted[0])
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == other.dtype
        # float32 sums in another order, of as many values as a row has; bfloat16 keeps 8 bits of them.
        tolerance = 2e-2 if one.dtype is torch.bfloat16 else 2e-5
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance * (steps * batch) ** 0.5)
    assert shape[2] == 1 or all(one.any() for one in found)


@pytest.mark.parametrize("learned", [False, True])
def test_delays_that_do_not_lie_in_one_piece(learned: bool) -> None:
    """Of a matrix that was given transposed kernels read a copy, which has to live as long as they run."""
    random = torch.Generator().manual_seed(4)
    delay = (torch.rand(90, 70, generator=random) * 40).round().T
    layer = DelayedLinear(90, 70, profile=P, delay=delay, learn_delay=learned)
    assert not layer.delays.is_contiguous()
    x = (torch.rand(50, 3, 90, generator=random) < 0.3).float()
    found, wanted = results(layer, x, "native"), results(layer, x, "torch")
    assert torch.equal(found[0], wanted[0])
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=2e-5, atol=3e-4)  # float32 sums of up to 150 in another order
        assert one.count_nonzero() > one.numel() // 2


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
@pytest.mark.parametrize("name", CASES)
def test_a_gradient_that_is_not_finite_reaches_what_it_does_in_torch(name: str, odd: float) -> None:
    """Also the weights of inputs in which nothing happens, and inputs whose weights are zero."""
    learned, between, kind = CASES[name]
    random, found = torch.Generator().manual_seed(6), []
    delay: Any = torch.rand(7, 9, generator=random) * 20
    layer = DelayedLinear(
        9, 7, profile=P, delay=delay if learned else delay.round(), learn_delay=learned, interpolate=between
    )
    x = (torch.rand(30, 3, 9, generator=random) < 0.3).to(kind)
    x[..., 0] = 0
    with torch.no_grad():
        layer.weight[3, 1] = 0
    grad = torch.randn(30, 3, 7, generator=random).to(kind)
    grad[25, 1, 3] = odd
    for who in ("native", "torch"):
        with backend(who):
            given = x.transpose(0, 1).contiguous().transpose(0, 1).requires_grad_()
            parameters = [given, layer.weight, *([layer.delay] if learned else [])]
            found.append(torch.autograd.grad(layer(given), parameters, grad))
    for one, other in zip(*found, strict=True):
        assert torch.equal(one.isfinite(), other.isfinite())
        assert one.isfinite().any()
        assert not one.isfinite().all()


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.parametrize("who", ["native", "torch"])
def test_only_one_gradient_is_wanted(who: str, between: bool) -> None:
    """The others are frozen, or from outside: it is the same as with all."""
    random = torch.Generator().manual_seed(5)
    delay = torch.rand(7, 9, generator=random) * 20
    layer = DelayedLinear(9, 7, profile=P, delay=delay, learn_delay=True, interpolate=between)
    x = (torch.rand(30, 3, 9, generator=random) < 0.3).float()
    wanted = results(layer, x, who)
    with backend(who):
        grad = torch.randn(30, 3, 7, generator=torch.Generator().manual_seed(1))
        leaves = [x.clone().requires_grad_(), layer.weight, layer.delay]
        for i, leaf in enumerate(leaves):
            for other in leaves:
                other.requires_grad_(other is leaf)
            (found,) = torch.autograd.grad(layer(leaves[0]), leaf, grad)
            assert found.any()
            # Of delays that are frozen the two steps around them are added up in another order.
            torch.testing.assert_close(found, wanted[1 + i], rtol=1e-5, atol=1e-5 * float(found.abs().max()))


def test_few_delays_and_what_kernels_do_not_hold_are_torch_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a kernel ran")

    monkeypatch.setattr(delayed_sums, "_run", refuse)
    x = (torch.rand(20, 3, 9) < 0.3).float()
    DelayedLinear(9, 7, profile=P, delay=2)(x)
    many = DelayedLinear(9, 7, profile=P, delay=torch.arange(63).reshape(7, 9))
    many.double()(x.double())
    with backend("torch"):
        many.float()(x)
    with pytest.raises(AssertionError, match="a kernel ran"):
        many(x)


@pytest.mark.parametrize(
    "shape", [(7, 3, 9), (9, 2, 6, 4), (6, 2, 3, 2, 2), (1, 1, 2), (0, 2, 4), (3, 90, 33), (6, 2, 2 * 4096 + 5)]
)
def test_axons_move_as_in_torch(shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Later forward, earlier on the way back and later again in the second derivative, of delays up to all steps."""
    calls = watched(monkeypatch, "spikelut_moved")
    steps = torch.arange(shape[2]) * 5 % 11 % 8  # in a period that no block has
    layer, found = quant.Delay(steps, profile=P), []
    random = torch.Generator().manual_seed(2)
    x, grad, again = (torch.randn(shape, generator=random) for _ in range(3))
    for who in ("native", "torch"):
        with backend(who):
            leaves = [x.clone().requires_grad_(), grad.clone().requires_grad_()]
            out = layer(leaves[0])
            (back,) = torch.autograd.grad(out, leaves[0], leaves[1], create_graph=True)
            found.append((out, back, *torch.autograd.grad(back, leaves[1], again)))
    assert all(map(torch.equal, *found))
    assert len(calls) == 3
    if len(x):
        zeros = torch.zeros(int(steps.max()), *shape[1:])
        wanted = [torch.cat([zeros[:s], x])[: len(x), :, n] for n, s in enumerate(steps.tolist())]
        assert torch.equal(found[0][0], torch.stack(wanted, 2))


def test_axons_of_other_kinds_and_orders() -> None:
    """What kernels do not take is moved by torch, and what does not lie in one piece is brought into one."""
    layer = quant.Delay(torch.arange(6) % 4, profile=P)
    x = (torch.rand(9, 5, 6, generator=torch.Generator().manual_seed(1)) < 0.4).float()
    wanted = layer(x.double()).float()
    assert wanted.any()
    for given in (x.transpose(0, 2).contiguous().transpose(0, 2), x.bfloat16(), x.half(), x):
        assert torch.equal(layer(given).float(), wanted)
    with threads(2):
        large = x.repeat(1, 300, 5)
        assert torch.equal(quant.Delay(layer.delay.repeat(5), profile=P)(large), wanted.repeat(1, 300, 5))
