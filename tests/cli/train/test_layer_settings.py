"""Layers with settings of their own: what modules they become, trained and deployed; and what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikelut import hw_profiles, quant, surrogates
from spikelut.cli._app import run
from spikelut.cli.networks.layers import own_bits
from spikelut.cli.shared.architecture import LayerSettings
from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.train.network import Builder, Shape, build_network
from spikelut.quant.neurons.recurrent import Recurrent

LAYERS: list[Any] = [
    {"size": 7, "neuron": "cuba", "alpha": 0.5, "beta": 0.75, "learn_beta": True, "weight_bits": 4},
    {"size": 6, "neuron": "adaptive", "threshold": 0.25, "recurrent": True, "recurrent_bits": 5,
     "threshold_step": 0.25, "delays": "axons", "learn_delay": True, "max_delay": 3},
    {"size": 5, "threshold": 0.125, "learn_threshold": True, "refractory": 1, "delays": "synapses", "delay": 2},
    4,
]  # fmt: skip


@pytest.fixture
def spike_file(tmp_path: Path) -> Path:
    """Forty samples of six steps and six inputs."""
    random, y = np.random.default_rng(0), np.arange(40) % 2
    x = (random.random((40, 6, 6)) < np.where((np.arange(6) < 3) == y[:, None], 0.9, 0.4)[:, None]).astype(np.uint8)
    np.savez(tmp_path / "two.npz", x=x, y=y, test=np.arange(40) >= 30)
    return tmp_path / "two.npz"


def config(folder: Path, **values: Any) -> str:
    (folder / "c.json").write_text(json.dumps(values))
    return str(folder / "c.json")


def build(*layers: LayerSettings, floats: bool = False, **more: Any) -> nn.Sequential:
    profile = hw_profiles.load("loihi2")
    recipe = replace(Recipe(), layers=layers, dropout=0, **more)
    builder = Builder(recipe, profile, surrogates.Arctan(), None if floats else 8, {} if floats else own_bits(recipe))
    torch.manual_seed(0)
    return build_network(builder, Shape((6,), 2))


def test_every_setting_is_in_the_network() -> None:
    first, second, third, _ = (
        LayerSettings(size=one) if isinstance(one, int) else LayerSettings(**one) for one in LAYERS
    )
    network: Any = build(first, second, third, LayerSettings(size=4), beta=0.875)
    names = ["linear1", "lif1", "delay2", "linear2", "lif2", "linear3", "lif3", "linear4", "lif4", "linear5", "lif5"]
    assert [name for name, _ in network.named_children()] == names
    assert isinstance(network.lif1, quant.CubaLIF)
    assert (network.lif1.alpha, network.lif1.beta) == (0.5, 0.75)
    assert [name for name, _ in network.lif1.named_parameters()] == ["raw_beta"]
    assert network.linear1.weight_bits == 4
    assert isinstance(network.delay2, quant.Delay)
    assert network.delay2.learned
    assert network.delay2.max_delay == 3
    assert 1 < len(set(network.delay2.delay.tolist())) <= 7
    assert isinstance(network.lif2, Recurrent)
    assert network.lif2.linear.weight_bits == 5
    assert isinstance(network.lif2.neuron, quant.AdaptiveLIF)
    assert network.lif2.neuron.threshold_step == 0.25
    assert network.lif2.neuron.beta == 0.875
    assert isinstance(network.linear3, quant.DelayedLinear)
    assert network.linear3.delays.tolist() == [[2] * 6] * 5
    assert isinstance(network.lif3, quant.LIF)
    assert network.lif3.threshold == 0.125
    assert [name for name, _ in network.lif3.named_parameters()] == ["raw_threshold"]
    assert network.linear4.weight_bits == 8


def test_the_same_in_floats() -> None:
    settings = (
        LayerSettings(size=7, neuron="cuba", alpha=0.5, beta=0.75, delays="axons", delay=2),
        LayerSettings(size=6, neuron="adaptive", recurrent=True, threshold_step=0.25, threshold=0.5),
        LayerSettings(size=5, threshold=0.75, reset="subtract"),
    )
    network: Any = build(*settings, floats=True)
    assert isinstance(network.delay1, quant.Delay)
    assert (network.lif1.alpha, network.lif1.beta) == (0.5, 0.75)
    assert isinstance(network.lif2, quant.FloatRecurrent)
    assert isinstance(network.lif2.neuron, quant.FloatAdaptiveLIF)
    assert (network.lif2.neuron.threshold_step, network.lif2.neuron.threshold) == (0.25, 0.5)
    assert (network.lif3.threshold, network.lif3.reset) == (0.75, "subtract")


def test_a_network_of_different_layers_is_trained_deployed_and_repeated(
    spike_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"data": str(spike_file), "layers": LAYERS, "epochs": 2, "batch": 8, "variants": "table", "dropout": 0}
    assert run(["train", "--config", config(tmp_path, **options), "--out", str(tmp_path / "a")]) == 0
    record = json.loads((tmp_path / "a" / "run.json").read_text())
    results = record["results"]
    assert results["spikes_different"] == results["states"]["different"] == 0
    assert results["spikes_compared"] == 2 * 10 * 6 * (7 + 6 + 5 + 4 + 2)
    assert all(results["spike_rate"][f"lif{number}"] > 0 for number in (1, 2, 3))
    assert record["network"]["name"] == "6-7-6-5-4-2"
    assert record["network"]["layer_bits"] == {"linear1": 4, "lif2": 5}
    assert record["options"]["layers"] == record["recipe"]["layers"] == [*LAYERS[:3], {"size": 4}]
    capsys.readouterr()
    assert run(["train", "--config", str(tmp_path / "a" / "run.json"), "--out", str(tmp_path / "b")]) == 0
    again = json.loads((tmp_path / "b" / "run.json").read_text())
    assert again["results"] == results
    for name in ("network.safetensors", "weights.safetensors", "metrics.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_float_variants_of_what_there_is_in_floats(spike_file: Path, tmp_path: Path) -> None:
    layers = [{"size": 7, "beta": 0.75, "delays": "axons", "delay": 1, "weight_bits": 4}, {"size": 5, "threshold": 0.5}]
    options = {"data": str(spike_file), "layers": layers, "epochs": 1, "batch": 8, "variants": "ptq", "dropout": 0}
    options |= {"out": str(tmp_path / "r")}
    assert run(["train", "--config", config(tmp_path, **options)]) == 0
    assert json.loads((tmp_path / "r" / "run.json").read_text())["results"]["spikes_different"] == 0


@pytest.mark.parametrize(
    ("layer", "more", "message"),
    [
        (
            {"neuron": "adaptive"},
            {"profile": "reckon"},
            "AdaptiveLIF: profile must have neurons that adapt, got reckon",
        ),
        ({"refractory": 2}, {"profile": "reckon"}, "LIF: refractory must be 0 on reckon"),
        ({"delays": "axons", "delay": 2}, {"profile": "reckon"}, "Delay: reckon delays no events: leave delays out"),
        ({"delays": "axons", "delay": 99}, {}, "Delay: delay must be in 0..62 steps, got [99.0]"),
        ({"neuron": "cuba"}, {"profile": "hls4ml"}, "CubaLIF: profile must have a current that decays, got hls4ml"),
        ({"neuron": "lif"}, {"profile": "xylo"}, "LIF: "),
        ({"weight_bits": 9}, {}, "--weight-bits must be in 2..8 on loihi2, got {'linear1': 9}"),
        ({"recurrent_bits": 4}, {}, "layers: 4, layer 1 with weights: recurrent-bits needs recurrent"),
        ({"learn_beta": True}, {"variants": "float"}, "there is no learn-beta in floats; leave float and ptq out"),
        ({"refractory": 1}, {"variants": "ptq"}, "there is no refractory in floats"),
        ({"delays": "synapses"}, {"variants": "ptq"}, "there is no delays of synapses in floats"),
        (
            {"neuron": "adaptive"},
            {"variants": "ptq"},
            "adaptive neurons are not converted; leave ptq and fine-tune out",
        ),
        ({"neuron": "adaptive"}, {"fine_tune": 2}, "adaptive neurons are not converted"),
        ({"delays": "axons"}, {"data": "digits", "coding": "constant"}, "delays need inputs that change"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_what_is_refused_before_training(
    layer: dict[str, Any],
    more: dict[str, Any],
    message: str,
    spike_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = {"data": str(spike_file), "variants": "table", "layers": [{"size": 4, **layer}], **more}
    assert run(["train", "--config", config(tmp_path, **options), "--out", str(tmp_path / "r")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "r").exists()
