"""NeuroBench counts what the chip has: beside numbers counted here, from integers and spikes."""

import io
import runpy
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest
import torch
from packages import ROOT
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.surrogates import Arctan

pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore")]  # NeuroBench calls deprecated parts of others

CURVE = Arctan(alpha=2.0)
SAMPLES, STEPS = 6, 7


class Timed(nn.Module):
    """A network that takes batches of NeuroBench: [batch, time, ...]."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, batch: Tensor) -> Any:
        return self.layers(batch.transpose(0, 1)).transpose(0, 1)


def measured(model: nn.Module, x: Tensor) -> dict[str, Any]:
    """What NeuroBench says of `model` on samples [N, T, ...]; the answers of the model are its own."""
    benchmarks = pytest.importorskip("neurobench.benchmarks")
    static, workload = (pytest.importorskip(f"neurobench.metrics.{name}") for name in ("static", "workload"))
    from neurobench.models import TorchModel

    counted = export.for_neurobench(model)
    assert torch.equal(counted(x), model(x))
    data = torch.utils.data.TensorDataset(x, torch.zeros(len(x)))
    metrics = [
        [static.Footprint, static.ConnectionSparsity, static.ParameterCount],
        [workload.ActivationSparsity, workload.SynapticOperations],
    ]
    loader = torch.utils.data.DataLoader(data, batch_size=2)
    found: dict[str, Any] = benchmarks.Benchmark(TorchModel(counted), loader, [], [], metrics).run(quiet=True)
    assert not any(module._forward_hooks for module in model.modules())
    return found


def events(*shape: int) -> Tensor:
    return (torch.rand(SAMPLES, STEPS, *shape, generator=torch.Generator().manual_seed(1)) < 0.4).float()


def codes(layer: Any) -> np.ndarray[Any, Any]:
    return np.asarray(layer.integer_weight()[0])


def as_we_count(model: Timed, x: Tensor, found: dict[str, Any]) -> None:
    """`quant.cost` says the same of bits and of operations."""
    cost = quant.cost(quant.integer(model.layers), x.transpose(0, 1).numpy())
    assert cost.footprint.neurobench_bytes == found["Footprint"]
    operations = sum(layer.did.operations for layer in cost.layers if layer.did is not None)
    assert operations / SAMPLES == pytest.approx(found["SynapticOperations"]["Effective_ACs"])


def live(model: nn.Module) -> None:
    """Weights that make every layer spike, some of whose codes are zero."""
    torch.manual_seed(0)
    for parameter in model.parameters():
        with torch.no_grad():
            parameter.copy_(torch.randn(parameter.shape) * (torch.rand(parameter.shape) < 0.6))


@pytest.mark.parametrize("bits", [8, 4])
def test_linear_layers(bits: int) -> None:
    profile = hw_profiles.load("loihi2")
    model = Timed(
        quant.QuantLinear(20, 16, profile=profile, weight_bits=bits),
        quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), beta=0.9, bias=16),
        quant.QuantLinear(16, 5, profile=profile, weight_bits=bits),
        quant.LI(profile, beta=0.9),
    )
    live(model)
    x = events(20)
    found = measured(model, x)
    first, neurons, last, _ = model.layers
    hidden = neurons(first(x.transpose(0, 1))).detach().numpy()
    assert 0 < hidden.mean() < 1
    weights = codes(first), codes(last)
    assert all((w == 0).any() for w in weights)
    bias = 16 * profile.bias.bits / 8 if profile.bias else 0
    assert found["Footprint"] == sum(w.size for w in weights) * bits / 8 + bias
    assert found["ParameterCount"] == sum(w.size for w in weights) + 16
    zeros = sum(int((w == 0).sum()) for w in weights) / sum(w.size for w in weights)
    assert found["ConnectionSparsity"] == round(zeros, 4)
    assert found["ActivationSparsity"] == pytest.approx(1 - hidden.mean(), rel=1e-12)
    # Every spike adds once to each neuron that its weight is not zero for.
    added = (x.numpy() @ (weights[0] != 0).T).sum() + (hidden @ (weights[1] != 0).T).sum()
    operations = {"Effective_MACs": 0, "Effective_ACs": added / SAMPLES, "Dense": STEPS * (20 * 16 + 16 * 5)}
    assert found["SynapticOperations"] == pytest.approx(operations)
    as_we_count(model, x, found)


def test_convolutions_and_recurrent_weights() -> None:
    profile = hw_profiles.load("generic8")
    spike = quant.LUTSurrogate(CURVE, profile)
    model = Timed(
        quant.QuantConv2d(2, 4, 3, profile=profile, padding=1, stride=2),
        quant.LIF(profile, spike, beta=0.5),
        nn.Flatten(2),
        quant.QuantLinear(36, 8, profile=profile),
        quant.Recurrent(quant.LIF(profile, spike, beta=0.5), 8),
    )
    live(model)
    x = events(2, 6, 6)
    found = measured(model, x)
    conv, neurons, flat, linear, recurrent = model.layers
    middle = neurons(conv(x.transpose(0, 1)))
    out = recurrent(linear(flat(middle))).detach().numpy()
    middle = middle.detach()
    assert 0 < out.mean() < 1
    assert 0 < float(middle.mean()) < 1
    layers = [codes(layer) for layer in (conv, linear, recurrent.linear)]
    assert found["Footprint"] == found["ParameterCount"] == sum(w.size for w in layers)
    spikes = float(middle.sum()) + out.sum()
    assert found["ActivationSparsity"] == pytest.approx(1 - spikes / (middle.numel() + out.size), rel=1e-12)
    there = torch.from_numpy((layers[0] != 0).astype(np.float32))
    added = float(nn.functional.conv2d(x.flatten(0, 1), there, stride=2, padding=1).double().sum())
    added += float((flat(middle).numpy() @ (layers[1] != 0).T).sum())
    added += float((out[:-1] @ (layers[2] != 0).T).sum())
    assert found["SynapticOperations"]["Effective_ACs"] == pytest.approx(added / SAMPLES)
    assert found["SynapticOperations"]["Effective_MACs"] == 0
    as_we_count(model, x, found)


def test_neurons_that_add_event_by_event() -> None:
    profile = hw_profiles.load("odin")
    model = Timed(quant.EventLIF(20, 6, profile=profile, surrogate=CURVE))
    live(model)
    x = events(20)
    found, out = measured(model, x), model(x).detach().numpy()
    weights = codes(model.layers[0].linear)
    assert out.any()
    assert found["Footprint"] == weights.size * profile.weight.bits / 8
    assert found["ActivationSparsity"] == pytest.approx(1 - (out != 0).mean(), rel=1e-12)
    added = (x.numpy() @ (weights != 0).T).sum() / SAMPLES
    assert found["SynapticOperations"]["Effective_ACs"] == pytest.approx(added)
    as_we_count(model, x, found)


def test_float_networks_have_the_bits_of_their_floats() -> None:
    model = Timed(nn.Linear(20, 6, bias=False), quant.FloatLIF(CURVE, beta=0.5), nn.Linear(6, 2, bias=False))
    live(model)
    x = events(20)
    found = measured(model, x)
    hidden = model.layers[1](model.layers[0](x.transpose(0, 1))).detach()
    assert hidden.any()
    assert found["Footprint"] == 4 * (120 + 12)
    assert found["ActivationSparsity"] == pytest.approx(1 - float(hidden.double().mean()), rel=1e-12)


def test_what_is_not_known_is_refused() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    with pytest.raises(ValueError, match=r"for_neurobench: layer '1' must be .* got BatchNorm1d"):
        export.for_neurobench(model)


def test_the_example_counts_what_the_chip_has() -> None:
    pytest.importorskip("neurobench.benchmarks")
    printed = io.StringIO()
    with redirect_stdout(printed):
        runpy.run_path(str(ROOT / "examples" / "neurobench_metrics.py"), run_name="__main__")
    rows = dict(line.rsplit(None, 1) for line in printed.getvalue().splitlines())
    assert float(rows["footprint, bytes"]) == (20 * 16 + 16 * 2) * 4 / 8
    assert 0.5 < float(rows["activation sparsity"]) < 1
    assert float(rows["operations a sample, dense"]) == 12 * (20 * 16 + 16 * 2)
    assert 0 < float(rows["operations a sample, effective"]) < 12 * (20 * 16 + 16 * 2)
