"""`spikelut sweep --train smallest`: the smallest table that keeps the accuracy, of the network and of each layer."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikelut import hw_profiles
from spikelut.cli.sweep.grid import Configuration
from spikelut.cli.sweep.network import Network
from spikelut.cli.sweep.options import SweepOptions, understand
from spikelut.cli.sweep.results import Curve, Result
from spikelut.cli.sweep.run import sweep_command
from spikelut.cli.sweep.smallest import Layered, Smallest, sentences
from spikelut.cli.sweep.tasks import data_digests

LOIHI = hw_profiles.load("loihi2")
Captured = pytest.CaptureFixture[str]


def result(entries: int, kept: float) -> Result:
    configuration = Configuration("loihi2", "arctan", LOIHI.with_table(entries=entries, value_bits=5))
    return Result(configuration, {"bits": entries * 5, "kept": kept, "cosine": 1.0})


def search(good: Callable[[list[int]], float], most: int = 99, loss: float = 0.5) -> tuple[Smallest, list[list[int]]]:
    """A search on tables of 8 to 512 entries, where `good` of the entries of both layers is the accuracy."""
    curve = Curve("loihi2", "arctan", "Loihi 2", [result(2**k, 1 - 2.0**-k) for k in range(3, 10)])
    curve.analytic = {0: 0.9, 1: 0.9}
    tried: list[list[int]] = []

    def train(what: Result | Layered) -> None:
        tables = list(what.tables.values()) if isinstance(what, Layered) else [what, what]
        entries = [one.configuration.entries for one in tables]
        tried.append(entries)
        what.accuracy.update({0: good(entries) + 0.01, 1: good(entries) - 0.01})

    return Smallest(curve, loss, most, train), tried


@pytest.mark.parametrize("least", [8, 16, 64, 512])
def test_the_smallest_is_found_by_halving(least: int) -> None:
    found, tried = search(lambda entries: 0.896 if min(entries) >= least else 0.85)
    found.run(())
    assert found.table is not None
    assert found.table.configuration.entries == least
    assert len(tried) <= 4  # of seven
    assert found.layered is None
    assert found.ended


def test_none_is_small_enough() -> None:
    found, tried = search(lambda entries: 0.89)
    found.run(("a", "b"))
    assert (found.table, found.layered) == (None, None)
    assert tried == [[512, 512]]
    (line,) = sentences([{"surrogate": "arctan", "profile": "loihi2", "smallest": found.as_data()}], 0.5)
    assert line == "arctan, loihi2: no table of the grid is within 0.5 points of the analytic gradient"


def test_layers_get_smaller_ones_in_turn() -> None:
    found, tried = search(lambda entries: 0.9 if entries[0] >= 64 and entries[1] >= 16 else 0.8)
    found.run(("a", "b"))
    assert found.table is not None
    assert found.table.configuration.entries == 64
    assert found.layered is not None
    assert {name: one.configuration.entries for name, one in found.layered.tables.items()} == {"a": 64, "b": 16}
    assert found.layered.bits == 5 * (64 + 16)
    assert len(tried) == len({tuple(each) for each in tried})  # none twice
    data = found.as_data()
    assert data["layers"]["accuracy"]["mean"] == pytest.approx(0.9)
    json.dumps(data)
    lines = sentences([{"surrogate": "arctan", "profile": "loihi2", "smallest": data}], 0.5)
    assert lines[1] == "arctan, loihi2: a table for each layer: a 64 x 5, b 16 x 5, 400 bits in all"


def test_a_layer_is_searched_with_the_tables_that_those_before_got() -> None:
    found, _ = search(lambda entries: 0.9 if sum(entries) >= 72 else 0.8)
    found.run(("a", "b"))
    assert found.layered is not None
    assert {name: one.configuration.entries for name, one in found.layered.tables.items()} == {"a": 8, "b": 64}


def test_it_ends_where_there_are_to_be_no_more_networks() -> None:
    found, tried = search(lambda entries: 0.9 if min(entries) >= 16 else 0.8, most=2)
    found.run(("a", "b"))
    assert len(tried) == 2
    assert not found.ended
    assert found.table is not None
    assert found.table.configuration.entries == 64  # halved once, and good
    (line,) = sentences([{"surrogate": "arctan", "profile": "loihi2", "smallest": found.as_data()}], 0.5)
    assert line.endswith("is 64 x 5, 320 bits, as far as max-networks let it search")


@pytest.fixture
def options(tmp_path: Path) -> SweepOptions:
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    rate = np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)
    np.savez(
        tmp_path / "two.npz",
        x=(rng.random((60, 5, 6)) < rate[:, None]).astype(np.uint8),
        y=y,
        test=np.arange(60) >= 44,
    )
    common: dict[str, Any] = {"entries": "8,64", "value_bits": "5", "settings": ("layers=4", "batch=16"), "jobs": 1}
    places: dict[str, Any] = {"data": str(tmp_path / "two.npz"), "out": str(tmp_path / "out")}
    return SweepOptions(epochs=1, seeds="0", backend="threading", train="smallest", loss=100.0, **common, **places)


def test_the_command(options: SweepOptions, capsys: Captured) -> None:
    assert sweep_command(replace(options, per_layer=True)) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "found by halving, the smallest table within 100 points is 8 x 5, 40 bits" in text
    found = json.loads((Path(options.out) / "sweep.json").read_text())
    small = found["recommendations"][0]["smallest"]
    assert (small["table"]["entries"], small["ended"], small["layers"]) == (8, True, None)
    assert "--per-layer" in found["command"]
    page = (Path(options.out) / "sweep.html").read_text(encoding="utf-8")
    assert "found by halving, the smallest table within 100 points is 8 x 5, 40 bits." in page
    with pytest.raises(Exception, match=r"^per-layer needs train smallest, got 'none'$"):
        sweep_command(replace(options, per_layer=True, train="none"))


def test_layers_are_trained_with_tables_of_their_own(options: SweepOptions) -> None:
    plan = understand(replace(options, settings=("layers=16", "batch=4", "learning_rate=0.05"), epochs=3))
    coarse, fine = (LOIHI.with_table(entries=n, value_bits=3 if n == 8 else 7) for n in (8, 256))
    training = plan.training("loihi2", "arctan", 0)
    plain = Network(training, "table", coarse, None, data_digests(plan)["loihi2"], ())
    layered = [replace(plain, profile=fine, layers=(("lif1", first), ("lif2", coarse))) for first in (coarse, fine)]
    assert len({one.key for one in (plain, *layered, replace(plain, profile=fine))}) == 4
    same, other = (one.run() for one in layered)
    wanted = plain.run()
    assert same["losses"] == wanted["losses"]
    assert other["losses"] != wanted["losses"]
