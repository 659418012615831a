"""Single layers under autocast, in half precision and of mixed types, beside float32 copies of the same numbers."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from half_precision import autocast, each_half, events, same
from lif_profiles import with_lif
from sample_networks import weights
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan, Learnable

pytestmark = pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")


@each_half
@pytest.mark.parametrize("profile", with_lif(), ids=lambda p: p.name)
def test_large_membranes_are_finite(dtype: torch.dtype, profile: Profile) -> None:
    top = profile.membrane_format.max_code * profile.state_step
    current = torch.full((6, 2, 4), min(0.45 * top, 60000.0), dtype=dtype)
    out = quant.LI(profile, beta=None)(current)
    assert bool(out.isfinite().all())
    assert torch.equal(out, quant.LI(profile, beta=None)(current.float()))


@each_half
@pytest.mark.parametrize("name", ["odin", "tinyodin", "sne", "speck2f", "spikerplus", "reckon", "xylo"])
def test_event_by_event(dtype: torch.dtype, name: str) -> None:
    profile = hw_profiles.load(name)
    torch.manual_seed(0)
    layer = quant.EventLIF(9, 6, profile=profile, surrogate=Arctan(alpha=2.0))
    weights(layer.linear, 0.6)
    x = events(9, 4, 9)

    def run(layer: Any, x: Tensor) -> list[Tensor]:
        x = x.clone().requires_grad_()
        out = layer(x)
        return [out.detach(), *torch.autograd.grad(out.square().sum(), [x, layer.linear.weight])]

    plain = run(layer, x)
    assert all(bool(v.any()) for v in plain)
    with autocast(dtype):
        same(run(layer, x), plain)
    half = copy.deepcopy(layer).to(dtype)
    wanted = run(copy.deepcopy(half).float(), x)
    same(run(half, x.to(dtype)), [wanted[0], *(v.to(dtype) for v in wanted[1:])])


@each_half
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("profile", with_lif(), ids=lambda p: p.name)
def test_weights_on_the_grid(dtype: torch.dtype, per_channel: bool, profile: Profile, monkeypatch: Any) -> None:
    """Those of the float32 copy, by Brevitas' own modules as well."""
    if per_channel and not profile.weight.per_channel:
        pytest.skip("one scale for a layer")
    torch.manual_seed(0)
    layer = weights(QuantLinear(9, 6, profile=profile, per_channel=per_channel), 0.3 * 2**-6)
    # A little more than a power of two, whose logarithm half precision rounds down.
    layer.weight.data.clamp_(-(2**-6), 2**-6)[2:4, 1] = 2**-6 * (1 + torch.finfo(dtype).eps)
    layer.to(dtype)
    wanted = copy.deepcopy(layer).float().quant_weight()
    for _ in range(2):
        found = layer.quant_weight()
        assert torch.equal(found.value, wanted.value)
        assert torch.equal(found.scale, wanted.scale)
        assert torch.equal(layer(events(4, 9).to(dtype)), nn.functional.linear(events(4, 9), wanted.value))
        monkeypatch.setattr(QuantLinear, "_grid", lambda _: None)
    assert bool(wanted.value.any())
    with pytest.raises(ValueError, match="weights must be float32 to be quantised in parts"):
        layer.quant_weight(subtensor_slice_list=[(0, 3), None])


@each_half
def test_sums_that_float32_may_not_hold_on_the_way(dtype: torch.dtype) -> None:
    """Of 16-bit weights and more than 512 inputs, which are made in float64."""
    profile = hw_profiles.load("generic16")
    torch.manual_seed(0)
    for layer, shape in (
        (QuantLinear(700, 6, profile=profile), (5, 3, 700)),
        (QuantConv2d(60, 4, 3, profile=profile), (3, 2, 60, 4, 4)),
    ):
        assert layer.wide
        x = events(*shape)
        for model in (layer, weights(layer, 0.01).to(dtype)):
            copied = copy.deepcopy(model).float()
            wanted = copied(x)
            with autocast(dtype):
                outs = [copied(x), model(x), model(x.to(dtype))]
            assert wanted.any()
            assert torch.equal(wanted, copied.double()(x.double()).float())
            assert all(torch.equal(out, wanted) for out in outs)


