"""What a training step changes besides weights: running statistics and other buffers; learned decays and thresholds."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from train_step_check import compare
from train_step_models import CURVE, Stepper, batches, descend, difference, parameters

from spikelut import hw_profiles, quant
from spikelut.export.train_step.write import to_train_step
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear

STEPS, BATCH, INPUTS, CLASSES = 3, 5, 6, 3
# Sums of some hundred float32 products, in another order.
SLACK = 1e-6


def of_membranes(out: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(out.mean(0), target)


def events(*shape: int) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(1)
    return (torch.rand(STEPS, BATCH, *shape, generator=random) < 0.4).float(), torch.arange(BATCH) % CLASSES


OWN: list[tuple[str, str, bool, bool]] = [
    # A shift, a factor with many bits, wide registers, a synapse.
    ("generic8", "LIF", False, True),
    ("generic8", "LIF", True, True),
    ("tflm_int16", "LIF", True, True),
    ("spinnaker1", "LIF", True, False),
    ("loihi2", "CubaLIF", True, True),
]


@pytest.mark.parametrize(("name", "kind", "own", "learned"), OWN)
def test_decays_and_thresholds(name: str, kind: str, own: bool, learned: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    profile = hw_profiles.load(name)
    values: Any = {"beta": [0.5, 0.75, 0.9, 0.6], "threshold": [1.0, 0.5, 1.0, 0.25]} if own else {"beta": 0.8}
    values |= {"alpha": [0.5, 0.25, 0.75, 0.5] if own else 0.5} if kind == "CubaLIF" else {}
    slope = quant.LUTSurrogate(CURVE, profile)
    neurons = getattr(quant, kind)(profile, slope, learn_beta=learned, learn_threshold=learned, **values)
    ends = (nn.Flatten(2), QuantLinear(16, CLASSES, profile=profile), quant.LI(profile))
    weights = QuantConv2d(1, 4, 3, profile=profile)
    weights.weight.data *= 6
    model = nn.Sequential(weights, neurons, *ends)
    found = compare(model, *events(1, 4, 4), of_membranes, tmp_path, batch=4)
    assert found.output == 0
    assert max(found.loss, found.weights) < SLACK
    assert found.active > 0.1
    assert found.moved > 0.3
    assert ("1.raw_beta.new" in found.names, "1.raw_threshold.new" in found.names) == (learned, learned)


# Shifts k of 1 - 2**-k nearest to a decay; of two as near the smaller.
AMOUNTS = {0.5: 1, 0.8125: 2, 0.8126: 3, 0.9: 3}


@pytest.mark.parametrize("name", ["generic8", "loihi2"])
def test_learned_decays_are_rounded_as_the_layer_rounds_them(name: str, tmp_path: Path) -> None:
    """Values on, beside and between what the chip has, and beyond it, go into one file."""
    torch.manual_seed(0)
    profile = hw_profiles.load(name)
    lif = quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), beta=0.75, learn_beta=True, learn_threshold=True)
    weights = QuantLinear(INPUTS, 8, profile=profile)
    weights.weight.data *= 3
    model = nn.Sequential(weights, lif)
    x, _ = events(INPUTS)
    to_train_step(model, x, tmp_path / "x.onnx", loss="mse", learning_rate=1.0, example_target=torch.zeros(BATCH, 8))
    stepper, seen = Stepper(tmp_path / "x.onnx", model), set()
    # Halfway between two shifts, just above, and beyond what the chip has.
    for beta, threshold in [(0.5, 1.0), (0.8125, 0.3), (0.8126, 0.3), (0.9, 0.77), (0.97, 0.5), (-1, -1), (5, 3)]:
        model.load_state_dict({"1.raw_beta": torch.tensor(beta), "1.raw_threshold": torch.tensor(threshold)}, False)
        if name == "generic8" and beta in AMOUNTS:
            assert lif.spec.leak.amount == AMOUNTS[beta]
        stepper.parameters = parameters(model)
        stepper(x, torch.zeros(BATCH, 8))
        assert np.array_equal(stepper.output, model(x).detach().numpy())
        seen.add(stepper.output.sum())
    assert len(seen) > 4


def normalised(affine: bool = True) -> nn.Sequential:
    torch.manual_seed(0)
    profile = hw_profiles.load("generic16")
    norms = nn.BatchNorm2d(4, affine=affine), nn.BatchNorm1d(8)
    for norm in norms[0 if affine else 1 :]:
        nn.init.uniform_(norm.weight, 1, 2)
        nn.init.uniform_(norm.bias, 0, 0.5)
    slope = quant.LUTSurrogate(CURVE, profile)
    first = (QuantConv2d(1, 4, 3, profile=profile), quant.TimeDistributed(norms[0]), quant.LIF(profile, slope))
    second = (QuantLinear(16, 8, profile=profile), quant.TimeDistributed(norms[1]), quant.LIF(profile, slope))
    ends = (QuantLinear(8, CLASSES, profile=profile), quant.LI(profile))
    return nn.Sequential(*first, nn.Flatten(2), *second, *ends)


@pytest.mark.parametrize("training", [True, False])
def test_batch_normalisation(training: bool, tmp_path: Path) -> None:
    """Real numbers between the integers: of the same mean and variance, but for the order of their sums."""
    model = normalised().train(training)
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    proto = to_train_step(model, (STEPS, 4, 1, 4, 4), tmp_path / "x.onnx")
    assert all(torch.equal(buffer, before[name]) for name, buffer in model.named_buffers())
    statistics = [name for name in before if "running" in name or "tracked" in name]
    assert len(statistics) == 6
    names = [value.name for value in proto.graph.output]
    assert [name for name in statistics if f"{name}.new" in names] == (statistics if training else [])
    found = compare(model, *events(1, 4, 4), of_membranes, tmp_path, batch=4)
    assert found.output == 0
    assert max(found.loss, found.weights, found.states) < SLACK
    assert found.active > 0.3
    assert found.moved > 0.5


@pytest.mark.parametrize("training", [True, False])
def test_folded_batch_normalisation(training: bool, tmp_path: Path) -> None:
    """gamma and beta learn through the chip's integers, with statistics that stay as they are."""
    torch.manual_seed(0)
    profile = hw_profiles.load("generic16")
    layer = QuantConv2d(1, 4, 3, profile=profile, batch_norm=True)
    neurons = quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), bias=layer)
    ends = (nn.Flatten(2), QuantLinear(16, CLASSES, profile=profile), quant.LI(profile))
    model, (x, y) = nn.Sequential(layer, neurons, *ends), events(1, 4, 4)
    model(x)  # which gives it statistics
    assert layer.batch_norm is not None
    layer.batch_norm.freeze()
    found = compare(model.train(training), x, y, of_membranes, tmp_path, batch=4)
    assert found.output == 0
    assert max(found.loss, found.weights, found.states) < SLACK
    assert found.active > 0.3
    assert found.moved > 0.5
    assert {"0.batch_norm.weight.new", "0.batch_norm.bias.new"} <= set(found.names)


