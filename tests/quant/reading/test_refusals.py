"""What is not read is refused by its place, with what to do instead; nothing of it is read as something else."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from graph_models import P, conv, lif, linear, readout
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.neurons.lif import CubaLIF
from spikelut.surrogates import Arctan


class Net(nn.Module):
    """Two layers of weights and neurons for 6 inputs, and a forward that is given."""

    def __init__(self, forward: Callable[[Any, Tensor], Any]) -> None:
        super().__init__()
        self.fc1, self.lif1, self.fc2, self.lif2 = linear(6, 6), lif(), linear(6, 6), lif()
        self.back, self.out, self.act = linear(6, 6), readout(), nn.Tanh()
        self.cuba = CubaLIF(hw_profiles.load("loihi2"), Arctan())
        self.fc3 = linear(6, 6, hw_profiles.load("loihi2"))
        self.run = forward

    def forward(self, x: Tensor) -> Any:
        return self.run(self, x)


def loop(step: Callable[[Any, Tensor, Any], tuple[Tensor, Any]]) -> Callable[[Any, Tensor], Tensor]:
    """A forward that stacks what steps give, each with what the one before left."""

    def forward(net: Any, x: Tensor) -> Tensor:
        found, held = [], None
        for t in range(len(x)):
            out, held = step(net, x[t], held)
            found.append(out)
        return torch.stack(found)

    return forward


def forgets(net: Any, x: Tensor, held: Any) -> tuple[Tensor, Any]:
    return net.lif1.step(net.fc1(x))[0], None


def swaps(net: Any, x: Tensor, held: Any) -> tuple[Tensor, Any]:
    one, two = held or (None, None)
    spikes, one = net.lif1.step(net.fc1(x), one)
    spikes, two = net.lif2.step(net.fc2(spikes), two)
    return spikes, (two, one)


def forgets_current(net: Any, x: Tensor, held: Any) -> tuple[Tensor, Any]:
    spikes, mem, _ = net.cuba.step(net.fc3(x), held)
    return spikes, mem


def feeds_back(net: Any, x: Tensor, held: Any) -> tuple[Tensor, Any]:
    one, two, spikes = held or (None, None, None)
    current = net.fc1(x) if spikes is None else net.fc1(x) + net.back(spikes)
    spikes, one = net.lif1.step(current, one)
    spikes, two = net.lif2.step(net.fc2(spikes), two)
    return spikes, (one, two, spikes)


def reads_membrane(net: Any, x: Tensor, held: Any) -> tuple[Tensor, Any]:
    _, mem = net.lif1.step(net.fc1(x), held)
    return mem * 2, mem


def half_the_time(net: Any, x: Tensor) -> Tensor:
    mem, found = None, []
    for t in range(0, len(x), 2):
        spikes, mem = net.lif1.step(net.fc1(x[t]), mem)
        found.append(spikes)
    return torch.stack(found)


CASES: dict[str, tuple[Callable[[Any, Tensor], Any], str]] = {
    "a state that is not handed on": (loop(forgets), "layer 'lif1': mem must be handed on from step to step"),
    "states that are exchanged": (loop(swaps), "mem must be its own of the step before, got that of 'lif2'"),
    "a current that is not handed on": (loop(forgets_current), "layer 'cuba': syn must be handed on from step to step"),
    "feedback over layers": (loop(feeds_back), "feedback is Recurrent's, within its layer"),
    "a state used as a signal": (loop(reads_membrane), "states of neurons are handed on as they are"),
    "half of the steps": (half_the_time, "mem must be its own of the step before"),
    "a state from elsewhere": (
        lambda net, x: net.lif1.sequence(net.fc1(x), torch.ones(3, 6))[0],
        "mem must be None or zeros at first, as the chip starts from rest",
    ),
    "spikes added to currents": (
        lambda net, x: net.lif2((s := net.lif1(net.fc1(x))) + net.fc2(s)),
        "spikes are no currents: give each its weights",
    ),
    "weights behind weights": (lambda net, x: net.lif1(net.fc2(net.fc1(x))), "weights and neurons must alternate"),
    "neurons behind neurons": (lambda net, x: net.lif2(net.lif1(net.fc1(x))), "weights and neurons must alternate"),
    "a constant": (lambda net, x: net.lif1(net.fc1(x) + 0.5), "constants belong into the bias of neurons"),
    "a function": (
        lambda net, x: net.lif1(torch.sigmoid(net.fc1(x))),
        "operations must be ones that are read",
    ),
    "a layer of torch": (lambda net, x: net.lif1(net.act(net.fc1(x))), "layer 'act': operations must be ones"),
    "scaled currents": (lambda net, x: net.lif1(net.fc1(x) * 0.5), "put the factor into the weights"),
    "an odd factor": (lambda net, x: net.lif2(net.lif1(net.fc1(x)) * 0.3), "must be multiplied by a power of two"),
    "an average without its step": (
        lambda net, x: net.lif2(net.fc2(net.lif1(net.fc1(x)) * 0.5)),
        "layer 'fc2': input_step must be 0.5, what a spike is worth here",
    ),
    "truth values": (lambda net, x: net.lif2(net.fc2(net.lif1(net.fc1(x)).to(torch.bool))), "signals stay in float32"),
    "half precision": (lambda net, x: net.lif1(net.fc1(x).to(torch.float16)), "signals stay in float32 or float64"),
    "a value that decides": (lambda net, x: net.lif1(net.fc1(x)) if x.any() else x, "operations must be ones"),
    "layers behind a mean over time": (
        lambda net, x: net.fc2(net.lif1(net.fc1(x)).mean(0)),
        "sums over time come last",
    ),
    "batch and features exchanged": (lambda net, x: net.lif1(net.fc1(x)).transpose(1, 2), "time and batch stay"),
    "the input as it is": (lambda net, x: x, "forward must give what layers made"),
    "nothing": (lambda net, x: None, "forward must give what comes of its inputs"),
    "a number": (lambda net, x: 3.0, "forward must give tensors, got float"),
    "steps added up": (
        lambda net, x: sum((net.lif1.step(net.fc1(x[t]))[0] for t in range(1)), 0) + net.lif1.step(net.fc1(x[1]))[0],
        "mem must be handed on",
    ),
    "another chip in between": (
        lambda net, x: net.cuba(net.fc1(x)),
        "must be neurons of loihi2, as the weights before them",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_read_is_refused(name: str) -> None:
    forward, message = CASES[name]
    with pytest.raises(ValueError, match=r"^integer: ") as error:
        quant.integer(Net(forward), example=(4, 2, 6))
    assert message in str(error.value)
    assert P.name == "generic16"


def test_the_same_loops_are_read_where_they_hand_everything_on() -> None:
    def right(net: Any, x: Tensor, held: Any) -> tuple[Tensor, Any]:
        mem, syn = held or (None, None)
        spikes, mem, syn = net.cuba.step(net.fc3(x), mem, syn)
        return spikes, (mem, syn)

    net = Net(loop(right))
    nn.init.uniform_(net.fc3.weight, 0.1, 0.6)
    x = (torch.rand(6, 3, 6) < 0.5).float()
    network = quant.integer(net, example=x)
    assert [layer.name for layer in network.layers] == ["fc3", "cuba"]
    with torch.no_grad():
        own = net(x)
    assert torch.equal(torch.from_numpy(network.run(x.numpy())["cuba"]).float(), own)
    assert own.any()


def test_chips_refuse_what_only_processors_do() -> None:
    loihi = hw_profiles.load("loihi2")
    pool = quant.TimeDistributed(nn.MaxPool2d(2))
    model = nn.Sequential(conv(2, 4, profile=loihi), pool, lif(loihi))
    with pytest.raises(ValueError, match="sums are compared in software only"):
        quant.integer(model, example=(4, 2, 2, 8, 8))

    class Products(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.lif = linear(6, 6, loihi), lif(loihi)

        def forward(self, x: Tensor) -> Tensor:
            spikes = self.lif(self.fc(x))
            found: Tensor = (spikes + spikes) * spikes
            return found

    with pytest.raises(ValueError, match="must be given 0/1 spikes"):
        quant.integer(Products(), example=(4, 2, 6))
