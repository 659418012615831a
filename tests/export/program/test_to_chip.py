"""What chips do not hold is refused; folders appear whole or not at all; memories as the chips' documents say."""

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.program import write
from spikelut.surrogates import Arctan

CURVE = Arctan()


def events_layer(chip: str, sources: int, neurons: int, **options: Any) -> quant.EventLIF:
    layer = quant.EventLIF(sources, neurons, profile=hw_profiles.load(chip), surrogate=CURVE, **options)
    nn.init.normal_(layer.linear.weight, 0.03, 0.12, generator=torch.Generator().manual_seed(sources))
    return layer


def linear(sources: int, neurons: int, spread: float = 0.2) -> quant.QuantLinear:
    layer = quant.QuantLinear(sources, neurons, profile=hw_profiles.load("reckon"))
    nn.init.normal_(layer.weight, 0.05, spread, generator=torch.Generator().manual_seed(sources))
    return layer


def lif(**options: Any) -> quant.LIF:
    return quant.LIF(hw_profiles.load("reckon"), CURVE, **options)


def made(*layers: nn.Module, **options: Any) -> quant.IntegerNetwork:
    return quant.integer(nn.Sequential(*layers), **options)


def spikes(sources: int, steps: int = 5, samples: int = 2) -> Ints:
    return (np.random.default_rng(sources).random((steps, samples, sources)) < 0.4).astype(np.int64)


def memory(folder: Path, size: int, kind: int, shift: int) -> dict[int, int]:
    """The bytes of a memory of a crossbar chip after all SPI transactions, by word and byte of it."""
    found: dict[int, int] = {}
    for line in (folder / "spi.hex").read_text().split():
        bits = f"{int(line, 16):040b}"  # as they are shifted in, the highest first
        address, data = bits[:20], bits[20:]
        if address[:4] == f"01{kind:02b}":
            place = int(address[4:], 2)
            keep, value = int(data[4:12], 2), int(data[12:], 2)
            at = (place & (1 << shift) - 1) * size + (place >> shift)
            found[at] = found.get(at, 0) & keep | value & ~keep
    return found


