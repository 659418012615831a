"""Networks that branch as NIR graphs: they come back, and say the same in NIR's own equations."""

import json
import random
from pathlib import Path
from typing import Any

import nir_euler
import numpy as np
import pytest
import torch
from graph_models import GRAPHS, P, graph, woken
from nir_models import LOIHI, MODELS, conv, lif, model_of, sizes_of
from random_networks import differences
from tampering import changes
from torch import nn

from spikelut import quant
from spikelut.export.nir.file import DT, from_nir, to_nir

nir: Any = pytest.importorskip("nir", reason="nir is not installed")

REFUSED = {
    "currents pooled": r"layer '1_module': NIR has no node for this MaxPool2d: of 0/1 spikes it is a SumPool2d and a",
    "u-net": r"layer 'up': NIR has no node for this Upsample: make images larger before the network",
    "spikformer": r"layer 'embed_0': must be given features in a row: NIR's weights have one place for each",
    "decoder": r"layer 'images_0_spread': NIR has no node for this Spread: put zeros around in a convolution",
    "both ways": r"layer 'reverse': NIR has no node for this Reverse: NIR runs forward in time: turn the data round",
}


@pytest.mark.parametrize("name", [name for name in GRAPHS if name not in {*REFUSED, "shared"}])
def test_round_trip(name: str, tmp_path: Path) -> None:
    model, inputs = graph(name)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    sizes = sizes_of(network, inputs)
    made = to_nir(model, tmp_path / "a.nir", input_shape=sizes)
    assert nir.read(tmp_path / "a.nir").nodes.keys() == made.nodes.keys()
    for source in (tmp_path / "a.nir", made):
        again = from_nir(source)
        found = quant.integer(again)
        assert differences(network, found) == []
        assert [node.inputs for node in found.nodes] == [node.inputs for node in network.nodes]
        assert found.outputs == network.outputs
    to_nir(again, tmp_path / "b.nir", input_shape=sizes)
    assert (tmp_path / "a.nir").read_bytes() == (tmp_path / "b.nir").read_bytes()


@pytest.mark.parametrize("name", REFUSED)
def test_what_nir_cannot_say(name: str) -> None:
    model, inputs = graph(name)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    with pytest.raises(ValueError, match=f"^to_nir: {REFUSED[name]}"):
        to_nir(model, None, input_shape=sizes_of(network, inputs))


@pytest.mark.parametrize("name", MODELS)
def test_nir_s_equations_give_the_same(name: str, tmp_path: Path) -> None:
    """Every spike of every layer of neurons, and sums and membranes exactly: the weights are whole codes."""
    model, inputs = model_of(name)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    made = to_nir(model, tmp_path / "a.nir", input_shape=sizes_of(network, inputs))
    assert differences(network, quant.integer(from_nir(tmp_path / "a.nir"))) == []
    names = [one.name for one in network.inputs] if len(inputs) > 1 else ["input"]
    traces = nir_euler.run(made, {key: x.numpy() for key, x in zip(names, inputs, strict=True)}, DT)
    with torch.no_grad():
        own = model(*inputs)
    assert len(own) == len(network.outputs)
    for layer, wanted in zip(network.outputs, own.values(), strict=True):
        found = traces[f"output_{layer}"]
        assert (found != 0).mean() > 0.02, layer
        if network.signals[layer].kind == "membranes":
            # Loihi rounds what leaks towards zero; NIR's equations do not.
            np.testing.assert_allclose(found, wanted.numpy(), atol=20 * LOIHI.state_step)
        else:
            assert np.array_equal(found, wanted.double().numpy()), layer
    for key, node in made.nodes.items():
        assert isinstance(node, nir.Input) or (traces[key] != 0).any(), key


def test_a_changed_graph_is_refused() -> None:
    """Weights, edges and what the metadata say must be one network."""
    model, inputs = model_of("merges")
    made = to_nir(model, None, input_shape=sizes_of(quant.integer(model, example=inputs[0]), inputs))
    about = json.loads(made.metadata["spikelut"])

    def refused(message: str) -> None:
        with pytest.raises(ValueError, match=f"^from_nir: not a NIR graph of layers: {message}") as caught:
            from_nir(made)
        assert "\n" not in str(caught.value)

    for key, wrong, message in (
        ("sizes", {"input": [7]}, "layer 'a_0': layers must fit each other"),
        ("sizes", {}, "graph: sizes must be those of input"),
        ("sizes", {"input": [-6]}, "graph: sizes must be those of input"),
        ("dt", 0.0, "graph: dt must be seconds > 0"),
        ("network", {**about["network"], "format": "x"}, "load_network: of graphs format must be"),
        ("network", {**about["network"], "input_step": 0.5}, "sha256: must be that of the contents"),
        ("profile", {}, "graph: metadata: spikelut must be what its integers say"),
    ):
        made.metadata["spikelut"] = json.dumps({**about, key: wrong}, sort_keys=True)
        refused(message)
    made.metadata["spikelut"] = json.dumps(about, sort_keys=True)
    kept = made.nodes["a_0"].weight.copy()
    made.nodes["a_0"].weight[0, 0] += 1
    refused("node 'a_0': weight must be what its integers say")
    made.nodes["a_0"].weight[:] = kept
    made.edges.append(made.edges.pop(0)[::-1])
    refused("graph: nodes and edges must be those of its layers")
    made.edges.append(made.edges.pop()[::-1])
    codes = made.metadata["0.codes"]
    made.metadata["0.codes"] = codes[:, ::-1].copy()
    refused("sha256: must be that of the contents")
    made.metadata["0.codes"] = codes
    assert from_nir(made, LOIHI) is not None
    with pytest.raises(ValueError, match="graph: profile must be loihi2, got 'generic16'"):
        from_nir(made, P)


def test_sizes_that_are_not_given() -> None:
    model = woken(nn.Sequential(conv(2, 4, padding=1), lif(), quant.MaxPool2d(2), conv(4, 2, padding=1), lif()))
    with pytest.raises(ValueError, match=r"^to_nir: input_shape of 'input' must be \(2, H, W\), got \(2, 'H', 'W'\)"):
        to_nir(model, None)
    assert type(from_nir(to_nir(model, None, input_shape=(2, 8, 8)))) is nn.Sequential


def test_changed_metadata() -> None:
    """Value by value: refused in one line, or the same network."""
    model, inputs = model_of("merges")
    network = quant.integer(model, example=inputs[0])
    made = to_nir(model, None, input_shape=sizes_of(network, inputs))
    about, pick, refused = json.loads(made.metadata["spikelut"]), random.Random(2), 0
    for name, changed in changes(about, lambda: pick.random() <= 0.004):
        made.metadata["spikelut"] = json.dumps(changed, sort_keys=True)
        message, found = "", None
        try:
            found = quant.integer(from_nir(made))
        except ValueError as error:
            message = str(error)
        assert found is None or differences(network, found) == [], name
        assert found is not None or (message.startswith("from_nir: ") and "\n" not in message)
        refused += found is None
    assert refused > 20
