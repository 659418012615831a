"""Recurrent weights, their bias and the first step: one rule, here and beside snnTorch and norse."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")
GENERIC = hw_profiles.load("generic16")
IN, HIDDEN = 6, 12


def events(steps: int = 30, batch: int = 8) -> Tensor:
    return (torch.rand((steps, batch, IN), generator=torch.Generator().manual_seed(1)) < 0.4).float()


def with_bias(recurrent: Any, seed: int = 0) -> Any:
    """`recurrent` with weights and a bias to them, as snnTorch has it."""
    random = torch.Generator().manual_seed(seed)
    recurrent.linear = nn.Linear(HIDDEN, HIDDEN)
    recurrent.linear.weight.data.normal_(0, 0.4, generator=random)
    recurrent.linear.bias.data.normal_(0.1, 0.3, generator=random)
    return recurrent


def floats(**options: Any) -> nn.Sequential:
    first = nn.Linear(IN, HIDDEN)
    nn.init.normal_(first.weight, 0.1, 0.5, generator=torch.Generator().manual_seed(2))
    nn.init.zeros_(first.bias)
    neuron = quant.FloatLIF(Arctan(), **{"beta": 0.875, "reset": "zero", **options})
    return nn.Sequential(first, with_bias(quant.FloatRecurrent(neuron, HIDDEN)))


def test_what_arrives_in_the_first_steps() -> None:
    """The bias in all of them; what the spikes of a step weigh in the next one."""
    neuron = quant.FloatLIF(Arctan(), beta=0.0, threshold=1.0, reset="zero")
    layer = quant.FloatRecurrent(neuron, 1)
    layer.linear = nn.Linear(1, 1)
    nn.init.constant_(layer.linear.weight, 4.0)
    nn.init.constant_(layer.linear.bias, 0.25)
    current = torch.tensor([0.75, 0.0, -3.5, 0.0]).reshape(4, 1, 1)
    spikes, membranes = neuron.run(current, layer.linear)
    assert membranes.flatten().tolist() == [1.0, 4.25, 0.75, 0.25]
    assert spikes.flatten().tolist() == layer(current).flatten().tolist() == [1.0, 1.0, 0.0, 0.0]


def test_the_last_spikes_of_integers() -> None:
    """`last` is weighed in the first step; the bias of the neuron is there from it on."""
    layer = Recurrent(quant.LIF(GENERIC, Arctan(), beta=0.5, bias=2), 2)
    layer.linear.weight.data = torch.tensor([[0.0, 0.25], [0.375, 0.0]])
    assert layer.neuron.bias is not None
    layer.neuron.bias.data = torch.tensor([0.125, 0.25])
    silent = torch.zeros(1, 1, 2)
    assert layer.sequence(silent).mem.flatten().tolist() == [0.125, 0.25]
    assert layer.sequence(silent, last=torch.tensor([[1.0, 0.0]])).mem.flatten().tolist() == [0.125, 0.625]


@pytest.mark.parametrize("alpha", [None, 0.5])
def test_conversion_adds_the_bias_in_every_step(alpha: float | None) -> None:
    model, x = floats(alpha=alpha), events()
    moved = floats(alpha=alpha)
    moved[0].bias.data += moved[1].linear.bias.data  # type: ignore[union-attr, operator]  # as they were made
    moved[1].linear.bias = None  # type: ignore[union-attr]  # as above
    with torch.no_grad():
        assert (model(x) != moved(x)).float().mean() < 0.002  # sums of floats in another order
    profile = LOIHI if alpha else GENERIC
    found, expected = quant.convert(model, profile, x), quant.convert(moved, profile, x)
    for one, other in zip(found.model.parameters(), expected.model.parameters(), strict=True):
        assert torch.equal(one, other)
    assert found.layers[0].differing < (0.15 if alpha else 0.05)


@pytest.mark.interop
@pytest.mark.filterwarnings("ignore")
def test_beside_snntorch() -> None:
    """RLeaky; RSynaptic of version 1.0.0 fails where it resets without delay."""
    snntorch: Any = pytest.importorskip("snntorch")
    options = {"linear_features": HIDDEN, "init_hidden": True, "reset_mechanism": "zero", "reset_delay": False}
    theirs = snntorch.RLeaky(beta=0.875, **options)
    model, x = floats(), events()
    theirs.recurrent.load_state_dict(model[1].linear.state_dict())  # type: ignore[union-attr]  # as it was made
    with torch.no_grad():
        expected = torch.stack([theirs(current) for current in model[0](x)])
        found = model(x)
    assert 0.05 < expected.mean() < 0.6
    assert torch.equal(found, expected)
    assert found[0].any()  # the first step counts
    writer: Any = pytest.importorskip("snntorch.export_nir")
    net = nn.Sequential(model[0], theirs)
    theirs.reset_mem()
    again = export.from_nir(writer.export_to_nir(net, x[0, 0]))
    with torch.no_grad():
        assert torch.equal(again(x), expected)


@pytest.mark.interop
@pytest.mark.filterwarnings("ignore")
def test_beside_norse() -> None:
    """A cell whose current keeps nothing (dt * tau_syn_inv = 1) and whose membrane relaxes by an eighth of the way."""
    norse: Any = pytest.importorskip("norse.torch")
    model, x = floats(), events()
    bias = model[1].linear.bias  # type: ignore[union-attr]  # as it was made
    nn.init.zeros_(bias)  # type: ignore[arg-type]  # norse has none
    parameters = norse.LIFParameters(
        tau_syn_inv=torch.tensor(1000.0), tau_mem_inv=torch.tensor(125.0), v_th=torch.tensor(1.0)
    )
    weights: Any = {"input_weights": model[0].weight * 8, "recurrent_weights": model[1].linear.weight * 8}  # type: ignore[union-attr, operator]  # as above
    cell = norse.LIFRecurrentCell(IN, HIDDEN, p=parameters, autapses=True, dt=1e-3, **weights)
    state, spikes = None, []
    with torch.no_grad():
        for row in x:
            out, state = cell(row, state)
            spikes.append(out)
        expected, found = torch.stack(spikes), model(x)
    assert 0.05 < expected.mean() < 0.6
    assert int((found != expected).sum()) == 0  # of 2880


def test_quantised_recurrent_weights_have_no_bias() -> None:
    layer = Recurrent(quant.LIF(LOIHI, Arctan()), 3)
    assert isinstance(layer.linear, QuantLinear)
    assert layer.linear.bias is None
