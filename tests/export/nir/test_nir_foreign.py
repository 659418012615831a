"""NIR graphs that others wrote, or nobody: floats that say what NIR's equations say, and errors that name the node."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nir_euler
import numpy as np
import pytest
import torch
from nir_graphs import DT, GRAPHS, dense, each, full, graph, lif, normal, recurrent
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.export.nir.file import from_nir
from spikelut.surrogates import Arctan, Sigmoid

nir: Any = pytest.importorskip("nir", reason="nir is not installed")
h5py: Any = pytest.importorskip("h5py", reason="h5py, which nir needs, is not installed")

LOIHI = hw_profiles.load("loihi2")


def events(*shape: int) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(1)) < 0.4).float()


def for_oracle(chain: Any) -> Any:
    """The graph with what the oracle does not know in other words."""
    for node in chain.nodes.values():
        if isinstance(node, nir.Conv2d) and node.padding == "same":
            node.padding = (1, 1)
    return chain


@pytest.mark.parametrize("name", GRAPHS)
def test_floats_say_what_nir_says(name: str, tmp_path: Path) -> None:
    chain = GRAPHS[name]()
    nir.write(tmp_path / "a.nir", chain)
    x = events(30, 8, *chain.nodes["input"].input_type["input"])
    expected = nir_euler.run(for_oracle(GRAPHS[name]()), x, DT)
    for source in (chain, tmp_path / "a.nir", str(tmp_path / "a.nir")):
        model = from_nir(source, dt=DT, surrogate=Sigmoid(3.0)).double()
        signal = x.double()
        with torch.no_grad():
            for key, module in model.named_children():
                signal = module(signal)
                if isinstance(module, quant.FloatLIF | quant.FloatRecurrent):
                    neuron = module if isinstance(module, quant.FloatLIF) else module.neuron
                    node = key.removesuffix("_lif")
                    if neuron.surrogate is None:
                        # Weights are stored in float32.
                        np.testing.assert_allclose(signal.numpy(), expected[node], rtol=0, atol=2e-5)
                    else:
                        assert neuron.surrogate == Sigmoid(3.0)
                        assert 0.02 < expected[node].mean() < 0.8
                        assert np.array_equal(signal.numpy(), expected[node]), node
        assert abs(expected[str(len(chain.nodes) - 3)]).max() > 0.1


@pytest.mark.parametrize("name", GRAPHS)
def test_on_to_a_chip(name: str) -> None:
    chain = GRAPHS[name]()
    profile = hw_profiles.load("loihi2" if name == "cuba" else "generic16")
    found = quant.convert(from_nir(chain, dt=DT), profile, events(20, 8, *chain.nodes["input"].input_type["input"]))
    # On Loihi the bias of `cuba` goes to the membrane from the first step, when the current is yet to grow.
    assert found.layers[0].differing < (0.1 if name == "cuba" else 0.02)
    quant.integer(found.model)


def test_a_cycle_of_one_graph_is_that_of_two() -> None:
    """Recurrent weights may stand beside their neurons, as some writers have them; their bias arrives in each step."""
    weights, neuron = nir.Affine(normal(12, 12), each(-0.2, 0.2, 12)), lif(12)
    inner = dense(recurrent(neuron, weights, 12), nir.I(full(1.0, 5)))
    flat = dense(neuron, nir.I(full(1.0, 5)))
    flat.nodes["w"] = weights
    flat.edges += [("1", "w"), ("w", "1")]
    a: Any = from_nir(inner, dt=DT)
    b: Any = from_nir(flat, dt=DT)
    assert isinstance(b[1], quant.FloatRecurrent)
    with torch.no_grad():
        assert torch.equal(a(events(20, 4, 6)), b(events(20, 4, 6)))
        bias = torch.from_numpy(normal(12, gain=0.1) + each(-0.2, 0.2, 12))
        torch.testing.assert_close(b[0].bias, bias)


def test_how_time_constants_and_resets_are_read() -> None:
    chain = dense(lif(12, tau=full(4.0, 12), r=full(1.0, 12)), nir.LI(full(2.0, 5), full(1.0, 5), full(0.0, 5)))
    model: Any = from_nir(chain, dt=1.0, decay="exponential", reset="subtract")
    assert model[1].beta == pytest.approx(np.exp(-0.25), rel=1e-6)  # float32 in the file
    assert model[1].reset == "subtract"
    np.testing.assert_allclose(model[0].weight.detach(), normal(12, 6) * (1 - np.exp(-0.25)), rtol=1e-6)
    model = from_nir(chain, dt=1.0)
    assert (model[1].beta, model[1].reset, model[3].beta) == (0.75, "zero", 0.5)
    assert model[1].surrogate == Arctan()


@pytest.mark.parametrize("decay", ["euler", "exponential"])
def test_a_time_step_that_leaves_nothing_is_refused(decay: str) -> None:
    """dt=1e-4, the default, for graphs in seconds; a graph whose tau counts steps read with dt=1, and the other way."""
    options: dict[str, Any] = {"decay": decay}
    for kind in ("lif", "cuba"):
        chain = GRAPHS[kind]()
        from_nir(chain, dt=DT, **options)
        for dt in (0.1, 1.0, 1e6):
            with pytest.raises(ValueError, match=rf"at least dt, {re.escape(f'{dt:g}')}, got .* give the writer's, at"):
                from_nir(chain, dt=dt, **options)
    assert from_nir(dense(lif(12, tau=full(DT * 1.001, 12)), nir.I(full(1.0, 5))), dt=DT)


def test_a_current_of_one_step_is_none() -> None:
    """tau_syn = dt is how neurons without a synapse, and ours that only integrate, may be written."""
    given = {"tau_syn": full(DT, 12), "tau_mem": full(8 * DT, 12), "r": full(8.0, 12), "w_in": full(1.0, 12)}
    node = nir.CubaLIF(**given, v_leak=full(0.0, 12), v_threshold=full(1.0, 12), v_reset=full(0.0, 12))
    cuba: Any = from_nir(dense(node, nir.I(full(1.0, 5))), dt=DT)
    plain: Any = from_nir(dense(lif(12), nir.I(full(1.0, 5))), dt=DT)
    x = events(30, 4, 6)
    with torch.no_grad():
        assert torch.equal(cuba[:2](x), plain[:2](x))
        assert cuba[:2](x).mean() > 0.02


def test_what_says_nothing_falls_away() -> None:
    flatten = nir.Flatten({"input": np.array([6])}, 0, -1)
    model: Any = from_nir(
        graph(flatten, nir.Linear(normal(5, 6)), lif(5), nir.Affine(normal(5, 5), full(0.0, 5))), dt=DT
    )
    assert [type(m).__name__ for m in model] == ["Linear", "FloatLIF", "Linear"]
    assert model[2].bias is None


def edited(change: Callable[[Any], None]) -> Any:
    chain = GRAPHS["lif"]()
    change(chain)
    return chain


def replaced(name: str, node: Any) -> Callable[[Any], None]:
    return lambda g: g.nodes.update({name: node})


CHANGES: list[tuple[Callable[[Any], None], str]] = [
    (replaced("1", nir.Delay(full(1.0, 12))), "node '1': must be neurons, which come after weights, got 'Delay'"),
    (replaced("0", nir.Scale(full(1.0, 6))), "node '0': must be one of Linear, Affine, Conv2d"),
    (replaced("0", lif(6)), "node '0': neurons must come after weights, got 'LIF'"),
    (replaced("2", lif(12)), "node '2': neurons must come after weights"),
    (replaced("1", lif(12, tau=each(5e-4, 8e-3, 12))), "node '1': tau must be at least dt, 0.001, got 0.0005"),
    (
        replaced("1", lif(12, tau=full(5e-4, 12))),
        "node '1': tau must be at least dt, 0.001, got 0.0005: neurons keep nothing; give the writer's, at most 0.0005",
    ),
    (
        replaced("1", lif(12, tau=full(DT, 12))),
        "node '1': tau must be above dt, 0.001, got 0.001: neurons keep nothing; give the writer's, at most 0.001",
    ),
    (replaced("1", lif(12, tau=full(np.nan, 12))), "node '1': tau must be finite"),
    (replaced("1", lif(12, v_reset=full(0.1, 12))), "node '1': v_reset must be 0"),
    (replaced("1", lif(12, v_threshold=full(0.0, 12))), "node '1': v_threshold must be > 0"),
    (replaced("1", lif(11)), "node '1': r must be one number, or [12, ...] as the weights before it, got (11,)"),
    (replaced("0", nir.Linear(normal(2, 12, 6))), "node '0': weight must have 2 dimensions"),
    (replaced("0", nir.Linear(normal(12, 6).astype(str))), "node '0': weight must be numbers"),
    (replaced("0", nir.Linear(np.zeros((0, 6)))), "node '0': weight must be numbers"),
    (replaced("0", nir.Affine(normal(12, 6), normal(11))), "node '0': bias must be [12], got (11,)"),
    (replaced("0", nir.Flatten({"input": np.array([6, 2])}, 1, -1)), "node '1': neurons must come after weights"),
    (lambda g: g.edges.append(("0", "3")), "node '0': must lead to one other node, got ['1', '3']"),
    (lambda g: g.edges.append(("3", "1")), "node '1': must come after one other node, and recurrent weights"),
    (lambda g: g.edges.append(("1", "1")), "node '1': must come after one other node, and recurrent weights"),
    (lambda g: g.edges.__setitem__(-1, ("3", "input")), "node 'input': must come after one other node, and recurrent"),
    (lambda g: g.edges.append(("0", "1")), "graph: edges must differ from each other"),
    (lambda g: g.edges.append(("1", "9")), "graph: edges must lie between nodes, got ('1', '9')"),
    (lambda g: g.edges.remove(("1", "2")), "node '1': must lead to one other node, got []"),
    (lambda g: g.nodes.pop("output"), "graph: edges must lie between nodes, got ('3', 'output')"),
    (replaced("more", nir.Output({"output": np.array([5])})), "graph: must have one input and one output"),
    (replaced("more", lif(5)), "graph: must be one chain, these are outside, got ['more']"),
    (lambda g: g.nodes.update({"1": g}), "graph: must be at most 32 graphs deep"),
    (lambda g: g.metadata.update(spikelut="{"), "Expecting property name"),
    (lambda g: g.metadata.update(spikelut="[]"), "metadata: spikelut must be the text of an object"),
    (lambda g: g.metadata.update(spikelut="{}"), "'format'"),
    (lambda g: g.metadata.update(spikelut='{"format": "x"}'), "graph: format must be 'spikelut NIR 1', got 'x'"),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_graphs_with_one_mistake(number: int) -> None:
    change, message = CHANGES[number]
    with pytest.raises(ValueError, match=f"^from_nir: not a NIR graph of layers: {re.escape(message)}") as caught:
        from_nir(edited(change), dt=DT)
    assert "\n" not in str(caught.value)


def test_arguments() -> None:
    chain = GRAPHS["lif"]()
    for options, message in (
        ({"decay": "linear"}, "from_nir: decay must be euler or exponential, got 'linear'"),
        ({"reset": "none"}, "from_nir: reset must be zero or subtract, got 'none'"),
        ({"dt": 0}, "from_nir: dt must be > 0, got 0"),
        (
            {"profile": LOIHI, "dt": DT},
            "from_nir: not a NIR graph of layers: graph: profile must be None for a network",
        ),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
            from_nir(chain, **options)
    with pytest.raises(ValueError, match="source must be a path or a NIRGraph, got list"):
        from_nir([])
