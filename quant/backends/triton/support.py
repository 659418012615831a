"""Whether a layer of neurons runs in Triton kernels."""

import os
import warnings
from functools import cache
from importlib.util import find_spec

import torch
from torch import Tensor

from spikelut._backend import uses_triton
from spikelut.native import is_eager
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.backends.float_spec import FloatSpec

MAX_SIZE = 2**28
"""Neurons of a layer, over all of the batch; the kernels count them, times 8, in 32 bits."""


def takes(neurons: LayerSpec, inputs: Inputs) -> bool:
    """Whether the kernels run this layer, from any states. They do if

    - Triton is installed and the tensors are on a GPU (or Triton interprets: TRITON_INTERPRET=1, for tests);
    - currents are float32, bfloat16 or float16, and at most 2**28 in a step;
    - neither decay nor threshold is learned, and no spikes are fed back;
    - a step notes one thing at most for its derivative, and states are not wider than the membrane's arithmetic;
    - step and surrogate consist of operators that `codegen.triton_writer` and `slopes` write; those of this package do;
    - the layer is not being recorded, compiled or vmapped, and the backend is `auto` or `triton`, see
      `spikelut.set_backend`.
    """
    learned = (inputs.weight, inputs.beta, inputs.threshold)
    if any(tensor is not None for tensor in learned) or not takes_tensor(inputs.current):
        return False
    if inputs.bias is not None and inputs.bias.dtype is torch.float64:
        return False  # it may have more bits than float32
    # Here, because these files need Triton.
    from spikelut.quant.backends.triton.layer import integer_layer
    from spikelut.quant.backends.triton.slopes import Untranslatable

    try:
        integer_layer(neurons, inputs)
    except (Untranslatable, TypeError):  # the latter of a surrogate that has no hash
        return False
    return True


def takes_floats(spec: FloatSpec, current: Tensor) -> bool:
    """The same of a layer of neurons in floats, for its `FloatSpec.of`."""
    if not takes_tensor(current):
        return False
    from spikelut.quant.backends.triton.float_lif import float_layer
    from spikelut.quant.backends.triton.slopes import Untranslatable

    try:
        float_layer(spec.shared, current.dtype, False)
    except (Untranslatable, TypeError):  # the latter of a surrogate that has no hash
        return False
    return True


def takes_tensor(current: Tensor) -> bool:
    """Whether the kernels can be given these currents; see `takes`."""
    device = current.device.type
    if not uses_triton(device) or not is_available(device):
        return False
    if is_unbranched() or not is_eager(current):
        return False
    stored = (torch.float32, torch.bfloat16, torch.float16)
    return current.dtype in stored and current.shape[1:].numel() <= MAX_SIZE


@cache
def is_available(device: str) -> bool:
    """Whether Triton is installed and runs a kernel on this type of device, or interprets.

    A warning says why it does not, where it was to be expected: it compiles, for which it may need a C compiler.
    """
    if find_spec("triton") is None:
        return False
    if device != "cuda" or torch.version.cuda is None:
        return os.environ.get("TRITON_INTERPRET") == "1"
    from spikelut.quant.backends.triton.device_functions import probe

    try:
        probe()
    except Exception as error:  # whatever a compiler, a driver or Triton may raise
        warnings.warn(f"Triton runs no kernel here, so that torch computes: {error}", RuntimeWarning, stacklevel=2)
        return False
    return True
