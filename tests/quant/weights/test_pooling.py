"""Pooling and upsampling, window by window: values in every type, gradients, spikes as bits, wrong input."""

import itertools
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.weights.pooling import PLACES
from spikelut.surrogates import Sigmoid

DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.uint8, torch.bool, torch.int64]
SIZES = [(1, 1, 0), (2, 2, 0), (2, 1, 1), (3, 2, 1), (3, 3, 0), (4, 2, 2), (5, 3, 2)]


def counts(*shape: int, largest: int = 3, seed: int = 0) -> Tensor:
    return torch.randint(0, largest + 1, shape, generator=torch.Generator().manual_seed(seed)).float()


def windowed(x: Any, sizes: list[tuple[int, int, int]], largest: bool) -> Any:
    """The largest or the sum of each window of the last dimensions, in a loop; `sizes` are kernel, stride, padding."""
    first = x.ndim - len(sizes)
    starts = []
    for n, (kernel, stride, padding) in zip(x.shape[first:], sizes, strict=True):
        starts.append(range(-padding, n + padding - kernel + 1, stride))
    out = np.empty((*x.shape[:first], *map(len, starts)), x.dtype)
    for at in itertools.product(*(range(len(s)) for s in starts)):
        places: list[Any] = [
            slice(max(0, s[i]), max(0, s[i] + k)) for i, s, (k, _, _) in zip(at, starts, sizes, strict=True)
        ]
        part = x[(..., *places)]
        axes = tuple(range(first, x.ndim))
        where: Any = (..., *at)
        out[where] = part.max(axes) if largest else part.sum(axes)
    return out


@pytest.mark.parametrize("kind", ["max", "sum"])
def test_windows_of_two_dimensions(kind: str) -> None:
    made: Any = quant.MaxPool2d if kind == "max" else quant.SumPool2d
    # Currents of both signs for the largest: what stands around is none.
    x = counts(2, 2, 3, 6, 7) - (2 if kind == "max" else 0)
    for down, right in itertools.product(SIZES, SIZES):
        pool = made(*zip(down, right, strict=True))
        expected = windowed(x.numpy(), [down, right], kind == "max")
        assert np.array_equal(pool(x).numpy(), expected)
        assert expected.any()
        assert pool.window == tuple(zip(down, right, strict=True))
        if down == right:
            one = made(*down)
            assert np.array_equal(one(x).numpy(), expected)
            assert (one.kernel_size, one.stride, one.padding) == down


@pytest.mark.parametrize("kind", ["max", "sum"])
def test_windows_of_one_dimension(kind: str) -> None:
    made: Any = quant.MaxPool1d if kind == "max" else quant.SumPool1d
    x = counts(2, 2, 3, 11) - (2 if kind == "max" else 0)
    for size in SIZES:
        expected = windowed(x.numpy(), [size], kind == "max")
        assert np.array_equal(made(*size)(x).numpy(), expected)
        assert np.array_equal(made(*((v,) for v in size))(x).numpy(), expected)
        assert expected.any()


def test_all_places() -> None:
    for shape in ((2, 2, 3, 11), (2, 2, 3, 6, 7), (2, 2, 3, 40, 41)):
        x = counts(*shape)
        assert np.array_equal(quant.GlobalSumPool()(x).numpy(), x.numpy().sum(tuple(range(3, len(shape)))))


LAYERS: dict[str, Any] = {
    "max2d": quant.MaxPool2d(2),
    "max1d": quant.MaxPool1d(2),
    "sum2d": quant.SumPool2d((2, 3), padding=(1, 0)),
    "sum1d": quant.SumPool1d(3, 1),
    "global": quant.GlobalSumPool(),
    "upsample": quant.Upsample(2),
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", LAYERS)
def test_types(name: str, dtype: torch.dtype) -> None:
    x = counts(2, 2, 3, *((8,) if name.endswith("1d") else (6, 7)), largest=1)
    expected = LAYERS[name](x.double())
    out = LAYERS[name](x.to(dtype))
    assert torch.equal(out.double(), expected)
    kept = dtype if dtype.is_floating_point and name.startswith(("max", "up")) else None
    wide = torch.float64 if dtype is torch.float64 else torch.float32
    assert out.dtype == (kept or (dtype if name == "upsample" else wide))
    assert float((expected != 0).double().mean()) > 0.1
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(LAYERS[name](x.to(dtype)), out)


@pytest.mark.parametrize("name", LAYERS)
def test_gradients(name: str) -> None:
    x = counts(3, 2, 4, *((16,) if name.endswith("1d") else (8, 9)), largest=1).requires_grad_()
    plain: dict[str, Any] = {
        "max2d": lambda x: nn.functional.max_pool2d(x, 2),
        "max1d": lambda x: nn.functional.max_pool1d(x, 2),
        "sum2d": lambda x: nn.functional.avg_pool2d(x, (2, 3), (2, 3), (1, 0)) * 6,
        "sum1d": lambda x: nn.functional.avg_pool1d(x, 3, 1) * 3,
        "global": lambda x: x.sum((2, 3)),
        "upsample": lambda x: nn.functional.interpolate(x, scale_factor=2),
    }
    out = LAYERS[name](x)
    towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(1))
    wanted = torch.autograd.grad(plain[name](x.flatten(0, 1)), x, towards.flatten(0, 1))[0]
    assert wanted.count_nonzero() > 0.2 * wanted.numel()
    torch.testing.assert_close(torch.autograd.grad(out, x, towards)[0], wanted)
    # Behind neurons, and kept as bits.
    spikes = x * 1
    with quant.packed_spikes():
        out = LAYERS[name](spikes)
    torch.testing.assert_close(torch.autograd.grad(out, x, towards)[0], wanted)


