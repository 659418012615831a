"""The inputs on which `spikelut verify` runs a network: data, samples that a run has kept, and others that wake it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut._files import read_text
from spikelut.cli.data.npz import read_npz
from spikelut.cli.train.run_folder import RECORD, SAMPLES
from spikelut.export.runtimes import Description, random_events
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.stimuli import stimuli


def inputs(
    folder: Path, file: Description, network: IntegerNetwork | None, data: Path | None, samples: int, seed: int
) -> Any:
    """Whole numbers [T, B, ...] for a network's file in `folder`; of several inputs by name.

    The first `samples` of `data`, if that is given. Else `samples` of them: those that the run in `folder` has kept, at
    most half, and others that make every layer spike and as many neurons as can be; random ones without a `network`.

    Raises ValueError where none of these tells height and width, and for data that do not fit.
    """
    several = [port.name for port in file.entries] if len(file.entries) > 1 else []
    if data is not None:
        return {name: events_of(data, samples, name) for name in several} or events_of(data, samples)
    shape = shape_of_run(folder)
    if network is None:
        return random_events(file, samples, 1, seed, shape=shape)
    sizes, steps = _fixed(file, shape)
    if several:
        return stimuli(network, samples=samples, steps=steps, seed=seed).events
    kept = kept_samples(folder, network, steps, samples // 2)
    known = kept is not None or all(isinstance(n, int) for n in sizes)
    require(known, "input", "height and width must be known from the file, a run or data", sizes)
    if kept is None:
        return stimuli(network, tuple(sizes), samples=samples, steps=steps, seed=seed).events
    return stimuli(network, samples=samples, steps=steps, given=kept, seed=seed).events


def _fixed(file: Description, shape: tuple[int, ...]) -> tuple[tuple[Any, ...], int | None]:
    """What follows time and samples in the inputs of a file, if known, and the steps of one that fixes them."""
    port = file.events
    assert port is not None  # a network has one
    own = port.shape[1:] if file.states else port.shape[2:]
    steps = None if file.states else port.shape[0]
    known = all(isinstance(n, int) for n in own)
    return own if known else shape or own, steps if isinstance(steps, int) else None


def kept_samples(folder: Path, network: IntegerNetwork, steps: int | None, most: int) -> NDArray[Any] | None:
    """Samples [T, B, ...] that the run in `folder` has kept; none if they are longer than a file of so many steps."""
    path = folder / SAMPLES
    if not most or not path.exists():
        return None
    events = events_of(path, most)
    if steps is not None and len(events) > steps:
        return None
    network.run(events[:1, :1])  # says what is wrong with them
    return events


def shape_of_run(folder: Path) -> tuple[int, ...]:
    """What follows time and samples in the inputs of a run; nothing if the folder is not one."""
    try:
        sizes = json.loads(read_text(folder / RECORD, "verify"))["data"]["inputs"]
        return tuple(int(size) for size in sizes)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ()


def events_of(path: Path, samples: int, name: str = "x") -> NDArray[Any]:
    """The first samples of `name` [N, T, ...] in an .npz file, as [T, N, ...]."""
    x = read_npz(path, [name])[name]
    x = x[:samples] if x.ndim else x
    fits = x.ndim >= 3 and len(x) > 0 and x.dtype.kind in "iufb"
    require(fits, path.name, f"{name} must be event counts [N, T, ...]", f"{x.dtype} {x.shape}")
    return np.ascontiguousarray(np.moveaxis(x, 0, 1))
