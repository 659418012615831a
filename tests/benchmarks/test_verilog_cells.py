"""What Yosys counted is what docs/verilog.md says; and what it makes of a small module."""

import json
import shutil
from pathlib import Path

import pytest
from packages import ROOT
from verilog_cells import RESULTS, cells, table


def test_the_page_has_what_was_counted() -> None:
    page = (ROOT / "docs" / "verilog.md").read_text(encoding="utf-8")
    assert "\n".join(table(json.loads(RESULTS.read_text())["rows"])) in page


def test_cells(tmp_path: Path) -> None:
    if shutil.which("yosys") is None:
        pytest.skip("needs yosys")
    (tmp_path / "two.v").write_text(
        "module two (input clk, input a, b, output reg c); always @(posedge clk) c <= a & b; endmodule\n"
    )
    assert cells(tmp_path, "two", ["two.v"]) == {"LUT": 1, "carry": 0, "flip-flops": 1, "DSP": 0, "RAM": 0}
