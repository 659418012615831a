"""Files that were written before neuron kinds had parts of their own: they are read as the networks that they were."""

from pathlib import Path

import numpy as np
import pytest
from random_networks import differences
from torch import nn

from spikelut import export, quant

BEFORE = Path(__file__).parent / "before"


@pytest.mark.parametrize("name", ["chain", "graph"])
def test_files_of_before_are_read(name: str) -> None:
    network = export.load_network(BEFORE / f"{name}.safetensors")
    events = np.random.default_rng(1).integers(0, 2, (30, 2, 6))
    trains = network.run(events)
    assert all(np.mean(train != 0) > 0.02 for train in trains.values())
    model = export.from_nir(BEFORE / f"{name}.nir")
    assert isinstance(model, nn.Module)
    again = quant.integer(model)
    assert differences(network, again) == []
    loaded = quant.integer(export.load(BEFORE / f"{name}.onnx"))
    assert differences(network, loaded) == []
    assert export.count_differences(trains, loaded.run(events)).different == 0


@pytest.mark.parametrize("name", ["chain", "graph"])
def test_they_are_written_as_before(name: str, tmp_path: Path) -> None:
    """But for the profile, which says more of its chip."""
    network = export.load_network(BEFORE / f"{name}.safetensors")
    export.save_network(network, tmp_path / "now")
    assert differences(network, export.load_network(tmp_path / "now")) == []
    assert (b'"finer"' in (tmp_path / "now").read_bytes()) is False
