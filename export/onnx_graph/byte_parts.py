"""Events and weights in parts of a byte whose products are exact on every CPU."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.graph import INT8, INT32, UINT8, Var

LARGEST_BYTE = 255
LARGEST_PAIR = 2**15 - 1
"""What two products may come to: on x86 without VNNI onnxruntime's MatMulInteger of int8 weights adds the products of
two neighbouring inputs in 16 bits, which saturate. Its ConvInteger adds in 32 bits on all CPUs that were tried."""


def count_type(least: int, largest: int) -> int:
    """The type in which counts in `least`..`largest` are handed on: a byte if they fit, else 32 bits."""
    if least >= 0 and largest <= LARGEST_BYTE:
        return UINT8
    return INT8 if least >= -128 and largest <= 127 else INT32


def event_parts(events: Var, largest: int, least: int) -> list[tuple[Var, int]]:
    """Event counts in `least`..`largest` as bytes, each with the shift it is worth: int32 ones in as many as it takes.

    Of numbers with a sign the highest part has it.
    """
    if events.dtype in (UINT8, INT8):
        return [(events, 0)]
    writer, bits = NodeWriter(events.graph, events.dtype), max(largest, -least - 1).bit_length() + (least < 0)
    shifts, count = range(0, bits, 8), writer.input(events, least, largest)
    signed = [least < 0 and shift == shifts[-1] for shift in shifts]
    wanted = [count >> shift if s else (count >> shift) & LARGEST_BYTE for shift, s in zip(shifts, signed, strict=True)]
    parts = [part.cast(INT8 if s else UINT8) for part, s in zip(writer.write(*wanted), signed, strict=True)]
    return list(zip(parts, shifts, strict=True))


def weight_parts(codes: NDArray[Any], largest: int, least: int = 0) -> list[NDArray[np.int8]]:
    """int8 arrays that add up to `codes`, and whose products with bytes of counts fit in pairs: one or two.

    Halves of at most 64 do, 2 * 255 * 64 being 32,640. Bytes with a sign are moved up by 128 first.
    """
    # Not np.abs, which leaves -128 as it is.
    magnitude = int(np.abs(codes.astype(np.int64)).max(initial=0))
    if 2 * (LARGEST_BYTE if least < 0 else min(largest, LARGEST_BYTE)) * magnitude <= LARGEST_PAIR:
        return [codes]
    half = codes >> 1
    return [half, codes - half]
