"""Tables written for other tools, read back with those tools."""

import json
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest

from spikelut import export, hw_profiles
from spikelut.export.table_file import readmemh, table_data
from spikelut.quant import SegmentTable, Table, TableWarning
from spikelut.surrogates import Arctan, MultiGaussianGrad, Surrogate

each_profile = pytest.mark.parametrize("name", hw_profiles.names())


def table_of(name: str, curve: Surrogate) -> Table:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)
        return Table.from_surrogate(curve, hw_profiles.load(name))


@each_profile
@pytest.mark.parametrize("curve", [Arctan(alpha=1.7), MultiGaussianGrad()], ids=str)
def test_npz_and_json_say_the_same(name: str, curve: Surrogate, tmp_path: Path) -> None:
    table = table_of(name, curve)
    assert export.save_table(table, tmp_path / "t.npz") == [tmp_path / "t.npz"]
    export.save_table(table, str(tmp_path / "t.json"))
    data = json.loads((tmp_path / "t.json").read_text())
    assert data == json.loads(json.dumps(table_data(table)))
    assert data["entries"] == table.codes.tolist()
    assert data["surrogate"]["parameters"] == {f: getattr(curve, f) for f in data["surrogate"]["parameters"]}
    assert data["rule"]["value"]["bits"] * len(table.codes) <= data["bits"] == table.bits
    with np.load(tmp_path / "t.npz", allow_pickle=False) as file:
        assert file["entries"].tolist() == data.pop("entries")
        assert json.loads(str(file["about"])) == data
        if isinstance(table, SegmentTable):
            assert file["breakpoints"].tolist() == data["rule"]["breakpoints"] == list(table.breakpoints)
        else:
            assert "breakpoints" not in file.files


def words(path: Path, bits: int, signed: bool) -> list[int]:
    """The numbers of a `$readmemh` file; fixed width, nothing but comments besides."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("//")]
    assert all(re.fullmatch(rf"[0-9a-f]{{{-(-bits // 4)}}}", line) for line in lines)
    numbers = [int(line, 16) for line in lines]
    return [n - 2**bits if signed and n >= 2 ** (bits - 1) else n for n in numbers]


@each_profile
@pytest.mark.parametrize("curve", [Arctan(alpha=1.7), MultiGaussianGrad()], ids=str)
def test_hex_reads_back(name: str, curve: Surrogate, tmp_path: Path) -> None:
    table = table_of(name, curve)
    files = export.save_table(table, tmp_path / "t.hex")
    assert words(files[0], table.value.bits, table.value.signed) == table.codes.tolist()
    if isinstance(table, SegmentTable):
        assert [file.name for file in files] == ["t.hex", "t_breakpoints.hex"]
        assert words(files[1], table.breakpoint_bits, True) == list(table.breakpoints)
    else:
        assert len(files) == 1


def test_readmemh_of_every_small_width() -> None:
    for bits in range(1, 10):
        codes = list(range(-(2 ** (bits - 1)), 2 ** (bits - 1)))
        text = readmemh(codes, bits, "x")
        assert [int(line, 16) for line in text.splitlines()[1:]] == [code % 2**bits for code in codes]


# A memory of the table's width that prints each of its entries as signed or unsigned decimal.
BENCH = """
module bench;
  reg {sign} [{top}:0] rom [0:{last}];
  integer i;
  initial begin
    $readmemh("{file}", rom);
    for (i = 0; i <= {last}; i = i + 1) $display("%0d", rom[i]);
  end
endmodule
"""


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="needs Icarus Verilog")
@each_profile
def test_hex_in_a_simulated_memory(name: str, tmp_path: Path) -> None:
    table = table_of(name, Arctan())
    memories = [(table.codes.tolist(), table.value.bits, table.value.signed)]
    if isinstance(table, SegmentTable):
        memories.append((list(table.breakpoints), table.breakpoint_bits, True))
    for file, (codes, bits, signed) in zip(export.save_table(table, tmp_path / "t.hex"), memories, strict=True):
        sign = "signed" if signed else ""
        source = BENCH.format(sign=sign, top=bits - 1, last=len(codes) - 1, file=file.name)
        (tmp_path / "bench.v").write_text(source)
        subprocess.run(["iverilog", "-o", "bench", "bench.v"], cwd=tmp_path, check=True)
        done = subprocess.run(["vvp", "-n", "bench"], cwd=tmp_path, check=True, capture_output=True, text=True)
        assert [int(line) for line in done.stdout.split()] == codes
        assert done.stderr == ""


def test_wrong_suffix_and_name_leave_nothing(tmp_path: Path) -> None:
    table = table_of("reckon", Arctan())
    for name in ("t.txt", "t", "t.npy", ".hex"):
        with pytest.raises(ValueError, match=r"^save_table: path must end in \.npz, \.json, \.h, \.hex, \.onnx, got"):
            export.save_table(table, tmp_path / name)
    with pytest.raises(ValueError, match=r"^c_header: name must be a C identifier, got '1st'"):
        export.save_table(table, tmp_path / "1st.h")
    with pytest.raises(OSError, match="missing"):
        export.save_table(table, tmp_path / "missing" / "t.json")
    assert list(tmp_path.iterdir()) == []


def test_same_table_same_bytes(tmp_path: Path) -> None:
    for suffix in ("npz", "json", "h", "hex"):
        first, second = tmp_path / f"t.{suffix}", tmp_path / "again" / f"t.{suffix}"
        second.parent.mkdir(exist_ok=True)
        export.save_table(table_of("loihi2", Arctan()), first)
        export.save_table(table_of("loihi2", Arctan()), second)
        assert first.read_bytes() == second.read_bytes()
