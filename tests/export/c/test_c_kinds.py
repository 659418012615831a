"""Every kind of layer alone in C, in several sizes, on events and on sums, gives what the reference does."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import Library, compared
from layer_networks import BOTH, EVENTS, HALF, OWN, SHIFTS, WEIGHTS, P, Sizes, inputs_of, lif, network_of, own, weights
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.export.c.plan import plan
from spikelut.quant.network.layers import (
    IntegerAdd,
    IntegerFlatten,
    IntegerLIF,
    IntegerRepeat,
    IntegerReshape,
    IntegerScale,
    IntegerTake,
    IntegerTotal,
    IntegerTranspose,
)
from spikelut.surrogates import Arctan


@pytest.mark.parametrize("largest", [1, 5])
@pytest.mark.parametrize("name", [*EVENTS, *BOTH])
def test_a_layer_of_events(name: str, largest: int, tmp_path: Path) -> None:
    layer, shapes = (EVENTS | BOTH)[name]
    given = tuple(f"x{i}" for i in range(len(shapes)))
    layers = [(layer, given), (IntegerScale("scale", HALF - 1), ("k",)), (lif(), ("scale",))]
    network = network_of(layers, shapes, ("k", "lif"), least=-(largest // 2), largest=largest)
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 20


@pytest.mark.parametrize("name", BOTH)
def test_a_layer_of_sums(name: str, tmp_path: Path) -> None:
    layer, shapes = BOTH[name]
    layers: list[Any] = [(IntegerScale(f"s{i}", HALF), (f"x{i}",)) for i in range(len(shapes))]
    layers += [(layer, tuple(f"s{i}" for i in range(len(shapes)))), (lif(), ("k",))]
    network = network_of(layers, shapes, ("k", "lif"), least=-2, largest=3)
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 10


@pytest.mark.parametrize("ends", [(0, 1), (0, 7), (-1, 1)])
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights(name: str, ends: tuple[int, int], tmp_path: Path) -> None:
    """In front of neurons; as sums that several take; and as an output."""
    make, shape = WEIGHTS[name]
    layer = make()
    one = network_of([(layer, ("x0",)), (lif(), ("w",))], [shape], least=ends[0], largest=ends[1])
    assert not any(member.name.startswith("work") for member in plan(one, "net", None).members)
    layers = [(layer, ("x0",)), (lif(), ("w",)), (lif("other"), ("w",))]
    two = network_of(layers, [shape], ("other", "lif"), least=ends[0], largest=ends[1])
    assert any(member.name.startswith("work") for member in plan(two, "net", None).members)
    out = network_of(layers[:2], [shape], ("w", "lif"), least=ends[0], largest=ends[1])
    for folder, network in (("one", one), ("two", two), ("out", out)):
        (tmp_path / folder).mkdir()
        total, nonzero = compared(network, inputs_of(network), tmp_path / folder)
        assert nonzero > total / 3


@pytest.mark.parametrize("apart", [False, True], ids=["with weights", "apart"])
@pytest.mark.parametrize("name", OWN)
def test_numbers_of_each_neuron(name: str, apart: bool, tmp_path: Path) -> None:
    make, shape, between, count = OWN[name]
    layers: list[Any] = [(make(), ("x0",))]
    layers += [] if between is None else [(between, ("w",))]
    before = (layers[-1][0].name,)
    layers += [(own(count), before)] + ([(own(count, "other"), before)] if apart else [])
    network = network_of(layers, [shape], ("lif", "other") if apart else ("lif",), largest=3)
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 3


@pytest.mark.parametrize("shifts", [(), SHIFTS], ids=["", "shifts"])
@pytest.mark.parametrize("before", ["linear", "sums", "image"])
def test_recurrent_neurons(before: str, shifts: Sizes, tmp_path: Path) -> None:
    recurrent = replace(weights("lif.linear", 3, 3), channels=shifts)
    neurons = lif(recurrent=recurrent)
    layers: list[Any] = {
        "linear": [(weights("w", 3, 4), ("x0",)), (neurons, ("w",))],
        "sums": [(weights("w", 3, 4), ("x0",)), (neurons, ("w",)), (lif("other"), ("w",))],
        "image": [
            (weights("w", 1, 1, 2, 2), ("x0",)),
            (IntegerFlatten("flat"), ("w",)),
            (neurons, ("flat",)),
        ],
    }[before]
    shape = (1, 2, 4) if before == "image" else (4,)
    network = network_of(layers, [shape], ("lif",), largest=2)
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 4


def test_outputs_that_are_read_again_and_outputs_in_one_array(tmp_path: Path) -> None:
    flat, again = IntegerFlatten("flat"), IntegerReshape("again", (2, 3))
    layers: list[Any] = [
        (weights("w", 6, 4), ("x0",)),
        (lif("first"), ("w",)),
        (flat, ("first",)),
        (again, ("flat",)),
        (weights("w2", 3, 6), ("flat",)),
        (IntegerLIF("read", quant.LIFSpec.from_profile(P, 0.75, None, None, "LI"), None, None), ("w2",)),
        (IntegerTake("part", 0, (2, 0)), ("read",)),
        (IntegerReshape("input_again", (2, 2)), ("x0",)),
        (lif(), ("w2",)),
    ]
    outputs = ("first", "again", "flat", "part", "input_again", "w2", "lif")
    network = network_of(layers, [(4,)], outputs, largest=3)
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 3
    text = (tmp_path / "net.h").read_text()
    assert "output_part: membranes of the read-out 'part'" in text


def test_a_repeated_input_beside_another(tmp_path: Path) -> None:
    layers: list[Any] = [
        (weights("w", 3, 4), ("x0",)),
        (IntegerRepeat("r", 6), ("w",)),
        (weights("v", 3, 4), ("x1",)),
        (IntegerRepeat("q", 6), ("v",)),
        (IntegerAdd("both"), ("r", "q")),
        (lif(), ("both",)),
    ]
    network = network_of(layers, [(4,), (4,)], ("lif", "w"), largest=3, steps=1)
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 3
    layers = [
        (weights("w", 3, 4), ("x0",)),
        (lif("first"), ("w",)),
        (weights("v", 3, 3), ("first",)),
        (IntegerRepeat("r", 6), ("v",)),
        (lif(), ("r",)),
    ]
    with pytest.raises(ValueError, match=r"^to_c: layer 'first' must come after Repeat"):
        plan(network_of(layers, [(4,)], steps=1), "net", None)


def test_types_are_the_smallest_that_hold_what_comes(tmp_path: Path) -> None:
    layers: list[Any] = [
        (IntegerAdd("sum"), ("x0", "x1")),
        (IntegerTake("more", 0, (0, 1)), ("sum",)),
        (IntegerScale("scale", 4), ("more",)),
        (lif(), ("scale",)),
    ]
    for ends, kinds in {
        (0, 100): ("uint8_t", "uint8_t"),
        (-60, 60): ("int8_t", "int8_t"),
        (0, 255): ("uint8_t", "uint16_t"),
        (-128, 127): ("int8_t", "int16_t"),
        (-(2**15), 2**15 - 1): ("int16_t", "int32_t"),
    }.items():
        network = network_of(layers, [(3,), (3,)], least=ends[0], largest=ends[1])
        made = plan(network, "net", None)
        types = (
            {values.c_type for values in made.inputs.values()},
            {member.c_type for member in made.members if "'sum'" in member.about},
        )
        assert types == ({kinds[0]}, {kinds[1]})
        folder = tmp_path / kinds[1]
        folder.mkdir(exist_ok=True)
        compared(network, inputs_of(network), folder)
        conditions = re.findall(r"if \((.*)\) {\n            return 1;", (folder / "net.c").read_text())
        limits = {(0, 100): ["input_x{0}[i] > NET_LARGEST_INPUT_X{0}"]}
        limits[-60, 60] = ["input_x{0}[i] < NET_LEAST_INPUT_X{0} || input_x{0}[i] > NET_LARGEST_INPUT_X{0}"]
        assert conditions == [text.format(k) for k in (0, 1) for text in limits.get(ends, [])]


def test_an_input_beyond_its_limits_is_refused(tmp_path: Path) -> None:
    layers: list[Any] = [(weights("w", 3, 4), ("x0",)), (lif(), ("w",))]
    network = network_of(layers, [(4,)], least=-60, largest=60)
    compared(network, inputs_of(network), tmp_path)
    library = Library(network, "net", None, tmp_path / "net.so")
    given = np.zeros(4, np.int64)
    for value, refused in ((60, 0), (61, 1), (-60, 0), (-61, 1)):
        given[3] = value
        assert library.step(given) == refused


def test_memory_is_shared_within_a_type(tmp_path: Path) -> None:
    layers: list[Any] = [
        (IntegerTranspose("turned", (1, 0)), ("x0",)),
        (weights("w", 3, 4), ("turned",)),
        (IntegerTranspose("back", (1, 0)), ("w",)),
        (lif(), ("back",)),
    ]
    network = network_of(layers, [(4, 3)])
    members = {m.name: m.c_type for m in plan(network, "net", None).members if m.name.startswith("work")}
    assert sorted(members.values()) == ["int32_t", "int32_t", "uint8_t"]
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 3


def test_a_sum_over_everything(tmp_path: Path) -> None:
    layers: list[Any] = [
        (IntegerTotal("all", (0, 1)), ("x0",)),
        (IntegerScale("scale", HALF), ("x0",)),
        (lif(), ("scale",)),
    ]
    network = network_of(layers, [(2, 3)], ("all", "lif"), largest=3)
    total, nonzero = compared(network, inputs_of(network), tmp_path)
    assert nonzero > total / 3


def test_layers_that_take_event_after_event_have_no_weights_that_nothing_reads(tmp_path: Path) -> None:
    """A step of zeros alone reads none; compilers warn of what is not used."""
    sne, speck = hw_profiles.load("sne"), hw_profiles.load("speck2f")
    model = nn.Sequential(
        quant.EventConv2d(1, 2, 2, profile=sne, surrogate=Arctan()),
        nn.Flatten(2),
        quant.EventLIF(8, 2, profile=sne, surrogate=Arctan()),
    )
    alone = nn.Sequential(quant.EventLIF(8, 2, profile=speck, surrogate=Arctan()))
    with torch.no_grad():
        for parameter in (*model.parameters(), *alone.parameters()):
            parameter.zero_()
    for network, shape, size in ((model, (2, 1, 1, 3, 3), (3, 3)), (alone, (2, 1, 8), None)):
        with pytest.warns(quant.SilentLayerWarning):
            made = quant.integer(network)
        folder = tmp_path / str(len(shape))
        folder.mkdir()
        total, _ = compared(made, np.ones(shape, np.int64), folder, size)
        assert total > 0
