"""Data by name: the same numbers as the command reads, files larger than memory, callables of one's own."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikelut.cli.data.datasets import load_dataset
from spikelut.cli.shared.recipe import Recipe
from spikelut.training import Data, EventDataset, SpikeDataset, Subset, load
from spikelut.training.data.files.file_array import FileArray
from spikelut.training.data.foreign import LoaderBatches, MapSamples

X = np.random.default_rng(0).integers(0, 4, (40, 5, 6), np.uint8)
Y = np.arange(40) % 2
TEST = np.arange(40) >= 30
VAL = np.arange(40) < 6


def everything(part: Any) -> torch.Tensor:
    """All inputs of a part, [T, N, ...]."""
    return part.batch(torch.arange(len(part))).x  # type: ignore[no-any-return]


@pytest.mark.parametrize("settings", [{}, {"coding": "latency", "steps": 8}, {"coding": "constant", "bits": 3}])
def test_digits_are_those_of_the_command(settings: dict[str, Any]) -> None:
    names = {"bits": "input_bits"}
    expected = load_dataset("digits", Recipe(**{names.get(key, key): value for key, value in settings.items()}))
    data = load("digits", flat=True, **settings)
    for part, mask in ((data.train, ~expected.test), (data.test, expected.test)):
        assert np.array_equal(everything(part), expected.spikes[:, mask] * np.float32(expected.input_step))
        assert part.labels.tolist() == expected.labels[mask].tolist()
        assert part.largest == expected.largest
    assert data.val is None
    images = load("digits", **settings)
    assert torch.equal(everything(images.test).flatten(2), everything(data.test))
    assert images.test.shape == (1, 8, 8)


def test_the_test_part_that_is_drawn_stays_what_it_was() -> None:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    labels = load_digits(return_X_y=True)[1]
    held = train_test_split(np.arange(1797), test_size=0.2, stratify=labels, random_state=0)[1]
    assert load("digits").test.indices == sorted(held.tolist())


def test_val_is_drawn_from_what_is_not_tested() -> None:
    data = load("digits", val=0.1, seed=3)
    parts = [part.indices for part in data]
    assert sorted(i for part in parts for i in part) == list(range(1797))
    assert np.bincount(data.val.labels).min() >= 13
    assert load("digits", val=0.1, seed=3).val.indices == data.val.indices
    assert load("digits", val=0.1, seed=4).val.indices != data.val.indices
    assert load("digits", val=0.1, seed=4).test.indices == data.test.indices


def written(folder: Path, kind: str, **arrays: Any) -> Path:
    """Arrays in a file, packed or not, or in a folder."""
    if kind == "folder":
        (folder / "data").mkdir(exist_ok=True)
        for name, array in arrays.items():
            np.save(folder / "data" / f"{name}.npy", array)
        return folder / "data"
    (np.savez if kind == "npz" else np.savez_compressed)(folder / "d.npz", **arrays)
    return folder / "d.npz"


@pytest.mark.parametrize("in_memory", [None, True, False])
@pytest.mark.parametrize("kind", ["npz", "packed", "folder"])
def test_counts_in_files(kind: str, in_memory: bool | None, tmp_path: Path) -> None:
    path = written(tmp_path, kind, x=X, y=Y, test=TEST, val=VAL)
    for flat in (True, False):
        data = load(path, in_memory=in_memory, flat=flat)
        for part, mask in zip(data, (~TEST & ~VAL, VAL, TEST), strict=True):
            assert np.array_equal(everything(part), X[mask].swapaxes(0, 1))
            assert part.labels.tolist() == Y[mask].tolist()
        assert isinstance(data.train.dataset, SpikeDataset)
        stays = in_memory is False and kind != "packed"
        assert isinstance(data.train.dataset._counts.rows, FileArray) is stays
    frames = X.reshape(40, 5, 1, 2, 3)
    path = written(tmp_path, kind, x=frames, y=Y, test=TEST)
    assert load(path, in_memory=in_memory).train.shape == (1, 2, 3)
    assert np.array_equal(everything(load(path, in_memory=in_memory, flat=True).test), X[TEST].swapaxes(0, 1))


def test_lengths_groups_and_packed_bits(tmp_path: Path) -> None:
    lengths = np.arange(40) % 5 + 1
    x = X * (np.arange(5) < lengths[:, None])[..., None].astype(np.uint8)
    early = np.arange(40) < 10
    speakers = np.repeat(np.arange(8), [3, 7, 5, 5, 4, 6, 2, 8])
    data = load(written(tmp_path, "npz", x=x, y=Y, lengths=lengths, groups=speakers, test=early), val=0.2)
    assert data.test.batch([0]).mask.sum() == lengths[0]
    inside = [set(speakers[part.indices]) for part in data]
    assert inside[2] == {0, 1}
    assert len(inside[1]) == 2
    assert not inside[0] & inside[1]
    named = {"x": x, "y": Y, "test": early, "speaker": np.array([f"speaker {s}" for s in speakers])}
    assert load(written(tmp_path, "npz", **named), val=0.2, groups="speaker").val.indices == data.val.indices
    bits = np.packbits((X > 1).reshape(40, 30), axis=1)
    data = load(written(tmp_path, "npz", x=bits, y=Y, shape=np.array([40, 5, 6]), test=early))
    assert np.array_equal(everything(data.test), (X > 1)[early].swapaxes(0, 1))


def test_sparse_events(tmp_path: Path) -> None:
    sample, t, unit = X.nonzero()
    offsets = np.searchsorted(sample, np.arange(41))
    EventDataset(t, unit, offsets, Y, count=X[X > 0], shape=(6,), step=1).save(tmp_path / "d.npz")
    for in_memory in (True, False):
        data = load(tmp_path / "d.npz", val=0.25, in_memory=in_memory)
        assert [len(part) for part in data] == [24, 8, 8]
        for part in data:
            assert np.array_equal(everything(part), X[part.indices].swapaxes(0, 1))
    with pytest.raises(ValueError, match=r"^d\.npz: steps, flat must be left out: the file has events with steps, got"):
        load(tmp_path / "d.npz", steps=3, flat=True)
    with np.load(tmp_path / "d.npz") as file:
        np.savez(tmp_path / "d.npz", **file, test=TEST)
    assert load(tmp_path / "d.npz").test.indices == np.flatnonzero(TEST).tolist()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What writes my_data.py into the folder one is in."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> str:
        sys.modules.pop("my_data", None)
        start = "import numpy as np, torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
        start += "from spikelut import training\nx = torch.arange(60.).reshape(20, 1, 3) + torch.zeros(20, 4, 1)\n"
        start += "y = torch.arange(20) % 2\ndata = TensorDataset(x, y)\nours = training.SpikeDataset(x, y)\n"
        (tmp_path / "my_data.py").write_text(start + text, encoding="utf-8")
        return "my_data:make"

    yield write
    sys.modules.pop("my_data", None)


GIVEN: dict[str, tuple[str, tuple[Any, Any, Any]]] = {
    "a data set": ("data", (MapSamples, None, None)),
    "one of ours": ("ours", (SpikeDataset, None, None)),
    "a pair": ("(data, ours)", (MapSamples, None, SpikeDataset)),
    "three": ("(data, ours, data)", (MapSamples, SpikeDataset, MapSamples)),
    "no val": ("(data, None, data)", (MapSamples, None, MapSamples)),
    "a dict": ("{'train': data, 'val': ours}", (MapSamples, SpikeDataset, None)),
    "named": ("training.Data(data, test=ours)", (MapSamples, None, SpikeDataset)),
    "loaders": ("(DataLoader(data, 4), DataLoader(data, 4))", (LoaderBatches, None, LoaderBatches)),
    "lists": ("([(x[0], 0)] * 4, [(x[0], 1)])", (MapSamples, None, MapSamples)),
}


@pytest.mark.parametrize("case", GIVEN)
def test_callables_give_data(case: str, module: Any) -> None:
    text, kinds = GIVEN[case]
    data = load(module(f"make = lambda: {text}"))
    assert isinstance(data, Data)
    assert [type(part) for part in data] == [type(None) if kind is None else kind for kind in kinds]


def test_callables_are_given_what_they_take(module: Any) -> None:
    text = "def make(seed, share, steps=7, rest=5):\n    assert (seed, share, steps, rest) == (3, 0.5, {}, 5)\n"
    text += "    return data, ours\n"
    data = load(module(text.format(7)), seed=3, share=0.5, val=0.25)
    assert isinstance(data.val, Subset)
    assert (len(data.train), len(data.val), len(data.test)) == (15, 5, 20)
    assert len(load(module(text.format(11)), seed=3, share=0.5, steps=11).train) == 20
    load(module("def make(**given):\n    assert given == {'seed': 0, 'val': 0.0, 'a': 1}\n    return data\n"), a=1)


CALLABLES: dict[str, tuple[str, dict[str, Any], str]] = {
    "fails": (
        "def make():\n    raise OSError('no\\nsuch disk')\n",
        {},
        "my_data:make: cannot be read: OSError: such disk",
    ),
    "wants more": ("make = lambda camera: data", {}, "load: my_data:make must take some of seed, val, got ['camera']"),
    "given too much": ("make = lambda: data", {"camera": 1}, "my_data:make: must take camera, which was given, got []"),
    "nothing": (
        "make = lambda: None",
        {},
        "my_data:make, train: must be a data set of (x [T, ...], y), or a DataLoader",
    ),
    "a number": (
        "make = lambda: 3",
        {},
        "my_data:make, train: must be a data set of (x [T, ...], y), or a DataLoader, got 'int'",
    ),
    "four": (
        "make = lambda: (data,) * 4",
        {},
        "my_data:make: must give train, (train, test) or (train, val, test), got '4 of",
    ),
    "other names": (
        "make = lambda: {'x': data}",
        {},
        "my_data:make: must give train and, maybe, val and test, got ['x']",
    ),
    "no train": (
        "make = lambda: {'train': None, 'val': data}",
        {},
        "my_data:make: must give train and, maybe, val and test",
    ),
    "empty": ("make = lambda: TensorDataset(x[:0], y[:0])", {}, "my_data:make, train: must hold a sample, got 'none'"),
    "a loader and val": (
        "make = lambda: DataLoader(data)",
        {"val": 0.5},
        "my_data:make: val must be 0, or a part of what is",
    ),
    "no callable": ("make = 3", {}, "load: source must be MODULE:CALLABLE, as my_data:make, got 'my_data:make'"),
    "nowhere": (
        "",
        {},
        "load: source must be MODULE:CALLABLE, as my_data:make, got 'my_data:make': module 'my_data' has no",
    ),
}


@pytest.mark.parametrize("case", CALLABLES)
def test_callables_that_give_none(case: str, module: Any) -> None:
    text, arguments, message = CALLABLES[case]
    source = module(text)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as caught:
        load(source, **arguments)
    assert "\n" not in str(caught.value)


def changes(**given: Any) -> dict[str, Any]:
    return {"x": X, "y": Y, "test": TEST, **given}


HOSTILE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "unclear": (
        changes(x=np.ones((40, 5, 3, 3), np.uint8)),
        {},
        "x must be said to be events .* with events=True or events=False",
    ),
    "no events": (changes(x=X[:, 0]), {"events": True}, r"x must be \[N, T, F\] .* with events=True"),
    "steps": (changes(), {"steps": 4}, "x holds events with 5 steps of their own; leave steps out, got 4"),
    "coded twice": (changes(), {"coding": "latency", "bits": 3}, "bits and coding must be left out: x holds events"),
    "steps of a constant": (
        changes(x=X[:, 0] * 1.0),
        {"coding": "constant", "steps": 4},
        "steps must be left out .* quant.Repeat",
    ),
    "NaN": (changes(x=X * np.nan), {}, "x must be finite"),
    "negative": (changes(x=X.astype(int) - 1), {}, "x must be >= 0, got"),
    "fractions": (changes(x=X + 0.5), {"events": True}, "x must be counts, whole numbers from 0"),
    "labels": (changes(y=Y * 2), {}, r"y must hold the labels 0\.\.K-1"),
    "float labels": (changes(y=Y * 1.0), {}, "y must hold integers"),
    "val": (changes(val=np.arange(40) == 35), {}, "val must hold samples that are not of the test"),
    "val of all": (changes(val=~TEST), {}, "val must hold samples that are not of the test"),
    "val twice": (changes(val=VAL), {"val": 0.1}, "val must not be given twice"),
    "val in numbers": (changes(val=VAL * 1), {}, r"val must be a boolean mask \[40\]"),
    "test of all": (changes(test=TEST | True), {}, "test must leave samples on both sides"),
    "groups by another name": (
        changes(),
        {"groups": "speaker"},
        "groups must be the name of an array of the file, got 'spea",
    ),
    "groups": (changes(groups=np.arange(3)), {"val": 0.1}, r"groups must be \[40\], one per sample"),
    "lengths": (changes(lengths=np.full(40, 6)), {}, r"lengths must be in 1\.\.5, got 6 for sample 0"),
    "lengths of images": (
        changes(x=X / 3, lengths=np.ones(40, int)),
        {},
        "lengths must be of events; images are coded",
    ),
    "few samples": ({"x": X[:4], "y": Y[:4]}, {}, "test must say which samples are for it"),
    "objects": (changes(x=np.full((40, 5, 6), None)), {}, "pickled objects"),
    "lacking": ({"x": X}, {}, "must hold x"),
}


@pytest.mark.parametrize("kind", ["npz", "folder"])
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_by_name(case: str, kind: str, tmp_path: Path) -> None:
    arrays, settings, message = HOSTILE[case]
    path = written(tmp_path, kind, **arrays)
    with pytest.raises(ValueError, match=message) as caught:
        load(path, **settings)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "settings", "message"),
    [
        ("nothing", {}, "data must be 'digits', 'fashion-mnist', a folder of IDX files or the path of an .npz file"),
        ("digits", {"events": True}, "digits: events must be in an .npz file; this holds images"),
        ("digits", {"coding": "delta"}, "load: coding must be one of rate, constant, latency, got 'delta'"),
        ("digits", {"val": 1.0}, "load: val must be in 0..1, without 1, got 1.0"),
        ("digits", {"seed": -1}, "load: seed must be an integer in 0"),
        ("digits", {"split": 1}, "load: arguments must be for a MODULE:CALLABLE, got ['split']"),
        ("digits", {"steps": 0}, "rate: steps must be an integer in 1..65536, got 0"),
    ],
)
def test_what_cannot_be_loaded(source: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        load(source, **settings)
