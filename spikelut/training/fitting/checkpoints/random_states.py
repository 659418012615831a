"""The generators of random numbers that training draws from: torch's, NumPy's and Python's own."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def random_states(device: torch.device | None = None) -> dict[str, Any]:
    """Where the generators are, as plain values and tensors: on the CPU, and of `device` if it is a GPU."""
    kind, keys, position, has_gauss, gauss = np.random.get_state()  # noqa: NPY002  # that of old code is what has to be kept
    cuda = device is not None and device.type == "cuda"
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state(device or "cuda") if cuda else None,
        "numpy": [str(kind), torch.from_numpy(np.asarray(keys).astype(np.int64)), position, has_gauss, gauss],
        "python": random.getstate(),
    }


def set_random_states(states: dict[str, Any], device: torch.device | None = None) -> None:
    """Put the generators where they were when `random_states` was asked."""
    torch.set_rng_state(states["torch"])
    if states["cuda"] is not None and device is not None and device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)
    kind, keys, *others = states["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *others))  # noqa: NPY002
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))


def seed_all(seed: int) -> None:
    """Seed all generators."""
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    random.seed(seed)


@contextmanager
def seeded(seed: int | None, device: torch.device) -> Iterator[None]:
    """While entered the generators go from `seed`; afterwards they are where they were. None: nothing is done."""
    if seed is None:
        yield
        return
    before = random_states(device)
    seed_all(seed)
    try:
        yield
    finally:
        set_random_states(before, device)


class Stream:
    """Random numbers of their own for a piece of code, so that those of others do not depend on what it draws."""

    def __init__(self, seed: int) -> None:
        with self._kept():
            seed_all(seed)
            self._states = random_states()

    @contextmanager
    def active(self) -> Iterator[None]:
        """While entered all generators of the CPU are this stream's."""
        with self._kept():
            set_random_states(self._states)
            try:
                yield
            finally:
                self._states = random_states()

    @staticmethod
    @contextmanager
    def _kept() -> Iterator[None]:
        before = random_states()
        try:
            yield
        finally:
            set_random_states(before)
