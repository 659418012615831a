"""Files of sparse events: .npz archives of flat arrays, not compressed, which need not fit into memory."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._aside import file_aside
from spikelut._checks import require
from spikelut._files import move_whole, naming, require_place
from spikelut.training.data.files.npz import MAPPED_FROM, read_mapped

FORMAT = 1
"""Raised when a file of today could be read wrongly by a program of before."""

ARRAYS = ("t", "unit", "offsets", "y")
OPTIONAL = ("count", "lengths")
NUMBERS = ("format", "step", "steps", "input_step", "classes", "shape", "crop")


def write_events(path: Path, arrays: Mapping[str, NDArray[Any]], numbers: Mapping[str, Any]) -> None:
    """Write arrays and what belongs to them; the file appears whole or not at all. Raises OSError."""
    require_place(path)
    with naming(path), file_aside(Path(os.path.realpath(path)).parent) as (handle, aside):
        with os.fdopen(handle, "wb", closefd=False) as file:
            np.savez(file, **arrays, format=np.int64(FORMAT), **{k: np.asarray(v) for k, v in numbers.items()})  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        move_whole(aside, path)


def read_events(path: Path, in_memory: bool | None) -> dict[str, Any]:
    """What was written, the arguments of an `EventDataset`. Raises ValueError for another file, or a damaged one."""
    mapped = {True: None, False: 0, None: MAPPED_FROM}[in_memory]
    found: dict[str, Any] = read_mapped(
        path, (*ARRAYS, *NUMBERS), OPTIONAL, mapped=mapped, never=(*NUMBERS, "offsets", "y", "lengths")
    )
    version = found.pop("format")
    require(version.shape == () and version == FORMAT, str(path), f"must have format {FORMAT}", version.tolist())
    for name in ("step", "steps", "input_step", "classes", "crop"):
        kinds = {"crop": "b", "steps": "i", "classes": "i"}.get(name, "fi")
        fits = found[name].shape == () and found[name].dtype.kind in kinds
        require(fits, str(path), f"{name} must be one number", f"{found[name].dtype} {found[name].shape}")
        found[name] = found[name].item()
    shape = found["shape"]
    require(shape.ndim == 1 and shape.dtype.kind == "i", str(path), "shape must be integers", f"{shape.dtype}")
    return {**found, "shape": tuple(shape.tolist())}
