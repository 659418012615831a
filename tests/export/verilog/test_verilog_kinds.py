"""Every neuron kind of every profile in Verilog: each state and spike of each step, and lint has nothing to say."""

from pathlib import Path

import pytest
from kind_networks import all_kinds, events_for, every_kind, joined
from lif_profiles import with_lif
from verilog_networks import compared, lint, needs

from spikelut.export.verilog.simulators import Verilator
from spikelut.quant import IntegerNetwork
from spikelut.quant.dynamics.kinds import PARTS
from spikelut.quant.network.layers import IntegerLIF

STEPS, SAMPLES = 6, 2
EACH = {profile.name: profile for profile in with_lif()}
OTHERS = ("events", "graded")
"""Kinds that are not of `quant.LIF` and its siblings: chips that take event after event, and graded spikes."""


def others(kind: str) -> IntegerNetwork:
    return joined({name: network for name, network in all_kinds().items() if name.endswith(f", {kind}")})


@pytest.mark.parametrize("name", [*EACH, *OTHERS])
def test_every_kind_of_a_profile(name: str, tmp_path: Path) -> None:
    needs("iverilog", "vvp", "verilator")
    network = others(name) if name in OTHERS else joined(every_kind(EACH[name]))
    total, nonzero = compared(network, events_for(network, STEPS, SAMPLES), tmp_path)
    assert nonzero > total / 4
    assert lint(tmp_path) == ""


def test_all_parts_of_kinds_are_among_them() -> None:
    layers = [layer for network in all_kinds().values() for layer in network.layers]
    parts = {part for layer in layers if isinstance(layer, IntegerLIF) for part in layer.kind.parts}
    assert parts == {"spec", *PARTS}


@pytest.mark.verilog
def test_every_kind_in_verilator(tmp_path: Path) -> None:
    network = joined(all_kinds())
    total, nonzero = compared(network, events_for(network, STEPS, SAMPLES), tmp_path, simulator=Verilator())
    assert nonzero > total / 4
