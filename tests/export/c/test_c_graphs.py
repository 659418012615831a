"""Networks in C that branch: models as people write them, and drawn at random, give every state of the reference."""

import re
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import onnx
import pytest
from c_networks import SANITIZERS, compared, compiled, said
from graph_models import GRAPHS, C, SpikesAdded, conv, graph, lif, linear, woken
from onnx import numpy_helper
from random_graphs import random_graph
from torch import nn

from spikelut import export, quant
from spikelut.export.c.plan import plan
from spikelut.quant import IntegerNetwork

ONE_STEP = [name for name in GRAPHS if name != "both ways"]


def network_of(name: str) -> tuple[IntegerNetwork, dict[str, Any]]:
    model, inputs = graph(name)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    return network, {one.name: x.numpy() for one, x in zip(network.inputs, inputs, strict=True)}


@pytest.mark.parametrize("name", ONE_STEP)
def test_models_as_people_write_them(name: str, tmp_path: Path) -> None:
    network, inputs = network_of(name)
    total, nonzero = compared(network, inputs, tmp_path)
    print(f"{name}: {total} values, {nonzero / total:.0%} nonzero")
    assert nonzero > total / 5


def test_time_that_is_reversed_is_refused() -> None:
    network, _ = network_of("both ways")
    with pytest.raises(ValueError, match=r"^to_c: layer 'reverse' must not reverse time, .*; run the reversed part on"):
        plan(network, "net", None)


def compare_random(seeds: range, folder: Path) -> tuple[int, int, Counter[str]]:
    total, nonzero, kinds = 0, 0, Counter[str]()
    for seed in seeds:
        model, x = random_graph(seed, 6 + seed % 10)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = quant.integer(model, example=x)
        more = folder / str(seed)
        more.mkdir()
        counted = compared(network, x.numpy(), more)
        total, nonzero = total + counted[0], nonzero + counted[1]
        kinds.update(type(layer).__name__ for layer in network.layers)
    return total, nonzero, kinds


def test_networks_drawn_at_random(tmp_path: Path) -> None:
    total, nonzero, _ = compare_random(range(8), tmp_path)
    assert nonzero > total / 2


@pytest.mark.mutants
def test_many_networks_drawn_at_random(tmp_path: Path) -> None:
    total, nonzero, kinds = compare_random(range(100, 400), tmp_path)
    assert nonzero > total / 2
    assert len(kinds) >= 12


SELF_TESTED = ["spikes added", "two inputs", "spikformer", "gated", "step by step", "sequences"]


@pytest.mark.parametrize("name", SELF_TESTED)
def test_self_tests_of_graphs_pass_with_sanitizers_and_wake_every_layer(name: str, tmp_path: Path) -> None:
    network, _ = network_of(name)
    files = export.to_c(network, tmp_path, "net")
    code, text = said(compiled(files[1:], tmp_path / "net", "-O1", *SANITIZERS))
    assert code == 0, text
    found = re.fullmatch(r"net: (\d+) values compared, (\d+) nonzero, 0 different\n", text)
    assert found is not None, text  # no layer stays silent
    assert int(found.group(2)) > int(found.group(1)) / 10
    # Each output is among what is compared.
    for values in plan(network, "net", None).outputs.values():
        assert f'check("{values.text}", i' in files[2].read_text()


@pytest.mark.parametrize("name", ["two inputs", "gated"])
def test_a_wrong_output_is_noticed_by_the_self_test(name: str, tmp_path: Path) -> None:
    network, _ = network_of(name)
    _, source, test = export.to_c(network, tmp_path, "net")
    text = source.read_text()
    assert text.count("output[") >= len(network.outputs)
    for place in re.finditer(r"    output\[\w+\] = ", text):
        source.write_text(f"{text[: place.end()]}1 + {text[place.end() :]}")
        assert said(compiled([source, test], tmp_path / "net", "-O0", "-Wno-conversion"))[0] == 1, place


