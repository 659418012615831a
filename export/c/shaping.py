"""Layers without weights and neurons in C: pools, sums and products of signals, and those that move values."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from spikelut.export.c.arrays import Values
from spikelut.export.c.blocks import at, block, loop, nest, strides
from spikelut.export.c.parts import Shaping
from spikelut.quant.network.layers import (
    IntegerAdd,
    IntegerConcat,
    IntegerMatMul,
    IntegerMaxPool2d,
    IntegerProduct,
    IntegerScale,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerTake,
    IntegerTotal,
    IntegerTranspose,
    IntegerUpsample,
)
from spikelut.quant.network.shapes.pooling import pair


def about_shaping(part: Shaping) -> str:
    """What a layer does, in words."""
    if part.layer is None:
        return "A copy for an output."
    layer: Any = part.layer
    where = f"Layer {layer.name!r}"
    if isinstance(layer, IntegerSumPool2d | IntegerMaxPool2d):
        what = "event counts" if isinstance(layer, IntegerSumPool2d) else "maxima"
        size = layer.kernel_size
        return f"{where}: {what} of windows of {size if isinstance(size, int) else ' x '.join(map(str, size))}."
    shapes = ", ".join(" x ".join(map(str, values.shape)) for values in part.given)
    kind = type(layer).__name__.removeprefix("Integer").lower()
    return f"{where}: {kind} of [{shapes}], gives [{' x '.join(map(str, part.into.shape))}]."


def shaping(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    """The C of a layer, from the arrays `given` into another."""
    if part.layer is None:
        return loop("i", part.into.count, [_set(part.into, into, "i", f"{given[0]}[i]")])
    return _KINDS[type(part.layer)](part, given, into)


def _set(values: Values, into: str, place: str, value: str) -> str:
    """An assignment of what was computed in 32 bits."""
    return f"{into}[{place}] = ({values.c_type}){value};"


def _pool(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    (_, height, width), (channels, rows, columns) = part.given[0].shape, part.into.shape
    size, stride, padding = pair(layer.kernel_size), pair(layer.stride), pair(layer.padding)
    largest = isinstance(layer, IntegerMaxPool2d)
    result = "largest" if largest else "sum"
    line, column = f"y * {stride[0]} + i", f"x * {stride[1]} + j"
    # Windows without padding lie on the image.
    heads = [("line", line, padding[0], height), ("at", column, padding[1], width)]
    value_line, value_column = "line" if padding[0] else line, "at" if padding[1] else column
    value = f"{given[0]}[(c * {height} + {value_line}) * {width} + {value_column}]"
    inner = [*block(f"if ({value} > largest)", [f"largest = {value};"])] if largest else [f"sum += {value};"]
    for name, text, before, limit in reversed(heads):
        if before:
            inside = block(f"if ({name} >= 0 && {name} < {limit})", inner)
            inner = [f"const int32_t {name} = {text} - {before};", *inside]
    body = [
        f"int32_t {result} = {'INT32_MIN' if largest else '0'};",
        *loop("i", size[0], loop("j", size[1], inner)),
        _set(part.into, into, f"(c * {rows} + y) * {columns} + x", result),
    ]
    return loop("c", channels, loop("y", rows, loop("x", columns, body)))


def _total(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    shape = part.given[0].shape
    dimensions = list(zip(_indices(len(shape)), shape, strides(shape), strict=True))
    summed = [dimensions[axis] for axis in sorted(layer.axes)]
    kept = [dimension for axis, dimension in enumerate(dimensions) if axis not in layer.axes]
    source = at((index, step) for index, _, step in dimensions)
    target = at(zip((index for index, _, _ in kept), strides(part.into.shape), strict=True))
    body = [
        "int32_t sum = 0;",
        *nest([(index, size) for index, size, _ in summed], [f"sum += {given[0]}[{source}];"]),
        _set(part.into, into, target, "sum"),
    ]
    return nest([(index, size) for index, size, _ in kept], body)


def _add(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    terms = " + ".join([f"(int32_t){given[0]}[i]", *(f"{name}[i]" for name in given[1:])])
    return loop("i", part.into.count, [_set(part.into, into, "i", f"({terms})")])


def _scale(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    value = f"((int32_t){given[0]}[i] * {1 << layer.left_shift})"
    return loop("i", part.into.count, [_set(part.into, into, "i", value)])


def _product(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    if part.given[0].shape == part.given[1].shape:
        loops, places = [("i", part.into.count)], ["i", "i", "i"]
    else:
        shape = part.into.shape
        indices = _indices(len(shape))
        loops, places = list(zip(indices, shape, strict=True)), []
        for values in (*part.given, part.into):
            # Where there is one value it is that of all.
            steps = zip(values.shape, strides(values.shape), strict=True)
            places.append(at((i, step if n > 1 else 0) for i, (n, step) in zip(indices, steps, strict=True)))
    a, b = (f"{name}[{place}]" for name, place in zip(given, places, strict=False))
    return nest(loops, [_set(part.into, into, places[2], f"((int32_t){a} * {b})")])


def _matmul(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    *outer, rows, columns = part.into.shape
    inner = part.given[0].shape[-1]
    a = at([("h", rows * inner), ("n", inner), ("k", 1)])
    b = at([("h", inner * columns), ("k", columns), ("m", 1)])
    body = [
        "int32_t sum = 0;",
        *loop("k", inner, [f"sum += (int32_t){given[0]}[{a}] * {given[1]}[{b}];"]),
        _set(part.into, into, at([("h", rows * columns), ("n", columns), ("m", 1)]), "sum"),
    ]
    return loop("h", prod(outer), loop("n", rows, loop("m", columns, body)))


def _concat(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    outer, row = prod(part.into.shape[: layer.axis]), prod(part.into.shape[layer.axis :])
    lines, offset = [], 0
    for values, name in zip(part.given, given, strict=True):
        size = prod(values.shape[layer.axis :])
        place, source = at([("h", row), ("i", 1)], offset), at([("h", size), ("i", 1)])
        lines += loop("h", outer, loop("i", size, [_set(part.into, into, place, f"{name}[{source}]")]))
        offset += size
    return lines


def _transpose(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    indices, steps = _indices(len(layer.axes)), strides(part.given[0].shape)
    source = at((index, steps[axis]) for index, axis in zip(indices, layer.axes, strict=True))
    target = at(zip(indices, strides(part.into.shape), strict=True))
    loops = list(zip(indices, part.into.shape, strict=True))
    return nest(loops, [_set(part.into, into, target, f"{given[0]}[{source}]")])


def _take(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    shape, count = part.given[0].shape, len(layer.indices)
    outer, size, inner = prod(shape[: layer.axis]), shape[layer.axis], prod(shape[layer.axis + 1 :])
    if part.index is not None:
        source = at([("h", size * inner), (f"{part.index.name}[k]", inner), ("j", 1)])
    else:
        apart = int(np.diff(layer.indices)[0]) if count > 1 else 0
        source = at([("h", size * inner), ("k", apart * inner), ("j", 1)], layer.indices[0] * inner)
    target = at([("h", count * inner), ("k", inner), ("j", 1)])
    body = [_set(part.into, into, target, f"{given[0]}[{source}]")]
    return nest([("h", outer), ("k", count), ("j", inner)], body)


def _upsample(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    shape, kept = part.given[0].shape, len(part.into.shape) - len(layer.scale)
    loops, source = [("h", prod(shape[:kept]))], [("h", prod(shape[kept:]))]
    target = [("h", prod(part.into.shape[kept:]))]
    axes = zip(shape[kept:], layer.scale, strides(shape)[kept:], strides(part.into.shape)[kept:], strict=True)
    for axis, (size, times, step, apart) in enumerate(axes):
        loops += [(f"i{axis}", size), (f"r{axis}", times)]
        source.append((f"i{axis}", step))
        target += [(f"i{axis}", times * apart), (f"r{axis}", apart)]
    return nest(loops, [_set(part.into, into, at(target), f"{given[0]}[{at(source)}]")])


def _spread(part: Shaping, given: Sequence[str], into: str) -> list[str]:
    layer: Any = part.layer
    shape, kept = part.given[0].shape, len(part.into.shape) - len(layer.stride)
    loops, source = [("h", prod(shape[:kept]))], [("h", prod(shape[kept:]))]
    target = [("h", prod(part.into.shape[kept:]))]
    first = offset = 0
    axes = zip(layer.stride, layer.before, shape[kept:], part.into.shape[kept:], strict=True)
    steps = zip(strides(shape)[kept:], strides(part.into.shape)[kept:], strict=True)
    for axis, ((stride, before, size, result), (step, apart)) in enumerate(zip(axes, steps, strict=True)):
        # The values that are not cut off are those from `low` to before `high`.
        low = max(0, -(before // stride))
        high = min(size, (result - 1 - before) // stride + 1)
        loops.append((f"i{axis}", max(0, high - low)))
        source.append((f"i{axis}", step))
        target.append((f"i{axis}", stride * apart))
        first += low * step
        offset += (low * stride + before) * apart
    clear = f"memset({into}, 0, {part.into.count} * sizeof *{into});"
    if any(count == 0 for _, count in loops):
        return [clear]
    return [clear, *nest(loops, [_set(part.into, into, at(target, offset), f"{given[0]}[{at(source, first)}]")])]


def _indices(count: int) -> list[str]:
    return [f"i{axis}" for axis in range(count)]


_KINDS: dict[type, Callable[[Shaping, Sequence[str], str], list[str]]] = {
    IntegerSumPool2d: _pool,
    IntegerMaxPool2d: _pool,
    IntegerTotal: _total,
    IntegerAdd: _add,
    IntegerScale: _scale,
    IntegerProduct: _product,
    IntegerMatMul: _matmul,
    IntegerConcat: _concat,
    IntegerTranspose: _transpose,
    IntegerTake: _take,
    IntegerUpsample: _upsample,
    IntegerSpread: _spread,
}
