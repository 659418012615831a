"""A training step of a recurrent layer of neurons."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from bench_case import Case, Contender, Setting, Work, equal
from bench_case_lif import CURVE
from bench_case_train import PROFILE, lively, mean_output, ours_trained, table, training_step
from bench_peers import ALPHA, BETA, curve, load
from torch import Tensor, nn

from spikelut import quant

INPUTS, NEURONS, CLASSES, STEPS = 64, 128, 20, 100


def events(batch: int) -> tuple[Tensor, Tensor]:
    """Spikes [T, B, 64], a tenth of them ones, and labels."""
    generator = torch.Generator().manual_seed(0)
    x = (torch.rand(STEPS, batch, INPUTS, generator=generator) < 0.1).float()
    return x, torch.randint(CLASSES, (batch,), generator=generator)


def ours_quantised(slope: Any) -> nn.Sequential:
    """8-bit weights and neurons, all in the integers of Loihi 2."""
    return lively(
        nn.Sequential(
            quant.QuantLinear(INPUTS, NEURONS, profile=PROFILE),
            quant.Recurrent(quant.LIF(PROFILE, slope, beta=BETA), NEURONS),
            quant.QuantLinear(NEURONS, CLASSES, profile=PROFILE),
            quant.LI(PROFILE, beta=BETA),
        )
    )


def ours_float() -> nn.Sequential:
    """The same network in floats."""
    return lively(
        nn.Sequential(
            nn.Linear(INPUTS, NEURONS, bias=False),
            quant.FloatRecurrent(quant.FloatLIF(CURVE, beta=BETA, reset="zero"), NEURONS),
            nn.Linear(NEURONS, CLASSES, bias=False),
            quant.FloatLIF(None, beta=BETA),
        )
    )


class Stepwise(nn.Module):
    """Brevitas' linear layers around a recurrent neuron of single steps, and a mean of the outputs' sums."""

    def __init__(self, step: Callable[[Tensor, Any], tuple[Tensor, Any]], *modules: nn.Module) -> None:
        super().__init__()
        layers, scheme = load("brevitas.nn"), load("brevitas.quant").Int8WeightPerTensorFixedPoint
        self.first, self.last = (
            layers.QuantLinear(i, o, bias=False, weight_quant=scheme)
            for i, o in ((INPUTS, NEURONS), (NEURONS, CLASSES))
        )
        self.step, self.inner = step, nn.ModuleList(modules)

    def forward(self, x: Tensor) -> Tensor:
        """Sums [T, B, 20]."""
        currents, state, outs = self.first(x), None, []
        for current in currents:
            spikes, state = self.step(current, state)
            outs.append(spikes)
        sums: Tensor = self.last(torch.stack(outs))
        return sums


def with_snntorch() -> nn.Module:
    """snnTorch's RLeaky, whose recurrent weights are Brevitas' as well."""
    library, layers = load("snntorch"), load("brevitas.nn")
    neuron = library.RLeaky(
        beta=BETA,
        linear_features=NEURONS,
        spike_grad=curve("snnTorch", "atan", {"alpha": 2.0}),
        reset_mechanism="zero",
    )
    scheme = load("brevitas.quant").Int8WeightPerTensorFixedPoint
    neuron.recurrent = layers.QuantLinear(NEURONS, NEURONS, bias=False, weight_quant=scheme)

    def step(current: Tensor, state: Any) -> tuple[Tensor, Any]:
        spikes, mem = state or (torch.zeros_like(current), torch.zeros_like(current))
        spikes, mem = neuron(current, spikes, mem)
        return spikes, (spikes, mem)

    return lively(Stepwise(step, neuron))


def with_spikingjelly() -> nn.Module:
    """SpikingJelly's container of a LIF node, fed back by a linear layer of floats."""
    neurons: Any = load("spikingjelly.activation_based.neuron")
    layer, functional = load("spikingjelly.activation_based.layer"), load("spikingjelly.activation_based.functional")
    node = neurons.LIFNode(
        tau=1 / (1 - BETA),
        decay_input=False,
        v_reset=0.0,
        detach_reset=True,
        surrogate_function=curve("SpikingJelly", "ATan", {"alpha": 2.0}),
    )
    container = layer.LinearRecurrentContainer(node, NEURONS, NEURONS, bias=False)

    def step(current: Tensor, state: Any) -> tuple[Tensor, Any]:
        if state is None:
            functional.reset_net(container)
        return container(current), True

    return lively(Stepwise(step, container))


def with_norse() -> nn.Module:
    """norse's recurrent cell, in floats, with its synaptic current and a reset to zero."""
    norse: Any = load("norse.torch")
    rates = {"tau_mem_inv": torch.tensor(1000 * (1 - BETA)), "tau_syn_inv": torch.tensor(1000 * (1 - ALPHA))}
    parameters = norse.LIFParameters(method="super", alpha=torch.tensor(100.0), **rates)
    cell = norse.LIFRecurrentCell(NEURONS, NEURONS, p=parameters, input_weights=torch.eye(NEURONS))
    cell.input_weights.requires_grad_(False)
    return lively(Stepwise(lambda current, state: cell(current, state), cell))


PEERS: dict[str, Callable[[], nn.Module]] = {
    "Brevitas + snnTorch RLeaky": with_snntorch,
    "Brevitas + SpikingJelly container": with_spikingjelly,
    "Brevitas + norse": with_norse,
}


def work(model: nn.Module, batch: int) -> Work:
    """A training step on the mean read-out, with memory per recurrent neuron and time step."""
    return training_step(model, events(batch), mean_output, STEPS * batch * NEURONS)


class RecurrentTrain(Case):
    """64 inputs, 128 neurons that feed back, 20 classes, T = 100."""

    name = "recurrent"
    title = "Training step of a recurrent layer of 128, T = 100, 8-bit weights"
    text = (
        "The network is 64-128-20. A step is the forward pass, the cross entropy of the mean read-out, the "
        "backward pass and an update by SGD. With snnTorch, the recurrent weights are quantised by Brevitas too. "
        "In SpikingJelly's container and in norse, they are floats. norse's neurons also have a synaptic current."
    )
    main = ("integers, table", "integers, analytic")

    def settings(self) -> list[Setting]:
        return [{"batch": batch, "threads": 2} for batch in (32, 256)]

    def quick(self) -> list[Setting]:
        return self.settings()

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        batch = int(setting["batch"])
        yield from ours_trained(lambda model: work(model, batch), ours_quantised, ours_float, backends)
        for name, make in PEERS.items():
            yield Contender(name, lambda make=make: work(make(), batch))  # type: ignore[misc]  # a default binds the loop's value

    def check(self) -> int:
        """The spikes and the read-out are those of the NumPy reference."""
        compared, (x, _) = 0, events(8)
        for slope in (table(), CURVE):
            model = ours_quantised(slope)
            found = quant.spike_trains(model, x)
            assert 0 < found["1"].mean() < 1
            for name, wanted in quant.integer(model).run(x.numpy()).items():
                compared += equal(f"network, layer {name}", found[name], torch.from_numpy(wanted).to(found[name]))
        return compared
