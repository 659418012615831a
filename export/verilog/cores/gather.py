"""Layers that move values from place to place, or add up some: a table says which values each output takes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export.verilog.cores.core_text import Core, CoreText, Read
from spikelut.export.verilog.cores.expression_writer import Word, unsigned
from spikelut.export.verilog.cores.nest import Loop, Nest
from spikelut.export.verilog.cores.pipeline import BIT, Stage
from spikelut.export.verilog.cores.words import Table, places, require_words
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.network.layers import IntegerTotal


def sources_of(layer: Any, shapes: Sequence[tuple[int, ...]], roots: Sequence[str]) -> NDArray[np.int64]:
    """Of each output the numbers of its sources, [outputs, sources], among all values of the arrays `roots` that the
    inputs are in, each array once, from 1; 0: none.

    What a layer does to numbers it does to the values in their places.
    """
    numbers, first, firsts = [], 1, dict[str, int]()
    for shape, root in zip(shapes, roots, strict=True):
        size = int(np.prod(shape))
        if root not in firsts:
            firsts[root], first = first, first + size
        numbers.append(np.arange(firsts[root], firsts[root] + size, dtype=np.int64).reshape(1, 1, *shape))
    if isinstance(layer, IntegerTotal):
        moved = np.moveaxis(numbers[0][0, 0], layer.axes, range(-len(layer.axes), 0))
        kept = moved.shape[: moved.ndim - len(layer.axes)]
        rows: NDArray[np.int64] = moved.reshape(int(np.prod(kept)), -1)
        return rows
    found: NDArray[np.int64] = layer.run(*numbers)
    return found.reshape(-1, 1)


def gather_core(
    top: str,
    suffix: str,
    about: str,
    reads: tuple[Read, ...],
    root: str,
    out: tuple[int, int],
    table: Table,
) -> Core:
    """The core of a layer whose outputs take, or add up, the sources in a table [outputs, sources]."""
    outputs, each = table.values.shape
    require_words(about, "places", table.count)
    loops = (Loop("o", outputs),), (Loop("i", each),)
    nest = Nest(*loops)
    text = CoreText(top, reads, Word.of(*out), outputs)
    size = Word(places(outputs), False)
    text.declared += ["// The output, and the source of it, that are looked up.", "reg busy;", *nest.declarations]
    where = Word(places(table.count), False)
    text.reg("place_at", where)
    ahead = f"place_at == {unsigned(table.count - 1, where.bits)} ? {unsigned(0, where.bits)}"
    text.turns(
        [*nest.start, f"place_at <= {unsigned(0, where.bits)};"],
        [*nest.step, f"place_at <= {ahead} : place_at + {unsigned(1, where.bits)};"],
    )
    text.declared.append("// Its place, counted from 1; 0 is none.")
    text.rom("place", table, "place_at")
    _pass_on(text, size, "", "_1")
    _pass_on(text, size, "_1", "_2")
    text.reg("place_2", table.word)
    text.always(["place_2 <= place;"])
    asked, first = Stage(text, "a"), 1
    for read in reads:
        at = asked.number("place", table.low, table.high) - first
        asked.store(f"{read.port}_at", Word(places(read.count), False), at, declare=False)
        first += read.count
    asked.close()
    stage = Stage(text, "v")
    place, value, first = stage.number("place_2", table.low, table.high), None, 1
    for read in reads:
        given = stage.number(read.port, read.low, read.high)
        value = given if value is None else ExpressionOps.where(place < first, value, given)
        first += read.count
    assert value is not None  # a layer has inputs
    value = ExpressionOps.where(place > 0, value, 0)
    text.declared.append("// Then it is there, and is passed on, or added.")
    text.reg("sum", text.word)
    if each > 1:
        text.reg("first_2", BIT)
        text.always(["first_2 <= last_2 || !busy_2;"])
        value = ExpressionOps.where(stage.truth("first_2"), 0, stage.number("sum", *out)) + value
    stage.store("next_sum", text.word, value)
    stage.close()
    text.always(["if (busy_2) sum <= next_sum;"])
    _pass_on(text, size, "_2", "_3", busy=False)
    text.reg("step", BIT)
    text.always(["step <= !rst && busy_2 && last_2;"])
    text.lines += ["assign put = step;", "assign put_at = at_3;", "assign put_value = sum;"]
    text.lines += ["assign done = step && finished_3;"]
    name = f"{top}_core_{suffix}"
    made = text.module(name, about)
    return Core(name, suffix, about, reads, root, text.word, outputs, made, nest.clocks + 1, tables=(table,))


def _pass_on(text: CoreText, size: Word, before: str, after: str, *, busy: bool = True) -> None:
    """One clock later."""
    names = [("finished", BIT), ("at", size)] + ([("last", BIT), ("busy", BIT)] if busy else [])
    for name, word in names:
        text.reg(f"{name}{after}", word)
    lines = [f"{name}{after} <= {'!rst && ' if name == 'busy' else ''}{name}{before};" for name, _ in names]
    text.always(lines)
