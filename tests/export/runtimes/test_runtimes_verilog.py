"""Verilog simulated by Icarus and by Verilator gives what the integer reference gives; what cannot be is said."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layer_networks import lif, network_of, weights
from runtime_files import PAIRS, case, runtime

from spikelut import export
from spikelut.export import runtimes
from spikelut.export.runtimes._verilog import IcarusVerilog, VerilatedVerilog
from spikelut.export.verilog.bench import Bench, Compared, dumped
from spikelut.export.verilog.cores.expression_writer import Word
from spikelut.quant.network.layers import IntegerMatMul

VERILOG = ("iverilog", "verilator")
TAKEN = [pair for pair in PAIRS if not runtimes.why_not("iverilog", *pair)]


@pytest.mark.parametrize("network", ["recurrent", "images", "wide"])
@pytest.mark.parametrize(("dialect", "form"), TAKEN)
def test_files_of_whole_sequences_agree(network: str, dialect: str, form: str, tmp_path: Path) -> None:
    made = case(network, dialect, form, tmp_path)
    outcome = runtimes.check(runtime("iverilog"), made)
    assert (outcome.status, outcome.reason) == ("agrees", "")
    # Spikes and states of hidden layers, too.
    assert outcome.compared > sum(array.size for array in made.expected.values())
    assert outcome.nonzero > 0
    assert outcome.hidden == ""


@pytest.mark.verilog
@pytest.mark.parametrize("network", ["recurrent", "images", "wide"])
def test_the_same_in_verilator(network: str, tmp_path: Path) -> None:
    outcome = runtimes.check(runtime("verilator"), case(network, "integer", "scan", tmp_path))
    assert (outcome.status, outcome.reason) == ("agrees", "")


def test_what_it_does_not_take() -> None:
    assert TAKEN == [("flat", "scan"), ("flat", "unrolled"), ("integer", "scan"), ("integer", "unrolled")]
    for name in VERILOG:
        assert "takes files of whole sequences" in runtimes.why_not(name, "integer", "step")
        assert "dialects integer and flat" in runtimes.why_not(name, "qcdq", "scan")


def test_a_difference_is_found(tmp_path: Path) -> None:
    made = case("recurrent", "integer", "scan", tmp_path)
    name = next(iter(made.expected))
    wrong = made.expected[name].copy()
    wrong.flat[0] += 1
    outcome = runtimes.check(runtime("iverilog"), replace(made, expected={**made.expected, name: wrong}))
    assert (outcome.status, outcome.different) == ("differs", 1)


def test_networks_without_verilog_and_long_ones_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers: list[Any] = [(IntegerMatMul("k"), ("x0", "x1")), (replace(weights("w", 2, 2), exponent=15), ("k",))]
    layers.append((lif(), ("w",)))
    network = network_of(layers, [(2, 2), (2, 2)])
    path, events = tmp_path / "net.onnx", {"x0": np.ones((3, 1, 2, 2), int), "x1": np.ones((3, 1, 2, 2), int)}
    shapes: Any = {name: array.shape for name, array in events.items()}
    export.to_onnx(network, shapes, path, "integer")
    outcome = runtimes.check(runtime("iverilog"), runtimes.network_case(path, events, network))
    assert (outcome.status, outcome.bad) == ("not expected", False)
    assert "products of matrices have no core" in outcome.reason
    monkeypatch.setattr(IcarusVerilog, "most_clocks", 1000)
    outcome = runtimes.check(runtime("iverilog"), case("recurrent", "integer", "scan", tmp_path))
    assert outcome.status == "not expected"
    assert outcome.reason.startswith("simulates at most 1,000 clocks, got ")


def test_simulators_that_are_not_there_or_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = case("recurrent", "integer", "scan", tmp_path)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path / "nothing"))
        outcomes = [runtimes.check(runtimes.by_name(name), made) for name in VERILOG]
    assert [outcome.status for outcome in outcomes] == ["missing", "missing"]
    assert [outcome.reason for outcome in outcomes] == ["iverilog is not installed", "verilator is not installed"]
    for script, message in (
        ("#!/bin/sh\necho first >&2\necho second >&2\nexit 3\n", "ended with 3: first second"),
        ("#!/bin/sh\nexit 0\n", "says nothing"),
        ("#!/bin/sh\nexec /bin/sleep 3\n", "did not end in 1 s"),
        ("", "cannot be run"),
    ):
        for program in ("iverilog", "vvp"):
            (tmp_path / program).write_text(script)
            (tmp_path / program).chmod(0o755)
        with monkeypatch.context() as patch:
            patch.setenv("PATH", str(tmp_path))
            simulated = IcarusVerilog()
            simulated.patience = 1.0
            outcome = runtimes.check(simulated, made)
        assert outcome.status == "failed"
        assert message in outcome.reason
        assert "\n" not in outcome.reason


def test_unknown_bits_are_no_values(tmp_path: Path) -> None:
    test = Bench("", {}, (_row(2),), {"spikes.lif": np.zeros((1, 1, 2), np.int64)}, 1, 1)
    for text, message in (("0\nx\n", "unknown bits"), ("0\n", "must dump 2 values, got 1")):
        (tmp_path / "network_dump.txt").write_text(text)
        with pytest.raises(RuntimeError, match=message):
            dumped(test, tmp_path, "network")
    (tmp_path / "network_dump.txt").write_text("3\n1\n")
    assert dumped(test, tmp_path, "network")["spikes.lif"].ravel().tolist() == [-1, 1]


def _row(count: int) -> Any:
    return Compared("spikes.lif", "", Word(2, True), count)


def test_versions() -> None:
    for simulated in (IcarusVerilog(), VerilatedVerilog()):
        if not simulated.missing():
            assert simulated.version()[0].isdigit()
