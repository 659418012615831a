"""`training.eprop`: ReckOn's own learning as a training, and networks on it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from spikelut import hw_profiles, quant, surrogates, training
from spikelut.training.on_chip.eprop import LEARNING, on_scale

RECKON = hw_profiles.load("reckon")
CURVE = surrogates.Arctan(alpha=2.0)


def network(
    inputs: int = 12, neurons: int = 16, outputs: int = 2, *, seed: int = 0, profile: Any = RECKON, **lif: Any
) -> nn.Sequential:
    torch.manual_seed(seed)
    hidden = quant.LIF(profile, lif.pop("surrogate", quant.LUTSurrogate(CURVE, profile)), beta=0.97, **lif)
    first, last = (
        quant.QuantLinear(inputs, neurons, profile=profile),
        quant.QuantLinear(neurons, outputs, profile=profile),
    )
    nn.init.normal_(first.weight, std=0.4)
    return nn.Sequential(first, quant.Recurrent(hidden, neurons), last, quant.LI(profile, beta=0.9))


def weight(model: nn.Module, layer: int) -> Tensor:
    found = model.get_submodule(str(layer)).weight
    assert isinstance(found, Tensor)
    return found.detach()


def events(samples: int, steps: int = 20, inputs: int = 12, seed: int = 1) -> tuple[Tensor, Tensor]:
    """Of class 0 the first half of the inputs fires, of class 1 the second."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(samples) % 2
    half = torch.arange(inputs) * 2 // inputs
    rate = torch.where(half == y[:, None], 0.4, 0.05)
    return (torch.rand(samples, steps, inputs, generator=generator) < rate[:, None]).float(), y


def data(samples: int = 12, **others: Any) -> training.SpikeDataset:
    return training.SpikeDataset(*events(samples, **others))


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("recurrent", [True, False])
def test_a_network_on_the_chip_gives_its_membranes(reset: str, recurrent: bool) -> None:
    """Without chance the chip's outputs are the read-out's membranes, two ticks later; spikes are one later."""
    model = network(reset=reset)
    if not recurrent:
        model[1] = model[1].neuron  # type: ignore[assignment]
    x, y = events(3)
    trains = quant.integer(model).run(x.permute(1, 0, 2).long().numpy())
    spikes, membranes = trains.values()
    chip = quant.to_reckon(quant.integer(model))
    for b, sample in enumerate(x):
        padded = np.concatenate((sample.numpy(), np.zeros((2, 12))))
        found = quant.reckon.run(chip, padded, int(y[b]), target_from=1)
        assert np.array_equal(found.outputs[2:], membranes[:, b])
        assert np.array_equal(found.spikes[1:-1], spikes[:, b])
    assert spikes.sum() > 20
    assert np.count_nonzero(membranes) > 50


def test_the_table_is_the_layers() -> None:
    """Its registers give for every membrane the slope that the layer's gradient has."""
    model = network()
    chip = quant.to_reckon(quant.integer(model), registers=LEARNING)
    table = quant.Table.from_surrogate(CURVE, RECKON)
    x = torch.arange(-(2**15), 2**15)
    registers = chip.registers
    expected = table.lookup_codes(x - 1024)
    edges = torch.tensor(registers.edges)
    found = torch.tensor(registers.slopes)[torch.bucketize(x, edges, right=True)]
    assert torch.equal(found, expected)
    assert len(set(registers.slopes)) > 2


def test_weights_are_those_of_the_chip_sample_by_sample() -> None:
    """What `eprop` does in two epochs is `run` in the same order, and the model has the chip's weights."""
    model, train = network(), data()
    chip = quant.to_reckon(quant.integer(model), registers=LEARNING | {"seed_inp": 77})
    before = [w.copy() for w in chip.weights]
    done = training.eprop(model, train, epochs=2, shuffle=False, registers={"seed_inp": 77}, target_from=3)
    x, y = events(12)
    right = []
    for _ in range(2):
        for sample, label in zip(x.numpy(), y.tolist(), strict=True):
            padded = np.concatenate((sample, np.zeros((2, 12))))
            right.append(quant.reckon.run(chip, padded, label, target_from=3, learn=True).prediction == label)
    assert done.chip is not None
    assert done.network is not None
    for found, expected, old in zip(done.chip.weights, chip.weights, before, strict=True):
        assert np.array_equal(found, expected)
        assert not np.array_equal(found, old)
    layers: Any = done.network.layers
    learned = layers[0].weight.T, layers[1].recurrent.weight.T, layers[2].weight.T
    assert all(np.array_equal(a, b) for a, b in zip(learned, chip.weights, strict=True))
    assert [epoch.accuracy for epoch in done.history] == [sum(right[:12]) / 12, sum(right[12:]) / 12]
    given = x.permute(1, 0, 2)
    membranes = list(done.network.run(given.long().numpy()).values())[-1]
    assert np.array_equal(model(given).detach().numpy() * 1024, membranes)