@each_half
def test_sums_and_counts_that_half_precision_does_not_hold(dtype: torch.dtype) -> None:
    ones = torch.ones(1, 1, 1, 51, 51, dtype=dtype)
    pooled = quant.SumPool2d(51)(ones)
    assert (pooled.dtype, pooled.item()) == (torch.float32, 2601)
    repeated = quant.Repeat(3)(ones[:, :, 0, 0])
    assert (repeated.dtype, repeated.shape[0]) == (dtype, 3)
    for most in (255, 5000):
        layer = quant.FloatLIF(Arctan(), beta=0.5, threshold=0.01, max_spikes=most)
        current = (torch.rand(5, 3, 4) * 60).to(dtype)
        counts = layer(current)
        assert counts.dtype == (dtype if most == 255 else torch.float32)
        assert torch.equal(counts.float(), layer(current.float()))


@each_half
def test_recurrent_floats(dtype: torch.dtype) -> None:
    """The weights are torch's, in half precision here; what they are added to is not."""
    torch.manual_seed(0)
    layer = quant.FloatRecurrent(quant.FloatLIF(Arctan(), beta=0.9, bias=5), 5)
    nn.init.normal_(layer.linear.weight, 0.0, 0.5)
    current = torch.randn(12, 4, 5).to(dtype)
    half = copy.deepcopy(layer).to(dtype)
    spikes, membranes = half.neuron.run(current, half.linear)
    assert (spikes.dtype, membranes.dtype) == (dtype, torch.float32)
    wanted, _ = half.neuron.run(current.float(), lambda s: half.linear(s.to(dtype)).float())  # type: ignore[arg-type]
    assert torch.equal(spikes.float(), wanted)
    assert bool(spikes.any())
    (grad,) = torch.autograd.grad(half(current).float().sum(), half.linear.weight)
    assert grad.isfinite().all()
    assert grad.any()


@each_half
def test_learned_curves(dtype: torch.dtype) -> None:
    """Their slope is computed in float32 where the formula overflows in float16."""
    x = torch.tensor([-60000.0, -300.0, -0.3, 0.0, 0.4, 2.0, 500.0], dtype=dtype)
    for slope in (Learnable(Arctan(alpha=2.0), "alpha"), Learnable(Arctan(alpha=2.0), "alpha").to(dtype)):
        grads = []
        for kind in (dtype, torch.float32):
            given = x.to(kind).requires_grad_()
            found = torch.autograd.grad(slope(given).sum(), [given, *slope.parameters()])
            grads.append([g.to(dtype) for g in found])
        assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))
        assert bool(grads[0][0].any())


@each_half
def test_second_derivatives(dtype: torch.dtype) -> None:
    def curvature(kind: torch.dtype, curve: Callable[[Tensor], Tensor]) -> Tensor:
        x = torch.linspace(-3, 3, 13).to(dtype).to(kind).requires_grad_()
        (grad,) = torch.autograd.grad(curve(x).sum(), x, create_graph=True)
        return torch.autograd.grad(grad.sum(), x)[0]

    assert torch.equal(curvature(dtype, Arctan(alpha=2.0)), curvature(torch.float32, Arctan(alpha=2.0)).to(dtype))


@each_half
def test_levels(dtype: torch.dtype) -> None:
    """The nearest level as float32 finds it, rounded once; one beyond the type is refused."""
    mem = torch.linspace(-2, 3, 4001).to(dtype)
    for levels in (quant.threshold_levels(5), quant.FixedPoint(6, 4), quant.FixedPoint(12, 9, rounding="floor")):
        assert torch.equal(quant.quantize_state(mem, levels), quant.quantize_state(mem.float(), levels).to(dtype))
    if dtype == torch.float16:
        with pytest.raises(ValueError, match="levels must be within 65504"):
            quant.quantize_state(mem * 2e4, torch.tensor([0.0, 70000.0]))


def test_compiled_layers() -> None:
    """What is recorded multiplies in float32 too."""
    dtype = torch.bfloat16
    profile = hw_profiles.load("generic16")
    torch.manual_seed(0)
    layer = weights(QuantLinear(24, 8, profile=profile), 0.3)
    compiled: Any = torch.compile(layer, backend="eager")
    x = events(6, 24)
    with autocast(dtype):
        assert torch.equal(compiled(x), layer(x))
    assert compiled(x).dtype == torch.float32
