"""Networks that branch as NIR graphs: they come back, and say the same in NIR's own equations."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nir_euler
import numpy as np
import pytest
import torch
from graph_models import GRAPHS, P, events, graph, woken
from random_networks import differences
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.export.nir.file import DT, from_nir, to_nir
from spikelut.quant.weights.layers import QuantConv1d, QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan

nir: Any = pytest.importorskip("nir", reason="nir is not installed")

LOIHI = hw_profiles.load("loihi2")
"""Its neurons are NIR's but for rounding, of which with these decays there is none."""
REFUSED = {
    "currents pooled": r"layer '1_module': NIR has no node for this MaxPool2d: of 0/1 spikes it is a SumPool2d and a",
    "u-net": r"layer 'up': NIR has no node for this Upsample: make images larger before the network",
    "spikformer": r"layer 'embed_0': must be given features in a row: NIR's weights have one place for each",
    "decoder": r"layer 'images_0_spread': NIR has no node for this Spread: put zeros around in a convolution",
    "both ways": r"layer 'reverse': NIR has no node for this Reverse: NIR runs forward in time: turn the data round",
}


def sizes_of(network: quant.IntegerNetwork, inputs: tuple[Tensor, ...]) -> Any:
    shapes = {one.name: tuple(x.shape[2:]) for one, x in zip(network.inputs, inputs, strict=True)}
    return shapes if len(shapes) > 1 else next(iter(shapes.values()))


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


def lin(before: int, after: int, **options: Any) -> QuantLinear:
    return QuantLinear(before, after, profile=LOIHI, **options)


def conv(before: int, after: int, kernel: Any = 3, **options: Any) -> QuantConv2d:
    return QuantConv2d(before, after, kernel, **{"padding": "same", "profile": LOIHI, **options})


def lif(**options: Any) -> quant.LIF:
    return quant.LIF(LOIHI, Arctan(), beta=0.875, reset="zero", **options)


class Merges(nn.Module):
    """Spikes and currents added, what is joined or sliced into weights and out of them, the same added to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = (nn.Sequential(lin(6, 8), lif(bias=8)) for _ in range(3))
        self.join, self.other, self.shared = lin(16, 5), lin(4, 5), lif(bias=5)
        self.twice, self.again = lin(8, 8), nn.Sequential(lin(10, 8), quant.Recurrent(lif(), 8))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a, b, c = self.a(x), self.b(x), self.c(x)
        currents = self.join(torch.cat([a + b, c], 2)) + self.other(c[..., 1:5].flip(2))
        spikes = self.shared(currents)
        more = self.again(torch.cat([spikes, a[..., ::2], b[..., :1]], 2))
        found = {"more": more, "sums": self.twice(a + a), "joined": torch.cat([spikes, b], 2)}
        return {**found, "and": a * b, "currents": currents}


class Images(nn.Module):
    """Convolutions of all kinds, pooling of all kinds that NIR has, channels joined and sliced."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Sequential(conv(2, 4), lif(bias=4)), nn.Sequential(conv(2, 3, 2, dilation=2), lif())
        self.c = nn.Sequential(conv(7, 4, (3, 2), stride=(2, 1), padding=(1, 0)), lif())
        self.d = nn.Sequential(conv(3, 4, 3, dilation=2), lif())
        self.most, self.sums, self.whole = quant.MaxPool2d(2, 2, 1), quant.SumPool2d((2, 1), 1, (1, 0)), lin(4, 3)
        self.out, self.n = lin(60, 3), quant.LI(LOIHI, beta=0.875)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a, b = self.a(x), self.b(x)
        joined = torch.cat([a, b], 2)
        c, d = self.c(joined), self.d(joined[:, :, 3:6])
        small = torch.cat([self.most(d), self.most(a)], 2)
        return {
            "out": self.n(self.out(self.sums(small).flatten(2)[..., :60])),
            "whole": self.whole(c.sum((3, 4))),
        }


class Sequences(nn.Module):
    """Convolutions and pooling over sequences, with uneven padding, and a skip around them."""

    def __init__(self) -> None:
        super().__init__()
        common: dict[str, Any] = {"profile": LOIHI}
        self.a = nn.Sequential(QuantConv1d(2, 4, 4, padding="same", **common), lif(bias=4))
        self.b = nn.Sequential(QuantConv1d(4, 4, 3, padding=2, dilation=2, groups=2, **common), lif())
        self.pool, self.most, self.out = quant.SumPool1d(2), quant.MaxPool1d(2, padding=1), lin(4, 3)
        self.flat, self.n = lin(32, 3), lif()

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a = self.a(x)
        skip = a + self.b(a)
        return {"n": self.n(self.flat(self.pool(skip).flatten(2))), "out": self.out(self.most(a).sum(3))}


class Unweighted(nn.Module):
    """Spikes that go to neurons without weights, and events of several inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.n, self.out = lin(6, 8), lin(5, 8, input_step=0.5, largest_input=3), lif(), lin(8, 3)
        self.m = lif()

    def forward(self, x: Tensor, counts: Tensor) -> dict[str, Tensor]:
        spikes = self.n(self.a(x) + self.b(counts))
        return {"m": self.m(0.25 * spikes), "out": self.out(spikes)}


def halves(*shape: int) -> Tensor:
    return torch.randint(0, 4, shape, generator=torch.Generator().manual_seed(3)) * 0.5


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[Tensor, ...]]] = {
    "merges": (Merges, (events(20, 4, 6),)),
    "images": (Images, (events(12, 2, 2, 6, 6),)),
    "sequences": (Sequences, (events(20, 4, 2, 16),)),
    "unweighted": (Unweighted, (events(20, 4, 6), halves(20, 4, 5))),
}


def model_of(name: str) -> tuple[nn.Module, tuple[Tensor, ...]]:
    model = woken(MODELS[name][0]())
    generator = torch.Generator().manual_seed(5)
    for key, parameter in model.named_parameters():
        if key.endswith("bias"):
            parameter.data.copy_(torch.rand(parameter.shape, generator=generator) * 0.4 - 0.1)
    return model, MODELS[name][1]


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
