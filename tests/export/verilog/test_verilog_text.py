"""The smallest network in Verilog, word for word; names; and what is refused, of which nothing is left behind."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layer_networks import lif, network_of, weights
from torch import nn
from verilog_networks import lint, needs

from spikelut import export, hw_profiles, quant
from spikelut.export.verilog.cores import words
from spikelut.export.verilog.names import KEYWORDS, require_name, verilog_name
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.layers import IntegerDelay, IntegerLIF, IntegerLinear, IntegerMatMul, IntegerReverse
from spikelut.surrogates import Arctan

STEP = """`default_nettype none

// A time step of a neuron of layer 'lif'.
module net_step_lif (
    input  wire signed [15:0] state_mem,
    input  wire signed [6:0]  arriving,
    output wire signed [15:0] next_mem,
    output wire               spikes
);
    wire signed [11:0] v0 = state_mem[15:4];
    wire signed [16:0] v1 = {state_mem[15], state_mem} - {{5{v0[11]}}, v0};
    wire signed [16:0] v2 = v1 + {{10{arriving[6]}}, arriving};
    wire signed [16:0] v3 = v2 > -17'sd32768 ? v2 : -17'sd32768;
    wire signed [15:0] v4 = v3 < 17'sd32767 ? v3[15:0] : 16'd32767;
    wire signed [16:0] v5 = {v4[15], v4} - 17'd4096;
    wire v6 = 17'sd0 <= v5;
    wire signed [15:0] v7 = v5 > -17'sd32768 ? v5[15:0] : 16'sh8000;
    wire signed [15:0] v8 = v6 ? v7 : v4;
    assign next_mem = v8;
    assign spikes = v6;
endmodule

`default_nettype wire
"""


def smallest() -> IntegerNetwork:
    """Two neurons of the profile generic8."""
    profile = hw_profiles.load("generic8")
    spec = quant.LIFSpec.from_profile(profile, beta=0.9375, threshold=1.0, reset="subtract")
    codes = np.array([[3, -2], [1, 4]], np.int8)
    layers: Any = (IntegerLinear("w", codes, 1, 3, 0, 8), IntegerLIF("lif", spec, Arctan(), None))
    return IntegerNetwork(profile, layers)


def test_the_smallest_network(tmp_path: Path) -> None:
    files = export.to_verilog(smallest(), tmp_path, "net", steps=4)
    assert [path.name for path in files] == [
        "net.v",
        "net_core_lif.v",
        "net_step_lif.v",
        "net_ram.v",
        "net_rom.v",
        "net_weights_w.hex",
        "net.f",
        "net_bench.v",
        "net_in.hex",
        "net_expected_0.hex",
        "net_expected_1.hex",
        "net_out.hex",
    ]
    assert (tmp_path / "net_weights_w.hex").read_text().split() == ["3", "e", "1", "4"]
    assert (tmp_path / "net.f").read_text().split() == [path.name for path in files[:5]]
    assert (tmp_path / "net_step_lif.v").read_text() == STEP
    text = (tmp_path / "net.v").read_text()
    assert "// in_*: events 'input' [2] in 0..1, unsigned\n// out_*: events 'lif' [2] in 0..1, unsigned\n" in text
    assert lint(tmp_path) == ""


def test_registers_are_as_wide_as_their_ranges(tmp_path: Path) -> None:
    """A weight of 5 bits, sums of 6 bits, and of three events at once of 8."""
    codes = np.array([[15, -16], [1, 4]], np.int8)
    for largest, bits in ((1, 6), (3, 7)):
        first: Any = smallest().layers[0]
        network = replace(smallest(), layers=(replace(first, codes=codes), smallest().layers[1]))
        export.to_verilog(replace(network, largest_input=largest), tmp_path, "net", steps=2)
        text = (tmp_path / "net_core_lif.v").read_text()
        assert f"    reg signed [{bits - 1}:0] sum;" in text
        assert ".BITS(5), .WORDS(4)" in text


def test_no_name_is_a_keyword(tmp_path: Path) -> None:
    """Of layers whose names are keywords, and of which two are the same but for signs."""
    names = ("begin", "module", "reg-1", "reg 1", "1'b0")
    layers: list[Any] = [(weights("wire", 3, 4), ("x0",))]
    layers += [(lif(name), ("wire",)) for name in names]
    network = network_of(layers, [(4,)], names)
    export.to_verilog(network, tmp_path, "net", steps=2)
    assert lint(tmp_path) == ""
    text = "".join(path.read_text() for path in tmp_path.glob("*.v"))
    assert {"net_core_begin", "net_core_reg_1", "net_core_reg_1_2"} <= set(re.findall(r"\w+", text))
    declared = re.findall(
        r"^\s*(?:reg|wire|input\s+wire|output\s+wire)(?: signed)?(?: \[.*?\])? (\w+)", text, re.MULTILINE
    )
    assert len(set(declared)) > 40
    assert set(declared).isdisjoint(KEYWORDS)


def test_names() -> None:
    for name in ("net", "n1", "Net_2"):
        require_name("to_verilog", name)
    wrong: list[Any] = ["", "1net", "_net", "a-b", "ä", 3]
    for name in wrong:
        with pytest.raises(ValueError, match="to_verilog: name must be a Verilog identifier that begins with a letter"):
            require_name("to_verilog", name)
    for name in ("module", "always_comb", "wire"):
        with pytest.raises(ValueError, match="to_verilog: name must not be a keyword of Verilog or SystemVerilog"):
            require_name("to_verilog", name)
    with pytest.raises(ValueError, match="to_verilog: name must have at most 64 characters"):
        require_name("to_verilog", "n" * 65)
    named = {"digits": "digits", "my run": "my_run", "7": "n_7", "_": "network", "module": "module_net", "ä": "network"}
    assert {text: verilog_name(text) for text in named} == named
    for text in named:
        require_name("to_verilog", verilog_name(text))


def refused(network: Any, message: str, folder: Path, **options: Any) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        export.to_verilog(network, folder / "none", **options)
    assert "\n" not in str(caught.value)
    assert not (folder / "none").exists()


def test_what_cannot_be_held_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(smallest(), "^to_verilog: name must not be a keyword", tmp_path, name="module")
    refused("net.onnx", "^to_verilog: model must be a torch module or an IntegerNetwork, got 'str'", tmp_path)
    refused(smallest(), "^to_verilog: steps must be an integer in 1..1024", tmp_path, steps=0)
    refused(smallest(), r"input must be \[T, B, 2\], got", tmp_path, events=np.zeros((3, 1, 5), int))
    refused(smallest(), "^to_verilog: size must be None", tmp_path, size=(3, 3))
    pair = [(IntegerMatMul("k"), ("x0", "x1")), (weights("w", 2, 2), ("k",)), (lif(), ("w",))]
    refused(network_of(pair, [(2, 2), (2, 2)]), "^to_verilog: layer 'k': products of matrices have no core", tmp_path)
    late: list[Any] = [(IntegerDelay("d", (2,)), ("x0",)), (weights("w", 2, 2), ("d",)), (lif(), ("w",))]
    refused(network_of(late, [(2,)]), "^to_verilog: layer 'd': delays have no core", tmp_path)
    back: list[Any] = [(IntegerReverse("r"), ("x0",)), (weights("w", 2, 2), ("r",)), (lif(), ("w",))]
    refused(network_of(back, [(2,)]), "^to_verilog: layer 'r' must not reverse time", tmp_path)
    monkeypatch.setattr(words, "MOST", 3)
    refused(smallest(), "^to_verilog: layer 'w': weights must be at most 3 words", tmp_path)


def test_a_network_of_one_that_reads_it(tmp_path: Path) -> None:
    """A torch model, and images whose size is given, or is not."""
    profile = hw_profiles.load("loihi2")
    convolution = quant.QuantConv2d(1, 2, 3, profile=profile)
    nn.init.constant_(convolution.weight, 0.25)
    model = nn.Sequential(convolution, quant.LIF(profile, Arctan()))
    refused(model, "^to_verilog: size must be given for images, height and width", tmp_path)
    needs("verilator")
    export.to_verilog(model, tmp_path, "net", size=(5, 4), steps=2)
    assert lint(tmp_path) == ""


def test_files_appear_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net_bench.v").mkdir()
    with pytest.raises(OSError, match="net_bench"):
        export.to_verilog(smallest(), tmp_path, "net", steps=2)
    assert [path.name for path in tmp_path.iterdir()] == ["net_bench.v"]