def test_it_learns() -> None:
    done = training.eprop(network(), data(40), val=data(40, seed=2), epochs=4, registers={"lr_p_wout": 18})
    assert done.best.val_accuracy is not None
    assert done.best.val_accuracy > 0.9


def test_the_best_by_validation_is_kept() -> None:
    """The model ends as it was after the best epoch, the chip as it is after the last."""
    seen: list[Any] = []

    class Keep(training.Callback):
        def on_epoch(self, state: training.State) -> None:
            seen.append(weight(state.model, 2).clone())

    model = network(seed=4)
    done = training.eprop(model, data(), val=data(seed=5), epochs=5, callbacks=[Keep()], registers={"lr_p_wout": 20})
    best = seen[done.best.number - 1]
    assert torch.equal(weight(model, 2), best)
    assert any(not torch.equal(best, other) for other in seen)
    assert done.history[done.best.number - 1] == done.best


def test_it_goes_on_from_integers_and_stops() -> None:
    done = training.eprop(quant.integer(network()), data(), epochs=50, patience=2, seed=3, registers={"do_eprop": 4})
    assert done.stopped == "no better accuracy in 2 epochs"
    assert isinstance(done.model, nn.Sequential)


def test_loggers_are_told(tmp_path: Path) -> None:
    training.eprop(network(), data(), epochs=2, loggers=[training.CSVLogger(tmp_path / "history.csv")])
    assert len((tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()) == 3


def test_padded_steps_are_not_run() -> None:
    """A sample with a mask at its end is the shorter one."""
    x, y = events(2)
    mask = torch.ones(20, 2, dtype=torch.bool)
    mask[15:] = False
    found = [network(), network()]
    whole = training.Batch(x.permute(1, 0, 2), y, mask)
    cut = training.Batch(x.permute(1, 0, 2)[:15], y)
    for model, batch in zip(found, (whole, cut), strict=True):
        loader: Any = DataLoader([batch], batch_size=None)  # type: ignore[arg-type]  # a list is a data set too
        training.eprop(model, loader, epochs=1)
    assert torch.equal(weight(found[0], 2), weight(found[1], 2))
    assert not torch.equal(weight(found[0], 2), weight(network(), 2))


def test_curves_that_the_chip_does_not_have() -> None:
    """With as many segments as the chip has a curve in place of its registers learns the same; a finer one does not."""
    five = training.eprop(network(), data(), epochs=1)
    assert five.chip is not None
    chip = quant.to_reckon(quant.integer(network()), registers=LEARNING)
    slopes = quant.Table.from_surrogate(CURVE, RECKON).lookup_codes(torch.arange(-(2**15), 2**15) - 1024)
    chip.curve = quant.reckon.Curve(slopes.numpy())
    x, _ = events(12)
    order = [int(i) for i in _order(12)]
    for i in order:
        padded = np.concatenate((x[i].numpy(), np.zeros((2, 12))))
        quant.reckon.run(chip, padded, i % 2, target_from=1, learn=True)
    assert all(np.array_equal(a, b) for a, b in zip(chip.weights, five.chip.weights, strict=True))
    finer = training.eprop(network(surrogate=CURVE), data(), epochs=1, beyond_the_chip=True)
    assert finer.chip is not None
    assert not np.array_equal(finer.chip.w_inp, five.chip.w_inp)
    assert finer.chip.curve is not None
    codes = torch.arange(-(2**15), 2**15) - 1024
    exact = CURVE.surrogate_grad(codes.double() / 1024) * 16
    assert float((torch.from_numpy(finer.chip.curve.slopes) / 64 - exact).abs().max()) <= 1 / 64  # and at 16 the most


def _order(samples: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randperm(samples, generator=generator)


@pytest.mark.parametrize("largest", [[64], [64, -64], [-64], [32, 31], [16], [1], [127], [63], [-128]])
def test_layers_hold_what_the_chip_has_learned(largest: list[int]) -> None:
    """Also where the largest weight is a power of two, which its scale would clip."""
    codes = np.zeros((3, 4), np.int8)
    codes[0, : len(largest)] = largest
    layer = quant.QuantLinear(4, 3, profile=RECKON)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(on_scale(codes) * 2.0**-7))
    found = quant.integer(nn.Sequential(layer, quant.LIF(RECKON, CURVE))).layers[0]
    assert isinstance(found, quant.IntegerLinear)
    assert np.array_equal(found.codes.astype(int) << found.left_shift, codes.astype(int) << 3)


def with_bits(bits: int) -> nn.Module:
    model = network()
    model[0] = quant.QuantLinear(12, 16, profile=RECKON, weight_bits=bits)
    return model


LOIHI = hw_profiles.load("loihi2")
NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "to_reckon: inputs must be at most 256, got 257": lambda: network(inputs=257),
    "to_reckon: recurrent neurons must be at most 256, got 258": lambda: network(neurons=258),
    "to_reckon: outputs must be at most 16, got 17": lambda: network(outputs=17),
    "to_reckon: recurrent neurons must be even in number, as they come in pairs, got 15": lambda: network(neurons=15),
    "to_reckon: network must be on the profile reckon, got 'loihi2'": lambda: network(profile=LOIHI),
    "to_reckon: the breakpoints of '1' plus its threshold must be at most 32767, got 33119": (
        lambda: network(threshold=31.5)
    ),
    "to_reckon: weights '0' must have 8 bits, as the chip learns them, got 4": lambda: with_bits(4),
    "to_reckon: '1' must have a table of five segments of five bits, or beyond_the_chip be True, "
    "got Arctan(alpha=2.0)": (lambda: network(surrogate=CURVE)),
    "to_reckon: network must be QuantLinear, Recurrent(LIF) or LIF, QuantLinear, LI on the profile reckon, "
    "got ['IntegerLinear', 'IntegerLIF']": lambda: network()[:2],
}


