"""Layers that rearrange values, or set zeros between them, as nodes; values are of any type."""

from spikelut.export.onnx_graph.graph import INT64, Var
from spikelut.export.onnx_graph.layers.place import Place

FAR = 2**31 - 1
"""A place behind the last of every dimension."""


def flatten(at: Place, x: Var) -> Var:
    """All that follows time and batch in one dimension."""
    return at.shaped(x, (-1,))


def reshape(at: Place, x: Var) -> Var:
    """Another shape; what is left stays open where it is not known."""
    return at.shaped(x, at.signal.shape if at.signal.known else at.layer.shape)


def transpose(at: Place, x: Var) -> Var:
    """Another order of the dimensions after time and batch."""
    order = [*range(at.lead), *at.axes(at.layer.axes)]
    return x.graph.node("Transpose", [x], x.dtype, perm=order)


def take(at: Place, x: Var) -> Var:
    """Some of the values along an axis."""
    (axis,), graph = at.axes([at.layer.axis]), x.graph
    return graph.node("Gather", [x, graph.constant(at.layer.indices, INT64)], x.dtype, axis=axis)


def upsample(at: Place, x: Var) -> Var:
    """Each value several times: in a new dimension behind its own, which then become one."""
    graph, scale = x.graph, at.layer.scale
    first = at.lead + len(at.signal.shape) - len(scale)
    behind = [first + 2 * i + 1 for i in range(len(scale))]
    apart = graph.node("Unsqueeze", [x, graph.constant(behind, INT64)], x.dtype)
    sizes = [1] * (first + 2 * len(scale))
    for axis, times in zip(behind, scale, strict=True):
        sizes[axis] = times
    repeated = graph.node("Expand", [apart, graph.constant(sizes, INT64)], x.dtype)
    return at.shaped(repeated, at.signal.shape, x, scale)


def spread(at: Place, x: Var) -> Var:
    """Zeros between the values and around them; negative numbers of those cut off."""
    layer, apart = at.layer, x
    if any(n > 1 for n in layer.stride):
        apart = _set_apart(at, x)
    # There are zeros behind the last value, too.
    after = [n - (stride - 1) for n, stride in zip(layer.after, layer.stride, strict=True)]
    return _cut(at, _padded(at, apart, layer.before, after), layer.before, after)


def _set_apart(at: Place, x: Var) -> Var:
    graph, stride = x.graph, at.layer.stride
    first = at.lead + len(at.signal.shape) - len(stride)
    behind = [first + 2 * i + 1 for i in range(len(stride))]
    wide = graph.node("Unsqueeze", [x, graph.constant(behind, INT64)], x.dtype)
    rank = first + 2 * len(stride)
    ends = [0] * rank
    for axis, n in zip(behind, stride, strict=True):
        ends[axis] = n - 1
    wide = graph.node("Pad", [wide, graph.constant([*[0] * rank, *ends], INT64)], x.dtype)
    given = at.given[0].shape
    kept = len(given) - len(stride)
    sizes = (*given[:kept], *(n * s if isinstance(n, int) else n for n, s in zip(given[kept:], stride, strict=True)))
    return at.shaped(wide, sizes, x, stride)


def _padded(at: Place, x: Var, before: tuple[int, ...], after: list[int]) -> Var:
    left = [0] * (at.lead + len(at.signal.shape) - len(after))
    ends = [*left, *(max(n, 0) for n in before), *left, *(max(n, 0) for n in after)]
    if not any(ends):
        return x
    padded = x.graph.node("Pad", [x, x.graph.constant(ends, INT64)], x.dtype)
    # onnxruntime 1.32 would take the Pad into a Conv behind it, and lose what is padded if that is an output as well: a
    # Reshape to what it is keeps them apart.
    return padded if at.dialect.timed else at.shaped(padded, (0,) * len(at.signal.shape))


def _cut(at: Place, x: Var, before: tuple[int, ...], after: list[int]) -> Var:
    if min(*before, *after) >= 0:
        return x
    graph, rank = x.graph, at.lead + len(at.signal.shape)
    numbers = (
        [max(-n, 0) for n in before],
        [n if n < 0 else FAR for n in after],
        range(rank - len(after), rank),
    )
    return graph.node("Slice", [x, *(graph.constant(list(n), INT64) for n in numbers)], x.dtype)


def reverse(x: Var) -> Var:
    """The time steps of [T, ...] in the reverse order."""
    graph = x.graph
    numbers = ([-1], [-FAR], [0], [-1])
    return graph.node("Slice", [x, *(graph.constant(n, INT64) for n in numbers)], x.dtype)
