"""Networks in the styles of snnTorch and SpikingJelly, converted as their users write them.

The frameworks are not dependencies: where one is not installed, its tests are skipped.
"""

from typing import Any

import pytest
import torch
from float_networks import events, exact, lively
from torch import Tensor, nn
from torch.nn import functional

from spikelut import hw_profiles, quant

pytestmark = [
    pytest.mark.interop,
    pytest.mark.filterwarnings("ignore"),  # the frameworks call deprecated parts of torch and Python
]

P, LOIHI = hw_profiles.load("generic16"), hw_profiles.load("loihi2")
T, B = 7, 5


def read_exactly(found: quant.Conversion) -> None:
    assert max(layer.misread for layer in found.layers) == 0


def test_a_loop_over_time_with_states_by_hand() -> None:
    snntorch = pytest.importorskip("snntorch")

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1, self.lif1 = nn.Conv2d(1, 4, 5), snntorch.Leaky(beta=0.5)
            self.conv2, self.lif2 = nn.Conv2d(4, 8, 3), snntorch.Leaky(beta=0.6)
            self.fc, self.lif3 = nn.Linear(8 * 4, 3), snntorch.Leaky(beta=0.5)

        def forward(self, x: Tensor) -> Any:
            mem1, mem2, mem3 = (neurons.init_leaky() for neurons in (self.lif1, self.lif2, self.lif3))
            spikes, membranes = [], []
            for t in range(x.size(0)):
                spk1, mem1 = self.lif1(functional.max_pool2d(self.conv1(x[t]), 2), mem1)
                spk2, mem2 = self.lif2(functional.max_pool2d(self.conv2(spk1), 2), mem2)
                spk3, mem3 = self.lif3(self.fc(spk2.flatten(1)), mem3)
                spikes.append(spk3)
                membranes.append(mem3)
            return torch.stack(spikes), torch.stack(membranes)

    found = exact(lively(Net(), 2.5, 0.1), P, events(T, B, 1, 16, 16))
    read_exactly(found)
    assert found.compared_with == "model(events)"
    assert found.notes == ("left out: the mem of 'lif3', a state",)
    assert [layer.neurons for layer in found.layers] == ["lif1", "lif2", "lif3"]
    # generic16 subtracts before the leak, snnTorch after it.
    assert max(layer.differing for layer in found.layers) < 0.3


@pytest.mark.parametrize("hidden", [True, False])
def test_images_that_a_loop_shows_again_and_again(hidden: bool) -> None:
    snntorch = pytest.importorskip("snntorch")
    utils = pytest.importorskip("snntorch.utils")

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1, self.lif1 = nn.Linear(12, 9), snntorch.Leaky(beta=0.9, init_hidden=hidden)
            self.fc2, self.lif2 = nn.Linear(9, 3), snntorch.Leaky(beta=0.9, init_hidden=hidden)

        def forward(self, x: Tensor) -> Tensor:
            utils.reset(self)
            mem1, mem2, spikes = self.lif1.init_leaky(), self.lif2.init_leaky(), []
            for _ in range(T):
                if hidden:
                    spk = self.lif2(self.fc2(self.lif1(self.fc1(x))))
                else:
                    spk, mem1 = self.lif1(self.fc1(x), mem1)
                    spk, mem2 = self.lif2(self.fc2(spk), mem2)
                spikes.append(spk)
            return torch.stack(spikes)

    x = (torch.rand(1, B, 12, generator=torch.Generator().manual_seed(0)) * 255).round() / 256
    found = exact(lively(Net(), 2.0, 0.1), P, x, input_step=1 / 256)
    read_exactly(found)
    assert found.compared_with == "model(events[0])"
    assert found.model(x).shape == (T, B, 3)


