"""Loading data sets and turning intensities into spikes."""

from pathlib import Path

import numpy as np
import pytest

from spikelut.cli._coding import rate_code
from spikelut.cli._data import load_dataset
from spikelut.cli._recipe import Recipe


def test_digits_are_1797_binary_spike_trains_with_a_fixed_stratified_split() -> None:
    data = load_dataset("digits", Recipe())
    assert data.spikes.shape == (16, 1797, 64)
    assert set(np.unique(data.spikes)) == {0, 1}
    assert data.classes == 10
    assert data.test.sum() == 360
    shares = [data.test[data.labels == k].mean() for k in range(10)]
    assert max(shares) - min(shares) < 0.01
    again = load_dataset("digits", Recipe())
    assert (again.test == data.test).all()


def test_sixteen_steps_keep_every_grey_value_of_the_digits() -> None:
    from sklearn.datasets import load_digits

    x, _ = load_digits(return_X_y=True)
    assert (load_dataset("digits", Recipe(steps=16)).spikes.sum(0) == x).all()


@pytest.mark.parametrize("steps", [1, 7, 16])
def test_the_rate_code_spaces_spikes_evenly(steps: int) -> None:
    p = np.linspace(0, 1, 101)
    spikes = rate_code(p[None], steps)
    assert spikes.shape == (steps, 1, 101)
    assert (spikes.sum(0)[0] == np.floor(p * steps + 0.5)).all()
    # Any window of k steps holds p * k spikes, give or take less than one at each end.
    for start in range(steps):
        for stop in range(start + 1, steps + 1):
            assert (np.abs(spikes[start:stop, 0].sum(0) - p * (stop - start)) <= 1 + 1e-9).all()


def test_spikes_are_taken_as_they_are(tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((12, 5, 3)) < 0.4
    for name, array in (("bool", x), ("float", x.astype(float)), ("int", x.astype(np.int16))):
        np.savez(tmp_path / f"{name}.npz", x=array, y=np.arange(12) % 2, test=np.arange(12) > 7)
        data = load_dataset(str(tmp_path / f"{name}.npz"), Recipe())
        assert (data.spikes == x.transpose(1, 0, 2)).all()
        assert (data.test == (np.arange(12) > 7)).all()


def test_intensities_are_scaled_by_the_training_part(tmp_path: Path) -> None:
    x = np.full((10, 2, 2), 50)
    x[0] = 100
    x[9] = 400
    np.savez(tmp_path / "d.npz", x=x, y=np.arange(10) % 2, test=np.arange(10) == 9)
    data = load_dataset(str(tmp_path / "d.npz"), Recipe(steps=8))
    assert data.spikes.shape == (8, 10, 4)
    assert (data.spikes.sum(0)[:, 0] == [8, 4, 4, 4, 4, 4, 4, 4, 4, 8]).all()
