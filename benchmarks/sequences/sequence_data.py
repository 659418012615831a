"""The data of the sequence benchmark as events in time: what is trained on, what chooses settings, what is tested."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikelut.cli.data.idx import read_idx_folder
from spikelut.cli.data.npz import read_npz
from spikelut.cli.train.loop import Split

LEVELS = 256
LEARNED = 10_000
"""Training images of MNIST that are used."""
ORDER_SEED = 0
"""Of the order in which pixels are shown: the same for all images, networks and seeds."""


def held_out(groups: NDArray[Any], share: float) -> NDArray[np.bool_]:
    """A mask of this share of the samples, of every group alike; drawn once, whatever the seed of a training."""
    random, mask = np.random.default_rng(0), np.zeros(len(groups), bool)
    for group in np.unique(groups):
        inside = random.permutation(np.flatnonzero(groups == group))
        mask[inside[: round(share * len(inside))]] = True
    return mask


def parts(
    x: NDArray[Any], y: NDArray[Any], test: NDArray[np.bool_], groups: NDArray[Any], share: float, step: float = 1.0
) -> dict[str, Split]:
    """`test`, what settings are chosen on (`validation`), what is trained on then (`train`), and `both` of these.

    `x` are events [N, T, F]; `share` of what is not tested validates, of each group alike.
    """
    rest = np.flatnonzero(~test)
    held = held_out(groups[rest], share)
    chosen = {"test": np.flatnonzero(test), "validation": rest[held], "train": rest[~held], "both": rest}
    events, labels = torch.from_numpy(np.ascontiguousarray(x.swapaxes(0, 1))), torch.from_numpy(y.astype(np.int64))
    return {name: Split(events[:, index].contiguous(), labels[index], step) for name, index in chosen.items()}


def spoken_digits(folder: Path) -> dict[str, Split]:
    """Spoken digits, 100 steps of 128 channels; a fifth of each speaker's and digit's recordings validates."""
    found = read_npz(folder / "fsdd_spikes" / "fsdd128_T100.npz", ("x", "shape", "y", "test", "speaker"))
    shape, y, speaker = found["shape"], found["y"], np.unique(found["speaker"], return_inverse=True)[1]
    x = np.unpackbits(found["x"], axis=1)[:, : shape[1] * shape[2]].reshape(shape)
    return parts(x, y, found["test"], speaker * 10 + y, 0.2)


def braille(folder: Path) -> dict[str, Split]:
    """Seven letters read by touch, 256 steps of 12 channels; a fifth of each letter's validates."""
    found = read_npz(folder / "braille7" / "braille7.npz", ("x", "y", "test"))
    return parts(found["x"], found["y"], found["test"].astype(bool), found["y"], 0.2)


def permuted_digits(folder: Path, pixels: int = 1) -> dict[str, Split]:
    """Handwritten digits in an order of their pixels that is drawn once, so many `pixels` in each step, graded.

    Of the training images 10,000, drawn once, a tenth of which validates; all test images.
    """
    images, labels, test = read_idx_folder(folder)
    random = np.random.default_rng(ORDER_SEED)
    order = random.permutation(images[0].size)
    learned = np.sort(random.permutation(np.flatnonzero(~test))[:LEARNED])
    used = np.concatenate([learned, np.flatnonzero(test)])
    x = images[used].reshape(len(used), -1)[:, order].reshape(len(used), -1, pixels)
    return parts(x, labels[used], test[used], labels[used], 0.1, 1 / LEVELS)


LOADERS: dict[str, Callable[[Path], dict[str, Split]]] = {
    "fsdd": spoken_digits,
    "braille": braille,
    "psmnist": permuted_digits,
    "psmnist4": partial(permuted_digits, pixels=4),
}