@pytest.mark.parametrize("message", NETWORKS)
def test_networks_that_the_chip_cannot_hold(message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        training.eprop(NETWORKS[message](), data(), epochs=1)


ARGUMENTS: dict[str, dict[str, Any]] = {
    "eprop: epochs must be an integer in 1..2147483648, got 0": {"epochs": 0},
    "eprop: settle must be an integer in 0..65536, got -1": {"settle": -1},
    "run: target_from must be an integer in 1..21, got 22": {"target_from": 22},
    "to_reckon: registers must be those of quant.reckon.Registers, got ['lr']": {"registers": {"lr": 1}},
    "to_reckon: registers must not be those that the network decides, got ['kappa']": {"registers": {"kappa": 1}},
    "Registers: lr_p_winp must be an integer in 0..31, got 32": {"registers": {"lr_p_winp": 32}},
    "eprop: events must be 0 or 1, as the chip takes an input once in a step, got 2.0": {
        "train": training.SpikeDataset(torch.full((2, 5, 12), 2.0), torch.tensor([0, 1]))
    },
    "eprop: a batch: y must be labels 0..1, got 2": {
        "train": training.SpikeDataset(torch.ones(1, 5, 12), torch.tensor([2]))
    },
    "eprop: samples must be [T, 12], got [5, 7]": {
        "train": training.SpikeDataset(torch.ones(2, 5, 7), torch.tensor([0, 1]))
    },
}


@pytest.mark.parametrize("message", ARGUMENTS)
def test_arguments_that_are_refused(message: str) -> None:
    given: dict[str, Any] = {"train": data(), "epochs": 1} | ARGUMENTS[message]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        training.eprop(network(), given.pop("train"), **given)
