"""Windows over images: the loops and addresses of convolutions and pools."""

from typing import Any

from spikelut.export.verilog.cores.job import Address, Counters
from spikelut.export.verilog.cores.nest import Loop, Nest
from spikelut.quant.network.layers import IntegerConv2d

Pair = tuple[int, int]


def convolution(
    layer: IntegerConv2d, given: tuple[int, ...], gives: tuple[int, ...], repeated: tuple[Loop, ...]
) -> tuple[Nest, Address, Address | None, Address, Address]:
    """Of a convolution of images `given` into images: its nest, the address of a source and whether it is inside, the
    addresses of its weight and of the channel of an output.
    """
    out, each, *kernel = layer.codes.shape
    group, size = out // layer.groups, each * kernel[0] * kernel[1]
    outer = (Loop("g", layer.groups), Loop("o", group), Loop("y", gives[1]), Loop("x", gives[2]))
    inner = (Loop("i", each), Loop("row", kernel[0]), Loop("column", kernel[1]), *repeated)
    at, inside = window(given, layer.stride, layer.padding, layer.dilation, gives, (kernel[0], kernel[1]), each)

    def channel(c: Counters) -> Any:
        return c["g"] * group + c["o"]

    def weight(c: Counters) -> Any:
        return channel(c) * size + (c["i"] * kernel[0] + c["row"]) * kernel[1] + c["column"]

    return Nest(outer, inner), at, inside, weight, channel


def window(
    given: tuple[int, ...],
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    gives: tuple[int, ...],
    kernel: Pair,
    each: int,
) -> tuple[Address, Address | None]:
    """The address of a source in an image, and whether it is inside; None where all are."""
    (_, height, width), (rows, columns) = given, gives[1:]

    def place(c: Counters) -> tuple[Any, Any]:
        line = c["y"] * stride[0] + c["row"] * dilation[0] - padding[0]
        return line, c["x"] * stride[1] + c["column"] * dilation[1] - padding[1]

    def at(c: Counters) -> Any:
        line, column = place(c)
        return ((c["g"] * each + c["i"]) * height + line) * width + column

    def inside(c: Counters) -> Any:
        line, column = place(c)
        return (line >= 0) & (line < height) & (column >= 0) & (column < width)

    last = [
        (n - 1) * s + (k - 1) * d - p
        for n, s, k, d, p in zip((rows, columns), stride, kernel, dilation, padding, strict=True)
    ]
    fits = padding == (0, 0) and last[0] < height and last[1] < width
    return at, None if fits else inside
