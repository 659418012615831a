"""Float layers: the compiled kernels, the loop in few buffers, and the readable loop."""

from typing import Any

import pytest
import torch
from backends import backend, both, equal, gradients, near, needs_native, threads
from looping import each
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan, Sigmoid, SquarewaveFourierSeries, Surrogate

CURVE = Arctan(alpha=2.0)
VARIANTS: list[dict[str, Any]] = [
    {},
    {"reset": "zero"},
    {"alpha": 0.6},
    {"alpha": 0.6, "reset": "zero", "bias": 6},
    {"bias": 6, "threshold": 0.7, "order": "input-compare-leak-reset"},
]


def slope(name: str) -> Any:
    curves = {"curve": CURVE, "no kernel": SquarewaveFourierSeries(), "read-out": None}
    return curves[name] if name in curves else quant.LUTSurrogate(CURVE, hw_profiles.load(name))


def made(name: str, variant: dict[str, Any], dtype: torch.dtype = torch.float32) -> quant.FloatLIF:
    layer = quant.FloatLIF(slope(name), **variant).to(dtype)
    if layer.bias is not None:
        nn.init.normal_(layer.bias, 0.0, 0.2, generator=torch.Generator().manual_seed(1))
    return layer


def drive(shape: tuple[int, ...], dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=generator).to(dtype), torch.randn(shape, generator=generator).to(dtype)


def readable(layer: quant.FloatLIF, x: Tensor, grad: Tensor) -> list[Tensor]:
    x = x.detach().requires_grad_()
    out = layer.run(x)[0]
    return [out.detach(), *torch.autograd.grad(out, [x, *layer.parameters()], grad)]


def agree(layer: quant.FloatLIF, x: Tensor, grad: Tensor, native: bool = True) -> None:
    with backend("torch"):
        expected, buffered = readable(layer, x, grad), gradients(layer, x, grad)
    given = [buffered]
    if native:
        with backend("native"):
            given.append(gradients(layer, x, grad))
    for results in given:
        assert equal(results[0], expected[0])
        assert (near if isinstance(layer.surrogate, Surrogate) else equal)(results[1], expected[1])
        if layer.bias is not None:
            # The same numbers added up in another order.
            rtol = 1e-5 if x.dtype is not torch.bfloat16 else 0.1
            torch.testing.assert_close(results[2], expected[2], rtol=rtol, atol=rtol * float(expected[2].abs().max()))


@needs_native
@pytest.mark.parametrize("name", ["curve", "no kernel", "generic8", "reckon", "tflm_int16", "read-out"])
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@each("shape", [(5, 3, 6), (3, 0, 6), (4, 2, 6, 3, 90)])
def test_layers(name: str, variant: dict[str, Any], shape: tuple[int, ...]) -> None:
    with threads(1):
        agree(made(name, variant), *drive(shape))


@pytest.mark.parametrize("name", ["curve", "generic8", "tflm_int16", "read-out"])
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@each("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_few_buffers(name: str, variant: dict[str, Any], dtype: torch.dtype) -> None:
    with threads(1):
        agree(made(name, variant, dtype), *drive((7, 3, 6, 5), dtype), native=False)


@needs_native
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("neurons", [4095, 4097, 70001])
def test_sizes_and_threads(neurons: int, count: int) -> None:
    with threads(count):
        agree(made("generic8", {}), *drive((3, neurons)))


@needs_native
def test_curve_with_an_exponential() -> None:
    layer = quant.FloatLIF(Sigmoid())
    x, grad = drive((20, 3, 50))
    a, b = both(lambda: gradients(layer, x, grad))
    assert equal(a[0], b[0])
    torch.testing.assert_close(a[1], b[1], rtol=1e-6, atol=1e-6)


@needs_native
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@each("name", ["generic8", "curve", "read-out"])
def test_strided_currents(name: str, variant: dict[str, Any]) -> None:
    x, grad = drive((7, 6, 4))
    agree(made(name, variant), x.transpose(1, 2), grad.transpose(1, 2))
    agree(made(name, variant), x.transpose(1, 2), grad.transpose(1, 2).contiguous())


def test_no_gradient_no_memory() -> None:
    layer, (x, _) = made("generic8", {}), drive((4, 3, 5))
    assert not layer(x).requires_grad
    assert layer(x[:0]).shape == (0, 3, 5)


def test_second_derivatives_are_the_readable_loop() -> None:
    x = drive((4, 2, 3), torch.float64)[0].requires_grad_()
    layer = made("curve", {})
    grad = torch.autograd.grad(layer(x).sum(), x, create_graph=True)[0]
    with pytest.raises(RuntimeError):  # torch says it in two ways
        torch.autograd.grad(grad.sum(), x)
    assert torch.autograd.gradgradcheck(lambda v: layer.run(v)[0], (x,))
