"""Events and weights in parts of a byte whose products are exact on every CPU."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.graph import INT32, UINT8, Var

LARGEST_BYTE = 255
LARGEST_PAIR = 2**15 - 1
"""What two products may come to: on x86 without VNNI onnxruntime's MatMulInteger of int8 weights adds the products of
two neighbouring inputs in 16 bits, which saturate. Its ConvInteger adds in 32 bits on all CPUs that were tried."""


def event_parts(events: Var, largest: int) -> list[tuple[Var, int]]:
    """Event counts up to `largest` as uint8, int32 ones in as many as it takes, each with the shift it is worth."""
    if events.dtype == UINT8:
        return [(events, 0)]
    writer, shifts = NodeWriter(events.graph, events.dtype), range(0, largest.bit_length(), 8)
    count = writer.input(events, 0, largest)
    parts = writer.write(*((count >> shift) & LARGEST_BYTE for shift in shifts))
    return [(part.cast(UINT8), shift) for part, shift in zip(parts, shifts, strict=True)]


def weight_parts(codes: NDArray[Any], largest: int) -> list[NDArray[np.int8]]:
    """int8 arrays that add up to `codes`, and whose products with bytes up to `largest` fit in pairs: one or two.

    Halves of at most 64 do, 2 * 255 * 64 being 32,640.
    """
    # Not np.abs, which leaves -128 as it is.
    magnitude = int(np.abs(codes.astype(np.int64)).max(initial=0))
    if 2 * min(largest, LARGEST_BYTE) * magnitude <= LARGEST_PAIR:
        return [codes]
    half = codes >> 1
    return [half, codes - half]


def stored_counts(counts: Var, largest: int) -> Var:
    """int32 counts up to `largest` as they are handed on: in a byte if they fit."""
    return counts.cast(UINT8 if largest <= LARGEST_BYTE else INT32)
