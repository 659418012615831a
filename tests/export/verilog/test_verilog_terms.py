"""Arithmetic printed as Verilog is that of Python's integers, at the ends of the ranges; lint has nothing to say."""

import subprocess
from itertools import product
from pathlib import Path

from operations import OPERATIONS, RANGES, Numbers, values
from verilog_networks import needs

from spikelut.export.verilog.cores.expression_writer import VerilogText, Word
from spikelut.export.verilog.cores.steps import Module, Port, unused_line
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps


def module(number: int, name: str, low: int, high: int) -> tuple[Module, Word]:
    """An operation as a module of two numbers in a range."""
    home = Recording("to_verilog")
    found = OPERATIONS[name](ExpressionOps, home.input("x", low, high), home.input("y", low, high))
    found = found if isinstance(found, Expression) else home.constant(int(found))
    word, text = Word.of(found.low, found.high), VerilogText(home)
    text.store("z", word, found)
    given = Word.of(low, high)
    ports = Port("x", given), Port("y", given), Port("z", word, out=True)
    lines = [*text.lines, *unused_line([*sorted({"x", "y"} - text.names), *text.unused()])]
    return Module(f"f{number}", name, ports, tuple(lines)), word


def test_numbers(tmp_path: Path) -> None:
    """All operations on all ranges in one simulation."""
    needs("iverilog", "vvp", "verilator")
    bench, body, wanted = ["module bench;"], list[str](), list[int]()
    for number, (name, (low, high)) in enumerate(product(OPERATIONS, RANGES)):
        made, word = module(number, name, low, high)
        (tmp_path / f"{made.name}.v").write_text(made.text)
        given = Word.of(low, high)
        bench.append(f"reg{given.declared} x{number}, y{number}; wire{word.declared} z{number};")
        bench.append(f"{made.name} i{number} (x{number}, y{number}, z{number});")
        for x, y in product(values(low, high), repeat=2):
            mask = (1 << given.bits) - 1
            body.append(f"x{number} = {given.bits}'d{x & mask}; y{number} = {given.bits}'d{y & mask}; #1")
            body.append(f'$display("%0d", z{number});')
            wanted.append(int(OPERATIONS[name](Numbers, x, y)))
    names = [path.name for path in sorted(tmp_path.iterdir())]
    text = "\n".join([*bench, "initial begin", *body, "end", "endmodule", ""])
    (tmp_path / "bench.v").write_text(text)
    subprocess.run(["iverilog", "-o", "bench", "bench.v", *names], cwd=tmp_path, check=True)
    said = subprocess.run(["vvp", "-n", "bench"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert [int(line) for line in said.split()] == wanted
    assert len(set(wanted)) > 100
    lint = ["verilator", "--lint-only", "-Wall", "-Wno-MULTITOP", *names]
    done = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == ""


def test_words_are_the_smallest() -> None:
    ends = {(0, 0): 1, (0, 1): 1, (0, 255): 8, (0, 256): 9, (-1, 0): 1, (-128, 127): 8, (-129, 0): 9, (-1, 128): 9}
    assert {pair: Word.of(*pair).bits for pair in ends} == ends
    assert [Word.of(*pair).signed for pair in ((0, 5), (-1, 5))] == [False, True]
    assert [Word(9, True).hexadecimal(n) for n in (-1, -256, 255, 3)] == ["1ff", "100", "0ff", "003"]
