"""Float neurons with decays and thresholds of their own: each is as in a layer of one number, also on a chip."""

from typing import Any

import nir
import numpy as np
import pytest
import torch
from float_networks import events, seeded
from nir_graphs import each, full, graph, lif, normal
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.surrogates import Arctan

SPIKE = Arctan(alpha=2.0)
BETA, THRESHOLD, ALPHA = [0.5, 0.75, 0.9, 0.0], [0.5, 1.0, 0.7, 0.3], [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("alpha", [None, ALPHA])
@pytest.mark.parametrize("order", ["leak-input-compare-reset", "input-compare-leak-reset"])
@pytest.mark.parametrize(("reset", "most"), [("subtract", 1), ("subtract", 3), ("zero", 1)])
def test_each_neuron_is_one_of_a_layer_of_its_number(reset: str, most: int, order: str, alpha: Any) -> None:
    """Spikes and gradients, to the last bit; as channels [T, B, N, ...]."""
    options: dict[str, Any] = {"reset": reset, "order": order, "max_spikes": most}
    layer = quant.FloatLIF(SPIKE, beta=BETA, threshold=torch.tensor(THRESHOLD), alpha=alpha, **options)
    x = (torch.rand((12, 2, 4, 3), generator=torch.Generator().manual_seed(0)) * 0.8).requires_grad_()
    out = layer(x)
    (grad,) = torch.autograd.grad(out.square().sum(), x)
    assert out.count_nonzero() > 0.2 * out.numel()
    for n in range(4):
        own = {"beta": BETA[n], "threshold": float(torch.tensor(THRESHOLD)[n]), "alpha": alpha and alpha[n]}
        one, given = quant.FloatLIF(SPIKE, **own, **options), x[:, :, n].detach().requires_grad_()
        alone, _ = one.run(given)
        assert torch.equal(alone, out[:, :, n])
        assert torch.equal(torch.autograd.grad(alone.square().sum(), given)[0], grad[:, :, n])


def test_what_float_layers_say_of_it() -> None:
    layer = quant.FloatLIF(SPIKE, beta=BETA, threshold=np.array(THRESHOLD))
    assert layer.beta.tolist() == BETA
    assert "beta=[4 in 0..0.9], threshold=[4 in 0.3..1]" in repr(layer)
    with pytest.raises(
        ValueError, match=r"FloatLIF: current must be \[T, B, 4, ...\], as threshold is, got \(2, 1, 3\)"
    ):
        layer(torch.zeros(2, 1, 3))
    with pytest.raises(ValueError, match=r"FloatLIF: beta\[1\] must be in 0..1, got 1.5"):
        quant.FloatLIF(SPIKE, beta=[0.5, 1.5])
    with pytest.raises(ValueError, match=r"FloatLIF: threshold\[0\] must be > 0, got 0.0"):
        quant.FloatLIF(SPIKE, threshold=[0.0, 1.5])


def floats(alpha: bool = False) -> nn.Sequential:
    """Images, then neurons in a row, with values of their own."""
    own = {"beta": [0.5, 0.75, 0.9], "threshold": torch.tensor([0.5, 1.0, 0.75])}
    beta, theta = torch.linspace(0.6, 0.9, 6), torch.linspace(0.5, 1.5, 6)
    convolution = seeded(nn.Conv2d(2, 3, 3), 0.5, 1)
    return nn.Sequential(
        quant.TimeDistributed(convolution),
        quant.FloatLIF(SPIKE, reset="zero", **own),  # type: ignore[arg-type]  # a dictionary of both
        nn.Flatten(2),
        seeded(nn.Linear(3 * 2 * 3, 6), 0.4, 2),
        quant.FloatLIF(SPIKE, reset="zero", beta=beta, threshold=theta, alpha=[0.3] * 5 + [0.5] if alpha else None),
        seeded(nn.Linear(6, 4, bias=False), 0.4, 3),
        quant.FloatLIF(None, beta=[0.5, 0.75, 0.875, 0.9375]),
    )


@pytest.mark.parametrize("name", ["loihi2", "spinnaker1", "generic16", "generic8"])
def test_they_come_to_a_chip_that_has_them(name: str) -> None:
    profile = hw_profiles.load(name)
    model, x = floats(alpha=name == "loihi2"), events(16, 8, 2, 4, 5)
    found = quant.convert(model, profile, x)
    first, second, last = found.layers
    assert isinstance(first.beta[1], tuple)
    assert len(first.beta[0]) == len(first.beta[1]) == 3  # type: ignore[arg-type]  # tuples
    step = 0.125 if name == "generic8" else 2**-12
    assert np.abs(np.subtract(*second.beta)).max() <= step
    assert second.threshold is not None
    assert np.abs(np.subtract(*second.threshold)).max() < 1e-3
    assert last.threshold is None
    assert "0.5..0.9" in str(found)
    assert max(layer.misread for layer in found.layers) == 0
    assert first.dead < 0.5
    if name != "generic8":  # whose shifts are far from the decays that were asked for
        assert first.differing < 0.02
    deployed = quant.integer(found.model)
    wanted = found.model(x).detach().numpy() / profile.state_step
    *_, codes = deployed.run(x.long().numpy()).values()
    assert np.array_equal(codes, wanted)
    assert np.count_nonzero(codes) > 0.8 * codes.size


def test_a_chip_without_them_refuses_by_name() -> None:
    message = r"convert: layer '1': beta must be one number for the layer on reckon, got 3 in 0.5..0.9"
    with pytest.raises(ValueError, match=message):
        quant.convert(floats(), hw_profiles.load("reckon"), events(4, 2, 2, 4, 5))


def spikes_of(node: Any, weight: Any, x: Tensor, dt: float) -> Tensor:
    """NIR's equation of LIF neurons in forward Euler steps."""
    v, out = torch.zeros(x.shape[1], len(weight), dtype=torch.float64), []
    tau, r, theta = (torch.from_numpy(np.asarray(a, np.float64)) for a in (node.tau, node.r, node.v_threshold))
    for arriving in x.double() @ torch.from_numpy(weight).double().T:
        v = v + dt / tau * (r * arriving - v)
        spikes = v >= theta
        out.append(spikes.double())
        v = v * ~spikes
    return torch.stack(out)


def test_time_constants_of_each_neuron_are_read() -> None:
    node, weight = lif(12, tau=each(2e-3, 9e-3, 12), v_threshold=each(0.5, 1.5, 12)), normal(12, 6)
    chain = graph(nir.Linear(weight), node, nir.Linear(normal(5, 12)), lif(5, tau=full(4e-3, 5)))
    model: Any = export.from_nir(chain, dt=1e-3)
    assert model[1].beta.shape == (12,)
    assert isinstance(model[3].beta, float)
    x = events(20, 4, 6)
    wanted = spikes_of(node, weight, x, 1e-3)
    assert 0.05 < wanted.mean() < 0.6
    assert torch.equal(model[:2].double()(x.double()), wanted)
    with pytest.raises(ValueError, match="beta must be one number for the layer on reckon"):
        quant.convert(model.float(), hw_profiles.load("reckon"), x)
    assert quant.convert(model.float(), hw_profiles.load("generic16"), x).layers[0].differing < 0.02
