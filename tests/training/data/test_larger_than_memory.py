"""Data in files are trained on in far less memory than they have."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.lib import format as npy

pytest.importorskip("resource")

SIZE = 2**28
"""Bytes of the counts, and of the events; a hole in a file takes no disk."""
MOST = SIZE // 3
"""By which the process may grow."""
SAMPLES = 2048

PROGRAM = """
import json, resource, sys
import numpy as np, torch
from spikelut import training
from spikelut.training.data.files.file_array import FileArray

torch.set_num_threads(1)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

def train(data):
    model = torch.nn.Linear(data.shape[0], 2)
    return len(training.fit(model, data, epochs=1, batch_size=16).history)

small = training.SpikeDataset(np.ones((64, 8, 64), np.uint8), np.arange(64) % 2)
train(small)  # all that is loaded when it is used first
before = peak()
grown = {}
for name in sys.argv[2:]:
    if name == "events":
        t, unit = (FileArray.open(f"{sys.argv[1]}/{part}.npy") for part in ("t", "unit"))
        offsets = np.arange(65) * (len(t) // 64)
        data = training.EventDataset(t, unit, offsets, np.arange(64) % 2, shape=(4,), step=1, steps=4)
        assert float(data.batch(np.array([63])).x.sum()) == len(t) // 64
        for index in torch.arange(64).split(1):
            data.batch(index)
    elif name == "map":
        x = np.load(f"{sys.argv[1]}/folder/x.npy", mmap_mode="r")
        data = training.SpikeDataset(x, np.arange(len(x)) % 2)
        for index in torch.arange(len(x)).split(16):
            data.batch(index)
    else:
        data = training.load(f"{sys.argv[1]}/{name}", val=0.1, in_memory=False)
        assert train(data.train) == 1
        assert data.test.batch([0]).x.sum() >= 0
        assert data.train.largest == 3
    grown[name] = peak() - before
print(json.dumps(grown))
"""


def hole(path: Path, shape: tuple[int, ...], dtype: str, last: int = 0) -> None:
    """An .npy file of zeros, whose last value is another."""
    npy.open_memmap(path, "w+", dtype, shape).reshape(-1)[-1] = last


def test_data_larger_than_memory(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    hole(tmp_path / "folder" / "x.npy", (SAMPLES, 8, SIZE // 8 // SAMPLES), "|u1", 3)
    np.save(tmp_path / "folder" / "y.npy", np.arange(SAMPLES) % 2)
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        for name in ("x", "y"):
            archive.write(tmp_path / "folder" / f"{name}.npy", f"{name}.npy")
    for name in ("t", "unit"):
        hole(tmp_path / f"{name}.npy", (SIZE // 16,), "<i8")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), "folder", "d.npz", "map", "events"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    grown = json.loads(done.stdout.splitlines()[-1])
    assert len(grown) == 4, grown
    assert {name: size for name, size in grown.items() if size > MOST} == {}
