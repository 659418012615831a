"""Products that are exact on a GPU too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


@contextmanager
def full_precision(x: Tensor) -> Iterator[None]:
    """While entered, a GPU multiplies float32 as float32 where `x` is on one.

    For convolutions torch allows TensorFloat-32 by default, and for matrices on request. That has 11 bits: sums of
    wider weights, or of graded events, would not be those of the chip. What `torch.compile` records stays as set.
    """
    if not x.is_cuda or torch.compiler.is_compiling():
        yield
        return
    backends: Any = torch.backends  # torch leaves it untyped
    settings = [backends.cuda.matmul, backends.cudnn.conv]
    before = [setting.fp32_precision for setting in settings]
    try:
        for setting in settings:
            setting.fp32_precision = "ieee"
        yield
    finally:
        for setting, precision in zip(settings, before, strict=True):
            setting.fp32_precision = precision