@pytest.mark.parametrize("chip", ["odin", "tinyodin"])
def test_memories_by_the_documents(chip: str, tmp_path: Path) -> None:
    """Synapse (pre, post): word {pre, post 7..3}, byte post 2..1, half post 0; neurons: the word of each."""
    network = made(events_layer(chip, 5, 19, beta=0.9), events_layer(chip, 19, 3, beta=0.8))
    export.to_chip(network, spikes(5), tmp_path / "x")
    about = json.loads((tmp_path / "x" / "program.json").read_text())
    synapses, first = memory(tmp_path / "x", 4, 2, 13), {"0": 0, "1": 19}
    layers = {"input": network.layers[0], "0": network.layers[1]}
    signs = {r["address"]: r["value"] for r in about["registers"] if "SIGN" in r["name"]}
    seen = 0
    for number, row in enumerate(about["rows"]):
        layer: Any = layers[row["layer"]]
        weights = np.zeros(22, int)
        weights[first[layer.name] :][: len(layer.weights.codes)] = layer.weights.codes[:, row["index"]]
        for post in range(22):
            word = number * 32 + post // 8
            stored = synapses[4 * word + post // 2 % 4] >> 4 * (post % 2) & 0xF
            if chip == "odin":
                inhibits = signs[2 + number // 16] >> number % 16 & 1
                assert inhibits == (row["sign"] < 0)
                assert (-stored if inhibits else stored) == weights[post] * (weights[post] * row["sign"] > 0)
            else:
                assert (stored ^ 8) - 8 == weights[post]
            seen += stored != 0
    assert seen > 80
    size = 16 if chip == "odin" else 4
    neurons = memory(tmp_path / "x", size, 1, 8)
    for post, leak in ((0, 3), (18, 3), (19, 6), (21, 6)):
        word = sum(neurons[size * post + byte] << 8 * byte for byte in range(size))
        assert word == (32 << 9 | 1 << 8 | leak << 1 | 1 if chip == "odin" else leak << 24 | 32 << 12)
    if chip == "odin":
        assert all(neurons[16 * post + 15] == 0x80 for post in range(22, 256))
        assert len(neurons) == 22 * 16 + 234 * 3


def test_a_host_may_take_the_table_along(tmp_path: Path) -> None:
    """ReckOn's registers of the straight-through estimator hold the table that the layers were trained with."""
    profile = hw_profiles.load("reckon")
    table = quant.LUTSurrogate(CURVE, profile)
    network = made(linear(6, 4), quant.LIF(profile, table))
    export.to_chip(network, spikes(6), tmp_path / "x")
    registers = {r["name"]: r["value"] for r in json.loads((tmp_path / "x" / "program.json").read_text())["registers"]}
    breaks = [b + 1024 for b in table.table.breakpoints]  # type: ignore[attr-defined]  # segments
    assert [registers[f"SPI_THR_H_{i}"] for i in range(4)] == [b & 0xFFFF for b in breaks]
    assert [registers[f"SPI_H_{i}"] for i in range(5)] == [int(c) & 31 for c in table.table.codes]
    assert any(registers[f"SPI_H_{i}"] for i in range(5))


Case = tuple[Callable[[], quant.IntegerNetwork], dict[str, Any], str]
REFUSED: dict[str, Case] = {
    "an unknown chip": (lambda: made(events_layer("odin", 3, 2)), {"chip": "loihi2"}, "chip must be one of odin, "),
    "another chip": (
        lambda: made(events_layer("odin", 3, 2)),
        {"chip": "tinyodin"},
        "network must be on the profile tinyodin alone",
    ),
    "neurons": (lambda: made(events_layer("tinyodin", 3, 257)), {}, "tinyodin has 256 neurons, .* got 257"),
    "sources": (lambda: made(events_layer("tinyodin", 270, 3)), {}, "tinyodin has 256 rows .* got '2[67]. rows"),
    "signs": (lambda: made(events_layer("odin", 140, 9)), {}, "and sign of its weights; they must fit it, got '2"),
    "bias": (lambda: biased(), {}, "layer '0': neurons must have no bias"),
    "convolutions": (lambda: convolution(), {}, "inputs must be a row"),
    "sums at once": (lambda: made(linear(3, 2), lif()), {"chip": "reckon", "events": spikes(4)}, "spikes must be"),
    "no layers of events": (lambda: summed(), {}, "layers must be EventLIF, as odin takes event after event"),
    "outputs": (lambda: made(linear(3, 17), lif()), {}, "reckon has 16 outputs; .* got 17"),
    "neurons of reckon": (lambda: made(linear(3, 255), lif(), linear(255, 1), lif()), {}, "two by two; .* got 258"),
    "inputs of reckon": (lambda: made(linear(257, 3), lif()), {}, "reckon has 256 inputs; .* got 257"),
    "counts": (lambda: made(linear(3, 2), lif(), largest_input=2), {}, "inputs must be 0 or 1"),
    "a read-out alone": (lambda: made(linear(3, 2), read_out()), {}, "layers must be spiking ones"),
    "resets": (lambda: made(linear(3, 2), lif(), linear(2, 2), lif(reset="zero")), {}, "layers must have one reset"),
    "weights at the end": (lambda: made(linear(3, 2), lif(), linear(2, 2)), {}, "layers must end with neurons"),
    "weights that are shifted": (lambda: shifted(), {}, "layer '0': weights must be -8..7 membrane codes, got"),
    "a graph": (lambda: branches(), {}, "network must be layers one after the other"),
    "no events": (lambda: made(linear(3, 2), lif()), {"events": spikes(3)[:0]}, "events must have steps and samples"),
    "saturation": (lambda: saturating(), {"events": np.ones((9, 1, 64), int)}, "must not saturate on the way"),
    "scales": (lambda: scales(), {}, "recurrent and inner weights must fit 8 bits with one shift"),
}


def biased() -> quant.IntegerNetwork:
    return changed(made(events_layer("tinyodin", 3, 2)), 0, bias=quant.IntegerBias(np.array([1, 0]), 0))


def changed(network: quant.IntegerNetwork, number: int, **values: Any) -> quant.IntegerNetwork:
    """The network with other values in a layer."""
    layers: list[Any] = list(network.layers)
    layers[number] = replace(layers[number], **values)
    return replace(network, layers=tuple(layers))


def convolution() -> quant.IntegerNetwork:
    profile = hw_profiles.load("odin")
    return made(quant.EventConv2d(1, 2, 3, profile=profile, surrogate=CURVE), example=(2, 1, 1, 5, 5))


def shifted() -> quant.IntegerNetwork:
    network = made(events_layer("tinyodin", 9, 4))
    layer: Any = network.layers[0]
    return changed(network, 0, weights=replace(layer.weights, exponent=1))


def summed() -> quant.IntegerNetwork:
    network = made(linear(3, 2), lif())
    return replace(network, profile=hw_profiles.load("odin"))


def read_out() -> quant.LI:
    return quant.LI(hw_profiles.load("reckon"))


def branches() -> quant.IntegerNetwork:
    network = made(linear(3, 2), lif())
    return replace(network, returned=(network.layers[1].name, network.layers[0].name))


def saturating() -> quant.IntegerNetwork:
    return made(linear(64, 3, spread=3.0), lif(threshold=30.0))


def scales() -> quant.IntegerNetwork:
    network = made(linear(3, 4), lif(), linear(4, 3), lif(), linear(3, 2), lif())
    return changed(changed(network, 2, exponent=7), 4, exponent=0)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    build, options, message = REFUSED[name]
    network, given = build(), dict(options)
    x = given.pop("events", None)
    if x is None:
        x = np.zeros((3, 1, *[5 if isinstance(n, str) else n for n in network.inputs[0].shape]), int)
    with pytest.raises(ValueError, match=f"^(to_chip|IntegerNetwork): .*{message}") as caught:
        export.to_chip(network, x, tmp_path / "new" / "x", **given)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_there(tmp_path: Path) -> None:
    network = made(linear(3, 2), lif())
    (tmp_path / "empty").mkdir()
    files = export.to_chip(network, spikes(3), tmp_path / "empty")
    assert sorted(path.name for path in files) == sorted(path.name for path in (tmp_path / "empty").iterdir())
    (tmp_path / "file").write_text("mine")
    for name in ("empty", "file"):
        with pytest.raises(ValueError, match="to_chip: folder must not be there yet, or be empty, got"):
            export.to_chip(network, spikes(3), tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, written = made(linear(3, 2), lif()), []

    def full(path: Path, content: str) -> None:
        written.append(path)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        path.write_text(content)

    monkeypatch.setattr(write, "write_whole", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        export.to_chip(network, spikes(3), tmp_path / "new" / "x")
    assert caught.value.filename == str(tmp_path / "new" / "x")
    assert list(tmp_path.iterdir()) == []


def test_reckon_is_programmed_as_the_chip_that_learns_is_set_up(tmp_path: Path) -> None:
    """Two mappings of a network onto ReckOn, of `to_chip` and of `to_reckon`, say the same."""
    profile = hw_profiles.load("reckon")
    neurons = quant.LIF(profile, quant.LUTSurrogate(CURVE, profile), beta=0.95, reset="subtract")
    network = made(linear(10, 6), quant.Recurrent(neurons, 6), linear(6, 3), quant.LI(profile, beta=0.9))
    chip = quant.to_reckon(network)
    export.to_chip(network, spikes(10), tmp_path / "chip")
    about = json.loads((tmp_path / "chip" / "program.json").read_text())["registers"]
    written = {one["name"].removeprefix("SPI_").lower(): one["value"] for one in about}
    compared = {name for name in written if hasattr(chip.registers, name)} - {"do_eprop", "regression", "single_label"}
    assert {"kappa", "rst_mode", "fp_loc_winp", "fp_loc_wrec", "fp_loc_wout", "thr_h_0", "h_4"} <= compared
    for name in compared:
        bits = 0xFFFF if name.startswith("thr_h") else 0x1F if name.startswith("h_") else 0xFFFFFFFF
        assert written[name] == getattr(chip.registers, name) & bits, name
    words = [int(line, 16) for line in (tmp_path / "chip" / "spi.hex").read_text().split()]
    held = {word >> 32 & 0xFFFF: word & 0xFFFFFFFF for word in words if word >> 60 == 3}
    rows = [[held[64 * i + j // 4] >> 8 * (j % 4) & 0xFF for j in range(6)] for i in range(10)]
    assert rows == (chip.w_inp & 0xFF).tolist()