class Trace(nn.Module):
    """A running mean of what came, and how often."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.full((inputs,), 0.25))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))

    def forward(self, x: Tensor) -> Tensor:
        mean, count = self.get_buffer("mean"), self.get_buffer("count")
        with torch.no_grad():
            mean.mul_(0.75).add_(x.mean((0, 1)), alpha=0.25)
            count.add_(1)
        return x - mean


def test_buffers_are_states(tmp_path: Path) -> None:
    torch.manual_seed(0)
    profile = hw_profiles.load("generic16")
    model = nn.Sequential(Trace(INPUTS), nn.Linear(INPUTS, CLASSES), quant.LI(profile))
    proto = to_train_step(model, (STEPS, 4, INPUTS), tmp_path / "x.onnx", learning_rate=0.1)
    inputs = [value.name for value in proto.graph.input]
    assert inputs == ["input", "target", "1.weight", "1.bias", "0.mean", "0.count"]
    assert [value.name for value in proto.graph.output] == ["loss", *(f"{name}.new" for name in inputs[2:]), "output"]
    onnx.checker.check_model(proto, full_check=True)
    found = compare(model, *events(INPUTS), of_membranes, tmp_path, batch=4)
    assert found.output == 0
    assert max(found.loss, found.weights, found.states) < SLACK
    assert found.active > 0.3
    assert found.moved > 0.5


def test_what_comes_out_goes_in_again(tmp_path: Path) -> None:
    """Forty steps with running statistics and a learned decay, each compared with torch's from where the file is."""
    torch.manual_seed(0)
    profile = hw_profiles.load("generic16")
    lif = quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), beta=0.5, learn_beta=True)
    norm = quant.TimeDistributed(nn.BatchNorm1d(12))
    ends = QuantLinear(INPUTS, 12, profile=profile), QuantLinear(12, CLASSES, profile=profile)
    model = nn.Sequential(ends[0], norm, lif, ends[1])
    to_train_step(model, (STEPS, 4, INPUTS), tmp_path / "x.onnx", loss="cross_entropy", learning_rate=0.1)
    stepper = Stepper(tmp_path / "x.onnx", model)
    tensors: dict[str, Tensor] = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    names = [name.removesuffix(".new") for name in stepper.names if name.endswith(".new")]
    stepper.parameters = start = {name: tensors[name].detach().numpy().copy() for name in names}
    same, values = 0, 0
    for x, y in batches((STEPS, INPUTS), 40, (5, 3, 8)):
        given = {name: torch.from_numpy(value) for name, value in stepper.parameters.items()}
        model.load_state_dict(given, strict=False)
        stepper(x, y)
        out: list[Tensor] = []

        def loss(made: Tensor, target: Tensor, kept: list[Tensor] = out) -> Tensor:
            kept.append(made)
            return functional.cross_entropy(made.sum(0), target)

        descend(model, loss, x, y)
        same += int((stepper.output == out[0].detach().numpy()).sum())
        values += stepper.output.size
        # A current that lies between two codes may be rounded the other way, and a slope read one entry further on.
        assert difference(stepper.parameters, {name: tensors[name].detach().numpy() for name in names}) < 1e-4
    assert same == values
    assert int(stepper.parameters["1.module.num_batches_tracked"]) == 40
    moved = {name: float(np.abs(stepper.parameters[name] - start[name]).max()) for name in names}
    assert min(moved.values()) > 0.005
