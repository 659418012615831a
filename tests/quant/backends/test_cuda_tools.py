"""What is done with a network works, and gives the same, while it is on a GPU."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gradient_networks import loss
from sample_networks import CURVE, convolutional, dense
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.cli._app import run
from spikelut.export.train_step.write import to_train_step
from spikelut.quant.neurons.event_lif import EventLIF
from spikelut.surrogates import Arctan

pytestmark = [
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
    pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning"),
]

LOIHI2 = hw_profiles.load("loihi2")


def events(*shape: int) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(0)) < 0.5).float()


def network() -> tuple[nn.Sequential, nn.Sequential]:
    """The same on the CPU and on the GPU."""
    model = dense(LOIHI2, False, 0)
    return model, copy.deepcopy(model).cuda()


def test_spike_trains() -> None:
    here, there = network()
    x = events(6, 4, 5)
    expected, got = quant.spike_trains(here, x), quant.spike_trains(there, x.cuda())
    assert expected.keys() == got.keys()
    for name, train in expected.items():
        assert torch.equal(train, got[name].cpu())


def test_gradients_are_compared() -> None:
    here, there = network()
    x, labels = events(6, 4, 5), torch.arange(4) % 3
    expected = quant.compare_gradients(here, [(x, labels)], loss)
    got = quant.compare_gradients(there, [(x.cuda(), labels.cuda())], loss)
    assert len(expected.layers) == len(got.layers) > 0
    for a, b in zip(expected.layers, got.layers, strict=True):
        assert b.cosine == pytest.approx(a.cosine, abs=1e-5)
    for mine, other in zip(expected.tables, got.tables, strict=True):
        assert mine.counts.tolist() == other.counts.tolist()


@pytest.mark.parametrize("dialect", ["integer", "functions", "qcdq"])
def test_exported_files_are_the_same(dialect: Any, tmp_path: Path) -> None:
    files = []
    for name, model in zip(("here", "there"), network(), strict=True):
        x = events(6, 4, 5).to(next(model.parameters()).device)
        export.to_onnx(model, x, tmp_path / name, dialect)
        export.save_network(quant.integer(model), tmp_path / f"{name}.net")
        files.append([(tmp_path / name).read_bytes(), (tmp_path / f"{name}.net").read_bytes()])
    assert files[0] == files[1]


def test_training_steps_are_exported_from_the_cpu(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(5, 7), quant.LIF(LOIHI2, quant.LUTSurrogate(CURVE, LOIHI2)), nn.Linear(7, 3))
    with pytest.raises(ValueError, match=r"to_train_step: 0\.weight must be on the CPU, got 'cuda:0'"):
        to_train_step(model.cuda(), (6, 4, 5), tmp_path / "x", learning_rate=0.1)


def test_networks_are_converted() -> None:
    model = nn.Sequential(nn.Linear(12, 20), quant.FloatLIF(Arctan()), nn.Linear(20, 4), quant.FloatLIF(None))
    x = events(15, 16, 12)
    expected = quant.convert(model, LOIHI2, x)
    got = quant.convert(copy.deepcopy(model).cuda(), LOIHI2, x.cuda())
    assert all(p.is_cuda for p in got.model.parameters())
    for a, b in zip(expected.layers, got.layers, strict=True):
        assert b.weight_error == pytest.approx(a.weight_error, rel=1e-3)
        assert b.threshold == pytest.approx(a.threshold)
    with torch.no_grad():
        assert torch.equal(expected.model(x), got.model(x.cuda()).cpu())


@pytest.mark.parametrize("name", ["reckon", "speck2f", "xylo", "odin"])
def test_neurons_that_take_events_one_by_one(name: str) -> None:
    profile = hw_profiles.load(name)
    torch.manual_seed(0)
    layer = EventLIF(12, 7, profile=profile, surrogate=quant.LUTSurrogate(CURVE, profile))
    nn.init.normal_(layer.linear.weight, 0.1, 1.0)
    there, x = copy.deepcopy(layer).cuda(), events(9, 3, 12)
    out, got = layer(x), there(x.cuda())
    assert torch.equal(out, got.cpu())
    assert out.any()
    out.sum().backward()
    got.sum().backward()
    weight: Any = there.linear.weight.grad
    torch.testing.assert_close(weight.cpu(), layer.linear.weight.grad, rtol=1e-4, atol=1e-5)


def test_states_go_back_and_forth(tmp_path: Path) -> None:
    here, there = network()
    torch.save(there.state_dict(), tmp_path / "state.pt")
    here.load_state_dict(torch.load(tmp_path / "state.pt", map_location="cpu", weights_only=True))
    x = events(6, 4, 5)
    assert torch.equal(here(x), there(x.cuda()).cpu())
    assert torch.equal(here(x), there.cpu()(x))


@pytest.mark.parametrize("allowed", ["highest", "high"])
def test_products_are_exact_whatever_precision_is_allowed(allowed: str) -> None:
    """Weights and event counts have more bits than TensorFloat-32 keeps, which convolutions use by default."""
    profile = hw_profiles.load("generic16")
    pairs = [
        (convolutional(profile, False, 0), events(1, 3, 2, 6, 8) * 0.25 * 1023),
        (dense(profile, False, 0), events(6, 4, 5) * 1023),
    ]
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(allowed)
    try:
        for made, data in pairs:
            assert torch.equal(made(data), copy.deepcopy(made).cuda()(data.cuda()).cpu())
            assert torch.get_float32_matmul_precision() == allowed
    finally:
        torch.set_float32_matmul_precision(before)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch.compile, of itself
@pytest.mark.parametrize("command", ["train", "compiled"])
def test_the_command_line_trains_there(command: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    rate = np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)
    x = (rng.random((60, 5, 6)) < rate[:, None]).astype(np.uint8)
    np.savez(tmp_path / "two.npz", x=x, y=y, test=np.arange(60) >= 44)
    options = ["--data", str(tmp_path / "two.npz"), "--out", str(tmp_path / "run"), "--epochs", "3", "--layers", "7,5"]
    extra = ["--compile"] if command == "compiled" else []
    assert run(["train", "--device", "cuda", "--profile", "loihi2", *options, *extra]) == 0
    results = json.loads((tmp_path / "run" / "run.json").read_text())["results"]
    assert results["spikes_compared"] == 2 * 16 * 5 * (7 + 5 + 2)
    assert results["spikes_different"] == 0
