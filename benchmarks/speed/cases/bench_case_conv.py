"""A training step of convolutions with spiking neurons, beside the convolutions alone."""

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from bench_case import Case, Contender, Setting, Work, equal
from bench_case_lif import CURVE
from bench_case_train import PROFILE, lively, ours_trained, spike_counts, table, training_step
from bench_peers import BETA, curve, load
from torch import Tensor, nn

from spikelut import quant

STEPS, SIDE, CHANNELS, CLASSES = 4, 28, (1, 16, 64), 10
LEFT = CHANNELS[-1] * 7 * 7


def events(batch: int) -> tuple[Tensor, Tensor]:
    """Spikes [T, B, 1, 28, 28], a fifth of them ones, and labels."""
    generator = torch.Generator().manual_seed(0)
    x = (torch.rand(STEPS, batch, 1, SIDE, SIDE, generator=generator) < 0.2).float()
    return x, torch.randint(CLASSES, (batch,), generator=generator)


def ours_quantised(slope: Any) -> nn.Sequential:
    """16C5-P2-64C5-P2-10, 8-bit weights and neurons in the integers of Loihi 2."""
    layers: list[nn.Module] = []
    for i, o in itertools.pairwise(CHANNELS):
        layers += [
            quant.QuantConv2d(i, o, 5, padding=2, profile=PROFILE),
            quant.LIF(PROFILE, slope, beta=BETA),
            quant.MaxPool2d(2),
        ]
    head: list[nn.Module] = [
        nn.Flatten(2),
        quant.QuantLinear(LEFT, CLASSES, profile=PROFILE),
        quant.LIF(PROFILE, slope, beta=BETA),
    ]
    model: nn.Sequential = lively(nn.Sequential(*layers, *head))
    return model


class OverTime(nn.Module):
    """Layers of images run on all steps as one batch, and what is in between on the sequences."""

    def __init__(self, convolution: Any, linear: Any, between: Any) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList(
            convolution(i, o, 5, padding=2, bias=False) for i, o in itertools.pairwise(CHANNELS)
        )
        self.linear = linear(LEFT, CLASSES, bias=False)
        self.between = [between() for _ in range(len(CHANNELS))]

    def forward(self, x: Tensor) -> Tensor:
        """Outputs [T, B, 10]."""
        batch = x.shape[1]
        for convolution, neuron in zip(self.convolutions, self.between, strict=False):
            x = neuron(convolution(x.flatten(0, 1)).reshape(STEPS, batch, -1, *x.shape[3:]))
            x = nn.functional.max_pool2d(x.flatten(0, 1), 2)
            x = x.reshape(STEPS, batch, *x.shape[1:])
        out: Tensor = self.between[-1](self.linear(x.flatten(2)))
        return out


def floor() -> nn.Module:
    """The convolutions of torch in floats, with no neurons between them."""
    model: nn.Module = lively(OverTime(nn.Conv2d, nn.Linear, lambda: lambda x: x))
    return model


def ours_float() -> nn.Module:
    """The same network in floats."""
    model: nn.Module = lively(OverTime(nn.Conv2d, nn.Linear, lambda: quant.FloatLIF(CURVE, beta=BETA, reset="zero")))
    return model


def with_spikingjelly() -> nn.Module:
    """Brevitas' 8-bit weights, once a sequence, and multi-step neurons."""
    neurons: Any = load("spikingjelly.activation_based.neuron")
    forget = load("spikingjelly.activation_based.functional").reset_net
    layers, scheme = load("brevitas.nn"), load("brevitas.quant").Int8WeightPerTensorFixedPoint
    slope = curve("SpikingJelly", "ATan", {"alpha": 2.0})

    def made() -> Any:
        node = neurons.LIFNode(
            tau=1 / (1 - BETA),
            decay_input=False,
            v_reset=0.0,
            detach_reset=True,
            surrogate_function=slope,
            step_mode="m",
        )

        def layer(x: Tensor) -> Any:
            forget(node)
            return node(x)

        return layer

    model: nn.Module = lively(
        OverTime(
            lambda *a, **k: layers.QuantConv2d(*a, weight_quant=scheme, **k),
            lambda *a, **k: layers.QuantLinear(*a, weight_quant=scheme, **k),
            made,
        )
    )
    return model


def work(model: nn.Module, batch: int) -> Work:
    """A training step on spike counts."""
    return training_step(model, events(batch), spike_counts)


class ConvolutionTrain(Case):
    """16C5-P2-64C5-P2-10, T = 4."""

    name = "conv"
    title = "Training step of 16C5-P2-64C5-P2-10, T = 4, 28 × 28, 8-bit weights"
    text = (
        "A step is the forward pass, the cross entropy of spike counts, the backward pass and an update by SGD. "
        "`convolutions alone` are torch's convolutions in floats, without neurons."
    )
    main = ("integers, table", "integers, analytic")

    def settings(self) -> list[Setting]:
        return [{"batch": 64, "threads": threads} for threads in (1, 2)]

    def quick(self) -> list[Setting]:
        return self.settings()[1:]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        batch = int(setting["batch"])
        yield from ours_trained(lambda model: work(model, batch), ours_quantised, ours_float, backends)
        yield Contender("Brevitas + SpikingJelly", lambda: work(with_spikingjelly(), batch))
        yield Contender("convolutions alone", lambda: work(floor(), batch))

    def check(self) -> int:
        """The spikes of every layer are those of the NumPy reference."""
        compared, (x, _) = 0, events(2)
        model = ours_quantised(table())
        trains = quant.spike_trains(model, x)
        for name, wanted in quant.integer(model).run(x.numpy()).items():
            assert 0 < trains[name].mean() < 1
            compared += equal(f"network, layer {name}", trains[name], torch.from_numpy(wanted).float())
        return compared
