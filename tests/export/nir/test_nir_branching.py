"""NIR graphs of others that branch: floats that say what NIR's equations say, and errors that name the node."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import nir_euler
import numpy as np
import pytest
import torch
from graph_models import P
from nir_graphs import DT, cuba, each, full, lif, normal, recurrent
from nir_models import model_of, sizes_of
from torch import nn

from spikelut import quant
from spikelut.export.nir.file import from_nir, to_nir

nir: Any = pytest.importorskip("nir", reason="nir is not installed")


def graph(nodes: dict[str, Any], edges: str, inputs: dict[str, Any], outputs: tuple[str, ...]) -> Any:
    """Nodes with edges as "a b c, a c", between inputs of shapes and outputs."""
    ends = {name: nir.Input({"input": np.array(shape)}) for name, shape in inputs.items()}
    ends |= {name: nir.Output({"output": np.array([1])}) for name in outputs}
    pairs = [pair for chain in edges.split(",") for pair in pairwise(chain.split())]
    return nir.NIRGraph({**ends, **nodes}, pairs, type_check=False)


def rises(n: int, low: float = 0.5, high: float = 1.5) -> Any:
    return lif(n, r=each(8 * low, 8 * high, n), v_threshold=each(0.5, 2.0, n))


def skip() -> Any:
    """Currents of two weights, spikes added, a skip to the next weights but one; weights for two layers of neurons."""
    nodes = {"w": nir.Affine(normal(12, 6), normal(12, gain=0.1)), "a": rises(12), "v": nir.Linear(normal(12, 12))}
    nodes |= {"b": cuba(12), "u": nir.Linear(normal(12, 7, gain=0.3)), "o": nir.Linear(normal(5, 12))}
    nodes["m"] = nir.LI(full(5e-3, 5), each(1.0, 2.0, 5), full(0.0, 5))
    edges = "x w a v b o m out, w b, a o, y u b, b last"
    return graph(nodes, edges, {"x": [6], "y": [7]}, ("out", "last"))


def in_a_row() -> Any:
    """Weights in a row, scales before, between and behind them, the sum of currents through further weights."""
    nodes: dict[str, Any] = {"s": nir.Scale(each(0.5, 1.5, 6)), "w": nir.Affine(normal(10, 6), normal(10, gain=0.2))}
    nodes |= {"t": nir.Scale(each(-1.0, 1.0, 10)), "v": nir.Affine(normal(12, 10), normal(12, gain=0.2))}
    nodes |= {"r": nir.Affine(normal(10, 6), full(0.3, 10)), "q": nir.Scale(full(2.0, 12)), "a": lif(12)}
    nodes |= {
        "z": nir.Linear(normal(10, 6)),
        "o": nir.Linear(normal(5, 12, gain=0.8)),
        "n": recurrent(rises(5), nir.Linear(normal(5, 5)), 5),
    }
    return graph(nodes, "x s w t v q a o n out, x r v, x z v", {"x": [6]}, ("out",))


def memoryless() -> Any:
    """Thresholds, spikes that go to neurons without weights, scaled ones, and the same spikes as they are."""
    nodes: dict[str, Any] = {"w": nir.Linear(normal(8, 6)), "t": nir.Threshold(each(0.2, 0.6, 8)), "a": rises(8, 0.2)}
    nodes |= {"s": nir.Scale(each(0.2, 0.5, 8)), "b": lif(8), "c": lif(8), "o": nir.Linear(normal(4, 8))}
    nodes["m"] = nir.I(full(1.0, 4))
    return graph(nodes, "x w t a c, t s b o m out, w c o", {"x": [6]}, ("out",))


def images() -> Any:
    """Convolutions, one with an even kernel and 'same', that are added; pooling with padding; a scale of channels."""

    def neurons(c: int, h: int, w: int) -> Any:
        return nir.LIF(*(full(v, c, h, w) for v in (8e-3, 8.0, 0.0)), full(1.0, c, h, w))

    nodes: dict[str, Any] = {
        "w": nir.Conv2d((8, 8), normal(4, 2, 2, 3, gain=1.0), 1, "same", (1, 2), 1, normal(4, gain=0.1))
    }
    nodes |= {"k": nir.Scale(each(0.5, 2.0, 2)[:, None, None] * full(1.0, 2, 8, 8)), "a": neurons(4, 8, 8)}
    nodes["v"] = nir.Conv2d((8, 8), normal(4, 2, 3, 3), 1, (1, 1), 1, 1, full(0.0, 4))
    pool = [np.array(n) for n in ((3, 2), (2, 2), (1, 0))]
    nodes |= {"p": nir.SumPool2d(*pool), "q": nir.AvgPool2d(*pool), "b": neurons(4, 4, 4)}
    nodes |= {"f": nir.Flatten({"input": np.array([4, 4, 4])}, 0, -1), "o": nir.Linear(normal(5, 64)), "n": lif(5)}
    return graph(nodes, "x w a p f o n out, x k v a, q b f, a q", {"x": [2, 8, 8]}, ("out",))


def sequences() -> Any:
    nodes: dict[str, Any] = {"w": nir.Conv1d(16, normal(4, 2, 4), 1, "same", 1, 1, normal(4, gain=0.1))}
    nodes |= {"a": nir.LIF(*(full(v, 4, 16) for v in (8e-3, 8.0, 0.0)), full(1.0, 4, 16))}
    nodes |= {
        "v": nir.Conv1d(16, normal(4, 2, 3), 1, 2, 2, 2, full(0.0, 4)),
        "b": nir.IF(full(1.0, 4, 16), full(1.0, 4, 16)),
    }
    nodes |= {
        "f": nir.Flatten({"input": np.array([4, 16])}, 0, -1),
        "o": nir.Linear(normal(5, 64, gain=0.8)),
        "n": lif(5),
    }
    return graph(nodes, "x w a v b f o n out, a f", {"x": [2, 16]}, ("out",))


FOREIGN = {f.__name__: f for f in (skip, in_a_row, memoryless, images, sequences)}


def spikes(*shape: int, seed: int = 1) -> torch.Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.4).float()


def outputs(model: nn.Module, given: dict[str, Any]) -> dict[str, Any]:
    with torch.no_grad():
        found = model(**given) if isinstance(model, quant.GraphModule) else model(*given.values())
    return found if isinstance(found, dict) else {"out": found}


@pytest.mark.parametrize("name", FOREIGN)
def test_floats_say_what_nir_says(name: str, tmp_path: Path) -> None:
    made = FOREIGN[name]()
    nir.write(tmp_path / "a.nir", made)
    given = {key: spikes(30, 8, *node.input_type["input"]) for key, node in made.inputs.items()}
    wanted = nir_euler.run(same_as_numbers(FOREIGN[name]()), {k: x.numpy() for k, x in given.items()}, DT)
    for source in (made, tmp_path / "a.nir"):
        model = from_nir(source, dt=DT).double()
        single = len(given) == 1
        found = outputs(model, {("input" if single else key): x.double() for key, x in given.items()})
        assert len(found) == len(made.outputs)
        for key, signal in found.items():
            expected = wanted[key]
            assert abs(expected).mean() > 0.02
            if set(np.unique(expected)) <= {0.0, 1.0}:
                assert np.array_equal(signal.numpy(), expected), key
            else:
                np.testing.assert_allclose(signal.numpy(), expected, rtol=0, atol=2e-5)
    assert all(abs(wanted[key]).max() > 0 for key in made.nodes)


@pytest.mark.parametrize("name", [name for name in FOREIGN if name != "skip"])
def test_on_to_a_chip(name: str) -> None:
    """Floats that branch are converted as others are, and their integers are what they compute."""
    made = FOREIGN[name]()
    x = spikes(20, 4, *made.nodes["x"].input_type["input"])
    found = quant.convert(from_nir(made, dt=DT), P, x)
    assert all(report.differing < 0.02 for report in found.layers)
    assert found.silent == ()
    network = quant.integer(found.model, example=x)
    (output,) = network.outputs
    codes = network.run(x.numpy(), keep=network.outputs)[output]
    with torch.no_grad():
        assert torch.equal(torch.from_numpy(codes) * network.signals[output].step, found.model(x).double())
    assert codes.any()


def same_as_numbers(made: Any) -> Any:
    """The graph with kernels and paddings as the oracle knows them."""
    for node in made.nodes.values():
        if isinstance(getattr(node, "padding", None), str):
            # An even kernel reaches one further behind.
            more = [(0, 0), (0, 0), *((1, 0) if k % 2 == 0 else (0, 0) for k in node.weight.shape[2:])]
            dilation = np.atleast_1d(node.dilation)
            node.weight = np.pad(node.weight, more)
            node.padding = tuple(int(d) * (k // 2) for k, d in zip(node.weight.shape[2:], dilation, strict=True))
            node.padding = node.padding if len(node.padding) == 2 else node.padding[0]
    return made


def test_chains_with_what_they_had_not_are_sequentials() -> None:
    nodes = {"w": nir.Linear(normal(8, 6)), "v": nir.Linear(normal(5, 8)), "a": lif(5)}
    model = from_nir(graph(nodes, "x w v a out", {"x": [6]}, ("out",)), dt=DT)
    assert type(model) is nn.Sequential
    assert [type(module).__name__ for module in model] == ["Linear", "FloatLIF"]


@pytest.mark.parametrize("name", ["merges", "images"])
def test_ours_read_as_another_s(name: str) -> None:
    """Without its metadata a graph of ours is floats that spike as the integers do."""
    model, inputs = model_of(name)
    network = quant.integer(model, example=inputs[0])
    made = to_nir(model, None, input_shape=sizes_of(network, inputs))
    made.metadata = {}
    floats = from_nir(made)
    assert isinstance(floats, quant.GraphModule)
    with torch.no_grad():
        own, found = model(*inputs), floats.double()(inputs[0].double())
    compared = nonzero = 0
    for layer, wanted in zip(network.outputs, own.values(), strict=True):
        if network.signals[layer].kind != "membranes":
            assert torch.equal(found[f"output_{layer}"], wanted.double()), layer
            compared, nonzero = compared + wanted.numel(), nonzero + int((wanted != 0).sum())
    assert nonzero > compared / 20


def edited(change: Callable[[Any], None]) -> Any:
    made = skip()
    change(made)
    return made


def linked(*edge: str) -> Callable[[Any], None]:
    return lambda g: g.edges.append(edge)


class Strange(nir.NIRNode):  # type: ignore[misc]  # nir publishes no types
    """A node that NIR does not have, of the shape of what goes into `u`."""

    def __init__(self) -> None:
        self.input_type = {"input": np.array([7])}
        self.output_type = {"output": np.array([7])}
        self.metadata: dict[str, Any] = {}


CHANGES: list[tuple[Callable[[Any], None], str]] = [
    (linked("b", "w"), "node 'w': must not lead back to what is before it, but for weights around one layer of"),
    (linked("m", "x"), "node 'x': must come first, as an input, got 'm'"),
    (linked("a", "u"), "node 'u': what is added must have one shape"),
    (linked("u", "m"), "node 'm': what is added must have one shape"),
    (lambda g: g.nodes.update(u=Strange()), "node 'u': must be one of Linear, Affine, Conv1d, Conv2d"),
    (lambda g: g.nodes.update(v=nir.Linear(normal(12, 11))), "node 'v': must be given [11], got [12]"),
    (lambda g: g.nodes.update(lost=lif(3)), "node 'lost': must have an edge into it"),
    (lambda g: g.nodes.update(v=nir.Scale(full(1.0, 3))), "node 'v': scale must be one number, or [12], got (3,)"),
    (lambda g: g.nodes.update(a=nir.Threshold(full(0.0, 12))), "node 'a': threshold must be > 0"),
    (lambda g: g.nodes["x"].input_type.update(input=None), "node 'x': must say its shape"),
    (lambda g: g.edges.remove(("x", "w")), "node 'w': must have an edge into it"),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_graphs_with_one_mistake(number: int) -> None:
    change, message = CHANGES[number]
    pattern = f"^from_nir: not a NIR graph of layers: graph: .*as a network that branches: {re.escape(message)}"
    with pytest.raises(ValueError, match=pattern) as caught:
        from_nir(edited(change), dt=DT)
    assert "\n" not in str(caught.value)
