"""Folders of IDX files."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikelut.cli._app import run
from spikelut.cli.data.datasets import load_dataset
from spikelut.cli.data.idx import is_idx_folder, read_idx_folder
from spikelut.cli.shared.recipe import Recipe


def idx(array: NDArray[Any]) -> bytes:
    """An array of bytes as an IDX file."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return head + bytes(array.astype(np.uint8).tobytes())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """20 training and 8 test images of 4 by 5, half of the files gzipped."""
    rng = np.random.default_rng(0)
    path = tmp_path / "images"
    path.mkdir()
    for part, samples in (("train", 20), ("t10k", 8)):
        (path / f"{part}-images-idx3-ubyte").write_bytes(idx(rng.integers(0, 256, (samples, 4, 5))))
        (path / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.arange(samples) % 4)))
    return path


def test_images_labels_and_the_test_part(folder: Path) -> None:
    assert is_idx_folder(folder)
    images, labels, test = read_idx_folder(folder)
    assert images.shape == (28, 4, 5)
    assert images[3].tobytes() == (folder / "train-images-idx3-ubyte").read_bytes()[16 + 60 : 16 + 80]
    assert (labels == np.concatenate([np.arange(20), np.arange(8)]) % 4).all()
    assert (test == (np.arange(28) >= 20)).all()


def test_a_folder_is_a_data_set(folder: Path) -> None:
    images, labels, test = read_idx_folder(folder)
    data = load_dataset(str(folder), Recipe(coding="constant", input_bits=4, steps=6))
    assert data.spikes.shape == (1, 28, 20)
    assert (data.steps, data.input_step, data.classes) == (6, 1 / 16, 4)
    largest = images[~test].max()
    assert (data.spikes[0] == np.rint(np.minimum(images.reshape(28, 20) / largest, 1) * 15)).all()
    assert (data.labels == labels).all()
    convolved = load_dataset(str(folder), Recipe(coding="constant", layers="4C3"))
    assert convolved.spikes.shape == (1, 28, 1, 4, 5)


def cut(content: bytes) -> bytes:
    return content[:-1]


BROKEN: list[tuple[str, Callable[[bytes], bytes | None], str]] = [
    ("train-images-idx3-ubyte", cut, "must hold 400 bytes of data, got 399"),
    ("train-images-idx3-ubyte", lambda c: c + b"0", "must hold 400 bytes of data, got 401"),
    ("train-images-idx3-ubyte", lambda _: b"", "must be an IDX file of bytes in 3 dimensions"),
    ("train-images-idx3-ubyte", lambda c: b"\0\0\x0d\3" + c[4:], "must be an IDX file of bytes in 3 dimensions"),
    (
        "train-images-idx3-ubyte",
        lambda c: c[:4] + b"\xff" * 12 + c[16:],
        "must hold 79228162458924105385300197375",
    ),
    ("t10k-images-idx3-ubyte", lambda _: None, "No such file"),
    ("t10k-labels-idx1-ubyte.gz", lambda c: c[:20], "not a gzip file"),
    ("t10k-labels-idx1-ubyte.gz", lambda _: b"plain", "not a gzip file"),
    (
        "t10k-labels-idx1-ubyte.gz",
        lambda _: gzip.compress(idx(np.arange(7))),
        "must have one label per image, got (8, 7)",
    ),
    ("t10k-images-idx3-ubyte", lambda _: idx(np.zeros((8, 5, 4))), "images must have one size, got [(4, 5), (5, 4)]"),
    ("train-images-idx3-ubyte", lambda _: idx(np.zeros((20, 4, 5))), "x must not be zero everywhere"),
]


@pytest.mark.parametrize(("file", "change", "message"), BROKEN)
def test_broken_files(
    file: str, change: Any, message: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = change((folder / file).read_bytes())
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_bytes(content)
    assert run(["train", "--data", str(folder), "--out", str(tmp_path / "r")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_a_network_learns_from_a_folder(folder: Path, tmp_path: Path) -> None:
    options = [
        "--data",
        str(folder),
        "--recipe",
        "fashion-mnist",
        "--layers",
        "6",
        "--epochs",
        "1",
        "--variants",
        "table",
    ]
    assert run(["train", *options, "--out", str(tmp_path / "r")]) == 0
