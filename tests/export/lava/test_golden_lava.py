"""Networks of lava-dl against what its authors recorded, and what netx and Lava computed; see golden/README.md.

Names of layers are the file's; those of flatten have no neurons.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_networks import in_c
from golden_vectors import different, vectors
from lava_files import cuba, written
from lava_recorded import GOLDEN, RECORDED, arrays, traced

from spikelut import export, quant

pytest.importorskip("h5py", reason="h5py is not installed")
pytestmark = pytest.mark.golden
recorded = pytest.mark.skipif(not RECORDED.exists(), reason=f"the authors' larger files are not in {RECORDED}")


def names_of(network: quant.IntegerNetwork) -> list[str]:
    """The layers that netx counts."""
    return [layer.name for layer in network.layers if isinstance(layer, quant.IntegerLIF)]


def cases() -> list[str]:
    return sorted({key.removesuffix("_file") for key in vectors("lava_netx") if key.endswith("_file")})


@pytest.mark.parametrize("rewritten", [False, True])
@pytest.mark.parametrize("case", cases())
def test_netx_computes_the_same_in_every_step(case: str, rewritten: bool, tmp_path: Path) -> None:
    """Files of our making, run by netx in Lava's simulator: all states of all layers, from rest, without resets."""
    data, path = vectors("lava_netx"), tmp_path / "x.net"
    path.write_bytes(data[f"{case}_file"].astype(np.uint8).tobytes())
    x = data[f"{case}_x"]
    x = np.broadcast_to(x, (int(data[f"{case}_steps"]), *x.shape[1:]))
    network = export.from_lava(path, largest_input=int(np.abs(x).max()))
    if rewritten:
        export.to_lava(network, path)
        network = export.from_lava(path, largest_input=int(np.abs(x).max()))
    found, compared = traced(network, x), 0
    for number, name in enumerate(names_of(network)):
        scaled = number == 0 and "layer0_scale" in [layer.name for layer in network.layers]
        for state in ("u", "v", "sigma", "act", "residue"):
            key = f"{case}_{number}_{state}"
            if key in data and not (scaled and state == "u"):  # the input is a bias there, and nothing a current
                assert different("lava_netx", found[name][state], data[key]) == 0, key
                compared += int(np.count_nonzero(data[key]))
    last: Any = network.layers[-1]
    if last.reads_out and "mem" in found[last.name]:
        assert not data[f"{case}_out"].any()  # to netx they are neurons that never spike
    else:
        assert different("lava_netx", found[last.name]["out"], data[f"{case}_out"]) == 0
    assert compared > 1000


def blocks() -> list[str]:
    return sorted({key.removesuffix("_file") for key in vectors("lava_slayer") if key.endswith("_file")})


@pytest.mark.parametrize("case", blocks())
def test_lava_dl_trains_with_the_same_spikes(case: str, tmp_path: Path) -> None:
    """Files that blocks of lava-dl's slayer wrote, beside what these computed."""
    data, path = vectors("lava_slayer"), tmp_path / "x.net"
    path.write_bytes(data[f"{case}_file"].astype(np.uint8).tobytes())
    x = data[f"{case}_x"]
    shape = x.shape[1:] if x.ndim == 4 else None
    found, nonzero = export.from_lava(path, input_shape=shape).run(x[:, None]), 0
    for name, spikes in found.items():
        expected = data[f"{case}_{name.removeprefix('layer')}_spikes"]
        assert different("lava_slayer", spikes[:, 0], expected) == 0, name
        nonzero += int(np.count_nonzero(expected))
    assert nonzero > 300


def test_tinynet() -> None:
    """Recorded without a step from layer to layer; its first column is an empty step."""
    data = vectors("lava_tinynet")
    image = data["input_bias"].transpose(2, 1, 0)
    network = export.from_lava(GOLDEN / "lava_tiny.net", layer_delays=False)
    found = traced(network, np.broadcast_to(image, (data["input"].shape[-1] - 1, *image.shape)))
    for key, name, state, unit in (
        ("input", "layer0", "spikes", 1),
        ("current", "layer1", "u", 64),
        ("layer1", "layer1", "spikes", 1),
        ("output", "layer2", "spikes", 1),
    ):
        expected = np.moveaxis(data[key][0], -1, 0)
        assert not expected[0].any()
        assert different("lava_tinynet", found[name][state], unit * expected[1:]) == 0, key
    assert export.lava_transform(GOLDEN / "lava_tiny.net") == (36, 34)  # as lava-dl's own test has it


PILOTNET = {
    "input": 0,
    "conv_0": 1,
    "conv_1": 2,
    "conv_2": 3,
    "conv_3": 4,
    "conv_4": 5,
    "fc_0": 7,
    "fc_1": 8,
    "fc_2": 9,
}
"""What the recording calls layers, in their order, with their numbers in the file."""


