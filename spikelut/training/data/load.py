"""Data by name: known sets, files and folders, and callables of the user's own."""

import os
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import is_finite, require, require_flags, require_int, require_one_of, require_path
from spikelut.training.data.encoders import constant, latency, rate
from spikelut.training.data.event_dataset import EventDataset
from spikelut.training.data.files.file_array import FileArray
from spikelut.training.data.files.npz import MAPPED_FROM, names_of, read_mapped
from spikelut.training.data.own_data import called, is_callable
from spikelut.training.data.raw import (
    check_numbers,
    complete_labels,
    intensities,
    read_raw,
    test_part,
    unpacked,
    val_part,
)
from spikelut.training.data.reading import meaning
from spikelut.training.data.spike_dataset import SpikeDataset
from spikelut.training.data.subset import Data, Subset, split

Coding = Literal["rate", "constant", "latency"]
DEFAULT_STEPS = 16
GROUPS = "groups"
KEYS = ("test", "val", "lengths", "shape")
"""Arrays that may be beside x and y."""


def load(
    source: str | os.PathLike[str],
    *,
    coding: Coding = "rate",
    steps: int | None = None,
    bits: int = 4,
    events: bool | None = None,
    flat: bool = False,
    val: float = 0.0,
    seed: int = 0,
    groups: str = GROUPS,
    in_memory: bool | None = None,
    **arguments: Any,
) -> Data:
    """The data sets train, val and test of a source.

    - `source`: `digits` (scikit-learn's), `fashion-mnist` (Debian's dataset-fashion-mnist), a folder of IDX files, an
      .npz file or a folder of .npy files with the arrays x and y, an .npz file of `EventDataset.save`, or
      `MODULE:CALLABLE`.
    - `x` are counts [N, T, F] or [N, T, C, H, W], which stay as they are, or images [N, H, W], [N, C, H, W] or [N, F].
      Images are divided by the largest training value and coded: by `rate` or `latency` over `steps` (16), or by
      `constant` of `bits`, in one step that `quant.Repeat` repeats. `events` says which they are; None: by type and
      axes. `flat`: one row of inputs in place of channels, rows and columns.
    - Besides x and y, a source may have masks `test` and `val` [N]; `groups` [N], whose samples stay together when
      `val` is drawn (the argument `groups` gives another name, such as "speaker"); `lengths` [N] of counts; and
      `shape`, if x are packed bits. Without `test`, a fifth of every class is the test set, the same for every seed.
    - `val`: the share of the other samples that validates, drawn with `seed` as in `split`.
    - `in_memory`: False leaves x in its file, if it is not compressed and holds counts. None does so from 256 MiB on.
    - A callable is called with `seed` and `val`, if it has these parameters, and with all `arguments` and other options
      that you give. It returns (train, test), (train, val, test), a dict of these, `Data`, or only the training data;
      each may be a data set of ours or of torch, or a loader.

    Raises ValueError, which names the source, for what is not a source, is damaged or does not fit. Raises OSError if a
    file cannot be read.

    ```pycon
    >>> train, val, test = training.load("digits", steps=8, flat=True)
    >>> train.batch([0, 1]).x.shape, val, len(test)
    (torch.Size([8, 2, 64]), None, 360)
    ```
    """
    require_path("load", "source", source)
    require_one_of("load", "coding", coding, Coding)
    require_flags("load", flat=flat, **({} if in_memory is None else {"in_memory": in_memory}))
    require(is_finite(val) and 0 <= val < 1, "load", "val must be in 0..1, without 1", val)
    require_int("load", "seed", seed, 0, 2**32 - 1)
    text, settings = os.fspath(source), Settings(coding, steps, bits, events, flat)
    if is_callable(text):
        told = settings.told() | ({} if groups == GROUPS else {"groups": groups})
        told |= {} if in_memory is None else {"in_memory": in_memory}
        return called(text, {"seed": seed, "val": val}, {**told, **arguments})
    require(not arguments, "load", "arguments must be for a MODULE:CALLABLE", sorted(arguments))
    arrays = _arrays(Path(text), in_memory, (*KEYS, groups))
    if arrays is None:
        raw = read_raw(text)
        fits = not (raw.images and events)
        require(fits, raw.name, "events must be in an .npz file; this holds images", "events=True")
        arrays = {"x": raw.x, "y": raw.y} | ({} if raw.test is None else {"test": raw.test})
        settings = settings._replace(events=False) if raw.images else settings
    name = Path(text).name
    arrays["groups"] = arrays.get(groups)
    named = groups == GROUPS or arrays["groups"] is not None
    require(named, name, "groups must be the name of an array of the file", groups)
    if "offsets" in arrays:
        told = settings._replace(events=None if events else events).told()
        require(not told, name, f"{', '.join(told)} must be left out: the file has events with steps", told)
        whole: Any = EventDataset.load(text, in_memory=in_memory)
        labels = whole.labels.numpy()
        test = _test(name, arrays.get("test"), labels)
    else:
        labels = complete_labels(name, np.asarray(arrays["y"]), len(arrays["x"]))[0]
        test = _test(name, arrays.get("test"), labels)
        whole = _spikes(name, arrays, labels, test, settings)
    return _parts(name, whole, labels, arrays, test, val, seed)


