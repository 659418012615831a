"""`spikelut export RUN --verilog DIR`."""

import json
from pathlib import Path

import pytest
from sample_networks import demo
from verilog_networks import lint, needs

from spikelut import export, quant
from spikelut.cli._app import run
from spikelut.export.verilog.simulators import Icarus

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "my net.safetensors"
    export.save_network(quant.integer(demo()), path)
    return path


def test_verilog_alone(saved: Path, tmp_path: Path, capsys: Captured) -> None:
    assert run(["export", str(saved), "--verilog", str(tmp_path / "fpga"), "--steps", "2", "--json"]) == 0
    files = [Path(name) for name in json.loads(capsys.readouterr().out)["files"]]
    assert files[0] == tmp_path / "fpga" / "my_net.v"
    assert {path.name for path in files} == {path.name for path in (tmp_path / "fpga").iterdir()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fpga", "my net.safetensors"]
    needs("iverilog", "vvp")
    simulator = Icarus()
    simulator.build(tmp_path / "fpga", "my_net")
    said = simulator.run(tmp_path / "fpga", "my_net")
    assert said.different == 0
    assert said.nonzero > said.compared / 10


def test_verilog_beside_another_file(saved: Path, tmp_path: Path, capsys: Captured) -> None:
    out, folder = tmp_path / "net.onnx", tmp_path / "fpga"
    command = ["export", str(saved), "--dialect", "integer", "--out", str(out), "--verilog", str(folder)]
    assert run([*command, "--steps", "2"]) == 0
    assert "wrote" in capsys.readouterr().out
    assert out.exists()
    assert (folder / "net.v").exists()
    assert lint(folder) == ""


def test_wrong_input_is_one_line(saved: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "taken").write_text("")
    for arguments, message in (
        (["--verilog", str(tmp_path / "taken")], "taken"),
        ([], "out must be given, once"),
        (["--dialect", "hls4ml", "--verilog", str(tmp_path / "none")], "out must be given"),
    ):
        assert run(["export", str(saved), *arguments]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
    assert not (tmp_path / "none").exists()
