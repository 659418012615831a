"""Quantised weights in one step of autograd, beside the modules of Brevitas that it stands for."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from spikelut import hw_profiles
from spikelut.quant.weights import on_grid
from spikelut.quant.weights.grid import to_grid
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear

PROFILES = [hw_profiles.load(name) for name in hw_profiles.names()]
CASES = [(p, bits, own) for p in PROFILES for bits in sorted({2, 5, p.weight.bits} & set(range(p.weight.bits + 1)))
         for own in ((False, True) if p.weight.per_channel else (False,))]  # fmt: skip


def made(case: Any, shape: str, size: float, seed: int = 0) -> Any:
    profile, bits, per_channel = case
    options: Any = {"profile": profile, "weight_bits": bits, "per_channel": per_channel}
    layer: Any = QuantLinear(37, 11, **options) if shape == "linear" else QuantConv2d(4, 6, 3, **options)
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=random) * size)
    return layer


def quantised(layer: Any, make: Callable[[], Any], create_graph: bool = False) -> tuple[Any, Tensor]:
    """What `make` gives, and the gradient of the weights for gradients of the values and of the scale."""
    out = make()
    probes = [torch.linspace(-1, 1.3, v.numel(), dtype=v.dtype).reshape(v.shape) for v in (out.value, out.scale)]
    grads = torch.autograd.grad([out.value, out.scale], layer.weight, probes, create_graph=create_graph)
    return out, grads[0]


def compare(layer: Any) -> None:
    own, grad = quantised(layer, layer.quant_weight)
    brevitas, wanted = quantised(layer, lambda: layer.weight_quant(layer.weight))
    assert own.value.grad_fn.name() == "_ToGridBackward" != brevitas.value.grad_fn.name()
    assert type(own) is type(brevitas)
    for found, expected in zip(own, brevitas, strict=True):
        assert torch.equal(found, expected)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert not (own.value.signbit() & (own.value == 0)).any()
    torch.testing.assert_close(grad, wanted, rtol=2e-6, atol=2e-6 * float(wanted.abs().max()))
    # All but the largest weights get what comes, to the last bit.
    size = layer.weight.abs().flatten(1)
    largest = size == (size.amax(1, keepdim=True) if layer.per_channel else size.amax())
    assert torch.equal(grad.flatten(1)[~largest], wanted.flatten(1)[~largest])


@pytest.mark.parametrize("shape", ["linear", "convolution"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0].name}-{c[1]}{'-each' * c[2]}")
def test_values_and_gradients_are_those_of_brevitas(case: Any, shape: str) -> None:
    for seed, size in enumerate((1e-12, 0.03, 0.5, 40.0, 1e5)):  # below, within and beyond the exponents
        layer = made(case, shape, size, seed)
        compare(layer)
        compare(layer.double())


@pytest.mark.parametrize("per_channel", [False, True])
def test_largest_weights_that_tie(per_channel: bool) -> None:
    layer = made((hw_profiles.load("generic8"), 8, per_channel), "linear", 0.1)
    with torch.no_grad():
        layer.weight[:, 3], layer.weight[:, 8] = 0.7, -0.7
    compare(layer)
    with torch.no_grad():
        layer.weight.zero_()
    compare(layer)
    layer.weight.data[:] = 2.0**-3
    compare(layer)
    compare(layer.eval())


def test_only_what_is_asked_for() -> None:
    layer = made((hw_profiles.load("generic8"), 8, False), "linear", 0.5)
    for part in ("value", "scale"):
        pair = [getattr(make(), part).sum() for make in (layer.quant_weight, lambda: layer.weight_quant(layer.weight))]
        found, wanted = (torch.autograd.grad(one, layer.weight)[0] for one in pair)
        torch.testing.assert_close(found, wanted)
    layer.weight.requires_grad_(False)
    assert not layer.quant_weight().value.requires_grad
    assert torch.equal(layer.quant_weight().value, layer.weight_quant(layer.weight).value)


def test_second_derivatives() -> None:
    layer = made((hw_profiles.load("loihi2"), 8, False), "linear", 0.5)
    grads = []
    for make in (layer.quant_weight, lambda: layer.weight_quant(layer.weight)):
        out = make().value
        (grad,) = torch.autograd.grad(out.square().sum(), layer.weight, create_graph=True)
        grads.append(torch.autograd.grad(grad.square().sum(), layer.weight)[0])
    torch.testing.assert_close(grads[0], grads[1], rtol=2e-5, atol=1e-5)


def hooked(layer: Any) -> None:
    layer.weight_quant.tensor_quant.register_forward_hook(lambda *_: None)


def rounded_otherwise(layer: Any) -> None:
    layer.weight_quant.tensor_quant.int_quant.float_to_int_impl = torch.nn.Identity()


class Doubles(torch.nn.Identity):
    """As Brevitas' export handlers are called."""

    def prepare_for_export(self, module: Any) -> None: ...

    def attach_debug_info(self, module: Any) -> None: ...

    def forward(self, weight: Tensor) -> Any:
        return weight * 2, torch.ones(()), torch.zeros(()), torch.tensor(8.0)