def test_inputs_and_outputs_by_name(tmp_path: Path) -> None:
    network, inputs = network_of("two inputs")
    header = export.to_c(network, tmp_path, "net", events={k: v[:, :1] for k, v in inputs.items()})[0].read_text()
    step = "int net_step(net_state *state, const uint8_t *input_audio, const uint8_t *input_video, int32_t *output);"
    assert step in header
    for line in ("NET_INPUTS_AUDIO 10", "NET_INPUTS_VIDEO 6", "NET_LARGEST_INPUT_AUDIO 1", "NET_OUTPUTS 4"):
        assert f"#define {line}\n" in header
    (tmp_path / "b").mkdir()
    network, _ = network_of("gated")
    step = "int net_step(net_state *state, const uint8_t *input, int32_t *output_out_1, uint8_t *output_"
    assert step in export.to_c(network, tmp_path / "b", "net")[0].read_text()


def test_two_graphs_in_one_firmware_in_c_and_cpp(tmp_path: Path) -> None:
    for called, name in (("wake", "two inputs"), ("look", "u-net")):
        export.to_c(network_of(name)[0], tmp_path, called, steps=2)
    (tmp_path / "main.c").write_text(
        '#include "wake.h"\n#include "look.h"\nstatic wake_state a;\nstatic look_state b;\n'
        "int main(void)\n{\n"
        "    static uint8_t audio[WAKE_INPUTS_AUDIO], video[WAKE_INPUTS_VIDEO], image[LOOK_INPUTS];\n"
        "    static int32_t out[WAKE_OUTPUTS], map[LOOK_OUTPUTS];\n"
        "    wake_reset(&a);\n    look_reset(&b);\n"
        "    return wake_step(&a, audio, video, out) + look_step(&b, image, map);\n}\n"
    )
    files = [tmp_path / f"{name}.c" for name in ("main", "wake", "look")]
    assert said(compiled(files, tmp_path / "both"))[0] == 0
    program = compiled(files, tmp_path / "cpp", "-x", "c++", compiler="g++")
    assert said(program)[0] == 0


def test_models_and_examples(tmp_path: Path) -> None:
    model, inputs = graph("two inputs")
    network, _ = network_of("two inputs")
    direct = export.to_c(network, tmp_path / "a", "net", steps=3)
    found = export.to_c(model, tmp_path / "b", "net", steps=3, example=inputs)
    assert [path.read_bytes() for path in found] == [path.read_bytes() for path in direct]
    with pytest.raises(ValueError, match="example must be None but for a model"):
        export.to_c(network, tmp_path, "net", example=inputs)


def test_memory_is_shared_by_what_is_no_longer_needed() -> None:
    blocks = nn.Sequential(
        conv(2, C), lif(), *(SpikesAdded() for _ in range(5)), nn.Flatten(2), linear(C * 64, 3), lif()
    )
    made = plan(quant.integer(woken(blocks)), "net", (8, 8))
    shared = {m.name: (m.c_type, m.count) for m in made.members if m.name.startswith("work")}
    # Five sums; the next is made while the one before is read.
    assert shared == {"work_1": ("uint8_t", 256), "work_2": ("uint8_t", 256)}


FILES = [
    ("two inputs", "integer", "step", False),
    ("two chips", "flat", "step", True),
    ("spikformer", "flat", "scan", False),
    ("gated", "integer", "unrolled", True),
    ("spikes added", "flat", "unrolled", False),
    ("sequences", "integer", "scan", True),
]


@pytest.mark.parametrize(("name", "dialect", "form", "hidden"), FILES)
def test_files_say_what_the_network_itself_says(
    name: str, dialect: Any, form: Any, hidden: bool, tmp_path: Path
) -> None:
    network, inputs = network_of(name)
    shapes: Any = {key: x.shape for key, x in inputs.items()}
    path = tmp_path / "x.onnx"
    export.to_onnx(network, shapes, path, dialect, form=form, hidden_spikes=hidden)
    found = export.to_c(path, tmp_path / "file", "net", steps=2)
    direct = export.to_c(network, tmp_path / "network", "net", steps=2)
    assert [a.read_bytes() for a in found] == [b.read_bytes() for b in direct]
    # A weight that is another one in the file is another one in C.
    model = onnx.load(path)
    weight = next(c for c in model.graph.initializer if c.name.startswith("weight."))
    values = numpy_helper.to_array(weight).copy()
    values.flat[values.ravel().nonzero()[0][0]] *= -1
    weight.CopyFrom(numpy_helper.from_array(values, weight.name))
    onnx.save(model, path)
    changed = export.to_c(path, tmp_path / "changed", "net", steps=2)[1].read_text()
    assert len(set(changed.splitlines()) ^ set(direct[1].read_text().splitlines())) == 2
