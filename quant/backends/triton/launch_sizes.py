"""How the Triton kernels are divided among the processors of a GPU."""

from torch import Tensor

MANY = 2**18
"""Neurons, from which on there are enough at a time to keep a GPU's memory busy."""

LAUNCH: dict[tuple[str, bool, int], tuple[int, int, int]] = {
    ("forward", False, 4): (4, 1, 16),
    ("forward", False, 2): (2, 2, 16),
    ("forward", True, 4): (4, 4, 4),
    ("forward", True, 2): (4, 4, 4),
    ("backward", False, 4): (4, 1, 16),
    ("backward", False, 2): (4, 1, 16),
    ("backward", True, 4): (4, 4, 4),
    ("backward", True, 2): (2, 8, 4),
}
"""Warps of a program, neurons of a thread, and rows loaded ahead, by kernel, whether there are MANY neurons, and the
bytes of a current: the fastest on an H200 of seven choices each (`benchmarks/gpu_choices.py`). One neuron a thread
instructions more, but takes nothing apart that was loaded with others, for which it would have to wait.
"""


def launch_of(kernel: str, current: Tensor) -> tuple[int, dict[str, int]]:
    """Programs for `current` [T, ...], and what they are compiled for."""
    size = current.shape[1:].numel()
    warps, each, prefetch = LAUNCH[kernel, size >= MANY, current.itemsize]
    block = warps * 32 * each
    return -(-size // block), {"BLOCK": block, "PREFETCH": prefetch, "num_warps": warps}
