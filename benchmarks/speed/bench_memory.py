"""Memory of a forward and backward pass on the CPU: what is saved for backward, and the peak."""

import os
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


class _Saved:
    """What autograd holds in place of a tensor, for as long as it is needed."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


def saved_bytes(forward: Callable[[], Any], known: Sequence[Tensor]) -> int:
    """The bytes of the tensors autograd keeps after a forward pass, each storage once, those of `known` left out."""
    held: weakref.WeakSet[_Saved] = weakref.WeakSet()

    def pack(tensor: Tensor) -> _Saved:
        saved = _Saved(tensor.detach())  # an output would keep its own graph alive
        held.add(saved)
        return saved

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda saved: saved.tensor):
        out = forward()
    sizes = {saved.tensor.untyped_storage().data_ptr(): saved.tensor.untyped_storage().nbytes() for saved in held}
    for tensor in known:
        sizes.pop(tensor.untyped_storage().data_ptr(), None)
    del out
    return sum(sizes.values())


def peak_bytes(call: Callable[[], Any]) -> int:
    """The most bytes that torch's CPU allocator has given out during `call`, above what it had before.

    From the allocator's own reports, so that neither other threads of the machine nor the C library's pools show.
    """
    activities = [torch.profiler.ProfilerActivity.CPU]
    with _silence(), torch.profiler.profile(activities=activities, profile_memory=True) as profile:
        call()
    assert profile.profiler is not None
    results: Any = profile.profiler.kineto_results
    events = [event for event in results.events() if event.name() == "[memory]"]
    now = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        now += event.nbytes()
        peak = max(peak, now)
    return peak


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing on the standard error: the profiler tells there when it starts and stops."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
