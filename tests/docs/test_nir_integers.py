"""docs/nir-integers.md says all that `to_nir` writes into metadata, and no more; its reader is run with the pages."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from packages import ROOT
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant, surrogates

nir: Any = pytest.importorskip("nir", reason="nir is not installed")

TEXT = (ROOT / "docs" / "nir-integers.md").read_text(encoding="utf-8")
LOIHI = hw_profiles.load("loihi2")
GENERIC = hw_profiles.load("generic8")
SLOPE = surrogates.Arctan(2.0)


def listed(head: str) -> set[str]:
    """The names in the first column of the table with that head."""
    (table,) = re.findall(rf"^\| {re.escape(head)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    return {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def everything() -> nn.Sequential:
    """A chain with all that nodes of weights and neurons say."""
    convolution = quant.QuantConv2d(2, 4, 3, profile=LOIHI, input_step=0.5, largest_input=3)
    first = quant.LIF(LOIHI, quant.LUTSurrogate(SLOPE, LOIHI), bias=4, learn_beta=True, learn_threshold=True)
    hidden = quant.CubaLIF(LOIHI, SLOPE, alpha=0.5)
    return nn.Sequential(convolution, first, nn.Flatten(2), quant.QuantLinear(36, 5, profile=LOIHI), hidden)


def software() -> nn.Sequential:
    """What Loihi lacks: a scale for each channel."""
    linear = quant.QuantLinear(6, 5, profile=GENERIC, per_channel=True)
    return nn.Sequential(linear, quant.Repeat(4), quant.LIF(GENERIC, SLOPE))


class Branching(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.other = (quant.QuantLinear(6, 5, profile=LOIHI) for _ in range(2))
        self.neurons = quant.LIF(LOIHI, quant.LUTSurrogate(SLOPE, LOIHI), bias=5)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.neurons(self.one(x) + self.other(x))
        return out


def graphs() -> list[Any]:
    torch.manual_seed(0)
    return [export.to_nir(everything(), None, input_shape=(2, 5, 5)), export.to_nir(software(), None)]


def said(metadata: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(metadata["spikelut"])
    return found


def collected(keep: Callable[[dict[str, Any]], Any]) -> set[str]:
    """The keys of what `keep` takes out of the metadata of nodes."""
    nodes = [node for graph in graphs() for node in graph.nodes.values() if "spikelut" in node.metadata]
    return {key for node in nodes for key in keep(node.metadata) or ()}


def test_chains() -> None:
    wholes = [said(graph.metadata) for graph in graphs()]
    assert {key for whole in wholes for key in whole} == listed("key of a chain")
    assert {whole["format"] for whole in wholes} == {"spikelut NIR 1"}
    assert wholes[1]["layers"][1] == {"repeat": 4, "name": "1"}


def test_weights() -> None:
    arrays = collected(lambda m: m.keys() if "codes" in m else None)
    assert arrays - {"spikelut"} == listed("beside the text")
    assert collected(lambda m: said(m) if "codes" in m else None) == listed("key of weights")


def test_neurons() -> None:
    def neurons(metadata: dict[str, Any]) -> dict[str, Any] | None:
        return said(metadata) if "spec" in said(metadata) else None

    assert collected(neurons) == listed("key of neurons")
    arrays = collected(lambda m: m.keys() if neurons(m) else None)
    assert arrays - {"spikelut"} == listed("array of neurons")
    specs = collected(lambda m: (neurons(m) or {}).get("spec"))
    assert specs | {"finer", "leak_or_reset", "bias_with_sum"} == listed("key of `spec`")
    assert collected(lambda m: (neurons(m) or {"spec": {"membrane": {}}})["spec"]["membrane"]) == listed(
        "key of a register"
    )
    leaks = collected(lambda m: (neurons(m) or {"spec": {"leak": {}}})["spec"]["leak"])
    row = next(line for line in TEXT.splitlines() if line.startswith("| `leak` |"))
    assert leaks == set(re.findall(r"`(\w+)`", row)) - {"leak"}


def test_networks_that_branch() -> None:
    graph = export.to_nir(Branching(), None, input_shape=(6,))
    assert set(said(graph.metadata)) == listed("key of a branching graph")
    assert said(graph.metadata)["format"] == "spikelut NIR 2"
    arrays = sorted(key for key in graph.metadata if key != "spikelut")
    assert arrays == ["0.codes", "1.codes", "3.bias", "3.table"]
    assert not any(node.metadata for node in graph.nodes.values())
