"""When a kernel may stand in for torch's operations."""

import torch
from torch import Tensor, nn

from spikelut import _backend

_PLAIN = (Tensor, nn.Parameter)

# What the kernels of spike functions take.
_SPIKES = (torch.float32, torch.bfloat16)

# Of batched gradients, which are vmapped in an older way.
_is_batched = torch._C._functorch.is_legacy_batchedtensor

# A tensor of a transform, which may outlive it.
_is_wrapped = torch._C._functorch.is_functorch_wrapped_tensor


def is_eager(x: Tensor) -> bool:
    """Whether operations on `x` are carried out at once: nobody compiles, records, transforms or intercepts them."""
    if torch.compiler.is_compiling():
        return False
    if type(x) not in _PLAIN or torch._C._len_torch_dispatch_stack() or _is_batched(x) or _is_wrapped(x):
        return False
    return not (torch._C._are_functorch_transforms_active() or torch._C._is_tracing())


# As torch's own compiled functions ask, whose buffers are donated too; without them nothing is.
_hooks_of_saved = getattr(torch._C._autograd, "_top_saved_tensors_default_hooks", None)
_graph_stays = getattr(torch._C._autograd, "_get_current_graph_task_keep_graph", None)


def saves_alone() -> bool:
    """Whether autograd alone holds what a function saves now: no hooks of saved tensors see it."""
    return _hooks_of_saved is not None and _hooks_of_saved(True) is None


def saves_no_longer() -> bool:
    """Whether what was saved is freed after the pass backward that is under way."""
    return _graph_stays is not None and not _graph_stays()


def usable(x: Tensor) -> bool:
    """Whether kernels may take `x`: it is eager, and `in_memory`."""
    return in_memory(x) and is_eager(x)


def in_memory(x: Tensor) -> bool:
    """Whether `x`, if it is eager, is float32 in one piece on the CPU, and the backend is not `torch`."""
    return x.dtype is torch.float32 and spikes(x)


def spikes(x: Tensor) -> bool:
    """Whether the kernels of spike functions may take `x`: as `in_memory`, but of bfloat16 too."""
    return x.dtype in _SPIKES and x.is_cpu and x.is_contiguous() and not x.is_neg() and _backend.uses_native()
