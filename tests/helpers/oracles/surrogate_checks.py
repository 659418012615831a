"""What the tests of surrogates compare with."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from spikelut import surrogates

every_surrogate = pytest.mark.parametrize("cls", surrogates.ALL, ids=surrogates.name_of)


def assert_equal(actual: Any, expected: Any) -> None:
    torch.testing.assert_close(actual, expected, rtol=0.0, atol=0.0, equal_nan=True)


def gradient(f: Callable[[Tensor], Tensor], x: Tensor, upstream: Tensor | None = None) -> Tensor:
    leaf = x.clone().requires_grad_()
    y = f(leaf)
    return torch.autograd.grad(y, leaf, torch.ones_like(y) if upstream is None else upstream)[0]
