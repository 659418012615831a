"""Networks as C: names, headers, files, memory; whatever is not known to be right is refused."""

import re
import subprocess
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import pytest
from c_networks import Library, compiled, said, tool
from onnx import numpy_helper
from packages import ROOT
from runtime_files import NETWORKS, SHAPES, images, plain
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.c.names import c_name, comment, is_identifier, suffixes
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Sigmoid

SIZES: dict[str, tuple[int, int] | None] = {"images": (6, 6)}
FRAME = re.compile(r":(\w+)\t(\d+)\t(\w+)$", re.MULTILINE)


def written(name: str, folder: Path, called: str = "net", **options: Any) -> list[Path]:
    return export.to_c(NETWORKS[name](), folder, called, size=SIZES.get(name), **options)


def test_two_networks_in_one_firmware_in_c_and_cpp(tmp_path: Path) -> None:
    for called, name in (("wake", "recurrent"), ("gesture", "images")):
        written(name, tmp_path, called)
    (tmp_path / "main.c").write_text(
        '#include "wake.h"\n#include "gesture.h"\n#include "wake.h"\n'
        "static wake_state a;\nstatic gesture_state b;\n"
        "int main(void)\n{\n"
        "    static uint8_t in[GESTURE_INPUTS], spikes[GESTURE_OUTPUTS];\n    static int32_t out[WAKE_OUTPUTS];\n"
        "    wake_reset(&a);\n    gesture_reset(&b);\n"
        "    return wake_step(&a, in, out) + gesture_step(&b, in, spikes);\n}\n"
    )
    files = [tmp_path / f"{name}.c" for name in ("main", "wake", "gesture")]
    assert said(compiled(files, tmp_path / "both"))[0] == 0
    for version in ("c11", "c17"):
        assert said(compiled(files, tmp_path / "both", f"-std={version}"))[0] == 0
    # Each file in C++, by itself and in one program with those in C.
    words = [tool("g++"), "-Wall", "-Wextra", "-Wconversion", "-Werror", "-std=c++11", "-c"]
    for file in files:
        subprocess.run([*words, "-x", "c++", file, "-o", file.with_suffix(".o")], check=True)
    words = ["g++", str(tmp_path / "main.o"), "-x", "c", *map(str, files[1:]), "-o", str(tmp_path / "mixed")]
    subprocess.run(words, check=True)
    assert said(tmp_path / "mixed")[0] == 0


def test_the_code_of_the_docs_compiles(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "export.md").read_text()
    (block,) = re.findall(r"```c\n(.*?)```", page, re.S)
    include, _, body = block.partition("\n\n")
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())
    (tmp_path / "main.c").write_text(f"{include}\n\nint main(void)\n{{\n{lines}    return 0;\n}}\n")
    source = export.to_c(NETWORKS["images"](), tmp_path, "wake", size=(6, 6))[1]
    assert said(compiled([tmp_path / "main.c", source], tmp_path / "docs"))[0] == 0


def test_symbols_carry_the_name_or_are_static(tmp_path: Path) -> None:
    for name in ("recurrent", "images", "wide"):
        source = written(name, tmp_path, "wake")[1]
        made = compiled([source], tmp_path / "wake.o", "-c")
        listed = subprocess.run([tool("nm"), "-g", made], capture_output=True, text=True, check=True).stdout
        assert {line.split()[-1] for line in listed.splitlines() if " U " not in line} == {"wake_reset", "wake_step"}
        assert {line.split()[-1] for line in listed.splitlines() if " U " in line} <= {
            "memset",
            "_GLOBAL_OFFSET_TABLE_",
        }
        text = re.sub(r"/\*.*?\*/", "", source.read_text(), flags=re.S)
        assert "float" not in text
        assert "double" not in text


