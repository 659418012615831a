"""Writing a trained network as an ONNX file."""

import os
from typing import Literal, get_args

import onnx
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.export._network import functions_model, integer_model
from spikelut.export.files import write_whole
from spikelut.quant.integer import integer

Dialect = Literal["functions", "integer"]


def to_onnx(
    model: nn.Module,
    example_input: Tensor,
    path: str | os.PathLike[str],
    dialect: Dialect = "functions",
    *,
    hidden_spikes: bool = False,
) -> onnx.ModelProto:
    """Write `model`, a `torch.nn.Sequential` of `QuantLinear` and `LIF` or `CubaLIF`, to `path`, and return it.

    - `functions`: float spikes [T, B, in] to float spikes; each threshold is a node `org.spikelut::Spike` that carries
      surrogate and table, with a body in standard operators.
    - `integer`: uint8 spikes, int8 weights, int32 arithmetic; int64 where registers have more than 30 bits.

    Both compute the chip's integers for any B and T >= 1. Outputs are named `spikes.<layer>`: the last layer's, or
    every layer's with `hidden_spikes`. The file appears whole or not at all.

    Raises ValueError for a model `quant.integer` cannot read, an `example_input` that is not [T, B, in] or an unknown
    dialect, and OSError if the file cannot be written.
    """
    build = {"functions": functions_model, "integer": integer_model}.get(dialect)
    if build is None:
        raise ValueError(f"to_onnx: dialect must be one of {', '.join(get_args(Dialect))}, got {dialect!r}")
    network = integer(model)
    shape = network.input_shape
    fits = example_input.ndim == 2 + len(shape) and example_input.shape[2] == shape[0]
    message = f"example_input must be [T, B, {', '.join(map(str, shape))}]"
    require(fits, "to_onnx", message, tuple(example_input.shape))
    proto = build(network, hidden_spikes)
    write_whole(path, proto.SerializeToString(deterministic=True))
    return proto
