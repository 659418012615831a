"""Loading data sets and turning intensities into spikes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from spikelut.cli.data.coding import constant_code, latency_code, rate_code
from spikelut.cli.data.datasets import load_dataset, with_always_on
from spikelut.cli.shared.architecture import Conv, Dense, Pool, parse_layers
from spikelut.cli.shared.recipe import RECIPES, Recipe, recipe_for
from spikelut.cli.train.loop import augmented


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
    data = load_dataset(str(tmp_path / "d.npz"), Recipe(steps=8), events=False)
    assert data.spikes.shape == (8, 10, 4)
    assert (data.spikes.sum(0)[:, 0] == [8, 4, 4, 4, 4, 4, 4, 4, 4, 8]).all()


def test_a_constant_input_is_the_same_in_every_step() -> None:
    p = np.linspace(0, 1, 16)[None]
    assert constant_code(p, 4).tolist() == [[list(range(16))]]
    assert constant_code(np.array([[0.0, 0.49, 0.51, 1.0]]), 1).tolist() == [[[0, 0, 1, 1]]]


def test_the_larger_an_intensity_the_earlier_its_spike() -> None:
    spikes = latency_code(np.array([[1.0, 0.75, 0.5, 0.0]]), 5)
    assert spikes.shape == (5, 1, 4)
    assert (spikes.sum(0) == 1).all()
    assert spikes.argmax(0).tolist() == [[0, 1, 2, 4]]


def test_packed_bits_are_the_spikes_they_hold(tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((12, 5, 3)) < 0.4
    packed = np.packbits(x.reshape(12, 15), axis=1)
    np.savez(tmp_path / "d.npz", x=packed, y=np.arange(12) % 2, shape=np.array([12, 5, 3]))
    assert (load_dataset(str(tmp_path / "d.npz"), Recipe()).spikes == x.transpose(1, 0, 2)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": np.array([12, 5])}, "shape must be three positive integers N, T, F"),
        ({"shape": np.array([12, 5, 0])}, "shape must be three positive integers N, T, F"),
        ({"shape": np.array([12.0, 5.0, 3.0])}, "shape must be three positive integers N, T, F"),
        ({"shape": np.array([12, 5, 4])}, r"x must be packed bits \[12, 3\], uint8"),
        ({"x": np.zeros((12, 2))}, r"x must be packed bits \[12, 2\], uint8"),
    ],
)
def test_wrong_packed_bits(change: dict[str, np.ndarray], message: str, tmp_path: Path) -> None:
    good = {"x": np.zeros((12, 2), np.uint8), "y": np.arange(12) % 2, "shape": np.array([12, 5, 3])}
    np.savez(tmp_path / "d.npz", **{**good, **change})  # type: ignore[arg-type]  # arrays, all of them
    with pytest.raises(ValueError, match=message):
        load_dataset(str(tmp_path / "d.npz"), Recipe())


def test_spikes_are_no_images(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", x=np.ones((12, 5, 3), bool), y=np.arange(12) % 2)
    with pytest.raises(ValueError, match=r"d\.npz: x must be events \[N, T, C, H, W\] or images .* for convolutions"):
        load_dataset(str(tmp_path / "d.npz"), Recipe(layers="4C3"))


def test_an_input_that_is_always_on() -> None:
    data = with_always_on(load_dataset("digits", Recipe(coding="constant", input_bits=3)))
    assert data.spikes.shape == (1, 1797, 65)
    assert (data.spikes[..., 64] == 7).all()


def test_layers() -> None:
    assert parse_layers("128") == [Dense(128)]
    assert parse_layers(" 16c5 , P2,64C3,10,20") == [Conv(16, 5), Pool(2), Conv(64, 3), Dense(10), Dense(20)]


def test_recipes_are_those_of_the_data_with_changes() -> None:
    assert recipe_for(None, "digits", epochs=None) == RECIPES["digits"]
    assert recipe_for(None, "mine.npz", epochs=3) == replace(RECIPES["digits"], epochs=3)
    assert recipe_for("mnist", "folder", reset="subtract") == replace(RECIPES["mnist"], reset="subtract")


def test_samples_are_moved_in_time_and_along_inputs() -> None:
    x = torch.zeros(9, 400, 7)
    x[4, :, 3] = 1
    torch.manual_seed(0)
    moved = augmented(x, Recipe(shift=2, input_shift=1))
    assert (moved.sum((0, 2)) == 1).all()
    assert set(moved.sum(2).argmax(0).tolist()) == {2, 3, 4, 5, 6}
    assert set(moved.sum(0).argmax(1).tolist()) == {2, 3, 4}
    # What leaves at one end does not come back at the other.
    assert 0 < augmented(x, Recipe(shift=8)).sum() < 400
    # Nothing is there where samples were moved away from.
    moved = augmented(torch.ones(9, 400, 7), Recipe(shift=2))
    assert set(moved.sum(0)[:, 0].tolist()) == {7, 8, 9}
    assert ((moved[0] == 1) | (moved[-1] == 1)).all()
    assert torch.equal(augmented(x, Recipe()), x)


def test_half_of_the_images_are_mirrored() -> None:
    images = torch.arange(2 * 400 * 3 * 4.0).reshape(2, 400, 1, 3, 4)
    torch.manual_seed(0)
    found = augmented(images, Recipe(flip=True))
    mirrored = (found == images.flip(-1)).flatten(2).all(2)
    assert torch.equal(mirrored, (found != images).flatten(2).any(2))
    # The same in every step; 400 draws: a standard error of 10.
    assert torch.equal(mirrored[0], mirrored[1])
    assert 150 < int(mirrored[0].sum()) < 250


def test_a_share_of_events_is_left_out() -> None:
    torch.manual_seed(0)
    kept = float(augmented(torch.ones(20, 50, 30), Recipe(drop=0.2)).mean())
    # 30000 draws: a standard error of 0.0023.
    assert kept == pytest.approx(0.8, abs=0.012)
