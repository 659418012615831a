"""Layers that are given one value of each sample say so: a sum over all leaves nothing behind time and batch."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from graph_models import lif, linear
from torch import Tensor, nn

from spikelut import quant
from spikelut.quant import IntegerScale, IntegerTotal
from spikelut.quant.network.check import check_network


def network(*behind: Any) -> quant.IntegerNetwork:
    """Weights, neurons, their sum, and what comes behind it."""
    made = quant.integer(nn.Sequential(linear(4, 3), lif(), linear(3, 2), lif()), example=(2, 2, 4))
    weights, neurons, more, last = made.layers
    layers = (weights, neurons, IntegerTotal("all", (0,)), *(behind or (more,)), last)
    names = ["input", *(layer.name for layer in layers[:-1])]
    return replace(made, layers=layers, wiring=tuple((name,) for name in names))


@pytest.mark.parametrize(("behind", "layer"), [((), "2"), ((IntegerScale("scale", 12),), "3")])
def test_a_network_from_elsewhere(behind: tuple[Any, ...], layer: str) -> None:
    with pytest.raises(ValueError, match=f"^load: layer '{layer}': must be given something behind time and batch"):
        check_network(network(*behind), "load")


class Scalar(nn.Module):
    """Neurons that are given the number of spikes of a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.lif, self.last = linear(4, 3), lif(), lif()

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.last(self.lif(self.fc(x)).sum(2) * 0.5)
        return found


def test_a_model_that_is_read() -> None:
    assert Scalar()(torch.ones(2, 2, 4)).shape == (2, 2)
    with pytest.raises(ValueError, match=r"^integer: layer 'last': must be given something behind time and batch"):
        quant.integer(Scalar(), example=(2, 2, 4))
