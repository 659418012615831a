"""The kernels of synapses with delays give what torch's products of matrices do: sums to the bit, gradients rounded."""

from typing import Any

import pytest
import torch
from backends import backend
from torch import Tensor

from spikelut import hw_profiles, native
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
