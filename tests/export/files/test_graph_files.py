"""Integer networks that branch, on disk: what is loaded runs as what was saved, and nothing else is loaded."""

import json
import random
import tracemalloc
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from graph_models import GRAPHS, P, conv, events, graph, lif, linear, woken
from random_networks import differences, drawn
from safetensors.numpy import load, save
from tampering import changes, places, with_value
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.network_layers import KINDS
from spikelut.quant.network.check import check_network
from spikelut.quant.network.events.layer import IntegerEventLIF

WIRING = ("largest_input", "input_step", "wiring", "given", "returned", "profiles")


class AllElse(nn.Module):
    """What the graphs of others lack: values of each neuron's own, recurrent weights, a transposed part, repetition."""

    def __init__(self) -> None:
        super().__init__()
        each = torch.linspace(0.5, 0.9, 4)
        self.first, self.neurons = conv(2, 4), lif(beta=each, threshold=each + 0.25)
        self.repeat, self.flat = quant.Repeat(5), nn.Flatten(2)
        self.next, self.again = linear(4, 3, per_channel=True), quant.Recurrent(lif(), 3)
        self.last = quant.LI(P, beta=torch.tensor([0.75, 0.875]), bias=2)
        self.out = linear(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        spikes = self.neurons(self.repeat(self.first(x)))
        found: torch.Tensor = self.last(self.out(self.again(self.next(spikes.sum((3, 4))))))
        return found


@cache
def network_of(name: str) -> tuple[quant.IntegerNetwork, Any]:
    """A network, and inputs that wake it."""
    given: tuple[torch.Tensor, ...]
    if name == "all else":
        model, given = woken(AllElse()), (events(1, 3, 2, 8, 8),)
    else:
        model, given = graph(name)
    network = quant.integer(model, example=given if len(given) > 1 else given[0])
    return network, {one.name: x.numpy() for one, x in zip(network.inputs, given, strict=True)}


NAMES = [*GRAPHS, "all else"]


def all_differences(one: Any, other: Any) -> list[str]:
    return differences(one, other) + [name for name in WIRING if getattr(one, name) != getattr(other, name)]


def content(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a network file says, and its arrays."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(json.loads(raw[8 : 8 + size])["__metadata__"]["spikelut"]), load(raw)


def saved(name: str, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the file of a network says, and its arrays; without tables, which take long to be built and compared."""
    network = network_of(name)[0]
    layers = tuple(replace(x, table=None) if isinstance(x, quant.IntegerLIF) else x for x in network.layers)
    export.save_network(replace(network, layers=layers), path)
    return content(path)


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name: str, tmp_path: Path) -> None:
    network, inputs = network_of(name)
    export.save_network(network, tmp_path / "net")
    loaded = export.load_network(tmp_path / "net")
    assert all_differences(network, loaded) == []
    assert loaded.signals == network.signals
    trains = network.run(inputs)
    assert all(train.any() for train in trains.values())
    assert export.count_differences(trains, loaded.run(inputs)).different == 0
    export.save_network(loaded, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "net").read_bytes()


def test_every_kind_of_layer_is_in_a_file() -> None:
    found = {type(layer) for name in NAMES for layer in network_of(name)[0].layers}
    # Those that take event after event are in test_event_exports.py: they stand on chips of their own.
    assert found | {IntegerEventLIF} == KINDS.keys()
    assert IntegerEventLIF not in found


def test_chains_are_written_as_before_graphs(tmp_path: Path) -> None:
    """Older versions of the library read them."""
    model = nn.Sequential(
        conv(2, 4, input_step=0.25), quant.Repeat(3), lif(), quant.SumPool2d(2), nn.Flatten(2), linear(64, 3), lif()
    )
    export.save_network(quant.integer(model), tmp_path / "net")
    about, arrays = content(tmp_path / "net")
    assert about["format"] == "spikelut integer network 3"
    assert sorted(about) == ["format", "input_step", "largest_input", "layers", "profile", "sha256"]
    weights = ["bits", "channels", "exponent", "kind", "lsb", "name", "shift"]
    neurons = ["kind", "name", "spec", "surrogate", "table"]
    assert [sorted(entry) for entry in about["layers"]] == [
        sorted([*weights, "groups", "padding", "stride"]),
        ["kind", "name", "steps"],
        neurons,
        ["kernel_size", "kind", "name", "stride"],
        ["kind", "name"],
        weights,
        neurons,
    ]
    assert sorted(arrays) == ["0.codes", "2.table", "5.codes", "6.table"]


@pytest.mark.parametrize(
    "layers",
    [
        [conv(2, 4, dilation=2), lif()],
        [conv(2, 4), lif(), quant.SumPool2d((1, 2)), conv(4, 4), lif()],
        [conv(2, 4), lif(), quant.SumPool2d(2, padding=1), conv(4, 4), lif()],
        [conv(2, 4), lif(), quant.MaxPool2d(2), conv(4, 4), lif()],
        [conv(2, 4), lif(beta=[0.5, 0.6, 0.7, 0.8]), conv(4, 4), lif()],
        [conv(2, 4), lif(), conv(4, 4)],
        [conv(2, 4), quant.LI(P, beta=0.5)],
    ],
)
def test_what_chains_had_not(layers: list[nn.Module], tmp_path: Path) -> None:
    """All but the last have what older versions do not read, so that these say of the format that it is another."""
    network = quant.integer(nn.Sequential(*layers))
    export.save_network(network, tmp_path / "net")
    about, _ = content(tmp_path / "net")
    assert about["format"][-1] == ("3" if len(layers) == 2 and isinstance(layers[1], quant.LI) else "4")
    assert all_differences(network, export.load_network(tmp_path / "net")) == []


def outcome(path: Path) -> quant.IntegerNetwork | None:
    """What is loaded, or None if it is refused as it should be; no other exception."""
    try:
        return export.load_network(path)
    except ValueError as error:
        message = str(error)
    assert message.startswith(f"{path.name}: not an integer network: ")
    assert "\n" not in message
    return None


@pytest.mark.parametrize("name", ["all else", "decoder", "gated", "spikformer", "two chips", "two inputs"])
def test_changed_files(name: str, tmp_path: Path) -> None:
    about, arrays = saved(name, tmp_path / "net")
    network = export.load_network(tmp_path / "net")
    pick, refused, others = random.Random(len(name)), 0, 0
    without = {key: value for key, value in about.items() if key != "sha256"}
    profile = {key: value for key, value in without.items() if key != "profile"}
    for changed, made in changes(profile, lambda: pick.random() <= 0.015):
        full = made | {"profile": about["profile"]}
        for said in (full | {"sha256": about["sha256"]}, full):
            (tmp_path / "bad").write_bytes(save(arrays, {"spikelut": json.dumps(said)}))
            found = outcome(tmp_path / "bad")
            refused += found is None
            if found is None or all_differences(network, found) == []:
                continue
            assert "sha256" not in said, changed
            # Somebody who knows what he does: then it must be a network that the profiles can make.
            check_network(found, changed)
            others += 1
    assert refused > 20
    assert others < refused


SIZES = (2**20, 2**40)


def test_large_numbers_are_refused_without_memory(tmp_path: Path) -> None:
    """Each number of layers that rearrange, as large as a file can say it: nothing is made as large as it says."""
    tried = 0
    tracemalloc.start()
    for name in ("decoder", "sequences", "spikformer", "gated"):
        about, arrays = saved(name, tmp_path / "net")
        del about["sha256"]
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[1]
        for path in places({"layers": about["layers"], "inputs": about["inputs"]}):
            kind = about["layers"][path[1]]["kind"] if path[0] == "layers" and len(path) > 1 else ""
            here: Any = about
            for key in path:
                here = here[key]
            if kind in ("lif", "linear") or type(here) is not int:
                continue
            for size in SIZES:
                made = with_value(about, path, size)
                (tmp_path / "bad").write_bytes(save(arrays, {"spikelut": json.dumps(made)}))
                outcome(tmp_path / "bad")
                tried += 1
        assert tracemalloc.get_traced_memory()[1] - before < 2**25, name
    tracemalloc.stop()
    assert tried > 150


def layer(about: dict[str, Any], kind: str) -> Any:
    return next(entry for entry in about["layers"] if entry["kind"] == kind)


def position(about: dict[str, Any], name: str) -> int:
    return next(i for i, entry in enumerate(about["layers"]) if entry["name"] == name)


CHANGES: list[tuple[str, Any, str]] = [
    ("gated", lambda a: a["wiring"].pop(), "each layer must have inputs"),
    ("gated", lambda a: a["wiring"].__setitem__(0, "input"), "wiring must be lists of names, got 'input'"),
    ("gated", lambda a: a["wiring"].__setitem__(0, ["evil"]), "must take what is before it, got ['evil']"),
    ("gated", lambda a: a["wiring"].__setitem__(0, ["out_1"]), "must take what is before it, got ['out_1']"),
    ("gated", lambda a: a["wiring"].__setitem__(0, []), "layer 'a_0' must take one signal, got 0"),
    ("gated", lambda a: a["wiring"].__setitem__(0, ["input", "input"]), "layer 'a_0' must take one signal, got 2"),
    ("gated", lambda a: a["wiring"].__setitem__(position(a, "product"), ["a_1"]), "must be given two signals, got 1"),
    ("gated", lambda a: a.update(outputs=["evil"]), "outputs must be layers, each once, got ['evil']"),
    ("gated", lambda a: a.update(outputs=["a_1", "a_1"]), "outputs must be layers, each once"),
    ("gated", lambda a: a["inputs"][0].update(name="a_0"), "layers must have names of their own"),
    ("gated", lambda a: a["inputs"][0].update(name=7), "inputs must have names, got 7"),
    ("gated", lambda a: a["inputs"][0].update(shape=[0]), "shape must be sizes in 1..1048576"),
    ("gated", lambda a: a["inputs"][0].update(shape="N"), "shape must be a list of sizes"),
    ("gated", lambda a: a["inputs"][0].update(shape=[True]), "shape must be sizes in 1..1048576"),
    ("gated", lambda a: a["inputs"][0].update(steps=0), "input 'input': steps must be an integer in 1..1048576"),
    ("gated", lambda a: a["inputs"][0].update(least=-(2**17)), "least input must be 0, or in software below"),
    ("gated", lambda a: a["inputs"][0].pop("step"), "inputs must each have name, shape, largest, least, step, steps"),
    ("gated", lambda a: layer(a, "take").update(indices=[9]), "must take from [8]"),
    ("gated", lambda a: layer(a, "take").update(indices=3), "indices must be whole numbers, got 3"),
    ("gated", lambda a: layer(a, "take").update(axis=[0]), "axis must be whole numbers, got [0]"),
    ("gated", lambda a: layer(a, "take").pop("axis"), "axis must be given of a take"),
    ("gated", lambda a: layer(a, "take").update(kind="evil"), "kind must be one of linear, conv2d"),
    ("two chips", lambda a: a["profiles"].clear(), "layer 'second_0': bits must be an integer in 2..8, got 16"),
    ("two chips", lambda a: a["profiles"].update(evil=a["profiles"]["second_0"]), "profiles must be other ones"),
    ("two chips", lambda a: a["profiles"].update(first_0=a["profile"]), "profiles must be other ones, of layers"),
    ("two chips", lambda a: a["profiles"]["second_0"].update(name=3), "name must be"),
    ("spikformer", lambda a: layer(a, "scale").update(left_shift=31), "left_shift must be an integer in 0..30"),
    ("spikformer", lambda a: layer(a, "scale").update(left_shift=30), "synaptic sums must be at most 1073741760"),
    ("spikformer", lambda a: layer(a, "reshape").update(shape=[-1, -1, 2]), "shape must be sizes, one of -1 at most"),
    ("spikformer", lambda a: layer(a, "reshape").update(shape=[0, 5]), "shape must be sizes, one of -1 at most"),
    ("decoder", lambda a: layer(a, "total").update(axes=[0, 0]), "axes must be of"),
    ("decoder", lambda a: layer(a, "conv2d").update(dilation=[1, 0]), "dilation must be two integers >= 1"),
    ("decoder", lambda a: layer(a, "sum_pool2d").update(padding=[1, 2, 3]), "padding must be two integers"),
    (
        "all else",
        lambda a: layer(a, "lif")["spec"]["leak"].update(amount=[1, 2, 3]),
        "values of their own have, got [4, 3]",
    ),
    ("all else", lambda a: layer(a, "lif")["spec"].update(threshold=[1.5, 2, 3, 4]), "threshold must be whole numbers"),
    ("all else", lambda a: layer(a, "lif")["spec"].update(threshold=[]), "threshold must be whole numbers [N]"),
    ("all else", lambda a: layer(a, "lif")["spec"].update(threshold=[1, 2, 3, 2**40]), "must be a multiple of 1 in"),
    ("all else", lambda a: layer(a, "lif")["spec"]["leak"].update(amount=[1, 2, 3, -4]), "amount must be an integer"),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_files_with_one_mistake(number: int, tmp_path: Path) -> None:
    name, change, message = CHANGES[number]
    about, arrays = saved(name, tmp_path / "net")
    change(about)
    (tmp_path / "bad").write_bytes(save(arrays, {"spikelut": json.dumps(about)}))
    with pytest.raises(ValueError, match=r"^bad: not an integer network: ") as caught:
        export.load_network(tmp_path / "bad")
    assert message in str(caught.value)


def test_own_values_are_the_profiles_to_allow(tmp_path: Path) -> None:
    """A chip with one decay and threshold for a layer has no network with one for each neuron."""
    _, network, _ = drawn(3, (hw_profiles.load("reckon"), False))
    export.save_network(network, tmp_path / "net")
    about, arrays = content(tmp_path / "net")
    about = {key: value for key, value in about.items() if key != "sha256"}
    spec = layer(about, "lif")["spec"]
    spec["threshold"] = [spec["threshold"]] * 4
    (tmp_path / "bad").write_bytes(save(arrays, {"spikelut": json.dumps(about)}))
    with pytest.raises(ValueError, match=r"spec\.threshold must be a multiple of"):
        export.load_network(tmp_path / "bad")


def test_sums_of_large_counts_do_not_wrap() -> None:
    """The reach of large counts is more than 64 bits hold, and is not taken for a small one."""
    layer = quant.IntegerLinear("w", np.full((1, 2**10), 2**14, np.int16), 1, 24, 16, 16)
    assert layer.reach(0, 2**24) == 2 ** (10 + 14 + 40 + 24)
