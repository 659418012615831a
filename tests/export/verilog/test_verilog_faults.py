"""Faults put into the Verilog of a network are found by its bench: a bit of a weight, a threshold, a shift, others."""

import re
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import torch
from torch import nn
from verilog_networks import needs

from spikelut import export, hw_profiles, quant
from spikelut.export.verilog.simulators import Icarus
from spikelut.surrogates import Arctan


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recurrent layer and a read-out with biases, without a fault."""
    needs("iverilog", "vvp")
    profile = hw_profiles.load("generic16")
    torch.manual_seed(0)
    recurrent = quant.Recurrent(quant.LIF(profile, Arctan(), beta=0.8, bias=4), 4)
    readout = quant.LI(profile, beta=0.9, bias=2)
    first, second = quant.QuantLinear(6, 4, profile=profile), quant.QuantLinear(4, 2, profile=profile)
    for layer in (first, second, recurrent.linear):
        nn.init.normal_(layer.weight, 0.2, 0.5)
    for neurons in (recurrent.neuron, readout):
        assert neurons.bias is not None
        nn.init.normal_(neurons.bias, 0.1, 0.1)
    folder = tmp_path_factory.mktemp("good") / "net"
    export.to_verilog(nn.Sequential(first, recurrent, second, readout), folder, "net", steps=12)
    return folder


def said(folder: Path) -> str:
    """Nothing of a bench that ends well, or else what it says."""
    simulator = Icarus()
    try:
        simulator.build(folder, "net")
        found = simulator.run(folder, "net")
    except RuntimeError as error:
        return str(error)
    assert found.different == 0
    assert found.nonzero > found.compared / 3
    return ""


def flipped(text: str, line: int, bit: int) -> str:
    """One bit of a word of a table."""
    words = text.split()
    words[line] = f"{int(words[line], 16) ^ 1 << bit:0{len(words[line])}x}"
    return "\n".join([*words, ""])


def raised(text: str) -> str:
    """The number that is compared with what a spike needs, one higher."""
    found = re.search(r"- (\d+)'d(\d+);", text)
    assert found
    return text.replace(found[0], f"- {found[1]}'d{int(found[2]) + 1};", 1)


FAULTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "a bit of a weight": ("net_weights_0.hex", lambda text: flipped(text, 3, 0)),
    "a bit of a recurrent weight": ("net_back_1.hex", lambda text: flipped(text, 5, 0)),
    "a bit of a bias": ("net_bias_1.hex", lambda text: flipped(text, 1, 0)),
    "a bit of the read-out's bias": ("net_bias_3.hex", lambda text: flipped(text, 0, 0)),
    "a threshold": ("net_step_1.v", raised),
    "a shift of the leak": ("net_step_1.v", lambda text: re.sub(r"\[(\d+):15\]", r"[\1:14]", text, count=1)),
    "a shift of the sum": (
        "net_core_1.v",
        lambda text: re.sub(r"\{(\w*sum), (\d+)'d0\}", r"{\1, 1'd0}", text, count=1),
    ),
    "a leak's factor": ("net_step_3.v", lambda text: re.sub(r"(\d+)'sd29491", r"\1'sd29490", text)),
    "the reset of a step": ("net_core_1.v", lambda text: text.replace("rest ?", "1'b0 ?")),
    "banks of last spikes": ("net_core_1.v", lambda text: text.replace("bank <= !bank", "bank <= bank")),
    "the last neuron": ("net_core_1.v", lambda text: text.replace("o == 2'd3", "o == 2'd2")),
    "a neuron's place": ("net_core_3.v", lambda text: text.replace(".write_at(at_2)", ".write_at(!at_2)")),
    "the end of the stream": ("net.v", lambda text: text.replace("out_last = out_valid && ", "out_last = 1'b1 || ")),
    "who has its turn": ("net.v", lambda text: text.replace("turn <= turn + 1'd1", "turn <= turn")),
}


def test_without_a_fault(good: Path) -> None:
    assert said(good) == ""


@pytest.mark.parametrize("fault", FAULTS)
def test_the_bench_finds(fault: str, good: Path, tmp_path: Path) -> None:
    file, change = FAULTS[fault]
    folder = tmp_path / "net"
    shutil.copytree(good, folder)
    before = (folder / file).read_text()
    (folder / file).write_text(change(before))
    assert (folder / file).read_text() != before
    assert re.search(r"iverilog ended with \d+: .*(must be|no answer)", said(folder))


@pytest.mark.verilog
def test_the_bench_finds_a_bit_of_every_weight(good: Path, tmp_path: Path) -> None:
    for name in ("net_weights_0.hex", "net_back_1.hex", "net_weights_2.hex"):
        text = (good / name).read_text()
        for line, bit in product(range(len(text.split())), (0, 5)):
            folder = tmp_path / f"{name}-{line}-{bit}"
            shutil.copytree(good, folder)
            (folder / name).write_text(flipped(text, line, bit))
            assert "must be" in said(folder), (name, line, bit)
