"""Data sets of counts: in memory, in files, on devices, with lengths."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from spikelut.training import SpikeDataset, collate
from spikelut.training.data.files.file_array import FileArray

X = np.random.default_rng(0).integers(0, 3, (50, 7, 4))
Y = np.arange(50) % 3
CHOSEN = [3, 49, 0, 3]

IN_MEMORY: dict[str, Any] = {
    "int64": X,
    "bytes": X.astype(np.uint8),
    "signed bytes": X.astype(np.int8),
    "uint16": X.astype(np.uint16),
    "uint64": X.astype(np.uint64),
    "big endian": X.astype(">i4"),
    "half": X.astype(np.float16),
    "double": X.astype(float),
    "long double": X.astype(np.longdouble),
    "bool": X > 0,
    "lists": X.tolist(),
    "tensor": torch.tensor(X),
    "tensor of bytes": torch.tensor(X, dtype=torch.uint8),
    "tensor of floats": torch.tensor(X, dtype=torch.bfloat16, requires_grad=False),
    "backwards": X[::-1],
    "turned": np.ascontiguousarray(np.moveaxis(X, 0, 1)).swapaxes(0, 1),
    "not to be written to": np.broadcast_to(X[0], X.shape),
}


def batches(x: Any) -> NDArray[np.float32]:
    """What a batch of the chosen samples is, computed by NumPy alone."""
    wide = x.float().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)
    return np.moveaxis(wide.astype(np.float32)[CHOSEN], 0, 1)


@pytest.mark.parametrize("kind", IN_MEMORY)
def test_counts_in_memory_become_bytes(kind: str) -> None:
    x = IN_MEMORY[kind]
    data = SpikeDataset(x, Y)
    assert data._counts.tensor.dtype == torch.uint8
    assert data.largest == (1 if kind == "bool" else batches(x).max())
    found = data.batch(CHOSEN)
    assert found.x.dtype == torch.float32
    assert found.x.is_contiguous()
    assert np.array_equal(found.x.numpy(), batches(x))
    assert found.y.tolist() == Y[CHOSEN].tolist()
    assert found.mask is None
    assert np.count_nonzero(found.x) > 20


def test_large_counts_keep_their_values() -> None:
    for most in (255, 256, 2**15, 2**24):
        x = X.copy()
        x[2, 3, 1] = most
        data = SpikeDataset(x, Y)
        assert data.largest == most
        assert int(data.batch([2]).x[3, 0, 1]) == most


def test_samples_and_what_is_known_of_them() -> None:
    data = SpikeDataset(X, Y, input_step=0.25, classes=5)
    assert (len(data), data.steps, data.shape, data.classes, data.largest) == (50, 7, (4,), 5, 2)
    assert repr(data) == "SpikeDataset([50, 7, 4], 5 classes)"
    x, y = data[-1]
    assert torch.equal(x, torch.tensor(X[49] * 0.25, dtype=torch.float32))
    assert (int(y), y.dtype) == (int(Y[49]), torch.int64)
    with pytest.raises(IndexError, match=r"SpikeDataset: index must be in 0\.\.49, got 50"):
        data[50]
    assert torch.equal(data.batch(torch.tensor([4])).x, data.batch(np.array([4])).x)
    assert data.to("cpu").batch([4]).x.sum() == data.batch([4]).x.sum() > 0


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.float32, ">i2", np.uint16, bool])
def test_counts_in_a_file_stay_there(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    x = X.astype(kind)
    np.save(path, x)
    np.save(tmp_path / "y.npy", Y)
    for given in (path, FileArray.open(path), np.load(path, mmap_mode="r"), np.load(path, mmap_mode="r")[:]):
        data = SpikeDataset(given, tmp_path / "y.npy")
        assert isinstance(data._counts.rows, FileArray)
        for one in (data, pickle.loads(pickle.dumps(data))):
            found = one.batch(CHOSEN)
            assert np.array_equal(found.x.numpy(), batches(x))
            assert found.y.tolist() == Y[CHOSEN].tolist()
        assert len(pickle.dumps(data)) < 3000
        assert data.largest == x.max()
        assert np.array_equal(np.asarray(data.taken([4, 2]).batch([1]).x[:, 0]), x[2].astype(np.float32))
    # A part of a map, and one that is not in the order of the file, or that could be written to.
    late = SpikeDataset(np.load(path, mmap_mode="r")[10:], Y[10:])
    assert isinstance(late._counts.rows, FileArray)
    assert np.array_equal(late.batch([0]).x[:, 0], x[10].astype(np.float32))
    for other in (np.load(path, mmap_mode="r")[::-1], np.load(path, mmap_mode="c")[::-1]):
        data = SpikeDataset(other, Y)
        assert isinstance(data._counts.rows, np.memmap)
        assert np.array_equal(data.batch([0]).x[:, 0], x[-1].astype(np.float32))
        assert data.largest == x.max()
    # What was changed in memory alone counts.
    private = np.load(path, mmap_mode="c")
    private[0, 0, 0] = 1 - private[0, 0, 0].astype(bool)
    assert SpikeDataset(private, Y).batch([0]).x[0, 0, 0] == private[0, 0, 0] != x[0, 0, 0]


def test_workers_read_a_file_at_the_same_time(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    data = SpikeDataset(tmp_path / "x.npy", Y)
    assert data.batch([0]).x.any()  # opened before there are workers
    batches = list(DataLoader(data, 5, collate_fn=collate, num_workers=2))
    assert np.array_equal(torch.cat([batch.x for batch in batches], 1), np.moveaxis(X, 0, 1))


def test_rows_of_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    array = FileArray.open(tmp_path / "x.npy")
    assert (array.shape, array.ndim, len(array), array.nbytes) == (X.shape, 3, 50, X.nbytes)
    for rows in (slice(3, 9), slice(None), slice(40, 99), slice(-3, None), slice(30, 2, -7), slice(5, 5)):
        assert np.array_equal(array[rows], X[rows])
    assert np.array_equal(array.take(np.array([7, 7, 0])), X[[7, 7, 0]])
    assert np.array_equal(array.reshape((50, -1))[:], X.reshape(50, -1))
    for row in (-1, 50):
        with pytest.raises(ValueError, match=rf"x\.npy: rows must be in 0\.\.49, got \[{row}\]"):
            array.take(np.array([1, row]))
    for shape in ((25, -1), (50, 3), (-1, 7)):
        with pytest.raises(ValueError, match=r"x\.npy: shape must be \[50, \.\.\.\] of 1400 values"):
            array.reshape(shape)


def test_a_file_that_changes_is_not_read_further(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, X.astype(np.uint8))
    data = SpikeDataset(path, Y)
    stored = pickle.dumps(data)
    assert data.batch([0]).x.any()
    content = path.read_bytes()
    path.write_bytes(content[:-10])
    for read in (lambda: data.batch([49]), lambda: pickle.loads(stored).batch([0])):
        with pytest.raises(ValueError, match=r"x\.npy: must not be changed while it is read"):
            read()
    with pytest.raises(ValueError, match=r"x\.npy: must have as many bytes as its head says, \d+, got"):
        SpikeDataset(path, Y)


def test_lengths_become_masks(tmp_path: Path) -> None:
    lengths = np.arange(50) % 7 + 1
    x = X * (np.arange(7) < lengths[:, None])[..., None]
    np.save(tmp_path / "x.npy", x.astype(np.uint8))
    for given in (x, tmp_path / "x.npy"):
        data = SpikeDataset(given, Y, lengths=lengths)
        batch = data.batch([8, 48])
        assert batch.mask is not None
        assert batch.mask.T.int().tolist() == [[1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1]]
        assert np.array_equal(batch.x[:, 0], x[8].astype(np.float32))
        assert data[8][0].shape == (2, 4)
        # What a loader pads again is the same, to the longest of the batch.
        (padded,) = DataLoader(data, 2, sampler=[8, 9], collate_fn=collate)
        assert torch.equal(padded.x, data.batch([8, 9]).x[:3])
        assert torch.equal(padded.mask, data.batch([8, 9]).mask[:3])  # type: ignore[index]  # there is one
        part = data.taken([8, 48])
        assert torch.equal(part.batch([0, 1]).mask, batch.mask)  # type: ignore[arg-type]  # there is one
    assert SpikeDataset(X, Y, lengths=np.full(50, 7)).batch([0]).mask is None


def changed(value: float, kind: Any = float) -> NDArray[Any]:
    x = X.astype(kind)
    x[7, 2, 1] = value
    return x


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "NaN": ({"x": changed(np.nan)}, r"d: x must be counts, .* finite, got nan in sample 7, step 2"),
    "infinity": ({"x": changed(np.inf)}, r"d: x must be counts, .* finite, got inf in sample 7, step 2"),
    "fraction": ({"x": changed(0.5)}, r"d: x must be counts, .*times input_step.*, got 0\.5 in sample 7, step 2"),
    "negative": ({"x": changed(-1)}, r"d: x must be counts, whole numbers from 0, got -1\.0 in sample 7, step 2"),
    "negative byte": ({"x": changed(-1, np.int8)}, r"d: x must be counts, .* got -1 in sample 7, step 2"),
    "huge": (
        {"x": changed(2**25)},
        r"d: x must be counts, whole numbers from 0 to 16777216, got 33554432\.0 in sample 7",
    ),
    "huge unsigned": ({"x": changed(2**63, np.uint64)}, r"d: x must be counts, .* to 16777216, got .* in sample 7"),
    "objects": ({"x": X.astype(object)}, "d: x must be an array of numbers, got 'object'"),
    "complex": ({"x": X.astype(complex)}, "d: x must be an array of numbers, got 'complex128'"),
    "complex tensor": ({"x": torch.tensor(X).to(torch.complex64)}, "d: x must be an array of numbers, got 'complex64'"),
    "texts": ({"x": np.full((50, 7, 4), "a")}, "d: x must be an array of numbers, got '<U1'"),
    "lists of several lengths": ({"x": [[[1], [2]], [[1]]]}, "d: x must be an array of numbers: .*inhomogeneous"),
    "axes": ({"x": X[:, :, 0]}, r"d: x must be counts \[N, T, \.\.\.\], got \(50, 7\)"),
    "no samples": ({"x": X[:0], "y": Y[:0]}, r"d: x must hold a sample, a step and an input, got \(0, 7, 4\)"),
    "no inputs": ({"x": X[..., :0]}, r"d: x must hold a sample, a step and an input, got \(50, 7, 0\)"),
    "float labels": ({"y": Y.astype(float)}, "d: y must hold integers, got 'float64'"),
    "float labels in a tensor": ({"y": torch.tensor(Y).float()}, "d: y must hold integers, got 'float32'"),
    "bool labels": ({"y": Y > 0}, "d: y must hold integers, got 'bool'"),
    "few labels": ({"y": Y[:4]}, r"d: y must be \[50\], one label per sample, got \(4,\)"),
    "labels in rows": ({"y": Y[:, None]}, r"d: y must be \[50\], one label per sample, got \(50, 1\)"),
    "negative labels": ({"y": Y - 1}, "d: y must be labels from 0, got -1 for sample 0"),
    "labels out of range": ({"classes": 2}, r"d: y must be labels 0\.\.1, got 2 for sample 2"),
    "huge labels": ({"y": Y.astype(np.uint64) + 2**63}, "d: y must be labels from 0, got -"),
    "classes": ({"classes": 0}, r"d: classes must be an integer in 1\.\.1048576, got 0"),
    "lengths beyond": ({"lengths": np.full(50, 8)}, r"d: lengths must be in 1\.\.7, got 8 for sample 0"),
    "lengths of 0": ({"lengths": np.arange(50) % 7}, r"d: lengths must be in 1\.\.7, got 0 for sample 0"),
    "lengths in floats": ({"lengths": np.full(50, 6.0)}, "d: lengths must be integers, got 'float64'"),
    "few lengths": ({"lengths": [1, 2]}, r"d: lengths must be \[50\], one per sample, got \(2,\)"),
    "events after the end": (
        {"lengths": np.full(50, 6)},
        "d: x must be 0 from lengths on, got another in sample 0, step 6",
    ),
    "step of 0": ({"input_step": 0}, "d: input_step must be > 0, got 0"),
    "step of NaN": ({"input_step": float("nan")}, "d: input_step must be > 0, got nan"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_data(case: str) -> None:
    given, message = HOSTILE[case]
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        SpikeDataset(**{"x": X, "y": Y, "name": "d", **given})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("case", ["NaN", "infinity", "fraction", "negative", "negative byte", "huge", "huge unsigned"])
def test_hostile_values_in_a_file_are_found_when_they_are_read(case: str, tmp_path: Path) -> None:
    given, message = HOSTILE[case]
    np.save(tmp_path / "x.npy", given["x"])
    data = SpikeDataset(tmp_path / "x.npy", Y, name="d")
    assert data.batch([6, 8]).x.any()
    for read in (lambda: data.batch([6, 7]), lambda: data[7], lambda: data.largest):
        with pytest.raises(ValueError, match=f"^{message}"):
            read()


def test_events_after_the_end_in_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones((50, 7, 4), np.uint8))
    data = SpikeDataset(tmp_path / "x.npy", Y, lengths=[6] + [7] * 49)
    assert data.batch([1]).x.all()
    with pytest.raises(ValueError, match="x must be 0 from lengths on, got another in sample 0, step 6"):
        data.batch([3, 0])


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([50], r"indices must be in 0\.\.49, got 50"),
        ([-1], r"indices must be in 0\.\.49, got -1"),
        ([], r"indices must be integers \[B\], B > 0"),
        ([1.0], r"indices must be integers \[B\], B > 0"),
        ([[1]], r"indices must be integers \[B\], B > 0"),
        ([True], r"indices must be integers \[B\], B > 0"),
    ],
)
def test_indices_that_are_none(indices: Any, message: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    for data in (SpikeDataset(X, Y), SpikeDataset(tmp_path / "x.npy", Y)):
        with pytest.raises(ValueError, match=f"^SpikeDataset: {message}"):
            data.batch(indices)


def npy(head: str) -> bytes:
    text = head.encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(64)


LIES = {
    "promises more": (
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 99), }"),
        "as many bytes as its head",
    ),
    "huge": (
        npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({2**62}, 3, 4), }}"),
        "as many bytes as its head",
    ),
    "negative": (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-2, 3, 4), }"), "shape of integers from 0"),
    "objects": (npy("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3, 1), }"), "plain numbers, got 'pickled"),
    "columns": (npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 1), }"), "must be in C order"),
    "deep": (npy("(" * 3000), "not an array of NumPy"),
    "no array": (b"text", "not an array of NumPy"),
    "empty": (b"", "not an array of NumPy"),
    "version": (b"\x93NUMPY\x09\x00" + bytes(64), "not an array of NumPy"),
    "scalar": (npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }"), "one dimension or more"),
}


@pytest.mark.parametrize("case", LIES)
def test_files_that_lie(case: str, tmp_path: Path) -> None:
    content, message = LIES[case]
    (tmp_path / "x.npy").write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        SpikeDataset(tmp_path / "x.npy", Y)
    assert "x.npy" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "turned", [lambda a: a[::-1].copy()[::-1], lambda a: a.astype(">i8"), lambda a: a.astype("u4")]
)
def test_indices_and_lengths_are_any_array_of_integers(turned: Any) -> None:
    x = np.ones((4, 3, 2), np.uint8)
    x[2, 1:] = 0
    lengths, order = np.array([3, 3, 1, 3]), np.array([2, 0, 3])
    wanted = SpikeDataset(x, [0, 1, 0, 1], lengths=lengths).batch(order.tolist())
    found = SpikeDataset(x, [0, 1, 0, 1], lengths=turned(lengths)).batch(turned(order))
    assert all(torch.equal(torch.as_tensor(a), torch.as_tensor(b)) for a, b in zip(found, wanted, strict=True))
    assert int(wanted.x.count_nonzero()) == 14
