"""Files of networks that branch, from the models as people write them: every value is that of the integer network."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from dialect_files import proved, write
from graph_models import GRAPHS, graph
from random_graphs import random_graph
from torch import Tensor

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.file import model_facts
from spikelut.export.runtimes import by_name as runtimes_by_name
from spikelut.export.runtimes import check, network_case
from spikelut.surrogates import Arctan

ALWAYS = [(dialect, form) for dialect in ("integer", "functions") for form in ("scan", "step")]
OTHERS = [("flat", "scan"), ("flat", "unrolled"), ("integer", "unrolled"), ("qcdq", "step"), ("qonnx", "scan")]
FIVE = ["spikes added", "u-net", "two inputs", "spikformer", "decoder"]
CASES = [(name, *pair) for name in GRAPHS for pair in ALWAYS] + [(name, *pair) for name in FIVE for pair in OTHERS]


def by_name(network: quant.IntegerNetwork, given: tuple[Tensor, ...]) -> dict[str, Any]:
    return {one.name: x.numpy().astype(np.int64) for one, x in zip(network.inputs, given, strict=True)}


@pytest.mark.parametrize(("name", "dialect", "form"), CASES)
def test_files_give_what_the_integers_do(name: str, dialect: str, form: str, tmp_path: Path) -> None:
    model, given = graph(name)
    network = quant.integer(model, example=given if len(given) > 1 else given[0])
    if (name, form) == ("both ways", "step"):
        with pytest.raises(ValueError, match=r"needs the whole sequence, so form must be scan or unrolled, got 'step'"):
            write(network, given[0].shape, tmp_path / "x.onnx", dialect, form)
        return
    found = proved(network, by_name(network, given), tmp_path / "x.onnx", dialect, form)
    assert found.nonzero > found.compared / 10


def test_a_model_with_several_inputs_is_exported_as_it_is(tmp_path: Path) -> None:
    model, (audio, video) = graph("two inputs")
    network, file = quant.integer(model, example=(audio, video)), tmp_path / "x.onnx"
    wanted = network.run({"audio": audio.numpy(), "video": video.numpy()})["out_1"]
    assert (wanted != 0).mean() > 0.5
    for example in ((audio, video), {"video": video, "audio": audio}, {"audio": audio.shape, "video": video.shape}):
        made = export.to_onnx(model, example, file, "integer")
        assert model_facts(made)["inputs"] == {"audio": "uint8 [T, B, 10]", "video": "uint8 [T, B, 6]"}
        assert model_facts(made)["outputs"] == {"membrane.out_1": "int32 [?, B, 4]"}
        found = export.run_onnx(file, {"video": video.numpy(), "audio": audio.numpy()})
        assert found.keys() == {"out_1"}
        assert np.array_equal(found["out_1"], wanted)
    refusals: list[tuple[Any, str]] = [
        ({"audio": audio.numpy()}, r"spikes must be of audio, video, got \['audio'\]"),
        (audio.numpy(), r"spikes must be of audio, video, got \['audio'\]"),
        ({"audio": audio.numpy(), "video": 2 * video.numpy()}, r"run_onnx: video must be 0 or 1 .*, got 2"),
        ({"audio": audio.numpy()[:-1], "video": video.numpy()}, r"events must have as many steps in all inputs"),
        ({"audio": audio.numpy()[:, :1], "video": video.numpy()}, r"events must have as many samples in all inputs"),
    ]
    for arrays, message in refusals:
        with pytest.raises(ValueError, match=message):
            export.run_onnx(file, arrays)
    for wrong, message in (
        ((audio,), "example_input must be of audio, video, got 1"),
        ({"audio": audio, "other": video}, r"example_input must be of audio, video, got \['audio', 'other'\]"),
        ((audio, audio), r"example_input of 'video' must be \[T, B, 6\], got \(5, 3, 10\)"),
        ((audio, 2 * video), r"example_input of 'video' must be 0 or 1"),
        ((audio, video[1:]), r"example_input must have as many steps in all inputs, got \[4, 5\]"),
    ):
        with pytest.raises(ValueError, match=f"^to_onnx: {message}"):
            export.to_onnx(network, wrong, tmp_path / "not.onnx", "integer")
    assert not (tmp_path / "not.onnx").exists()


def test_outputs_have_the_names_and_the_order_of_the_model(tmp_path: Path) -> None:
    model, (x,) = graph("gated")
    file = tmp_path / "x.onnx"
    outputs = [value.name for value in export.to_onnx(model, x, file).graph.output]
    assert outputs == ["membrane.out_1", "spikes.take"]
    hidden = [value.name for value in export.to_onnx(model, x, file, hidden_spikes=True).graph.output]
    assert hidden == ["spikes.a_1", "spikes.b_1", "membrane.out_1", "spikes.take"]
    found, (gated, half) = export.run_onnx(file, x.numpy()), model(x).values()
    assert torch.equal(torch.from_numpy(found["out_1"]), gated)
    assert torch.equal(torch.from_numpy(found["take"]), half)
    assert half.any()


def test_sums_without_neurons_are_codes_or_real_values(tmp_path: Path) -> None:
    model, (x,) = graph("spikformer")
    network, file = quant.integer(model, example=x), tmp_path / "x.onnx"
    wanted = network.run(x.numpy())["head"]
    assert (wanted != 0).mean() > 0.5
    for dialect, step in (("integer", 1.0), ("functions", network.profile.state_step)):
        made = write(network, tuple(x.shape), file, dialect, "scan")
        assert made.graph.output[-1].name == "sums.head"
        assert np.array_equal(export.run_onnx(file, x.numpy())["head"], wanted * step)


def test_sizes_of_images_stay_free_where_the_network_leaves_them(tmp_path: Path) -> None:
    """Upsampling and spreading with sizes that are known only when the file runs."""
    q, profile = quant, hw_profiles.load("generic16")
    codes = np.random.default_rng(0).integers(-9, 20, (2, 2, 3, 3)).astype(np.int8)
    spec = q.LIFSpec.from_profile(profile, beta=0.5, threshold=1.0, reset=None)
    layers = (
        q.IntegerUpsample("up", (2, 3)),
        q.IntegerSpread("apart", (2, 1), (1, 0), (0, -1)),
        q.IntegerConv2d("conv", codes, 1, 18, 0, 8, padding=(1, 1)),
        q.IntegerMaxPool2d("pool", (2, 2), (2, 2)),
        q.IntegerLIF("lif", spec, Arctan(), None),
        q.IntegerFlatten("flat"),
        q.IntegerTranspose("turned", (2, 0, 1)),
    )
    wiring = (("input",), ("up",), ("apart",), ("conv",), ("pool",), ("lif",), ("lif",))
    given = (q.NetworkInput("input", (2, "H", "W"), 3),)
    network = q.IntegerNetwork(profile, layers, wiring=wiring, given=given, returned=("lif", "flat", "turned"))
    made = export.to_onnx(network, (4, 1, 2, 5, 5), tmp_path / "x.onnx", "integer")
    assert model_facts(made)["inputs"] == {"input": "uint8 [T, B, 2, H, W]"}
    for height, width in ((3, 4), (6, 5)):
        x = np.random.default_rng(1).integers(0, 4, (4, 2, 2, height, width))
        wanted = network.run(x)
        assert (wanted["lif"] != 0).mean() > 0.1
        for name, array in export.run_onnx(tmp_path / "x.onnx", x).items():
            assert np.array_equal(array, wanted[name])


def test_names_of_inputs_and_of_nodes_do_not_meet(tmp_path: Path) -> None:
    """Inputs that are called as nodes of the same file would be."""
    model, given = graph("two inputs")
    network, file = quant.integer(model, example=given), tmp_path / "x.onnx"
    shapes = [tuple(x.shape) for x in given]
    usual = [name for node in write(network, shapes, file, "integer", "step").graph.node for name in node.output]
    first, second = [name for name in usual if "." not in name][2:4]
    names = {"audio": first, "video": second}
    inputs = tuple(replace(one, name=names[one.name]) for one in network.inputs)
    wiring = tuple(tuple(names.get(name, name) for name in node.inputs) for node in network.nodes)
    named = replace(network, given=inputs, wiring=wiring)
    found = proved(named, by_name(named, given), file, "integer", "step")
    made = onnx.load(file).graph
    assert found.nonzero > found.compared / 4
    assert [value.name for value in made.input][:2] == [first, second]
    assert not {first, second} & {name for node in made.node for name in node.output}


def test_a_file_of_functions_is_read_back_as_the_same_network(tmp_path: Path) -> None:
    for name in ("spikes added", "two inputs", "two chips", "gated"):
        model, given = graph(name)
        network = quant.integer(model, example=given if len(given) > 1 else given[0])
        write(network, {one.name: x.shape for one, x in zip(network.inputs, given, strict=True)}, tmp_path / "x.onnx",
              "functions", "scan")  # fmt: skip
        again = quant.integer(export.load(tmp_path / "x.onnx"))
        wanted, found = (n.run(by_name(n, given), keep=n.outputs) for n in (network, again))
        assert network.outputs == again.outputs
        assert all(np.array_equal(found[output], wanted[output]) and wanted[output].any() for output in again.outputs)


@pytest.mark.parametrize("seed", range(14))
def test_random_graphs(seed: int, tmp_path: Path) -> None:
    """A dialect and a form each; layers that do not spike there are left to the property tests of many."""
    model, x = random_graph(seed, 4 + seed % 5)
    network = quant.integer(model, example=x)
    dialect, form = ([*ALWAYS, *OTHERS])[seed % 9]
    write(network, tuple(x.shape), tmp_path / "x.onnx", dialect, form)
    case = network_case(tmp_path / "x.onnx", x.numpy().astype(np.int64), network)
    found = check(runtimes_by_name("onnxruntime"), case)
    assert (found.status, found.hidden) == ("agrees", "")
    assert found.nonzero > found.compared / 10
