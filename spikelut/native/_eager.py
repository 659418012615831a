"""When a kernel may stand in for torch's operations."""

import torch
from torch import Tensor

from spikelut import _backend
from spikelut._torch import is_eager

# What the kernels of spike functions take.
_SPIKES = (torch.float32, torch.bfloat16)


def usable(x: Tensor) -> bool:
    """Whether kernels may take `x`: it is eager, and `in_memory`."""
    return in_memory(x) and is_eager(x)


def in_memory(x: Tensor) -> bool:
    """Whether `x`, if it is eager, is float32 in one piece on the CPU, and the backend is not `torch`."""
    return x.dtype is torch.float32 and spikes(x)


def spikes(x: Tensor) -> bool:
    """Whether the kernels of spike functions may take `x`: as `in_memory`, but of bfloat16 too."""
    return x.dtype in _SPIKES and x.is_cpu and x.is_contiguous() and not x.is_neg() and _backend.uses_native()
