"""The Braille letters of `make platforms`, in three parts, and the two float networks of the NIR paper."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spikelut import export
from spikelut.cli.data.npz import read_npz


@dataclass(frozen=True)
class Part:
    """Events [T, N, F] and labels [N] of some samples."""

    events: Tensor
    labels: NDArray[Any]

    def some(self, chosen: NDArray[Any]) -> "Part":
        """Those samples alone."""
        return Part(self.events[:, torch.from_numpy(chosen)], self.labels[chosen])


@dataclass(frozen=True)
class Parts:
    """What calibrates and trains, what chooses the best epoch, and what is tested once."""

    train: Part
    validation: Part
    test: Part


def parts_of(x: NDArray[Any], y: NDArray[Any], test: NDArray[np.bool_], share: float) -> Parts:
    """Events `x` [N, T, F] in parts; `share` of what is not tested validates, of each class alike, drawn once."""
    random, held = np.random.default_rng(0), np.zeros(len(y), bool)
    for label in np.unique(y):
        inside = random.permutation(np.flatnonzero((y == label) & ~test))
        held[inside[: round(share * len(inside))]] = True
    whole = Part(torch.from_numpy(np.ascontiguousarray(x.swapaxes(0, 1))).float(), y)
    return Parts(*(whole.some(np.flatnonzero(mask)) for mask in (~test & ~held, held, test)))


def folder_of(shared: Path | None, networks: list[dict[str, Any]]) -> Path:
    """The folder with the data; FileNotFoundError, which says what is missing, if it is not whole."""
    folder = Path("shared") if shared is None else shared
    folder = folder / "braille7"
    for name in ("braille7.npz", *(network["file"] for network in networks)):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"--shared must be a folder with braille7/{name}, got {folder.parent}")
    return folder


def braille(folder: Path, share: float) -> Parts:
    """Seven letters read by touch, 256 steps of 12 taxels."""
    found = read_npz(folder / "braille7.npz", ("x", "y", "test"))
    return parts_of(found["x"], found["y"].astype(np.int64), found["test"].astype(bool), share)


def network_in(path: Path) -> nn.Module:
    """A graph as a float network."""
    made: nn.Module = export.from_nir(path).eval()
    return made