def test_spikes_that_max_pooling_keeps_are_bits() -> None:
    x = counts(4, 2, 8, 16, 16, largest=1).requires_grad_() * 1
    hooks: Any = quant.packed_spikes()
    held: list[Any] = []

    def pack(tensor: Tensor) -> Any:
        held.append(hooks.pack_hook(tensor))
        return held[-1]

    with torch.autograd.graph.saved_tensors_hooks(pack, hooks.unpack_hook):
        quant.MaxPool2d(2)(x).sum().backward()
    assert [kept.held.dtype for kept in held] == [torch.uint8, torch.int64]  # spikes, and places
    assert held[0].held.numel() * 8 == x.numel()


def test_large_windows_are_summed_in_float64() -> None:
    x = torch.zeros(1, 1, 1, 17, 16)
    x[:] = 65535
    assert x[0, 0, 0].numel() > PLACES
    x[..., 0, 0] = 2
    message = "sums of weight codes must be at most"
    for layer, given in ((quant.SumPool2d((17, 16)), x), (quant.GlobalSumPool(), x)):
        with pytest.raises(ValueError, match=f"^{type(layer).__name__}: {message}"):
            layer(given)
        assert float(layer(given.double()).max()) == 65535 * 271 + 2
        # Odd sums on the way are beyond float32, the last is not.
        signed = given.clone()
        signed[..., 16, :] = 2 - 65535 * 15.0
        assert float(layer(signed).max()) == 65535 * 255 + 2 + 16 * 2 - 65535 * 240


def test_every_factor() -> None:
    for factor in range(1, 70):
        x = torch.arange(12.0).reshape(1, 1, 1, 12)
        assert torch.equal(quant.Upsample(factor)(x), x.repeat_interleave(factor, 3))
    x = counts(2, 1, 2, 3, 4)
    for pair in itertools.product((1, 2, 3), (1, 2, 5)):
        expected = x.repeat_interleave(pair[0], 3).repeat_interleave(pair[1], 4)
        assert torch.equal(quant.Upsample(pair)(x), expected)
    assert torch.equal(quant.Upsample(2)(x), x.repeat_interleave(2, 3).repeat_interleave(2, 4))


def test_a_network_with_them_trains() -> None:
    torch.manual_seed(0)
    profile = hw_profiles.load("generic8")

    def neurons() -> nn.Module:
        return quant.LIF(profile, quant.LUTSurrogate(Sigmoid(), profile), beta=0.9)

    layers: list[Any] = [
        quant.QuantConv2d(2, 4, 3, profile=profile, padding="same"),
        quant.MaxPool2d(2),
        neurons(),
        quant.Upsample(2),
        quant.QuantConvTranspose2d(4, 4, 2, profile=profile, stride=2),
        neurons(),
        quant.MaxPool2d((2, 1)),
        quant.GlobalSumPool(),
        quant.QuantLinear(4, 3, profile=profile),
        quant.LI(profile),
    ]
    with torch.no_grad():
        for layer in layers:
            if hasattr(layer, "weight"):
                layer.weight.mul_(4).add_(0.1)
    model = nn.Sequential(*layers)
    out = model(counts(5, 2, 2, 8, 8, largest=1))
    out.square().sum().backward()
    assert out.any()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: quant.MaxPool2d(0), r"MaxPool2d: kernel_size must be an integer in 1\.\.255, got 0"),
        (
            lambda: quant.MaxPool1d(cast(Any, (2, 2))),
            r"MaxPool1d: kernel_size must be an integer in 1\.\.255, or 1 of them, got",
        ),
        (lambda: quant.SumPool2d((2, 0)), r"SumPool2d: kernel_size must be an integer in 1\.\.255, or 2 of them, got"),
        (lambda: quant.SumPool1d(2, 0), r"SumPool1d: stride must be an integer in 1\.\.255, got 0"),
        (lambda: quant.MaxPool2d(3, padding=2), "MaxPool2d: padding must be at most half of kernel_size, got 2"),
        (lambda: quant.SumPool2d((4, 1), padding=1), "SumPool2d: padding must be at most half of kernel_size, got 1"),
        (lambda: quant.Upsample(0), r"Upsample: scale_factor must be an integer in 1\.\.255, or two, got 0"),
        (lambda: quant.MaxPool2d(6)(counts(1, 1, 1, 5, 7)), r"MaxPool2d: spikes must be \[T, B, C, H, W\], H and W at"),
        (lambda: quant.MaxPool2d(6)(counts(1, 1, 5, 7)), r"MaxPool2d: spikes must be \[T, B, C, H, W\], H and W at"),
        (lambda: quant.SumPool2d((6, 2))(counts(1, 1, 1, 5, 7)), r"\[T, B, C, H, W\], H at least 6 and W at least 2"),
        (
            lambda: quant.SumPool1d(6)(counts(1, 1, 1, 5)),
            r"SumPool1d: spikes must be \[T, B, C, L\], L at least 6, got",
        ),
        (
            lambda: quant.GlobalSumPool()(counts(1, 1, 5)),
            r"GlobalSumPool: spikes must be \[T, B, C, L\] or \[T, B, C, ",
        ),
        (lambda: quant.Upsample(2)(counts(1, 1, 5)), r"Upsample: spikes must be \[T, B, C, L\] or \[T, B, C, H, W\]"),
        (lambda: quant.Upsample((2, 1))(counts(1, 1, 1, 5)), r"Upsample: spikes must be \[T, B, C, H, W\], got \(1, 1"),
    ],
)
def test_wrong_arguments(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_numbers_that_are_not_real() -> None:
    with pytest.raises(TypeError, match=r"^MaxPool2d: inputs must be real numbers, got torch\.complex64$"):
        quant.MaxPool2d(2)(torch.zeros(1, 1, 1, 4, 4, dtype=torch.complex64))
