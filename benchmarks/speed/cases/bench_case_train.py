"""A full training step of quantised weights and spiking neurons."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, TypeVar

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Work, equal
from bench_case_lif import CURVE
from bench_peers import BETA, Layer, load, snntorch_neuron, spikingjelly_lif
from torch import Tensor, nn

from spikelut import hw_profiles, quant

PROFILE = hw_profiles.load("loihi2")
Model = TypeVar("Model", bound=nn.Module)
Scores = Callable[[Tensor], Tensor]
SIZES, STEPS = (784, 512, 512, 10), 25


def table() -> quant.LUTSurrogate:
    """Loihi's table of the curve, 256 entries of 7 bits."""
    return quant.LUTSurrogate(CURVE, PROFILE)


def events(batch: int) -> tuple[Tensor, Tensor]:
    """Spikes [T, B, 784], a fifth of them ones, and labels."""
    generator = torch.Generator().manual_seed(0)
    x = (torch.rand(STEPS, batch, SIZES[0], generator=generator) < 0.2).float()
    return x, torch.randint(SIZES[-1], (batch,), generator=generator)


class Stepwise(nn.Module):
    """Linear layers and neurons in turn, one time step after the other, as snnTorch's tutorials have it."""

    def __init__(self, linears: list[nn.Module], neurons: list[Any]) -> None:
        super().__init__()
        self.linears, self.neurons = nn.ModuleList(linears), nn.ModuleList(neurons)

    def forward(self, x: Tensor) -> Tensor:
        """Spikes [T, B, 10]."""
        states = [torch.zeros(x.shape[1], size) for size in SIZES[1:]]
        outs = []
        for spikes in x:
            for i, (linear, neuron) in enumerate(zip(self.linears, self.neurons, strict=True)):
                spikes, states[i] = neuron(linear(spikes), states[i])
            outs.append(spikes)
        return torch.stack(outs)


class Multistep(nn.Module):
    """Linear layers and neurons in turn, each over the whole sequence."""

    def __init__(self, linears: list[nn.Module], neurons: list[Layer]) -> None:
        super().__init__()
        self.linears, self.neurons = nn.ModuleList(linears), neurons

    def forward(self, x: Tensor) -> Tensor:
        """Spikes [T, B, 10]."""
        for linear, neuron in zip(self.linears, self.neurons, strict=True):
            x = neuron(linear(x))
        return x


def ours_quantised(slope: Any, sizes: tuple[int, ...] = SIZES) -> nn.Sequential:
    """8-bit weights and neurons, all in the integers of Loihi 2."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [quant.QuantLinear(fan_in, fan_out, profile=PROFILE), quant.LIF(PROFILE, slope, beta=BETA)]
    return lively(nn.Sequential(*layers))


def ours_float() -> nn.Sequential:
    """The same network in floats."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(SIZES):
        layers += [nn.Linear(fan_in, fan_out, bias=False), quant.FloatLIF(CURVE, beta=BETA, reset="zero")]
    return lively(nn.Sequential(*layers))


def products_alone() -> nn.Module:
    """The products of matrices of the same step, in torch's floats: linear layers with no neurons between them."""
    return lively(nn.Sequential(*(nn.Linear(i, o, bias=False) for i, o in pairwise(SIZES))))


def brevitas_linears() -> list[nn.Module]:
    """8-bit weights with a power-of-two scale, as ours."""
    layers, scheme = load("brevitas.nn"), load("brevitas.quant").Int8WeightPerTensorFixedPoint
    return [layers.QuantLinear(i, o, bias=False, weight_quant=scheme) for i, o in pairwise(SIZES)]


def with_spikingjelly() -> nn.Module:
    """Brevitas once per sequence, and multi-step neurons."""
    return lively(Multistep(brevitas_linears(), [spikingjelly_lif("zero") for _ in SIZES[1:]]))


def with_snntorch() -> nn.Module:
    """Brevitas and snnTorch's neurons in every time step."""
    return lively(Stepwise(brevitas_linears(), [snntorch_neuron("zero") for _ in SIZES[1:]]))


def lively(model: Model) -> Model:
    """The same weights for all, large enough that every layer spikes."""
    generator = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        if parameter.ndim >= 2:
            nn.init.normal_(parameter, std=2 / parameter[0].numel() ** 0.5, generator=generator)
    return model


def training_step(model: nn.Module, data: tuple[Tensor, Tensor], scores: Scores, elements: int = 0) -> Work:
    """Forward, cross entropy of `scores` of the outputs [T, B, K], backward, and new weights."""
    x, y = data
    parameters = [p for m in model.modules() for p in m.parameters(recurse=False)]
    optimiser = torch.optim.SGD([p for p in dict.fromkeys(parameters) if p.requires_grad], lr=1e-3)

    def backward(out: Tensor) -> None:
        loss = nn.functional.cross_entropy(scores(out), y)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimiser.step()

    return Work(lambda: model(x), backward, (x, *parameters), elements)


def spike_counts(out: Tensor) -> Tensor:
    """[B, K] of spikes [T, B, K]."""
    return out.sum(0)


def mean_output(out: Tensor) -> Tensor:
    """[B, K] of a read-out's membranes [T, B, K]."""
    return out.mean(0)


def work(model: nn.Module, batch: int) -> Work:
    """A training step on spike counts, with memory per neuron and time step."""
    return training_step(model, events(batch), spike_counts, STEPS * batch * sum(SIZES[1:]))


def ours_trained(
    work: Callable[[nn.Module], Work],
    quantised: Callable[[Any], nn.Module],
    floats: Callable[[], nn.Module],
    backends: list[str],
) -> Iterator[Contender]:
    """Training steps of our networks: with integers and a table, with integers and the curve, and in floats."""
    yield from ours("integers, table", lambda: work(quantised(table())), backends)
    yield from ours("integers, analytic", lambda: work(quantised(CURVE)), backends)
    yield from ours("float", lambda: work(floats()), backends)


class Train(Case):
    """784-512-512-10, T = 25."""

    name = "train"
    title = "Training step of 784-512-512-10, T = 25, 8-bit weights"
    text = (
        "A step is the forward pass, the cross entropy of spike counts, the backward pass and an update by SGD. "
        "Memory is counted per neuron and step. `matrix products alone` are torch's linear layers in floats, "
        "without neurons."
    )
    main = ("integers, table", "integers, analytic")

    def settings(self) -> list[Setting]:
        return [{"batch": batch, "threads": 2} for batch in (16, 128)]

    def quick(self) -> list[Setting]:
        return self.settings()

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        batch = int(setting["batch"])
        yield from ours_trained(lambda model: work(model, batch), ours_quantised, ours_float, backends)
        yield Contender("Brevitas + snnTorch", lambda: work(with_snntorch(), batch))
        yield Contender("Brevitas + SpikingJelly", lambda: work(with_spikingjelly(), batch))
        yield Contender("matrix products alone", lambda: work(products_alone(), batch))

    def check(self) -> int:
        """The spikes of every layer are those of the NumPy reference."""
        compared, (x, _) = 0, events(8)
        for slope in (table(), CURVE):
            model = ours_quantised(slope)
            trains = quant.spike_trains(model, x)
            for name, wanted in quant.integer(model).run(x.numpy()).items():
                assert 0 < trains[name].mean() < 1
                compared += equal(f"network, layer {name}", trains[name], torch.from_numpy(wanted).float())
        return compared
