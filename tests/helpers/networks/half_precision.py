"""Networks in half precision, and what they are compared with."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor

HALVES = [torch.float16, torch.bfloat16]
each_half = pytest.mark.parametrize("dtype", HALVES, ids=str)


@contextmanager
def autocast(dtype: torch.dtype | None) -> Iterator[None]:
    with torch.autocast("cpu", dtype=dtype, enabled=dtype is not None):
        yield


def events(*shape: int) -> Tensor:
    return (torch.rand(*shape, generator=torch.Generator().manual_seed(3)) < 0.5).float()


def same(found: list[Tensor], wanted: list[Tensor]) -> None:
    for a, b in zip(found, wanted, strict=True):
        assert a.dtype == b.dtype
        assert torch.equal(a, b)
