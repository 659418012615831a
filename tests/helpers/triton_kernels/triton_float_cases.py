"""Layers of float neurons as Triton kernels; `test_triton` runs these, in Triton's interpreter and on a GPU."""

import contextlib
import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from triton_cases import ARCTAN, DEVICE, torch_alone

from spikelut import hw_profiles, quant, surrogates
from spikelut.quant import FloatLIF
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.backends.triton import support as triton_backend
from spikelut.quant.backends.triton.float_lif import run_floats
from spikelut.surrogates import Surrogate

pytestmark = [
    pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),  # of NumPy, in which Triton interprets, at infinities
]

ROUNDED = 1e-6
"""Exponentials of torch and of Triton differ in the last bit of float32; gradients here are of the order of one."""


def floats(cell: FloatSpec, current: Tensor, *states: Tensor, bias: Tensor | None = None) -> tuple[Tensor, ...]:
    """`run_floats` on the device, of tensors on the CPU."""
    moved = None if bias is None else bias.to(DEVICE)
    out, last = run_floats(cell, current.to(DEVICE), tuple(x.to(DEVICE) for x in states) or None, moved)
    return tuple(x.cpu() for x in (out, *last))


def in_floats(layer: FloatLIF, current: Tensor) -> Tensor:
    """What a layer gives in the kernels."""
    bias = None if layer.bias is None else layer.bias.reshape(-1, *[1] * (current.ndim - 3))
    return run_floats(FloatSpec.of(layer), current, bias=bias)[0]


def float_results(layer: FloatLIF, kernels: bool) -> list[Any]:
    random = torch.Generator().manual_seed(0)
    current = (torch.randn(11, 3, 10, 5, generator=random) * 2).requires_grad_()
    layer.zero_grad()
    if kernels:
        layer, moved = copy.deepcopy(layer).to(DEVICE), current.to(DEVICE)
        assert triton_backend.takes_floats(FloatSpec.of(layer), moved)
        out = in_floats(layer, moved).cpu()
    else:
        with torch_alone():
            out = layer(current)
    torch.autograd.backward((out * torch.randn(out.shape, generator=random)).sum())
    return [out.detach(), current.grad, *(None if p.grad is None else p.grad.cpu() for p in layer.parameters())]


@pytest.mark.parametrize("alpha", [None, 0.7])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"reset": "zero"},
        {"order": "input-compare-leak-reset"},
        {"max_spikes": 4},
        {"surrogate": None},
    ],
    ids=str,
)
def test_floats_are_those_of_torch(options: dict[str, Any], alpha: float | None) -> None:
    layer = FloatLIF(**{"surrogate": ARCTAN, "beta": 0.9, "threshold": 0.7, "alpha": alpha, "bias": 10, **options})
    assert layer.bias is not None
    nn.init.normal_(layer.bias, generator=torch.Generator().manual_seed(0))
    expected, got = (float_results(layer, kernels) for kernels in (False, True))
    assert torch.equal(expected[0], got[0])
    assert expected[0].any()
    for a, b in zip(expected[1:], got[1:], strict=True):
        torch.testing.assert_close(b, a, rtol=ROUNDED, atol=2e-5)  # the bias's are sums of 165 terms, in another order


@pytest.mark.parametrize(
    "options", [{}, {"reset": "zero"}, {"max_spikes": 4}, {"surrogate": None}, {"surrogate": "table"}], ids=str
)
def test_what_is_not_finite_goes_on_as_in_torch(options: dict[str, Any]) -> None:
    if options.get("surrogate") == "table":
        options = {"surrogate": quant.LUTSurrogate(ARCTAN, hw_profiles.load("reckon"))}
    layer = FloatLIF(**{"surrogate": ARCTAN, "alpha": 0.5, **options})
    values = torch.randn(6, 2, 7, generator=torch.Generator().manual_seed(0))
    values[1, 0, :3] = torch.tensor([float("nan"), float("inf"), -float("inf")])
    outs, grads = [], []
    for kernels in (False, True):
        current = values.clone().requires_grad_()
        with contextlib.nullcontext() if kernels else torch_alone():
            out = in_floats(layer, current.to(DEVICE)).cpu() if kernels else layer(current)
            torch.autograd.backward(out.sum())
        outs.append(out.detach())
        grads.append(torch.as_tensor(current.grad))
    torch.testing.assert_close(*outs, rtol=0, atol=0, equal_nan=True)
    torch.testing.assert_close(*grads, rtol=ROUNDED, atol=ROUNDED, equal_nan=True)
    assert bool(outs[0].isnan().any()) == (layer.surrogate is None or layer.max_spikes > 1)
    assert grads[0].count_nonzero() > 40


@pytest.mark.parametrize("kind", surrogates.ALL)
def test_all_curves(kind: type[Surrogate]) -> None:
    expected, got = (float_results(FloatLIF(kind()), kernels) for kernels in (False, True))
    assert torch.equal(expected[0], got[0])
    torch.testing.assert_close(got[1], expected[1], rtol=ROUNDED, atol=ROUNDED)


