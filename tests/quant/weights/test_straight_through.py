"""What goes straight through has its own value to the last bit, however far off the real number is."""

import pytest
import torch
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic.straight_through import straight_through
from spikelut.surrogates import Arctan, Learnable


@pytest.mark.parametrize("far", [1.0, 1e9, -1e9, 3e38, float("inf")])
def test_value_and_gradients(far: float) -> None:
    x = torch.tensor([far, 0.3], requires_grad=True)
    out = straight_through(x, torch.tensor([0.1, 0.2]))
    assert torch.equal(out, torch.tensor([0.1, 0.2]))
    (first,) = torch.autograd.grad((3 * out).sum(), x)
    assert first.tolist() == [3.0, 3.0]
    y = torch.tensor(0.3, requires_grad=True)
    (slope,) = torch.autograd.grad(straight_through(y, torch.tensor(2.0)) ** 2, y, create_graph=True)
    assert slope.item() == 4.0
    assert torch.autograd.grad(slope, y)[0].item() == 2.0
    each = torch.func.vmap(torch.func.grad(lambda v: straight_through(v, v.round()) ** 2))(torch.tensor([0.6, 2.7]))
    assert each.tolist() == [2.0, 6.0]


@pytest.mark.parametrize("rounding", ["half_even", "floor"])
def test_weights_far_beyond_the_grid(rounding: str) -> None:
    profile = next(p for p in map(hw_profiles.load, hw_profiles.names()) if p.weight.rounding == rounding)
    layer = quant.QuantLinear(3, 2, profile=profile)
    for size in (1e6, 1e30, 3e38):
        with torch.no_grad():
            layer.weight.copy_(torch.tensor([[size, -size, 0.0], [size, size, size]]))
        fast = layer.quant_weight().value
        assert torch.equal(fast[0, 0], layer.weight_quant.tensor_quant(layer.weight)[0][0, 0])
        assert bool(fast.isfinite().all())


def test_a_learned_parameter_below_its_domain_is_its_end() -> None:
    for alpha in (-1.0, -1e9):
        curve = Learnable(Arctan(alpha=2.0), "alpha")
        parameter = curve.get_parameter("alpha")
        nn.init.constant_(parameter, alpha)
        assert curve.value("alpha").item() == pytest.approx(1e-6, rel=1e-6)  # 1e-6 in float32
        (gradient,) = torch.autograd.grad(curve.value("alpha"), parameter)
        assert gradient.item() == 1.0
