"""Random networks and random graphs in Verilog: each state and spike of each step is that of the reference."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import random_networks
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import RandomGraph
from verilog_networks import compared, needs

from spikelut import quant

SEEDS = st.integers(0, 10**6)


def check_network(seed: int) -> None:
    _, network, shape = random_networks.drawn(seed)
    draw = np.random.default_rng(seed)
    events: Any = draw.integers(0, network.largest_input + 1, shape) * (draw.random(shape) < 0.6)
    with tempfile.TemporaryDirectory() as place:
        total, _ = compared(network, events, Path(place), shape[3:] or None)
    assert total > 0


def check_graph(seed: int) -> None:
    x = (torch.rand(3, 2, 2, 6, 6, generator=torch.Generator().manual_seed(seed)) < 0.3).float()
    network = quant.integer(RandomGraph(seed), example=x)
    with tempfile.TemporaryDirectory() as place:
        total, nonzero = compared(network, x.numpy().astype(int), Path(place))
    assert total > nonzero > 0


@settings(max_examples=4)
@given(seed=SEEDS)
def test_any_network(seed: int) -> None:
    needs("iverilog", "vvp")
    check_network(seed)


@settings(max_examples=1)
@given(seed=SEEDS)
def test_any_graph(seed: int) -> None:
    needs("iverilog", "vvp")
    check_graph(seed)


@pytest.mark.verilog
@pytest.mark.parametrize("seed", range(100, 140))
def test_many(seed: int) -> None:
    check_network(seed)
    check_graph(seed)
