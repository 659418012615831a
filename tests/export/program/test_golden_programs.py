"""Folders for chips: the words their RTL was programmed with, and all it answered, spikes and states."""

import json
from pathlib import Path

import chip_vectors
import numpy as np
import pytest
from golden_vectors import Ints, different, numbered

from spikelut import export, quant

CHIPS = ("odin", "tinyodin", "reckon")


def cases(chip: str) -> list[dict[str, Ints]]:
    return list(numbered(f"program_{chip}", "n_networks", "n"))


def network_of(chip: str, arrays: dict[str, Ints]) -> quant.IntegerNetwork:
    return chip_vectors.recurrent(arrays) if chip == "reckon" else chip_vectors.crossbar(chip, arrays)


def words(path: Path, digits: int) -> Ints:
    """The words of a file, which all have so many digits."""
    lines = path.read_text(encoding="ascii").splitlines()
    assert {len(line) for line in lines} <= {digits}
    return np.array([int(line, 16) for line in lines], np.int64)


def signed(values: Ints, like: Ints) -> Ints:
    """16 bits in two's complement, in the shape of `like`."""
    found: Ints = ((values & 0xFFFF ^ 0x8000) - 0x8000).reshape(like.shape)
    return found


@pytest.mark.golden
@pytest.mark.parametrize("chip", CHIPS)
def test_what_the_rtl_took_and_gave(chip: str, tmp_path: Path) -> None:
    name, digits = f"program_{chip}", 16 if chip == "reckon" else 10
    for number, arrays in enumerate(cases(chip)):
        folder = tmp_path / str(number)
        export.to_chip(network_of(chip, arrays), arrays["events"], folder, chip=chip)
        assert different(name, words(folder / "spi.hex", digits), arrays["spi"]) == 0
        assert different(name, words(folder / "events.hex", 8), arrays["commands"]) == 0
        states = words(folder / "states.hex", 5 if chip == "reckon" else 4)
        assert different(name, signed(states, arrays["states"]), arrays["states"]) == 0
        expected = words(folder / "expected.hex", 4 if chip == "reckon" else 8)
        if chip == "reckon":
            assert (folder / "reset.hex").read_bytes() == b""
            assert different(name, signed(expected, arrays["outputs"]), arrays["outputs"]) == 0
            assert different(name, (states >> 16).reshape(arrays["spikes"].shape), arrays["spikes"]) == 0
        else:
            assert different(name, words(folder / "reset.hex", digits), arrays["reset"]) == 0
            assert different(name, expected, arrays["spikes"]) == 0
        assert arrays["spikes"].any()
        assert arrays["states"].any()


@pytest.mark.golden
@pytest.mark.parametrize("chip", CHIPS[:2])
def test_spikes_of_the_rtl_are_those_of_the_network(chip: str) -> None:
    """Counted from the events that went out, step by step, without the code that writes the folder."""
    for arrays in cases(chip):
        found = network_of(chip, arrays).run(arrays["events"])
        counts = np.concatenate([found[str(n)] for n in range(int(arrays["n_layers"]))], axis=2)
        ends = np.flatnonzero(arrays["commands"] >> 24 == 2)
        step = np.searchsorted(ends, arrays["spikes"] >> 8)
        got = np.zeros((len(ends), counts.shape[2]), np.int64)
        np.add.at(got, (step, arrays["spikes"] & 0xFF), 1)
        wanted = counts.swapaxes(0, 1).reshape(got.shape)
        assert different(f"program_{chip}", got, wanted) == 0
        assert got.sum() == len(arrays["spikes"])


@pytest.mark.golden
def test_reckon_is_the_network_a_tick_later_for_each_layer() -> None:
    """Spikes and outputs that were recorded, beside what the network gives, without the code that writes the folder."""
    for arrays in cases("reckon"):
        network, events = network_of("reckon", arrays), arrays["events"]
        found, samples = network.run(events), events.shape[1]
        ticks = len(arrays["spikes"]) // samples
        spikes = arrays["spikes"].reshape(samples, ticks, -1)
        first = 0
        kinds = [int(arrays[f"kind{n}"]) for n in range(int(arrays["n_layers"]))]
        for late, name in enumerate(str(n) for n, kind in enumerate(kinds) if kind < 2):
            wanted = found[name].swapaxes(0, 1)
            got = spikes[:, late : late + len(events), first : first + wanted.shape[2]]
            assert different("program_reckon", got, wanted) == 0
            first += wanted.shape[2] + wanted.shape[2] % 2
        last = found[str(len(kinds) - 1)]
        wanted = (last if kinds[-1] == 2 else last.cumsum(0)).swapaxes(0, 1)
        depth = sum(kind < 2 for kind in kinds)
        got = arrays["outputs"].reshape(samples, ticks, -1)[:, depth : depth + len(events)]
        assert different("program_reckon", got, wanted) == 0


def test_the_description(tmp_path: Path) -> None:
    arrays = cases("odin")[0]
    files = export.to_chip(network_of("odin", arrays), arrays["events"], tmp_path / "x")
    about = json.loads((tmp_path / "x" / "program.json").read_text())
    assert about["lines"] == {p.name: len(p.read_text().splitlines()) for p in files if p.suffix == ".hex"}
    assert (about["chip"], about["steps"], about["samples"]) == ("odin", *arrays["events"].shape[:2])
    sizes = [len(arrays[f"weights{n}"]) for n in range(int(arrays["n_layers"]))]
    assert [block["count"] for block in about["neurons"]] == sizes
    assert about["sent"]["spikes_expected"] == len(arrays["spikes"])
    text = (tmp_path / "x" / "README.md").read_text()
    assert "ChFrenkel/ODIN" in text
    assert "{" not in text.replace("{0, 1", "")
