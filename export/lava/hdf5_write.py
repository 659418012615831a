"""Layers as the content of an HDF5 file, as lava-dl's blocks write themselves."""

import io
from typing import Any

import numpy as np


def content_of(groups: list[dict[str, Any]]) -> bytes:
    """A file with the groups `layer/0`, `layer/1`, ..."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for number, group in enumerate(groups):
            _fill(file.create_group(f"layer/{number}"), group)
    return buffer.getvalue()


def _fill(place: Any, group: dict[str, Any]) -> None:
    for key, value in group.items():
        if isinstance(value, dict):
            _fill(place.create_group(key), value)
        elif key == "type" and "shape" in group:
            place.create_dataset(key, (1,), "S10", [value.encode()])  # of a layer
        elif isinstance(value, str):
            place.create_dataset(key, data=value)
        else:
            place.create_dataset(key, data=np.asarray(value))