class Settings(NamedTuple):
    """What `load` was told of how to make events."""

    coding: Coding = "rate"
    steps: int | None = None
    bits: int = 4
    events: bool | None = None
    flat: bool = False

    def told(self) -> dict[str, Any]:
        """Those that are not as by default."""
        return {name: value for name, value in self._asdict().items() if value != self._field_defaults[name]}


def _arrays(path: Path, in_memory: bool | None, beside: tuple[str, ...]) -> dict[str, Any] | None:
    """The arrays of an .npz file or of a folder of .npy files, of which x may be a `FileArray`; None for other paths.

    Of a file of sparse events only those are read that are not the events.
    """
    least = {True: None, False: 0, None: MAPPED_FROM}[in_memory]
    if (path / "x.npy").is_file():
        files = {name: FileArray.open(path / f"{name}.npy") for name in ("x", "y", *beside) if name in _stems(path)}
        stays = least is not None and files["x"].nbytes >= least
        require("y" in files, str(path), "must hold x.npy and y.npy", sorted(_stems(path))[:8])
        return {name: array if stays and name == "x" else array[:] for name, array in files.items()}
    if path.suffix != ".npz":
        return None
    if {"offsets", "t", "unit"} <= names_of(path):
        return read_mapped(path, ("offsets",), beside, mapped=0, never=("offsets", *beside))
    return read_mapped(path, ("x", "y"), beside, mapped=least, never=("y", *beside))


def _stems(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.npy")}


def _spikes(
    name: str, arrays: dict[str, Any], labels: NDArray[np.int64], test: NDArray[np.bool_], settings: Settings
) -> SpikeDataset:
    """All samples as counts."""
    x, lengths = arrays["x"], arrays.get("lengths")
    typed = x.dtype.kind in "biu"
    if isinstance(x, FileArray) and not ((settings.events or (settings.events is None and typed)) and x.ndim in (3, 5)):
        x = x[:]
    if "shape" in arrays:
        x = unpacked(Path(name), {"x": x[:], "shape": arrays["shape"]})
    if not isinstance(x, FileArray):
        check_numbers(name, x)
    if meaning(name, x, settings.events) == "events":
        coded = sorted(settings.told().keys() & {"coding", "bits"})
        require(not coded, name, f"{' and '.join(coded)} must be left out: x holds events", settings.told())
        message = f"x holds events with {x.shape[1]} steps of their own; leave steps out"
        require(settings.steps in (None, x.shape[1]), name, message, settings.steps)
        x = x.reshape((*x.shape[:2], -1)) if settings.flat else x
        return SpikeDataset(x, labels, lengths=lengths, name=name)
    require(lengths is None, name, "lengths must be of events; images are coded", "lengths")
    p, _ = intensities(name, x, test)
    p = p.reshape(len(p), -1) if settings.flat or p.ndim == 2 else p.reshape(len(p), -1, *p.shape[-2:])
    if settings.coding == "constant":
        require(
            settings.steps is None,
            name,
            "steps must be left out with constant coding: see quant.Repeat",
            settings.steps,
        )
        return SpikeDataset(constant(p, settings.bits), labels, input_step=2.0**-settings.bits, name=name)
    steps = DEFAULT_STEPS if settings.steps is None else settings.steps
    return SpikeDataset((rate if settings.coding == "rate" else latency)(p, steps), labels, name=name)


def _test(name: str, test: NDArray[Any] | None, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """What is for the test; ValueError if it is not said, and cannot be drawn."""
    fewest = int(np.unique(labels, return_counts=True)[1].min())
    enough = test is not None or (fewest >= 2 and len(labels) >= 10)
    message = "test must say which samples are for it, where classes have fewer than two or there are fewer than ten"
    require(enough, name, message, f"{fewest} of a class, {len(labels)} in all")
    return test_part(name, test, labels)


def _parts(
    name: str,
    whole: Any,
    labels: NDArray[np.int64],
    arrays: dict[str, Any],
    test: NDArray[np.bool_],
    val: float,
    seed: int,
) -> Data:
    """The parts of a data set by the masks that are given, or drawn."""
    held, groups = arrays.get("val"), arrays.get("groups")
    rest = np.flatnonzero(~test)
    tested = Subset(whole, np.flatnonzero(test), f"{name}, test")
    if held is not None:
        held = val_part(name, held, labels, test)
        require(val == 0, name, "val must not be given twice: the data say which samples validate", val)
        train = Subset(whole, np.flatnonzero(~test & ~held), f"{name}, train")
        return Data(train, Subset(whole, np.flatnonzero(held), f"{name}, val"), tested)
    if groups is not None:
        fits = groups.shape == labels.shape
        require(fits, name, f"groups must be [{len(labels)}], one per sample", groups.shape)
    train = Subset(whole, rest, f"{name}, train")
    if val == 0:
        return Data(train, None, tested)
    first, second = split(train, val, seed, None if groups is None else groups[rest])
    return Data(
        Subset(whole, rest[first.indices], f"{name}, train"),
        Subset(whole, rest[second.indices], f"{name}, val"),
        tested,
    )
