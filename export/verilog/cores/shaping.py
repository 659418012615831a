"""Layers without weights that combine values: pools, sums and products of signals, and events as sums."""

from math import prod
from typing import Any

from spikelut.export.verilog.cores.core_text import Read
from spikelut.export.verilog.cores.job import Address, Counters, Job
from spikelut.export.verilog.cores.nest import Loop, Nest
from spikelut.export.verilog.cores.windows import window
from spikelut.export.verilog.cores.words import WHO
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.network.layers import (
    IntegerAdd,
    IntegerMaxPool2d,
    IntegerProduct,
    IntegerScale,
    IntegerSumPool2d,
)
from spikelut.quant.network.shapes.pooling import pair

Shape = tuple[int, ...]


def shaping_job(
    layer: Any,
    suffix: str,
    about: str,
    reads: tuple[Read, ...],
    shapes: list[Shape],
    gives: Shape,
    out: tuple[int, int],
) -> Job:
    """The job of a layer that reads arrays of these shapes; ValueError for one that has no core."""
    name = layer.name
    if isinstance(layer, IntegerSumPool2d | IntegerMaxPool2d):
        kernel, stride, padding = pair(layer.kernel_size), pair(layer.stride), pair(layer.padding)
        outer = (Loop("g", gives[0]), Loop("y", gives[1]), Loop("x", gives[2]))
        inner = (Loop("i", 1), Loop("row", kernel[0]), Loop("column", kernel[1]))
        at, inside = window(shapes[0], stride, padding, (1, 1), gives, kernel, 1)
        combine: Any = "largest" if isinstance(layer, IntegerMaxPool2d) else "sum"
        return Job(suffix, about, Nest(outer, inner), reads, (at,), name, out, inside=inside, combine=combine)
    flat = Nest((Loop("o", prod(gives)),), ())
    if isinstance(layer, IntegerAdd):
        return Job(suffix, about, flat, reads, (lambda c: c["o"],) * len(reads), name, out)
    if isinstance(layer, IntegerScale):
        return Job(suffix, about, flat, reads, (lambda c: c["o"],), name, out, left_shift=layer.left_shift)
    if isinstance(layer, IntegerProduct):
        loops = tuple(Loop(f"i{axis}", n) for axis, n in enumerate(gives))
        addresses = tuple(_spread(shape) for shape in shapes)
        return Job(suffix, about, Nest(loops, ()), reads, addresses, name, out, combine="product")
    raise ValueError(f"{WHO}: layer {name!r} has no core: run the network as C or ONNX, got {type(layer).__name__}")


def _spread(shape: Shape) -> Address:
    """Where a value of an array is that is repeated where it has one."""

    def address(c: Counters) -> Expression:
        total: Any = c["i0"] * 0
        for axis, size in enumerate(shape):
            if size > 1:
                total = total + c[f"i{axis}"] * prod(shape[axis + 1 :])
        found: Expression = total
        return found

    return address
