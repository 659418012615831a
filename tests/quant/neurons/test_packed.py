"""Spikes kept for the backward pass as bits: round trips, what is not packed."""

import math
from typing import Any

import pytest
import torch
from backends import backend, needs_native, threads
from hypothesis import given
from hypothesis import strategies as st
from sample_networks import spikes
from torch import Tensor, nn

from spikelut import native
from spikelut.quant.neurons.packed_spikes import packed_spikes

BACKENDS = ["torch", pytest.param("native", marks=needs_native)]
DTYPES = [torch.float32, torch.float64, torch.bfloat16, torch.float16]
OTHERS = [-0.0, math.nan, math.inf, -1.0, 0.5, 2.0, 1 + 2**-7, 1e-40]
"""Values that are not kept as bits; 1e-40 is nothing in float16."""


@pytest.fixture(params=BACKENDS, autouse=True)
def used(request: pytest.FixtureRequest) -> Any:
    with backend(request.param):
        yield request.param


def pack(x: Tensor) -> Any:
    """What autograd is given for `x`."""
    return packed_spikes().pack_hook(x)


def is_packed(x: Tensor) -> bool:
    return bool(pack(x).held.dtype == torch.uint8)


def unchanged(found: Tensor, wanted: Tensor) -> bool:
    """Whether everything about them is equal."""
    kind = (wanted.dtype, wanted.device, wanted.shape, wanted.stride())
    return (found.dtype, found.device, found.shape, found.stride()) == kind and torch.equal(found, wanted)


SHAPES = st.lists(st.integers(1, 40), min_size=1, max_size=4).map(lambda sizes: (-(-1024 // math.prod(sizes)), *sizes))


@given(SHAPES, st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.sampled_from(DTYPES))
def test_round_trip(shape: tuple[int, ...], seed: int, share: float, dtype: torch.dtype) -> None:
    x = spikes(*shape, seed=seed, share=share, dtype=dtype)
    kept = pack(x)
    assert kept.held.nbytes == -(-x.numel() // 1024) * 128
    assert unchanged(kept.unpack(), x)


@given(st.integers(1024, 5000), st.data(), st.sampled_from(OTHERS), st.sampled_from(DTYPES))
def test_one_other_value_anywhere(count: int, data: st.DataObject, value: float, dtype: torch.dtype) -> None:
    at = data.draw(st.integers(0, count - 1) | st.just(count - 1))
    x = spikes(count, seed=count, dtype=dtype)
    other = torch.tensor(value).to(dtype)
    x[at] = other
    kept = pack(x)
    nothing = bool(other == 0) and not bool(other.signbit())
    assert (kept.held.dtype == torch.uint8) == nothing
    assert torch.equal(kept.unpack().signbit(), x.signbit())
    assert torch.equal(kept.unpack().nan_to_num(7.0), x.nan_to_num(7.0))


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("size", [65536, 65537, 200_000, 1_200_001])
def test_sizes_and_threads(size: int, count: int) -> None:
    x = spikes(size)
    with threads(count):
        kept = pack(x)
        assert kept.held.dtype == torch.uint8
        assert torch.equal(kept.unpack(), x)
        for at in (0, 1024, size // 2, size - 1):
            x[at] = 0.5
            assert not is_packed(x)
            x[at] = 1.0


@needs_native
@given(st.integers(1024, 200_000), st.integers(0, 100))
def test_backends_have_the_same_bits(size: int, seed: int) -> None:
    x, kept = spikes(size, seed=seed), {}
    for name in ("torch", "native"):
        with backend(name):
            kept[name] = pack(x)
    assert torch.equal(kept["torch"].held, kept["native"].held)
    for name, other in (("torch", "native"), ("native", "torch")):
        with backend(name):
            assert torch.equal(kept[other].unpack(), x)


@needs_native
def test_the_first_values_tell() -> None:
    x, bits = spikes(4096), torch.full((512,), 7, dtype=torch.uint8)
    x[5] = 0.5
    assert native.library().spikelut_pack(x.data_ptr(), bits.data_ptr(), 4096, 1) == 1
    assert bool((bits[128:] == 7).all())


@pytest.mark.parametrize("dtype", DTYPES)
def test_orders_of_elements(dtype: torch.dtype) -> None:
    x = spikes(6, 7, 8, 9, dtype=dtype)
    dense = [
        x.transpose(1, 2),
        x.to(memory_format=torch.channels_last),
        x.permute(3, 0, 2, 1),
        x[2:],
        x[1:, None].transpose(0, 2),
        x.flatten().as_strided((1, x.numel()), (5, 1)),
    ]
    for one in dense:
        assert is_packed(one)
        assert unchanged(pack(one).unpack(), one)
    for one in (x[:, 1:], x[..., ::2], x[:1].expand(4, -1, -1, -1), x.unfold(3, 3, 1)):
        assert one.numel() >= 1024
        assert pack(one).held.data_ptr() == one.data_ptr()
        assert unchanged(pack(one).unpack(), one)


class Other(Tensor):
    """A subclass."""


def test_what_is_kept_as_it_is() -> None:
    x = spikes(1024)
    assert is_packed(x)
    assert not is_packed(x[:1023])
    assert not is_packed(x[:0])
    for one in (x.to(torch.uint8), x.bool(), x.to(torch.complex64), x.to_sparse(), x.to("meta")):
        assert pack(one).held.dtype == one.dtype
        assert pack(one).unpack().layout == one.layout
    for there_anyway in (x.clone().requires_grad_(), nn.Parameter(x), nn.Parameter(x, requires_grad=False)):
        assert pack(there_anyway).held.data_ptr() == there_anyway.data_ptr()
    assert not is_packed(x.as_subclass(Other))
    assert not is_packed(torch._neg_view(x))
