"""`spikelut train --weight-bits conv1=4,linear2=8`: bits of each layer, trained and converted."""

import json
from pathlib import Path

import numpy as np
import pytest

from spikelut.cli._app import run
from spikelut.cli.train.network import parse_bits


def test_bits_as_they_are_given() -> None:
    assert parse_bits(None) == (None, {})
    assert parse_bits(5) == parse_bits("5") == (5, {})
    assert parse_bits("conv1=4,linear2=8") == (None, {"conv1": 4, "linear2": 8})
    assert parse_bits("6, linear1=3") == (6, {"linear1": 3})
    for wrong in ("x", "a=", "=4", "4,5", "a=b", ""):
        with pytest.raises(ValueError, match="weight-bits must be a number, or as conv1=4,linear2=8, got"):
            parse_bits(wrong)


@pytest.fixture
def spike_file(tmp_path: Path) -> Path:
    """Sixty samples of five steps and six inputs."""
    random = np.random.default_rng(0)
    path, y = tmp_path / "two.npz", np.arange(60) % 2
    x = (random.random((60, 5, 6)) < np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)[:, None]).astype(np.uint8)
    np.savez(path, x=x, y=y, test=np.arange(60) >= 44)
    return path


def codes_of(folder: Path) -> dict[str, int]:
    """By layer, the largest magnitude of its weight codes."""
    onnx = pytest.importorskip("onnx")
    model = onnx.load(folder / "model.int.onnx")
    arrays = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    return {name: int(np.abs(values.astype(int)).max()) for name, values in arrays.items() if values.ndim == 2}


def test_layers_are_trained_and_converted_with_bits_of_their_own(tmp_path: Path, spike_file: Path) -> None:
    out = tmp_path / "r"
    options = ["--data", str(spike_file), "--out", str(out), "--epochs", "1", "--layers", "4"]
    assert run(["train", *options, "--weight-bits", "linear1=2,6", "--variants", "table,float,ptq"]) == 0
    found = json.loads((out / "run.json").read_text())
    assert found["network"]["layer_bits"] == {"linear1": 2}
    assert found["network"]["weight_bits"] == 6
    assert "--weight-bits linear1=2,6" in found["command"]
    largest = sorted(codes_of(out).values())
    assert largest[0] <= 2
    assert 2 < largest[-1] <= 32


@pytest.mark.parametrize(
    ("bits", "message"),
    [
        ("linear3=4", "weight-bits must be of layers linear1, linear2, got linear3"),
        ("linear1=9", "weight-bits must be in 2..8 on loihi2, got {'linear1': 9}"),
        ("1", "weight-bits must be in 2..8 on loihi2, got 1"),
    ],
)
def test_what_is_refused(
    bits: str, message: str, tmp_path: Path, spike_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", str(spike_file), "--out", str(tmp_path / "r"), "--layers", "4", "--weight-bits", bits]
    assert run(["train", *options]) != 0
    assert message in " ".join(capsys.readouterr().err.split())
