"""Sparse events: binned by hand, in files, hostile."""

import pickle
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from spikelut.training import EventDataset, collate, split
from spikelut.training.data.files.file_array import FileArray

RANDOM = np.random.default_rng(0)
MANY = RANDOM.integers(0, 200, 20)
MANY[5] = 0  # a sample without any events
OFFSETS = np.concatenate([[0], MANY.cumsum()])
T = RANDOM.integers(0, 1000, OFFSETS[-1])
UNIT = RANDOM.integers(0, 24, OFFSETS[-1])
COUNT = RANDOM.integers(1, 4, OFFSETS[-1])
Y = np.arange(20) % 3
CHOSEN = [3, 19, 5, 0]


def binned(step: float, steps: int, count: Any = COUNT) -> NDArray[np.float32]:
    """Counts [N, T, ...], one event after the other."""
    x = np.zeros((20, steps, 24), np.float32)
    for i in range(20):
        for e in range(OFFSETS[i], OFFSETS[i + 1]):
            x[i, int(T[e] // step), UNIT[e]] += count[e]
    return x.reshape(20, steps, 2, 3, 4)


def made(**changes: Any) -> EventDataset:
    settings: dict[str, Any] = {"t": T, "unit": UNIT, "offsets": OFFSETS, "y": Y, "count": COUNT}
    return EventDataset(**{**settings, "shape": (2, 3, 4), "step": 100, **changes})


@pytest.mark.parametrize("kind", [np.int64, np.uint16, ">i4", np.float32, np.float64, torch.int32])
@pytest.mark.parametrize("step", [100, 37.5])
def test_events_are_counted_in_their_steps(kind: Any, step: float) -> None:
    t = torch.tensor(T, dtype=kind) if isinstance(kind, torch.dtype) else T.astype(kind)
    data = made(t=t, step=step)
    expected = binned(step, int(999 // step) + 1)
    batch = data.batch(CHOSEN)
    assert np.array_equal(batch.x, np.moveaxis(expected[CHOSEN], 0, 1))
    assert batch.x.is_contiguous()
    assert batch.x.count_nonzero() > 100
    assert batch.mask is None
    assert batch.y.tolist() == Y[CHOSEN].tolist()
    assert (data.steps, data.shape, data.classes) == (len(expected[0]), (2, 3, 4), 3)
    assert data.largest == expected.max()
    x, y = data[19]
    assert np.array_equal(x, expected[19])
    assert int(y) == Y[19]
    assert np.array_equal(
        made(t=t, step=step, count=None).batch(CHOSEN).x,
        np.moveaxis(binned(step, len(x), np.ones(len(T)))[CHOSEN], 0, 1),
    )


def test_large_times_are_exact() -> None:
    # Beyond 2**53 doubles have no odd integers: t / step would be off by a step.
    t = np.array([2**54 + 1, 2**54 - 1])
    with pytest.raises(ValueError, match="must be less than 2"):
        EventDataset(t, [0, 0], [0, 2], [0], shape=(1,), step=1)
    step = 2**30
    data = EventDataset(np.array([step * 7 - 1, step * 7]), [0, 1], [0, 2], [0], shape=(2,), step=step)
    assert data.batch([0]).x[:, 0].nonzero().tolist() == [[6, 0], [7, 1]]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("step", [0.1, 0.001, 2.3e-4])
def test_times_on_the_edge_of_a_step_are_in_it_whatever_floats_make_of_them(kind: Any, step: float) -> None:
    edges = np.arange(1, 3000)
    exact = Fraction(step).limit_denominator(10**6)
    t = np.array([float(exact * int(edge)) for edge in edges], kind)  # each rounded once
    just_before = t - t * np.finfo(kind).eps * 40
    assert not np.array_equal(np.floor(t.astype(np.float64) / step), edges)
    wanted: dict[str, Any] = {"shape": (1,), "step": step, "offsets": np.arange(3000), "y": np.zeros(2999, int)}
    data = EventDataset(t=t, unit=np.zeros(2999, int), **wanted)
    assert np.array_equal(data._events.last, edges)
    before = EventDataset(t=just_before, unit=np.zeros(2999, int), durations=t, **wanted)
    assert np.array_equal(before._events.last, edges - 1)
    assert np.array_equal(cast(Any, before.lengths), edges)


def test_durations_become_masks() -> None:
    durations = np.full(20, 1000)
    durations[3] = 1201
    data = made(durations=durations)
    batch = data.batch(CHOSEN)
    assert data.steps == 13
    assert batch.mask is not None
    assert batch.mask.sum(0).tolist() == [13, 10, 10, 10]
    assert np.array_equal(batch.x[:10], np.moveaxis(binned(100, 10)[CHOSEN], 0, 1))
    assert not batch.x[10:].any()
    assert data[0][0].shape == (10, 2, 3, 4)
    (padded,) = DataLoader(data, 4, sampler=CHOSEN, collate_fn=collate)
    assert torch.equal(padded.x, batch.x)
    assert torch.equal(padded.mask, batch.mask)
    with pytest.raises(
        ValueError, match=r"t must be less than the duration, got its last event in step 9 for sample \d+"
    ):
        made(durations=durations - 500)


def test_what_is_after_the_last_step_is_left_out_only_if_asked() -> None:
    with pytest.raises(
        ValueError, match=r"t must be less than steps \* step, 600, without crop, got its last .* step 9 for"
    ):
        made(steps=6)
    data = made(steps=6, crop=True)
    assert np.array_equal(data.batch(CHOSEN).x, np.moveaxis(binned(100, 10)[CHOSEN, :6], 0, 1))
    assert data.largest == binned(100, 10)[:, :6].max()
    long = made(steps=12)
    assert np.array_equal(long.batch(CHOSEN).x[:10], np.moveaxis(binned(100, 10)[CHOSEN], 0, 1))
    assert made(steps=6, crop=True, durations=np.full(20, 1000)).batch([0]).mask.sum() == 6  # type: ignore[union-attr]


def test_coordinates_and_samples_of_sensors() -> None:
    p, rest = np.divmod(UNIT, 12)
    y, x = np.divmod(rest, 4)
    expected = made(count=None).batch(CHOSEN).x
    data = EventDataset.from_coordinates(T, x, y, p, OFFSETS, Y, shape=(2, 3, 4), step=100)
    assert torch.equal(data.batch(CHOSEN).x, expected)
    events = np.zeros(len(T), [("x", "i2"), ("y", "i2"), ("t", "i8"), ("p", "?")])
    events["t"], events["x"], events["y"], events["p"] = T, x, y, p
    samples = [(events[OFFSETS[i] : OFFSETS[i + 1]], Y[i]) for i in range(20)]
    data = EventDataset.from_samples(samples, shape=(2, 3, 4), step=100)
    assert torch.equal(data.batch(CHOSEN).x, expected)
    # Of a cochlea: neither rows nor polarities.
    row = [(e[["t", "x"]], label) for e, label in samples]
    flat = EventDataset.from_samples(row, shape=(1, 1, 4), step=100)
    assert torch.equal(flat.batch(CHOSEN).x[:, :, 0, 0], expected.sum((2, 3)))
    for changes, message in (
        ({"x": x + 1}, r"d: x must be in 0\.\.3, got 4"),
        ({"y": y - 1}, r"d: y must be in 0\.\.2, got -1"),
        ({"polarity": p * 2}, r"d: polarity must be in 0\.\.1, got 2"),
        ({"x": x[:-1]}, r"d: x must be integers \[\d+\], one per event"),
        ({"x": x + 0.5}, r"d: x must be integers \[\d+\], one per event, got 'float64"),
    ):
        given: dict[str, Any] = {"x": x, "y": y, "polarity": p, **changes}
        with pytest.raises(ValueError, match=f"^{message}"):
            EventDataset.from_coordinates(T, offsets=OFFSETS, labels=Y, shape=(2, 3, 4), step=100, name="d", **given)
    for wrong in (T, [(T, 0)], [("a", 0)], []):
        with pytest.raises((ValueError, TypeError)):
            EventDataset.from_samples(wrong, shape=(2, 3, 4), step=100)


@pytest.mark.parametrize("in_memory", [True, False, None])
@pytest.mark.parametrize("durations", [False, True])
def test_files(in_memory: bool | None, durations: bool, tmp_path: Path) -> None:
    changes = {"durations": 1000 + np.arange(20) * 33.3} if durations else {}
    data = made(step=37.5, input_step=0.5, classes=4, **changes)
    data.save(tmp_path / "events.npz")
    found = EventDataset.load(tmp_path / "events.npz", in_memory=in_memory)
    assert isinstance(found._events.t, FileArray) is (in_memory is False)
    assert (found.steps, found.shape, found.classes, found.step, found.input_step) == (
        data.steps,
        (2, 3, 4),
        4,
        37.5,
        0.5,
    )
    for one in (found, pickle.loads(pickle.dumps(found)), found.to("cpu")):
        batch, expected = one.batch(CHOSEN), data.batch(CHOSEN)
        assert torch.equal(batch.x, expected.x)
        assert torch.equal(batch.y, expected.y)
        assert (batch.mask is None) is not durations
        assert not durations or torch.equal(batch.mask, expected.mask)  # type: ignore[arg-type]  # there is one
    assert not [path for path in tmp_path.iterdir() if path.name != "events.npz"]
    found.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "events.npz").read_bytes()


def test_parts_and_repr() -> None:
    data = made()
    train, held = split(data, 0.25)
    assert (len(train), len(held)) == (15, 5)
    assert torch.equal(held.batch([1]).x, data.batch([held.indices[1]]).x)
    assert repr(data) == f"EventDataset([20, 10, 2, 3, 4], 3 classes, {len(T)} events)"


def at(array: NDArray[Any], place: int, value: Any, kind: Any = None) -> NDArray[Any]:
    changed = array.astype(array.dtype if kind is None else kind)
    changed[place] = value
    return changed


PLACE = int(OFFSETS[7]) + 1
HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "negative time": ({"t": at(T, PLACE, -1)}, f"d: t must be >= 0, .* got -1 for event {PLACE}, in sample 7"),
    "NaN": ({"t": at(T, PLACE, np.nan, float)}, f"d: t must be finite, got nan for event {PLACE}, in sample 7"),
    "infinity": ({"t": at(T, PLACE, np.inf, float)}, f"d: t must be finite, got inf for event {PLACE}, in sample 7"),
    "far away": ({"t": at(T, PLACE, 1e30, float)}, r"d: t must be less than 2\^40 steps, got 1e\+30 for event"),
    "too many steps": ({"t": at(T, PLACE, 2**40)}, r"d: steps, from the last event and step, must be an integer in 1"),
    "negative unit": (
        {"unit": at(UNIT, PLACE, -1)},
        rf"d: unit must be in 0\.\.23, got -1 for event {PLACE}, in sample 7",
    ),
    "unit beyond": (
        {"unit": at(UNIT, PLACE, 24)},
        rf"d: unit must be in 0\.\.23, got 24 for event {PLACE}, in sample 7",
    ),
    "float units": ({"unit": UNIT * 1.0}, r"d: unit must be integers \[E\], got 'float64"),
    "few units": ({"unit": UNIT[1:]}, r"d: unit must be \[\d+\], one per event of t, got"),
    "count of 0": (
        {"count": at(COUNT, PLACE, 0)},
        rf"d: count must be in 1\.\.255, got 0 for event {PLACE}, in sample 7",
    ),
    "large count": ({"count": at(COUNT, PLACE, 256)}, rf"d: count must be in 1\.\.255, got 256 for event {PLACE}"),
    "few counts": ({"count": COUNT[1:]}, r"d: count must be \[\d+\], one per event of t, got"),
    "objects": ({"t": T.astype(object)}, r"d: t must be integers or floats \[E\], got 'object"),
    "texts": ({"t": T.astype(str)}, r"d: t must be integers or floats \[E\], got '<U"),
    "complex": ({"t": torch.tensor(T) * 1j}, r"d: t must be integers or floats \[E\], got 'complex64"),
    "axes": ({"t": T[:, None]}, r"d: t must be integers or floats \[E\], got 'int64 \(\d+, 1\)'"),
    "offsets from 1": ({"offsets": OFFSETS + 1}, "d: offsets must begin with 0 and end with the number of events"),
    "offsets end early": ({"offsets": OFFSETS[:-1]}, "d: offsets must begin with 0 and end with the number of events"),
    "offsets that fall": (
        {"offsets": at(OFFSETS, 4, OFFSETS[8])},
        "d: offsets must not fall, got 'less after sample 4'",
    ),
    "float offsets": ({"offsets": OFFSETS * 1.0}, r"d: offsets must be integers \[N \+ 1\], N > 0"),
    "no samples": ({"offsets": [0]}, r"d: offsets must be integers \[N \+ 1\], N > 0"),
    "labels": ({"y": Y[:-1]}, r"d: y must be \[20\], one label per sample"),
    "float labels": ({"y": Y * 1.0}, "d: y must hold integers, got 'float64'"),
    "step": ({"step": 0}, "d: step must be > 0, got 0"),
    "shape": ({"shape": (2, 0)}, r"d: shape must be positive integers, got \(2, 0\)"),
    "no shape": ({"shape": ()}, r"d: shape must be positive integers, got \(\)"),
    "steps": ({"steps": 0}, r"d: steps must be an integer in 1\.\.1048576, got 0"),
    "durations": ({"durations": np.full(20, -1)}, "d: durations must be > 0, got -1 for sample 0"),
    "NaN durations": ({"durations": np.full(20, np.nan)}, "d: durations must be > 0, got nan for sample 0"),
    "few durations": ({"durations": [9]}, r"d: durations must be \[20\], one per sample"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_events(case: str) -> None:
    changes, message = HOSTILE[case]
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        made(**changes, name="d")
    assert "\n" not in str(caught.value)


FILES: dict[str, tuple[dict[str, Any], str]] = {
    "another format": ({"format": np.int64(2)}, "must have format 1, got 2"),
    "lacking": ({"t": None}, "must hold t and unit and"),
    "objects": ({"t": T.astype(object)}, "pickled objects"),
    "shape": ({"shape": np.array([2.5])}, "shape must be integers"),
    "step": ({"step": np.array([1.0, 2.0])}, "step must be one number"),
    "steps": ({"steps": np.float64(9)}, "steps must be one number"),
    "lengths": ({"lengths": np.zeros(20, int)}, "lengths must be in 1"),
    "lengths before events": ({"lengths": np.ones(20, int)}, "t must be less than the duration"),
    "units": ({"unit": UNIT + 24}, "unit must be in 0..23"),
}


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("case", FILES)
def test_hostile_files(case: str, in_memory: bool, tmp_path: Path) -> None:
    changes, message = FILES[case]
    path = tmp_path / "events.npz"
    made().save(path)
    with np.load(path) as file:
        arrays = {**file, **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        EventDataset.load(path, in_memory=in_memory)
    assert "events.npz" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("in_memory", [True, False])
def test_broken_archives(in_memory: bool, tmp_path: Path) -> None:
    path = tmp_path / "events.npz"
    made().save(path)
    content = path.read_bytes()
    head = content.index(b"\x93NUMPY")  # that of t, the first array
    lies = content[:head] + content[head:].replace(b"'shape': (", b"'shape': (9", 1).replace(b"), }  ", b"), }", 1)
    more = content.replace(f"({len(T)},)".encode(), f"({len(T) + 1},)".encode(), 1)  # of t, whose file goes on
    assert more != content
    for broken in (
        more,
        content[:-40],
        b"",
        b"text",
        b"PK\x03\x04" + bytes(26) + content[30:] if not in_memory else b"",
        lies,
    ):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match=r"events\.npz") as caught:
            EventDataset.load(path, in_memory=in_memory)
        said = "Bad CRC-32" if in_memory else "as many bytes as its head says"
        assert broken is not more or said in str(caught.value)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16])
@pytest.mark.parametrize("units", [128, 256, 300, 40000])
def test_events_of_narrow_types_are_those_of_wide_ones(kind: Any, units: int) -> None:
    """Ends that the type does not hold would wrap: 256 is 0 in 8 bits."""
    t, unit, count = np.arange(8), np.arange(100, 108), np.arange(1, 9)
    settings: dict[str, Any] = {"offsets": [0, 5, 8], "y": [0, 1], "shape": (units,), "step": 2}
    wide = EventDataset(t, unit, count=count, **settings).batch([1, 0]).x
    narrow = EventDataset(t.astype(kind), unit.astype(kind), count=count.astype(kind), **settings).batch([1, 0]).x
    assert int(wide.count_nonzero()) == 8
    assert torch.equal(wide, narrow)
