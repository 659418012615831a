"""The self-checking test bench of a network: all that its layers give and hold, after each step, is the reference's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spikelut.export.c.names import comment
from spikelut.export.verilog.cores.core_text import CORE
from spikelut.export.verilog.cores.expression_writer import Word
from spikelut.export.verilog.cores.words import hexadecimal
from spikelut.export.verilog.plan import Plan
from spikelut.export.verilog.top import prefix
from spikelut.quant.network.reference import Inputs, reference_states

Arrays = dict[str, NDArray[np.int64]]
SHOWN = 3
"""Differences that are printed."""


@dataclass(frozen=True)
class Compared:
    """What is compared after each step: its name in the reference, where word `i` of it is, and how many there are."""

    key: str
    place: str
    word: Word
    count: int


@dataclass(frozen=True)
class Bench:
    """A test bench: its text, the files beside it, and what it compares, [T, B, ...] by name."""

    text: str
    files: dict[str, str]
    rows: tuple[Compared, ...]
    expected: Arrays
    steps: int
    samples: int


def compared(plan: Plan) -> Iterator[Compared]:
    """All states; what layers of neurons give; and the outputs of the network."""
    instances = {core.root: f"dut.core_{core.suffix}" for core in plan.cores}
    neurons = {kept.key.rpartition(".")[0] for core in plan.cores for kept in core.kept}
    for core in plan.cores:
        for kept in core.kept:
            yield Compared(kept.key, kept.place.replace(CORE, instances[core.root]), kept.word, kept.count)
    shown = dict.fromkeys([*(core.root for core in plan.cores if core.root in neurons), *plan.network.outputs])
    roots = {end.name: end.array.root for end in plan.outputs}
    for name in shown:
        array = plan.arrays[roots.get(name, name)]
        yield Compared(plan.network.named(name), f"dut.values_{array.suffix}.words[i]", array.word, array.count)


def bench(plan: Plan, events: Inputs) -> Bench:
    """The bench for event counts `events` [T, B, ...], by name of several inputs; ValueError where they do not fit."""
    given, states = plan.network.checked(events), reference_states(plan.network, events)
    steps = max(len(array) for array in states.values())
    samples = next(iter(given.values())).shape[1]
    rows = list(compared(plan))
    expected = {row.key: states[row.key] for row in rows}
    files, name = {}, plan.name
    for end in plan.inputs:
        files[f"{name}_{prefix('in', plan.inputs, end)}.hex"] = _rows(given[end.name], end.array.word, steps)
    for number, row in enumerate(rows):
        files[f"{name}_expected_{number}.hex"] = _rows(expected[row.key], row.word, steps)
    for end in plan.outputs:
        key = plan.network.named(end.name)
        files[f"{name}_{prefix('out', plan.outputs, end)}.hex"] = _rows(states[key], end.array.word, steps)
    text = "\n".join(_text(plan, rows, steps, samples))
    return Bench(text, files, tuple(rows), expected, steps, samples)


def dumped(test: Bench, folder: Path, name: str) -> Arrays:
    """What the bench saw when it ran with +dump, as `expected` has it; RuntimeError where a bit is unknown."""
    words = (folder / f"{name}_dump.txt").read_text(encoding="ascii").split()
    times, at, found = test.steps * test.samples, 0, dict[str, NDArray[np.int64]]()
    counts = [row.count for row in test.rows]
    if len(words) != times * sum(counts):
        raise RuntimeError(f"the test bench must dump {times * sum(counts)} values, got {len(words)}")
    try:
        numbers = np.array([int(word, 16) for word in words], np.int64).reshape(times, -1)
    except ValueError:
        raise RuntimeError("the test bench dumps values with unknown bits") from None
    for row, count in zip(test.rows, counts, strict=True):
        values, shape = numbers[:, at : at + count], test.expected[row.key].shape
        at += count
        if row.word.signed:
            values = values - ((values >> row.word.bits - 1 & 1) << row.word.bits)
        whole = np.moveaxis(values.reshape(test.samples, test.steps, *shape[2:]), 1, 0)
        found[row.key] = whole[: shape[0]]
    return found


def _rows(values: NDArray[np.int64], word: Word, steps: int) -> str:
    """Of [T, B, ...] sample after sample each step's; what is the same in all steps as often as there are."""
    repeated = np.repeat(values, steps // len(values), 0) if len(values) == 1 else values
    return hexadecimal(np.moveaxis(repeated, 1, 0), word)


def _memory(name: str, word: Word, count: int) -> str:
    return f"    reg{word.declared if word.bits > 1 else ' [0:0]'} {name} [0:{count - 1}];"


def _text(plan: Plan, rows: list[Compared], steps: int, samples: int) -> Iterator[str]:
    name, times = plan.name, steps * samples
    yield "`timescale 1ns / 1ns"
    yield ""
    yield f"// Self-test of {name}: fails unless, after each of {steps} steps of {samples} samples, every state of"
    yield "// every layer, what neurons give, and what comes out is the integer reference's. +dump writes all of it."
    yield f"module {name}_bench;"
    yield "    reg clk = 1'b0;"
    yield "    reg rst = 1'b1;"
    yield "    reg in_first = 1'b0;"
    ports = [".clk(clk)", ".rst(rst)", ".in_first(in_first)"]
    for end in plan.inputs:
        own = prefix("in", plan.inputs, end)
        yield f"    reg {own}_valid = 1'b0;"
        yield f"    wire {own}_ready;"
        yield f"    reg{end.array.word.declared} {own}_value = {end.array.word.bits}'d0;"
        yield _memory(f"given_{own}", end.array.word, times * end.array.count)
        ports += [f".{own}_{port}({own}_{port})" for port in ("valid", "ready", "value")]
    for end in plan.outputs:
        own = prefix("out", plan.outputs, end)
        yield f"    wire {own}_valid;"
        yield f"    reg {own}_ready = 1'b0;"
        yield f"    wire {own}_last;"
        yield f"    wire{end.array.word.declared} {own}_value;"
        yield _memory(f"wanted_{own}", end.array.word, times * end.array.count)
        ports += [f".{own}_{port}({own}_{port})" for port in ("valid", "ready", "last", "value")]
    for number, row in enumerate(rows):
        yield _memory(f"expected_{number}", row.word, times * row.count)
    yield "    integer sample, step, i, waited, dump;"
    yield "    integer compared = 0, nonzero = 0, different = 0;"
    yield ""
    yield f"    {name} dut ({', '.join(ports)});"
    yield ""
    yield "    always #5 clk = !clk;"
    yield ""
    yield from _patience(plan)
    yield "    initial begin"
    yield "        dump = 0;"
    yield f'        if ($test$plusargs("dump")) dump = $fopen("{name}_dump.txt", "w");'
    for end in plan.inputs:
        own = prefix("in", plan.inputs, end)
        yield f'        $readmemh("{name}_{own}.hex", given_{own});'
    for end in plan.outputs:
        own = prefix("out", plan.outputs, end)
        yield f'        $readmemh("{name}_{own}.hex", wanted_{own});'
    for number in range(len(rows)):
        yield f'        $readmemh("{name}_expected_{number}.hex", expected_{number});'
    yield "        repeat (3) @(negedge clk);"
    yield "        rst = 1'b0;"
    yield f"        for (sample = 0; sample < {samples}; sample = sample + 1)"
    yield f"            for (step = 0; step < {steps}; step = step + 1) begin"
    for line in _step(plan, rows, steps):
        yield f"                {line}"
    yield "            end"
    yield "        if (dump != 0) $fclose(dump);"
    yield f'        $display("{name}: %0d values compared, %0d nonzero, %0d different", compared, nonzero, different);'
    yield "        if (dump == 0 && (different != 0 || compared == 0)) $fatal(1);"
    yield "        $finish;"
    yield "    end"
    yield "endmodule"
    yield ""


def _patience(plan: Plan) -> Iterator[str]:
    """What ends a network that does not answer."""
    values = sum(end.array.count for end in (*plan.inputs, *plan.outputs))
    yield f"    // A step takes {plan.clocks} clocks, and those in which values pass."
    yield "    task patience;"
    yield "        begin"
    yield "            @(negedge clk);"
    yield "            waited = waited + 1;"
    yield f"            if (waited > {2 * (plan.clocks + 10 * values) + 100}) begin"
    yield f'                $display("{plan.name}: sample %0d, step %0d: no answer", sample, step);'
    yield "                $fatal(1);"
    yield "            end"
    yield "        end"
    yield "    endtask"
    yield ""


def _step(plan: Plan, rows: list[Compared], steps: int) -> Iterator[str]:
    yield "waited = 0;"
    yield "in_first = step == 0;"
    time = f"(sample * {steps} + step)"
    for end in plan.inputs:
        own, count = prefix("in", plan.inputs, end), end.array.count
        yield f"for (i = 0; i < {count}; i = i + 1) begin"
        yield "    // Odd samples with gaps."
        yield "    if (sample % 2 == 1 && i % 3 == 1) patience;"
        yield f"    {own}_valid = 1'b1;"
        yield f"    {own}_value = given_{own}[{time} * {count} + i];"
        yield f"    while (!{own}_ready) patience;"
        yield "    patience;"
        yield f"    {own}_valid = 1'b0;"
        yield "end"
    yield "in_first = 1'b0;"
    for end in plan.outputs:
        own, count = prefix("out", plan.outputs, end), end.array.count
        yield f"for (i = 0; i < {count}; i = i + 1) begin"
        yield "    if (sample % 2 == 1 && i % 2 == 1) patience;"
        yield f"    {own}_ready = 1'b1;"
        yield f"    while (!{own}_valid) patience;"
        wrong = f"{own}_value !== wanted_{own}[{time} * {count} + i] || {own}_last !== (i == {count - 1})"
        yield from _check(plan, f"output {end.name!r}", wrong, f"wanted_{own}[{time} * {count} + i]", f"{own}_value")
        yield "    patience;"
        yield f"    {own}_ready = 1'b0;"
        yield "end"
    for number, row in enumerate(rows):
        wanted = f"expected_{number}[{time} * {row.count} + i]"
        yield f"for (i = 0; i < {row.count}; i = i + 1) begin"
        yield from _check(plan, row.key, f"{row.place} !== {wanted}", wanted, row.place)
        yield f'    if (dump != 0) $fdisplay(dump, "%h", {row.place});'
        yield "end"


def _check(plan: Plan, what: str, wrong: str, wanted: str, found: str) -> Iterator[str]:
    where = comment(what).replace("%", "%%").replace('"', "?")
    yield "    compared = compared + 1;"
    yield f"    if ({wanted} != 0) nonzero = nonzero + 1;"
    yield f"    if ({wrong}) begin"
    yield "        different = different + 1;"
    yield f"        if (different <= {SHOWN})"
    yield f'            $display("{plan.name}: sample %0d, step %0d: {where} [%0d] is %h, must be %h",'
    yield f"                sample, step, i, {found}, {wanted});"
    yield "    end"
