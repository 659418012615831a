"""What the numbers of an .npz file are taken for: event counts or images, by type and axes, never by a single value."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikelut import hw_profiles
from spikelut.cli._app import run
from spikelut.cli.data.datasets import load_dataset, with_always_on
from spikelut.cli.shared.reading import meaning
from spikelut.cli.shared.recipe import Recipe
from spikelut.export import load_network, run_onnx

COUNTS = np.random.default_rng(0).integers(0, 2, (12, 5, 3))
WHOLE = ("bool", "uint8", "int8", "uint16", "int64")


def saved(folder: Path, x: NDArray[Any]) -> str:
    np.savez(folder / "d.npz", x=x, y=np.arange(len(x)) % 2, test=np.arange(len(x)) >= len(x) - 4)
    return str(folder / "d.npz")


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("value", [0, 1, 2, 15, 100])
def test_no_value_makes_counts_of_whole_numbers_anything_else(kind: str, value: int, tmp_path: Path) -> None:
    x = COUNTS.astype(kind)
    x[0, 0, 0] = value
    data = load_dataset(saved(tmp_path, x), Recipe())
    assert (data.spikes == x.transpose(1, 0, 2)).all()
    assert (data.steps, data.largest, data.input_step) == (5, int(x.max()), 1.0)
    assert data.read_as == f"events [N, T, F], counts 0..{int(x.max())}"
    frames = np.stack([x, x], -1).reshape(12, 5, 3, 2, 1)
    data = load_dataset(saved(tmp_path, frames), Recipe(layers="2C1"))
    assert (data.spikes == np.moveaxis(frames, 0, 1)).all()
    # Without convolutions images are one row, as nn.Flatten makes it.
    flat = load_dataset(saved(tmp_path, frames), Recipe())
    assert (flat.spikes == np.moveaxis(frames, 0, 1).reshape(5, 12, 6)).all()


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_floats_are_images_if_they_have_fractions(kind: str, tmp_path: Path) -> None:
    x = COUNTS.astype(kind)
    assert load_dataset(saved(tmp_path, x), Recipe()).read_as == "events [N, T, F], counts 0..1"
    for value in (2, 0.5):  # which makes neither more spikes nor images of them
        x[0, 0, 0] = value
        with pytest.raises(ValueError, match=r"^d\.npz: x must be said to be events .* or --images: whole numbers"):
            load_dataset(saved(tmp_path, x), Recipe())
    graded = np.random.default_rng(0).random(x.shape).astype(kind)
    assert load_dataset(saved(tmp_path, graded), Recipe()).read_as.startswith("images [N, H, W], 1 = ")
    x = COUNTS.astype(kind) * 2
    with pytest.raises(ValueError, match=r"^d\.npz: x must be said to be events .* with --events or --images: whole"):
        load_dataset(saved(tmp_path, x), Recipe())
    assert load_dataset(saved(tmp_path, x), Recipe(), events=True).read_as == "events [N, T, F], counts 0..2"
    assert load_dataset(saved(tmp_path, x), Recipe(), events=False).spikes.shape == (16, 12, 15)
    x[0, 0, 0] = 0.5
    with pytest.raises(ValueError, match=r"^d\.npz: x must be whole numbers to be event counts"):
        load_dataset(saved(tmp_path, x), Recipe(), events=True)
    with pytest.raises(ValueError, match=r"^d\.npz: x must be whole numbers to be event counts"):
        load_dataset(saved(tmp_path, x.reshape(12, 5, 3, 1, 1)), Recipe())


def test_images_with_channels(tmp_path: Path) -> None:
    for kind in ("uint8", "float32"):
        x = np.random.default_rng(0).integers(0, 256, (12, 3, 4, 5)).astype(kind)
        data = load_dataset(saved(tmp_path, x), Recipe(layers="2C3", coding="constant"))
        assert data.spikes.shape == (1, 12, 3, 4, 5)
        assert (data.spikes[0] == np.rint(np.minimum(x / x[:8].max(), 1) * 15)).all()
        assert (data.largest, data.input_step) == (15, 1 / 16)
        assert load_dataset(saved(tmp_path, x), Recipe()).spikes.shape == (16, 12, 60)
    many = np.ones((12, 5, 4, 4), np.uint8)
    with pytest.raises(ValueError, match=r"more than 4 channels could be time steps"):
        load_dataset(saved(tmp_path, many), Recipe(layers="2C3"))
    assert load_dataset(saved(tmp_path, many), Recipe(layers="2C3"), events=False).spikes.shape[2:] == (5, 4, 4)


def test_the_options_decide_where_axes_fit() -> None:
    for axes in (2, 4):
        with pytest.raises(ValueError, match=r"^d: x must be \[N, T, F\] or \[N, T, C, H, W\] with --events, got"):
            meaning("d", np.ones((2,) * axes), True)
    with pytest.raises(ValueError, match=r"^d: x must be \[N, H, W\] or \[N, C, H, W\] with --images, got"):
        meaning("d", np.ones((2,) * 5, np.uint8), False)
    assert [meaning("d", np.ones((2,) * axes, np.uint8), True) for axes in (3, 5)] == ["events"] * 2
    assert [meaning("d", np.ones((2,) * axes, np.uint8), False) for axes in (2, 3, 4)] == ["images"] * 3
    with pytest.raises(ValueError, match=r"^digits: events must be in an \.npz file; this holds images"):
        load_dataset("digits", Recipe(), events=True)


def test_counts_beyond_what_can_be_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = COUNTS.copy()
    x[0, 0, 0] = 256
    with pytest.raises(ValueError, match="x must be event counts of at most 255 in a step, got 256"):
        load_dataset(saved(tmp_path, x), Recipe())
    x[0, 0, 0] = 16  # Xylo takes 15 events of an input in a step
    command = [
        "train",
        "--data",
        saved(tmp_path, x),
        "--profile",
        "xylo",
        "--layers",
        "4",
        "--out",
        str(tmp_path / "r"),
    ]
    assert run(command) == 2
    assert "largest_input must be at most 15" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_what_is_always_on_does_not_follow_the_largest_count(tmp_path: Path) -> None:
    x = COUNTS.copy()
    x[0, 0, 0] = 200
    assert (with_always_on(load_dataset(saved(tmp_path, x), Recipe())).spikes[..., 3] == 1).all()


TRAINED = [
    n
    for n in hw_profiles.names()
    if hw_profiles.load(n).decay and n not in ("odin", "sne", "speck2f", "spikerplus", "tinyodin")
]
"""Those for which the command line trains networks, and whose inputs take several events in a step."""


@pytest.mark.parametrize("profile", TRAINED)
def test_counts_go_through_training_network_and_files(
    profile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    rate = np.where((np.arange(6) < 3) == y[:, None], 2.0, 0.3)
    x = np.minimum(rng.poisson(rate[:, None], (40, 6, 6)), 7).astype(np.int32)
    x[0, 0, 0] = 7
    np.savez(tmp_path / "d.npz", x=x, y=y, test=np.arange(40) >= 30)
    out = tmp_path / "r"
    command = ["train", "--data", str(tmp_path / "d.npz"), "--profile", profile, "--layers", "5", "--epochs", "1"]
    assert run([*command, "--variants", "table,ptq", "--out", str(out)]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert "read as events [N, T, F], counts 0..7 (" in first
    record = json.loads((out / "run.json").read_text())
    assert record["data"]["read_as"] == "events [N, T, F], counts 0..7"
    assert record["results"]["spikes_different"] == 0
    network = load_network(out / "network.safetensors")
    assert (network.largest_input, network.input_step) == (7, 1.0)
    counts = np.ascontiguousarray(np.moveaxis(x, 0, 1))
    expected = network.run(counts)
    found = run_onnx(out / "model.int.onnx", counts.astype(np.uint8))
    assert expected.keys() == found.keys()
    assert all((found[name] == train).all() for name, train in expected.items())
    assert sum(int((train != 0).sum()) for train in expected.values()) > 100


def test_frames_of_counts_train_convolutions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.poisson(0.2, (40, 4, 2, 6, 6)).astype(np.uint8), np.arange(40) % 2
    x[y == 1, :, 1, :3] += rng.poisson(1.5, (20, 4, 3, 6)).astype(np.uint8)
    np.savez(tmp_path / "d.npz", x=x, y=y, test=np.arange(40) >= 30)
    command = ["train", "--data", str(tmp_path / "d.npz"), "--layers", "4C3,P2", "--epochs", "1", "--flip"]
    assert run([*command, "--out", str(tmp_path / "r")]) == 0
    assert f"read as events [N, T, C, H, W], counts 0..{x.max()} (" in capsys.readouterr().out.splitlines()[0]
    record = json.loads((tmp_path / "r" / "run.json").read_text())
    assert (record["network"]["name"], record["results"]["spikes_different"]) == ("2x6x6-4C3-P2-2", 0)
    assert load_network(tmp_path / "r" / "network.safetensors").largest_input == x.max()


def test_the_command_that_is_recorded_decides_the_same(tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((12, 5, 3))
    command = ["train", "--data", saved(tmp_path, np.rint(x)), "--layers", "2", "--epochs", "1"]
    for option in ("--events", "--images"):
        assert run([*command, option, "--out", str(tmp_path / "r")]) == 0
        assert f" {option} " in f"{json.loads((tmp_path / 'r' / 'run.json').read_text())['command']} "


def test_sweeps_and_twins_read_data_the_same_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", saved(tmp_path, COUNTS.astype(float) * 2), "--epochs", "1"]
    sweep = [
        "sweep",
        "--entries",
        "64",
        "--value-bits",
        "5",
        "--train",
        "all",
        "--seeds",
        "0",
        "--backend",
        "threading",
    ]
    for command in ([*sweep, "--set", "layers=2"], ["compare", "arctan", "--seeds", "1", "--layers", "2"]):
        folder = ["--out", str(tmp_path / command[0])]
        assert run([*command, *data, *folder]) == 2
        assert "--events or --images" in capsys.readouterr().err
        assert run([*command, *data, *folder, "--events"]) == 0
        captured = capsys.readouterr()
        assert "read as events [N, T, F], counts 0..2" in captured.out + captured.err