@pytest.mark.parametrize("name", ["recurrent", "images", "wide"])
def test_nothing_large_is_on_the_stack_and_nothing_outside_of_the_state(name: str, tmp_path: Path) -> None:
    source = written(name, tmp_path)[1]
    made = compiled([source], tmp_path / "net.o", "-c", "-O0", "-fstack-usage")
    frames = FRAME.findall((tmp_path / "net.su").read_text())
    assert {function for function, _, _ in frames} >= {"net_reset", "net_step"}
    assert all(kind == "static" and int(size) <= 256 for _, size, kind in frames), frames
    sizes = subprocess.run([tool("size"), made], capture_output=True, text=True, check=True).stdout.splitlines()[1]
    assert sizes.split()[1:3] == ["0", "0"]  # data, bss


def test_the_scratch_is_what_the_header_says(tmp_path: Path) -> None:
    # 64-128-10: a membrane of each neuron; sums and spikes of the larger layer are scratch.
    profile = hw_profiles.load("loihi2")
    model = nn.Sequential(
        QuantLinear(64, 128, profile=profile),
        quant.LIF(profile, Sigmoid()),
        QuantLinear(128, 10, profile=profile),
        quant.LIF(profile, Sigmoid()),
    )
    header = export.to_c(model, tmp_path, "demo", steps=2)[0].read_text()
    assert "#define DEMO_SCRATCH_BYTES 640 " in header
    members = re.findall(r"int(\d+)_t (\w+)\[(\d+)\]; /\* (scratch)?", header)
    scratch = [int(bits) // 8 * int(count) for bits, _, count, kind in members if kind]
    assert sum(scratch) == 128 * 4 + 128
    assert {name for _, name, _, kind in members if not kind} == {"mem_1", "mem_3"}


def test_states_do_not_disturb_each_other(tmp_path: Path) -> None:
    network = NETWORKS["recurrent"]()
    library = Library.of(network, written("recurrent", tmp_path)[1], None)
    events = np.random.default_rng(0).integers(0, 2, (20, 2, 5))
    alone = [library.run(events[:, i : i + 1], 20) for i in range(2)]
    states = [type(library.state)() for _ in range(2)]
    for t in range(20):
        for i, state in enumerate(states):
            library.state = state
            assert library.step(events[t, i]) == 0
            assert np.array_equal(np.array(library.output), alone[i]["membrane.5"][t, 0])


@pytest.mark.parametrize("name", ["recurrent", "images"])
def test_an_input_that_is_too_large_is_refused_and_changes_nothing(name: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    library = Library.of(network, written(name, tmp_path)[1], SIZES.get(name))
    events = np.ones(SHAPES[name][2:], int)
    assert library.step(events) == 0
    before, output = bytes(library.state), bytes(library.output)
    events.flat[-1] = network.largest_input + 1
    assert library.step(events) == 1
    assert bytes(library.state) == before
    assert bytes(library.output) == output


@pytest.mark.parametrize("dialect", ["integer", "flat"])
@pytest.mark.parametrize("form", ["scan", "step", "unrolled"])
@pytest.mark.parametrize("name", ["recurrent", "images", "wide", "four bits"])
def test_files_say_what_the_network_itself_says(name: str, form: str, dialect: str, tmp_path: Path) -> None:
    size = SIZES.get(name)
    path = tmp_path / "a network.onnx"
    kinds: Any = {"dialect": dialect, "form": form, "packed": (name, dialect) == ("four bits", "integer")}
    export.to_onnx(NETWORKS[name](), SHAPES[name], path, **kinds, hidden_spikes=form == "step")
    files = export.to_c(path, tmp_path / "from file", "net", steps=2, size=size if form == "scan" else None)
    assert [file.name for file in files] == ["net.h", "net.c", "net_test.c"]
    direct = export.to_c(NETWORKS[name](), tmp_path / "direct", "net", steps=2, size=size)
    assert [a.read_bytes() for a in files] == [b.read_bytes() for b in direct]
    assert sorted(files) == sorted((tmp_path / "from file").iterdir())


def test_a_weight_of_the_file_is_the_weight_in_c(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    export.to_onnx(NETWORKS["plain"](), SHAPES["plain"], path, "integer", form="step")
    model = onnx.load(path)
    (weight,) = [c for c in model.graph.initializer if c.name == "weight.0"]
    codes = numpy_helper.to_array(weight).copy()
    codes[2, 3] += 1
    weight.CopyFrom(numpy_helper.from_array(codes, "weight.0"))
    onnx.save(model, path)
    rows = re.findall(r"\{([-\d, ]+)\}", export.to_c(path, tmp_path, "net")[1].read_text())
    assert [[int(n) for n in row.split(",")] for row in rows[:5]] == codes.tolist()


def test_a_file_that_is_not_what_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    export.to_onnx(NETWORKS["plain"](), SHAPES["plain"], path, "integer", form="step")
    model = onnx.load(path)
    for constant in model.graph.initializer:
        value = numpy_helper.to_array(constant)
        if value.size == 1 and abs(value).item() == 4096:
            constant.CopyFrom(numpy_helper.from_array(value // 2, constant.name))
            break
    else:
        raise AssertionError("the threshold should be a constant")
    onnx.save(model, path)
    with pytest.raises(ValueError, match=r"^to_c: x.onnx must be a network that this version of spikelut wrote, got"):
        export.to_c(path, tmp_path / "c", "net")
    export.to_onnx(NETWORKS["plain"](), SHAPES["plain"], path, "integer", form="step")
    with pytest.raises(ValueError, match=r"^to_c: x.onnx must be that of the network given, got"):
        export.to_c(path, tmp_path / "c", "net", network=NETWORKS["wide"]())
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    with pytest.raises(ValueError, match=r"^to_c: dialect must be integer or flat, got '-'"):
        export.to_c(path, tmp_path / "c", "net")
    assert not (tmp_path / "c").exists()


def test_a_surrogate_of_ones_own(tmp_path: Path) -> None:
    class Own(Sigmoid):
        pass

    profile = hw_profiles.load("generic8")
    network = quant.integer(nn.Sequential(QuantLinear(3, 2, profile=profile), quant.LIF(profile, Own())))
    export.to_onnx(network, (1, 1, 3), tmp_path / "x.onnx", "integer", form="step")
    message = r"x.onnx must say what its network is; give that as the model, or as network="
    with pytest.raises(ValueError, match=message):
        export.to_c(tmp_path / "x.onnx", tmp_path / "c", "net")
    given = export.to_c(tmp_path / "x.onnx", tmp_path / "given", "net", network=network)
    direct = export.to_c(network, tmp_path / "direct", "net")
    assert [a.read_bytes() for a in given] == [b.read_bytes() for b in direct]


def test_models_are_taken_as_they_are(tmp_path: Path) -> None:
    model = plain()
    assert export.to_c(model, tmp_path / "a", "net")[1].read_bytes() == written("plain", tmp_path / "b")[1].read_bytes()
    again = [written("plain", tmp_path / "b")[i].read_bytes() for i in range(3)]
    assert again == [written("plain", tmp_path / "c d")[i].read_bytes() for i in range(3)]


def test_recorded_inputs_are_those_of_the_self_test(tmp_path: Path) -> None:
    events = np.random.default_rng(0).integers(0, 2, (4, 8, 5))
    text = written("plain", tmp_path, events=events)[2].read_text()
    (rows,) = re.findall(r"events\[\d+\]\[4\]\[5\] = \{(.*?)\};", text, re.S)
    numbers = [int(n) for n in re.findall(r"(?<=[{ ])\d(?=[,}])", rows)]
    assert numbers[: events.size] == events.swapaxes(0, 1).ravel().tolist()
    with pytest.raises(ValueError, match="spikes must be 0 or 1"):
        written("plain", tmp_path, events=events * 2)


BAD_NAMES = ["", "a-b", "int", "main", "1x", "2net", "class", "new", "bool", "ü", "a b", "x\n", "../x", "a.b"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_are_no_identifiers(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^to_c: name must be a C identifier, got"):
        written("plain", tmp_path / "c", name)
    assert not (tmp_path / "c").exists()
    # The command line takes the nearest name, which the list of files shows.
    nearest = c_name(name)
    assert is_identifier(nearest)
    assert written("plain", tmp_path / "c", nearest)[0].name == f"{nearest}.h"


def test_other_names_that_would_clash(tmp_path: Path) -> None:
    for name, message in (
        ("wake_test", "name must not end in _test, as the names of self-tests do"),
        ("_Wake", "name must not hold __ or begin with _ and a capital"),
        ("a__b", "name must not hold __ or begin with _ and a capital"),
        ("a" * 65, "name must have at most 64 characters"),
    ):
        with pytest.raises(ValueError, match=f"^to_c: {message}"):
            written("plain", tmp_path, name)
        assert written("plain", tmp_path, c_name(name))
    with pytest.raises(ValueError, match="name must be a C identifier, got 3"):
        written("plain", tmp_path, cast(Any, 3))
    assert suffixes(["a.b", "a_b", "a-b", "0"]) == {"a.b": "a_b", "a_b": "a_b_2", "a-b": "a_b_3", "0": "0"}
    assert comment("*/ x /* \n \\ ??/ ü") == "? x ? ? ? ?/ ?"


def test_layers_whose_names_are_no_identifiers(tmp_path: Path) -> None:
    # A layer's name cannot end a comment, or be the same as another's in C.
    names = ["int", "a b", "*/ int x; /*", "a_b"]
    model = nn.Sequential()
    for name, layer in zip(names, plain(), strict=True):
        model.add_module(name, layer)
    files = export.to_c(model, tmp_path, "net")
    code, text = said(compiled(files[1:], tmp_path / "net"))
    assert (code, text.split()[-2:]) == (0, ["0", "different"])


def test_wrong_arguments_leave_nothing_behind(tmp_path: Path) -> None:
    network, c = NETWORKS["images"](), tmp_path / "c"
    for size, message in (
        (None, "size must be given for images, height and width, got None"),
        ((0, 6), r"size must be two numbers > 0, got \(0, 6\)"),
        ((2, 2), "images must be large enough for layer '0', got 2"),
        ((8, 6), "layer '5': layers must fit each other, it has 12 inputs, got"),
    ):
        with pytest.raises(ValueError, match=f"^to_c: {message}"):
            export.to_c(network, c, "net", size=size)
    with pytest.raises(ValueError, match=r"^to_c: size must be None where no convolution comes first"):
        export.to_c(plain(), c, "net", size=(6, 6))
    with pytest.raises(ValueError, match=r"^to_c: steps must be an integer in 1..1024, got 0"):
        export.to_c(plain(), c, "net", steps=0)
    with pytest.raises(ValueError, match=r"^to_c: network must be None but for a file"):
        export.to_c(plain(), c, "net", network=network)
    with pytest.raises(ValueError, match=r"^integer: model must be a torch"):
        export.to_c(nn.Linear(2, 2), c, "net")
    for dialect in ("functions", "table"):
        export.to_onnx(NETWORKS["recurrent"](), (4, 2, 5), tmp_path / "x.onnx", cast(Any, dialect))
        with pytest.raises(ValueError, match=r"^to_c: dialect must be integer or flat, got"):
            export.to_c(tmp_path / "x.onnx", c, "net")
    export.to_onnx(images(), SHAPES["images"], tmp_path / "x.onnx", "integer", form="step")
    with pytest.raises(ValueError, match=r"^to_c: size must be that of the file, \(6, 6\), got \(8, 8\)"):
        export.to_c(tmp_path / "x.onnx", c, "net", size=(8, 8))
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(ValueError, match=r"text.onnx: not a valid ONNX model"):
        export.to_c(tmp_path / "text.onnx", c, "net")
    with pytest.raises(OSError, match=r"none.onnx"):
        export.to_c(tmp_path / "none.onnx", c, "net")
    assert not c.exists()
    c.write_text("a file")
    with pytest.raises(OSError, match="c'"):
        export.to_c(plain(), c, "net")
