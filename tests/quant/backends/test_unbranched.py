"""Layers that look at no value compute the same, to the last bit, saturated registers included."""

from typing import Any

import pytest
import torch
from sample_networks import KINDS, dense
from torch import nn

from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.traceable import is_unbranched, unbranched


def results(model: nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    out = model(x)
    towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(1))
    return [out.detach(), *torch.autograd.grad((out * towards).sum(), list(model.parameters()))]


@pytest.mark.parametrize(("profile", "cuba"), KINDS, ids=lambda value: getattr(value, "name", str(value)))
@pytest.mark.parametrize("gain", [0.4, 40.0])
def test_the_same_to_the_last_bit(profile: Profile, cuba: bool, gain: float) -> None:
    model = dense(profile, cuba, seed=0, gain=gain)
    x = (torch.rand(7, 3, 5, generator=torch.Generator().manual_seed(2)) < 0.5).float()
    expected = results(model, x)
    with unbranched():
        found = results(model, x)
    for a, b in zip(expected, found, strict=True):
        assert torch.equal(a, b)
    assert any(bool(gradient.any()) for gradient in found[1:])
    assert not is_unbranched()


def test_no_value_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    profile, cuba = KINDS[0]
    model, x = dense(profile, cuba, seed=0), torch.ones(3, 1, 5)

    def refuse(*_: Any) -> bool:
        raise AssertionError("a value was looked at")

    monkeypatch.setattr(torch.Tensor, "__bool__", refuse)
    with unbranched():
        results(model, x)
    with pytest.raises(AssertionError, match="a value was looked at"):
        model(x)


def test_an_error_leaves_the_mode() -> None:
    with pytest.raises(RuntimeError, match="of the user"), unbranched():
        raise RuntimeError("of the user")
    assert not is_unbranched()