def test_floats_read_tables_as_torch_does() -> None:
    """Interpolated and plain ones, at potentials off the grid of codes; the reset to zero needs the spikes as well."""
    for name in ("generic8", "tflm_int16", "reckon"):
        profile = hw_profiles.load(name)
        lut = quant.LUTSurrogate(ARCTAN, profile)
        grads = []
        for run in (False, True):
            current = torch.randn(9, 130, generator=torch.Generator().manual_seed(0)).requires_grad_()
            if run:
                out = floats(FloatSpec(lut.table, 0.75, reset="zero"), current)[0]
            else:
                rows, mem = [], torch.zeros(130)
                for arriving in current:
                    mem = 0.75 * mem + arriving
                    rows.append(lut(mem - 1.0))
                    mem = mem * (1 - rows[-1].detach())
                out = torch.stack(rows)
            torch.autograd.backward((out * torch.arange(130.0)).sum())
            grads.append(current.grad)
        assert torch.equal(*grads)  # type: ignore[arg-type]  # there are


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_floats_in_half_precision(dtype: torch.dtype) -> None:
    cell = FloatSpec(ARCTAN, 0.9, 0.001, "zero")
    random = torch.Generator().manual_seed(0)
    values = (torch.randn(9, 60, generator=random) * 1e-3).to(dtype)
    outs, grads = [], []
    for kind in (dtype, torch.float32):
        current = values.to(kind, copy=True).requires_grad_()
        out = floats(cell, current)[0]
        torch.autograd.backward(out.sum())
        assert current.grad is not None
        outs.append(out.detach().float())
        grads.append(current.grad.float())
    assert torch.equal(*outs)
    # What is saved has 8 or 11 bits, and the gradient once more.
    torch.testing.assert_close(*grads, rtol=2**-6 if dtype == torch.bfloat16 else 2**-9, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_float_membranes_come_in_float32(dtype: torch.dtype) -> None:
    random = torch.Generator().manual_seed(0)
    values = torch.randn(9, 60, generator=random).to(dtype)
    outs = []
    for kind in (dtype, torch.float32):
        current = values.to(kind, copy=True).requires_grad_()
        out = floats(FloatSpec(None, 0.9), current)[0]
        torch.autograd.backward(out.square().sum())
        assert out.dtype == torch.float32
        assert current.grad is not None
        assert current.grad.dtype == kind
        outs.append(out.detach())
    assert torch.equal(*outs)
    many = floats(FloatSpec(ARCTAN, 0.9, 0.01, max_spikes=5000), (values.abs() * 20).to(dtype))[0]
    assert many.dtype == torch.float32
    assert float(many.max()) > 2048


def test_a_potential_that_half_precision_rounds_to_the_threshold() -> None:
    """Below it by less than float16 holds: no spike, no reset, and the gradient passes."""
    below = torch.nextafter(torch.tensor(0.001), torch.tensor(0.0)).expand(3)
    grads = []
    for dtype in (torch.float16, torch.float32):
        current = torch.zeros(2, 3, dtype=dtype, requires_grad=True)
        out = floats(FloatSpec(ARCTAN, 0.5, 0.001, "zero"), current, bias=below)[0]
        assert not out[0].any()
        torch.autograd.backward(out.float().sum())
        grads.append(current.grad)
    torch.testing.assert_close(grads[0], grads[1], rtol=2**-9, atol=0, check_dtype=False)


def test_float_states_and_truncation() -> None:
    """A sequence in two parts is the whole one; with truncation at the seam, gradients stop there."""
    random = torch.Generator().manual_seed(0)
    current = torch.randn(8, 30, generator=random).requires_grad_()
    cell = FloatSpec(ARCTAN, 0.9, alpha=0.5, truncate=4)
    out = floats(cell, current)[0]
    (whole,) = torch.autograd.grad(out.sum(), current)
    first, mem, syn = floats(FloatSpec(ARCTAN, 0.9, alpha=0.5), current[:4])
    second = floats(FloatSpec(ARCTAN, 0.9, alpha=0.5), current[4:], mem.detach(), syn.detach())[0]
    (parts,) = torch.autograd.grad(first.sum() + second.sum(), current, retain_graph=True)
    assert torch.equal(out, torch.cat([first, second]))
    assert torch.equal(whole, parts)
    (joined,) = torch.autograd.grad(floats(FloatSpec(ARCTAN, 0.9, alpha=0.5), current)[0].sum(), current)
    second = floats(FloatSpec(ARCTAN, 0.9, alpha=0.5), current[4:], mem, syn)[0]
    (through,) = torch.autograd.grad(first.sum() + second.sum(), current)
    assert torch.equal(joined, through)
    assert not torch.equal(joined, parts)