def test_a_forward_of_one_step() -> None:
    snntorch = pytest.importorskip("snntorch")

    class Step(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Sequential(nn.Linear(12, 9), snntorch.Leaky(beta=0.9, init_hidden=True))
            self.b = nn.Sequential(nn.Linear(12, 9), snntorch.Leaky(beta=0.7, init_hidden=True))
            self.out, self.last = nn.Linear(18, 3), snntorch.Leaky(beta=0.8, init_hidden=True, output=True)

        def forward(self, x: Tensor) -> Any:
            return self.last(self.out(torch.cat([self.a(x), self.b(x)], 1)))

    found = exact(lively(Step(), 2.0, 0.1), P, events(T, B, 12))
    read_exactly(found)
    assert found.compared_with == "model(events[t]), step by step"

    class Twice(Step):
        def forward(self, x: Tensor) -> Any:
            return self.last(self.out(torch.cat([self.a(x), self.a(x)], 1)))

    with pytest.raises(
        ValueError, match=r"layer 'a\.1': must be called once in a forward of one step, as it keeps its"
    ):
        quant.convert(Twice(), P, events(T, B, 12))


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("kind", ["dense", "diagonal", "synaptic"])
def test_spikes_fed_back(kind: str, reset: str) -> None:
    snntorch = pytest.importorskip("snntorch")
    common: dict[str, Any] = {"beta": 0.8, "init_hidden": True, "reset_mechanism": reset}
    if kind == "diagonal":
        neurons = snntorch.RLeaky(all_to_all=False, V=torch.rand(9), **common)
    elif kind == "dense":
        neurons = snntorch.RLeaky(linear_features=9, **common)
    else:
        neurons = snntorch.RSynaptic(alpha=0.6, linear_features=9, **common)
    last = snntorch.Leaky(beta=0.8, init_hidden=True, reset_mechanism="none", output=True)
    model = lively(nn.Sequential(nn.Linear(12, 9), neurons, nn.Linear(9, 3), last), 1.5, 0.1)
    found = exact(model, P if kind != "synaptic" else LOIHI, events(T, B, 12))
    if reset == "subtract":
        read_exactly(found)
    else:
        assert "the step after a spike takes in its input, as in other neurons" in found.layers[0].changes
    assert isinstance(found.model[1], quant.Recurrent)
    if kind == "diagonal":
        weights = found.model[1].linear.weight.detach()
        assert torch.count_nonzero(weights) == 9
        assert torch.count_nonzero(weights.diag()) == 9


def test_each_neuron_of_snntorch_has_its_own_numbers() -> None:
    snntorch = pytest.importorskip("snntorch")
    torch.manual_seed(0)
    channels = snntorch.Leaky(beta=torch.rand(4, 1, 1), threshold=torch.rand(4, 1, 1) + 0.5, init_hidden=True)
    rows = snntorch.Leaky(beta=torch.rand(3), learn_beta=True, init_hidden=True)
    model = lively(nn.Sequential(nn.Conv2d(2, 4, 3), channels, nn.Flatten(), nn.Linear(64, 3), rows), 2.0, 0.1)
    found = exact(model, P, events(T, B, 2, 6, 6))
    read_exactly(found)
    assert len(found.layers[0].beta[0]) == 4  # type: ignore[arg-type]  # a tuple
    assert found.model[4].beta.shape == (3,)


def spikingjelly() -> tuple[Any, Any, Any]:
    names = ("neuron", "layer", "functional")
    return tuple(pytest.importorskip(f"spikingjelly.activation_based.{name}") for name in names)


@pytest.mark.parametrize("mode", ["s", "m"])
def test_learned_decays_dropout_and_votes(mode: str) -> None:
    neuron, layer, of = spikingjelly()
    model: Any = nn.Sequential(
        layer.Conv2d(2, 4, 3, padding=1, bias=False), layer.BatchNorm2d(4), neuron.ParametricLIFNode(init_tau=1.5),
        layer.MaxPool2d(2, 2), layer.Flatten(), layer.Dropout(0.5), layer.Linear(64, 12),
        neuron.ParametricLIFNode(init_tau=1.3, detach_reset=True), layer.VotingLayer(4),
    )  # fmt: skip
    of.set_step_mode(model, mode)
    with torch.no_grad():
        model[2].w.add_(0.2)  # learned
    found = exact(lively(model, 4.0, 0.5), P, events(T, B, 2, 8, 8))
    read_exactly(found)
    assert found.notes == ("output 'output' is that of the float network divided by 0.25",)
    assert found.layers[0].beta[0] == pytest.approx(1 - float(model[2].w.sigmoid()))
    assert max(r.differing for r in found.layers) < 0.02


def test_residual_blocks_of_spikes() -> None:
    neuron, layer, of = spikingjelly()

    class SEW(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            conv = nn.Sequential(layer.Conv2d(4, 4, 3, padding=1, bias=False), layer.BatchNorm2d(4))
            self.conv = nn.Sequential(conv, neuron.IFNode(detach_reset=True))

        def forward(self, x: Tensor) -> Tensor:
            return x + self.conv(x)  # type: ignore[no-any-return]

    inner = layer.SeqToANNContainer(nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4))
    model = nn.Sequential(
        inner, neuron.IFNode(), SEW(), SEW(), layer.AdaptiveAvgPool2d((1, 1)), layer.Flatten(), layer.Linear(4, 3),
    )  # fmt: skip
    of.set_step_mode(model, "m")
    found = exact(lively(model, 2.0, 0.2), P, events(T, B, 2, 8, 8))
    read_exactly(found)
    assert [r.neurons for r in found.layers] == ["1", "2.conv.1", "3.conv.1", "6"]
    assert max(r.differing for r in found.layers) < 0.02


def test_images_that_spikingjelly_repeats() -> None:
    neuron, layer, of = spikingjelly()

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv_fc = nn.Sequential(
                layer.Conv2d(1, 4, 3, padding=1, bias=False), layer.BatchNorm2d(4), neuron.IFNode(),
                layer.MaxPool2d(2, 2), layer.Flatten(), layer.Linear(64, 3, bias=False), neuron.IFNode(),
            )  # fmt: skip
            of.set_step_mode(self, "m")

        def forward(self, x: Tensor) -> Tensor:
            return self.conv_fc(x.unsqueeze(0).repeat(T, 1, 1, 1, 1)).mean(0)  # type: ignore[no-any-return]

    x = (torch.rand(1, B, 1, 8, 8, generator=torch.Generator().manual_seed(0)) * 255).round() / 256
    found = exact(lively(Net(), 2.0, 0.2), P, x, input_step=1 / 256)
    read_exactly(found)
    assert found.compared_with == "model(events[0])"


def test_what_is_not_read_says_what_to_do() -> None:
    snntorch = pytest.importorskip("snntorch")
    neuron, *_ = spikingjelly()

    class Membranes(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc, self.lif = nn.Linear(12, 3), snntorch.Leaky(beta=0.9)

        def forward(self, x: Tensor) -> Tensor:
            mem, out = self.lif.init_leaky(), []
            for step in x:
                _, mem = self.lif(self.fc(step), mem)
                out.append(mem)
            return torch.stack(out)

    class NonSpiking(neuron.LIFNode):  # type: ignore[misc,name-defined]  # of a module that may be missing
        def single_step_forward(self, x: Tensor) -> Tensor:
            return x

    cases: tuple[tuple[nn.Module, str], ...] = (
        (Membranes(), "model: forward must give spikes, or membranes of neurons that do not spike"),
        (nn.Sequential(nn.Linear(12, 3), NonSpiking(tau=2.0)), "layer '1': must compute what LIFNode does"),
        (nn.Sequential(nn.LayerNorm(12), nn.Linear(12, 3), neuron.IFNode()), "layer '0': must be Linear"),
        (nn.Sequential(nn.Linear(12, 3), neuron.KLIFNode()), "layer '1': must be Linear"),
        (
            nn.Sequential(nn.Linear(12, 3), snntorch.RLeaky(beta=0.9, conv2d_channels=3, kernel_size=3)),
            "must have linear_features",
        ),
    )
    for model, message in cases:
        with pytest.raises(ValueError, match="convert: ") as error:
            quant.convert(model, P, events(T, B, 12))
        assert message in str(error.value)
