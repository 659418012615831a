"""Compiled time steps: the same integers and the same gradients."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from backends import backend
from lif_profiles import with_lif
from torch import nn

import spikelut
from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Sigmoid

pytestmark = [
    pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler"),
    pytest.mark.filterwarnings("ignore"),  # torch.compile warns of itself
]


@pytest.fixture(autouse=True)
def torch_alone() -> Iterator[None]:
    """The native kernels would go before the compiled step."""
    with backend("torch"):
        yield


def results(model: nn.Module, x: torch.Tensor) -> list[Any]:
    out = model(x)
    towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(1))
    parameters = [p for p in model.parameters() if p.requires_grad]
    return [out.detach(), *torch.autograd.grad((out * towards).sum(), parameters)]


@pytest.mark.parametrize("name", ["loihi2", "reckon", "xylo"])
@pytest.mark.parametrize("gain", [0.4, 40.0])
def test_the_same_to_the_last_bit(name: str, gain: float) -> None:
    profile = hw_profiles.load(name)
    torch.manual_seed(0)
    slope = quant.LUTSurrogate(Sigmoid(alpha=3.0), profile)
    kind: Any = quant.CubaLIF if name == "xylo" else quant.LIF
    bias = 8 if profile.bias else None
    model = nn.Sequential(
        QuantLinear(6, 8, profile=profile),
        kind(profile, slope, bias=bias),
        QuantLinear(8, 8, profile=profile),
        Recurrent(kind(profile, Sigmoid(alpha=3.0)), 8),
        QuantLinear(8, 3, profile=profile),
        quant.LI(profile),
    )
    for parameter in model.parameters():
        nn.init.normal_(parameter, 0.0, gain)
    for batch in (5, 3):
        x = (torch.rand(9, batch, 6) < 0.4).float()
        quant.compile_neurons(model)
        compiled = results(model, x)
        for module in model.modules():
            if isinstance(module, quant.LIF | quant.CubaLIF | quant.LI):
                assert module.torch_compiled
                module.torch_compiled = False
        for a, b in zip(compiled, results(model, x), strict=True):
            assert torch.equal(a, b)
        assert compiled[0].any()


def test_layers_whose_integers_change_are_left() -> None:
    profile: Profile = with_lif()[0]
    layer = quant.LIF(profile, Sigmoid(), learn_threshold=True)
    assert quant.compile_neurons(layer) is layer
    assert not layer.torch_compiled


@pytest.mark.parametrize("layer", ["read-out", "graded"])
def test_states_of_32_bits_are_right(layer: str) -> None:
    """torch's compiler would cut their sums to 32 bits: these layers are left as they are."""
    chip, loihi = hw_profiles.load("spinnaker1"), hw_profiles.load("loihi2")
    plain, compiled = (
        quant.LI(chip, beta=0.9) if layer == "read-out" else quant.SigmaDelta(loihi, 0.05) for _ in range(2)
    )
    quant.compile_neurons(compiled)
    current = torch.round(64 * torch.randn(5, 3, 8, generator=torch.Generator().manual_seed(0))) / 64
    before = spikelut.get_backend()
    spikelut.set_backend("torch")
    try:
        expected, found = plain(current), compiled(current)
    finally:
        spikelut.set_backend(before)
    assert expected.count_nonzero() > 20
    assert torch.equal(found, expected)
