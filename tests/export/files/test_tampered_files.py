"""Files whose metadata were changed, value by value: refused in one line, or the same network; never another one."""

import copy
import json
import random
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest
from random_networks import KINDS, differences, drawn
from safetensors.numpy import load, save
from tampering import changes, with_value
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.quant.network.check import check_network
from spikelut.quant.weights.layers import QuantConv2d
from spikelut.surrogates import Arctan

SHARE = {"network": 0.003, "layers": 0.004, "graph": 0.008}
"""Of all changes, which are some 3000 a network."""


def some(data: Any, seed: int, share: float) -> Iterator[tuple[str, Any]]:
    """A share of the changes of `data` that JSON can say."""
    pick = random.Random(seed)
    return changes(data, lambda: pick.random() < share)


def outcome(read: Callable[[], Any], file: str) -> Any:
    """What is read, or None if it is refused as it should be; no other exception, and no warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", quant.SilentLayerWarning)
        try:
            return read()
        except ValueError as error:
            message = str(error)
    assert message.startswith(f"{file}: ")
    assert "\n" not in message
    assert len(message) < 600
    return None


def content(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a network file says, and its arrays."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    return json.loads(json.loads(raw[8 : 8 + size])["__metadata__"]["spikelut"]), load(raw)


def check_network_file(kind: Any, seed: int, folder: Path, share: float) -> tuple[int, int]:
    """How many changed files were refused, and how many hold another network where the digest was taken out."""
    _, network, _ = drawn(seed, kind)
    path = folder / "net.safetensors"
    export.save_network(network, path)
    about, arrays = content(path)
    refused = others = 0
    for name, made in some(about, seed, share):
        path.write_bytes(save(arrays, {"spikelut": json.dumps(made)}))
        found = outcome(lambda: export.load_network(path), path.name)
        refused += found is None
        assert found is None or differences(network, found) == [], name
        if not isinstance(made, dict) or "sha256" not in made:
            continue
        # Somebody who knows what he does: then it must be a network that the profile can make.
        del made["sha256"]
        path.write_bytes(save(arrays, {"spikelut": json.dumps(made)}))
        found = outcome(lambda: export.load_network(path), path.name)
        if found is not None and differences(network, found):
            others += 1
            check_network(found, name)
            again = quant.from_integer(found)
            quant.integer(again, largest_input=found.largest_input)
    return refused, others


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind[0].name}{'-cuba' * kind[1]}")
def test_network_files(kind: Any, tmp_path: Path) -> None:
    refused, _ = check_network_file(kind, 1, tmp_path, SHARE["network"])
    assert refused > 0


def check_onnx_file(kind: Any, seed: int, folder: Path, share: float) -> int:
    """How many files with changed metadata were refused."""
    _, network, shape = drawn(seed, kind)
    path = folder / "net.onnx"
    model = export.to_onnx(network, shape, path, "functions")
    refused = 0
    for key in ("spikelut.network", "spikelut.profile"):
        texts = {entry.key: entry for entry in model.metadata_props}
        said = texts[key].value
        for name, made in some(json.loads(said), seed, share):
            texts[key].value = json.dumps(made)
            onnx.save(model, path)
            found = outcome(lambda: export.load(path), path.name)
            refused += found is None
            if found is not None:
                assert differences(network, quant.integer(found, largest_input=network.largest_input)) == [], name
        texts[key].value = said
    return refused


def test_layers_in_graphs(tmp_path: Path) -> None:
    refused = sum(check_onnx_file(KINDS[n], n, tmp_path, SHARE["layers"]) for n in range(0, len(KINDS), 5))
    assert refused > 10


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("input_step", 0, "load: input_step must be a power of two, got 0"),
        ("input_step", float("nan"), "load: input_step must be a power of two, got nan"),
        ("largest_input", 10**30, "load: largest_input must be an integer in 1..65535, got 10000"),
        ("layers.0.lsb", 0, "load: lsb must be an integer in 1..1048576, got 0"),
        ("layers.0.exponent", 10**30, "load: exponent must be an integer in -64..64, got 10000"),
        ("layers.0.exponent", float("-inf"), "load: exponent must be an integer in -64..64, got -inf"),
        ("layers.1.bias_exponent", -1, "load: bias_exponent must be an integer in 0..31, got -1"),
        ("layers.1.spec.reset", "evil", "layer '1': spec.reset must be one of zero, got 'evil'"),
        ("layers.1.spec.threshold", 128, "sha256: must be that of the contents"),
        ("layers.0.stride", [2, 2], "sha256: must be that of the contents"),
    ],
)
def test_one_value_of_a_graph(key: str, value: Any, message: str, tmp_path: Path) -> None:
    loihi, path = hw_profiles.load("loihi2"), tmp_path / "net.onnx"
    layers: list[Any] = [QuantConv2d(2, 3, 1, profile=loihi), quant.LIF(loihi, Arctan(), bias=3)]
    file = export.to_onnx(nn.Sequential(*layers), (4, 2, 2, 3, 3), path, "functions")
    (text,) = (entry for entry in file.metadata_props if entry.key == "spikelut.network")
    where = [int(part) if part.isdigit() else part for part in key.split(".")]
    text.value = json.dumps(with_value(json.loads(text.value), tuple(where), value))
    onnx.save(file, path)
    assert outcome(lambda: export.load(path), path.name) is None
    with pytest.raises(ValueError, match=rf"^net.onnx: not an integer network: .*{re.escape(message)}"):
        export.load(path)


def check_nir_graph(kind: Any, seed: int, share: float) -> int:
    """How many graphs with changed metadata were refused."""
    model, network, shape = drawn(seed, kind)
    graph = export.to_nir(model, None, input_shape=shape[2:] if len(shape) == 5 else None)
    refused = 0
    inner = [n for node in graph.nodes.values() for n in getattr(node, "nodes", {}).values()]
    for holder in (graph, *graph.nodes.values(), *inner):
        if "spikelut" not in holder.metadata:
            continue
        said = holder.metadata["spikelut"]
        for name, made in some(json.loads(said), seed, share):
            holder.metadata["spikelut"] = json.dumps(made, sort_keys=True)
            found = outcome(lambda: export.from_nir(graph), "from_nir")
            refused += found is None
            if found is not None:
                assert differences(network, quant.integer(found, largest_input=network.largest_input)) == [], name
        holder.metadata["spikelut"] = said
        for key, array in list(holder.metadata.items()):
            if key == "spikelut":
                continue
            wrong = (None, "evil", array[:0] if getattr(array, "ndim", 0) else -1, copy.deepcopy(array) * 0 + 99)
            for bad in (wrong[(seed + len(key)) % 4],) if share < 1 else wrong:
                holder.metadata[key] = bad
                found = outcome(lambda: export.from_nir(graph), "from_nir")
                refused += found is None
                if found is not None:
                    remade = quant.integer(found, largest_input=network.largest_input)
                    assert differences(network, remade) == [], key
            holder.metadata[key] = array
    assert quant.integer(export.from_nir(graph)).in_features == network.in_features
    return refused


def test_nir_graphs() -> None:
    pytest.importorskip("nir", reason="nir is not installed")
    refused = sum(check_nir_graph(KINDS[n], n, SHARE["graph"]) for n in range(1, len(KINDS), 9))
    assert refused > 10
