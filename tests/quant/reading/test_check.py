"""Before training, everything that would be refused is said at once, and which layers are silent."""

from typing import Any

import pytest
import torch
from graph_models import GRAPHS, P, conv, events, graph, lif, linear, readout
from torch import Tensor, nn

from spikelut import quant
from spikelut.surrogates import Arctan


@pytest.mark.parametrize("name", GRAPHS)
def test_what_can_be_deployed_has_no_problems(name: str) -> None:
    model, inputs = graph(name)
    found = quant.check(model, inputs if len(inputs) > 1 else inputs[0])
    assert found.ok, found
    assert found.silent == ()
    assert str(found).endswith("can be deployed")
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    spiking = [x.name for x in network.layers if isinstance(x, quant.IntegerLIF) and not x.reads_out]
    assert [layer.name for layer in found.layers if layer.spiking is not None] == spiking


class Wrong(nn.Module):
    """Several things that no chip does."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.lif1, self.conv2, self.lif2 = conv(2, 4), lif(), conv(4, 4), lif()
        self.act, self.head, self.out = nn.ReLU(), linear(4 * 4, 3), readout()

    def forward(self, x: Tensor) -> Tensor:
        spikes = self.lif1(self.conv1(x))
        spikes = spikes + self.conv2(spikes)  # spikes and currents
        spikes = self.lif2(self.act(self.conv2(spikes)))
        spikes = spikes[..., ::4, ::4] * 0.3
        found: Tensor = self.out(self.head(spikes.flatten(2)))
        return found


def test_all_problems_are_said_with_what_to_do() -> None:
    found = quant.check(Wrong(), events(3, 2, 2, 8, 8))
    assert not found.ok
    assert found.layers == ()
    text = "\n".join(found.problems)
    assert "operations must be ones that are read, got relu" in text
    assert "spikes are no currents: give each its weights, and add what these give" in text
    assert "spikes must be multiplied by a power of two (or pool by sums" in text
    assert len(found.problems) == 3
    assert str(found).endswith("3 to be changed")
    with pytest.raises(ValueError, match="integer: "):
        quant.integer(Wrong(), example=(3, 2, 2, 8, 8))


def test_silent_layers_are_named() -> None:
    first, second = linear(6, 4), linear(4, 3)
    model = nn.Sequential(first, lif(), second, lif())
    nn.init.constant_(first.weight, 0.5)
    nn.init.constant_(second.weight, -0.5)
    found = quant.check(model, torch.ones(4, 2, 6))
    assert found.ok
    assert found.silent == ("3",)
    assert not found.layers[3].able
    assert "WARNING: no input brings its neurons to their threshold" in str(found)
    nn.init.constant_(second.weight, 0.5)
    quiet = quant.check(model, torch.zeros(4, 2, 6))
    assert quiet.silent == ("1", "3")
    assert quiet.layers[1].able
    assert "WARNING: no neuron spikes on this input" in str(quiet)


def test_fan_in_and_reach() -> None:
    model = nn.Sequential(conv(2, 4), lif(), nn.Flatten(2), linear(4 * 64, 3), readout())
    found = quant.check(model, events(3, 2, 2, 8, 8))
    assert [layer.fan_in for layer in found.layers] == [18, 0, 256, 0]
    network = quant.integer(model)
    assert found.layers[2].reach == network.signals["3"].reach / 1_073_741_760


def test_unread_layers_and_inputs() -> None:
    layer: Any = quant.FloatLIF(Arctan())
    found = quant.check(nn.Sequential(linear(6, 6), lif(), layer, layer), events(3, 2, 6))
    assert "must be one of the layers that are read, got FloatLIF" in found.problems[0]
    model = nn.Sequential(linear(6, 4), lif())
    wrong = quant.check(model, torch.full((3, 2, 6), 0.5))
    assert "must be 0 or 1" in wrong.problems[0]
    assert "layer '0': must be given [..., 6], got [3, 3, 7]" in quant.check(model, events(3, 2, 7)).problems[0]
    with pytest.raises(TypeError, match=r"^check: x must be a tensor, or several, got list"):
        quant.check(model, [1.0])  # type: ignore[arg-type]  # what is tried
    with pytest.raises(TypeError, match=r"^check: model must be a torch\.nn\.Module, got str"):
        quant.check("model", events(3, 2, 6))  # type: ignore[arg-type]  # what is tried
    with pytest.raises(ValueError, match=r"^check: x must be \[T, B, ...\], not empty, got \(0, 2, 6\)"):
        quant.check(model, torch.ones(0, 2, 6))


def test_it_leaves_everything_as_it_was() -> None:
    model, inputs = graph("spikes added")
    model.train()
    state = torch.get_rng_state()
    quant.check(model, inputs[0])
    assert model.training
    assert torch.equal(state, torch.get_rng_state())
    assert P.name == "generic16"
