"""tonic's data sets, transforms, caches and collation, as they are (1.7.0)."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from spikelut.training import EventDataset, collate, delta, evaluate, fit, folds, rate, split
from spikelut.training.data.foreign import as_data

tonic: Any = pytest.importorskip("tonic", reason="tonic is not installed")
pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore")]

SENSOR = (6, 4, 2)
"""Width, height and polarities, as tonic has them."""


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A folder of recordings of a sensor, half of which move in its upper rows, and their labels."""
    rng = np.random.default_rng(0)
    for i in range(24):
        many = int(rng.integers(50, 120))
        events = np.zeros(many, np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "?")]))
        events["t"] = np.sort(rng.integers(0, 20_000 + 1000 * (i % 3), many))
        events["x"], events["y"] = rng.integers(0, 6, many), rng.integers(0, 2, many) + 2 * (i % 2)
        events["p"] = rng.random(many) < 0.5
        np.save(tmp_path / f"{i:02d}.npy", events)
    return tmp_path


def recordings(folder: Path, transform: Any = None) -> Any:
    class Recordings(tonic.Dataset):  # type: ignore[misc]  # of a library without types
        """As tonic's own data sets: `data`, `targets`, transforms."""

        sensor_size = SENSOR

        def __init__(self) -> None:
            super().__init__(str(folder), transform=transform)
            self.data = sorted(folder.glob("*.npy"))
            self.targets = [int(path.stem) % 2 for path in self.data]

        def __len__(self) -> int:
            return len(self.data)

        def __getitem__(self, index: int) -> Any:
            events = np.load(self.data[index])
            return events if self.transform is None else self.transform(events), self.targets[index]

        def _check_exists(self) -> bool:
            return True

    return Recordings()


class Flat(nn.Module):
    """Rates of inputs through a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(48, 2)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.linear(x.flatten(2))
        return found


def test_frames_train_a_network(recorded: Path) -> None:
    data = recordings(recorded, tonic.transforms.ToFrame(sensor_size=SENSOR, n_time_bins=10))
    train, val = split(data, 0.25)
    assert sorted(val.labels.tolist()) == [0] * 3 + [1] * 3
    torch.manual_seed(0)
    model = Flat()
    found = fit(model, train, val=val, epochs=15, learning_rate=0.05)
    assert found.best.val_accuracy == 1.0
    # A loader with torch's own collation stacks samples first, tonic's too; ours stacks time first.
    loaders = [
        DataLoader(data, 8),
        DataLoader(data, 8, collate_fn=tonic.collation.PadTensors()),
        DataLoader(data, 8, collate_fn=tonic.collation.PadTensors(batch_first=False)),
        DataLoader(data, 8, collate_fn=collate),
        DataLoader(tonic.MemoryCachedDataset(data), 8, collate_fn=collate),
        DataLoader(tonic.DiskCachedDataset(data, cache_path=str(recorded / "cache")), 8, collate_fn=collate),
    ]
    losses = [evaluate(model, loader).loss for loader in loaders]
    assert losses == [losses[0]] * 6
    assert [len(val) for _, val in folds(data, 4)] == [6] * 4


def test_windows_of_time_have_masks(recorded: Path) -> None:
    frames = tonic.transforms.ToFrame(sensor_size=SENSOR, time_window=1000)
    data: Any = as_data(recordings(recorded, frames), "recordings")
    batch = data.batch([0, 1, 2])
    assert batch.mask is not None
    lengths = batch.mask.sum(0).tolist()
    assert len(set(lengths)) > 1
    for place, index in enumerate([0, 1, 2]):
        expected = torch.tensor(frames(np.load(recorded / f"{index:02d}.npy"))).float()
        assert expected.count_nonzero() > 20
        assert torch.equal(batch.x[: lengths[place], place], expected)
        assert not batch.x[lengths[place] :, place].any()


def test_events_are_kept_sparse(recorded: Path) -> None:
    frames = tonic.transforms.ToFrame(sensor_size=SENSOR, time_window=1000, include_incomplete=True, start_time=0)
    data = EventDataset.from_samples(recordings(recorded), shape=SENSOR[::-1], step=1000)
    batch = data.batch(torch.arange(24))
    for index in range(24):
        expected = torch.tensor(frames(np.load(recorded / f"{index:02d}.npy"))).float()
        assert torch.equal(batch.x[: len(expected), index], expected)
        assert not batch.x[len(expected) :, index].any()
    data.save(recorded / "events.npz")
    assert torch.equal(EventDataset.load(recorded / "events.npz").batch([3]).x, batch.x[:, 3:4])


def test_encoders_among_transforms(recorded: Path) -> None:
    image = tonic.transforms.ToImage(sensor_size=SENSOR)
    encode = tonic.transforms.Compose([image, lambda x: x / x.max(), partial(rate, steps=12, axis=0)])
    data: Any = as_data(recordings(recorded, encode), "recordings")
    counts = image(np.load(recorded / "05.npy"))
    assert np.array_equal(data[5][0].sum(0), np.floor(counts / counts.max() * 12 + 0.5))
    frames = tonic.transforms.ToFrame(sensor_size=SENSOR, n_time_bins=10)
    changes: Any = as_data(
        recordings(recorded, tonic.transforms.Compose([frames, partial(delta, threshold=1.0, axis=0)])), "r"
    )
    assert changes.batch([0, 1]).x.shape == (10, 2, 2, 2, 4, 6)
    assert changes.batch([0, 1]).x.count_nonzero() > 20


def test_what_a_transform_breaks_is_named(recorded: Path) -> None:
    broken = recordings(recorded, tonic.transforms.ToFrame(sensor_size=(2, 2, 2), n_time_bins=10))
    with pytest.raises(ValueError, match=r"^recordings: sample 3: cannot be read: "):
        as_data(broken, "recordings").batch([3])  # type: ignore[union-attr]  # it gives samples
    with pytest.raises(ValueError, match=r"^recordings: sample 0: x must be an array of numbers, got"):
        as_data(recordings(recorded), "recordings").batch([0])  # type: ignore[union-attr]  # the same