def exported(layer: Any) -> None:
    quantiser = layer.weight_quant.eval()
    vars(quantiser)["export_handler"] = Doubles()
    quantiser.export_mode = True


CHANGES: dict[str, Callable[[Any], Any]] = {
    "off": lambda layer: setattr(layer.weight_quant, "disable_quant", True),
    "hook": hooked,
    "rounding": rounded_otherwise,
    "observer": lambda layer: setattr(layer.weight_quant.tensor_quant, "observer_only", True),
    "plain tensors": lambda layer: setattr(layer.weight_quant, "skip_create_quant_tensor", True),
    "cache": lambda layer: setattr(layer.weight_quant, "cache_inference_quant_weight", True),
    "shared": lambda layer: layer.weight_quant.add_tracked_module(made((PROFILES[0], 2, False), "linear", 9.0)),
    "infinity": lambda layer: layer.weight.data[0].fill_(torch.inf),
    "not a number": lambda layer: layer.weight.data[0].fill_(torch.nan),
    "export": exported,
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_is_left_to_brevitas(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = made((hw_profiles.load("generic8"), 8, False), "linear", 0.5)
    monkeypatch.setattr(on_grid, "to_grid", lambda *_: pytest.fail("Brevitas was passed over"))
    with pytest.raises(pytest.fail.Exception):
        layer.quant_weight()
    CHANGES[change](layer)
    out = layer.eval().quant_weight()
    wanted = layer.weight_quant(layer.weight)
    value, expected = (getattr(v, "value", v) for v in (out, wanted))
    torch.testing.assert_close(value, expected, equal_nan=True, rtol=0, atol=0)


def test_what_is_set_on_the_quantiser_counts() -> None:
    layer = made((hw_profiles.load("generic8"), 8, False), "linear", 0.5)
    layer.weight_quant.tensor_quant.msb_clamp_bit_width_impl.bit_width.value.fill_(4.0)
    compare(layer)
    copied = copy.deepcopy(layer)
    copied.load_state_dict(layer.state_dict())
    compare(copied)


def test_a_part_of_the_weights() -> None:
    layer = made((hw_profiles.load("generic8"), 8, False), "linear", 0.5)
    part = layer.quant_weight(subtensor_slice_list=[(0, 3), None]).value
    assert torch.equal(part, layer.weight_quant(layer.weight[:3]).value)


def test_inside_compilers_it_is_brevitas(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = made((hw_profiles.load("generic8"), 8, False), "linear", 0.5)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    assert layer.quant_weight().value.grad_fn.name() != "_ToGridBackward"


def test_the_layer_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []

    def counted(*args: Any) -> Any:
        taken.append(args)
        return to_grid(*args)

    monkeypatch.setattr(on_grid, "to_grid", counted)
    model = torch.nn.Sequential(made((hw_profiles.load("generic8"), 8, True), "convolution", 0.5))
    model(torch.ones(2, 1, 4, 5, 5))
    made((hw_profiles.load("loihi2"), 8, False), "linear", 0.5)(torch.ones(1, 1, 37))
    assert len(taken) == 2


class Sevens(torch.nn.Module):
    """A handler as Brevitas' exporters set it."""

    def prepare_for_export(self, module: Any) -> None:
        pass

    def attach_debug_info(self, module: Any) -> None:
        pass

    def forward(self, x: Tensor) -> Tensor:
        return x * 0 + 7


def test_what_is_set_on_the_layer_counts() -> None:
    case, x = (hw_profiles.load("generic8"), 8, False), torch.ones(3, 2, 37)
    plain = made(case, "linear", 0.5)
    biased = copy.deepcopy(plain)
    biased.bias = torch.nn.Parameter(torch.arange(11.0))
    torch.testing.assert_close(biased(x), plain(x) + torch.arange(11.0))
    plain.return_quant_tensor = True
    with pytest.raises(RuntimeError, match="not correctly configured"):
        plain(x)
    exported = made(case, "linear", 0.5).eval()
    exported.export_handler = Sevens()
    exported.export_mode = True
    assert (exported(x) == 7).all()
    quantised = made(case, "linear", 0.5)
    quantised.output_quant = torch.nn.Module()
    assert not quantised._is_as_made()