def pilotnet() -> dict[str, Any]:
    """All that was recorded of the LIF network, in its parts."""
    parts = [arrays(f"pilotnet_lif_{part}") for part in ("input", "conv1", "conv2", "conv3", "conv4", "fc")]
    return {key: values for part in parts for key, values in part.items()}


@recorded
@pytest.mark.parametrize("to", ["onnx", "c"])
def test_pilotnet_exported(to: str, tmp_path: Path) -> None:
    """Spikes of all layers as they were recorded, from onnxruntime and from C."""
    data, interval = pilotnet(), 17
    network = export.from_lava(RECORDED / "pilotnet_lif.net", layer_delays=False)
    x = np.broadcast_to(data["image"], (interval, 1, *data["image"].shape)).copy()
    if to == "onnx":
        export.to_onnx(network, x.shape, tmp_path / "a.onnx", dialect="integer", hidden_spikes=True)
        found = export.run_onnx(tmp_path / "a.onnx", x)
    else:
        network = replace(network, returned=tuple(f"layer{number}" for number in PILOTNET.values()))
        outputs = in_c(network, x, tmp_path)
        found = {name: outputs[network.named(name)] for name in network.outputs}
    nonzero = 0
    for late, (name, number) in enumerate(PILOTNET.items()):
        expected = data[name][late:]
        ours = found[f"layer{number}"].reshape(interval, *expected.shape[1:])
        made = np.stack([ours[t % interval] for t in range(len(expected))])
        assert different("shared/pilotnet_lif", made, expected) == 0, name
        nonzero += int(np.count_nonzero(expected))
    assert nonzero > 10_000


@recorded
def test_pilotnet() -> None:
    """The LIF network, with a reset of layer n before every step t with t mod 17 = n mod 17.

    Up to its first reset a layer does what the network does from rest, with a step from layer to layer; from then on
    each 17 steps are a sample of their own, without these steps.
    """
    data, interval = pilotnet(), 17
    image = data["image"]
    steps = len(data["input"])
    path = RECORDED / "pilotnet_lif.net"
    window = traced(export.from_lava(path, layer_delays=False), np.broadcast_to(image, (interval, *image.shape)))
    began = traced(export.from_lava(path), np.broadcast_to(image, (len(PILOTNET), *image.shape)))
    nonzero = 0
    for late, (name, number) in enumerate(PILOTNET.items()):
        for state, suffix in (("u", "_u"), ("v", "_v"), ("spikes", "")):
            if name + suffix not in data:
                continue
            expected = data[name + suffix]
            if state == "v":  # after a spike the recording says 128, the least that is not zero, for a membrane of 0
                spikes = data[name] == 1
                assert (expected[spikes] == 128).all()
                expected = np.where(spikes, 0, expected)
            ours, before = window[f"layer{number}"][state], began[f"layer{number}"][state]
            made = np.stack([before[t] if t < late else ours[(t - late) % interval] for t in range(steps)])
            assert different("shared/pilotnet_lif", made, expected) == 0, name + suffix
            nonzero += int(np.count_nonzero(expected))
    assert nonzero > 10_000


@recorded
@pytest.mark.parametrize("name", ["pilotnet_sdnn", "pilotnet_sdnn_square"])
def test_pilotnet_of_changes(name: str) -> None:
    """Sums of all sigma-delta layers, in the steps in which Lava has them."""
    data = arrays(name)
    image = arrays("pilotnet_sdnn")["input"][0]
    network = export.from_lava(RECORDED / f"{name}.net")
    sizes = network.inputs[0].shape
    image = image[:, : sizes[1], : sizes[2]]
    found = traced(network, np.broadcast_to(image, (20, *sizes)))
    nonzero = 0
    for key, expected in data.items():
        if key == "input":
            continue
        layer = names_of(network)[-1 if key == "output" else int(key[5])]
        assert different(f"shared/{name}", found[layer]["sigma"][: len(expected)], expected) == 0, key
        nonzero += int(np.count_nonzero(expected))
    assert nonzero > 10_000


@recorded
def test_dense(tmp_path: Path) -> None:
    """The recording has no file: weights, threshold and decay are those that its README states."""
    data = {key: a.astype(np.int64) for key, a in np.load(RECORDED / "dense.npz").items()}
    weight = data["weight"].astype(np.float32)
    layer = {"type": "dense", "shape": [len(weight)], "weight": weight, "neuron": cuba(6, 4096, 415)}
    (tmp_path / "x.net").write_bytes(written([layer]))
    found = traced(export.from_lava(tmp_path / "x.net"), data["in"].T)["layer0"]
    assert different("shared/dense", found["u"], 64 * data["current"].T) == 0
    assert different("shared/dense", found["spikes"], data["out"].T) == 0
    assert np.count_nonzero(data["current"]) > 1000
