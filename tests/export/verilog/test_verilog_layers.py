"""Every kind of layer in Verilog, in several sizes, on events and on sums, gives what the reference does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kind_networks import events_for, joined
from layer_networks import BOTH, EVENTS, HALF, OWN, SHIFTS, WEIGHTS, Sizes, lif, network_of, own, weights
from verilog_networks import compared, lint, needs

from spikelut.quant import IntegerNetwork
from spikelut.quant.network.layers import (
    IntegerAdd,
    IntegerConcat,
    IntegerFlatten,
    IntegerMatMul,
    IntegerRepeat,
    IntegerReshape,
    IntegerScale,
    IntegerTake,
)

WITHOUT = {name for name, (layer, _) in EVENTS.items() if isinstance(layer, IntegerMatMul)}


def on_events(name: str, largest: int) -> IntegerNetwork:
    layer, shapes = (EVENTS | BOTH)[name]
    layers = [(layer, tuple(f"x{i}" for i in range(len(shapes))))]
    layers += [(IntegerScale("scale", HALF - 1), ("k",)), (lif(), ("scale",))]
    return network_of(layers, shapes, ("k", "lif"), least=-(largest // 2), largest=largest)


def on_sums(name: str) -> IntegerNetwork:
    layer, shapes = BOTH[name]
    layers: list[Any] = [(IntegerScale(f"s{i}", HALF), (f"x{i}",)) for i in range(len(shapes))]
    layers += [(layer, tuple(f"s{i}" for i in range(len(shapes)))), (lif(), ("k",))]
    return network_of(layers, shapes, ("k", "lif"), least=-2, largest=3)


def weighted(name: str, ends: tuple[int, int]) -> IntegerNetwork:
    """Weights in front of neurons; and the same as sums that several take, and as an output."""
    make, shape = WEIGHTS[name]
    layers = [(make(), ("x0",)), (lif(), ("w",))]
    again = [(replace(make(), name="v"), ("x0",)), (lif("a"), ("v",)), (lif("b"), ("v",))]
    return network_of([*layers, *again], [shape], ("lif", "v", "a", "b"), least=ends[0], largest=ends[1])


def numbers_of_each(name: str) -> IntegerNetwork:
    make, shape, between, count = OWN[name]
    layers: list[Any] = [(make(), ("x0",))]
    layers += [] if between is None else [(between, ("w",))]
    before = (layers[-1][0].name,)
    layers += [(own(count), before), (own(count, "other"), before)]
    layers += [(replace(make(), name="v"), ("x0",))]
    layers += [] if between is None else [(replace(between, name="flat2"), ("v",))]
    layers += [(own(count, "third"), (layers[-1][0].name,))]
    return network_of(layers, [shape], ("lif", "other", "third"), largest=3)


def recurrent(before: str, shifts: Sizes) -> IntegerNetwork:
    neurons = lif(recurrent=replace(weights("lif.linear", 3, 3), channels=shifts))
    layers: list[Any] = {
        "linear": [(weights("w", 3, 4), ("x0",)), (neurons, ("w",))],
        "sums": [(weights("w", 3, 4), ("x0",)), (neurons, ("w",)), (lif("other"), ("w",))],
        "image": [(weights("w", 1, 1, 2, 2), ("x0",)), (IntegerFlatten("flat"), ("w",)), (neurons, ("flat",))],
    }[before]
    return network_of(layers, [(1, 2, 4) if before == "image" else (4,)], ("lif",), largest=2)


def shared() -> IntegerNetwork:
    """Outputs in one array, an input that is an output, and arrays that a layer takes more than once."""
    layers: list[Any] = [
        (weights("w", 6, 4), ("x0",)),
        (lif("first"), ("w",)),
        (IntegerReshape("again", (2, 3)), ("first",)),
        (weights("w2", 3, 6), ("first",)),
        (IntegerReshape("input_again", (2, 2)), ("x0",)),
        (IntegerTake("part", 0, (2, 0)), ("w2",)),
        (IntegerConcat("twice", 0), ("w2", "w2")),
        (IntegerAdd("double"), ("w2", "w2")),
        (lif("six"), ("twice",)),
        (lif(), ("double",)),
    ]
    outputs = ("first", "again", "part", "input_again", "w2", "six", "lif")
    return network_of(layers, [(4,)], outputs, largest=3)


GROUPS: dict[str, dict[str, IntegerNetwork]] = {
    "events": {name: on_events(name, 5) for name in [*EVENTS, *BOTH] if name not in WITHOUT},
    "spikes": {name: on_events(name, 1) for name in [*EVENTS, *BOTH] if name not in WITHOUT},
    "sums": {name: on_sums(name) for name in BOTH},
    "weights": {name: weighted(name, (0, 1)) for name in WEIGHTS},
    "weights of counts": {name: weighted(name, (-1, 6)) for name in WEIGHTS},
    "numbers of each": {name: numbers_of_each(name) for name in OWN},
    "recurrent": {f"{b}{s}": recurrent(b, s) for b in ("linear", "sums", "image") for s in ((), SHIFTS)},
    "shared": {"shared": shared()},
}
QUICK = ("weights of counts", "numbers of each", "recurrent", "shared")


@pytest.mark.parametrize("group", [pytest.param(g, marks=[] if g in QUICK else pytest.mark.verilog) for g in GROUPS])
def test_layers(group: str, tmp_path: Path) -> None:
    needs("iverilog", "vvp", "verilator")
    # Simulators evaluate all cores in each clock, of which one has its turn.
    for number, names in enumerate(batched(GROUPS[group], 4)):
        network = joined({name: GROUPS[group][name] for name in names})
        total, nonzero = compared(network, events_for(network, 3, 2), tmp_path / str(number))
        assert nonzero > total / 20
        assert lint(tmp_path / str(number)) == ""


def batched(names: Iterable[str], size: int) -> Iterator[list[str]]:
    """The names, so many at a time."""
    waiting = list(names)
    return (waiting[first : first + size] for first in range(0, len(waiting), size))


def test_an_input_that_is_repeated(tmp_path: Path) -> None:
    layers: list[Any] = [
        (weights("w", 3, 4), ("x0",)),
        (IntegerRepeat("r", 6), ("w",)),
        (weights("v", 3, 4), ("x1",)),
        (IntegerRepeat("q", 6), ("v",)),
        (IntegerAdd("both"), ("r", "q")),
        (lif(), ("both",)),
    ]
    network = network_of(layers, [(4,), (4,)], ("lif", "w"), largest=3, steps=1)
    total, nonzero = compared(network, events_for(network, 1, 3), tmp_path)
    assert nonzero > total / 3
