"""What NeuroBench is shown of branching networks: their weights and biases as integers, of every kind it counts."""

from typing import Any

import numpy as np
import pytest
import torch
from graph_models import GRAPHS, graph
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.neurobench import Codes
from spikelut.surrogates import Arctan

UPSAMPLES = ("decoder",)


@pytest.mark.parametrize("name", [name for name in GRAPHS if name not in UPSAMPLES])
def test_it_gives_what_the_model_does_and_shows_its_integers(name: str) -> None:
    model, inputs = graph(name)
    counted: Any = export.for_neurobench(model)
    torch.testing.assert_close(counted(*inputs), model(*inputs), atol=0, rtol=0)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    shown = [p.numel() for p in counted.parameters() if isinstance(p, Codes)]
    wanted = [layer.codes.size for layer in network.layers if hasattr(layer, "codes")]
    wanted += [np.size(layer.delays) for layer in network.layers if hasattr(layer, "delays")]
    assert set(shown) == set(wanted)
    assert name != "delayed" or sorted(shown) == sorted(wanted)


def test_batch_norm_is_shown_as_the_bias_it_becomes() -> None:
    profile = hw_profiles.load("generic16")
    layer = quant.QuantConv1d(2, 3, 3, dilation=2, profile=profile, batch_norm=True)
    model = nn.Sequential(layer, quant.LIF(profile, Arctan(), bias=layer)).eval()
    counted: Any = export.for_neurobench(model)
    assert {name: tuple(p.shape) for name, p in counted.named_parameters()} == {"0.weight": (3, 2, 3), "1_bias": (3,)}
    x = (torch.rand(4, 2, 2, 9) < 0.5).float()
    assert torch.equal(counted(x), model(x))


def test_transposed_convolutions_are_refused() -> None:
    model, _ = graph("decoder")
    with pytest.raises(ValueError, match=r"for_neurobench: layer 'images\.0' must be one that NeuroBench counts"):
        export.for_neurobench(model)
