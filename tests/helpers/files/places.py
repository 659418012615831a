"""What stands where a file should be, and all that reads files."""

import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from runtime_files import NETWORKS

from spikelut import export, hw_profiles
from spikelut.cli.data.datasets import load_dataset
from spikelut.cli.data.idx import read_idx_folder
from spikelut.cli.data.npz import read_npz
from spikelut.cli.shared.recipe import Recipe
from spikelut.export.c.network_source import to_c
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import by_name


@contextmanager
def place(kind: str, path: Path) -> Iterator[None]:
    """Something that is no file at `path`."""
    if kind == "socket":
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket is short
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
            os.chdir(here)
            yield
        return
    if kind == "directory":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    else:
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3 if kind == "null" else 5))
        except PermissionError:
            pytest.skip("only root makes devices")
    yield


def idx(folder: Path, name: str) -> None:
    """Read a folder of IDX files of which the one at `name` is something else."""
    for part in ("train", "t10k"):
        for kind, shape in (("images-idx3", (4, 2, 2)), ("labels-idx1", (4,))):
            path = folder / f"{part}-{kind}-ubyte"
            if not path.exists() and path.name != name:
                head = bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape)
                path.write_bytes(head + bytes(range(int(np.prod(shape)))))
    read_idx_folder(folder)


READERS: dict[str, Callable[[Path], Any]] = {
    "chip.toml": hw_profiles.load,
    "net.safetensors": export.load_network,
    "graph.nir": export.from_nir,
    "model.onnx": load_model,
    "load.onnx": export.load,
    "run.onnx": lambda path: export.run_onnx(path, np.zeros((1, 1, 1), np.uint8)),
    "session.onnx": lambda path: by_name("onnxruntime").session(path),
    "c.onnx": lambda path: to_c(path, path.parent, "net"),
    "data.npz": lambda path: load_dataset(str(path), Recipe()),
    "verify.npz": lambda path: read_npz(path, ["x"]),
    "train-images-idx3-ubyte": lambda path: idx(path.parent, path.name),
    "train-labels-idx1-ubyte": lambda path: idx(path.parent, path.name),
    "t10k-labels-idx1-ubyte.gz": lambda path: idx(path.parent, path.name),
}


@cache
def plain() -> Any:
    return NETWORKS["plain"]()


@contextmanager
def no_waiting() -> Iterator[None]:
    """What waits for a FIFO fails instead."""

    def late(*_: object) -> None:
        raise AssertionError("this waits for ever")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
